//! What is planned: schedules, and which payments are their runs.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::wide;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, ScheduleId, UserId};
use crate::storage::connection::on_backend;
use crate::storage::schema::{payments, planned_payments, schedule_terms, schedules};
use crate::storage::{Conn, StorageError};

/// A schedule, or a payment for a later time.
#[derive(Debug, Clone, Queryable)]
pub struct ScheduleRow {
    /// Its id.
    pub id: ScheduleId,
    /// From whom to whom.
    pub sides: (AccountId, AccountId),
    /// How much.
    pub amount: i64,
    /// By whom.
    pub created_by: UserId,
    /// For when, where it is planned once.
    pub once_at: Option<i64>,
    /// Where it stands.
    pub state: i64,
    /// Whether there is a reason for its end, and a time of it.
    pub ended: (bool, bool),
    /// The next run's number.
    pub next: i64,
    /// When that is due.
    pub due_at: Option<i64>,
    /// How many runs there were, and how many of them failed.
    pub runs: (i64, i64),
}

/// What runs of a schedule came by before its terms were changed.
#[derive(Debug, Clone, Queryable)]
pub struct FormerTermsRow {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The first run that these no longer hold for.
    pub before: i64,
    /// How much.
    pub amount: i64,
    /// By whom.
    pub created_by: UserId,
}

/// A run, with its payment.
#[derive(Debug, Clone, Queryable)]
pub struct PlannedRow {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The run's number.
    pub occurrence: i64,
    /// Whether there is a reason why it failed.
    pub has_failure: bool,
    /// The payment.
    pub payment_id: PaymentId,
    /// Where the payment stands.
    pub state: i64,
    /// From whom to whom.
    pub sides: (AccountId, AccountId),
    /// How much.
    pub amount: i64,
    /// By whom.
    pub created_by: Option<UserId>,
}

/// The schedules from an id on, by id.
///
/// # Errors
/// When the database refuses.
pub fn schedules(
    conn: &mut Conn,
    community_id: CommunityId,
    from: ScheduleId,
    limit: i64,
) -> Result<Vec<ScheduleRow>, StorageError> {
    Ok(on_backend!(conn, |c| schedules::table
        .filter(schedules::community_id.eq(community_id).and(schedules::id.ge(from)))
        .order(schedules::id)
        .limit(limit)
        .select((
            schedules::id,
            (schedules::payer_id, schedules::payee_id),
            schedules::amount,
            schedules::created_by,
            schedules::once_at,
            wide!("schedules.state"),
            (schedules::end_reason.is_not_null(), schedules::ended_at.is_not_null()),
            schedules::next,
            schedules::due_at,
            (schedules::runs, schedules::failed),
        ))
        .load(c))?)
}

/// The former terms behind a place, by schedule and run.
///
/// # Errors
/// When the database refuses.
pub fn former_terms(
    conn: &mut Conn,
    community_id: CommunityId,
    (schedule_id, before): (ScheduleId, i64),
    limit: i64,
) -> Result<Vec<FormerTermsRow>, StorageError> {
    Ok(on_backend!(conn, |c| schedule_terms::table
        .filter(schedule_terms::community_id.eq(community_id))
        .filter(
            schedule_terms::schedule_id
                .gt(schedule_id)
                .or(schedule_terms::schedule_id.eq(schedule_id).and(schedule_terms::before.gt(before)))
        )
        .order((schedule_terms::schedule_id, schedule_terms::before))
        .limit(limit)
        .select((
            schedule_terms::schedule_id,
            schedule_terms::before,
            schedule_terms::amount,
            schedule_terms::created_by,
        ))
        .load(c))?)
}

/// The runs behind a place, by schedule and number, with their payments.
///
/// # Errors
/// When the database refuses.
pub fn planned(
    conn: &mut Conn,
    community_id: CommunityId,
    (schedule_id, occurrence): (ScheduleId, i64),
    limit: i64,
) -> Result<Vec<PlannedRow>, StorageError> {
    Ok(on_backend!(conn, |c| planned_payments::table
        .inner_join(
            payments::table.on(payments::community_id
                .eq(planned_payments::community_id)
                .and(payments::id.eq(planned_payments::payment_id))),
        )
        .filter(planned_payments::community_id.eq(community_id))
        .filter(planned_payments::schedule_id.gt(schedule_id).or(
            planned_payments::schedule_id.eq(schedule_id).and(planned_payments::occurrence.gt(occurrence))
        ),)
        .order((planned_payments::schedule_id, planned_payments::occurrence))
        .limit(limit)
        .select((
            planned_payments::schedule_id,
            planned_payments::occurrence,
            planned_payments::failure.is_not_null(),
            payments::id,
            wide!("payments.state"),
            (payments::payer_id, payments::payee_id),
            payments::amount,
            payments::created_by,
        ))
        .load(c))?)
}

/// At most `limit` payments that wait for their time, or failed, and are no run of anything.
///
/// # Errors
/// When the database refuses.
pub fn unplanned(
    conn: &mut Conn,
    community_id: CommunityId,
    states: [i16; 2],
    limit: i64,
) -> Result<Vec<PaymentId>, StorageError> {
    Ok(on_backend!(conn, |c| payments::table
        .left_join(
            planned_payments::table.on(planned_payments::community_id
                .eq(payments::community_id)
                .and(planned_payments::payment_id.eq(payments::id))),
        )
        .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
        .filter(payments::state.eq_any(states))
        .filter(planned_payments::payment_id.is_null())
        .limit(limit)
        .select(payments::id)
        .load(c))?)
}
