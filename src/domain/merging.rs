//! Merging two memberships of one person: what the one account has goes to the other, and the one is closed and leads there.

use super::amount::Amount;
use super::ids::{AccountId, ApprovalId, PaymentId};
use super::time::Timestamp;

/// An admin wants one of two accounts of a person merged into the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskMerge {
    /// The account that is one too many.
    pub account_id: AccountId,
    /// The account that is kept.
    pub kept_id: AccountId,
    /// Why.
    pub reason: String,
}

/// A merge that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The account that was closed by it.
    pub account_id: AccountId,
    /// The account that got what it had.
    pub kept_id: AccountId,
    /// What it had: below zero where it owed.
    pub amount: Amount,
    /// The payment by which that moved; none where it was at zero.
    pub payment_id: Option<PaymentId>,
    /// The agreement of two admins, where the community has two agree.
    pub approval_id: Option<ApprovalId>,
    /// When.
    pub created_at: Timestamp,
}
