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
    /// The private key, PKCS#8 in DER.
    pub private_key: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// All signing keys, newest first.
///
/// # Errors
/// When the database refuses.
pub fn signing_keys(conn: &mut Conn) -> Result<Vec<SigningKeyRow>, StorageError> {
    let rows: Vec<(String, Vec<u8>, Timestamp)> = on_backend!(conn, |c| signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::kid))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(kid, private_key, created_at)| SigningKeyRow { kid, private_key, created_at })
        .collect())
}

/// Stores a signing key.
///
/// # Errors
/// When the database refuses.
pub fn insert_signing_key(conn: &mut Conn, key: &SigningKeyRow) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(&key.kid),
            signing_keys::private_key.eq(&key.private_key),
            signing_keys::created_at.eq(key.created_at),
        ))
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
    Ok(on_backend!(conn, |c| server_secrets::table.find(name).select(server_secrets::value).first(c))?)
}
