//! What one batch writes: the chain's records with their items, and the projections beside them.

use std::sync::Arc;

use uuid::Uuid;

use super::account::{Account, AccountKind, AccountStatus, Limits};
use super::amount::Amount;
use super::approval::Approval;
use super::chain::{Hash, Text};
use super::community::Community;
use super::delegation::Delegation;
pub use super::head::Head;
use super::ids::{
    AccountId, CommunityId, MemberId, PaymentId, RecordId, SessionId, SpenderId, TextId, UserId,
};
use super::key::{KeyHash, StoredAnswer};
pub use super::kinds::{EntryKind, EventKind, RecordKind};
use super::mail::OutboxMail;
use super::member::{MemberStatus, Operator, Role};
pub use super::notes::{AuditLine, RefusalNote};
use super::payment::{Hold, Payment, PaymentState, TransferPosition};
use super::schedule::{Failure, Notice, Schedule};
use super::spending::DaySpending;
use super::time::Timestamp;

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

/// What an app or a teller spent on the day of the last payment, as it is after the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppSpending {
    /// Whose spending it is.
    pub spender_id: SpenderId,
    /// On which day, and how much.
    pub spending: DaySpending,
}

/// Everything that one batch writes for one community, one list for each table.
#[derive(Debug, Clone)]
pub struct Postings {
    /// The head's version on which the batch was folded.
    pub from_version: i64,
    /// The head after the batch.
    pub head: Head,
    /// The chain's new records.
    pub records: Vec<Record>,
    /// The entries of the new transfers.
    pub entries: Vec<Entry>,
    /// The items of the new account records.
    pub account_items: Vec<AccountItem>,
    /// The items of the new holds and releases.
    pub hold_items: Vec<HoldItem>,
    /// Payments made.
    pub payments: Vec<Payment>,
    /// Payments changed.
    pub payment_changes: Vec<PaymentChange>,
    /// New erasable texts: reasons. A payment's own text stands with the payment.
    pub texts: Vec<Text>,
    /// Keys used, with their answers.
    pub keys: Vec<(KeyHash, StoredAnswer)>,
    /// New events.
    pub events: Vec<Event>,
    /// Accounts opened.
    pub new_accounts: Vec<Account>,
    /// Accounts whose status, limits or reserved amount changed, as they are after the batch. What an account's entries
    /// alone changed follows from them.
    pub changed_accounts: Vec<Account>,
    /// The community's facts, where they changed, as they are after the batch.
    pub changed_community: Option<Arc<Community>>,
    /// Holds made or ended, as they are after the batch.
    pub holds: Vec<Hold>,
    /// Members who joined.
    pub new_members: Vec<NewMember>,
    /// Sessions ended.
    pub ended_sessions: Vec<EndedSession>,
    /// Members whose status or role changed, each as it is after that change.
    pub changed_members: Vec<Operator>,
    /// Tellers and brokers of accounts, in the order of the changes.
    pub delegations: Vec<DelegationChange>,
    /// What apps with a ceiling for the day, and tellers, spent.
    pub app_spending: Vec<AppSpending>,
    /// Members forgotten.
    pub erased_members: Vec<ErasedMember>,
    /// Schedules and planned payments made or changed, as they are after the batch.
    pub schedules: Vec<Schedule>,
    /// Mails to those who planned them.
    pub notices: Vec<Notice>,
    /// Payments refused.
    pub refusals: Vec<RefusalNote>,
    /// The audit log's new lines.
    pub audits: Vec<AuditLine>,
    /// What needs two admins, asked for or settled, each as it is after that change.
    pub approvals: Vec<Approval>,
    /// Mails about what was done.
    pub mails: Vec<OutboxMail>,
}

impl Postings {
    /// Nothing yet, on top of `head`.
    pub fn on(head: &Head) -> Self {
        Self {
            from_version: head.version,
            head: head.clone(),
            records: Vec::new(),
            entries: Vec::new(),
            account_items: Vec::new(),
            hold_items: Vec::new(),
            payments: Vec::new(),
            payment_changes: Vec::new(),
            texts: Vec::new(),
            keys: Vec::new(),
            events: Vec::new(),
            new_accounts: Vec::new(),
            changed_accounts: Vec::new(),
            changed_community: None,
            holds: Vec::new(),
            new_members: Vec::new(),
            ended_sessions: Vec::new(),
            changed_members: Vec::new(),
            delegations: Vec::new(),
            app_spending: Vec::new(),
            erased_members: Vec::new(),
            schedules: Vec::new(),
            notices: Vec::new(),
            refusals: Vec::new(),
            audits: Vec::new(),
            approvals: Vec::new(),
            mails: Vec::new(),
        }
    }

    /// Adds what was folded on the head that this leaves, so that both are written as one batch.
    ///
    /// # Panics
    /// When it was folded on another head.
    pub fn append(&mut self, next: Self) {
        assert_eq!(self.head.community_id, next.head.community_id, "a batch is one community's");
        assert_eq!(self.head.version, next.from_version, "the next part was folded on what this one leaves");
        // All fields by name, so that a new one is not forgotten here.
        let Self {
            from_version: _,
            head,
            mut records,
            mut entries,
            mut account_items,
            mut hold_items,
            mut payments,
            mut payment_changes,
            mut texts,
            mut keys,
            mut events,
            mut new_accounts,
            mut changed_accounts,
            changed_community,
            mut holds,
            mut new_members,
            mut ended_sessions,
            mut changed_members,
            mut delegations,
            mut app_spending,
            mut erased_members,
            mut schedules,
            mut notices,
            mut refusals,
            mut audits,
            mut approvals,
            mut mails,
        } = next;
        self.head = head;
        self.records.append(&mut records);
        self.entries.append(&mut entries);
        self.account_items.append(&mut account_items);
        self.hold_items.append(&mut hold_items);
        self.payments.append(&mut payments);
        self.payment_changes.append(&mut payment_changes);
        self.texts.append(&mut texts);
        self.keys.append(&mut keys);
        self.events.append(&mut events);
        self.new_accounts.append(&mut new_accounts);
        // These say how things are after the batch: the later part knows better.
        let is_newer = |id| changed_accounts.iter().any(|account| account.id == id);
        self.changed_accounts.retain(|account| !is_newer(account.id));
        self.changed_accounts.append(&mut changed_accounts);
        let is_newer = |id| holds.iter().any(|hold| hold.payment_id == id);
        self.holds.retain(|hold| !is_newer(hold.payment_id));
        self.holds.append(&mut holds);
        let is_newer = |id| schedules.iter().any(|schedule| schedule.id == id);
        self.schedules.retain(|schedule| !is_newer(schedule.id));
        self.schedules.append(&mut schedules);
        self.notices.append(&mut notices);
        self.changed_community = changed_community.or(self.changed_community.take());
        // Written in order, so that a later row replaces an earlier one of the same app, member or delegation.
        self.app_spending.append(&mut app_spending);
        self.changed_members.append(&mut changed_members);
        self.delegations.append(&mut delegations);
        self.new_members.append(&mut new_members);
        self.ended_sessions.append(&mut ended_sessions);
        self.erased_members.append(&mut erased_members);
        self.refusals.append(&mut refusals);
        self.audits.append(&mut audits);
        self.approvals.append(&mut approvals);
        self.mails.append(&mut mails);
    }

    /// Whether there is nothing to write: every command was a repetition or left no trace.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.keys.is_empty() && !self.has_rare_rows()
    }

    /// Whether there is something outside the tables that plain payments write.
    pub fn has_rare_rows(&self) -> bool {
        !(self.account_items.is_empty()
            && self.hold_items.is_empty()
            && self.payment_changes.is_empty()
            && self.new_accounts.is_empty()
            && self.changed_accounts.is_empty()
            && self.changed_community.is_none()
            && self.holds.is_empty()
            && self.new_members.is_empty()
            && self.ended_sessions.is_empty()
            && self.changed_members.is_empty()
            && self.delegations.is_empty()
            && self.app_spending.is_empty()
            && self.erased_members.is_empty()
            && self.schedules.is_empty()
            && self.notices.is_empty()
            && self.refusals.is_empty()
            && self.texts.is_empty()
            && self.audits.is_empty()
            && self.approvals.is_empty()
            && self.mails.is_empty()
            && self.payments.iter().all(|payment| payment.gives_back().is_none()))
    }
}
