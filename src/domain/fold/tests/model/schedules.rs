//! The rules of what is planned once more. The model's community lives by UTC, where every day is as long as another.

use super::{Model, wide};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Authority, Command};
use crate::domain::ids::{AccountId, PaymentId, ScheduleId, UserId};
use crate::domain::recurrence::Plan;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::schedule::{
    ChangeSchedule, EditSchedule, NewSchedule, OnFailure, RunSchedule, Schedule, ScheduleChange,
    ScheduleState,
};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;
use crate::domain::zone::{TimeOfDay, Zone};

/// Something planned.
#[derive(Debug, Clone)]
pub(in super::super) struct ModelSchedule {
    pub payer: AccountId,
    payee: AccountId,
    amount: i128,
    maker: UserId,
    is_once: bool,
    first: Timestamp,
    /// Seconds between one and the next.
    every: i64,
    count: Option<i64>,
    rule: OnFailure,
    state: ScheduleState,
    was_cancelled: bool,
    pub next: i64,
    due: Option<Timestamp>,
    tries: i16,
    runs: i64,
    failed: i64,
    in_a_row: i64,
}

impl ModelSchedule {
    fn at(&self, number: i64) -> Option<Timestamp> {
        let is_there = self.count.is_none_or(|count| number <= count);
        is_there.then(|| self.first.plus_seconds((number - 1) * self.every))
    }

    /// The fold's schedule is like this one.
    pub fn compare(&self, found: &Schedule, command: &Command) {
        let told = (found.state, found.next, found.due_at, found.attempts);
        assert_eq!(told, (self.state, self.next, self.due, self.tries), "after {command:?}: {found:?}");
        let terms = (wide(found.amount), found.maker.user_id);
        assert_eq!(terms, (self.amount, self.maker), "after {command:?}: {found:?}");
        let counts = (found.runs, found.failed, found.failed_in_a_row);
        assert_eq!(counts, (self.runs, self.failed, self.in_a_row), "after {command:?}: {found:?}");
    }

    fn end(&mut self) {
        self.state = ScheduleState::Ended;
        self.due = None;
        self.tries = 0;
    }
}

impl Model {
    pub(super) fn plan(&mut self, new: &NewSchedule, maker: UserId, id: PaymentId) {
        let (first, every, count, is_once) = match new.plan {
            Plan::Once(time) => (time, 1, Some(1), true),
            Plan::Recurring(plan) => {
                let first = Zone::UTC.moment(plan.starts_on, TimeOfDay::MIDNIGHT).unwrap();
                (first, i64::from(plan.every) * 86_400, plan.count, false)
            }
        };
        let pay = &new.payment;
        let planned = ModelSchedule {
            payer: pay.payer_id,
            payee: pay.payee_id,
            amount: wide(pay.amount),
            maker,
            is_once,
            first,
            every,
            count,
            rule: new.on_failure,
            state: ScheduleState::Active,
            was_cancelled: false,
            next: 1,
            due: Some(first),
            tries: 0,
            runs: 0,
            failed: 0,
            in_a_row: 0,
        };
        if is_once {
            self.note_paid(Some(id), (pay.payer_id, pay.payee_id), wide(pay.amount), false);
        }
        self.schedules.insert(ScheduleId::from(id), planned);
    }

    pub(super) fn wrong_with_editing(
        &self,
        command: &Command,
        schedule_id: ScheduleId,
        wrong: &mut Vec<Refusal>,
    ) {
        if command.authority == Authority::Service {
            // Terms are somebody's.
            *wrong = vec![Refusal::Forbidden];
            return;
        }
        // Nobody cancels, so that what was cancelled is as ended as the rest.
        self.wrong_with_changing(
            command,
            &ChangeSchedule { schedule_id, change: ScheduleChange::Pause },
            wrong,
        );
    }

    /// Days are counted from the plan's first one.
    pub(super) fn edit_plan(&mut self, edit: &EditSchedule, maker: UserId) {
        let planned = self.schedules.get_mut(&edit.schedule_id).unwrap();
        let before = (planned.amount, planned.count, planned.next, planned.rule);
        planned.amount = edit.amount.map_or(planned.amount, wide);
        planned.count = edit.count.unwrap_or(planned.count);
        planned.rule = edit.on_failure.unwrap_or(planned.rule);
        if let Some(day) = edit.skip_until {
            let from = Zone::UTC.moment(day, TimeOfDay::MIDNIGHT).unwrap();
            while planned.at(planned.next).is_some_and(|time| time < from) {
                planned.next += 1;
            }
        }
        let Some(due) = planned.at(planned.next) else {
            self.told.push("new terms leave no run");
            (planned.next, planned.maker) = (before.2, maker);
            return planned.end();
        };
        if planned.next != before.2 {
            planned.due = (planned.state == ScheduleState::Active).then_some(due);
            planned.tries = 0;
        }
        if (planned.amount, planned.count, planned.next, planned.rule) != before {
            planned.maker = maker;
        }
    }

    pub(super) fn wrong_with_changing(
        &self,
        command: &Command,
        asked: &ChangeSchedule,
        wrong: &mut Vec<Refusal>,
    ) {
        let Some(planned) = self.schedules.get(&asked.schedule_id) else {
            return wrong.push(Refusal::NotFound(Thing::Schedule));
        };
        if let Authority::User(user) = &command.authority {
            let known = self.user(user);
            let owns = |id: AccountId| self.accounts[&id].owner == Some(user.user_id);
            let is_side = owns(planned.payer) || (planned.is_once && owns(planned.payee));
            let sees = is_side || (known.is_admin && known.acts);
            if !sees {
                wrong.push(Refusal::NotFound(Thing::Schedule));
            }
        }
        let is_cancel = asked.change == ScheduleChange::Cancel;
        if planned.is_once && !is_cancel {
            wrong.push(Refusal::NotFound(Thing::Schedule));
        }
        if !self.may(command, planned.payer, Scope::PaymentsWrite) {
            wrong.push(Refusal::Forbidden);
        }
        if planned.state == ScheduleState::Ended && !(is_cancel && planned.was_cancelled) {
            wrong.push(Refusal::Conflict(ConflictReason::ScheduleEnded));
        }
        if asked.change == ScheduleChange::Resume && planned.state == ScheduleState::Paused {
            self.wrong_with_activity(planned.payer, wrong);
        }
    }

    pub(super) fn change_plan(&mut self, asked: &ChangeSchedule) {
        let now = self.now;
        let planned = self.schedules.get_mut(&asked.schedule_id).unwrap();
        match (asked.change, planned.state) {
            (ScheduleChange::Cancel, ScheduleState::Active | ScheduleState::Paused) => {
                planned.was_cancelled = true;
                planned.end();
            }
            (ScheduleChange::Pause, ScheduleState::Active) => {
                planned.state = ScheduleState::Paused;
                planned.due = None;
                planned.tries = 0;
            }
            (ScheduleChange::Resume, ScheduleState::Paused) => {
                let mut next = planned.next;
                while planned.at(next).is_some_and(|time| time <= now) {
                    next += 1;
                }
                match planned.at(next) {
                    None => planned.end(),
                    Some(time) => {
                        (planned.state, planned.next, planned.due) =
                            (ScheduleState::Active, next, Some(time));
                        (planned.tries, planned.in_a_row) = (0, 0);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn end_all_from(&mut self, payer: AccountId) {
        let is_from = |planned: &&mut ModelSchedule| planned.payer == payer;
        for planned in self.schedules.values_mut().filter(is_from) {
            if planned.state != ScheduleState::Ended {
                close(planned);
            }
        }
    }

    pub(super) fn run(&mut self, run: &RunSchedule, payment_id: Option<PaymentId>) {
        let mut planned = self.schedules[&run.schedule_id].clone();
        let is_due = planned.due.is_some_and(|due| due <= self.now);
        if is_due && planned.next == run.occurrence {
            self.run_now(&mut planned, run.schedule_id, payment_id);
            self.schedules.insert(run.schedule_id, planned);
        }
    }

    fn run_now(&mut self, planned: &mut ModelSchedule, id: ScheduleId, payment_id: Option<PaymentId>) {
        let (payer, payee) = (&self.accounts[&planned.payer], &self.accounts[&planned.payee]);
        if [payer.status, payee.status].contains(&AccountStatus::Closed) {
            self.told.push("a schedule ends");
            return close(planned);
        }
        let active = payer.takes_part() && payee.takes_part();
        let mut wrong = Vec::new();
        self.wrong_with_paying((planned.payer, planned.payee), planned.amount, &mut wrong);
        let passes = active && self.users[&planned.maker].acts && wrong.is_empty();
        let again = match planned.rule {
            OnFailure::Retry { times, wait_hours } if !passes && planned.tries < times => {
                let again = self.now.plus_seconds(i64::from(wait_hours) * 3_600);
                planned.at(planned.next + 1).is_none_or(|next| again < next).then_some(again)
            }
            _ => None,
        };
        if again.is_some() {
            self.told.push("a run waits to be tried again");
            planned.due = again;
            planned.tries += 1;
            return;
        }
        let sides = (planned.payer, planned.payee);
        if passes {
            self.told.push("a run pays");
            self.last_at = self.now;
            let fees = self.fees(sides.0, sides.1, planned.amount);
            self.transfer(sides.0, sides.1, planned.amount, fees);
            self.count(sides.0, planned.amount);
            if !planned.is_once {
                self.note_run(sides, planned.amount, payment_id.unwrap());
            }
        } else {
            self.told.push("a run fails");
        }
        if planned.is_once {
            let paid = self.paid.get_mut(&PaymentId::from_uuid(id.uuid())).unwrap();
            paid.is_completed = passes;
            paid.fees = if passes { self.last_fees } else { (0, 0) };
        } else {
            self.note_paid(payment_id, sides, planned.amount, passes);
        }
        planned.runs += 1;
        planned.failed += i64::from(!passes);
        planned.in_a_row = if passes { 0 } else { planned.in_a_row + 1 };
        planned.next += 1;
        planned.tries = 0;
        planned.due = planned.at(planned.next);
        if planned.due.is_none() {
            planned.end();
        } else if matches!(planned.rule, OnFailure::Pause { after } if planned.in_a_row >= after.into()) {
            self.told.push("a schedule pauses");
            planned.state = ScheduleState::Paused;
            planned.due = None;
        }
    }
}

/// Nothing can come of it any more: what was planned once has failed.
fn close(planned: &mut ModelSchedule) {
    if planned.is_once {
        (planned.runs, planned.failed, planned.in_a_row, planned.next) = (1, 1, 1, 2);
    }
    planned.end();
}
