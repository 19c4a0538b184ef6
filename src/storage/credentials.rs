//! Second factors and recovery codes; new passwords.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{recovery_codes, second_factors, users};
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;

/// A user's authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The authenticator's secret, sealed.
    pub sealed_secret: Vec<u8>,
    /// The newest step whose code was used.
    pub last_step: i64,
    /// Whether the user's password is too short to stand without a second factor.
    pub has_short_password: bool,
    /// Since when it counts; none while nobody has shown a code of it.
    pub confirmed_at: Option<Timestamp>,
}

/// A user's authenticator, confirmed or not.
///
/// # Errors
/// When the database refuses.
pub fn find_factor(conn: &mut Conn, user_id: UserId) -> Result<Option<SecondFactor>, StorageError> {
    let row: Option<(Vec<u8>, i64, bool, Option<Timestamp>)> = on_backend!(conn, |c| second_factors::table
        .find(user_id)
        .select((
            second_factors::sealed_secret,
            second_factors::last_step,
            second_factors::has_short_password,
            second_factors::confirmed_at,
        ))
        .get_result(c)
        .optional())?;
    Ok(row.map(|(sealed_secret, last_step, has_short_password, confirmed_at)| SecondFactor {
        sealed_secret,
        last_step,
        has_short_password,
        confirmed_at,
    }))
}

/// Starts an authenticator in place of an unconfirmed one. Whether there is no confirmed one in the way.
///
/// # Errors
/// When the database refuses.
pub fn start_factor(
    conn: &mut Conn,
    user_id: UserId,
    sealed_secret: &[u8],
    now: Timestamp,
) -> Result<bool, StorageError> {
    on_backend!(conn, |c| diesel::delete(
        second_factors::table.find(user_id).filter(second_factors::confirmed_at.is_null())
    )
    .execute(c))?;
    let started = on_backend!(conn, |c| diesel::insert_into(second_factors::table)
        .values((
            second_factors::user_id.eq(user_id),
            second_factors::sealed_secret.eq(sealed_secret),
            second_factors::last_step.eq(0_i64),
            second_factors::has_short_password.eq(false),
            second_factors::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(started == 1)
}

/// Lets an authenticator count from now on, the code of `step` being used up with it. Whether it was this one, and
/// unconfirmed.
///
/// # Errors
/// When the database refuses.
pub fn confirm_factor(
    conn: &mut Conn,
    user_id: UserId,
    sealed_secret: &[u8],
    step: i64,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let confirmed = on_backend!(conn, |c| diesel::update(second_factors::table.find(user_id).filter(
        second_factors::confirmed_at.is_null().and(second_factors::sealed_secret.eq(sealed_secret))
    ))
    .set((second_factors::confirmed_at.eq(now), second_factors::last_step.eq(step)))
    .execute(c))?;
    Ok(confirmed == 1)
}

/// Uses a step up by compare-and-set: it only rises. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn use_step(
    conn: &mut Conn,
    user_id: UserId,
    sealed_secret: &[u8],
    step: i64,
) -> Result<bool, StorageError> {
    let used = on_backend!(conn, |c| diesel::update(
        second_factors::table
            .find(user_id)
            .filter(second_factors::sealed_secret.eq(sealed_secret))
            .filter(second_factors::confirmed_at.is_not_null().and(second_factors::last_step.lt(step)))
    )
    .set(second_factors::last_step.eq(step))
    .execute(c))?;
    Ok(used == 1)
}

/// Removes an authenticator with its recovery codes. Whether there was one.
///
/// # Errors
/// When the database refuses.
pub fn remove_factor(conn: &mut Conn, user_id: UserId) -> Result<bool, StorageError> {
    on_backend!(conn, |c| diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)))
        .execute(c))?;
    let removed = on_backend!(conn, |c| diesel::delete(
        second_factors::table.find(user_id).filter(second_factors::confirmed_at.is_not_null())
    )
    .execute(c))?;
    Ok(removed == 1)
}

/// Gives a user these recovery codes in place of all earlier ones.
///
/// # Errors
/// When the database refuses.
pub fn replace_recovery_codes(conn: &mut Conn, user_id: UserId, hashes: &[Hash]) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)))
        .execute(c))?;
    for hash in hashes {
        on_backend!(conn, |c| diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::user_id.eq(user_id), recovery_codes::hash.eq(hash.as_slice())))
            .execute(c))?;
    }
    Ok(())
}

/// Uses a recovery code up by compare-and-set. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn use_recovery_code(
    conn: &mut Conn,
    user_id: UserId,
    hash: &Hash,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let used = on_backend!(conn, |c| diesel::update(
        recovery_codes::table.find((user_id, hash.as_slice())).filter(recovery_codes::used_at.is_null())
    )
    .set(recovery_codes::used_at.eq(now))
    .execute(c))?;
    Ok(used == 1)
}

/// Writes a new password's hash where the stored one is still `before`. Whether it was.
///
/// # Errors
/// When the database refuses.
pub fn set_password(
    conn: &mut Conn,
    user_id: UserId,
    before: &str,
    after: &str,
    is_short: bool,
) -> Result<bool, StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(
        users::table.find(user_id).filter(users::password_hash.eq(before))
    )
    .set(users::password_hash.eq(after))
    .execute(c))?;
    on_backend!(conn, |c| diesel::update(second_factors::table.find(user_id))
        .set(second_factors::has_short_password.eq(is_short))
        .execute(c))?;
    Ok(changed == 1)
}

/// Writes another hash of the same password where the stored one is still `before`.
///
/// # Errors
/// When the database refuses.
pub fn renew_password_hash(
    conn: &mut Conn,
    user_id: UserId,
    before: &str,
    after: &str,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        users::table.find(user_id).filter(users::password_hash.eq(before))
    )
    .set(users::password_hash.eq(after))
    .execute(c))?;
    Ok(())
}

/// A user's stored password hash, which stays as it is until the transaction ends: a sign-in with an old password
/// either is there before the new one, and ends with it, or does not happen.
///
/// # Errors
/// When the database refuses.
pub fn lock_password_hash(conn: &mut Conn, user_id: UserId) -> Result<Option<String>, StorageError> {
    let hash = users::table.find(user_id).select(users::password_hash);
    Ok(match conn {
        Conn::Postgres(c) => hash.for_share().first(&mut **c).optional()?,
        Conn::Sqlite(c) => hash.first(&mut **c).optional()?,
    })
}
