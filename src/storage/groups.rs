//! Groups of members, and what kind of member each is.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{member_classes, member_groups};
use super::{Conn, StorageError};
use crate::domain::groups::{GROUPS_MAX, MemberClass, MemberGroup, MemberKind};
use crate::domain::ids::{CommunityId, GroupId, MemberId};
use crate::domain::time::Timestamp;

/// A community's groups, in the order of their names.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<MemberGroup>, StorageError> {
    let rows: Vec<(GroupId, String)> = on_backend!(conn, |c| member_groups::table
        .filter(member_groups::community_id.eq(community_id))
        .order((member_groups::name_folded, member_groups::id))
        .limit(GROUPS_MAX)
        .select((member_groups::id, member_groups::name))
        .load(c))?;
    let counts: Vec<(Option<GroupId>, i64)> = on_backend!(conn, |c| member_classes::table
        .filter(member_classes::community_id.eq(community_id).and(member_classes::group_id.is_not_null()))
        .group_by(member_classes::group_id)
        .select((member_classes::group_id, diesel::dsl::count_star()))
        .load(c))?;
    let counts: HashMap<_, _> = counts.into_iter().collect();
    let group = |(id, name)| MemberGroup { id, name, members: counts.get(&Some(id)).copied().unwrap_or(0) };
    Ok(rows.into_iter().map(group).collect())
}

/// Makes a group.
///
/// # Errors
/// [`StorageError::Taken`] where another one has this name.
pub fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    group: &MemberGroup,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(member_groups::table)
        .values((
            member_groups::community_id.eq(community_id),
            member_groups::id.eq(group.id),
            member_groups::name.eq(&group.name),
            member_groups::name_folded.eq(group.name.to_lowercase()),
            member_groups::created_at.eq(now),
        ))
        .execute(c))?;
    Ok(())
}

/// Gives a group another name.
///
/// # Errors
/// [`StorageError::Taken`] where another one has this name.
pub fn rename(
    conn: &mut Conn,
    community_id: CommunityId,
    id: GroupId,
    name: &str,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(member_groups::table.find((community_id, id)))
        .set((member_groups::name.eq(name), member_groups::name_folded.eq(name.to_lowercase())))
        .execute(c))?;
    Ok(())
}

/// Deletes a group in which nobody is. Whether there was one.
///
/// # Errors
/// When the database refuses: also where somebody is in it.
pub fn delete(conn: &mut Conn, community_id: CommunityId, id: GroupId) -> Result<bool, StorageError> {
    let deleted =
        on_backend!(conn, |c| diesel::delete(member_groups::table.find((community_id, id))).execute(c))?;
    Ok(deleted == 1)
}

/// What policies know of a member.
///
/// # Errors
/// When the database refuses.
pub fn class_of(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<MemberClass, StorageError> {
    let row: Option<(i16, Option<GroupId>)> = on_backend!(conn, |c| member_classes::table
        .find((community_id, member_id))
        .select((member_classes::kind, member_classes::group_id))
        .get_result(c)
        .optional())?;
    let Some((kind, group_id)) = row else {
        return Ok(MemberClass { member_id, kind: MemberKind::Person, group_id: None });
    };
    let corrupt = || StorageError::Corrupt(format!("member {member_id}: kind"));
    Ok(MemberClass { member_id, kind: MemberKind::from_code(kind).ok_or_else(corrupt)?, group_id })
}

/// What policies know of a community's members of whom anything was said, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn classes(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<MemberClass>, StorageError> {
    let rows: Vec<(MemberId, i16, Option<GroupId>)> = on_backend!(conn, |c| member_classes::table
        .filter(member_classes::community_id.eq(community_id))
        .order(member_classes::member_id)
        .select((member_classes::member_id, member_classes::kind, member_classes::group_id))
        .load(c))?;
    let class = |(member_id, kind, group_id)| {
        let corrupt = || StorageError::Corrupt(format!("member {member_id}: kind"));
        Ok(MemberClass { member_id, kind: MemberKind::from_code(kind).ok_or_else(corrupt)?, group_id })
    };
    rows.into_iter().map(class).collect()
}

/// Sets what policies know of a member.
///
/// # Errors
/// When the database refuses.
pub fn classify(conn: &mut Conn, community_id: CommunityId, class: &MemberClass) -> Result<(), StorageError> {
    let values =
        (member_classes::kind.eq(i16::from(class.kind.code())), member_classes::group_id.eq(class.group_id));
    on_backend!(conn, |c| diesel::insert_into(member_classes::table)
        .values((
            member_classes::community_id.eq(community_id),
            member_classes::member_id.eq(class.member_id),
            values,
        ))
        .on_conflict((member_classes::community_id, member_classes::member_id))
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}
