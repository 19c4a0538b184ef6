//! What is planned, and what comes of it: each rule by an example.

use super::support::{
    River, START, by, change, daily, end_session, keyed, limits, minor, order, run, schedule, set_limits,
    set_status, unchanged,
};
use crate::domain::account::AccountStatus;
use crate::domain::amount::Amount;
use crate::domain::command::{Action, Authority, Command, SetDelegation};
use crate::domain::delegation::{Delegate, TellerRights, TellerTerms};
use crate::domain::fold::Outcome;
use crate::domain::ids::{PaymentId, ScheduleId};
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::records::EventKind;
use crate::domain::recurrence::Plan;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::schedule::{
    EditSchedule, EndReason, Failure, FormerTerms, OnFailure, SCHEDULES_MAX, Schedule, ScheduleChange,
    ScheduleState,
};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};

const DAY_S: i64 = 86_400;

impl River {
    fn made(&mut self, command: &Command) -> ScheduleId {
        match self.done(command) {
            Outcome::Scheduled(schedule) => schedule.id,
            Outcome::Paid(payment) => ScheduleId::from(payment.id),
            other => panic!("{other:?}"),
        }
    }

    fn planned(&self, id: ScheduleId) -> &Schedule {
        &self.state.schedules[&id]
    }

    /// Gives the next run its turn, if it is due; the payment that it made or changed.
    fn run(&mut self, id: ScheduleId) -> Option<(PaymentState, Option<Failure>)> {
        let next = self.planned(id).next;
        self.done(&run(id, next));
        let made = self.last.payments.first().map(|made: &Payment| {
            let planned = made.planned.unwrap();
            assert_eq!((planned.schedule_id, planned.occurrence), (id, next));
            (made.state, planned.failure)
        });
        made.or(self.last.payment_changes.first().map(|changed| (changed.state, changed.failure)))
    }

    fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }
}

fn edit(by_whom: Authority, edit: EditSchedule) -> Command {
    by(by_whom, Action::EditSchedule(edit))
}

const PAID: Option<(PaymentState, Option<Failure>)> = Some((PaymentState::Completed, None));

const fn failed(failure: Failure) -> Option<(PaymentState, Option<Failure>)> {
    Some((PaymentState::Failed, Some(failure)))
}

#[test]
fn what_is_planned_once_comes_once_at_its_time() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let plan = Plan::Once(START.plus_seconds(60));
    let payment = order(ada.account, bob.account, 400, "bread");
    let id = river.made(&schedule(ada.authority(), payment, plan, OnFailure::Skip));
    assert_eq!(river.last.events[0].kind, EventKind::PaymentScheduled);
    assert_eq!(river.last.payments[0].state, PaymentState::Scheduled);
    assert_eq!((river.run(id), river.balance(bob)), (None, 0));
    assert!(river.last.is_empty(), "what is not due leaves no trace");
    river.pass(60);
    assert_eq!((river.run(id), river.balance(bob)), (PAID, 400));
    assert_eq!(river.planned(id).end_reason, Some(EndReason::Completed));
    for occurrence in 0..3 {
        river.done(&run(id, occurrence));
        assert!(river.last.is_empty());
    }
    assert_eq!(river.balance(bob), 400);
}

#[test]
fn two_who_ask_for_the_same_run_in_one_batch_get_it_once() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let payment = order(ada.account, bob.account, 100, "");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-21", 1, None), OnFailure::Skip));
    river.pass(2 * DAY_S);
    river.batch(&[run(id, 1), run(id, 1), run(id, 2), run(id, 1), run(id, 4)]);
    assert_eq!((river.balance(bob), river.planned(id).next), (200, 3));
    assert_eq!(river.last.schedules.len(), 1, "one row, as it is after the batch");
}

#[test]
fn only_the_service_runs_and_strangers_learn_nothing() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let zoe = river.stranger();
    let payment = order(ada.account, bob.account, 100, "");
    let make = schedule(ada.authority(), payment.clone(), daily("2026-09-22", 1, None), OnFailure::Skip);
    let id = river.made(&make);
    let by_ada = Command { authority: ada.authority(), ..run(id, 1) };
    assert_eq!(river.refused(&by_ada), Refusal::Forbidden);
    let absent = ScheduleId::from_uuid(zoe.user.uuid());
    assert_eq!(river.refused(&run(absent, 1)), Refusal::NotFound(Thing::Schedule));
    assert_eq!(
        river.refused(&change(zoe.authority(), id, ScheduleChange::Cancel)),
        Refusal::NotFound(Thing::Community)
    );
    assert_eq!(
        river.refused(&change(bob.authority(), id, ScheduleChange::Cancel)),
        Refusal::NotFound(Thing::Schedule)
    );
    let by_service = schedule(Authority::Service, payment, daily("2026-09-22", 1, None), OnFailure::Skip);
    assert_eq!(river.refused(&by_service), Refusal::Forbidden);
    // What is planned once is a payment, of which whoever is to be paid knows; it is not theirs to call off.
    let once = schedule(
        ada.authority(),
        order(ada.account, bob.account, 100, ""),
        Plan::Once(START.plus_seconds(60)),
        OnFailure::Skip,
    );
    let id = river.made(&once);
    assert_eq!(river.refused(&change(bob.authority(), id, ScheduleChange::Cancel)), Refusal::Forbidden);
    let absent = Refusal::NotFound(Thing::Schedule);
    assert_eq!(river.refused(&change(ada.authority(), id, ScheduleChange::Pause)), absent);
    river.done(&change(ada.authority(), id, ScheduleChange::Cancel));
    assert_eq!(river.last.payment_changes[0].state, PaymentState::Cancelled);
    river.pass(60);
    assert_eq!(river.run(id), None);
    river.done(&change(ada.authority(), id, ScheduleChange::Cancel));
    assert!(river.last.is_empty(), "what was called off already stays so");
}

#[test]
fn a_failed_run_is_tried_again_but_never_after_the_next_one() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 0), river.member("Bob", 1_000));
    let payment = order(ada.account, bob.account, 100, "");
    let retry = |wait_hours| OnFailure::Retry { times: 2, wait_hours };
    let plan = daily("2026-09-22", 1, Some(2));
    let id = river.made(&schedule(ada.authority(), payment.clone(), plan, retry(3)));
    let slow = river.made(&schedule(ada.authority(), payment, plan, retry(25)));
    river.pass(DAY_S);
    assert_eq!((river.run(id), river.planned(id).attempts), (None, 1));
    assert!(river.last.notices.is_empty() && river.last.events.is_empty(), "a try is nobody's business yet");
    assert_eq!(river.run(id), None, "it is not due before it has waited");
    assert!(river.last.is_empty());
    assert_eq!(river.run(slow), failed(Failure::InsufficientCredit), "the next one comes before");
    river.pass(3 * 3_600);
    assert_eq!((river.run(id), river.planned(id).attempts), (None, 2));
    river.pass(3 * 3_600);
    assert_eq!(river.run(id), failed(Failure::InsufficientCredit));
    assert_eq!(river.last.notices.len(), 1);
    let planned = river.planned(id);
    assert_eq!((planned.next, planned.runs, planned.failed, planned.attempts), (2, 1, 1, 0));
    river.move_money(bob, ada, 100);
    river.pass(DAY_S);
    assert_eq!((river.run(id), river.planned(id).state), (PAID, ScheduleState::Ended));
    assert_eq!(river.planned(id).last_failure, None);
}

#[test]
fn after_so_many_failures_in_a_row_it_pauses() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 0), river.member("Bob", 1_000));
    let rule = OnFailure::Pause { after: 2 };
    let payment = order(ada.account, bob.account, 100, "");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 1, None), rule));
    river.pass(10 * DAY_S);
    river.run(id);
    river.move_money(bob, ada, 100);
    assert_eq!(river.run(id), PAID, "what succeeds in between breaks the row");
    assert_eq!(river.run(id), failed(Failure::InsufficientCredit));
    assert_eq!(river.run(id), failed(Failure::InsufficientCredit));
    assert_eq!((river.planned(id).state, river.last.notices.len()), (ScheduleState::Paused, 1));
    assert!(river.last.audits.iter().any(|line| line.action == "schedule.paused" && line.actor.is_none()));
    assert_eq!(river.run(id), None);
    river.done(&change(ada.authority(), id, ScheduleChange::Resume));
    let planned = river.planned(id);
    assert_eq!((planned.state, planned.failed_in_a_row), (ScheduleState::Active, 0));
    assert!(planned.due_at > Some(river.now) && planned.next > 5, "what was missed is not made up for");
}

#[test]
fn limits_status_and_rights_are_those_of_the_day() {
    let mut river = River::new();
    let (root, ada, bob) = (river.admin("Root", 0), river.member("Ada", 1_000), river.member("Bob", 0));
    let payment = order(ada.account, bob.account, 100, "");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 1, None), OnFailure::Skip));
    river.pass(20 * DAY_S);
    river.done(&end_session(ada.session));
    assert_eq!(river.run(id), PAID, "a session's end stops nothing");
    river.done(&set_limits(Authority::Service, ada.account, limits(0, None)));
    assert_eq!(river.run(id), failed(Failure::InsufficientCredit));
    river.done(&set_limits(Authority::Service, ada.account, limits(1_000, None)));
    river.done(&set_limits(Authority::Service, bob.account, limits(0, Some(150))));
    assert_eq!(river.run(id), failed(Failure::CeilingExceeded));
    river.done(&set_limits(Authority::Service, bob.account, limits(0, None)));
    river.done(&set_status(root.authority(), ada.account, AccountStatus::Frozen));
    assert_eq!(river.run(id), failed(Failure::AccountNotActive));
    river.done(&set_status(Authority::Service, ada.account, AccountStatus::Active));
    river.set_member_status(ada, crate::domain::member::MemberStatus::Frozen);
    assert_eq!(river.run(id), failed(Failure::Forbidden));
    river.set_member_status(ada, crate::domain::member::MemberStatus::Active);
    assert_eq!((river.run(id), river.balance(bob)), (PAID, 200));
    river.state.operators.insert(ada.user, Vec::new());
    assert_eq!((river.run(id), river.planned(id).end_reason), (None, Some(EndReason::NotPermitted)));
    assert_eq!(river.last.notices.len(), 1);
}

#[test]
fn closed_accounts_end_it() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let payment = order(ada.account, bob.account, 100, "");
    let make = |plan| schedule(ada.authority(), payment.clone(), plan, OnFailure::Skip);
    let to_bob = river.made(&make(daily("2026-09-22", 1, None)));
    let once = river.made(&make(Plan::Once(START.plus_seconds(DAY_S))));
    river.done(&set_status(Authority::Service, bob.account, AccountStatus::Closed));
    assert!(river.planned(to_bob).is_live(), "what is paid to somebody ends when it would have been paid");
    river.pass(DAY_S);
    assert_eq!((river.run(to_bob), river.planned(to_bob).end_reason), (None, Some(EndReason::PayeeClosed)));
    assert_eq!(river.run(once), failed(Failure::AccountNotActive));

    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let payment = order(ada.account, bob.account, 100, "");
    let make = |plan| schedule(ada.authority(), payment.clone(), plan, OnFailure::Skip);
    let from_ada = river.made(&make(daily("2026-09-22", 1, None)));
    let once = river.made(&make(Plan::Once(START.plus_seconds(DAY_S))));
    river.done(&set_status(Authority::Service, ada.account, AccountStatus::Closed));
    assert_eq!(river.planned(from_ada).end_reason, Some(EndReason::PayerClosed));
    assert_eq!((river.planned(once).failed, river.last.payment_changes[0].state), (1, PaymentState::Failed));
    assert_eq!(river.last.notices.len(), 2);
}

#[test]
fn an_app_spends_within_its_day_whenever_it_planned_it() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let units = |units: i64| Some(SpendingCeiling::from_millionths(units * 1_000_000));
    let app = ada.through_app(SpendingCeilings { per_payment: units(3), per_day: units(4) });
    let make = |amount| {
        schedule(
            app,
            order(ada.account, bob.account, amount, ""),
            daily("2026-09-22", 1, None),
            OnFailure::Skip,
        )
    };
    assert!(matches!(river.refused(&make(301)), Refusal::SpendingCeiling { .. }));
    let (first, second) = (river.made(&make(300)), river.made(&make(200)));
    river.pass(DAY_S);
    assert_eq!((river.run(first), river.run(second)), (PAID, failed(Failure::Forbidden)));
    // A day later the other one has its turn first.
    river.pass(DAY_S);
    assert_eq!((river.run(second), river.run(first)), (PAID, failed(Failure::Forbidden)));
    assert_eq!(river.balance(bob), 500);
}

#[test]
fn so_much_and_no_more_is_planned_from_an_account() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let make = |payer: super::support::Person, payee: super::support::Person| {
        let payment = order(payer.account, payee.account, 1, "");
        schedule(payer.authority(), payment, daily("2026-09-22", 1, None), OnFailure::Skip)
    };
    let ids: Vec<_> = (0..SCHEDULES_MAX).map(|_| river.made(&make(ada, bob))).collect();
    assert_eq!(river.refused(&make(ada, bob)), Refusal::Conflict(ConflictReason::TooMany));
    river.made(&make(bob, ada));
    river.done(&change(ada.authority(), ids[7], ScheduleChange::Cancel));
    river.made(&make(ada, bob));
}

#[test]
fn the_key_of_a_schedule_answers_for_ever() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let payment = order(ada.account, bob.account, 100, "");
    let make = |rule| schedule(ada.authority(), payment.clone(), daily("2026-09-22", 1, None), rule);
    let first = river.answered(&keyed(make(OnFailure::Skip), "k"));
    assert_eq!((first.status, first.body.is_none(), first.is_replay), (201, true, false));
    let again = river.answered(&keyed(make(OnFailure::Skip), "k"));
    assert_eq!((again.payment_id, again.is_replay), (first.payment_id, true));
    let other = keyed(make(OnFailure::Pause { after: 1 }), "k");
    assert_eq!(river.apply(&other), Outcome::Refused(Refusal::KeyReused));
    assert_eq!(river.state.schedules.len(), 1);
    let id = ScheduleId::from(PaymentId::from_uuid(first.payment_id.unwrap().uuid()));
    assert_eq!(river.planned(id).amount, minor(100));
    assert_eq!(river.balance(bob), Amount::ZERO.minor());
}

#[test]
fn of_runs_that_are_made_up_for_the_first_failure_in_a_row_is_told() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 0), river.member("Bob", 1_000));
    let payment = order(ada.account, bob.account, 100, "");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 1, None), OnFailure::Skip));
    let told = |river: &mut River| {
        river.run(id);
        river.last.notices.len()
    };
    river.pass(3 * DAY_S);
    assert_eq!([told(&mut river), told(&mut river)], [1, 0]);
    river.move_money(bob, ada, 100);
    assert_eq!(told(&mut river), 0);
    river.pass(2 * DAY_S);
    assert_eq!([told(&mut river), told(&mut river)], [1, 0], "what succeeded broke the row");
    let due = river.planned(id).due_at.unwrap();
    river.pass((due.micros() - river.now.micros()) / 1_000_000);
    assert_eq!(told(&mut river), 1, "in its time, each is told");
}

#[test]
fn new_terms_hold_from_the_next_run_on_and_the_old_ones_are_kept() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let zoe = river.stranger();
    let payment = order(ada.account, bob.account, 100, "bread");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 1, None), OnFailure::Skip));
    let to = |amount: i64| EditSchedule { amount: Some(minor(amount)), ..unchanged(id) };
    assert_eq!(river.refused(&edit(zoe.authority(), to(1))), Refusal::NotFound(Thing::Community));
    assert_eq!(river.refused(&edit(bob.authority(), to(1))), Refusal::NotFound(Thing::Schedule));
    assert_eq!(river.refused(&edit(Authority::Service, to(1))), Refusal::Forbidden);
    river.done(&edit(ada.authority(), to(100)));
    assert!(river.last.is_empty(), "what is so already stays so");
    river.done(&edit(ada.authority(), to(90)));
    assert!(river.last.former_terms.is_empty(), "nothing has come by the old ones");
    river.pass(2 * DAY_S);
    assert_eq!((river.run(id), river.balance(bob)), (PAID, 90));
    river.done(&edit(ada.authority(), EditSchedule { count: Some(Some(4)), ..to(30) }));
    let kept = FormerTerms { schedule_id: id, before: 2, amount: minor(90), user_id: ada.user };
    assert_eq!(river.last.former_terms, [kept]);
    assert!(river.last.audits.iter().any(|line| line.action == "schedule.edited"));
    assert_eq!(river.last.events[0].kind, EventKind::ScheduleChanged);
    let no_end = EditSchedule { count: Some(None), ends_on: Some(None), ..unchanged(id) };
    river.done(&edit(ada.authority(), no_end.clone()));
    assert!(river.last.former_terms.is_empty(), "runs to come are no runs that came");
    assert_eq!((river.run(id), river.balance(bob)), (PAID, 120));
    // By what is shown: the run that was announced stays at its time.
    assert_eq!(river.planned(id).planned_at, river.planned(id).plan.at(3, &river.state.community.time_zone));
    river.done(&edit(ada.authority(), EditSchedule { count: Some(Some(2)), ..unchanged(id) }));
    assert_eq!(river.planned(id).end_reason, Some(EndReason::Completed));
    assert_eq!(
        river.refused(&edit(ada.authority(), no_end)),
        Refusal::Conflict(ConflictReason::ScheduleEnded)
    );
    let once = schedule(
        ada.authority(),
        order(ada.account, bob.account, 1, ""),
        Plan::Once(river.now.plus_seconds(60)),
        OnFailure::Skip,
    );
    let once = unchanged(river.made(&once));
    assert_eq!(river.refused(&edit(ada.authority(), once)), Refusal::NotFound(Thing::Schedule));
}

#[test]
fn runs_before_a_day_are_left_out_and_a_pause_stays_one() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let payment = order(ada.account, bob.account, 100, "bread");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 2, None), OnFailure::Skip));
    let skip = |day: &str| EditSchedule { skip_until: day.parse().ok(), ..unchanged(id) };
    for before_it in ["2026-09-20", "2026-09-22"] {
        river.done(&edit(ada.authority(), skip(before_it)));
        assert!(river.last.is_empty());
    }
    river.done(&edit(ada.authority(), skip("2026-09-25")));
    let planned = river.planned(id);
    assert_eq!((planned.next, planned.runs, planned.due_at), (3, 0, planned.planned_at));
    assert_eq!(planned.planned_at, planned.plan.at(3, &river.state.community.time_zone), "the 26th");
    river.done(&change(ada.authority(), id, ScheduleChange::Pause));
    river.done(&edit(ada.authority(), skip("2026-09-30")));
    let planned = river.planned(id);
    assert_eq!((planned.state, planned.next, planned.due_at), (ScheduleState::Paused, 5, None));
    river.done(&change(ada.authority(), id, ScheduleChange::Resume));
    assert_eq!((river.planned(id).next, river.balance(bob)), (5, 0), "what is left out is not made up for");
    let last = EditSchedule { ends_on: Some("2026-10-03".parse().ok()), ..skip("2026-10-03") };
    river.done(&edit(ada.authority(), last));
    assert_eq!(river.planned(id).end_reason, Some(EndReason::Completed), "none is left");
}

#[test]
fn who_changes_it_answers_for_what_comes() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let units = |units: i64| Some(SpendingCeiling::from_millionths(units * 1_000_000));
    let ceilings = SpendingCeilings { per_payment: units(3), per_day: units(4) };
    let app = ada.through_app(ceilings);
    let payment = order(ada.account, bob.account, 500, "");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 1, None), OnFailure::Skip));
    let to = |amount: i64| EditSchedule { amount: Some(minor(amount)), ..unchanged(id) };
    let described = EditSchedule { description: Some("cake".into()), ..unchanged(id) };
    for edited in [to(301), described] {
        assert!(matches!(river.refused(&edit(app, edited)), Refusal::SpendingCeiling { .. }));
    }
    river.done(&edit(app, to(300)));
    let counted = river.planned(id).maker.app.map(|app| (app.spender_id, app.ceilings));
    assert_eq!(counted, Some((ada.app(), ceilings)), "it is the app's from here on");
    river.done(&edit(ada.authority(), to(500)));
    assert_eq!(river.planned(id).maker.app, None);
}

#[test]
fn what_a_teller_changes_stays_its_makers_and_says_on_what_it_is_based() {
    let mut river = River::new();
    let (ada, bob, tom) = (river.member("Ada", 1_000), river.member("Bob", 0), river.stranger());
    let units = |units: i64| Some(SpendingCeiling::from_millionths(units * 1_000_000));
    let ceilings = SpendingCeilings { per_payment: units(3), per_day: None };
    let rights = TellerRights::parse(["pay", "see"].into_iter()).unwrap();
    let change = SetDelegation {
        account_id: ada.account,
        delegate: Delegate::Teller(tom.user),
        terms: Some(TellerTerms { rights, ceilings }),
    };
    river.state.delegations.insert(tom.user.uuid(), Vec::new());
    river.done(&by(ada.authority(), Action::SetDelegation(change.clone())));
    let payment = order(ada.account, bob.account, 500, "bread");
    let id = river.made(&schedule(ada.authority(), payment, daily("2026-09-22", 1, None), OnFailure::Skip));
    let to = |amount, if_version| EditSchedule { amount: Some(minor(amount)), if_version, ..unchanged(id) };
    let first = river.planned(id).version();
    assert!(matches!(river.refused(&edit(tom.authority(), to(301, None))), Refusal::SpendingCeiling { .. }));
    assert_eq!(river.refused(&edit(tom.authority(), to(300, Some(first + 1)))), Refusal::PreconditionFailed);
    river.done(&edit(tom.authority(), to(300, Some(first))));
    let second = river.planned(id).version();
    assert!(second != first);
    assert_eq!(river.planned(id).maker.user_id, ada.user);
    let line = river.last.audits.iter().find(|line| line.action == "schedule.edited").unwrap();
    assert_eq!(line.actor, Some(tom.user), "who changed it is on record");
    // Without the teller it goes on.
    river.done(&by(ada.authority(), Action::SetDelegation(SetDelegation { terms: None, ..change })));
    river.pass(2 * DAY_S);
    assert_eq!((river.run(id), river.balance(bob)), (PAID, 300));
    assert_eq!(
        river.refused(&edit(ada.authority(), to(10, Some(2)))),
        Refusal::PreconditionFailed,
        "a run came"
    );
    river.done(&edit(ada.authority(), to(10, Some(river.planned(id).version()))));
}
