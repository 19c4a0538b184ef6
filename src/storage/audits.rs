//! The audit logs: what communities' admins changed, and what happened to logins. They only grow; what could be
//! personal stands beside them and can be erased.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{
    accounts, audits, member_users, members, request_origins, texts, user_audit_details, user_audits, users,
};
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, AuditId, CommunityId, MemberId, SessionId, UserId};
use crate::domain::records::AuditLine;
use crate::domain::time::Timestamp;

/// Where a request came from, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredOrigin {
    /// The client's address.
    pub address: Option<String>,
    /// What the client said of itself.
    pub user_agent: Option<String>,
}

/// A line of a community's audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityAudit {
    /// Its id, in the order of time.
    pub id: AuditId,
    /// The user who did it; none for the service itself.
    pub actor: Option<UserId>,
    /// What was done, such as `account.limits`.
    pub action: String,
    /// To which account, member or other thing.
    pub subject_id: Uuid,
    /// How it was, as JSON.
    pub before: String,
    /// How it is, as JSON.
    pub after: String,
    /// Why, unless it was erased.
    pub reason: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// The request that asked for it.
    pub request_id: String,
    /// Where that came from, unless it was erased.
    pub origin: Option<StoredOrigin>,
}

/// Which lines of a community's audit log are wanted.
#[derive(Debug, Clone, Default)]
pub struct CommunityAuditFilter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Only this action.
    pub action: Option<String>,
    /// Only by one of these users.
    pub actors: Option<Vec<UserId>>,
    /// Only on this subject.
    pub subject_id: Option<Uuid>,
    /// Only lines with lower ids.
    pub before: Option<AuditId>,
}

type CommunityColumns = (
    (AuditId, Option<UserId>, String, AnyId, String, String, Timestamp, String),
    Option<String>,
    Option<(Option<String>, Option<String>)>,
);

/// At most `limit` lines of a community's audit log, newest first.
///
/// # Errors
/// When the database refuses.
pub fn of_community(
    conn: &mut Conn,
    community_id: CommunityId,
    filter: &CommunityAuditFilter,
    limit: i64,
) -> Result<Vec<CommunityAudit>, StorageError> {
    let rows: Vec<CommunityColumns> = on_backend!(conn, |c| {
        let mut query = audits::table
            .left_join(
                texts::table.on(texts::community_id.eq(audits::community_id).and(texts::id.eq(audits::id))),
            )
            .left_join(request_origins::table.on(request_origins::request_id.eq(audits::request_id)))
            .filter(audits::community_id.eq(community_id))
            .order(audits::id.desc())
            .limit(limit)
            .select((
                (
                    audits::id,
                    audits::actor,
                    audits::action,
                    audits::subject_id,
                    audits::before,
                    audits::after,
                    audits::created_at,
                    audits::request_id,
                ),
                texts::content.nullable(),
                (request_origins::address, request_origins::user_agent).nullable(),
            ))
            .into_boxed();
        if let Some(from) = filter.from {
            query = query.filter(audits::created_at.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(audits::created_at.lt(to));
        }
        if let Some(action) = &filter.action {
            query = query.filter(audits::action.eq(action));
        }
        if let Some(actors) = &filter.actors {
            query = query.filter(audits::actor.eq_any(actors));
        }
        if let Some(subject_id) = filter.subject_id {
            query = query.filter(audits::subject_id.eq(AnyId::from_uuid(subject_id)));
        }
        if let Some(before) = filter.before {
            query = query.filter(audits::id.lt(before));
        }
        query.load(c)
    })?;
    Ok(rows.into_iter().map(read_community_audit).collect())
}

fn read_community_audit((line, reason, origin): CommunityColumns) -> CommunityAudit {
    let (id, actor, action, subject_id, before, after, created_at, request_id) = line;
    let origin = origin.map(|(address, user_agent)| StoredOrigin { address, user_agent });
    let subject_id = subject_id.uuid();
    CommunityAudit { id, actor, action, subject_id, before, after, reason, created_at, request_id, origin }
}

/// Adds a line to a community's audit log in the transaction of what it tells of, where that is nothing of the ledger's.
/// The reason is kept as an erasable text; the salt is for its commitment.
///
/// # Errors
/// When the database refuses.
pub fn insert_community_audit(
    conn: &mut Conn,
    community_id: CommunityId,
    line: &AuditLine,
    reason: &str,
    salt: &[u8; 16],
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(audits::table)
        .values((
            audits::community_id.eq(community_id),
            audits::id.eq(line.id),
            audits::actor.eq(line.actor),
            audits::action.eq(line.action),
            audits::subject_id.eq(AnyId::from_uuid(line.subject_id)),
            audits::before.eq(&line.before),
            audits::after.eq(&line.after),
            audits::created_at.eq(line.created_at),
            audits::request_id.eq(&line.request_id),
        ))
        .execute(c))?;
    if !reason.is_empty() {
        on_backend!(conn, |c| diesel::insert_into(texts::table)
            .values((
                texts::community_id.eq(community_id),
                texts::id.eq(line.id),
                texts::salt.eq(salt.as_slice()),
                texts::content.eq(reason),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// The names under which a community knows these users: those of the members that they operate.
///
/// # Errors
/// When the database refuses.
pub fn members_of_users(
    conn: &mut Conn,
    community_id: CommunityId,
    user_ids: &[UserId],
) -> Result<Vec<(UserId, MemberId, String)>, StorageError> {
    Ok(on_backend!(conn, |c| member_users::table
        .inner_join(members::table.on(
            members::community_id.eq(member_users::community_id).and(members::id.eq(member_users::member_id))
        ))
        .filter(member_users::community_id.eq(community_id).and(member_users::user_id.eq_any(user_ids)))
        .order((member_users::user_id, members::number))
        .select((member_users::user_id, members::id, members::name))
        .load(c))?)
}

/// The users who operate a member.
///
/// # Errors
/// When the database refuses.
pub fn users_of_member(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<Vec<UserId>, StorageError> {
    Ok(on_backend!(conn, |c| member_users::table
        .filter(member_users::community_id.eq(community_id).and(member_users::member_id.eq(member_id)))
        .select(member_users::user_id)
        .load(c))?)
}

/// Those of the subjects that are accounts or members of the community: their ids, an account's code, their names.
///
/// # Errors
/// When the database refuses.
pub fn subjects(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Option<String>, String)>, StorageError> {
    let account_ids: Vec<_> = ids.iter().copied().map(AccountId::from_uuid).collect();
    let member_ids: Vec<_> = ids.iter().copied().map(MemberId::from_uuid).collect();
    let of_accounts: Vec<(AccountId, String, String)> = on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id).and(accounts::id.eq_any(&account_ids)))
        .select((accounts::id, accounts::code, accounts::name))
        .load(c))?;
    let of_members: Vec<(MemberId, String)> = on_backend!(conn, |c| members::table
        .filter(members::community_id.eq(community_id).and(members::id.eq_any(&member_ids)))
        .select((members::id, members::name))
        .load(c))?;
    let accounts = of_accounts.into_iter().map(|(id, code, name)| (id.uuid(), Some(code), name));
    let members = of_members.into_iter().map(|(id, name)| (id.uuid(), None, name));
    Ok(accounts.chain(members).collect())
}

/// A line of the logins' audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAudit {
    /// Its id, in the order of time.
    pub id: AuditId,
    /// Whose login; none where nobody has it.
    pub user_id: Option<UserId>,
    /// The user who did it; none for strangers and for the service itself.
    pub actor: Option<UserId>,
    /// What was done, such as `session.begun`.
    pub action: String,
    /// The session that began, ended or acted.
    pub session_id: Option<SessionId>,
    /// The request that asked for it.
    pub request_id: String,
    /// How it was, as JSON; empty where there is nothing to tell.
    pub before: String,
    /// How it is, as JSON; empty where there is nothing to tell.
    pub after: String,
    /// Why; empty where nobody said.
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
    /// Where the request came from, unless it was erased.
    pub origin: Option<StoredOrigin>,
}

/// Adds a line to the logins' audit log, and notes where its request came from.
///
/// # Errors
/// When the database refuses.
pub fn insert_user_audit(conn: &mut Conn, audit: &UserAudit) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(user_audits::table)
        .values((
            user_audits::id.eq(audit.id),
            user_audits::user_id.eq(audit.user_id),
            user_audits::actor.eq(audit.actor),
            user_audits::action.eq(&audit.action),
            user_audits::session_id.eq(audit.session_id),
            user_audits::request_id.eq(&audit.request_id),
            user_audits::created_at.eq(audit.created_at),
        ))
        .execute(c))?;
    if !(audit.before.is_empty() && audit.after.is_empty() && audit.reason.is_empty()) {
        on_backend!(conn, |c| diesel::insert_into(user_audit_details::table)
            .values((
                user_audit_details::audit_id.eq(audit.id),
                user_audit_details::before.eq(&audit.before),
                user_audit_details::after.eq(&audit.after),
                user_audit_details::reason.eq(&audit.reason),
            ))
            .execute(c))?;
    }
    match &audit.origin {
        Some(origin) => insert_origin(conn, &audit.request_id, origin, audit.created_at),
        None => Ok(()),
    }
}

/// Notes where a request came from, once.
///
/// # Errors
/// When the database refuses.
pub fn insert_origin(
    conn: &mut Conn,
    request_id: &str,
    origin: &StoredOrigin,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(request_origins::table)
        .values((
            request_origins::request_id.eq(request_id),
            request_origins::address.eq(&origin.address),
            request_origins::user_agent.eq(&origin.user_agent),
            request_origins::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

type UserColumns = (
    (AuditId, Option<UserId>, Option<UserId>, String, Option<SessionId>, String, Timestamp),
    Option<(String, String, String)>,
    Option<(Option<String>, Option<String>)>,
);

/// At most `limit` lines about a user's login with ids below `before`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn of_user(
    conn: &mut Conn,
    user_id: UserId,
    before: Option<AuditId>,
    limit: i64,
) -> Result<Vec<UserAudit>, StorageError> {
    let before = before.unwrap_or(AuditId::from_uuid(Uuid::max()));
    let rows: Vec<UserColumns> = on_backend!(conn, |c| user_audits::table
        .left_join(user_audit_details::table.on(user_audit_details::audit_id.eq(user_audits::id)))
        .left_join(request_origins::table.on(request_origins::request_id.eq(user_audits::request_id)))
        .filter(user_audits::user_id.eq(user_id).and(user_audits::id.lt(before)))
        .order(user_audits::id.desc())
        .limit(limit)
        .select((
            (
                user_audits::id,
                user_audits::user_id,
                user_audits::actor,
                user_audits::action,
                user_audits::session_id,
                user_audits::request_id,
                user_audits::created_at,
            ),
            (user_audit_details::before, user_audit_details::after, user_audit_details::reason).nullable(),
            (request_origins::address, request_origins::user_agent).nullable(),
        ))
        .load(c))?;
    Ok(rows.into_iter().map(read_user_audit).collect())
}

fn read_user_audit((line, details, origin): UserColumns) -> UserAudit {
    let (id, user_id, actor, action, session_id, request_id, created_at) = line;
    let (before, after, reason) = details.unwrap_or_default();
    let origin = origin.map(|(address, user_agent)| StoredOrigin { address, user_agent });
    UserAudit {
        id,
        user_id,
        actor,
        action,
        session_id,
        request_id,
        before,
        after,
        reason,
        created_at,
        origin,
    }
}

/// The names of users.
///
/// # Errors
/// When the database refuses.
pub fn user_names(conn: &mut Conn, ids: &[UserId]) -> Result<Vec<(UserId, String)>, StorageError> {
    Ok(on_backend!(conn, |c| users::table
        .filter(users::id.eq_any(ids))
        .select((users::id, users::name))
        .load(c))?)
}
