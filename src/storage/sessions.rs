//! Sessions and their refresh tokens, of which only hashes are stored.

use diesel::prelude::*;

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::{refresh_tokens, sessions};
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Timestamp;

/// A sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

/// A refresh token's row.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    /// SHA-256 of the token.
    pub hash: Hash,
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// When it stops working by itself.
    pub expires_at: Timestamp,
    /// When it was exchanged for its successor.
    pub retired_at: Option<Timestamp>,
    /// What, together with the token itself, gives the successor.
    pub successor_salt: Option<[u8; 16]>,
}

/// Makes a session.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, session: &Session, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id),
            sessions::user_id.eq(session.user_id),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(session.expires_at),
        ))
        .execute(c))?;
    Ok(())
}

/// The session with this id.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, StorageError> {
    let row: Option<(SessionId, UserId, Timestamp, Option<Timestamp>)> =
        on_backend!(conn, |c| sessions::table
            .find(id)
            .select((sessions::id, sessions::user_id, sessions::expires_at, sessions::ended_at))
            .first(c)
            .optional())?;
    Ok(row.map(|(id, user_id, expires_at, ended_at)| Session { id, user_id, expires_at, ended_at }))
}

/// Notes that a session was used to get new tokens.
///
/// # Errors
/// When the database refuses.
pub fn touch(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(sessions::table.find(id))
        .set(sessions::last_used_at.eq(now))
        .execute(c))?;
    Ok(())
}

/// Ends a session, if it has not ended yet. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn end(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<bool, StorageError> {
    let is_open = sessions::ended_at.is_null();
    let ended = on_backend!(conn, |c| diesel::update(sessions::table.find(id).filter(is_open))
        .set(sessions::ended_at.eq(now))
        .execute(c))?;
    Ok(ended == 1)
}

/// Stores a refresh token's hash.
///
/// # Errors
/// When the database refuses.
pub fn insert_refresh_token(
    conn: &mut Conn,
    hash: &Hash,
    session_id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::hash.eq(hash.as_slice()),
            refresh_tokens::session_id.eq(session_id),
            refresh_tokens::created_at.eq(now),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(c))?;
    Ok(())
}

/// The refresh token with this hash.
///
/// # Errors
/// When the database refuses.
pub fn find_refresh_token(conn: &mut Conn, hash: &Hash) -> Result<Option<RefreshToken>, StorageError> {
    type Columns = (Vec<u8>, SessionId, Timestamp, Option<Timestamp>, Option<Vec<u8>>);
    let row: Option<Columns> = on_backend!(conn, |c| refresh_tokens::table
        .find(hash.as_slice())
        .select((
            refresh_tokens::hash,
            refresh_tokens::session_id,
            refresh_tokens::expires_at,
            refresh_tokens::retired_at,
            refresh_tokens::successor_salt,
        ))
        .first(c)
        .optional())?;
    row.map(|(hash, session_id, expires_at, retired_at, salt)| {
        let successor_salt = salt
            .map(<[u8; 16]>::try_from)
            .transpose()
            .map_err(|_| StorageError::Corrupt("a refresh token's salt".into()))?;
        Ok(RefreshToken { hash: read_hash(hash)?, session_id, expires_at, retired_at, successor_salt })
    })
    .transpose()
}

/// Retires a living refresh token by compare-and-set. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn retire_refresh_token(
    conn: &mut Conn,
    hash: &Hash,
    now: Timestamp,
    successor_salt: &[u8; 16],
) -> Result<bool, StorageError> {
    let retired = on_backend!(conn, |c| diesel::update(
        refresh_tokens::table.find(hash.as_slice()).filter(refresh_tokens::retired_at.is_null())
    )
    .set((refresh_tokens::retired_at.eq(now), refresh_tokens::successor_salt.eq(successor_salt.as_slice())))
    .execute(c))?;
    Ok(retired == 1)
}
