//! What one batch writes: the chain's records with their items, and the projections beside them; all of it together in
//! `postings.rs`.

use uuid::Uuid;

use super::account::{AccountKind, AccountStatus, Limits};
use super::amount::Amount;
use super::chain::Hash;
use super::delegation::Delegation;
pub use super::head::Head;
use super::ids::{
    AccountId, CommunityId, MemberId, PaymentId, RecordId, SessionId, SpenderId, TextId, UserId,
};
pub use super::kinds::{EntryKind, EventKind, NoticeKind, RecordKind};
use super::member::{MemberStatus, Role};
pub use super::notes::{AuditLine, RefusalNote};
use super::payment::{PaymentState, TransferPosition};
pub use super::postings::Postings;
use super::schedule::Failure;
use super::spending::DaySpending;
use super::time::Timestamp;
use super::trust::Trust;

/// One record of the chain. Never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The community.
    pub community_id: CommunityId,
    /// Its place in the community's one order, from 1, without gaps.
    pub seq: i64,
    /// What it tells.
    pub kind: RecordKind,
    /// Its id.
    pub id: RecordId,
    /// The record that this one undoes or uses up: a release's or a capture's hold, a refund's or a reversal's
    /// transfer.
    pub undone_id: Option<RecordId>,
    /// When.
    pub created_at: Timestamp,
    /// What its items' salts come from.
    pub salt: [u8; 16],
    /// The hash of its own content.
    pub digest: Hash,
    /// The chain's hash after it.
    pub hash: Hash,
}

/// One account's part in a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account_id: AccountId,
    /// Its place among the account's entries, from 1, without gaps.
    pub account_seq: i64,
    /// The transfer's place on the chain.
    pub seq: i64,
    /// Its position in the transfer, from 1.
    pub position: i32,
    /// What it is.
    pub kind: EntryKind,
    /// Signed: below zero where the account pays.
    pub amount: Amount,
    /// The account's balance from then on.
    pub balance_after: Amount,
    /// Since when the account has been below zero, where it is from then on. Follows from the entries; the chain does
    /// not bind it.
    pub negative_since: Option<Timestamp>,
    /// The payment that it belongs to.
    pub payment_id: PaymentId,
}

/// What an `account` record says of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountItem {
    /// The record's place on the chain.
    pub seq: i64,
    /// The account.
    pub account_id: AccountId,
    /// What it is for.
    pub kind: AccountKind,
    /// Its status from then on.
    pub status: AccountStatus,
    /// Its limits from then on.
    pub limits: Limits,
    /// The text that gives the reason, where there is one.
    pub text_id: Option<TextId>,
}

/// What a `hold` or `release` record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldItem {
    /// The record's place on the chain.
    pub seq: i64,
    /// The account whose money is held.
    pub account_id: AccountId,
    /// The payment it is for.
    pub payment_id: PaymentId,
    /// How much was held or released; above zero.
    pub amount: Amount,
    /// The account's reserved amount from then on.
    pub reserved_after: Amount,
}

/// A line of the outbox: that something happened, for those who listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the community's events, from 1, without gaps.
    pub event_seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// To which payment, account or member.
    pub subject_id: Uuid,
    /// When.
    pub created_at: Timestamp,
}

/// A change of a payment that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentChange {
    /// The payment.
    pub id: PaymentId,
    /// Its state from now on.
    pub state: PaymentState,
    /// What moved in the end, where it completed.
    pub amount: Amount,
    /// When it completed.
    pub completed_at: Option<Timestamp>,
    /// By which transfer.
    pub transfer: Option<TransferPosition>,
    /// Why it failed, where it was planned.
    pub failure: Option<Failure>,
}

/// That people are to be written about a payment: kept until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentNotice {
    /// The payment.
    pub payment_id: PaymentId,
    /// What about.
    pub kind: NoticeKind,
    /// Not before.
    pub due_at: Timestamp,
}

/// That a payee's requests are accepted beforehand, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustChange {
    /// From now on like this.
    Set(Trust),
    /// No longer.
    Removed(Trust),
}

/// A member who joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// The member's id.
    pub id: MemberId,
    /// The member's number in the community: the order of joining.
    pub number: i64,
    /// The name people read.
    pub name: String,
    /// Where they stand.
    pub status: MemberStatus,
    /// What they may do.
    pub role: Role,
    /// The user who operates the member's accounts.
    pub user_id: UserId,
    /// When they joined.
    pub created_at: Timestamp,
}

/// A session that no longer may post, remembered until its last access token has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSession {
    /// The session.
    pub session_id: SessionId,
    /// When its last access token will have expired.
    pub forget_at: Timestamp,
}

/// That somebody may act at an account, or may no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegationChange {
    /// From now on like this.
    Set(Delegation),
    /// No longer.
    Removed(Delegation),
}

/// A member whose name was put out of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedMember {
    /// The member.
    pub id: MemberId,
    /// The neutral name, of member and accounts, from now on.
    pub name: String,
}

/// A member that has another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedMember {
    /// The member.
    pub id: MemberId,
    /// Those of its accounts that have it, too.
    pub account_ids: Vec<AccountId>,
    /// The name from now on.
    pub name: String,
}

/// What an app or a teller spent on the day of the last payment, as it is after the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppSpending {
    /// Whose spending it is.
    pub spender_id: SpenderId,
    /// For whom, or as whom, it was spent last.
    pub user_id: UserId,
    /// On which day, and how much.
    pub spending: DaySpending,
}
