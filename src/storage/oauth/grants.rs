//! What members allowed: one row for each consent, with the session that it gave.

use diesel::prelude::*;

use super::{ceiling_columns, read_ceilings, read_only};
use crate::domain::command::OneAccount;
use crate::domain::ids::{AccountId, CommunityId, SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::{oauth_clients, oauth_grants, sessions};
use crate::storage::{Conn, StorageError};

/// On which terms an app acts for a member, beside its scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// How much may be spent.
    pub ceilings: SpendingCeilings,
    /// The one account that it may act at; none for all of the member's.
    pub only: Option<OneAccount>,
}

/// What a member allowed an app, as long as it lasts.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The session that it gave, under whose id it is known.
    pub session_id: SessionId,
    /// The app.
    pub client_id: String,
    /// The app's name.
    pub client_name: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// How much may be spent, and where.
    pub terms: Terms,
    /// When it was allowed.
    pub created_at: Timestamp,
    /// When the app last got a token with it.
    pub last_used_at: Timestamp,
}

type TermColumns = (Option<i64>, Option<i64>, Option<CommunityId>, Option<AccountId>);
type Row = (SessionId, String, String, Option<String>, TermColumns, Timestamp, Timestamp);

/// Notes what a member allowed.
///
/// # Errors
/// When the database refuses.
pub fn insert(
    conn: &mut Conn,
    session_id: SessionId,
    user_id: UserId,
    client_id: &str,
    terms: Terms,
    now: Timestamp,
) -> Result<(), StorageError> {
    let (per_payment, per_day) = ceiling_columns(terms.ceilings);
    on_backend!(conn, |c| diesel::insert_into(oauth_grants::table)
        .values((
            oauth_grants::session_id.eq(session_id),
            oauth_grants::user_id.eq(user_id),
            oauth_grants::client_id.eq(client_id),
            oauth_grants::ceiling_per_payment.eq(per_payment),
            oauth_grants::ceiling_per_day.eq(per_day),
            oauth_grants::created_at.eq(now),
            oauth_grants::only_community_id.eq(terms.only.map(|only| only.community_id)),
            oauth_grants::only_account_id.eq(terms.only.map(|only| only.account_id)),
        ))
        .execute(c))?;
    Ok(())
}

/// The terms on which a session acts; none for a session that no consent gave.
///
/// # Errors
/// When the database refuses.
pub fn terms(conn: &mut Conn, session_id: SessionId) -> Result<Terms, StorageError> {
    let row: Option<TermColumns> = on_backend!(conn, |c| oauth_grants::table
        .find(session_id)
        .select(TERM_COLUMNS)
        .get_result(c)
        .optional())?;
    Ok(row.map(read_terms).unwrap_or_default())
}

macro_rules! standing {
    ($now:expr) => {
        oauth_grants::table
            .inner_join(sessions::table.on(sessions::id.eq(oauth_grants::session_id)))
            .inner_join(oauth_clients::table.on(oauth_clients::id.eq(oauth_grants::client_id)))
            .filter(sessions::ended_at.is_null().and(sessions::expires_at.gt($now)))
            .select((
                oauth_grants::session_id,
                oauth_grants::client_id,
                oauth_clients::name,
                sessions::scopes,
                TERM_COLUMNS,
                oauth_grants::created_at,
                sessions::last_used_at,
            ))
    };
}

/// What gave a session and still stands at `now`; none for a session that no consent gave.
///
/// # Errors
/// When the database refuses.
pub fn of_session(
    conn: &mut Conn,
    session_id: SessionId,
    now: Timestamp,
) -> Result<Option<Grant>, StorageError> {
    let row: Option<Row> = on_backend!(conn, |c| standing!(now)
        .filter(oauth_grants::session_id.eq(session_id))
        .get_result(c)
        .optional())?;
    Ok(row.map(read))
}

/// What a user allowed and still stands at `now`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn of_user(
    conn: &mut Conn,
    user_id: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Grant>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| standing!(now)
        .filter(oauth_grants::user_id.eq(user_id))
        .order((oauth_grants::created_at.desc(), oauth_grants::session_id.desc()))
        .limit(limit)
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

/// Whose a grant is.
///
/// # Errors
/// When the database refuses.
pub fn user_of(conn: &mut Conn, session_id: SessionId) -> Result<Option<UserId>, StorageError> {
    Ok(on_backend!(conn, |c| oauth_grants::table
        .find(session_id)
        .select(oauth_grants::user_id)
        .get_result(c)
        .optional())?)
}

const TERM_COLUMNS: (
    oauth_grants::ceiling_per_payment,
    oauth_grants::ceiling_per_day,
    oauth_grants::only_community_id,
    oauth_grants::only_account_id,
) = (
    oauth_grants::ceiling_per_payment,
    oauth_grants::ceiling_per_day,
    oauth_grants::only_community_id,
    oauth_grants::only_account_id,
);

fn read_terms((per_payment, per_day, community_id, account_id): TermColumns) -> Terms {
    Terms { ceilings: read_ceilings(per_payment, per_day), only: read_only(community_id, account_id) }
}

fn read(row: Row) -> Grant {
    let (session_id, client_id, client_name, scopes, terms, created_at, last_used_at) = row;
    Grant {
        session_id,
        client_id,
        client_name,
        scopes: Scopes::parse(&scopes.unwrap_or_default()),
        terms: read_terms(terms),
        created_at,
        last_used_at,
    }
}
