//! What is planned: schedules, and payments for a later time. Changed by the ledger alone.

use diesel::prelude::*;

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::{planned_payments, schedule_terms, schedules};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::chain::NO_TEXT;
use crate::domain::ids::{AccountId, CommunityId, ScheduleId, SpenderId, UserId};
use crate::domain::payment::Payment;
use crate::domain::records::{PaymentChange, Postings};
use crate::domain::recurrence::{Plan, Recurrence, Unit};
use crate::domain::schedule::{
    EndReason, Failure, FormerTerms, Maker, MakingApp, OnFailure, Schedule, ScheduleState,
};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::domain::time::Timestamp;
use crate::domain::zone::TimeOfDay;

type Row = (
    (ScheduleId, AccountId, AccountId, Amount, Option<String>, Option<Vec<u8>>, UserId),
    (Option<SpenderId>, Option<i64>, Option<i64>),
    PlanColumns,
    (Option<i16>, Option<i16>),
    (i16, Option<i16>, i64, Option<Timestamp>, Option<Timestamp>, i16),
    (i64, i64, i64, Option<i16>, Timestamp, Option<Timestamp>),
);
type PlanColumns =
    (Option<Timestamp>, Option<String>, Option<i16>, Option<i16>, Option<i16>, Option<String>, Option<i64>);

macro_rules! columns {
    () => {
        (
            (
                schedules::id,
                schedules::payer_id,
                schedules::payee_id,
                schedules::amount,
                schedules::description,
                schedules::text_commitment,
                schedules::created_by,
            ),
            (schedules::app_session_id, schedules::ceiling_per_payment, schedules::ceiling_per_day),
            (
                schedules::once_at,
                schedules::starts_on,
                schedules::time_of_day,
                schedules::every,
                schedules::unit,
                schedules::ends_on,
                schedules::occurrences,
            ),
            (schedules::failure_limit, schedules::failure_wait_hours),
            (
                schedules::state,
                schedules::end_reason,
                schedules::next,
                schedules::planned_at,
                schedules::due_at,
                schedules::attempts,
            ),
            (
                schedules::runs,
                schedules::failed,
                schedules::failed_in_a_row,
                schedules::last_failure,
                schedules::created_at,
                schedules::ended_at,
            ),
        )
    };
}

/// Those of the named ones that exist.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[ScheduleId],
) -> Result<Vec<Schedule>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| schedules::table
        .filter(schedules::community_id.eq(community_id).and(schedules::id.eq_any(ids)))
        .select(columns!())
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// The schedule with this id in one of the communities. What is planned once is a payment, and is not among them.
///
/// # Errors
/// When the database refuses.
pub fn find_in_any(
    conn: &mut Conn,
    community_ids: &[CommunityId],
    id: ScheduleId,
) -> Result<Option<(CommunityId, Schedule)>, StorageError> {
    let row: Option<(CommunityId, Row)> = on_backend!(conn, |c| schedules::table
        .filter(schedules::community_id.eq_any(community_ids).and(schedules::id.eq(id)))
        .filter(schedules::once_at.is_null())
        .select((schedules::community_id, columns!()))
        .get_result(c)
        .optional())?;
    row.map(|(community_id, row)| Ok((community_id, read(row)?))).transpose()
}

/// All that is planned from these accounts and has not ended.
///
/// # Errors
/// When the database refuses.
pub fn live_of(
    conn: &mut Conn,
    community_id: CommunityId,
    payer_ids: &[AccountId],
) -> Result<Vec<Schedule>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| schedules::table
        .filter(schedules::community_id.eq(community_id).and(schedules::payer_id.eq_any(payer_ids)))
        .filter(schedules::ended_at.is_null())
        .select(columns!())
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// An account's schedules below an id, newest first.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    payer_id: AccountId,
    state: Option<ScheduleState>,
    below: Option<ScheduleId>,
    limit: i64,
) -> Result<Vec<Schedule>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| {
        let mut query = schedules::table
            .filter(schedules::community_id.eq(community_id).and(schedules::payer_id.eq(payer_id)))
            .filter(schedules::once_at.is_null())
            .order(schedules::id.desc())
            .limit(limit)
            .select(columns!())
            .into_boxed();
        if let Some(below) = below {
            query = query.filter(schedules::id.lt(below));
        }
        if let Some(state) = state {
            query = query.filter(schedules::state.eq(i16::from(state.code())));
        }
        query.load(c)
    })?;
    rows.into_iter().map(read).collect()
}

/// What is due at `now` in a community, longest due first.
///
/// # Errors
/// When the database refuses.
pub fn due(
    conn: &mut Conn,
    community_id: CommunityId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Schedule>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| schedules::table
        .filter(schedules::community_id.eq(community_id).and(schedules::due_at.le(now)))
        .order(schedules::due_at)
        .limit(limit)
        .select(columns!())
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// Writes what a batch planned, changed and made of it.
///
/// # Errors
/// When the database refuses.
pub(super) fn write(conn: &mut Conn, postings: &Postings) -> Result<(), StorageError> {
    let community_id = postings.head.community_id;
    postings.schedules.iter().try_for_each(|schedule| put(conn, community_id, schedule))?;
    postings.former_terms.iter().try_for_each(|terms| keep_terms(conn, community_id, terms))?;
    postings.payments.iter().try_for_each(|payment| insert_planned(conn, community_id, payment))?;
    postings.payment_changes.iter().try_for_each(|change| note_failure(conn, community_id, change))
}

fn put(conn: &mut Conn, community_id: CommunityId, schedule: &Schedule) -> Result<(), StorageError> {
    let small = |reason: Option<u8>| reason.map(i16::from);
    let place = (
        schedules::state.eq(i16::from(schedule.state.code())),
        schedules::end_reason.eq(small(schedule.end_reason.map(EndReason::code))),
        schedules::next.eq(schedule.next),
        schedules::planned_at.eq(schedule.planned_at),
        schedules::due_at.eq(schedule.due_at),
        schedules::attempts.eq(schedule.attempts),
        schedules::runs.eq(schedule.runs),
        schedules::failed.eq(schedule.failed),
        schedules::failed_in_a_row.eq(schedule.failed_in_a_row),
        schedules::last_failure.eq(small(schedule.last_failure.map(Failure::code))),
        schedules::ended_at.eq(schedule.ended_at),
    );
    let app = schedule.maker.app;
    let ceilings = app.map(|app| app.ceilings).unwrap_or_default();
    let (once_at, recurrence) = match schedule.plan {
        Plan::Once(time) => (Some(time), None),
        Plan::Recurring(recurrence) => (None, Some(recurrence)),
    };
    let (limit, wait) = match schedule.on_failure {
        OnFailure::Skip => (None, None),
        OnFailure::Retry { times, wait_hours } => (Some(times), Some(wait_hours)),
        OnFailure::Pause { after } => (Some(after), None),
    };
    let description = (!schedule.description.is_empty()).then_some(schedule.description.as_str());
    let ends_on = recurrence.and_then(|plan| plan.ends_on).map(|day| day.to_string());
    let terms = (
        schedules::amount.eq(schedule.amount),
        schedules::description.eq(description),
        schedules::created_by.eq(schedule.maker.user_id),
        schedules::app_session_id.eq(app.map(|app| app.spender_id)),
        schedules::ceiling_per_payment.eq(ceilings.per_payment.map(SpendingCeiling::millionths)),
        schedules::ceiling_per_day.eq(ceilings.per_day.map(SpendingCeiling::millionths)),
        schedules::ends_on.eq(ends_on.as_deref()),
        schedules::occurrences.eq(recurrence.and_then(|plan| plan.count)),
        schedules::failure_limit.eq(limit),
        schedules::failure_wait_hours.eq(wait),
    );
    let text = (schedule.text != NO_TEXT).then_some(schedule.text.as_slice());
    let fixed = (
        schedules::community_id.eq(community_id),
        schedules::id.eq(schedule.id),
        schedules::payer_id.eq(schedule.payer_id),
        schedules::payee_id.eq(schedule.payee_id),
        schedules::text_commitment.eq(text),
        schedules::once_at.eq(once_at),
        schedules::starts_on.eq(recurrence.map(|plan| plan.starts_on.to_string())),
        schedules::time_of_day.eq(recurrence.map(|plan| plan.time.minutes())),
        schedules::every.eq(recurrence.map(|plan| plan.every)),
        schedules::unit.eq(small(recurrence.map(|plan| plan.unit.code()))),
        schedules::created_at.eq(schedule.created_at),
    );
    on_backend!(conn, |c| diesel::insert_into(schedules::table)
        .values((fixed, terms, place))
        .on_conflict((schedules::community_id, schedules::id))
        .do_update()
        .set((terms, place))
        .execute(c))?;
    Ok(())
}

/// Of changes before one and the same run only the first tells what runs came by.
fn keep_terms(conn: &mut Conn, community_id: CommunityId, terms: &FormerTerms) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(schedule_terms::table)
        .values((
            schedule_terms::community_id.eq(community_id),
            schedule_terms::schedule_id.eq(terms.schedule_id),
            schedule_terms::before.eq(terms.before),
            schedule_terms::amount.eq(terms.amount),
            schedule_terms::created_by.eq(terms.user_id),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

fn insert_planned(conn: &mut Conn, community_id: CommunityId, payment: &Payment) -> Result<(), StorageError> {
    let Some(planned) = payment.planned else { return Ok(()) };
    on_backend!(conn, |c| diesel::insert_into(planned_payments::table)
        .values((
            planned_payments::community_id.eq(community_id),
            planned_payments::payment_id.eq(payment.id),
            planned_payments::schedule_id.eq(planned.schedule_id),
            planned_payments::occurrence.eq(planned.occurrence),
            planned_payments::planned_at.eq(planned.planned_at),
            planned_payments::failure.eq(planned.failure.map(|failure| i16::from(failure.code()))),
        ))
        .execute(c))?;
    Ok(())
}

fn note_failure(
    conn: &mut Conn,
    community_id: CommunityId,
    change: &PaymentChange,
) -> Result<(), StorageError> {
    let Some(failure) = change.failure else { return Ok(()) };
    let changed =
        on_backend!(conn, |c| diesel::update(planned_payments::table.find((community_id, change.id)))
            .set(planned_payments::failure.eq(i16::from(failure.code())))
            .execute(c))?;
    assert_eq!(changed, 1, "a payment that failed was planned");
    Ok(())
}

fn read(row: Row) -> Result<Schedule, StorageError> {
    let (
        (id, payer_id, payee_id, amount, description, text, user_id),
        (spender_id, per_payment, per_day),
        plan,
        (failure_limit, failure_wait_hours),
        (state, end_reason, next, planned_at, due_at, attempts),
        (runs, failed, failed_in_a_row, last_failure, created_at, ended_at),
    ) = row;
    let corrupt = |what: &str| StorageError::Corrupt(format!("schedule {id}: {what}"));
    let ceilings = SpendingCeilings {
        per_payment: per_payment.map(SpendingCeiling::from_millionths),
        per_day: per_day.map(SpendingCeiling::from_millionths),
    };
    Ok(Schedule {
        id,
        payer_id,
        payee_id,
        amount,
        description: description.unwrap_or_default(),
        text: text.map_or(Ok(NO_TEXT), read_hash)?,
        maker: Maker { user_id, app: spender_id.map(|spender_id| MakingApp { spender_id, ceilings }) },
        plan: read_plan(plan).ok_or_else(|| corrupt("plan"))?,
        on_failure: match (failure_limit, failure_wait_hours) {
            (Some(times), Some(wait_hours)) => OnFailure::Retry { times, wait_hours },
            (Some(after), None) => OnFailure::Pause { after },
            (None, _) => OnFailure::Skip,
        },
        state: ScheduleState::from_code(state).ok_or_else(|| corrupt("state"))?,
        end_reason: end_reason.and_then(EndReason::from_code),
        next,
        planned_at,
        due_at,
        attempts,
        runs,
        failed,
        failed_in_a_row,
        last_failure: last_failure.and_then(Failure::from_code),
        created_at,
        ended_at,
    })
}

fn read_plan(columns: PlanColumns) -> Option<Plan> {
    let (once_at, starts_on, time_of_day, every, unit, ends_on, count) = columns;
    if let Some(time) = once_at {
        return Some(Plan::Once(time));
    }
    Some(Plan::Recurring(Recurrence {
        starts_on: starts_on?.parse().ok()?,
        time: TimeOfDay::from_minutes(time_of_day?)?,
        every: every?,
        unit: Unit::from_code(unit?)?,
        ends_on: ends_on.map(|day| day.parse()).transpose().ok()?,
        count,
    }))
}
