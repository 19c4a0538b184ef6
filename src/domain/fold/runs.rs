//! The runs of what is planned: each is judged like any payment, on the authority of whoever planned it, when its time
//! has come, and has its turn once.

use super::fees::Move;
use super::payments::{Draft, require_active};
use super::{Fold, Outcome};
use crate::domain::command::Authority;
use crate::domain::duplicates::Likeness;
use crate::domain::fees::Fees;
use crate::domain::ids::{MailId, PaymentId};
use crate::domain::member::MemberStatus;
use crate::domain::payment::{Party, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EventKind;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::schedule::{
    EndReason, Failure, Notice, NoticeFacts, NoticeKind, OnFailure, PlannedRun, RunSchedule, Schedule,
    ScheduleState, closed,
};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;
/// So many seconds after it was due, a run is made up for: the service was down.
const MADE_UP_AFTER_S: i64 = HOUR_S;

/// What a run comes to before anything is posted.
enum Verdict {
    Pays(Fees),
    Fails(Refusal),
    Ends(EndReason),
}

impl Fold<'_> {
    /// Gives a run its turn, if it is the next one and due: what another process, or the same one before a crash, did
    /// already is not done again.
    pub(super) fn run_schedule(
        &mut self,
        authority: &Authority,
        run: &RunSchedule,
    ) -> Result<Outcome, Refusal> {
        Self::require_service(authority)?;
        let absent = Refusal::NotFound(Thing::Schedule);
        let schedule = self.state.schedules.get(&run.schedule_id).cloned().ok_or(absent)?;
        let is_due = schedule.due_at.is_some_and(|due| due <= self.now);
        if !is_due || schedule.next != run.occurrence {
            return Ok(Outcome::Done);
        }
        match self.judge_run(&schedule) {
            Verdict::Pays(fees) => self.pay_run(schedule, fees),
            Verdict::Fails(refusal) => self.fail_run(schedule, Failure::from(&refusal)),
            Verdict::Ends(reason) => self.close_down(authority, schedule, reason),
        }
        Ok(Outcome::Done)
    }

    fn judge_run(&self, schedule: &Schedule) -> Verdict {
        let accounts = &self.state.accounts;
        let sides = accounts.get(&schedule.payer_id).zip(accounts.get(&schedule.payee_id));
        let Some((payer, payee)) = sides else { return Verdict::Ends(EndReason::PayeeClosed) };
        if let Some(reason) = closed(payer.status, payee.status) {
            return Verdict::Ends(reason);
        }
        let maker = schedule.authority();
        if let Err(refusal) = self.require_at(&maker, Right::PayFrom, payer, Scope::PaymentsWrite) {
            // Who is frozen may pay again one day; who lost the right plans anew once it is given back.
            let operators = self.state.operators.get(&schedule.maker.user_id).into_iter().flatten();
            let is_frozen = |status| status == MemberStatus::Frozen;
            let mut own = operators.filter(|operator| Some(operator.member_id) == payer.member_id);
            return if own.any(|operator| is_frozen(operator.status)) {
                Verdict::Fails(refusal)
            } else {
                Verdict::Ends(EndReason::NotPermitted)
            };
        }
        let judged = self
            .check_ceilings(&maker, payer, schedule.amount)
            .and_then(|()| require_active(payer))
            .and_then(|()| require_active(payee))
            .and_then(|()| self.check_payment_limits(payer, schedule.amount))
            .and_then(|()| self.judge_move(payer, payee, schedule.amount));
        judged.map_or_else(Verdict::Fails, |(fees, _)| Verdict::Pays(fees))
    }

    fn pay_run(&mut self, schedule: Schedule, fees: Fees) {
        let (payer_id, payee_id, amount) = (schedule.payer_id, schedule.payee_id, schedule.amount);
        let maker = schedule.authority();
        if let Some(payment_id) = schedule.payment_id() {
            let text = schedule.text;
            let legs = self.legs_of(&Move { payment_id, payer_id, payee_id, amount, fees, text });
            let transfer = self.post(&legs, None);
            self.note_fees(payment_id, fees);
            let (state, event) = (PaymentState::Completed, EventKind::PaymentCompleted);
            self.change_payment(payment_id, state, amount, Some(transfer), event);
        } else {
            let id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
            let (text_salt, text) = self.commit_to_text(&schedule.description);
            let legs = self.legs_of(&Move { payment_id: id, payer_id, payee_id, amount, fees, text });
            let transfer = self.post(&legs, None);
            let account_seq = self.payers_account_seq(legs.len());
            if let Some(draft) = self.draft_run(&schedule, id, text_salt, None) {
                let draft = Draft { fees, ..draft };
                let what = (amount, schedule.description.as_str());
                self.make_payment(&maker, what, draft, Some(transfer));
            }
            // Whoever pays the same by hand now is asked.
            let likeness = Likeness::new(payee_id, amount, &schedule.description);
            self.note_recent(payer_id, likeness, id, account_seq);
        }
        self.note_spending(&maker, payer_id, amount);
        self.count_payment(payer_id, amount);
        let done = Schedule { failed_in_a_row: 0, last_failure: None, ..schedule };
        self.go_on(Schedule { runs: done.runs + 1, ..done });
    }

    /// A run that cannot be: by the schedule's rule it is tried again, or it is noted as failed and its maker is told. Of
    /// those that are made up for after downtime, only of the first in a row: nobody wants a mail for each.
    fn fail_run(&mut self, schedule: Schedule, failure: Failure) {
        let schedule = Schedule { last_failure: Some(failure), ..schedule };
        if let Some(due_at) = self.retry_at(&schedule) {
            let attempts = schedule.attempts + 1;
            self.put_schedule(Schedule { due_at: Some(due_at), attempts, ..schedule });
            return;
        }
        if let Some(id) = schedule.payment_id() {
            self.fail_payment(id, &schedule, failure);
        } else {
            let id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
            let (text_salt, _) = self.commit_to_text(&schedule.description);
            if let Some(draft) = self.draft_run(&schedule, id, text_salt, Some(failure)) {
                let what = (schedule.amount, schedule.description.as_str());
                self.make_payment(&schedule.authority(), what, draft, None);
            }
        }
        let failed_in_a_row = schedule.failed_in_a_row + 1;
        let noted =
            Schedule { runs: schedule.runs + 1, failed: schedule.failed + 1, failed_in_a_row, ..schedule };
        let pauses = match noted.on_failure {
            OnFailure::Pause { after } => failed_in_a_row >= after.into(),
            _ => false,
        };
        let is_made_up = noted.due_at.is_some_and(|due| due.plus_seconds(MADE_UP_AFTER_S) <= self.now);
        if pauses {
            self.tell(&noted, NoticeKind::Paused);
        } else if failed_in_a_row == 1 || !is_made_up {
            self.tell(&noted, NoticeKind::RunFailed);
        }
        let id = noted.id;
        self.go_on(noted);
        let going_on = self.state.schedules.get(&id).filter(|schedule| pauses && schedule.is_live());
        if let Some(schedule) = going_on.cloned() {
            self.pause_schedule(&Authority::Service, schedule, "schedule.paused");
        }
    }

    /// When a failed run is tried again: by its rule, and before the next one. A payment that is planned once is not.
    fn retry_at(&self, schedule: &Schedule) -> Option<Timestamp> {
        let OnFailure::Retry { times, wait_hours } = schedule.on_failure else { return None };
        let again = self.now.plus_seconds(i64::from(wait_hours) * HOUR_S);
        let next = schedule.plan.at(schedule.next + 1, &self.state.community.time_zone);
        (schedule.attempts < times && next.is_none_or(|next| again < next)).then_some(again)
    }

    /// Turns to what comes next: the following run, or the end.
    fn go_on(&mut self, schedule: Schedule) {
        let next = schedule.next + 1;
        let planned_at = schedule.plan.at(next, &self.state.community.time_zone);
        let schedule = Schedule { next, planned_at, due_at: planned_at, attempts: 0, ..schedule };
        if planned_at.is_some() {
            self.put_schedule(schedule);
            return;
        }
        let ended = Schedule {
            state: ScheduleState::Ended,
            end_reason: Some(EndReason::Completed),
            ended_at: Some(self.now),
            ..schedule
        };
        if ended.payment_id().is_none() {
            self.append_event(EventKind::ScheduleChanged, ended.id.uuid());
        }
        self.put_schedule(ended);
    }

    /// Ends what can come to nothing any more, and tells its maker.
    pub(super) fn close_down(&mut self, authority: &Authority, schedule: Schedule, reason: EndReason) {
        let failure = match reason {
            EndReason::NotPermitted => Failure::Forbidden,
            _ => Failure::AccountNotActive,
        };
        let mut schedule = Schedule { last_failure: Some(failure), ..schedule };
        if let Some(id) = schedule.payment_id() {
            self.fail_payment(id, &schedule, failure);
            (schedule.runs, schedule.failed, schedule.failed_in_a_row) = (1, 1, 1);
            schedule.next = 2;
        }
        let kind = if schedule.payment_id().is_some() { NoticeKind::RunFailed } else { NoticeKind::Ended };
        self.tell(&Schedule { end_reason: Some(reason), ..schedule.clone() }, kind);
        self.end_schedule(authority, schedule, reason, "schedule.ended");
    }

    fn fail_payment(&mut self, id: PaymentId, schedule: &Schedule, failure: Failure) {
        let (state, event) = (PaymentState::Failed, EventKind::PaymentFailed);
        self.change_payment(id, state, schedule.amount, None, event);
        if let Some(change) = self.postings.payment_changes.last_mut() {
            change.failure = Some(failure);
        }
    }

    fn draft_run(
        &self,
        schedule: &Schedule,
        id: PaymentId,
        text_salt: Option<[u8; 16]>,
        failure: Option<Failure>,
    ) -> Option<Draft> {
        let accounts = &self.state.accounts;
        let (payer, payee) = accounts.get(&schedule.payer_id).zip(accounts.get(&schedule.payee_id))?;
        let (schedule_id, occurrence) = (schedule.id, schedule.next);
        let planned_at = schedule.planned_at.unwrap_or(self.now);
        Some(Draft {
            planned: Some(PlannedRun { schedule_id, occurrence, planned_at, failure }),
            ..Draft::new(
                id,
                (Party::from(payer), Party::from(payee)),
                text_salt,
                if failure.is_some() { PaymentState::Failed } else { PaymentState::Completed },
            )
        })
    }

    /// Has a mail written to whoever planned it, with what is posted.
    fn tell(&mut self, schedule: &Schedule, kind: NoticeKind) {
        let payee = self.state.accounts.get(&schedule.payee_id);
        let facts = NoticeFacts {
            kind,
            payee: payee.map_or("", |payee| payee.name.as_ref()),
            amount: schedule.amount,
            failure: schedule.last_failure,
            end_reason: schedule.end_reason,
            at: self.now,
        };
        let parameters = self.format.notice(&self.state.community, &facts);
        let mail_id = MailId::from_uuid(self.ids.uuid_at(self.now));
        let user_id = schedule.maker.user_id;
        self.postings.notices.push(Notice { mail_id, user_id, parameters, written_at: self.now });
    }
}
