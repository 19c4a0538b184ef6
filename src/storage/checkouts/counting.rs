//! How many checkouts are open, and who is paid by which.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::IS_OPEN;
use crate::domain::ids::{AccountId, CheckoutId, CommunityId, UserId};
use crate::storage::connection::on_backend;
use crate::storage::schema::checkouts;
use crate::storage::{Conn, StorageError};

/// How many open checkouts these accounts have, of those that have any.
///
/// # Errors
/// When the database refuses.
pub fn count_open(
    conn: &mut Conn,
    community_id: CommunityId,
    account_ids: &[AccountId],
) -> Result<Vec<(AccountId, usize)>, StorageError> {
    let rows: Vec<(AccountId, i64)> = on_backend!(conn, |c| checkouts::table
        .filter(sql::<Bool>(IS_OPEN))
        .filter(checkouts::community_id.eq(community_id).and(checkouts::account_id.eq_any(account_ids)))
        .group_by(checkouts::account_id)
        .select((checkouts::account_id, diesel::dsl::count_star()))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, count)| (id, usize::try_from(count).unwrap_or(usize::MAX))).collect())
}

/// How many open checkouts of an account this user made or has from its links.
///
/// # Errors
/// When the database refuses.
pub fn count_open_by(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    user_id: UserId,
) -> Result<i64, StorageError> {
    Ok(on_backend!(conn, |c| checkouts::table
        .filter(sql::<Bool>(IS_OPEN))
        .filter(checkouts::community_id.eq(community_id).and(checkouts::account_id.eq(account_id)))
        .filter(checkouts::created_by.eq(user_id))
        .count()
        .get_result(c))?)
}

/// The payees of these checkouts.
///
/// # Errors
/// When the database refuses.
pub fn payees(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[CheckoutId],
) -> Result<Vec<(CheckoutId, AccountId)>, StorageError> {
    Ok(on_backend!(conn, |c| checkouts::table
        .filter(checkouts::community_id.eq(community_id).and(checkouts::id.eq_any(ids)))
        .select((checkouts::id, checkouts::account_id))
        .load(c))?)
}
