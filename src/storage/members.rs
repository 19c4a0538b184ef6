//! Members, and the users who operate their accounts.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{accounts, member_classes, member_users, members};
use super::{Conn, StorageError, merges};
use crate::domain::ids::{AccountId, CommunityId, GroupId, MemberId, UserId};
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::records::RenamedMember;

/// A member as pages show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// The order of joining, from 1.
    pub number: i64,
    /// The name people read.
    pub name: String,
    /// Where they stand.
    pub status: MemberStatus,
    /// What they may do.
    pub role: Role,
}

impl Member {
    /// The member as the access policy sees it.
    pub const fn standing(&self) -> Operator {
        Operator { member_id: self.id, status: self.status, role: self.role }
    }
}

type MemberColumns = (MemberId, i64, String, i16, i16);

/// For each of the users, the members of the community that they operate.
///
/// # Errors
/// When the database refuses.
pub fn operators(
    conn: &mut Conn,
    community_id: CommunityId,
    user_ids: &[UserId],
) -> Result<Vec<(UserId, Operator)>, StorageError> {
    let rows: Vec<(UserId, MemberId, i16, i16)> = on_backend!(conn, |c| member_users::table
        .inner_join(members::table.on(
            members::community_id.eq(member_users::community_id).and(members::id.eq(member_users::member_id))
        ),)
        .filter(member_users::community_id.eq(community_id).and(member_users::user_id.eq_any(user_ids)))
        .select((member_users::user_id, members::id, members::status, members::role))
        .load(c))?;
    rows.into_iter()
        .map(|(user_id, member_id, status, role)| {
            let (status, role) = read_standing(member_id, status, role)?;
            Ok((user_id, Operator { member_id, status, role }))
        })
        .collect()
}

/// The member of a community with this id.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MemberId,
) -> Result<Option<Member>, StorageError> {
    let row: Option<MemberColumns> = on_backend!(conn, |c| members::table
        .find((community_id, id))
        .select((members::id, members::number, members::name, members::status, members::role))
        .get_result(c)
        .optional())?;
    row.map(read_member).transpose()
}

/// The standing of these members of a community, and of all its admins.
///
/// # Errors
/// When the database refuses.
pub fn with_admins(
    conn: &mut Conn,
    community_id: CommunityId,
    member_ids: &[MemberId],
) -> Result<Vec<Operator>, StorageError> {
    let rows: Vec<(MemberId, i16, i16)> = on_backend!(conn, |c| members::table
        .filter(members::community_id.eq(community_id))
        .filter(members::id.eq_any(member_ids).or(members::role.eq(i16::from(Role::Admin.code()))))
        .select((members::id, members::status, members::role))
        .load(c))?;
    rows.into_iter()
        .map(|(member_id, status, role)| {
            let (status, role) = read_standing(member_id, status, role)?;
            Ok(Operator { member_id, status, role })
        })
        .collect()
}

/// Gives a member the status and the role that it has from now on.
///
/// # Errors
/// When the database refuses.
///
/// # Panics
/// When there is no such member.
pub fn change(conn: &mut Conn, community_id: CommunityId, member: &Operator) -> Result<(), StorageError> {
    let changed =
        on_backend!(conn, |c| diesel::update(members::table.find((community_id, member.member_id)))
            .set((
                members::status.eq(i16::from(member.status.code())),
                members::role.eq(i16::from(member.role.code())),
            ))
            .execute(c))?;
    assert_eq!(changed, 1, "a member that changed exists");
    Ok(())
}

/// Gives a member another name, with some of its accounts.
///
/// # Errors
/// When the database refuses.
pub(super) fn rename(
    conn: &mut Conn,
    community_id: CommunityId,
    renamed: &RenamedMember,
) -> Result<(), StorageError> {
    let RenamedMember { id, account_ids, name } = renamed;
    on_backend!(conn, |c| diesel::update(members::table.find((community_id, *id)))
        .set((members::name.eq(name), members::name_folded.eq(name.to_lowercase())))
        .execute(c))?;
    let own = accounts::table.filter(accounts::community_id.eq(community_id));
    on_backend!(conn, |c| diesel::update(own.filter(accounts::id.eq_any(account_ids)))
        .set(accounts::name.eq(name))
        .execute(c))?;
    Ok(())
}

/// The members of a community that a user operates, in the order of joining.
///
/// # Errors
/// When the database refuses.
pub fn of_user(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
) -> Result<Vec<Member>, StorageError> {
    let rows: Vec<MemberColumns> = on_backend!(conn, |c| members::table
        .inner_join(member_users::table.on(
            member_users::community_id.eq(members::community_id).and(member_users::member_id.eq(members::id))
        ),)
        .filter(member_users::community_id.eq(community_id).and(member_users::user_id.eq(user_id)))
        .order(members::number)
        .select((members::id, members::number, members::name, members::status, members::role))
        .load(c))?;
    rows.into_iter().map(read_member).collect()
}

/// The names of the members of a community that these users operate.
///
/// # Errors
/// When the database refuses.
pub fn names_of_users(
    conn: &mut Conn,
    community_id: CommunityId,
    user_ids: &[UserId],
) -> Result<Vec<(UserId, String)>, StorageError> {
    Ok(on_backend!(conn, |c| member_users::table
        .inner_join(members::table.on(
            members::community_id.eq(member_users::community_id).and(members::id.eq(member_users::member_id))
        ),)
        .filter(member_users::community_id.eq(community_id).and(member_users::user_id.eq_any(user_ids)))
        .select((member_users::user_id, members::name))
        .load(c))?)
}

/// At most `limit` users who operate the member whose account it is.
///
/// # Errors
/// When the database refuses.
pub fn users_of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    limit: i64,
) -> Result<Vec<UserId>, StorageError> {
    Ok(on_backend!(conn, |c| accounts::table
        .inner_join(
            member_users::table.on(member_users::community_id
                .eq(accounts::community_id)
                .and(member_users::member_id.nullable().eq(accounts::member_id)))
        )
        .filter(accounts::community_id.eq(community_id).and(accounts::id.eq(account_id)))
        .order(member_users::user_id)
        .limit(limit)
        .select(member_users::user_id)
        .load(c))?)
}

/// At most `limit` users who are admins of a community and may act as such, those who joined first before others.
///
/// # Errors
/// When the database refuses.
pub fn admins(conn: &mut Conn, community_id: CommunityId, limit: i64) -> Result<Vec<UserId>, StorageError> {
    let acting: Vec<i16> = MemberStatus::ALL
        .iter()
        .filter(|status| status.may_act())
        .map(|status| i16::from(status.code()))
        .collect();
    let mut ids: Vec<UserId> = on_backend!(conn, |c| members::table
        .inner_join(member_users::table.on(
            member_users::community_id.eq(members::community_id).and(member_users::member_id.eq(members::id))
        ),)
        .filter(members::community_id.eq(community_id))
        .filter(members::role.eq(i16::from(Role::Admin.code())))
        .filter(members::status.eq_any(&acting))
        .order(members::number)
        .limit(limit)
        .select(member_users::user_id)
        .load(c))?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Which members are looked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whose folded name or account code holds this, or that of an account merged into theirs.
    pub folded_query: Option<String>,
    /// Who stands so; none for everybody who belongs to the community.
    pub status: Option<MemberStatus>,
    /// Who is in this group.
    pub group_id: Option<GroupId>,
}

/// At most `limit` members of a community, with numbers above `after_number`, in the order of joining.
///
/// # Errors
/// When the database refuses.
pub fn directory(
    conn: &mut Conn,
    community_id: CommunityId,
    wanted: &Wanted,
    after_number: i64,
    limit: i64,
) -> Result<Vec<Member>, StorageError> {
    let standing: Vec<i16> = MemberStatus::ALL
        .iter()
        .filter(|status| wanted.status.map_or(status.belongs(), |wanted| wanted == **status))
        .map(|status| i16::from(status.code()))
        .collect();
    let folded_query = wanted.folded_query.as_deref();
    let group_id = wanted.group_id.unwrap_or(GroupId::from_uuid(Uuid::nil()));
    let pattern = folded_query.map_or_else(|| "%".to_owned(), like_pattern);
    // Whoever looks for a name that was merged into another finds that one.
    let merged = match folded_query {
        Some(text) => merges::named(conn, community_id, text)?,
        None => Vec::new(),
    };
    let rows: Vec<MemberColumns> = on_backend!(conn, |c| members::table
        .filter(members::community_id.eq(community_id))
        .filter(members::number.gt(after_number))
        .filter(members::status.eq_any(&standing))
        .filter(
            wanted.group_id.is_none().into_sql::<Bool>().or(diesel::dsl::exists(
                member_classes::table
                    .filter(member_classes::community_id.eq(members::community_id))
                    .filter(member_classes::member_id.eq(members::id))
                    .filter(member_classes::group_id.eq(group_id)),
            )),
        )
        .filter(
            members::name_folded.like(&pattern).escape('\\').or(diesel::dsl::exists(
                accounts::table
                    .filter(accounts::community_id.eq(members::community_id))
                    .filter(accounts::member_id.eq(members::id.nullable()))
                    .filter(
                        accounts::code
                            .like(pattern.to_uppercase())
                            .escape('\\')
                            .or(accounts::id.eq_any(&merged)),
                    ),
            )),
        )
        .order(members::number)
        .limit(limit)
        .select((members::id, members::number, members::name, members::status, members::role))
        .load(c))?;
    rows.into_iter().map(read_member).collect()
}

/// Finds a text anywhere, with the pattern language's own signs taken literally.
pub(super) fn like_pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

fn read_member((id, number, name, status, role): MemberColumns) -> Result<Member, StorageError> {
    let (status, role) = read_standing(id, status, role)?;
    Ok(Member { id, number, name, status, role })
}

pub(super) fn read_standing(
    id: MemberId,
    status: i16,
    role: i16,
) -> Result<(MemberStatus, Role), StorageError> {
    let corrupt = |what: &str| StorageError::Corrupt(format!("member {id}: {what}"));
    let status = MemberStatus::from_code(status).ok_or_else(|| corrupt("status"))?;
    let role = Role::from_code(role).ok_or_else(|| corrupt("role"))?;
    Ok((status, role))
}
