//! The limits of single accounts that count instead of a policy's.

use diesel::prelude::*;

use crate::domain::ids::{AccountId, CommunityId};
use crate::storage::connection::on_backend;
use crate::storage::schema::limit_overrides;
use crate::storage::{Conn, StorageError};

/// Limits that count instead of the policy's.
#[derive(Debug, Clone, Queryable)]
pub struct OverrideRow {
    /// The account.
    pub account_id: AccountId,
    /// How far below zero.
    pub credit_limit: i64,
    /// The highest balance.
    pub ceiling: Option<i64>,
}

/// A community's overrides from an account on, in the order of the accounts' ids.
///
/// # Errors
/// When the database refuses.
pub fn overrides(
    conn: &mut Conn,
    community_id: CommunityId,
    from: AccountId,
    limit: i64,
) -> Result<Vec<OverrideRow>, StorageError> {
    Ok(on_backend!(conn, |c| limit_overrides::table
        .filter(limit_overrides::community_id.eq(community_id).and(limit_overrides::account_id.ge(from)))
        .order(limit_overrides::account_id)
        .limit(limit)
        .select((limit_overrides::account_id, limit_overrides::credit_limit, limit_overrides::ceiling))
        .load(c))?)
}
