//! Who asked to be forgotten, and how far that is.

use diesel::dsl::max;
use diesel::prelude::*;

use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::erasures;
use crate::storage::{Conn, StorageError};

/// An erasure that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Erasure {
    /// Whose.
    pub user_id: UserId,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it is to be done.
    pub due_at: Timestamp,
    /// When it was done.
    pub erased_at: Option<Timestamp>,
    /// When the freed bytes were given back too.
    pub scrubbed_at: Option<Timestamp>,
}

/// Notes that a user asked. Who asked already asked then.
///
/// # Errors
/// When the database refuses.
pub fn ask(
    conn: &mut Conn,
    user_id: UserId,
    now: Timestamp,
    due_at: Timestamp,
) -> Result<Option<Erasure>, StorageError> {
    on_backend!(conn, |c| diesel::insert_into(erasures::table)
        .values((erasures::user_id.eq(user_id), erasures::asked_at.eq(now), erasures::due_at.eq(due_at)))
        .on_conflict_do_nothing()
        .execute(c))?;
    find(conn, user_id)
}

/// A user's, where there is one.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, user_id: UserId) -> Result<Option<Erasure>, StorageError> {
    Ok(on_backend!(conn, |c| erasures::table.find(user_id).get_result(c).optional())?)
}

/// Takes back what was asked for and is due after a moment, so that nobody has begun it. Whether there was something.
///
/// # Errors
/// When the database refuses.
pub fn cancel(conn: &mut Conn, user_id: UserId, due_after: Timestamp) -> Result<bool, StorageError> {
    let deleted = on_backend!(conn, |c| diesel::delete(
        erasures::table
            .find(user_id)
            .filter(erasures::erased_at.is_null().and(erasures::due_at.gt(due_after)))
    )
    .execute(c))?;
    Ok(deleted > 0)
}

/// The one that has been due for longest: to be done, or, where it is done, to be scrubbed.
///
/// # Errors
/// When the database refuses.
pub fn next_due(conn: &mut Conn, now: Timestamp) -> Result<Option<Erasure>, StorageError> {
    Ok(on_backend!(conn, |c| erasures::table
        .filter(erasures::scrubbed_at.is_null().and(erasures::due_at.le(now)))
        .order((erasures::erased_at.is_not_null(), erasures::due_at))
        .first(c)
        .optional())?)
}

/// Notes that all that names the user is gone.
///
/// # Errors
/// When the database refuses.
pub fn note_erased(conn: &mut Conn, user_id: UserId, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        erasures::table.find(user_id).filter(erasures::erased_at.is_null())
    )
    .set(erasures::erased_at.eq(now))
    .execute(c))?;
    Ok(())
}

/// When the freed bytes were given back last.
///
/// # Errors
/// When the database refuses.
pub fn last_scrubbed(conn: &mut Conn) -> Result<Option<Timestamp>, StorageError> {
    let last: Option<i64> =
        on_backend!(conn, |c| erasures::table.select(max(erasures::scrubbed_at)).get_result(c))?;
    Ok(last.map(Timestamp::from_micros))
}

/// Puts one off that cannot be done now.
///
/// # Errors
/// When the database refuses.
pub fn put_off(conn: &mut Conn, user_id: UserId, due_at: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(erasures::table.find(user_id))
        .set(erasures::due_at.eq(due_at))
        .execute(c))?;
    Ok(())
}

/// Notes that the freed bytes of all that was erased before a moment are given back.
///
/// # Errors
/// When the database refuses.
pub fn note_scrubbed(conn: &mut Conn, erased_until: Timestamp, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        erasures::table.filter(erasures::scrubbed_at.is_null().and(erasures::erased_at.le(erased_until)))
    )
    .set(erasures::scrubbed_at.eq(now))
    .execute(c))?;
    Ok(())
}
