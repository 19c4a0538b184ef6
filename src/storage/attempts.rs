//! Tallies of failed guesses, under keyed hashes of what is guarded.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::attempts;
use super::{Conn, StorageError};
use crate::domain::attempts::Tally;
use crate::domain::chain::Hash;
use crate::domain::time::Timestamp;

/// Whether there is a tally under this key, be it empty.
///
/// # Errors
/// When the database refuses.
pub fn exists(conn: &mut Conn, key: &Hash, now: Timestamp) -> Result<bool, StorageError> {
    let found: Option<Timestamp> = on_backend!(conn, |c| attempts::table
        .find(key.as_slice())
        .filter(attempts::forget_at.gt(now))
        .select(attempts::forget_at)
        .get_result(c)
        .optional())?;
    Ok(found.is_some())
}

/// The tally under this key, locked until the transaction ends; it is made where there is none. Who locks several
/// does so in the order of their keys.
///
/// # Errors
/// When the database refuses.
pub fn lock(conn: &mut Conn, key: &Hash, now: Timestamp) -> Result<Tally, StorageError> {
    let (recent, in_a_row): (Vec<u8>, i64) = on_backend!(conn, |c| diesel::insert_into(attempts::table)
        .values((
            attempts::key_hash.eq(key.as_slice()),
            attempts::recent.eq([].as_slice()),
            attempts::in_a_row.eq(0),
            attempts::forget_at.eq(now),
        ))
        .on_conflict(attempts::key_hash)
        .do_update()
        .set(attempts::key_hash.eq(key.as_slice()))
        .returning((attempts::recent, attempts::in_a_row))
        .get_result(c))?;
    Tally::from_parts(&recent, in_a_row).ok_or_else(|| StorageError::Corrupt("a tally of attempts".into()))
}

/// Stores the tally of a key that is locked.
///
/// # Errors
/// When the database refuses.
pub fn store(conn: &mut Conn, key: &Hash, tally: &Tally, forget_at: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(attempts::table.find(key.as_slice()))
        .set((
            attempts::recent.eq(tally.recent_bytes()),
            attempts::in_a_row.eq(tally.in_a_row()),
            attempts::forget_at.eq(forget_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Forgets the tally under this key, if there is one.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, key: &Hash) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(attempts::table.find(key.as_slice())).execute(c))?;
    Ok(())
}

/// Forgets at most `limit` tallies whose time is over. How many it was.
///
/// # Errors
/// When the database refuses.
pub fn forget_old(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<usize, StorageError> {
    let keys: Vec<Vec<u8>> = on_backend!(conn, |c| attempts::table
        .filter(attempts::forget_at.lt(now))
        .order(attempts::forget_at)
        .limit(limit)
        .select(attempts::key_hash)
        .load(c))?;
    let mut forgotten = 0;
    for key in keys {
        let is_old = attempts::forget_at.lt(now);
        forgotten +=
            on_backend!(conn, |c| diesel::delete(attempts::table.find(&key).filter(is_old)).execute(c))?;
    }
    Ok(forgotten)
}
