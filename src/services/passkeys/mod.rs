//! Passkeys: adding, listing and removing them, signing in with them, and proving again with them who one is.
//!
//! | file | what lives there |
//! |---|---|
//! | `keeping.rs` | adding, listing and removing one's own |
//! | `showing.rs` | signing in, and proving again who one is |
//!
//! A passkey stands for two factors: its authenticator is something that people have, and it always makes sure of who
//! has it. So it signs in also where a code is asked for beside the password. It is another way in and no condition:
//! who has one may still sign in as before, and a reset of the password asks for what signing in with it asks for.

mod keeping;
mod showing;

pub use crate::storage::passkeys::Passkey;
pub use keeping::{NewPasskey, RegistrationOptions};
pub use showing::RequestOptions;
pub(super) use showing::ShownPasskey;

use super::{Fault, ServiceError, Services};
use crate::auth::webauthn::{Challenge, PasskeyFault, RelyingParty};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::storage::one_time_secrets::{NewSecret, Purpose};

/// How many passkeys a login may have.
pub const PASSKEYS_MAX: i64 = 10;
/// How long a challenge works, in seconds: as long as the standard advises browsers to wait (section 15.1).
pub const CHALLENGE_SECONDS: i64 = 300;

/// A passkey as browsers are told of it, to ask for it or to leave its authenticator out.
#[derive(Debug, Clone)]
pub struct KnownPasskey {
    /// What its authenticator knows it by.
    pub credential_id: Vec<u8>,
    /// The ways to its authenticator.
    pub transports: Vec<String>,
}

impl From<Passkey> for KnownPasskey {
    fn from(passkey: Passkey) -> Self {
        let transports = passkey.transports.split_whitespace().map(str::to_owned).collect();
        Self { credential_id: passkey.credential_id, transports }
    }
}

impl Services {
    /// Who this service is to browsers.
    fn relying_party(&self) -> Result<&RelyingParty, ServiceError> {
        let unavailable = || Refusal::Conflict(ConflictReason::NoPasskeysHere).into();
        self.relying_party.as_ref().ok_or_else(unavailable)
    }

    /// A challenge, and what is to be stored of it.
    fn fresh_challenge(
        &self,
        purpose: Purpose,
        subject_id: uuid::Uuid,
        now: Timestamp,
    ) -> (Challenge, NewSecret) {
        let challenge = Challenge::from_random(self.random_32());
        let stored = NewSecret {
            hash: challenge.hash(),
            purpose,
            subject_id,
            payload: String::new(),
            expires_at: now.plus_seconds(CHALLENGE_SECONDS),
        };
        (challenge, stored)
    }
}

/// A fault of a credential that stands at `pointer` in the request.
fn invalid(pointer: &str, fault: PasskeyFault) -> ServiceError {
    let place = format!("{pointer}{}", fault.place);
    ServiceError::Invalid(vec![Fault::new(&place, fault.flaw.code(), fault.flaw.detail())])
}
