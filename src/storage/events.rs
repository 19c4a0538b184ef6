//! The outbox: each community's events in their order, and whom they concern.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{
    account_delegates, accounts, event_batches, heads, member_users, payments, sessions, user_communities,
};
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId, SessionId, UserId};
use crate::domain::records::{Event, EventKind};
use crate::domain::time::Timestamp;

/// How many bytes an event takes: its kind, its time, its subject.
const EVENT_BYTES: usize = 1 + 8 + 16;
/// The most batches that one look unpacks, each of at most a few thousand events.
const BATCHES_MAX: i64 = 64;

/// Events that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRun {
    /// Those of a kind that is known here: a later release may write others.
    pub events: Vec<Event>,
    /// The place of the first event that was read, known or not; none where there was none.
    pub first_seq: Option<i64>,
    /// The place of the last event that was read; where there was none, the place behind which was looked.
    pub through: i64,
}

/// Where the events of some communities stand: the place of each one's newest.
///
/// # Errors
/// When the database refuses.
pub fn newest(conn: &mut Conn, ids: &[CommunityId]) -> Result<HashMap<CommunityId, i64>, StorageError> {
    let rows: Vec<(CommunityId, i64)> = on_backend!(conn, |c| heads::table
        .filter(heads::community_id.eq_any(ids))
        .select((heads::community_id, heads::event_seq))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// At most `limit` of a community's events behind a place, in their order.
///
/// # Errors
/// When the database refuses.
pub fn behind(
    conn: &mut Conn,
    community_id: CommunityId,
    after: i64,
    limit: usize,
) -> Result<EventRun, StorageError> {
    let rows: Vec<(i64, Vec<u8>)> = on_backend!(conn, |c| event_batches::table
        .filter(event_batches::community_id.eq(community_id).and(event_batches::last_seq.gt(after)))
        .order(event_batches::last_seq)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX).min(BATCHES_MAX))
        .select((event_batches::first_seq, event_batches::events))
        .load(c))?;
    let packed =
        rows.iter().flat_map(|(first_seq, bytes)| (*first_seq..).zip(bytes.chunks_exact(EVENT_BYTES)));
    let wanted: Vec<_> = packed.filter(|(event_seq, _)| *event_seq > after).take(limit).collect();
    Ok(EventRun {
        first_seq: wanted.first().map(|(event_seq, _)| *event_seq),
        through: wanted.last().map_or(after, |(event_seq, _)| *event_seq),
        events: wanted.iter().filter_map(|(event_seq, bytes)| unpack(*event_seq, bytes)).collect(),
    })
}

/// The place of the first event that happened at a time or later, among those up to `newest`; the one behind that where there is
/// none. Events are in the order of time, but for a clock that was put back.
///
/// # Errors
/// When the database refuses.
pub fn first_since(
    conn: &mut Conn,
    community_id: CommunityId,
    since: Timestamp,
    newest: i64,
) -> Result<i64, StorageError> {
    let (mut low, mut high) = (1, newest.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let run = behind(conn, community_id, middle - 1, 1)?;
        if run.events.first().is_some_and(|event| event.created_at < since) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// An event from its bytes; none where its kind is not known here.
fn unpack(event_seq: i64, bytes: &[u8]) -> Option<Event> {
    let (kind, rest) = bytes.split_first()?;
    let (time, subject) = rest.split_at_checked(8)?;
    Some(Event {
        event_seq,
        kind: EventKind::from_code(i16::from(*kind))?,
        subject_id: Uuid::from_bytes(subject.try_into().ok()?),
        created_at: Timestamp::from_micros(i64::from_be_bytes(time.try_into().ok()?)),
    })
}

/// Who pays and who is paid, for each of these payments.
///
/// # Errors
/// When the database refuses.
pub fn sides(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<HashMap<PaymentId, [AccountId; 2]>, StorageError> {
    let rows: Vec<(PaymentId, AccountId, AccountId)> = on_backend!(conn, |c| payments::table
        .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
        .select((payments::id, payments::payer_id, payments::payee_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, payer_id, payee_id)| (id, [payer_id, payee_id])).collect())
}

/// The users who operate these accounts or were let act at them. Whether they may see anything is not judged here.
///
/// # Errors
/// When the database refuses.
pub fn users_at(
    conn: &mut Conn,
    community_id: CommunityId,
    account_ids: &[AccountId],
) -> Result<Vec<(AccountId, UserId)>, StorageError> {
    let mut owned: Vec<(AccountId, MemberId)> = on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id).and(accounts::id.eq_any(account_ids)))
        .filter(accounts::member_id.is_not_null())
        .select((accounts::id, accounts::member_id.assume_not_null()))
        .load(c))?;
    let given: Vec<(AccountId, i16, AnyId)> = on_backend!(conn, |c| account_delegates::table
        .filter(account_delegates::community_id.eq(community_id))
        .filter(account_delegates::account_id.eq_any(account_ids))
        .filter(account_delegates::ended_at.is_null())
        .select((account_delegates::account_id, account_delegates::kind, account_delegates::delegate_id))
        .load(c))?;
    let mut found = Vec::new();
    for (account_id, kind, delegate) in given {
        if kind == super::delegations::TELLER {
            found.push((account_id, UserId::from_uuid(delegate.uuid())));
        } else {
            owned.push((account_id, MemberId::from_uuid(delegate.uuid())));
        }
    }
    let member_ids: Vec<_> = owned.iter().map(|(_, member_id)| *member_id).collect();
    let operated: Vec<(MemberId, UserId)> = on_backend!(conn, |c| member_users::table
        .filter(member_users::community_id.eq(community_id).and(member_users::member_id.eq_any(&member_ids)))
        .select((member_users::member_id, member_users::user_id))
        .load(c))?;
    let mut operators: HashMap<MemberId, Vec<UserId>> = HashMap::new();
    for (member_id, user_id) in operated {
        operators.entry(member_id).or_default().push(user_id);
    }
    for (account_id, member_id) in owned {
        let users = operators.get(&member_id).into_iter().flatten();
        found.extend(users.map(|user_id| (account_id, *user_id)));
    }
    Ok(found)
}

/// Those of these sessions that have neither ended nor expired.
///
/// # Errors
/// When the database refuses.
pub fn live_sessions(
    conn: &mut Conn,
    ids: &[SessionId],
    now: Timestamp,
) -> Result<Vec<SessionId>, StorageError> {
    Ok(on_backend!(conn, |c| sessions::table
        .filter(sessions::id.eq_any(ids))
        .filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now)))
        .select(sessions::id)
        .load(c))?)
}

/// In how many communities each of these users has or had a place.
///
/// # Errors
/// When the database refuses.
pub fn places_of(conn: &mut Conn, ids: &[UserId]) -> Result<HashMap<UserId, usize>, StorageError> {
    let rows: Vec<UserId> = on_backend!(conn, |c| user_communities::table
        .filter(user_communities::user_id.eq_any(ids))
        .select(user_communities::user_id)
        .load(c))?;
    let mut places = HashMap::new();
    for id in rows {
        *places.entry(id).or_default() += 1;
    }
    Ok(places)
}
