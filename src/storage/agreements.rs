//! Agreements: the versions of a community's terms, and who accepted which. Both only grow.

use diesel::dsl::max;
use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{agreement_acceptances, agreements};
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::time::Timestamp;

/// A version of a community's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its number, from 1, without gaps.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// Its whole text.
    pub content: String,
    /// Since when it counts.
    pub created_at: Timestamp,
}

/// The number of a community's newest version; none where it has no terms.
///
/// # Errors
/// When the database refuses.
pub fn current_version(conn: &mut Conn, community_id: CommunityId) -> Result<Option<i64>, StorageError> {
    Ok(on_backend!(conn, |c| agreements::table
        .filter(agreements::community_id.eq(community_id))
        .select(max(agreements::version))
        .get_result(c))?)
}

/// At most `limit` versions with numbers below `before`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    before: i64,
    limit: i64,
) -> Result<Vec<Agreement>, StorageError> {
    let rows: Vec<(i64, String, String, Timestamp)> = on_backend!(conn, |c| agreements::table
        .filter(agreements::community_id.eq(community_id).and(agreements::version.lt(before)))
        .order(agreements::version.desc())
        .limit(limit)
        .select((agreements::version, agreements::title, agreements::content, agreements::created_at))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(version, title, content, created_at)| Agreement { version, title, content, created_at })
        .collect())
}

/// Adds a version.
///
/// # Errors
/// [`StorageError::Taken`] when somebody else added one with this number in the same moment.
pub fn insert(conn: &mut Conn, community_id: CommunityId, agreement: &Agreement) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(agreements::table)
        .values((
            agreements::community_id.eq(community_id),
            agreements::version.eq(agreement.version),
            agreements::title.eq(&agreement.title),
            agreements::content.eq(&agreement.content),
            agreements::created_at.eq(agreement.created_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Notes that a user accepted a version, once: the first time stays.
///
/// # Errors
/// When the database refuses.
pub fn accept(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
    version: i64,
    request_id: &str,
    at: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(agreement_acceptances::table)
        .values((
            agreement_acceptances::community_id.eq(community_id),
            agreement_acceptances::user_id.eq(user_id),
            agreement_acceptances::version.eq(version),
            agreement_acceptances::request_id.eq(request_id),
            agreement_acceptances::accepted_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// When a user accepted a version.
///
/// # Errors
/// When the database refuses.
pub fn accepted_at(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
    version: i64,
) -> Result<Option<Timestamp>, StorageError> {
    Ok(on_backend!(conn, |c| agreement_acceptances::table
        .find((community_id, user_id, version))
        .select(agreement_acceptances::accepted_at)
        .get_result(c)
        .optional())?)
}

/// The version that a user has still to accept: the current one, unless they did.
///
/// # Errors
/// When the database refuses.
pub fn due(conn: &mut Conn, community_id: CommunityId, user_id: UserId) -> Result<Option<i64>, StorageError> {
    let Some(version) = current_version(conn, community_id)? else { return Ok(None) };
    Ok(accepted_at(conn, community_id, user_id, version)?.is_none().then_some(version))
}
