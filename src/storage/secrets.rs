//! The service's own secrets: signing keys and the key that authenticates cursors.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{server_secrets, signing_keys};
use super::{Conn, StorageError};
use crate::domain::time::Timestamp;

/// A stored signing key.
pub struct SigningKeyRow {
    /// The name under which tokens refer to it.
    pub kid: String,
    /// The private key, PKCS#8 in DER; or that, sealed with the operator's key.
    pub private_key: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub active_from: Timestamp,
    /// When its last token has expired, once it has a successor.
    pub retire_at: Option<Timestamp>,
    /// The key that it follows; none for the first. Each key has at most one successor.
    pub predecessor: Option<String>,
}

/// All signing keys, newest first.
///
/// # Errors
/// When the database refuses.
pub fn signing_keys(conn: &mut Conn) -> Result<Vec<SigningKeyRow>, StorageError> {
    type Columns = (String, Vec<u8>, Timestamp, Timestamp, Option<Timestamp>, Option<String>);
    let rows: Vec<Columns> = on_backend!(conn, |c| signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::kid))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(kid, private_key, created_at, active_from, retire_at, predecessor)| SigningKeyRow {
            kid,
            private_key,
            created_at,
            active_from,
            retire_at,
            predecessor,
        })
        .collect())
}

/// Stores a signing key.
///
/// # Errors
/// [`StorageError::Taken`] when its predecessor has a successor already.
pub fn insert_signing_key(conn: &mut Conn, key: &SigningKeyRow) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(&key.kid),
            signing_keys::private_key.eq(&key.private_key),
            signing_keys::created_at.eq(key.created_at),
            signing_keys::active_from.eq(key.active_from),
            signing_keys::retire_at.eq(key.retire_at),
            signing_keys::predecessor.eq(&key.predecessor),
        ))
        .execute(c))?;
    Ok(())
}

/// Stores a signing key's private part in another form.
///
/// # Errors
/// When the database refuses.
pub fn replace_private_key(conn: &mut Conn, kid: &str, private_key: &[u8]) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(signing_keys::table.find(kid))
        .set(signing_keys::private_key.eq(private_key))
        .execute(c))?;
    Ok(())
}

/// Says when a signing key's last token will have expired.
///
/// # Errors
/// When the database refuses.
pub fn retire_signing_key(conn: &mut Conn, kid: &str, retire_at: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(signing_keys::table.find(kid))
        .set(signing_keys::retire_at.eq(retire_at))
        .execute(c))?;
    Ok(())
}

/// Deletes the signing keys whose last tokens have expired.
///
/// # Errors
/// When the database refuses.
pub fn forget_retired_keys(conn: &mut Conn, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(signing_keys::table.filter(signing_keys::retire_at.le(now)))
        .execute(c))?;
    Ok(())
}

/// The secret of this name; `fresh` becomes it where there is none yet. All processes get the same one.
///
/// # Errors
/// When the database refuses.
pub fn find_or_insert(
    conn: &mut Conn,
    name: &str,
    fresh: &[u8],
    now: Timestamp,
) -> Result<Vec<u8>, StorageError> {
    on_backend!(conn, |c| diesel::insert_into(server_secrets::table)
        .values((
            server_secrets::name.eq(name),
            server_secrets::value.eq(fresh),
            server_secrets::created_at.eq(now)
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(on_backend!(conn, |c| server_secrets::table.find(name).select(server_secrets::value).get_result(c))?)
}
