//! What a batch notes beside the chain: refused payments, and who changed what.

use uuid::Uuid;

use super::amount::Amount;
use super::ids::{AccountId, AuditId, RefusalId, UserId};
use super::time::Timestamp;

/// A note of a payment that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalNote {
    /// Its id.
    pub id: RefusalId,
    /// The problem code.
    pub code: &'static str,
    /// Who would have paid.
    pub payer_id: AccountId,
    /// Who would have been paid.
    pub payee_id: AccountId,
    /// How much.
    pub amount: Amount,
    /// When.
    pub created_at: Timestamp,
}

/// A line of the audit log: who changed what, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Its id, under which the reason is kept as an erasable text.
    pub id: AuditId,
    /// The user who did it; none for the service itself.
    pub actor: Option<UserId>,
    /// What was done, such as `account.limits`.
    pub action: &'static str,
    /// To which account, member or session.
    pub subject_id: Uuid,
    /// How it was, as JSON.
    pub before: String,
    /// How it is, as JSON.
    pub after: String,
    /// The request that asked for it; empty for the service itself.
    pub request_id: String,
    /// When.
    pub created_at: Timestamp,
}
