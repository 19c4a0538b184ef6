//! Messages that wait, and the log of those that do not.
//!
//! Whoever takes a delivery for an attempt moves its `due_at` ahead: that is the lease, and whoever settles it names it. When
//! the lease ends unsettled, because a process was killed, the delivery is due again.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::settling::read_earlier;
use crate::domain::ids::{CommunityId, WebhookDeliveryId, WebhookEndpointId};
use crate::domain::time::Timestamp;
use crate::domain::webhooks::WebhookDeliveryState as State;
use crate::storage::connection::{ROWS_PER_INSERT, on_backend};
use crate::storage::schema::webhook_deliveries;
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError};

/// In the words of the index of what is due: with a value that is bound, neither engine would use it.
pub(super) const IS_WAITING: &str = "webhook_deliveries.state = 1";

/// The most deliveries that one page of a filtered list looks at: where few fit, a search stops, and says where it goes on.
const SCAN_MAX: i64 = 4_000;

/// Whose deliveries: a community and an endpoint of it.
pub type EndpointKey = (CommunityId, WebhookEndpointId);

/// A message for an endpoint, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Whose it is.
    pub endpoint: EndpointKey,
    /// Its id.
    pub id: WebhookDeliveryId,
    /// The event's place in the community's order; 0 where it is no event of the community.
    pub event_seq: i64,
    /// The number of what happened.
    pub kind: i16,
    /// To which payment, account or member.
    pub subject_id: Uuid,
    /// When.
    pub happened_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, while it waits; or until when somebody tries it now.
    pub due_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last attempt, if there was one.
    pub last: Option<PastAttempt>,
    /// Those before it, oldest first: so many as are kept, without what was sent.
    pub earlier: Vec<PastAttempt>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAttempt {
    /// When.
    pub at: Timestamp,
    /// The answer's status, if there was an answer.
    pub status: Option<i32>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// What was sent, as long as it is kept.
    pub request: Option<String>,
    /// What was answered, as long as it is kept.
    pub answer: Option<String>,
}

/// Which deliveries of an endpoint are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryFilter {
    /// Only in this state.
    pub state: Option<State>,
    /// Only of this kind.
    pub kind: Option<i16>,
    /// Only about this payment, account or member.
    pub subject_id: Option<Uuid>,
    /// Only those before this one.
    pub before: Option<WebhookDeliveryId>,
}

type Columns = (
    (CommunityId, WebhookEndpointId, WebhookDeliveryId),
    (i64, i16, AnyId, Timestamp),
    (i16, i32, Timestamp, Timestamp),
    (Option<Timestamp>, Option<i32>, Option<String>, Option<i64>),
    (Option<String>, Option<String>, Option<String>),
);

macro_rules! selection {
    () => {
        (
            (webhook_deliveries::community_id, webhook_deliveries::endpoint_id, webhook_deliveries::id),
            (
                webhook_deliveries::event_seq,
                webhook_deliveries::kind,
                webhook_deliveries::subject_id,
                webhook_deliveries::happened_at,
            ),
            (
                webhook_deliveries::state,
                webhook_deliveries::attempts,
                webhook_deliveries::due_at,
                webhook_deliveries::created_at,
            ),
            (
                webhook_deliveries::attempted_at,
                webhook_deliveries::status,
                webhook_deliveries::error,
                webhook_deliveries::duration_ms,
            ),
            (webhook_deliveries::request, webhook_deliveries::answer, webhook_deliveries::earlier),
        )
    };
}

/// Adds deliveries that wait.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, new: &[WebhookDelivery]) -> Result<(), StorageError> {
    for some in new.chunks(ROWS_PER_INSERT) {
        let rows: Vec<_> = some
            .iter()
            .map(|one| {
                (
                    webhook_deliveries::community_id.eq(one.endpoint.0),
                    webhook_deliveries::endpoint_id.eq(one.endpoint.1),
                    webhook_deliveries::id.eq(one.id),
                    webhook_deliveries::event_seq.eq(one.event_seq),
                    webhook_deliveries::kind.eq(one.kind),
                    webhook_deliveries::subject_id.eq(AnyId::from_uuid(one.subject_id)),
                    webhook_deliveries::happened_at.eq(one.happened_at),
                    webhook_deliveries::state.eq(code(one.state)),
                    webhook_deliveries::attempts.eq(one.attempts),
                    webhook_deliveries::due_at.eq(one.due_at),
                    webhook_deliveries::created_at.eq(one.created_at),
                )
            })
            .collect();
        on_backend!(conn, |c| diesel::insert_into(webhook_deliveries::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The endpoints with something due.
///
/// # Errors
/// When the database refuses.
pub fn due_endpoints(conn: &mut Conn, now: Timestamp) -> Result<Vec<EndpointKey>, StorageError> {
    Ok(on_backend!(conn, |c| webhook_deliveries::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(webhook_deliveries::due_at.le(now))
        .select((webhook_deliveries::community_id, webhook_deliveries::endpoint_id))
        .distinct()
        .load(c))?)
}

/// Takes at most `limit` of an endpoint's deliveries that are due, for attempts that end before `leased_until`. Those that
/// others are just taking are left to them.
///
/// # Errors
/// When the database refuses.
pub fn claim(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    now: Timestamp,
    leased_until: Timestamp,
    limit: i64,
) -> Result<Vec<WebhookDelivery>, StorageError> {
    let due = || {
        webhook_deliveries::table
            .filter(sql::<Bool>(IS_WAITING))
            .filter(webhook_deliveries::community_id.eq(community_id))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .filter(webhook_deliveries::due_at.le(now))
            .order(webhook_deliveries::due_at)
            .limit(limit)
            .select(selection!())
    };
    let rows: Vec<Columns> = match conn {
        Conn::Postgres(c) => due().for_update().skip_locked().load(&mut **c)?,
        Conn::Sqlite(c) => due().load(&mut **c)?,
    };
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut taken = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<_> = taken.iter().map(|one| one.id).collect();
    let own = webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.eq_any(&ids));
    on_backend!(conn, |c| diesel::update(own).set(webhook_deliveries::due_at.eq(leased_until)).execute(c))?;
    for one in &mut taken {
        one.due_at = leased_until;
    }
    Ok(taken)
}

/// How many of an endpoint's tests wait.
///
/// # Errors
/// When the database refuses.
pub fn waiting_of_kind(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    kind: i16,
) -> Result<i64, StorageError> {
    Ok(on_backend!(conn, |c| webhook_deliveries::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id).and(webhook_deliveries::kind.eq(kind)))
        .count()
        .get_result(c))?)
}

/// One of any of these endpoints.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    endpoints: &[EndpointKey],
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDelivery>, StorageError> {
    for (community_id, endpoint_id) in endpoints {
        let row: Option<Columns> = on_backend!(conn, |c| webhook_deliveries::table
            .find((*community_id, *endpoint_id, id))
            .select(selection!())
            .get_result(c)
            .optional())?;
        if let Some(row) = row {
            return read(row).map(Some);
        }
    }
    Ok(None)
}

/// At most `limit` of an endpoint's deliveries, newest first; and where it goes on when so many were looked at that the search
/// stops there, though more may fit.
///
/// # Errors
/// When the database refuses.
pub fn page(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    filter: &DeliveryFilter,
    limit: i64,
) -> Result<(Vec<WebhookDelivery>, Option<WebhookDeliveryId>), StorageError> {
    let before = filter.before.unwrap_or_else(|| WebhookDeliveryId::from_uuid(Uuid::max()));
    let is_whole = filter.state.is_none() && filter.kind.is_none() && filter.subject_id.is_none();
    let stop = if is_whole { None } else { end_of_search(conn, (community_id, endpoint_id), before)? };
    let least = stop.unwrap_or_else(|| WebhookDeliveryId::from_uuid(Uuid::nil()));
    let states: Vec<i16> = State::ALL
        .iter()
        .filter(|each| filter.state.is_none_or(|state| state == **each))
        .map(|state| code(*state))
        .collect();
    let rows: Vec<Columns> = on_backend!(conn, |c| {
        let mut wanted = webhook_deliveries::table
            .filter(webhook_deliveries::community_id.eq(community_id))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .filter(webhook_deliveries::id.lt(before).and(webhook_deliveries::id.ge(least)))
            .filter(webhook_deliveries::state.eq_any(states))
            .order(webhook_deliveries::id.desc())
            .limit(limit)
            .select(selection!())
            .into_boxed();
        if let Some(kind) = filter.kind {
            wanted = wanted.filter(webhook_deliveries::kind.eq(kind));
        }
        if let Some(subject_id) = filter.subject_id {
            wanted = wanted.filter(webhook_deliveries::subject_id.eq(AnyId::from_uuid(subject_id)));
        }
        wanted.load(c)
    })?;
    Ok((rows.into_iter().map(read).collect::<Result<_, _>>()?, stop))
}

/// The first that a search which begins before a delivery does not come to; none where it comes to the end.
fn end_of_search(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    before: WebhookDeliveryId,
) -> Result<Option<WebhookDeliveryId>, StorageError> {
    Ok(on_backend!(conn, |c| webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.lt(before))
        .order(webhook_deliveries::id.desc())
        .offset(SCAN_MAX)
        .limit(1)
        .select(webhook_deliveries::id)
        .get_result(c)
        .optional())?)
}

/// Whether an endpoint has deliveries with ids below one.
///
/// # Errors
/// When the database refuses.
pub fn has_below(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    below: WebhookDeliveryId,
) -> Result<bool, StorageError> {
    let old: Option<WebhookDeliveryId> = on_backend!(conn, |c| webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.lt(below))
        .select(webhook_deliveries::id)
        .first(c)
        .optional())?;
    Ok(old.is_some())
}

/// Deletes at most `limit` of an endpoint's deliveries with ids below one. How many it were.
///
/// # Errors
/// When the database refuses.
pub fn delete_below(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    below: WebhookDeliveryId,
    limit: i64,
) -> Result<usize, StorageError> {
    let old: Vec<WebhookDeliveryId> = on_backend!(conn, |c| webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.lt(below))
        .order(webhook_deliveries::id)
        .limit(limit)
        .select(webhook_deliveries::id)
        .load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    let own = webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.eq_any(&old));
    Ok(on_backend!(conn, |c| diesel::delete(own).execute(c))?)
}

pub(super) fn code(state: State) -> i16 {
    i16::from(state.code())
}

fn read(columns: Columns) -> Result<WebhookDelivery, StorageError> {
    let (
        (community_id, endpoint_id, id),
        (event_seq, kind, subject, happened_at),
        (state, attempts, due_at, created_at),
        (attempted_at, status, error, duration_ms),
        (request, answer, earlier),
    ) = columns;
    let corrupt = || StorageError::Corrupt(format!("webhook delivery {id}: state"));
    Ok(WebhookDelivery {
        endpoint: (community_id, endpoint_id),
        id,
        event_seq,
        kind,
        subject_id: subject.uuid(),
        happened_at,
        state: State::from_code(state).ok_or_else(corrupt)?,
        attempts,
        due_at,
        created_at,
        earlier: earlier.map(|text| read_earlier(&text)).transpose()?.unwrap_or_default(),
        last: attempted_at.map(|at| PastAttempt {
            at,
            status,
            error,
            duration_ms: duration_ms.unwrap_or(0),
            request,
            answer,
        }),
    })
}
