//! Payments: what people make. Each has a life cycle and completes by one transfer.

use super::account::{Account, AccountCode};
use super::amount::Amount;
use super::chain::Hash;
use super::checkout::NationalPart;
use super::coded::coded_enum;
use super::fees::Fees;
use super::ids::{AccountId, CommunityId, PaymentId, RecordId, UserId};
use super::schedule::PlannedRun;
use super::time::Timestamp;
use std::sync::Arc;

/// The most characters of a payment's description.
pub const DESCRIPTION_CHARS_MAX: usize = 500;
/// For how long a request stands where nobody says otherwise, in seconds: two weeks.
pub const REQUEST_S: i64 = 14 * 86_400;
/// For how long a request stands at most, in seconds: 90 days.
pub const REQUEST_S_MAX: i64 = 90 * 86_400;
/// For how long an authorisation stands where nobody says otherwise, in seconds: a week.
pub const AUTHORISATION_S: i64 = 7 * 86_400;
/// For how long an authorisation stands at most, in seconds: 30 days. It keeps the payer's money from the payer.
pub const AUTHORISATION_S_MAX: i64 = 30 * 86_400;
/// How many requests from one account to another may be open at once, so that nobody is drowned in bills.
pub const OPEN_REQUESTS_MAX: i64 = 50;

coded_enum! {
    /// Where a payment stands in its life.
    PaymentState {
        /// A bill that awaits the payer's word.
        Requested = 1 "requested",
        /// To be made later.
        Scheduled = 2 "scheduled",
        /// The amount is held at the payer.
        Authorised = 3 "authorised",
        /// The money has moved.
        Completed = 4 "completed",
        /// The payer said no.
        Declined = 5 "declined",
        /// Nobody acted in time.
        Expired = 6 "expired",
        /// Called off.
        Cancelled = 7 "cancelled",
        /// Could not be made when its time came.
        Failed = 8 "failed",
    }
}

/// Where on the chain a payment's transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferPosition {
    /// The transfer's place in the community's order.
    pub seq: i64,
    /// The chain's hash at that place.
    pub hash: Hash,
}

/// A payment with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The community whose currency it is in.
    pub community_id: CommunityId,
    /// The event that announced it: its place in the order of creation.
    pub event_seq: i64,
    /// Where it stands.
    pub state: PaymentState,
    /// Who pays.
    pub payer: Party,
    /// Who is paid.
    pub payee: Party,
    /// How much, in minor units; above zero.
    pub amount: Amount,
    /// What for; may be empty.
    pub description: String,
    /// What binds the description to the chain: none where there is no description, or no more.
    pub text_salt: Option<[u8; 16]>,
    /// The user who made it; none for the service itself.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the money moved.
    pub completed_at: Option<Timestamp>,
    /// The transfer that moved it.
    pub transfer: Option<TransferPosition>,
    /// The payment that this one gives back, in part or whole, by whom was paid.
    pub refund_of: Option<PaymentId>,
    /// The payment that this one undoes, on an admin's word.
    pub reversal_of: Option<PaymentId>,
    /// How much of it was given back, either way.
    pub refunded: Amount,
    /// Which planned run it is; none where it was made at once.
    pub planned: Option<PlannedRun>,
    /// Until when somebody can act on it, where it awaits that or awaited it.
    pub expires_at: Option<Timestamp>,
    /// Why it was declined, where the payer said so.
    pub reason: Option<String>,
    /// What it bears: once completed, or as reserved where money is held for it.
    pub fees: Fees,
    /// What its payer gives back beside it in national money, where it gives back a price that was paid in two moneys.
    pub national_back: Option<NationalPart>,
}

impl Payment {
    /// The payment that this one gives back, and in which way.
    pub fn gives_back(&self) -> Option<(PaymentId, WayBack)> {
        let refund = self.refund_of.map(|id| (id, WayBack::Refund));
        refund.or_else(|| self.reversal_of.map(|id| (id, WayBack::Reversal)))
    }
}

coded_enum! {
    /// How a payment gives back another one.
    WayBack {
        /// By whom was paid.
        Refund = 1 "refund",
        /// By an admin.
        Reversal = 2 "reversal",
    }
}

/// One side of a payment, as the other side may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The account.
    pub account_id: AccountId,
    /// Its public name.
    pub code: AccountCode,
    /// The name people read.
    pub name: Arc<str>,
}

impl From<&Account> for Party {
    fn from(account: &Account) -> Self {
        Self { account_id: account.id, code: account.code.clone(), name: Arc::clone(&account.name) }
    }
}

/// A payment as what happens to it next looks at it: with what its description left on the chain, or will leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The payment, as it is now.
    pub payment: Payment,
    /// What the chain keeps of its description.
    pub text: Hash,
}

/// What is kept beside a payment that was asked for, from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRequest {
    /// The payment.
    pub payment_id: PaymentId,
    /// Who is asked to pay.
    pub payer_id: AccountId,
    /// Who asks.
    pub payee_id: AccountId,
    /// How much is asked for.
    pub amount: Amount,
    /// Until when the payer can accept.
    pub expires_at: Timestamp,
    /// Whether it still awaits the payer's word.
    pub is_open: bool,
    /// The user who accepted, declined or cancelled it, or whose standing order accepted it; none for the service.
    pub decided_by: Option<UserId>,
    /// Whether a standing order accepted it.
    pub is_automatic: bool,
    /// Why it was declined, where the payer said so.
    pub reason: Option<String>,
}

/// Money reserved at the payer for an authorised payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The payment it is for.
    pub payment_id: PaymentId,
    /// The chain's record that made it.
    pub record_id: RecordId,
    /// Whose money is held.
    pub payer_id: AccountId,
    /// Who may capture it.
    pub payee_id: AccountId,
    /// How much is held.
    pub amount: Amount,
    /// Until when it can be captured.
    pub expires_at: Timestamp,
    /// What the chain keeps of the payment's description.
    pub text: Hash,
    /// Whether it still stands: neither captured nor released.
    pub is_open: bool,
}

/// A payment as its ways back look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refundable {
    /// The payment.
    pub payment_id: PaymentId,
    /// Who paid, and gets back.
    pub payer_id: AccountId,
    /// Who was paid, and gives back.
    pub payee_id: AccountId,
    /// How much was paid.
    pub amount: Amount,
    /// The record of the transfer that moved it; none where the money has not moved.
    pub record_id: Option<RecordId>,
    /// What it bore, which a reversal gives back.
    pub fees: Fees,
    /// How much of it was given back.
    pub refunded: Amount,
    /// Whether it gives back another payment itself.
    pub is_refund: bool,
}
