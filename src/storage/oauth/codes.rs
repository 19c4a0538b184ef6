//! Authorization codes, of which only hashes are stored, each used at most once.

use diesel::prelude::*;

use super::{ceiling_columns, read_ceilings, read_only};
use crate::domain::chain::Hash;
use crate::domain::command::OneAccount;
use crate::domain::ids::{AccountId, CommunityId, SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::heads::read_hash;
use crate::storage::schema::oauth_codes;
use crate::storage::{Conn, StorageError};

/// A code with everything that it is bound to.
#[derive(Debug, Clone)]
pub struct Code {
    /// SHA-256 of the code.
    pub hash: Hash,
    /// The client that may exchange it.
    pub client_id: String,
    /// Who allowed it.
    pub user_id: UserId,
    /// The session that its exchange begins.
    pub session_id: SessionId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// The challenge (RFC 7636, S256) that its verifier must meet.
    pub challenge: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// How much may be spent.
    pub ceilings: SpendingCeilings,
    /// The one account that it is for; none for all of theirs.
    pub only: Option<OneAccount>,
    /// When it stops working by itself.
    pub expires_at: Timestamp,
    /// When it was exchanged.
    pub used_at: Option<Timestamp>,
}

type Row = (
    Vec<u8>,
    String,
    UserId,
    SessionId,
    String,
    String,
    String,
    Option<i64>,
    Option<i64>,
    Timestamp,
    Option<Timestamp>,
    Option<CommunityId>,
    Option<AccountId>,
);

/// Stores a code.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, code: &Code) -> Result<(), StorageError> {
    let (per_payment, per_day) = ceiling_columns(code.ceilings);
    on_backend!(conn, |c| diesel::insert_into(oauth_codes::table)
        .values((
            oauth_codes::hash.eq(code.hash.as_slice()),
            oauth_codes::client_id.eq(&code.client_id),
            oauth_codes::user_id.eq(code.user_id),
            oauth_codes::session_id.eq(code.session_id),
            oauth_codes::redirect_uri.eq(&code.redirect_uri),
            oauth_codes::challenge.eq(&code.challenge),
            oauth_codes::scopes.eq(code.scopes.to_string()),
            oauth_codes::ceiling_per_payment.eq(per_payment),
            oauth_codes::ceiling_per_day.eq(per_day),
            oauth_codes::expires_at.eq(code.expires_at),
            oauth_codes::only_community_id.eq(code.only.map(|only| only.community_id)),
            oauth_codes::only_account_id.eq(code.only.map(|only| only.account_id)),
        ))
        .execute(c))?;
    Ok(())
}

/// The code with this hash, used or not.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, hash: &Hash) -> Result<Option<Code>, StorageError> {
    let row: Option<Row> =
        on_backend!(conn, |c| oauth_codes::table.find(hash.as_slice()).get_result(c).optional())?;
    let Some(row) = row else { return Ok(None) };
    let (
        hash,
        client_id,
        user_id,
        session_id,
        redirect_uri,
        challenge,
        scopes,
        per_payment,
        per_day,
        expires_at,
        used_at,
        community_id,
        account_id,
    ) = row;
    Ok(Some(Code {
        hash: read_hash(hash)?,
        client_id,
        user_id,
        session_id,
        redirect_uri,
        challenge,
        scopes: Scopes::parse(&scopes),
        ceilings: read_ceilings(per_payment, per_day),
        only: read_only(community_id, account_id),
        expires_at,
        used_at,
    }))
}

/// Uses up a code by compare-and-set. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn use_up(conn: &mut Conn, hash: &Hash, now: Timestamp) -> Result<bool, StorageError> {
    let used = on_backend!(conn, |c| diesel::update(
        oauth_codes::table.find(hash.as_slice()).filter(oauth_codes::used_at.is_null())
    )
    .set(oauth_codes::used_at.eq(now))
    .execute(c))?;
    Ok(used == 1)
}

/// Forgets what a user allowed and no app has exchanged yet.
///
/// # Errors
/// When the database refuses.
pub fn void(conn: &mut Conn, user_id: UserId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        oauth_codes::table.filter(oauth_codes::user_id.eq(user_id).and(oauth_codes::used_at.is_null()))
    )
    .execute(c))?;
    Ok(())
}

/// Forgets codes that expired before a moment.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, expired_before: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        oauth_codes::table.filter(oauth_codes::expires_at.lt(expired_before))
    )
    .execute(c))?;
    Ok(())
}
