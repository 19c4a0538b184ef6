//! Checkouts: what a shop asks whoever comes from it to pay, for one order.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::amount::Amount;
use super::chain::Hash;
use super::coded::coded_enum;
use super::ids::{AccountId, CheckoutId, PaymentId, UserId};
pub use super::national_currency::NationalCurrency;
use super::payment::{Party, PaymentState};
use super::time::Timestamp;

/// For how long a checkout stands open where nobody says otherwise, in seconds: a quarter of an hour.
pub const CHECKOUT_S: i64 = 900;
/// For how long a checkout stands open at most, in seconds: 30 days.
pub const CHECKOUT_S_MAX: i64 = 30 * 86_400;
/// How many open checkouts an account has at most, so that a program that makes them without end comes to one: as many as a shop
/// makes that sells a thousand orders a second for four minutes.
pub const OPEN_CHECKOUTS_MAX: usize = 250_000;
/// With how many open ones its links make no further ones: what is left is for the shop itself.
pub const OPEN_FOR_LINKS_MAX: usize = 200_000;
/// How many open checkouts of an account a member has at most who follows its links.
pub const OPEN_BY_LINKS_EACH_MAX: i64 = 10;
/// The most characters of an order reference.
pub const ORDER_REFERENCE_CHARS_MAX: usize = 100;
/// The most entries of a checkout's metadata.
pub const METADATA_ENTRIES_MAX: usize = 20;
/// The most characters of a metadata entry's name.
pub const METADATA_NAME_CHARS_MAX: usize = 40;
/// The most characters of a metadata entry's value.
pub const METADATA_VALUE_CHARS_MAX: usize = 500;
/// The most bytes of all metadata, so that what is told of a checkout stays small.
pub const METADATA_BYTES_MAX: usize = 4_096;
/// The largest amount of national money beside a checkout, in its minor units.
pub const NATIONAL_MAX_MINOR: i64 = 1_000_000_000_000;

coded_enum! {
    /// Where a checkout stands. States only move forward.
    CheckoutState {
        /// It awaits a payer.
        Open = 1 "open",
        /// It is paid.
        Completed = 2 "completed",
        /// The amount is set aside at the payer, for the shop to capture.
        Authorised = 3 "authorised",
        /// The payer said no.
        Declined = 4 "declined",
        /// The shop called it off.
        Cancelled = 5 "cancelled",
        /// Nobody acted in time.
        Expired = 6 "expired",
    }
}

coded_enum! {
    /// When a checkout's money moves.
    CaptureMode {
        /// When the payer approves.
        Automatic = 1 "automatic",
        /// When the shop captures it.
        Manual = 2 "manual",
    }
}

impl CheckoutState {
    /// Whether it keeps its order reference for itself.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::Completed | Self::Authorised)
    }

    /// Whether it can come to `next` from here: the table of the API's standards.
    pub const fn leads_to(self, next: Self) -> bool {
        match self {
            Self::Open => !matches!(next, Self::Open),
            Self::Authorised => matches!(next, Self::Completed | Self::Cancelled | Self::Expired),
            Self::Completed | Self::Declined | Self::Cancelled | Self::Expired => false,
        }
    }

    /// Where it stands once its payment stands so; none where that moves nothing.
    pub const fn after(payment: PaymentState) -> Option<Self> {
        match payment {
            PaymentState::Completed => Some(Self::Completed),
            PaymentState::Authorised => Some(Self::Authorised),
            PaymentState::Cancelled => Some(Self::Cancelled),
            PaymentState::Expired => Some(Self::Expired),
            PaymentState::Requested
            | PaymentState::Scheduled
            | PaymentState::Declined
            | PaymentState::Failed => None,
        }
    }
}

/// Which order of which account: what is unique among live checkouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey(pub [u8; 16]);

impl OrderKey {
    /// The key of an account's order.
    pub fn new(account_id: AccountId, reference: &str) -> Self {
        let mut hash = Sha256::new_with_prefix(b"counterfoil/checkout-order/1");
        hash.update(account_id.uuid());
        hash.update(reference);
        let digest: [u8; 32] = hash.finalize().into();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Self(key)
    }
}

/// What opens a checkout's page: unguessable, and looked up by its hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkToken(pub [u8; 16]);

impl LinkToken {
    /// The hash by which it is found.
    pub fn hash(&self) -> Hash {
        let mut hash = Sha256::new_with_prefix(b"counterfoil/link/1");
        hash.update(self.0);
        hash.finalize().into()
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LinkToken")
    }
}

/// The part of an order's price that the shop takes itself, in national money. The ledger only notes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NationalPart {
    /// In which currency.
    pub currency: NationalCurrency,
    /// How much, in its minor units; above zero.
    pub amount: Amount,
    /// The order's whole price, in its minor units, where the shop counts both parts in this currency.
    pub total: Option<Amount>,
}

/// What a shop's own program wants to find again, by name.
pub type Metadata = BTreeMap<String, String>;

/// What a checkout says, as its shop asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutTerms {
    /// How much, in minor units; above zero.
    pub amount: Amount,
    /// When the money moves.
    pub capture: CaptureMode,
    /// The shop's name for the order.
    pub order_reference: String,
    /// What for; may be empty.
    pub description: String,
    /// Where the payer goes afterwards.
    pub return_url: Option<String>,
    /// Where the payer goes who does not pay.
    pub cancel_url: Option<String>,
    /// What the shop's program wants to find again.
    pub metadata: Metadata,
    /// What the shop takes itself.
    pub national: Option<NationalPart>,
}

impl CheckoutTerms {
    /// A hash by which the same terms are known again, with the expiry that was asked for, if any.
    pub fn digest(&self, expires_at: Option<Timestamp>) -> Hash {
        let mut hash = Sha256::new_with_prefix(b"counterfoil/checkout/1");
        let mut text = |text: &str| {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        };
        text(&self.order_reference);
        text(&self.description);
        // An address is never empty, so that none is told apart from one.
        text(self.return_url.as_deref().unwrap_or_default());
        text(self.cancel_url.as_deref().unwrap_or_default());
        for (name, value) in &self.metadata {
            text(name);
            text(value);
        }
        text(self.national.as_ref().map_or("", |part| part.currency.as_str()));
        let national =
            self.national.map_or((0, 0), |part| (part.amount.minor(), part.total.map_or(0, Amount::minor)));
        let expires_at = expires_at.map_or(0, Timestamp::micros);
        for number in [self.amount.minor(), self.capture.code().into(), national.0, national.1, expires_at] {
            hash.update(number.to_be_bytes());
        }
        hash.finalize().into()
    }
}

/// A checkout with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Its id.
    pub id: CheckoutId,
    /// The event that announced it: its place in the order of creation.
    pub event_seq: i64,
    /// Where it stands.
    pub state: CheckoutState,
    /// Who is paid.
    pub payee: Party,
    /// What the shop asked for.
    pub terms: CheckoutTerms,
    /// Which order it is for.
    pub order_key: OrderKey,
    /// The hash of what the shop asked for.
    pub digest: Hash,
    /// What opens its page.
    pub token: LinkToken,
    /// Until when it can be approved.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// The user who made it; none for the service.
    pub created_by: Option<UserId>,
    /// The payment that a payer approved.
    pub payment_id: Option<PaymentId>,
    /// How much of it was paid.
    pub captured: Amount,
    /// How much of that was given back.
    pub refunded: Amount,
}

impl Checkout {
    /// Whether nobody can pay it any more, though nobody has written that down yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state == CheckoutState::Open && now >= self.expires_at
    }
}

/// Who reads of a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckoutReader {
    /// Who is paid.
    Shop,
    /// Who pays, or could.
    Payer,
}

/// How a checkout stands from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckoutChange {
    /// The checkout.
    pub id: CheckoutId,
    /// Where it stands.
    pub state: CheckoutState,
    /// The payment that a payer approved.
    pub payment_id: Option<PaymentId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_only_move_forward() {
        use CheckoutState::{Authorised, Cancelled, Completed, Declined, Expired, Open};
        let allowed = [
            (Open, vec![Completed, Authorised, Declined, Cancelled, Expired]),
            (Authorised, vec![Completed, Cancelled, Expired]),
            (Completed, vec![]),
            (Declined, vec![]),
            (Cancelled, vec![]),
            (Expired, vec![]),
        ];
        for (from, to) in allowed {
            for next in CheckoutState::ALL {
                assert_eq!(from.leads_to(*next), to.contains(next), "{from:?} to {next:?}");
            }
        }
    }

    #[test]
    fn whatever_differs_is_told_apart() {
        let terms = CheckoutTerms {
            amount: Amount::from_minor(1),
            capture: CaptureMode::Automatic,
            order_reference: "a".into(),
            description: "b".into(),
            return_url: None,
            cancel_url: Some("https://shop.example".into()),
            metadata: Metadata::new(),
            national: None,
        };
        let part = |minor, total| {
            let currency = NationalCurrency::parse("EUR").unwrap();
            Some(NationalPart { currency, amount: Amount::from_minor(minor), total })
        };
        let same = terms.digest(None);
        assert_eq!(terms.clone().digest(None), same);
        let others = [
            CheckoutTerms { amount: Amount::from_minor(2), ..terms.clone() },
            CheckoutTerms { capture: CaptureMode::Manual, ..terms.clone() },
            CheckoutTerms { order_reference: "ab".into(), description: String::new(), ..terms.clone() },
            CheckoutTerms { return_url: terms.cancel_url.clone(), cancel_url: None, ..terms.clone() },
            CheckoutTerms { metadata: [("k".into(), "v".into())].into(), ..terms.clone() },
            CheckoutTerms { national: part(1, None), ..terms.clone() },
            CheckoutTerms { national: part(2, None), ..terms.clone() },
            CheckoutTerms { national: part(1, Some(Amount::from_minor(3))), ..terms.clone() },
        ];
        assert_ne!(others[5].digest(None), others[6].digest(None));
        assert_ne!(others[5].digest(None), others[7].digest(None));
        for other in others {
            assert_ne!(other.digest(None), same, "{other:?}");
        }
        assert_ne!(terms.digest(Some(Timestamp::from_micros(1))), same);
    }
}
