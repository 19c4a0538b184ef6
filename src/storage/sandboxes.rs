//! Who is in a community's twin, beside where the same people stand in the community itself.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::on_backend;
use super::members::read_standing;
use super::schema::{communities, members};
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, MemberId};
use crate::domain::member::Operator;

/// Members of twins who may act there (active or leaving) while whoever operates them may nowhere in the community itself, or are
/// frozen there while they may.
const IS_OUT_OF_STEP: &str = "(members.status IN (2, 4)) <> EXISTS (SELECT 1 FROM member_users AS tester \
     JOIN member_users AS place ON place.community_id = communities.test_of AND place.user_id = tester.user_id \
     JOIN members AS own ON own.community_id = place.community_id AND own.id = place.member_id \
     WHERE tester.community_id = members.community_id AND tester.member_id = members.id AND own.status IN (2, 4))";
/// Whoever has left a twin, or was never quite there, stays so.
const MAY_FOLLOW: &str = "members.status IN (2, 3, 4)";

/// At most `limit` members of twins who stand otherwise than their people do in the community itself, with how they stand.
///
/// # Errors
/// When the database refuses.
pub fn out_of_step(conn: &mut Conn, limit: i64) -> Result<Vec<(CommunityId, Operator)>, StorageError> {
    let rows: Vec<(CommunityId, MemberId, i16, i16)> = on_backend!(conn, |c| communities::table
        .inner_join(members::table.on(members::community_id.eq(communities::id)))
        .filter(communities::test_of.is_not_null())
        .filter(sql::<Bool>(MAY_FOLLOW).and(sql::<Bool>(IS_OUT_OF_STEP)))
        .select((members::community_id, members::id, members::status, members::role))
        .limit(limit)
        .load(c))?;
    rows.into_iter()
        .map(|(community_id, member_id, status, role)| {
            let (status, role) = read_standing(member_id, status, role)?;
            Ok((community_id, Operator { member_id, status, role }))
        })
        .collect()
}
