//! Where a user has rows, and what stands in the way of forgetting them.

use diesel::prelude::*;

use super::erasures;
use crate::domain::account::Account;
use crate::domain::ids::{CommunityId, MemberId, UserId};
use crate::domain::member::MemberStatus;
use crate::storage::connection::on_backend;
use crate::storage::schema::{member_users, members};
use crate::storage::{Conn, StorageError, accounts, applications, communities, members as all_members};

/// How many admins are looked at in the search for another one.
const ADMINS_LOOKED_AT: i64 = 100;

/// A member whom a user operates.
#[derive(Debug, Clone)]
pub struct OwnMember {
    /// The community.
    pub community_id: CommunityId,
    /// The member.
    pub id: MemberId,
    /// The order of joining.
    pub number: i64,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Whether the community is only for tests: the member's name is nobody's, and what it holds or owes nothing.
    pub is_test: bool,
    /// Whether others operate it too, who were not erased.
    pub is_shared: bool,
}

/// The communities where a user belongs, or ever asked to join.
///
/// # Errors
/// When the database refuses.
pub fn find_communities(conn: &mut Conn, user_id: UserId) -> Result<Vec<CommunityId>, StorageError> {
    let mut found = communities::all_ids_of_user(conn, user_id)?;
    found.extend(applications::places(conn, user_id)?);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The members whom a user operates, in all communities.
///
/// # Errors
/// When the database refuses.
pub fn find_members(conn: &mut Conn, user_id: UserId) -> Result<Vec<OwnMember>, StorageError> {
    let mut own = Vec::new();
    for community_id in communities::all_ids_of_user(conn, user_id)? {
        let is_test = communities::find(conn, community_id)?.is_some_and(|community| community.is_test());
        for member in all_members::of_user(conn, community_id, user_id)? {
            own.push(OwnMember {
                community_id,
                id: member.id,
                is_test,
                number: member.number,
                accounts: accounts::of_members(conn, community_id, &[member.id])?,
                is_shared: is_shared(conn, community_id, member.id, user_id)?,
            });
        }
    }
    Ok(own)
}

fn is_shared(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
    user_id: UserId,
) -> Result<bool, StorageError> {
    let others: Vec<UserId> = on_backend!(conn, |c| member_users::table
        .filter(member_users::community_id.eq(community_id).and(member_users::member_id.eq(member_id)))
        .filter(member_users::user_id.ne(user_id))
        .select(member_users::user_id)
        .load(c))?;
    for other in others {
        if erasures::find(conn, other)?.is_none_or(|erasure| erasure.erased_at.is_none()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a community has others, and no other admin who can act for them.
///
/// # Errors
/// When the database refuses.
pub fn is_last_admin(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
) -> Result<bool, StorageError> {
    let admins = all_members::admins(conn, community_id, ADMINS_LOOKED_AT)?;
    if !admins.contains(&user_id) || admins.iter().any(|admin| *admin != user_id) {
        return Ok(false);
    }
    let belonging: Vec<i16> = MemberStatus::ALL
        .iter()
        .filter(|status| status.belongs())
        .map(|status| i16::from(status.code()))
        .collect();
    let other: Option<MemberId> = on_backend!(conn, |c| members::table
        .inner_join(member_users::table.on(
            member_users::community_id.eq(members::community_id).and(member_users::member_id.eq(members::id))
        ))
        .filter(members::community_id.eq(community_id).and(members::status.eq_any(&belonging)))
        .filter(member_users::user_id.ne(user_id))
        .select(members::id)
        .first(c)
        .optional())?;
    Ok(other.is_some())
}
