//! Applications: who asked to join, and what came of it. Every step is a compare-and-set on the state.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{applications, user_applications};
use super::users::read_language;
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, MemberId, UserId};
use crate::domain::joining::ApplicationState;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

/// An application.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its id, and the member's, once they are let in.
    pub id: MemberId,
    /// The id of the account that will be opened.
    pub account_id: AccountId,
    /// Where it stands.
    pub state: ApplicationState,
    /// The folded address.
    pub email: String,
    /// The name people will read.
    pub name: String,
    /// The language to write in.
    pub language: Language,
    /// What the applicant says to the admins; may be empty.
    pub message: String,
    /// The hash of the password of the login that is made when the address is confirmed.
    pub password_hash: Option<String>,
    /// The login, once there is one.
    pub user_id: Option<UserId>,
    /// The user who invited the applicant.
    pub invited_by: Option<UserId>,
    /// The version of the terms that the applicant accepted.
    pub agreement_version: Option<i64>,
    /// The request that it came with.
    pub request_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the address was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// The decision, once there is one.
    pub decision: Option<Decision>,
}

/// What an admin decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// How far the account may go below zero, where the admin said so.
    pub credit_limit: Option<Amount>,
    /// The admin.
    pub decided_by: UserId,
    /// When.
    pub decided_at: Timestamp,
    /// Why; may be empty.
    pub reason: String,
}

type Columns = (
    (MemberId, AccountId, i16, String, String, String, String),
    (Option<String>, Option<UserId>, Option<UserId>, Option<i64>, String),
    (Timestamp, Option<Timestamp>, Option<Amount>, Option<UserId>, Option<Timestamp>, String),
);

macro_rules! selection {
    () => {
        (
            (
                applications::id,
                applications::account_id,
                applications::state,
                applications::email,
                applications::name,
                applications::language,
                applications::message,
            ),
            (
                applications::password_hash,
                applications::user_id,
                applications::invited_by,
                applications::agreement_version,
                applications::request_id,
            ),
            (
                applications::created_at,
                applications::confirmed_at,
                applications::credit_limit,
                applications::decided_by,
                applications::decided_at,
                applications::reason,
            ),
        )
    };
}

/// Adds an application without a decision.
///
/// # Errors
/// [`StorageError::Taken`] when the user has one under way in this community.
pub fn insert(conn: &mut Conn, community_id: CommunityId, new: &Application) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(applications::table)
        .values((
            applications::community_id.eq(community_id),
            applications::id.eq(new.id),
            applications::account_id.eq(new.account_id),
            applications::state.eq(code(new.state)),
            applications::email.eq(&new.email),
            applications::name.eq(&new.name),
            applications::language.eq(new.language.name()),
            applications::message.eq(&new.message),
            applications::password_hash.eq(&new.password_hash),
            applications::user_id.eq(new.user_id),
            applications::invited_by.eq(new.invited_by),
            applications::agreement_version.eq(new.agreement_version),
            applications::request_id.eq(&new.request_id),
            applications::created_at.eq(new.created_at),
            applications::confirmed_at.eq(new.confirmed_at),
            applications::reason.eq(""),
        ))
        .execute(c))?;
    Ok(())
}

/// Forgets a community's applications that nobody confirmed and that were made before a time.
///
/// # Errors
/// When the database refuses.
pub fn forget_unconfirmed(
    conn: &mut Conn,
    community_id: CommunityId,
    before: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        applications::table
            .filter(applications::community_id.eq(community_id))
            .filter(applications::state.eq(code(ApplicationState::Unconfirmed)))
            .filter(applications::created_at.lt(before))
    )
    .execute(c))?;
    Ok(())
}

/// Forgets one application that nobody confirmed.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, community_id: CommunityId, id: MemberId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        applications::table
            .find((community_id, id))
            .filter(applications::state.eq(code(ApplicationState::Unconfirmed)))
    )
    .execute(c))?;
    Ok(())
}

/// Gives an unconfirmed application its login, and lets it wait for the admins. Whether this call was the one that did
/// it.
///
/// # Errors
/// [`StorageError::Taken`] when the user has another one under way in this community.
pub fn confirm(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MemberId,
    user_id: UserId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let confirmed = on_backend!(conn, |c| diesel::update(
        applications::table
            .find((community_id, id))
            .filter(applications::state.eq(code(ApplicationState::Unconfirmed)))
    )
    .set((
        applications::state.eq(code(ApplicationState::Waiting)),
        applications::user_id.eq(user_id),
        applications::password_hash.eq(None::<String>),
        applications::confirmed_at.eq(now),
    ))
    .execute(c))?;
    Ok(confirmed == 1)
}

/// Notes that a user asked to join a community.
///
/// # Errors
/// When the database refuses.
pub fn note_place(conn: &mut Conn, user_id: UserId, community_id: CommunityId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(user_applications::table)
        .values((user_applications::user_id.eq(user_id), user_applications::community_id.eq(community_id)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The communities that a user asked to join.
///
/// # Errors
/// When the database refuses.
pub fn places(conn: &mut Conn, user_id: UserId) -> Result<Vec<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| user_applications::table
        .filter(user_applications::user_id.eq(user_id))
        .select(user_applications::community_id)
        .order(user_applications::community_id)
        .load(c))?)
}

/// Notes a decision on an application that is still in one of these states. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn decide(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MemberId,
    from: &[ApplicationState],
    to: ApplicationState,
    decision: &Decision,
) -> Result<bool, StorageError> {
    let from: Vec<i16> = from.iter().copied().map(code).collect();
    let decided = on_backend!(conn, |c| diesel::update(
        applications::table.find((community_id, id)).filter(applications::state.eq_any(&from))
    )
    .set((
        applications::state.eq(code(to)),
        applications::credit_limit.eq(decision.credit_limit),
        applications::decided_by.eq(decision.decided_by),
        applications::decided_at.eq(decision.decided_at),
        applications::reason.eq(&decision.reason),
    ))
    .execute(c))?;
    Ok(decided == 1)
}

/// Lets an application wait again, whose admission by this user the ledger refused.
///
/// # Errors
/// When the database refuses.
pub fn reopen(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MemberId,
    decided_by: UserId,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        applications::table
            .find((community_id, id))
            .filter(applications::state.eq(code(ApplicationState::Admitting)))
            .filter(applications::decided_by.eq(decided_by))
    )
    .set((
        applications::state.eq(code(ApplicationState::Waiting)),
        applications::credit_limit.eq(None::<Amount>),
        applications::decided_by.eq(None::<UserId>),
        applications::decided_at.eq(None::<Timestamp>),
        applications::reason.eq(""),
    ))
    .execute(c))?;
    Ok(())
}

/// An application of a community.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MemberId,
) -> Result<Option<Application>, StorageError> {
    let row: Option<Columns> = on_backend!(conn, |c| applications::table
        .find((community_id, id))
        .select(selection!())
        .get_result(c)
        .optional())?;
    row.map(read).transpose()
}

/// A user's application that is under way in a community.
///
/// # Errors
/// When the database refuses.
pub fn under_way(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
) -> Result<Option<Application>, StorageError> {
    let states = [code(ApplicationState::Waiting), code(ApplicationState::Admitting)];
    let row: Option<Columns> = on_backend!(conn, |c| applications::table
        .filter(applications::community_id.eq(community_id).and(applications::user_id.eq(user_id)))
        .filter(applications::state.eq_any(states))
        .select(selection!())
        .get_result(c)
        .optional())?;
    row.map(read).transpose()
}

/// At most `limit` confirmed applications with ids below `before`, newest first; with `state`, only those in it.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    state: Option<ApplicationState>,
    before: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Application>, StorageError> {
    let states: Vec<i16> = ApplicationState::ALL
        .iter()
        .filter(|each| **each != ApplicationState::Unconfirmed)
        .filter(|each| state.is_none_or(|state| state == **each))
        .copied()
        .map(code)
        .collect();
    let before = before.unwrap_or_else(|| MemberId::from_uuid(Uuid::max()));
    let rows: Vec<Columns> = on_backend!(conn, |c| applications::table
        .filter(applications::community_id.eq(community_id).and(applications::id.lt(before)))
        .filter(applications::state.eq_any(&states))
        .order(applications::id.desc())
        .limit(limit)
        .select(selection!())
        .load(c))?;
    rows.into_iter().map(read).collect()
}

fn read(columns: Columns) -> Result<Application, StorageError> {
    let (
        (id, account_id, state, email, name, language, message),
        (password_hash, user_id, invited_by, agreement_version, request_id),
        (created_at, confirmed_at, credit_limit, decided_by, decided_at, reason),
    ) = columns;
    let state = ApplicationState::from_code(state)
        .ok_or_else(|| StorageError::Corrupt(format!("application {id}: state")))?;
    let decision = decided_by.zip(decided_at).map(|(decided_by, decided_at)| Decision {
        credit_limit,
        decided_by,
        decided_at,
        reason,
    });
    Ok(Application {
        id,
        account_id,
        state,
        email,
        name,
        language: read_language(&language)?,
        message,
        password_hash,
        user_id,
        invited_by,
        agreement_version,
        request_id,
        created_at,
        confirmed_at,
        decision,
    })
}

fn code(state: ApplicationState) -> i16 {
    i16::from(state.code())
}
