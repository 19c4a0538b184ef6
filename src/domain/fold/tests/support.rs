//! A small community in memory, and short ways to say who does what.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::auditor::Auditor;
pub(super) use super::format::{PlainFormat, refusal_body};
pub(super) use super::person::Person;
pub(super) use super::snapshot::Snapshot;
use crate::domain::account::{Account, AccountKind, AccountStatus, Limits};
use crate::domain::amount::Amount;
use crate::domain::chain::{NO_TEXT, text_commitment};
use crate::domain::command::{
    Action, Admit, Authorise, Authority, Capture, Command, EndSession, OpenAccount, Pay, Refund, Reverse,
    SetLimits, SetStatus, Void,
};
use crate::domain::community::Community;
use crate::domain::community::tests::river;
use crate::domain::duplicates::RecentPayments;
use crate::domain::fold::{Answered, CommunityState, Fold, Outcome};
use crate::domain::ids::{
    AccountId, CommunityId, IdSource, MemberId, PaymentId, ScheduleId, SessionId, UserId,
};
use crate::domain::key::{IdempotencyKey, KeyHash, KeyUse, RequestDigest, StoredAnswer};
use crate::domain::lone_payouts::LonePayouts;
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::payment::{Life, Payment, Refundable};
use crate::domain::records::{Head, Postings};
use crate::domain::recurrence::{Plan, Recurrence, Unit};
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{
    ChangeSchedule, EditSchedule, NewSchedule, OnFailure, RunSchedule, ScheduleChange,
};
use crate::domain::settings::{ChangeSettings, SettingsChange};
use crate::domain::time::Timestamp;
use crate::domain::zone::TimeOfDay;

/// The community of all these tests.
pub(super) const RIVER: CommunityId =
    CommunityId::from_uuid(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001));
/// When every test begins.
pub(super) const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

/// Ids and salts that are the same in every run (SplitMix64).
#[derive(Clone)]
pub(super) struct SeededIds(u64);

impl SeededIds {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl IdSource for SeededIds {
    fn random_16(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }
}

/// The community RIVER in memory, with all that its batches wrote.
pub(super) struct River {
    pub state: CommunityState,
    pub ids: SeededIds,
    /// The table of keys.
    pub answers: HashMap<KeyHash, StoredAnswer>,
    pub now: Timestamp,
    /// The community's fund, account RIVER0000.
    pub commons: AccountId,
    pub auditor: Auditor,
    /// What the last batch wrote.
    pub last: Postings,
}

impl River {
    /// A community with a fund and nobody in it.
    pub fn new() -> Self {
        let community = Community { id: RIVER, ..river() };
        let head = Head::new(community.id, START);
        let mut ids = SeededIds(42);
        let commons = AccountId::from_uuid(ids.uuid_at(START));
        let mut river = Self {
            auditor: Auditor::new(community.id),
            last: Postings::on(&head),
            state: CommunityState::new(Arc::new(community), head, HashMap::new()),
            ids,
            answers: HashMap::new(),
            now: START,
            commons,
        };
        (river.state.income_plan, river.state.lone_payouts) = (Some(None), Some(LonePayouts::default()));
        let limits = limits(0, None);
        let open =
            OpenAccount { account_id: commons, kind: AccountKind::Commons, name: "Commons".into(), limits };
        river.done(&by(Authority::Service, Action::OpenAccount(open)));
        river
    }

    /// The community's account for losses, opened now.
    pub fn losses(&mut self) -> AccountId {
        let account_id = AccountId::from_uuid(self.ids.uuid_at(START));
        let (kind, limits) = (AccountKind::WriteOff, limits(0, None));
        let open = OpenAccount { account_id, kind, name: "Losses".into(), limits };
        self.done(&by(Authority::Service, Action::OpenAccount(open)));
        account_id
    }

    /// A new member with an account that may go down to `-credit_limit`.
    pub fn member(&mut self, name: &str, credit_limit: i64) -> Person {
        self.newcomer(name, Role::Member, limits(credit_limit, None))
    }

    /// A new member who is an admin.
    pub fn admin(&mut self, name: &str, credit_limit: i64) -> Person {
        self.newcomer(name, Role::Admin, limits(credit_limit, None))
    }

    /// A new member with all that can differ.
    pub fn newcomer(&mut self, name: &str, role: Role, limits: Limits) -> Person {
        let person = self.stranger();
        let admit = Admit {
            member_id: person.member,
            account_id: person.account,
            name: name.into(),
            user_id: person.user,
            role,
            limits,
            limits_by: crate::domain::command::LimitsBy::Difference,
            reason: String::new(),
        };
        self.done(&by(Authority::Service, Action::Admit(admit)));
        self.state.recent.insert(person.account, RecentPayments::default());
        person
    }

    /// Someone who was looked up and belongs to nothing here; the account and the member do not exist.
    pub fn stranger(&mut self) -> Person {
        let mut id = || self.ids.uuid_at(START);
        let person = Person {
            user: UserId::from_uuid(id()),
            member: MemberId::from_uuid(id()),
            account: AccountId::from_uuid(id()),
            session: SessionId::from_uuid(id()),
        };
        self.state.operators.insert(person.user, Vec::new());
        person
    }

    /// What the operators table would say once the member's status has changed.
    pub fn set_member_status(&mut self, person: Person, status: MemberStatus) {
        for operator in self.state.operators.get_mut(&person.user).unwrap() {
            operator.status = status;
        }
    }

    /// Lets one more user operate a member's account.
    pub fn share(&mut self, with: Person, member: MemberId, status: MemberStatus) {
        self.state.operators.get_mut(&with.user).unwrap().push(Operator {
            member_id: member,
            status,
            role: Role::Member,
        });
    }

    pub fn account(&self, id: AccountId) -> &Account {
        &self.state.accounts[&id]
    }

    pub fn balance(&self, person: Person) -> i64 {
        self.account(person.account).balance.minor()
    }

    pub fn reserved(&self, person: Person) -> i64 {
        self.account(person.account).reserved.minor()
    }

    pub fn available(&self, person: Person) -> i64 {
        self.account(person.account).available().minor()
    }

    /// Folds the commands as one batch, keeps its rows, and audits them.
    pub fn batch(&mut self, commands: &[Command]) -> Vec<Outcome> {
        let mut fold = Fold::new(&mut self.state, &self.answers, self.now, &mut self.ids, &PlainFormat);
        let outcomes = commands.iter().map(|command| fold.apply(command)).collect();
        let postings = fold.finish();
        self.keep(postings);
        outcomes
    }

    /// Does what writing a batch does: its keys are known to the next one. Audits it as well.
    pub fn keep(&mut self, postings: Postings) {
        for (key, answer) in &postings.keys {
            assert!(self.answers.insert(*key, answer.clone()).is_none(), "a key has one row");
        }
        self.auditor.check(&postings, &self.state);
        self.look_up_refundable(&postings);
        self.look_up_lives(&postings);
        self.last = postings;
    }

    /// From the next batch on, everybody may ask for the way back of what this one paid.
    fn look_up_refundable(&mut self, postings: &Postings) {
        let record_id =
            |seq| postings.records.iter().find(|record| record.seq == seq).map(|record| record.id);
        for payment in &postings.payments {
            let paid = Refundable {
                payment_id: payment.id,
                payer_id: payment.payer.account_id,
                payee_id: payment.payee.account_id,
                amount: payment.amount,
                record_id: payment.transfer.and_then(|transfer| record_id(transfer.seq)),
                fees: payment.fees,
                refunded: Amount::ZERO,
                is_refund: payment.gives_back().is_some(),
            };
            self.state.refundable.insert(payment.id, paid);
        }
        for change in &postings.payment_changes {
            let Some(transfer) = change.transfer else { continue };
            let paid = self.state.refundable.get_mut(&change.id).unwrap();
            (paid.amount, paid.record_id) = (change.amount, record_id(transfer.seq));
        }
        for (id, fees) in &postings.fees {
            self.state.refundable.get_mut(id).unwrap().fees = *fees;
        }
    }

    /// From the next batch on, everybody may ask for the next step of what this one paid at once.
    fn look_up_lives(&mut self, postings: &Postings) {
        for payment in postings.payments.iter().filter(|payment| payment.expires_at.is_none()) {
            let salt_and_text = payment.text_salt.map(|salt| (salt, payment.description.clone()));
            let text = salt_and_text.map_or(NO_TEXT, |(salt, text)| text_commitment(&salt, &text));
            self.state.lives.insert(payment.id, Life { payment: payment.clone(), text });
        }
    }

    /// One command in a batch of its own.
    pub fn apply(&mut self, command: &Command) -> Outcome {
        self.batch(std::slice::from_ref(command)).remove(0)
    }

    /// One command that passes.
    pub fn done(&mut self, command: &Command) -> Outcome {
        let outcome = self.apply(command);
        assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
        outcome
    }

    /// One command without a key that is refused: gives the reason, after a look that nothing was changed or written.
    pub fn refused(&mut self, command: &Command) -> Refusal {
        let before = Snapshot::of(&self.state);
        let outcome = self.apply(command);
        let Outcome::Refused(refusal) = outcome else {
            panic!("this should be refused: {command:?} gave {outcome:?}")
        };
        assert_eq!(Snapshot::of(&self.state), before, "a refused command changes nothing");
        assert!(self.last.is_empty(), "a refused command writes nothing");
        refusal
    }

    /// One command with a key.
    pub fn answered(&mut self, command: &Command) -> Answered {
        answered(self.apply(command))
    }

    /// A payment that passes.
    pub fn paid(&mut self, command: &Command) -> Payment {
        payment(self.apply(command))
    }

    /// A payment's next step that passes.
    #[track_caller]
    pub fn changed(&mut self, command: &Command) -> Payment {
        match self.apply(command) {
            Outcome::Changed(payment) => *payment,
            other => panic!("a changed payment was expected: {other:?}"),
        }
    }

    /// A payment from one person to another that passes, without a description.
    pub fn move_money(&mut self, payer: Person, payee: Person, minor: i64) {
        self.paid(&pay(payer, payee, minor));
    }
}

pub(super) fn payment(outcome: Outcome) -> Payment {
    match outcome {
        Outcome::Paid(payment) => *payment,
        other => panic!("a payment was expected: {other:?}"),
    }
}

pub(super) fn answered(outcome: Outcome) -> Answered {
    match outcome {
        Outcome::Answered(answered) => answered,
        other => panic!("an answer under a key was expected: {other:?}"),
    }
}

pub(super) const fn minor(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

pub(super) fn limits(credit_limit: i64, ceiling: Option<i64>) -> Limits {
    Limits { credit_limit: minor(credit_limit), ceiling: ceiling.map(minor) }
}

/// A command without a key.
pub(super) fn by(authority: Authority, action: Action) -> Command {
    Command { authority, request_id: "request-1".into(), ..Command::by_service(RIVER, action) }
}

/// The command under a key, for the request that the command's action stands for.
pub(super) fn keyed(mut command: Command, key: &str) -> Command {
    let subject = command.user_id().unwrap_or(UserId::from_uuid(Uuid::nil()));
    let key: IdempotencyKey = key.parse().unwrap();
    command.key = Some(KeyUse {
        hash: KeyHash::new("first-party", subject, &key),
        request: RequestDigest::new("POST", "/api/v1/payments", format!("{:?}", command.action).as_bytes()),
    });
    command
}

pub(super) fn pay(payer: Person, payee: Person, amount: i64) -> Command {
    by(payer.authority(), Action::Pay(order(payer.account, payee.account, amount, "")))
}

pub(super) fn order(payer_id: AccountId, payee_id: AccountId, amount: i64, description: &str) -> Pay {
    Pay { payer_id, payee_id, amount: minor(amount), description: description.into(), allow_duplicate: true }
}

/// An authorisation by the payer that can be captured for an hour.
pub(super) fn authorise(payer: Person, payee: Person, amount: i64) -> Command {
    let payment = order(payer.account, payee.account, amount, "a bicycle");
    by(payer.authority(), Action::Authorise(Authorise { payment, expires_at: START.plus_seconds(3_600) }))
}

pub(super) fn capture(authority: Authority, payment_id: PaymentId, amount: Option<i64>) -> Command {
    by(authority, Action::Capture(Capture { payment_id, amount: amount.map(minor) }))
}

pub(super) fn void(authority: Authority, payment_id: PaymentId) -> Command {
    by(authority, Action::Void(Void { payment_id }))
}

pub(super) fn refund(authority: Authority, payment_id: PaymentId, amount: i64) -> Command {
    by(authority, Action::Refund(Refund { payment_id, amount: minor(amount), reason: "stale".into() }))
}

/// Every so many days at midnight, from a day on.
pub(super) fn daily(starts_on: &str, every: i16, count: Option<i64>) -> Plan {
    Plan::Recurring(Recurrence {
        starts_on: starts_on.parse().unwrap(),
        time: TimeOfDay::MIDNIGHT,
        every,
        unit: Unit::Day,
        ends_on: None,
        count,
    })
}

pub(super) fn schedule(authority: Authority, payment: Pay, plan: Plan, on_failure: OnFailure) -> Command {
    by(authority, Action::Schedule(NewSchedule { payment, plan, on_failure }))
}

pub(super) fn run(schedule_id: ScheduleId, occurrence: i64) -> Command {
    by(Authority::Service, Action::RunSchedule(RunSchedule { schedule_id, occurrence }))
}

pub(super) fn change(authority: Authority, schedule_id: ScheduleId, change: ScheduleChange) -> Command {
    by(authority, Action::ChangeSchedule(ChangeSchedule { schedule_id, change }))
}

pub(super) fn reverse(authority: Authority, payment_id: PaymentId, allow_beyond_limit: bool) -> Command {
    by(authority, Action::Reverse(Reverse { payment_id, reason: "by mistake".into(), allow_beyond_limit }))
}

pub(super) fn set_limits(authority: Authority, account_id: AccountId, limits: Limits) -> Command {
    by(
        authority,
        Action::SetLimits(SetLimits {
            account_id,
            limits,
            until: None,
            reason: "by decision".into(),
            if_version: None,
        }),
    )
}

pub(super) fn set_status(authority: Authority, account_id: AccountId, status: AccountStatus) -> Command {
    by(authority, Action::SetStatus(SetStatus { account_id, status, reason: "by decision".into() }))
}

pub(super) fn end_session(session_id: SessionId) -> Command {
    let end = EndSession { session_id, forget_at: START.plus_seconds(900) };
    by(Authority::Service, Action::EndSession(end))
}

/// An edit that leaves everything as it is.
pub(super) const fn unchanged(schedule_id: ScheduleId) -> EditSchedule {
    EditSchedule {
        schedule_id,
        amount: None,
        description: None,
        ends_on: None,
        count: None,
        on_failure: None,
        skip_until: None,
        if_version: None,
    }
}

/// A change of above which amount all payments need a fresh proof.
pub(super) fn step_up_setting(above: Option<i64>) -> ChangeSettings {
    let change = SettingsChange { step_up_above: Some(above.map(minor)), ..SettingsChange::default() };
    ChangeSettings { change, ..ChangeSettings::default() }
}
