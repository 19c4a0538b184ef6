//! The rules once more, as plainly as they can be said: maps, wide integers, and a list of everything that is wrong
//! with a command, of which the first in the documented order is the answer. Shares nothing with the rules but types.

mod approvals;
mod duplicates;
mod limits;
mod many;
mod ranks;
mod refunds;
mod requests;
mod schedules;

use std::collections::{HashMap, HashSet};

use crate::domain::account::{AccountCode, AccountStatus};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR};
use crate::domain::approval::ApprovalRules;
use crate::domain::command::{Action, Authority, Command, Pay, UserAuthority};
use crate::domain::ids::{AccountId, ApprovalId, PaymentId, ScheduleId, SessionId, UserId};
use crate::domain::key::{KeyHash, RequestDigest};
use crate::domain::payment::{AUTHORISATION_S_MAX, PaymentState};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;
use approvals::ModelApproval;
use duplicates::ModelRecent;
use ranks::{FIRST_FINAL_RANK, rank};
use refunds::ModelPaid;
use requests::{ModelLife, ModelTrust, Side};
use schedules::ModelSchedule;

const BOUND: i128 = BALANCE_MAX_MINOR as i128;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct ModelAccount {
    pub code: AccountCode,
    pub owner: Option<UserId>,
    pub status: AccountStatus,
    pub credit_limit: i128,
    pub ceiling: Option<i128>,
    pub balance: i128,
    pub reserved: i128,
    pub negative_since: Option<Timestamp>,
    /// The version that the next command with a condition is measured against.
    pub version: i64,
}

impl ModelAccount {
    pub const fn available(&self) -> i128 {
        self.balance - self.reserved + self.credit_limit
    }
}

#[derive(Debug, Clone)]
pub(super) struct ModelHold {
    pub payer: AccountId,
    pub payee: AccountId,
    pub amount: i128,
}

/// What a user is in the community.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ModelUser {
    pub belongs: bool,
    pub acts: bool,
    pub is_admin: bool,
}

/// What should come of a command.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It passes; where it has a key, the answer is kept.
    Passes,
    /// It is refused, and the refusal is kept under its key.
    RefusedForGood(Refusal),
    /// It is refused, and leaves nothing.
    Refused(Refusal),
    /// It gets the answer that its key has already.
    Repeats,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub accounts: HashMap<AccountId, ModelAccount>,
    pub users: HashMap<UserId, ModelUser>,
    pub holds: HashMap<PaymentId, ModelHold>,
    pub paid: HashMap<PaymentId, ModelPaid>,
    pub schedules: HashMap<ScheduleId, ModelSchedule>,
    /// What came of the last command to schedules, for the tally.
    pub told: Vec<&'static str>,
    rules: ApprovalRules,
    approvals: HashMap<ApprovalId, ModelApproval>,
    recent: Vec<ModelRecent>,
    entries: HashMap<AccountId, i64>,
    pub lives: HashMap<PaymentId, ModelLife>,
    pub trusts: HashMap<(AccountId, AccountId), ModelTrust>,
    ended: HashSet<SessionId>,
    keys: HashMap<KeyHash, RequestDigest>,
    now: Timestamp,
    /// The time of the last record: no time after it is earlier.
    last_at: Timestamp,
}

impl Model {
    /// A community whose last record is of `last_at`.
    pub fn new(last_at: Timestamp) -> Self {
        Self { last_at, ..Self::default() }
    }

    /// A batch begins.
    pub fn begin(&mut self, now: Timestamp) {
        self.now = if now > self.last_at { now } else { self.last_at };
    }

    /// An event was told: nothing happens before it any more.
    pub fn tell(&mut self) {
        self.last_at = self.now;
    }

    pub fn judge(&self, command: &Command) -> Verdict {
        let wrong = self.all_that_is_wrong(command);
        let first = wrong.into_iter().min_by_key(rank);
        let known_request = command.key.and_then(|key| self.keys.get(&key.hash));
        match (first, known_request) {
            (_, Some(request)) if *request != command.key.unwrap().request => {
                Verdict::Refused(Refusal::KeyReused)
            }
            (_, Some(_)) => Verdict::Repeats,
            (None, None) => Verdict::Passes,
            (Some(refusal), None) if command.key.is_some() && Self::is_kept(&refusal) => {
                Verdict::RefusedForGood(refusal)
            }
            (Some(refusal), None) => Verdict::Refused(refusal),
        }
    }

    /// Remembers that the command's key, if it has one, is used.
    pub fn use_key(&mut self, command: &Command) {
        if let Some(key) = command.key {
            self.keys.insert(key.hash, key.request);
        }
    }

    /// Does what a command that passes says. `payment_id` is the payment that it made.
    pub fn perform(&mut self, command: &Command, payment_id: Option<PaymentId>) {
        let leaves_no_record = match &command.action {
            Action::EndSession(_)
            | Action::SetTrust(_)
            | Action::Schedule(_)
            | Action::ChangeSchedule(_)
            | Action::EditSchedule(_)
            | Action::RunSchedule(_)
            | Action::SetApprovalRules(_) => true,
            Action::SettleApproval(settle) => self.settling_leaves_no_record(settle),
            Action::FollowPolicy(follow) => self.follows_already(follow),
            Action::SetStatus(change) => self.accounts[&change.account_id].status == change.status,
            _ => false,
        };
        if !leaves_no_record {
            self.last_at = self.now;
        }
        match &command.action {
            Action::Pay(pay) => {
                self.transfer(pay.payer_id, pay.payee_id, wide(pay.amount));
                self.note_paid(payment_id, (pay.payer_id, pay.payee_id), wide(pay.amount), true);
                self.note_recent(pay, payment_id.unwrap());
            }
            Action::Refund(refund) => {
                let amount = wide(refund.amount);
                let paid = self.paid.get_mut(&refund.payment_id).unwrap();
                paid.refunded += amount;
                let sides = (paid.payee, paid.payer);
                self.transfer(sides.0, sides.1, amount);
                self.note_paid(payment_id, sides, amount, true);
                self.paid.get_mut(&payment_id.unwrap()).unwrap().is_refund = true;
            }
            Action::PayMany(_) => unreachable!("it makes several payments"),
            Action::Reverse(reverse) => self.perform_reversal(reverse.payment_id, payment_id.unwrap()),
            Action::Authorise(authorise) => {
                let pay = &authorise.payment;
                let amount = wide(pay.amount);
                let payer = self.accounts.get_mut(&pay.payer_id).unwrap();
                payer.reserved += amount;
                payer.version += 1;
                let (payer, payee, expires_at) = (pay.payer_id, pay.payee_id, authorise.expires_at);
                self.holds.insert(payment_id.unwrap(), ModelHold { payer, payee, amount });
                self.note_paid(payment_id, (payer, payee), amount, false);
                self.note_life(payment_id, pay, PaymentState::Authorised, expires_at);
            }
            Action::Capture(capture) => {
                let hold = self.end_hold(capture.payment_id);
                self.live(capture.payment_id, PaymentState::Completed);
                let amount = capture.amount.map_or(hold.amount, wide);
                self.transfer(hold.payer, hold.payee, amount);
                self.note_paid(Some(capture.payment_id), (hold.payer, hold.payee), amount, true);
            }
            Action::Void(void) => self.release(void.payment_id, PaymentState::Cancelled),
            Action::Request(request) => self.request(request, payment_id.unwrap()),
            Action::Accept(accept) => self.pay_requested(accept.payment_id),
            Action::Decline(decline) => self.live(decline.payment_id, PaymentState::Declined),
            Action::Cancel(cancel) => self.live(cancel.payment_id, PaymentState::Cancelled),
            Action::Expire(expire) => self.expire(expire.payment_id),
            Action::SetTrust(change) => self.set_trust(command, change),
            Action::SetLimits(change) => self.limit(change.account_id, change.limits),
            Action::FollowPolicy(follow) => self.follow(follow),
            Action::SetApprovalRules(change) => self.rules = change.rules,
            Action::SettleApproval(settle) => self.settle(settle, payment_id),
            Action::SetStatus(change) => {
                let account = self.accounts.get_mut(&change.account_id).unwrap();
                account.version += i64::from(account.status != change.status);
                let closes = account.status != change.status && change.status == AccountStatus::Closed;
                account.status = change.status;
                if closes {
                    self.end_all_from(change.account_id);
                }
            }
            Action::Schedule(new) => self.plan(new, user_of(command), payment_id.unwrap()),
            Action::ChangeSchedule(change) => self.change_plan(change),
            Action::EditSchedule(edit) => self.edit_plan(edit, user_of(command)),
            Action::RunSchedule(run) => self.run(run, payment_id),
            Action::EndSession(end) => drop(self.ended.insert(end.session_id)),
            Action::Admit(_)
            | Action::OpenAccount(_)
            | Action::EraseMember(_)
            | Action::SetAccountStepUp(_)
            | Action::ChangeSettings(_)
            | Action::SetDelegation(_)
            | Action::SetRole(_)
            | Action::SetMemberStatus(_) => {
                unreachable!("the cast is complete before the play begins")
            }
        }
    }

    fn transfer(&mut self, payer: AccountId, payee: AccountId, amount: i128) {
        for (id, change) in [(payer, -amount), (payee, amount)] {
            let account = self.accounts.get_mut(&id).unwrap();
            let was_negative = account.balance < 0;
            *self.entries.entry(id).or_default() += 1;
            account.balance += change;
            account.version += 1;
            if account.balance >= 0 {
                account.negative_since = None;
            } else if !was_negative {
                account.negative_since = Some(self.now);
            }
        }
    }

    fn end_hold(&mut self, id: PaymentId) -> ModelHold {
        let hold = self.holds.remove(&id).expect("a hold ends once");
        self.accounts.get_mut(&hold.payer).unwrap().reserved -= hold.amount;
        hold
    }

    pub(super) fn all_that_is_wrong(&self, command: &Command) -> Vec<Refusal> {
        let mut wrong = Vec::new();
        if let Authority::User(user) = &command.authority {
            if self.ended.contains(&user.session_id) {
                wrong.push(Refusal::SessionEnded);
            }
            if !self.user(user).belongs {
                wrong.push(Refusal::NotFound(Thing::Community));
            }
        }
        match &command.action {
            Action::Pay(pay) => {
                self.wrong_with_parties(command, pay, &mut wrong);
                wrong.extend(self.looks_repeated(command, pay));
                if let Some(payer) = self.accounts.get(&pay.payer_id)
                    && (payer.available() < wide(pay.amount) || payer.balance - wide(pay.amount) < -BOUND)
                {
                    wrong.push(insufficient(pay.amount, payer));
                }
                self.wrong_with_receiving(pay.payee_id, wide(pay.amount), &mut wrong);
            }
            Action::Authorise(authorise) => {
                let pay = &authorise.payment;
                self.wrong_with_parties(command, pay, &mut wrong);
                wrong.extend(self.looks_repeated(command, pay));
                self.wrong_with_expiry(authorise.expires_at, AUTHORISATION_S_MAX, &mut wrong);
                if let Some(payer) = self.accounts.get(&pay.payer_id)
                    && (payer.available() < wide(pay.amount) || payer.reserved + wide(pay.amount) > BOUND)
                {
                    wrong.push(insufficient(pay.amount, payer));
                }
            }
            Action::Capture(capture) => self.wrong_with_capturing(command, capture, &mut wrong),
            Action::Void(void) => self.wrong_with_voiding(command, void.payment_id, &mut wrong),
            Action::Request(request) => self.wrong_with_asking(command, request, &mut wrong),
            Action::Accept(accept) => self.wrong_with_accepting(command, accept.payment_id, &mut wrong),
            Action::Decline(decline) => {
                self.wrong_with_deciding(command, decline.payment_id, Side::Payer, &mut wrong);
            }
            Action::Cancel(cancel) => {
                self.wrong_with_deciding(command, cancel.payment_id, Side::Payee, &mut wrong);
            }
            Action::Expire(expire) => self.wrong_with_expiring(command, expire.payment_id, &mut wrong),
            Action::SetTrust(change) => self.wrong_with_trusting(command, change, &mut wrong),
            Action::Refund(refund) => match self.paid.get(&refund.payment_id) {
                None => wrong.push(Refusal::NotFound(Thing::Payment)),
                Some(paid) => self.wrong_with_refunding(command, paid, refund.amount, &mut wrong),
            },
            Action::PayMany(many) => wrong.extend(self.wrong_with_many(command, many)),
            Action::Reverse(reverse) => match self.paid.get(&reverse.payment_id) {
                None => wrong.push(Refusal::NotFound(Thing::Payment)),
                Some(paid) => {
                    self.wrong_with_reversing(command, paid, reverse.allow_beyond_limit, &mut wrong)
                }
            },
            Action::Schedule(new) => {
                if command.authority == Authority::Service {
                    return vec![Refusal::Forbidden];
                }
                self.wrong_with_parties(command, &new.payment, &mut wrong);
            }
            Action::ChangeSchedule(change) => self.wrong_with_changing(command, change, &mut wrong),
            Action::EditSchedule(edit) => self.wrong_with_editing(command, edit.schedule_id, &mut wrong),
            Action::RunSchedule(run) => {
                if command.authority != Authority::Service {
                    // Before anything else but the session: nobody learns what is planned.
                    wrong.retain(|refusal| *refusal == Refusal::SessionEnded);
                    wrong.push(Refusal::Forbidden);
                } else if !self.schedules.contains_key(&run.schedule_id) {
                    wrong.push(Refusal::NotFound(Thing::Schedule));
                }
            }
            Action::SetLimits(change) => self.wrong_with_limiting(command, change, &mut wrong),
            Action::FollowPolicy(follow) => self.wrong_with_following(command, follow, &mut wrong),
            Action::SetStatus(change) => {
                self.wrong_with_administering(command, change.account_id, &mut wrong);
                if let Some(account) = self.accounts.get(&change.account_id) {
                    if change.status == AccountStatus::Closed
                        && (account.balance != 0 || account.reserved != 0)
                    {
                        wrong.push(Refusal::Conflict(ConflictReason::NotSettled));
                    }
                    if change.status != AccountStatus::Closed && account.status == AccountStatus::Closed {
                        wrong.push(Refusal::AccountNotActive {
                            code: account.code.clone(),
                            status: account.status,
                        });
                    }
                }
            }
            Action::SetApprovalRules(_) => {
                if !self.may_as_admin(command, Scope::LimitsWrite) {
                    wrong.push(Refusal::Forbidden);
                }
            }
            Action::SettleApproval(settle) => return self.wrong_with_settling(command, settle, wrong),
            Action::EndSession(_) => {}
            Action::Admit(_)
            | Action::OpenAccount(_)
            | Action::EraseMember(_)
            | Action::SetAccountStepUp(_)
            | Action::ChangeSettings(_)
            | Action::SetDelegation(_)
            | Action::SetRole(_)
            | Action::SetMemberStatus(_) => {
                unreachable!("the cast is complete before the play begins")
            }
        }
        wrong
    }

    fn wrong_with_parties(&self, command: &Command, pay: &Pay, wrong: &mut Vec<Refusal>) {
        for (id, thing) in [(pay.payer_id, Thing::Payer), (pay.payee_id, Thing::Payee)] {
            if !self.accounts.contains_key(&id) {
                wrong.push(Refusal::NotFound(thing));
            }
        }
        if !self.may(command, pay.payer_id, Scope::PaymentsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        if pay.payer_id == pay.payee_id {
            wrong.push(Refusal::SameAccount);
        }
        self.wrong_with_activity(pay.payer_id, wrong);
        self.wrong_with_activity(pay.payee_id, wrong);
    }

    fn wrong_with_activity(&self, id: AccountId, wrong: &mut Vec<Refusal>) {
        if let Some(account) = self.accounts.get(&id)
            && account.status != AccountStatus::Active
        {
            wrong.push(Refusal::AccountNotActive { code: account.code.clone(), status: account.status });
        }
    }

    fn wrong_with_receiving(&self, id: AccountId, amount: i128, wrong: &mut Vec<Refusal>) {
        if let Some(payee) = self.accounts.get(&id)
            && payee.balance + amount > payee.ceiling.unwrap_or(BOUND)
        {
            wrong.push(Refusal::CeilingExceeded);
        }
    }

    fn wrong_with_seeing(&self, command: &Command, sides: [AccountId; 2], wrong: &mut Vec<Refusal>) {
        let Authority::User(user) = &command.authority else { return };
        let owns = |id| self.accounts[&id].owner == Some(user.user_id);
        let is_admin = self.user(user).acts && self.user(user).is_admin;
        if !(sides.into_iter().any(owns) || is_admin) {
            wrong.push(Refusal::NotFound(Thing::Payment));
        }
    }

    fn wrong_with_administering(&self, command: &Command, id: AccountId, wrong: &mut Vec<Refusal>) {
        if !self.accounts.contains_key(&id) {
            wrong.push(Refusal::NotFound(Thing::Account));
        }
        if !self.may_as_admin(command, Scope::LimitsWrite) {
            wrong.push(Refusal::Forbidden);
        }
    }

    fn may(&self, command: &Command, account_id: AccountId, scope: Scope) -> bool {
        let Authority::User(user) = &command.authority else { return true };
        let owner = self.accounts.get(&account_id).and_then(|account| account.owner);
        owner == Some(user.user_id) && self.user(user).acts && user.scopes.holds(scope)
    }

    fn may_as_admin(&self, command: &Command, scope: Scope) -> bool {
        let Authority::User(user) = &command.authority else { return true };
        self.user(user).is_admin && self.user(user).acts && user.scopes.holds(scope)
    }

    fn user(&self, user: &UserAuthority) -> ModelUser {
        self.users.get(&user.user_id).copied().unwrap_or_default()
    }
}

fn insufficient(amount: Amount, payer: &ModelAccount) -> Refusal {
    let available = Amount::from_minor(i64::try_from(payer.available()).unwrap());
    Refusal::InsufficientCredit { amount, available }
}

fn user_of(command: &Command) -> UserId {
    command.user_id().unwrap()
}

fn wide(amount: Amount) -> i128 {
    amount.minor().into()
}
