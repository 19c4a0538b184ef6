//! Commands about payments that somebody awaits.

use super::Pay;
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::time::Timestamp;
use crate::domain::trust::TrustTerms;

/// Reserve money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorise {
    /// The payment in the making.
    pub payment: Pay,
    /// Until when it can be captured.
    pub expires_at: Timestamp,
}

/// Take what was reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The authorised payment.
    pub payment_id: PaymentId,
    /// How much of it; all where none is named.
    pub amount: Option<Amount>,
}

/// Give back what was reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// The authorised payment.
    pub payment_id: PaymentId,
}

/// Ask to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The payment that is asked for.
    pub payment: Pay,
    /// Until when the payer can accept.
    pub expires_at: Timestamp,
}

/// Pay what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// The requested payment.
    pub payment_id: PaymentId,
}

/// Say no to what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// The requested payment.
    pub payment_id: PaymentId,
    /// Why; may be empty.
    pub reason: String,
}

/// Take back that one asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The requested payment.
    pub payment_id: PaymentId,
}

/// End what nobody acted on in time. Only the service itself asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expire {
    /// The requested or authorised payment.
    pub payment_id: PaymentId,
}

/// Accept a payee's requests beforehand, on other terms, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetTrust {
    /// Whose account pays.
    pub payer_id: AccountId,
    /// Whose requests are accepted.
    pub payee_id: AccountId,
    /// Up to how much; none for no longer.
    pub terms: Option<TrustTerms>,
}
