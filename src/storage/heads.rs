//! Heads: where each community's order stands.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{balances, heads, records};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::chain::Hash;
use crate::domain::ids::CommunityId;
use crate::domain::records::Head;
use crate::domain::time::Timestamp;

type HeadRow = (CommunityId, i64, i64, Vec<u8>, i64, i64, i64, i64, Timestamp);

/// Makes the head of a new community.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, head: &Head) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(heads::table)
        .values((
            heads::community_id.eq(head.community_id),
            heads::version.eq(head.version),
            heads::seq.eq(head.seq),
            heads::hash.eq(head.hash.as_slice()),
            heads::event_seq.eq(head.event_seq),
            heads::transfers.eq(head.transfers),
            heads::entries.eq(head.entries),
            heads::accounts.eq(head.accounts),
            heads::last_at.eq(head.last_at),
        ))
        .execute(c))?;
    Ok(())
}

/// A community's head.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, community_id: CommunityId) -> Result<Option<Head>, StorageError> {
    let row: Option<HeadRow> =
        on_backend!(conn, |c| heads::table.find(community_id).get_result(c).optional())?;
    row.map(read_head).transpose()
}

/// A community's head, locked until the transaction ends: the community's mutex. On SQLite the transaction
/// itself holds the only write lock.
///
/// # Errors
/// When the database refuses.
pub fn lock(conn: &mut Conn, community_id: CommunityId) -> Result<Option<Head>, StorageError> {
    let row: Option<HeadRow> = match conn {
        Conn::Postgres(c) => heads::table.find(community_id).for_update().first(&mut **c).optional()?,
        Conn::Sqlite(c) => heads::table.find(community_id).first(&mut **c).optional()?,
    };
    row.map(read_head).transpose()
}

/// All heads.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn) -> Result<Vec<Head>, StorageError> {
    let rows: Vec<HeadRow> = on_backend!(conn, |c| heads::table.order(heads::community_id).load(c))?;
    rows.into_iter().map(read_head).collect()
}

/// The sum of all balances of a community, which is always zero.
///
/// # Errors
/// When the database refuses.
pub fn sum_of_balances(conn: &mut Conn, community_id: CommunityId) -> Result<Amount, StorageError> {
    use diesel::sql_types::{BigInt, Nullable};
    // PostgreSQL's sum of bigint is numeric; both engines read it back as one whole number.
    let sum = diesel::dsl::sql::<Nullable<BigInt>>("CAST(SUM(balance) AS BIGINT)");
    let sum: Option<i64> = on_backend!(conn, |c| balances::table
        .filter(balances::community_id.eq(community_id))
        .select(sum)
        .get_result(c))?;
    Ok(Amount::from_minor(sum.unwrap_or(0)))
}

/// The chain's hash after the record at `seq`.
///
/// # Errors
/// When the database refuses.
pub fn hash_at(conn: &mut Conn, community_id: CommunityId, seq: i64) -> Result<Option<Hash>, StorageError> {
    let hash: Option<Vec<u8>> = on_backend!(conn, |c| records::table
        .find((community_id, seq))
        .select(records::hash)
        .get_result(c)
        .optional())?;
    hash.map(read_hash).transpose()
}

fn read_head(row: HeadRow) -> Result<Head, StorageError> {
    let (community_id, version, seq, hash, event_seq, transfers, entries, accounts, last_at) = row;
    Ok(Head {
        community_id,
        version,
        seq,
        hash: read_hash(hash)?,
        event_seq,
        transfers,
        entries,
        accounts,
        last_at,
    })
}

/// A stored hash, whose length the schema checks.
pub(super) fn read_hash(bytes: Vec<u8>) -> Result<Hash, StorageError> {
    Hash::try_from(bytes).map_err(|bytes| StorageError::Corrupt(format!("a hash of {} bytes", bytes.len())))
}

/// The place of a community's last record before a time, at most `newest`; zero where there is none.
///
/// # Errors
/// When the database refuses.
pub fn seq_before(
    conn: &mut Conn,
    community_id: CommunityId,
    time: Timestamp,
    newest: i64,
) -> Result<i64, StorageError> {
    // Between the last that is known to be before it and the last that may be.
    let (mut low, mut high) = (0, newest);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let made_at: Timestamp = on_backend!(conn, |c| records::table
            .find((community_id, middle))
            .select(records::created_at)
            .get_result(c))?;
        (low, high) = if made_at < time { (middle, high) } else { (low, middle - 1) };
    }
    Ok(low)
}
