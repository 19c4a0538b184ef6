//! The posting rules: state and commands in, records or refusals out. Pure: the same inputs give the same outputs.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | what the rules look at |
//! | `missing.rs` | what the state lacks, and is looked up first |
//! | `authority.rs` | who may do what, judged in the command's place in the order |
//! | `accounts.rs` | admitting, opening, status, ended sessions |
//! | `limits.rs` | how far accounts may go: by an admin, or by the policy |
//! | `allowances.rs` | payments that pass a credit limit, because an admin lets them |
//! | `erasure.rs` | forgetting who a member was |
//! | `payments.rs` | making payments |
//! | `contributions.rs` | what accounts are asked for after each month |
//! | `payment_rules.rs` | how much and how often accounts pay, and who comes near a limit |
//! | `fees.rs` | which fees a payment bears, and changing the rules |
//! | `fund.rs` | what the fund pays out by an admin's decision |
//! | `incomes.rs` | the income that it pays to all who qualify |
//! | `checkouts.rs` | what shops ask to be paid: made, approved, ended |
//! | `holds.rs` | authorising, capturing, voiding |
//! | `history.rs` | what happened in another system before |
//! | `requests.rs` | asking, accepting, declining, cancelling |
//! | `lives.rs` | what becomes of a payment, and that it expires |
//! | `trust.rs` | trusted payees |
//! | `posting.rs` | moving money: net changes, limits, entries |
//! | `step_up.rs` | what needs a fresh proof of who asks |
//! | `spending.rs` | what an app or a teller may spend for a member |
//! | `duplicates.rs` | payments that look like the repetition of another |
//! | `delegations.rs` | tellers and brokers of accounts |
//! | `many.rs` | several payments in one transfer |
//! | `members.rs` | what members may do and where they stand |
//! | `quotes.rs` | what a payment would do |
//! | `refunds.rs` | ways back by whom was paid |
//! | `reversals.rs` | ways back by an admin |
//! | `schedules.rs` | what is planned: made, changed, paused, resumed, ended |
//! | `runs.rs` | what comes of it at its time |
//! | `approvals.rs` | what needs two admins |
//! | `write_offs.rs` | writing off what nobody settles |
//! | `merging.rs` | merging two memberships of one person |
//! | `answers.rs` | idempotency: repetitions, stored answers, noted refusals |
//!
//! Every command either changes the state and adds its rows to the postings, or changes nothing. A batch whose
//! postings could not be written must drop the state with it.

mod accounts;
mod allowances;
mod answers;
mod approvals;
mod authority;
mod checkouts;
mod contributions;
mod delegations;
mod duplicates;
mod erasure;
mod fees;
mod fund;
mod history;
mod holds;
mod incomes;
mod limits;
mod lives;
mod many;
mod members;
mod merging;
mod missing;
mod payment_rules;
mod payments;
mod posting;
mod quotes;
mod refunds;
mod requests;
mod reversals;
mod runs;
mod schedules;
mod settings;
mod spending;
mod state;
mod step_up;
#[cfg(test)]
mod tests;
mod trust;
mod write_offs;

pub use answers::{AnswerFormat, FormattedAnswer};
pub use many::JudgedLine;
pub use missing::Missing;
pub use quotes::{After, NoFormat, Proposal, Quote, QuotedSide};
pub use state::CommunityState;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::account::Account;
use super::approval::{Approval, ApprovalState};
use super::chain::{self, Hash, Text};
use super::checkout::Checkout;
use super::command::{Action, Command, NoticeOf};
use super::fees::FeeRules;
use super::ids::{AccountId, ApprovalId, IdSource, PaymentId, RecordId, ScheduleId, SpenderId, UserId};
use super::key::{KeyHash, StoredAnswer};
use super::many::PaidMany;
use super::member::Operator;
use super::payment::Payment;
use super::records::{AppSpending, Event, EventKind, Postings, Record, RecordKind};
use super::refusal::Refusal;
use super::schedule::Schedule;
use super::time::Timestamp;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered under its idempotency key, now or earlier: a payment, or a refusal that is final for the key.
    Answered(Answered),
    /// A payment was made, without a key.
    Paid(Box<Payment>),
    /// Several payments were made, without a key.
    PaidMany(Box<PaidMany>),
    /// A payment was changed, without a key; it now is like this.
    Changed(Box<Payment>),
    /// An account was opened or changed; it now is like this.
    Account(Box<Account>),
    /// A member was changed; it now is like this.
    Member(Operator),
    /// A schedule was made.
    Scheduled(Box<Schedule>),
    /// A checkout was made.
    MadeCheckout(Box<Checkout>),
    /// A checkout stands already, with the same terms.
    FoundCheckout(Box<Checkout>),
    /// A checkout was changed; it now is like this.
    ChangedCheckout(Box<Checkout>),
    /// The fees that payments bear from now on.
    Fees(FeeRules),
    /// Another admin has to agree first, or has agreed or refused: it now stands like this.
    Approval(Box<Approval>),
    /// It is done, and there is nothing to show.
    Done,
    /// Nothing was done.
    Refused(Refusal),
}

/// An answer that is kept under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer's status code.
    pub status: u16,
    /// The answer's bytes; none where they had to be erased.
    pub body: Option<Arc<[u8]>>,
    /// The payment that was made, where one was.
    pub payment_id: Option<PaymentId>,
    /// What another admin has to agree to first, where one has to.
    pub approval_id: Option<ApprovalId>,
    /// Whether this repeats an earlier answer.
    pub is_replay: bool,
}

/// Folds commands, one after the other, into a community's state.
pub struct Fold<'a> {
    state: &'a mut CommunityState,
    known_answers: &'a HashMap<KeyHash, StoredAnswer>,
    ids: &'a mut dyn IdSource,
    format: &'a dyn AnswerFormat,
    asked_at: Timestamp,
    now: Timestamp,
    postings: Postings,
    new_answers: HashMap<KeyHash, StoredAnswer>,
    changed: BTreeSet<AccountId>,
    held: BTreeSet<PaymentId>,
    spenders: BTreeMap<SpenderId, UserId>,
    scheduled: BTreeSet<ScheduleId>,
}

impl<'a> Fold<'a> {
    /// A fold on top of `state`. `known_answers` are those stored under the commands' keys. Everything
    /// folded happens at `now`, or at the community's last time where that is later.
    pub fn new(
        state: &'a mut CommunityState,
        known_answers: &'a HashMap<KeyHash, StoredAnswer>,
        now: Timestamp,
        ids: &'a mut dyn IdSource,
        format: &'a dyn AnswerFormat,
    ) -> Self {
        let postings = Postings::on(&state.head);
        let asked_at = now;
        let now = now.max(state.head.last_at);
        Self {
            state,
            known_answers,
            ids,
            format,
            asked_at,
            now,
            postings,
            new_answers: HashMap::new(),
            changed: BTreeSet::new(),
            held: BTreeSet::new(),
            spenders: BTreeMap::new(),
            scheduled: BTreeSet::new(),
        }
    }

    /// Judges one command and, where it passes, makes it so.
    pub fn apply(&mut self, command: &Command) -> Outcome {
        if let Some(key) = &command.key
            && let Some(earlier) = self.earlier_answer(key)
        {
            return earlier;
        }
        let audited = self.postings.audits.len();
        let dispatched = self.dispatch_in_time(command);
        for line in self.postings.audits.iter_mut().skip(audited) {
            line.request_id.clone_from(&command.request_id);
        }
        match dispatched {
            Ok(outcome) => {
                if self.postings.audits.len() > audited {
                    self.give_notice(command, &outcome);
                }
                self.keep_answer(command, outcome)
            }
            Err(refusal) => self.keep_refusal(command, refusal),
        }
    }

    /// Puts the mails about what came of a command into the outbox.
    fn give_notice(&mut self, command: &Command, outcome: &Outcome) {
        let is_asked =
            matches!(outcome, Outcome::Approval(approval) if approval.state == ApprovalState::Pending);
        let of = if is_asked { NoticeOf::Asked } else { NoticeOf::Done };
        let fitting = command.notices.iter().filter(|notice| notice.of == of);
        self.postings.mails.extend(fitting.map(|notice| notice.mail.clone()));
    }

    /// The batch's rows. Afterwards the state's head is the postings' head.
    pub fn finish(mut self) -> Postings {
        let accounts = &self.state.accounts;
        self.postings.changed_accounts =
            self.changed.iter().filter_map(|id| accounts.get(id)).cloned().collect();
        self.postings.holds = self.held.iter().filter_map(|id| self.state.holds.get(id)).cloned().collect();
        let schedules = &self.state.schedules;
        self.postings.schedules = self.scheduled.iter().filter_map(|id| schedules.get(id)).cloned().collect();
        let spending = &self.state.spending;
        let of_spender = |(id, user_id): (&SpenderId, &UserId)| {
            spending.get(id).map(|spent| AppSpending { spender_id: *id, user_id: *user_id, spending: *spent })
        };
        self.postings.app_spending = self.spenders.iter().filter_map(of_spender).collect();
        if !self.postings.is_empty() {
            self.state.head.version += 1;
        }
        self.postings.head = self.state.head.clone();
        posting::assert_zero_sums(&self.postings);
        self.postings
    }

    fn dispatch(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        let authority = &command.authority;
        self.check_session(authority)?;
        match &command.action {
            Action::Admit(admit) => self.admit(authority, admit),
            Action::OpenAccount(open) => self.open_account(authority, open),
            Action::SetLimits(change) => self.set_limits(authority, change),
            Action::FollowPolicy(follow) => self.follow_policy(authority, follow),
            Action::SetAllowance(change) => self.set_allowance(authority, change),
            Action::SetStatus(change) => self.set_status(authority, change),
            Action::Pay(pay) => self.pay(authority, pay),
            Action::Authorise(authorise) => self.authorise(authority, authorise),
            Action::Capture(capture) => self.capture(authority, capture),
            Action::Void(void) => self.void(authority, void),
            Action::EndSession(end) => Ok(self.end_session(end)),
            Action::EraseMember(erase) => self.erase_member(authority, erase),
            Action::SetAccountStepUp(change) => self.set_account_step_up(authority, change),
            Action::OpenJoining(reason) => self.ask_open_joining(authority, reason),
            Action::ChangeSettings(change) => self.change_settings(authority, change),
            Action::SetDelegation(change) => self.set_delegation(authority, change),
            Action::SetRole(change) => self.set_role(authority, change),
            Action::RenameMember(change) => self.rename_member(authority, change),
            Action::SetMemberStatus(change) => self.set_member_status(authority, change),
            Action::Refund(refund) => self.refund(authority, refund),
            Action::Reverse(reverse) => self.reverse(authority, reverse),
            Action::WriteOff(ask) => self.ask_write_off(authority, ask),
            Action::Merge(ask) => self.ask_merge(authority, ask),
            Action::PayMany(many) => self.pay_many(authority, many),
            Action::Bring(bring) => self.bring(authority, bring),
            Action::BringIncome(bring) => self.bring_income(authority, bring),
            Action::BringPolicy(bring) => self.bring_policy(authority, bring),
            Action::Schedule(new) => self.schedule(authority, new),
            Action::ChangeSchedule(change) => self.change_schedule(authority, change),
            Action::EditSchedule(edit) => self.edit_schedule(authority, edit),
            Action::RunSchedule(run) => self.run_schedule(authority, run),
            Action::SetApprovalRules(change) => self.set_approval_rules(authority, change),
            Action::AdoptPolicy(wanted) => self.adopt_policy(authority, wanted),
            Action::SettleApproval(settle) => self.settle_approval(authority, settle),
            Action::Request(request) => self.request(authority, request),
            Action::Accept(accept) => self.accept(authority, accept),
            Action::Decline(decline) => self.decline(authority, decline),
            Action::Cancel(cancel) => self.cancel(authority, cancel),
            Action::Expire(expire) => self.expire(authority, expire),
            Action::SetTrust(change) => self.set_trust(authority, change),
            Action::CreateCheckout(new) => self.create_checkout(authority, new),
            Action::ApproveCheckout(approve) => self.approve_checkout(authority, approve),
            Action::EndCheckout(end) => self.end_checkout(authority, end),
            Action::SetFees(change) => self.set_fees(authority, change),
            Action::Charge(charge) => self.charge(authority, charge),
            Action::PayOut(pay) => self.pay_out(authority, pay),
            Action::SetIncome(wanted) => self.set_income(authority, wanted),
            Action::PayIncome(pay) => self.pay_income(authority, pay),
        }
    }

    /// Appends a record to the chain. `digest_items` gets the record's salt and gives the items' digests.
    fn append_record(
        &mut self,
        kind: RecordKind,
        undone_id: Option<RecordId>,
        digest_items: impl FnOnce(i64, &[u8; 16]) -> Vec<Hash>,
    ) -> Record {
        let head = &mut self.state.head;
        let salt = self.ids.random_16();
        let mut record = Record {
            community_id: head.community_id,
            seq: head.seq + 1,
            kind,
            id: RecordId::from_uuid(self.ids.uuid_at(self.now)),
            undone_id,
            created_at: self.now,
            salt,
            digest: [0; 32],
            hash: [0; 32],
        };
        record.digest = chain::record_digest(&record, &digest_items(record.seq, &salt));
        record.hash = chain::link(&head.hash, &record.digest);
        assert!(self.now >= head.last_at, "times never run backwards along seq");
        head.seq = record.seq;
        head.hash = record.hash;
        head.last_at = self.now;
        self.postings.records.push(record.clone());
        record
    }

    /// Appends an event to the outbox and gives its place.
    fn append_event(&mut self, kind: EventKind, subject_id: uuid::Uuid) -> i64 {
        let head = &mut self.state.head;
        head.event_seq += 1;
        // Not every event has a record; none is told to have been before one that was told earlier.
        head.last_at = self.now;
        self.postings.events.push(Event {
            event_seq: head.event_seq,
            kind,
            subject_id,
            created_at: self.now,
        });
        head.event_seq
    }

    /// A salt for a text, if there is one, and what the chain keeps of the two.
    fn commit_to_text(&mut self, text: &str) -> (Option<[u8; 16]>, Hash) {
        if text.is_empty() {
            return (None, chain::NO_TEXT);
        }
        let salt = self.ids.random_16();
        (Some(salt), chain::text_commitment(&salt, text))
    }

    /// Keeps a text that belongs to no payment, if there is one, and gives what the chain keeps of it.
    fn keep_text(&mut self, id: super::ids::TextId, text: &str) -> Hash {
        let (salt, commitment) = self.commit_to_text(text);
        if let Some(salt) = salt {
            self.postings.texts.push(Text { id, salt, text: text.to_owned() });
        }
        commitment
    }
}
