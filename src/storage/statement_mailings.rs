//! Who wants an account's statement by mail after each month, and which month's comes next.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{communities, statement_mailings};
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

/// What a user is to be sent of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementMailing {
    /// The community.
    pub community_id: CommunityId,
    /// Whose statement.
    pub account_id: AccountId,
    /// To whom.
    pub user_id: UserId,
    /// The first day of the month that comes next.
    pub month: Day,
    /// From when on it can be written.
    pub due_at: Timestamp,
    /// Up to which of the account's entries the last one told; none where the month's own beginning counts.
    pub told_seq: Option<i64>,
}

type Row = (CommunityId, AccountId, UserId, String, Timestamp, Option<i64>);

/// What a user is to be sent of an account; none where they want nothing.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    user_id: UserId,
) -> Result<Option<StatementMailing>, StorageError> {
    let row: Option<Row> = on_backend!(conn, |c| statement_mailings::table
        .find((community_id, account_id, user_id))
        .get_result(c)
        .optional())?;
    row.map(read).transpose()
}

/// One that is due, without waiting for whoever writes.
///
/// # Errors
/// When the database refuses.
pub fn find_due(conn: &mut Conn, now: Timestamp) -> Result<Option<StatementMailing>, StorageError> {
    let row: Option<Row> = on_backend!(conn, |c| communities::table
        .inner_join(statement_mailings::table.on(statement_mailings::community_id.eq(communities::id)))
        .filter(statement_mailings::due_at.le(now))
        .select(statement_mailings::all_columns)
        .first(c)
        .optional())?;
    row.map(read).transpose()
}

/// Begins to send an account's statements to a user, unless that has begun.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn, new: &StatementMailing) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(statement_mailings::table)
        .values((
            statement_mailings::community_id.eq(new.community_id),
            statement_mailings::account_id.eq(new.account_id),
            statement_mailings::user_id.eq(new.user_id),
            statement_mailings::month.eq(new.month.to_string()),
            statement_mailings::due_at.eq(new.due_at),
            statement_mailings::told_seq.eq(new.told_seq),
        ))
        .on_conflict((
            statement_mailings::community_id,
            statement_mailings::account_id,
            statement_mailings::user_id,
        ))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Moves from one state to the next by compare-and-set, or ends it. False where somebody else did.
///
/// # Errors
/// When the database refuses.
pub fn advance(
    conn: &mut Conn,
    from: &StatementMailing,
    to: Option<&StatementMailing>,
) -> Result<bool, StorageError> {
    let old = statement_mailings::table
        .filter(statement_mailings::community_id.eq(from.community_id))
        .filter(statement_mailings::account_id.eq(from.account_id))
        .filter(statement_mailings::user_id.eq(from.user_id))
        .filter(statement_mailings::month.eq(from.month.to_string()))
        .filter(statement_mailings::due_at.eq(from.due_at));
    let moved = match to {
        Some(to) => on_backend!(conn, |c| diesel::update(old)
            .set((
                statement_mailings::month.eq(to.month.to_string()),
                statement_mailings::due_at.eq(to.due_at),
                statement_mailings::told_seq.eq(to.told_seq),
            ))
            .execute(c))?,
        None => on_backend!(conn, |c| diesel::delete(old).execute(c))?,
    };
    Ok(moved == 1)
}

/// Sends a user no statement of an account any more.
///
/// # Errors
/// When the database refuses.
pub fn end(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    user_id: UserId,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(statement_mailings::table.find((
        community_id,
        account_id,
        user_id
    )))
    .execute(c))?;
    Ok(())
}

/// Forgets what a user wanted in a community.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, community_id: CommunityId, user_id: UserId) -> Result<(), StorageError> {
    let own = statement_mailings::table
        .filter(statement_mailings::community_id.eq(community_id))
        .filter(statement_mailings::user_id.eq(user_id));
    on_backend!(conn, |c| diesel::delete(own).execute(c))?;
    Ok(())
}

/// A community in which a statement would only be due after this time.
///
/// # Errors
/// When the database refuses.
pub fn find_ahead(conn: &mut Conn, latest: Timestamp) -> Result<Option<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| communities::table
        .inner_join(statement_mailings::table.on(statement_mailings::community_id.eq(communities::id)))
        .filter(statement_mailings::due_at.gt(latest))
        .select(communities::id)
        .first(c)
        .optional())?)
}

/// Brings a community's statements that would only be due after this time back to a month and its time; they tell of it from its
/// beginning. How many.
///
/// # Errors
/// When the database refuses.
pub fn bring_back(
    conn: &mut Conn,
    community_id: CommunityId,
    latest: Timestamp,
    (month, due_at): (Day, Timestamp),
) -> Result<usize, StorageError> {
    let ahead = statement_mailings::table
        .filter(statement_mailings::community_id.eq(community_id))
        .filter(statement_mailings::due_at.gt(latest));
    Ok(on_backend!(conn, |c| diesel::update(ahead)
        .set((
            statement_mailings::month.eq(month.to_string()),
            statement_mailings::due_at.eq(due_at),
            statement_mailings::told_seq.eq(None::<i64>),
        ))
        .execute(c))?)
}

fn read(
    (community_id, account_id, user_id, month, due_at, told_seq): Row,
) -> Result<StatementMailing, StorageError> {
    let month = month
        .parse()
        .map_err(|_| StorageError::Corrupt(format!("statements of account {account_id}: month")))?;
    Ok(StatementMailing { community_id, account_id, user_id, month, due_at, told_seq })
}
