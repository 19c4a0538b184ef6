//! Sessions and their refresh tokens, of which only hashes are stored.

use diesel::prelude::*;

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::{refresh_tokens, sessions};
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::ids::{PasskeyId, SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;

/// A sign-in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
    /// When its user last proved who they are.
    pub authenticated_at: Timestamp,
    /// The client that it was given to; none for a sign-in at the service itself.
    pub client_id: Option<String>,
    /// What its tokens allow.
    pub scopes: Scopes,
}

/// A session as its owner sees it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// Its id.
    pub id: SessionId,
    /// What it was begun with, in the browser's or app's own words.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last got a token.
    pub last_used_at: Timestamp,
    /// The client that it was given to; none for a sign-in at the service itself.
    pub client_id: Option<String>,
}

impl Session {
    /// Whether it has neither ended nor expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at > now
    }
}

type Row = (SessionId, UserId, Timestamp, Option<Timestamp>, Timestamp, Option<String>, Option<String>);

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
pub fn insert(conn: &mut Conn, session: &Session, device: &str, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id),
            sessions::user_id.eq(session.user_id),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(session.expires_at),
            sessions::authenticated_at.eq(session.authenticated_at),
            sessions::device.eq(device),
            sessions::client_id.eq(&session.client_id),
            // A sign-in at the service itself may do everything, also what a later release adds.
            sessions::scopes.eq(session.client_id.as_ref().map(|_| session.scopes.to_string())),
        ))
        .execute(c))?;
    Ok(())
}

/// The session with this id.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, StorageError> {
    let row: Option<Row> =
        on_backend!(conn, |c| sessions::table.find(id).select(COLUMNS).get_result(c).optional())?;
    Ok(row.map(read))
}

/// A client's sessions that live at `now`, the longest-lived first.
///
/// # Errors
/// When the database refuses.
pub fn of_client(conn: &mut Conn, client_id: &str, now: Timestamp) -> Result<Vec<Session>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| sessions::table
        .filter(sessions::client_id.eq(client_id))
        .filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now)))
        .order((sessions::expires_at.desc(), sessions::id))
        .select(COLUMNS)
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

const COLUMNS: (
    sessions::id,
    sessions::user_id,
    sessions::expires_at,
    sessions::ended_at,
    sessions::authenticated_at,
    sessions::client_id,
    sessions::scopes,
) = (
    sessions::id,
    sessions::user_id,
    sessions::expires_at,
    sessions::ended_at,
    sessions::authenticated_at,
    sessions::client_id,
    sessions::scopes,
);

fn read((id, user_id, expires_at, ended_at, authenticated_at, client_id, scopes): Row) -> Session {
    let scopes = scopes.map_or_else(Scopes::all, |scopes| Scopes::parse(&scopes));
    Session { id, user_id, expires_at, ended_at, authenticated_at, client_id, scopes }
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

/// Notes that a session's user proved again who they are. Whether the session still stands.
///
/// # Errors
/// When the database refuses.
pub fn note_proof(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<bool, StorageError> {
    let noted =
        on_backend!(conn, |c| diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
            .set((sessions::authenticated_at.eq(now), sessions::last_used_at.eq(now)))
            .execute(c))?;
    Ok(noted == 1)
}

/// Notes with which passkey a session was begun.
///
/// # Errors
/// When the database refuses.
pub fn note_passkey(conn: &mut Conn, id: SessionId, passkey_id: PasskeyId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(sessions::table.find(id))
        .set(sessions::passkey_id.eq(passkey_id))
        .execute(c))?;
    Ok(())
}

/// Which of a user's sessions, but for `keep`, were begun with a passkey and have not ended.
///
/// # Errors
/// When the database refuses.
pub fn begun_with(
    conn: &mut Conn,
    user_id: UserId,
    passkey_id: PasskeyId,
    keep: SessionId,
) -> Result<Vec<SessionId>, StorageError> {
    Ok(on_backend!(conn, |c| sessions::table
        .filter(sessions::user_id.eq(user_id).and(sessions::id.ne(keep)))
        .filter(sessions::passkey_id.eq(passkey_id).and(sessions::ended_at.is_null()))
        .select(sessions::id)
        .load(c))?)
}

/// Ends a user's sessions, but for `keep`, that were begun with a passkey.
///
/// # Errors
/// When the database refuses.
pub fn end_begun_with(
    conn: &mut Conn,
    user_id: UserId,
    passkey_id: PasskeyId,
    keep: SessionId,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        sessions::table
            .filter(sessions::user_id.eq(user_id).and(sessions::id.ne(keep)))
            .filter(sessions::passkey_id.eq(passkey_id).and(sessions::ended_at.is_null()))
    )
    .set(sessions::ended_at.eq(now))
    .execute(c))?;
    Ok(())
}

/// At most `limit` of a user's living sessions, newest first: those before `before`, where one is named, and used
/// after `used_after`.
///
/// # Errors
/// When the database refuses.
pub fn living(
    conn: &mut Conn,
    user_id: UserId,
    before: Option<SessionId>,
    used_after: Timestamp,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ListedSession>, StorageError> {
    let before = before.unwrap_or(SessionId::from_uuid(uuid::Uuid::max()));
    let rows: Vec<(SessionId, String, Timestamp, Timestamp, Option<String>)> =
        on_backend!(conn, |c| sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::id.lt(before))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(now).and(sessions::last_used_at.gt(used_after)))
            .order(sessions::id.desc())
            .limit(limit)
            .select((
                sessions::id,
                sessions::device,
                sessions::created_at,
                sessions::last_used_at,
                sessions::client_id,
            ))
            .load(c))?;
    let listed = rows.into_iter().map(|(id, device, created_at, last_used_at, client_id)| ListedSession {
        id,
        device,
        created_at,
        last_used_at,
        client_id,
    });
    Ok(listed.collect())
}

/// Which of a user's sessions, but for `keep`, may have an access token that lives: they are not ended and got one
/// after `used_after`.
///
/// # Errors
/// When the database refuses.
pub fn with_living_tokens(
    conn: &mut Conn,
    user_id: UserId,
    keep: Option<SessionId>,
    used_after: Timestamp,
) -> Result<Vec<SessionId>, StorageError> {
    let keep = keep.unwrap_or(SessionId::from_uuid(uuid::Uuid::nil()));
    Ok(on_backend!(conn, |c| sessions::table
        .filter(sessions::user_id.eq(user_id).and(sessions::id.ne(keep)))
        .filter(sessions::ended_at.is_null().and(sessions::last_used_at.gt(used_after)))
        .select(sessions::id)
        .load(c))?)
}

/// A user's sessions that ended after a time.
///
/// # Errors
/// When the database refuses.
pub fn ended_after(
    conn: &mut Conn,
    user_id: UserId,
    after: Timestamp,
) -> Result<Vec<SessionId>, StorageError> {
    Ok(on_backend!(conn, |c| sessions::table
        .filter(sessions::user_id.eq(user_id).and(sessions::ended_at.gt(after)))
        .select(sessions::id)
        .load(c))?)
}

/// Ends all of a user's sessions but for `keep`.
///
/// # Errors
/// When the database refuses.
pub fn end_all(
    conn: &mut Conn,
    user_id: UserId,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let keep = keep.unwrap_or(SessionId::from_uuid(uuid::Uuid::nil()));
    on_backend!(conn, |c| diesel::update(
        sessions::table
            .filter(sessions::user_id.eq(user_id).and(sessions::id.ne(keep)))
            .filter(sessions::ended_at.is_null())
    )
    .set(sessions::ended_at.eq(now))
    .execute(c))?;
    Ok(())
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
        .get_result(c)
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
