//! What is planned: made, changed, paused, resumed and ended. What comes of it at its time is in `runs.rs`.

use super::payments::{Draft, require_active};
use super::{Fold, Outcome};
use crate::domain::account::Account;
use crate::domain::amount::MOVEMENT_MAX_MINOR;
use crate::domain::chain;
use crate::domain::command::{Authority, Pay};
use crate::domain::ids::{AccountId, ScheduleId};
use crate::domain::payment::{Party, PaymentState};
use crate::domain::policy::{Right, Standing};
use crate::domain::records::EventKind;
use crate::domain::recurrence::{Plan, Recurrence};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::schedule::{
    ChangeSchedule, EditSchedule, EndReason, FormerTerms, Maker, NewSchedule, PlannedRun, SCHEDULES_MAX,
    Schedule, ScheduleChange, ScheduleState,
};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;
use crate::domain::zone::TimeOfDay;

impl Fold<'_> {
    /// Plans a payment or a schedule of them. Who may pay now may plan; credit is judged when the time comes. A fresh
    /// proof, where the amount needs one, is asked for here and then holds for every run.
    pub(super) fn schedule(&mut self, authority: &Authority, new: &NewSchedule) -> Result<Outcome, Refusal> {
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let pay = &new.payment;
        let (payer, payee, planned_at) = self.judge_plan(authority, new)?;
        let id = ScheduleId::from_uuid(self.ids.uuid_at(self.now));
        let is_once = matches!(new.plan, Plan::Once(_));
        let (text_salt, text) =
            if is_once { self.commit_to_text(&pay.description) } else { (None, chain::NO_TEXT) };
        let schedule = Schedule {
            id,
            payer_id: pay.payer_id,
            payee_id: pay.payee_id,
            amount: pay.amount,
            description: if is_once { String::new() } else { pay.description.clone() },
            text,
            maker: Maker::from(user),
            plan: new.plan,
            on_failure: new.on_failure,
            state: ScheduleState::Active,
            end_reason: None,
            next: 1,
            planned_at: Some(planned_at),
            due_at: Some(planned_at),
            attempts: 0,
            runs: 0,
            failed: 0,
            failed_in_a_row: 0,
            last_failure: None,
            created_at: self.now,
            ended_at: None,
        };
        let Some(payment_id) = schedule.payment_id() else {
            self.note_schedule(authority, "schedule.created", &schedule);
            self.append_event(EventKind::ScheduleChanged, id.uuid());
            self.put_schedule(schedule.clone());
            return Ok(Outcome::Scheduled(Box::new(schedule)));
        };
        self.put_schedule(schedule);
        let draft = Draft {
            planned: Some(PlannedRun { schedule_id: id, occurrence: 1, planned_at, failure: None }),
            ..Draft::new(payment_id, (payer, payee), text_salt, PaymentState::Scheduled)
        };
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, None);
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Both sides of what may be planned now, and when its first run is.
    pub(super) fn judge_plan(
        &self,
        authority: &Authority,
        new: &NewSchedule,
    ) -> Result<(Party, Party, Timestamp), Refusal> {
        let Authority::User(_) = authority else { return Err(Refusal::Forbidden) };
        let (payer, payee) = self.planning_parties(authority, &new.payment)?;
        if self.live_schedules_of(new.payment.payer_id).len() >= SCHEDULES_MAX {
            return Err(Refusal::Conflict(ConflictReason::TooMany));
        }
        let planned_at = new.plan.at(1, &self.state.community.time_zone);
        Ok((payer, payee, planned_at.ok_or(Refusal::Conflict(ConflictReason::ScheduleEnded))?))
    }

    fn planning_parties(&self, authority: &Authority, pay: &Pay) -> Result<(Party, Party), Refusal> {
        let is_permitted = pay.amount.is_positive() && pay.amount.is_within(MOVEMENT_MAX_MINOR);
        assert!(is_permitted, "amounts that move money are validated where they come in");
        self.require_insider(authority)?;
        let payer = self.account(pay.payer_id, Thing::Payer)?;
        let payee = self.account(pay.payee_id, Thing::Payee)?;
        self.require_at(authority, Right::PayFrom, payer, Scope::PaymentsWrite)?;
        self.require_proof_for(authority, payer, pay.amount)?;
        self.check_ceilings_ahead(authority, payer, pay.amount)?;
        if payer.id == payee.id {
            return Err(Refusal::SameAccount);
        }
        require_active(payer)?;
        require_active(payee)?;
        Ok((Party::from(payer), Party::from(payee)))
    }

    /// Pauses, resumes or ends a schedule, or calls a planned payment off. What is so already stays so.
    pub(super) fn change_schedule(
        &mut self,
        authority: &Authority,
        asked: &ChangeSchedule,
    ) -> Result<Outcome, Refusal> {
        let (schedule, payer) = self.visible_schedule(authority, asked.schedule_id)?;
        if schedule.payment_id().is_some() && asked.change != ScheduleChange::Cancel {
            // What is planned once is called off, or it is not.
            return Err(Refusal::NotFound(Thing::Schedule));
        }
        self.require_at(authority, Right::PayFrom, &payer, Scope::PaymentsWrite)?;
        match (asked.change, schedule.state) {
            (ScheduleChange::Cancel, ScheduleState::Ended)
                if schedule.end_reason == Some(EndReason::Cancelled) => {}
            (_, ScheduleState::Ended) => return Err(Refusal::Conflict(ConflictReason::ScheduleEnded)),
            (ScheduleChange::Cancel, _) => {
                self.end_schedule(authority, schedule, EndReason::Cancelled, "schedule.cancelled");
            }
            (ScheduleChange::Pause, ScheduleState::Active) => {
                self.pause_schedule(authority, schedule, "schedule.paused");
            }
            (ScheduleChange::Resume, ScheduleState::Paused) => {
                self.resume_schedule(authority, schedule, &payer)?;
            }
            _ => {}
        }
        Ok(Outcome::Done)
    }

    /// Changes what a schedule does from its next run on. That takes what making it takes. From then on it runs on the authority of
    /// whoever changed it, where the account is theirs; a teller or a broker changes what its maker pays, and it stays the
    /// maker's: it ends with the maker, who is told. What its runs came by before stays on record.
    pub(super) fn edit_schedule(
        &mut self,
        authority: &Authority,
        edit: &EditSchedule,
    ) -> Result<Outcome, Refusal> {
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let (schedule, payer) = self.visible_schedule(authority, edit.schedule_id)?;
        let Plan::Recurring(recurrence) = schedule.plan else {
            return Err(Refusal::NotFound(Thing::Schedule));
        };
        self.require_at(authority, Right::PayFrom, &payer, Scope::PaymentsWrite)?;
        let amount = edit.amount.unwrap_or(schedule.amount);
        self.require_proof_for(authority, &payer, amount)?;
        self.check_ceilings_ahead(authority, &payer, amount)?;
        if edit.if_version.is_some_and(|version| version != schedule.version()) {
            return Err(Refusal::PreconditionFailed);
        }
        if !schedule.is_live() {
            return Err(Refusal::Conflict(ConflictReason::ScheduleEnded));
        }
        let plan = Plan::Recurring(Recurrence {
            ends_on: edit.ends_on.unwrap_or(recurrence.ends_on),
            count: edit.count.unwrap_or(recurrence.count),
            ..recurrence
        });
        let edited = Schedule {
            amount,
            description: edit.description.clone().unwrap_or_else(|| schedule.description.clone()),
            plan,
            on_failure: edit.on_failure.unwrap_or(schedule.on_failure),
            ..schedule.clone()
        };
        let place = self.place_of_next(&edited, edit);
        if edited == schedule && place == Some((schedule.next, schedule.planned_at)) {
            return Ok(Outcome::Done);
        }
        let maker = if self.acts_for_another(authority, &payer) { schedule.maker } else { Maker::from(user) };
        let edited = Schedule { maker, ..edited };
        self.note_former_terms(&schedule, &edited);
        let Some((next, planned_at)) = place else {
            self.end_schedule(authority, edited, EndReason::Completed, "schedule.edited");
            return Ok(Outcome::Done);
        };
        let edited = if next == schedule.next {
            edited
        } else {
            let due_at = planned_at.filter(|_| edited.state == ScheduleState::Active);
            Schedule { next, planned_at, due_at, attempts: 0, ..edited }
        };
        self.note_schedule(authority, "schedule.edited", &edited);
        self.append_event(EventKind::ScheduleChanged, edited.id.uuid());
        self.put_schedule(edited);
        Ok(Outcome::Done)
    }

    /// Whether a teller or a broker acts, whom the account's owner let.
    fn acts_for_another(&self, authority: &Authority, payer: &Account) -> bool {
        let standing = self.standing_at(authority, Right::PayFrom, payer);
        matches!(standing, Some(Standing::Teller(_) | Standing::Agent))
    }

    /// Which run comes next by new terms, and for when it is planned; none where they leave none. A run that is there
    /// already stays at its time, whatever the clocks of the community are since.
    fn place_of_next(&self, edited: &Schedule, edit: &EditSchedule) -> Option<(i64, Option<Timestamp>)> {
        let zone = &self.state.community.time_zone;
        let at_plan = edited.plan.at(edited.next, zone)?;
        let from = edit.skip_until.and_then(|day| zone.moment(day, TimeOfDay::MIDNIGHT));
        match from {
            Some(from) if edited.planned_at.unwrap_or(at_plan) < from => {
                let last_before = from.plus_seconds(-1);
                let (next, planned_at) = edited.plan.first_after(edited.next, last_before, zone)?;
                Some((next, Some(planned_at)))
            }
            _ => Some((edited.next, edited.planned_at)),
        }
    }

    /// Keeps what the runs so far came by, where the ones to come do not.
    fn note_former_terms(&mut self, former: &Schedule, edited: &Schedule) {
        let (amount, user_id) = (former.amount, former.maker.user_id);
        if former.next > 1 && (amount, user_id) != (edited.amount, edited.maker.user_id) {
            let terms = FormerTerms { schedule_id: former.id, before: former.next, amount, user_id };
            self.postings.former_terms.push(terms);
        }
    }

    /// Lets a schedule go on. What was planned meanwhile is not made up for: its next run is the first that lies ahead.
    /// Whoever resumes it sets money in motion, and needs what whoever makes it needs.
    fn resume_schedule(
        &mut self,
        authority: &Authority,
        schedule: Schedule,
        payer: &Account,
    ) -> Result<(), Refusal> {
        self.require_proof_for(authority, payer, schedule.amount)?;
        self.check_ceilings_ahead(authority, payer, schedule.amount)?;
        require_active(payer)?;
        let zone = &self.state.community.time_zone;
        let Some((next, planned_at)) = schedule.plan.first_after(schedule.next, self.now, zone) else {
            self.end_schedule(authority, schedule, EndReason::Completed, "schedule.resumed");
            return Ok(());
        };
        let resumed = Schedule {
            state: ScheduleState::Active,
            next,
            planned_at: Some(planned_at),
            due_at: Some(planned_at),
            attempts: 0,
            failed_in_a_row: 0,
            last_failure: None,
            ..schedule
        };
        self.note_schedule(authority, "schedule.resumed", &resumed);
        self.append_event(EventKind::ScheduleChanged, resumed.id.uuid());
        self.put_schedule(resumed);
        Ok(())
    }

    pub(super) fn pause_schedule(&mut self, authority: &Authority, schedule: Schedule, action: &'static str) {
        let paused = Schedule { state: ScheduleState::Paused, due_at: None, attempts: 0, ..schedule };
        self.note_schedule(authority, action, &paused);
        self.append_event(EventKind::ScheduleChanged, paused.id.uuid());
        self.put_schedule(paused);
    }

    /// Ends a schedule. A payment that is planned once is called off, or has failed.
    pub(super) fn end_schedule(
        &mut self,
        authority: &Authority,
        schedule: Schedule,
        reason: EndReason,
        action: &'static str,
    ) {
        let payment_id = schedule.payment_id().filter(|_| reason == EndReason::Cancelled);
        let ended = Schedule {
            state: ScheduleState::Ended,
            end_reason: Some(reason),
            planned_at: None,
            due_at: None,
            attempts: 0,
            ended_at: Some(self.now),
            ..schedule
        };
        self.note_schedule(authority, action, &ended);
        match payment_id {
            Some(id) => {
                let (state, event) = (PaymentState::Cancelled, EventKind::PaymentCancelled);
                self.change_payment(id, state, ended.amount, None, event);
            }
            None if ended.payment_id().is_none() => {
                self.append_event(EventKind::ScheduleChanged, ended.id.uuid());
            }
            None => {}
        }
        self.put_schedule(ended);
    }

    /// What is planned from an account ends with it.
    pub(super) fn end_schedules_of(&mut self, authority: &Authority, account_id: AccountId) {
        for schedule in self.live_schedules_of(account_id) {
            self.close_down(authority, schedule, EndReason::PayerClosed);
        }
    }

    /// All that is planned from an account and has not ended, in the order of the ids.
    fn live_schedules_of(&self, account_id: AccountId) -> Vec<Schedule> {
        let known = self.state.knows_schedules_of.contains(&account_id);
        assert!(known, "what is planned from the account was looked up");
        let all = self.state.schedules.values();
        let mut live: Vec<_> =
            all.filter(|schedule| schedule.payer_id == account_id && schedule.is_live()).cloned().collect();
        live.sort_by_key(|schedule| schedule.id);
        live
    }

    /// Something planned that the caller may know of, with the paying account. What is planned once is a payment, of
    /// which both sides know; a schedule is the payer's business alone.
    fn visible_schedule(
        &self,
        authority: &Authority,
        id: ScheduleId,
    ) -> Result<(Schedule, Account), Refusal> {
        let absent = Refusal::NotFound(Thing::Schedule);
        self.require_insider(authority)?;
        let schedule = self.state.schedules.get(&id).ok_or_else(|| absent.clone())?;
        let payer = self.account(schedule.payer_id, Thing::Payer)?;
        let is_once = schedule.payment_id().is_some();
        let sides = [schedule.payer_id, if is_once { schedule.payee_id } else { schedule.payer_id }];
        let sees =
            self.may_know(authority, sides) || self.standing_at(authority, Right::PayFrom, payer).is_some();
        if sees { Ok((schedule.clone(), payer.clone())) } else { Err(absent) }
    }

    pub(super) fn put_schedule(&mut self, schedule: Schedule) {
        self.scheduled.insert(schedule.id);
        self.state.schedules.insert(schedule.id, schedule);
    }

    pub(super) fn note_schedule(&mut self, authority: &Authority, action: &'static str, schedule: &Schedule) {
        let reason =
            schedule.end_reason.map_or_else(|| "null".to_owned(), |reason| format!(r#""{}""#, reason.name()));
        let after = format!(
            r#"{{"state":"{}","end_reason":{reason},"amount_minor":{},"next":{},"runs":{},"failed":{}}}"#,
            schedule.state.name(),
            schedule.amount.minor(),
            schedule.next,
            schedule.runs,
            schedule.failed,
        );
        self.note_audit(authority, action, schedule.id.uuid(), String::new(), after);
    }
}
