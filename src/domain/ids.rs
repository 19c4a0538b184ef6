//! Identifiers: one type for each noun, so that a member's id cannot be passed for an account's.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::time::Timestamp;

macro_rules! id {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these 16 bytes.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The 16 bytes as a UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

id! {
    /// A community: the tenant.
    CommunityId
    /// A login, which may belong to several communities.
    UserId
    /// A user's place in one community.
    MemberId
    /// An account of one community.
    AccountId
    /// A payment, whatever its state.
    PaymentId
    /// Something planned: a schedule, or a payment for a later time, whose id it shares.
    ScheduleId
    /// A record of the chain: an account's change, a hold, a release or a transfer.
    RecordId
    /// A sign-in and all tokens that descend from it.
    SessionId
    /// That somebody may do something at an account.
    DelegationId
    /// Whose spending of a day is counted: a user's app, whatever it signs in with, or a teller's delegation.
    SpenderId
    /// A refused payment's note.
    RefusalId
    /// A line of the audit log.
    AuditId
    /// An erasable text: a payment's description, a reason.
    TextId
    /// A mail in the outbox.
    MailId
    /// An invitation to a community.
    InvitationId
    /// A passkey of a login.
    PasskeyId
    /// An act that needs another admin.
    ApprovalId
    /// A group of members.
    GroupId
    /// An API key, which outlives its secrets.
    ApiKeyId
    /// Where messages about an account go.
    WebhookEndpointId
    /// A message for one endpoint.
    WebhookDeliveryId
    /// What a shop asks to be paid for an order.
    CheckoutId
    /// A button or link that makes checkouts.
    PaymentLinkId
}

impl From<PaymentId> for ScheduleId {
    fn from(id: PaymentId) -> Self {
        Self(id.0)
    }
}

impl From<DelegationId> for SpenderId {
    fn from(id: DelegationId) -> Self {
        Self(id.0)
    }
}

impl SpenderId {
    /// The id of an app that spends for a user. It follows from the two, so that no new token, sign-in or consent begins
    /// a day's amount anew.
    pub fn of_app(user_id: UserId, client_id: &str) -> Self {
        let mut hash = Sha256::new_with_prefix(b"counterfoil/app-spending/1");
        hash.update(user_id.0);
        hash.update(client_id);
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(Builder::from_custom_bytes(id).into_uuid())
    }
}

/// Where new ids and salts come from: randomness in service, a seeded source in tests.
pub trait IdSource {
    /// Sixteen fresh unpredictable bytes.
    fn random_16(&mut self) -> [u8; 16];

    /// A fresh UUIDv7 (RFC 9562) for the time `now`.
    fn uuid_at(&mut self, now: Timestamp) -> Uuid {
        let random = self.random_16();
        let mut tail = [0_u8; 10];
        tail.copy_from_slice(&random[..10]);
        Builder::from_unix_timestamp_millis(now.unix_millis(), &tail).into_uuid()
    }
}
