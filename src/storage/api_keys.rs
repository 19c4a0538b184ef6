//! API keys and the secrets that prove them, of which only hashes are stored.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{api_key_secrets, api_keys};
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::command::OneAccount;
use crate::domain::ids::{AccountId, ApiKeyId, CommunityId, SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;

/// A key, which outlives its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The account that it is for.
    pub only: OneAccount,
    /// Who made it, and for whom it acts.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it allows.
    pub scopes: Scopes,
    /// The networks from which it may be used, with spaces between them; empty for every one.
    pub addresses: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What proves a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What the ledger knows it by, as it knows sign-ins.
    pub id: SessionId,
    /// What people recognise it by.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, because another has taken its place.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, give or take some minutes.
    pub last_used_at: Option<Timestamp>,
    /// From which network.
    pub last_used_from: Option<String>,
}

type KeyRow =
    (ApiKeyId, CommunityId, AccountId, UserId, String, String, String, Option<Timestamp>, Timestamp);
type SecretRow = (SessionId, String, Timestamp, Option<Timestamp>, Option<Timestamp>, Option<String>);

const SECRET_COLUMNS: (
    api_key_secrets::id,
    api_key_secrets::prefix,
    api_key_secrets::created_at,
    api_key_secrets::expires_at,
    api_key_secrets::last_used_at,
    api_key_secrets::last_used_from,
) = (
    api_key_secrets::id,
    api_key_secrets::prefix,
    api_key_secrets::created_at,
    api_key_secrets::expires_at,
    api_key_secrets::last_used_at,
    api_key_secrets::last_used_from,
);

/// Stores a key.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, key: &ApiKey) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(key.id),
            api_keys::community_id.eq(key.only.community_id),
            api_keys::account_id.eq(key.only.account_id),
            api_keys::user_id.eq(key.user_id),
            api_keys::name.eq(&key.name),
            api_keys::scopes.eq(key.scopes.to_string()),
            api_keys::addresses.eq(&key.addresses),
            api_keys::expires_at.eq(key.expires_at),
            api_keys::created_at.eq(key.created_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Stores a key's secret, which was not used yet.
///
/// # Errors
/// When the database refuses.
pub fn insert_secret(
    conn: &mut Conn,
    key_id: ApiKeyId,
    hash: &Hash,
    secret: &Secret,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(api_key_secrets::table)
        .values((
            api_key_secrets::hash.eq(hash.as_slice()),
            api_key_secrets::id.eq(secret.id),
            api_key_secrets::key_id.eq(key_id),
            api_key_secrets::prefix.eq(&secret.prefix),
            api_key_secrets::created_at.eq(secret.created_at),
            api_key_secrets::expires_at.eq(secret.expires_at),
        ))
        .execute(c))?;
    Ok(())
}

/// The key with this id.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: ApiKeyId) -> Result<Option<ApiKey>, StorageError> {
    let row: Option<KeyRow> = on_backend!(conn, |c| api_keys::table.find(id).get_result(c).optional())?;
    Ok(row.map(read_key))
}

/// The key that a secret with this hash proves, and the secret.
///
/// # Errors
/// When the database refuses.
pub fn find_by_secret(conn: &mut Conn, hash: &Hash) -> Result<Option<(ApiKey, Secret)>, StorageError> {
    let row: Option<(KeyRow, SecretRow)> = on_backend!(conn, |c| api_key_secrets::table
        .inner_join(api_keys::table.on(api_keys::id.eq(api_key_secrets::key_id)))
        .filter(api_key_secrets::hash.eq(hash.as_slice()))
        .select((api_keys::all_columns, SECRET_COLUMNS))
        .get_result(c)
        .optional())?;
    Ok(row.map(|(key, secret)| (read_key(key), read_secret(secret))))
}

/// Whether the secret with this id is there and has not run out, nor its key.
///
/// # Errors
/// When the database refuses.
pub fn is_live(conn: &mut Conn, secret_id: SessionId, now: Timestamp) -> Result<bool, StorageError> {
    let ends: Option<(Option<Timestamp>, Option<Timestamp>)> = on_backend!(conn, |c| api_key_secrets::table
        .inner_join(api_keys::table.on(api_keys::id.eq(api_key_secrets::key_id)))
        .filter(api_key_secrets::id.eq(secret_id))
        .select((api_keys::expires_at, api_key_secrets::expires_at))
        .get_result(c)
        .optional())?;
    Ok(ends.is_some_and(|(key, secret)| key.into_iter().chain(secret).all(|end| now < end)))
}

/// The keys of these accounts, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_accounts(conn: &mut Conn, account_ids: &[AccountId]) -> Result<Vec<ApiKey>, StorageError> {
    let rows: Vec<KeyRow> = on_backend!(conn, |c| api_keys::table
        .filter(api_keys::account_id.eq_any(account_ids))
        .order(api_keys::id)
        .load(c))?;
    Ok(rows.into_iter().map(read_key).collect())
}

/// A key's secrets, newest first.
///
/// # Errors
/// When the database refuses.
pub fn secrets(conn: &mut Conn, id: ApiKeyId) -> Result<Vec<Secret>, StorageError> {
    let rows: Vec<SecretRow> = on_backend!(conn, |c| api_key_secrets::table
        .filter(api_key_secrets::key_id.eq(id))
        .order((api_key_secrets::created_at.desc(), api_key_secrets::id.desc()))
        .select(SECRET_COLUMNS)
        .load(c))?;
    Ok(rows.into_iter().map(read_secret).collect())
}

/// Writes what of a key may change.
///
/// # Errors
/// When the database refuses.
pub fn change(conn: &mut Conn, key: &ApiKey) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(api_keys::table.find(key.id))
        .set((
            api_keys::name.eq(&key.name),
            api_keys::addresses.eq(&key.addresses),
            api_keys::expires_at.eq(key.expires_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Says until when a secret works.
///
/// # Errors
/// When the database refuses.
pub fn end_secret(conn: &mut Conn, id: SessionId, at: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(api_key_secrets::table.filter(api_key_secrets::id.eq(id)))
        .set(api_key_secrets::expires_at.eq(at))
        .execute(c))?;
    Ok(())
}

/// Forgets a secret.
///
/// # Errors
/// When the database refuses.
pub fn delete_secret(conn: &mut Conn, id: SessionId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(api_key_secrets::table.filter(api_key_secrets::id.eq(id)))
        .execute(c))?;
    Ok(())
}

/// Forgets a key with its secrets. Whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, id: ApiKeyId) -> Result<bool, StorageError> {
    on_backend!(conn, |c| diesel::delete(api_key_secrets::table.filter(api_key_secrets::key_id.eq(id)))
        .execute(c))?;
    let deleted = on_backend!(conn, |c| diesel::delete(api_keys::table.find(id)).execute(c))?;
    Ok(deleted == 1)
}

/// Notes that a secret was used.
///
/// # Errors
/// When the database refuses.
pub fn note_use(
    conn: &mut Conn,
    id: SessionId,
    at: Timestamp,
    from: Option<&str>,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(api_key_secrets::table.filter(api_key_secrets::id.eq(id)))
        .set((api_key_secrets::last_used_at.eq(at), api_key_secrets::last_used_from.eq(from)))
        .execute(c))?;
    Ok(())
}

fn read_key(row: KeyRow) -> ApiKey {
    let (id, community_id, account_id, user_id, name, scopes, addresses, expires_at, created_at) = row;
    let only = OneAccount { community_id, account_id };
    ApiKey { id, only, user_id, name, scopes: Scopes::parse(&scopes), addresses, expires_at, created_at }
}

fn read_secret((id, prefix, created_at, expires_at, last_used_at, last_used_from): SecretRow) -> Secret {
    Secret { id, prefix, created_at, expires_at, last_used_at, last_used_from }
}
