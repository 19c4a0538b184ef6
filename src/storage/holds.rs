//! Holds, and sessions that may not post any more: what the fold looks at beside accounts and members.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::{ended_sessions, holds};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, RecordId, SessionId};
use crate::domain::payment::Hold;
use crate::domain::time::Timestamp;

type HoldRow = (CommunityId, PaymentId, RecordId, AccountId, AccountId, Amount, Timestamp, Vec<u8>, bool);

/// Those of the named payments' holds that exist.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    payment_ids: &[PaymentId],
) -> Result<Vec<Hold>, StorageError> {
    let rows: Vec<HoldRow> = on_backend!(conn, |c| holds::table
        .filter(holds::community_id.eq(community_id).and(holds::payment_id.eq_any(payment_ids)))
        .load(c))?;
    rows.into_iter().map(read_hold).collect()
}

/// The open holds for these payees.
///
/// # Errors
/// When the database refuses.
pub fn open_for(
    conn: &mut Conn,
    community_id: CommunityId,
    payee_ids: &[AccountId],
) -> Result<Vec<Hold>, StorageError> {
    let rows: Vec<HoldRow> = on_backend!(conn, |c| holds::table
        .filter(sql::<Bool>("holds.is_open"))
        .filter(holds::community_id.eq(community_id).and(holds::payee_id.eq_any(payee_ids)))
        .load(c))?;
    rows.into_iter().map(read_hold).collect()
}

/// All holds of a community, for checks of the whole.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<Hold>, StorageError> {
    let rows: Vec<HoldRow> =
        on_backend!(conn, |c| holds::table.filter(holds::community_id.eq(community_id)).load(c))?;
    rows.into_iter().map(read_hold).collect()
}

/// The sessions that were ended in a community and may still have living access tokens at `now`.
///
/// # Errors
/// When the database refuses.
pub fn ended_sessions(
    conn: &mut Conn,
    community_id: CommunityId,
    now: Timestamp,
) -> Result<Vec<(SessionId, Timestamp)>, StorageError> {
    Ok(on_backend!(conn, |c| ended_sessions::table
        .filter(ended_sessions::community_id.eq(community_id).and(ended_sessions::forget_at.gt(now)))
        .select((ended_sessions::session_id, ended_sessions::forget_at))
        .load(c))?)
}

fn read_hold(row: HoldRow) -> Result<Hold, StorageError> {
    let (_community_id, payment_id, record_id, payer_id, payee_id, amount, expires_at, text, is_open) = row;
    Ok(Hold {
        payment_id,
        record_id,
        payer_id,
        payee_id,
        amount,
        expires_at,
        text: read_hash(text)?,
        is_open,
    })
}
