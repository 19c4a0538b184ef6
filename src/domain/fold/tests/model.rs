//! The rules once more, as plainly as they can be said: maps, wide integers, and a list of everything that is wrong
//! with a command, of which the first in the documented order is the answer. Shares nothing with the rules but types.

mod approvals;
mod checkouts;
mod duplicates;
mod fees;
mod funds;
mod history;
mod limits;
mod many;
mod merging;
mod payment_rules;
mod ranks;
mod refunds;
mod requests;
mod schedules;
mod standing;
mod write_offs;
mod wrong;

use std::collections::{HashMap, HashSet};

use crate::domain::account::{AccountCode, AccountStatus};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR};
use crate::domain::approval::ApprovalRules;
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fund::Period;
use crate::domain::ids::{
    AccountId, ApprovalId, CheckoutId, MemberId, PaymentId, ScheduleId, SessionId, UserId,
};
use crate::domain::key::{KeyHash, RequestDigest};
use crate::domain::payment::{AUTHORISATION_S_MAX, PaymentState};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use approvals::ModelApproval;
use checkouts::ModelCheckout;
use duplicates::ModelRecent;
use fees::ModelFees;
use funds::{ModelCharged, ModelFund};
use ranks::{FIRST_FINAL_RANK, rank};
use refunds::ModelPaid;
use requests::{ModelLife, ModelTrust, Side};
use schedules::ModelSchedule;
pub(super) use standing::ModelMember;

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
    /// How much one payment may be that passes the limit, and before when.
    pub allowance: Option<(i128, Timestamp)>,
    /// How much and how often it may pay.
    pub rules: PaymentRules,
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
    pub members: HashMap<MemberId, ModelMember>,
    pub holds: HashMap<PaymentId, ModelHold>,
    pub paid: HashMap<PaymentId, ModelPaid>,
    pub schedules: HashMap<ScheduleId, ModelSchedule>,
    /// What came of the last command to schedules, for the tally.
    pub told: Vec<&'static str>,
    rules: ApprovalRules,
    /// All that was paid by accounts whose payments were bounded then.
    counted: Vec<(AccountId, Timestamp, i128)>,
    approvals: HashMap<ApprovalId, ModelApproval>,
    pub fees: ModelFees,
    charged: HashMap<AccountId, ModelCharged>,
    /// Periods whose income had its turn, with what came of it.
    incomes: HashMap<(Period, Day), &'static str>,
    fund: ModelFund,
    /// What the last payment bore.
    last_fees: (i128, i128),
    recent: Vec<ModelRecent>,
    /// Which of its payer's entries the last payment is.
    paid_entry: i64,
    entries: HashMap<AccountId, i64>,
    pub lives: HashMap<PaymentId, ModelLife>,
    pub trusts: HashMap<(AccountId, AccountId), ModelTrust>,
    pub checkouts: HashMap<CheckoutId, ModelCheckout>,
    ended: HashSet<SessionId>,
    keys: HashMap<KeyHash, RequestDigest>,
    now: Timestamp,
    /// The time of the batch.
    present: Timestamp,
    /// The same by the clock, which may go back.
    asked_at: Timestamp,
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
        self.present = self.now;
        self.asked_at = now;
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
        if !self.leaves_no_record(&command.action) {
            self.last_at = self.now;
        }
        match &command.action {
            Action::Pay(pay) => {
                let fees = self.fees(pay.payer_id, pay.payee_id, wide(pay.amount));
                self.use_allowance(pay.payer_id, wide(pay.amount) + fees.0);
                self.transfer(pay.payer_id, pay.payee_id, wide(pay.amount), fees);
                self.count(pay.payer_id, wide(pay.amount));
                self.note_paid(payment_id, (pay.payer_id, pay.payee_id), wide(pay.amount), true);
                self.note_recent(pay, payment_id.unwrap());
            }
            Action::Refund(refund) => {
                let amount = wide(refund.amount);
                let paid = self.paid.get_mut(&refund.payment_id).unwrap();
                paid.refunded += amount;
                let sides = (paid.payee, paid.payer);
                self.transfer(sides.0, sides.1, amount, (0, 0));
                self.note_paid(payment_id, sides, amount, true);
                self.paid.get_mut(&payment_id.unwrap()).unwrap().is_refund = true;
            }
            Action::PayMany(_) | Action::Charge(_) | Action::PayIncome(_) => {
                unreachable!("it may make several payments")
            }
            Action::PayOut(pay) => self.pay_out_alone(user_of(command), pay, payment_id),
            Action::SetIncome(set) => {
                let rules = self.wanted_income(set);
                self.set_income(&rules);
            }
            Action::WriteOff(_) => unreachable!("it only asks"),
            Action::Merge(ask) => self.merge([ask.account_id, ask.kept_id], payment_id),
            Action::Bring(bring) => self.bring(bring, payment_id),
            Action::BringIncome(_) | Action::BringPolicy(_) => unreachable!("nobody asks for it"),
            Action::Reverse(reverse) => self.perform_reversal(reverse.payment_id, payment_id.unwrap()),
            Action::Authorise(authorise) => {
                let pay = &authorise.payment;
                let amount = wide(pay.amount);
                let held = amount + self.fees(pay.payer_id, pay.payee_id, amount).0;
                self.count(pay.payer_id, amount);
                let payer = self.accounts.get_mut(&pay.payer_id).unwrap();
                payer.reserved += held;
                payer.version += 1;
                let (payer, payee, expires_at) = (pay.payer_id, pay.payee_id, authorise.expires_at);
                self.holds.insert(payment_id.unwrap(), ModelHold { payer, payee, amount: held });
                self.note_paid(payment_id, (payer, payee), amount, false);
                self.note_life(payment_id, pay, PaymentState::Authorised, expires_at);
            }
            Action::Capture(capture) => {
                let hold = self.end_hold(capture.payment_id);
                self.live(capture.payment_id, PaymentState::Completed);
                let authorised = self.lives[&capture.payment_id].amount;
                let amount = capture.amount.map_or(authorised, wide);
                let (of_payer, of_payee) = self.fees(hold.payer, hold.payee, amount);
                let fees = (of_payer.min(hold.amount - authorised), of_payee);
                if fees.0 < of_payer {
                    self.told.push("a capture bears no more than was reserved");
                }
                self.transfer(hold.payer, hold.payee, amount, fees);
                self.note_paid(Some(capture.payment_id), (hold.payer, hold.payee), amount, true);
            }
            Action::Void(void) => self.release(void.payment_id, PaymentState::Cancelled),
            Action::Request(request) => self.request(request, payment_id.unwrap()),
            Action::Accept(accept) => self.pay_requested(accept.payment_id),
            Action::Decline(decline) => self.live(decline.payment_id, PaymentState::Declined),
            Action::Cancel(cancel) => self.live(cancel.payment_id, PaymentState::Cancelled),
            Action::Expire(expire) => self.expire(expire.payment_id),
            Action::SetTrust(change) => self.set_trust(command, change),
            // Whether one was made, its answer tells.
            Action::CreateCheckout(_) => {}
            Action::ApproveCheckout(approve) => {
                self.approve_checkout(command, approve, payment_id.unwrap());
            }
            Action::EndCheckout(end) => self.end_checkout(end),
            Action::SetLimits(change) => self.limit(change.account_id, change.limits),
            Action::FollowPolicy(follow) => self.follow(follow),
            Action::SetAllowance(change) => self.set_allowance(command, change),
            Action::SetApprovalRules(change) => self.rules = change.rules,
            Action::SettleApproval(settle) => self.settle(settle, payment_id),
            Action::SetStatus(change) => self.set_status(change),
            Action::SetMemberStatus(change) => self.set_member_status(change),
            Action::SetFees(change) => self.set_fees(change),
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
            | Action::AdoptPolicy(_)
            | Action::OpenJoining(_)
            | Action::SetDelegation(_)
            | Action::SetRole(_)
            | Action::RenameMember(_) => {
                unreachable!("the cast is complete before the play begins")
            }
        }
    }

    fn transfer(&mut self, payer: AccountId, payee: AccountId, amount: i128, fees: (i128, i128)) {
        self.enter(payer, -amount);
        self.paid_entry = self.entries[&payer];
        self.enter(payee, amount);
        if fees != (0, 0) {
            self.told.push("a payment bears fees");
        }
        self.last_fees = fees;
        self.move_fees(payer, payee, fees);
    }

    fn enter(&mut self, id: AccountId, change: i128) {
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
                let sides = (pay.payer_id, pay.payee_id);
                self.wrong_with_paying_now(sides, wide(pay.amount), &mut wrong);
            }
            Action::Authorise(authorise) => {
                let pay = &authorise.payment;
                self.wrong_with_parties(command, pay, &mut wrong);
                wrong.extend(self.looks_repeated(command, pay));
                self.wrong_with_expiry(authorise.expires_at, AUTHORISATION_S_MAX, &mut wrong);
                let sides = (pay.payer_id, pay.payee_id);
                let held = wide(pay.amount) + self.bear(sides, wide(pay.amount), &mut wrong).0;
                if let Some(payer) = self.accounts.get(&pay.payer_id)
                    && (payer.available() < held || payer.reserved + held > BOUND)
                {
                    wrong.push(insufficient(held, payer));
                }
            }
            Action::Bring(bring) => self.wrong_with_bringing(command, bring, &mut wrong),
            Action::BringIncome(_) | Action::BringPolicy(_) => unreachable!("nobody asks for it"),
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
            Action::CreateCheckout(new) => self.wrong_with_selling(command, new, &mut wrong),
            Action::ApproveCheckout(approve) => self.wrong_with_approving(command, approve, &mut wrong),
            Action::EndCheckout(end) => self.wrong_with_ending_checkout(command, end, &mut wrong),
            Action::SetFees(change) => self.wrong_with_fees(command, change, &mut wrong),
            Action::Refund(refund) => match self.paid.get(&refund.payment_id) {
                None => wrong.push(Refusal::NotFound(Thing::Payment)),
                Some(paid) => self.wrong_with_refunding(command, paid, refund.amount, &mut wrong),
            },
            Action::WriteOff(ask) => self.wrong_with_asking_write_off(command, ask, &mut wrong),
            Action::Merge(ask) => self.wrong_with_asking_merge(command, ask, &mut wrong),
            Action::PayMany(many) => wrong.extend(self.wrong_with_many(command, many)),
            Action::Charge(charge) => self.wrong_with_charging(command, charge, &mut wrong),
            Action::PayOut(pay) => self.wrong_with_paying_out(command, pay, &mut wrong),
            Action::SetIncome(set) => self.wrong_with_setting_income(command, set, &mut wrong),
            Action::PayIncome(pay) => self.wrong_with_income(command, pay, &mut wrong),
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
            Action::SetAllowance(change) => self.wrong_with_allowing(command, change, &mut wrong),
            Action::SetStatus(change) => self.wrong_with_status(command, change, &mut wrong),
            Action::SetMemberStatus(change) => self.wrong_with_standing(command, change, &mut wrong),
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
            | Action::AdoptPolicy(_)
            | Action::OpenJoining(_)
            | Action::SetDelegation(_)
            | Action::SetRole(_)
            | Action::RenameMember(_) => {
                unreachable!("the cast is complete before the play begins")
            }
        }
        wrong
    }
}

fn insufficient(amount: i128, payer: &ModelAccount) -> Refusal {
    let amount = Amount::from_minor(i64::try_from(amount).unwrap());
    let available = Amount::from_minor(i64::try_from(payer.available()).unwrap());
    Refusal::InsufficientCredit { amount, available }
}

fn user_of(command: &Command) -> UserId {
    command.user_id().unwrap()
}

fn wide(amount: Amount) -> i128 {
    amount.minor().into()
}
