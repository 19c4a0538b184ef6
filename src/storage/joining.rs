//! What communities chose about who may join.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::joining_policies;
use super::{Conn, StorageError};
use crate::domain::ids::CommunityId;
use crate::domain::joining::{Joining, JoiningPolicy};

/// What a community chose; the default where it did not.
///
/// # Errors
/// When the database refuses.
pub fn policy(conn: &mut Conn, community_id: CommunityId) -> Result<JoiningPolicy, StorageError> {
    let row: Option<(i16, bool, i64)> = on_backend!(conn, |c| joining_policies::table
        .find(community_id)
        .select((joining_policies::joining, joining_policies::members_may_invite, joining_policies::version))
        .get_result(c)
        .optional())?;
    let Some((joining, members_may_invite, version)) = row else { return Ok(JoiningPolicy::default()) };
    let joining =
        Joining::from_code(joining).ok_or_else(|| StorageError::Corrupt("a joining policy".into()))?;
    Ok(JoiningPolicy { joining, members_may_invite, version })
}

/// Writes a community's choice where the stored one is still that of `before`. Whether it was.
///
/// # Errors
/// When the database refuses.
pub fn set_policy(
    conn: &mut Conn,
    community_id: CommunityId,
    before: JoiningPolicy,
    after: JoiningPolicy,
) -> Result<bool, StorageError> {
    begin(conn, community_id)?;
    let changed = on_backend!(conn, |c| diesel::update(
        joining_policies::table.find(community_id).filter(joining_policies::version.eq(before.version))
    )
    .set((
        joining_policies::joining.eq(i16::from(after.joining.code())),
        joining_policies::members_may_invite.eq(after.members_may_invite),
        joining_policies::version.eq(before.version + 1),
    ))
    .execute(c))?;
    Ok(changed == 1)
}

/// Lets everybody ask to join from now on; the rest of a community's choice stays.
///
/// # Errors
/// When the database refuses.
pub(super) fn open(conn: &mut Conn, community_id: CommunityId) -> Result<(), StorageError> {
    begin(conn, community_id)?;
    on_backend!(conn, |c| diesel::update(joining_policies::table.find(community_id))
        .set((
            joining_policies::joining.eq(i16::from(Joining::Open.code())),
            joining_policies::version.eq(joining_policies::version + 1),
        ))
        .execute(c))?;
    Ok(())
}

/// Has the default be a community's choice, where it never chose.
fn begin(conn: &mut Conn, community_id: CommunityId) -> Result<(), StorageError> {
    let default = JoiningPolicy::default();
    on_backend!(conn, |c| diesel::insert_into(joining_policies::table)
        .values((
            joining_policies::community_id.eq(community_id),
            joining_policies::joining.eq(i16::from(default.joining.code())),
            joining_policies::members_may_invite.eq(default.members_may_invite),
            joining_policies::version.eq(default.version),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}
