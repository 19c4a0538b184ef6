//! Accounts that were merged into others of the same person.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::connection::on_backend;
use super::members::like_pattern;
use super::schema::{accounts, holds, members, merges, requests, schedules};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, ApprovalId, CommunityId, PaymentId, ScheduleId};
use crate::domain::merging::Merge;
use crate::domain::time::Timestamp;

/// The most merged accounts that one search of the directory looks at.
const FOUND_MAX: i64 = 1_000;

type Columns = (AccountId, AccountId, Amount, Option<PaymentId>, Option<ApprovalId>, Timestamp);

/// What is open at an account, of each kind at most so much.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenThings {
    /// Payments for which money is held, from it or for it, each with how much.
    pub holds: Vec<(PaymentId, Amount)>,
    /// Payments that are asked for, of it or by it, each with how much.
    pub requests: Vec<(PaymentId, Amount)>,
    /// What is planned, from it or to it, each with how much.
    pub schedules: Vec<(ScheduleId, Amount)>,
}

/// Notes a merge. What was merged into the account before leads to where it leads from now on: as far as the account that is
/// kept was merged itself, which only what is brought along can be told of later.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, community_id: CommunityId, new: &Merge) -> Result<(), StorageError> {
    let further: Option<AccountId> = on_backend!(conn, |c| merges::table
        .find((community_id, new.kept_id))
        .select(merges::leads_to)
        .get_result(c)
        .optional())?;
    let leads_to = further.unwrap_or(new.kept_id);
    on_backend!(conn, |c| diesel::update(
        merges::table.filter(merges::community_id.eq(community_id).and(merges::leads_to.eq(new.account_id)))
    )
    .set(merges::leads_to.eq(leads_to))
    .execute(c))?;
    on_backend!(conn, |c| diesel::insert_into(merges::table)
        .values((
            merges::community_id.eq(community_id),
            merges::account_id.eq(new.account_id),
            merges::kept_id.eq(new.kept_id),
            merges::leads_to.eq(leads_to),
            merges::amount.eq(new.amount),
            merges::payment_id.eq(new.payment_id),
            merges::approval_id.eq(new.approval_id),
            merges::created_at.eq(new.created_at),
        ))
        .execute(c))?;
    Ok(())
}

/// The merge that closed an account.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Option<Merge>, StorageError> {
    let row: Option<Columns> = on_backend!(conn, |c| merges::table
        .find((community_id, account_id))
        .select((
            merges::account_id,
            merges::kept_id,
            merges::amount,
            merges::payment_id,
            merges::approval_id,
            merges::created_at,
        ))
        .get_result(c)
        .optional())?;
    Ok(row.map(read))
}

/// At most `limit` merges of a community's accounts with ids below `before`, that of the newest account first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    before: Option<AccountId>,
    limit: i64,
) -> Result<Vec<Merge>, StorageError> {
    let before = before.unwrap_or_else(|| AccountId::from_uuid(Uuid::max()));
    let rows: Vec<Columns> = on_backend!(conn, |c| merges::table
        .filter(merges::community_id.eq(community_id).and(merges::account_id.lt(before)))
        .order(merges::account_id.desc())
        .limit(limit)
        .select((
            merges::account_id,
            merges::kept_id,
            merges::amount,
            merges::payment_id,
            merges::approval_id,
            merges::created_at,
        ))
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

fn read((account_id, kept_id, amount, payment_id, approval_id, created_at): Columns) -> Merge {
    Merge { account_id, kept_id, amount, payment_id, approval_id, created_at }
}

/// The account to which a merged one leads now.
///
/// # Errors
/// When the database refuses.
pub fn leads_to(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Option<AccountId>, StorageError> {
    Ok(on_backend!(conn, |c| merges::table
        .find((community_id, account_id))
        .select(merges::leads_to)
        .get_result(c)
        .optional())?)
}

/// The accounts to which those lead whose folded name or whose code holds a text.
///
/// # Errors
/// When the database refuses.
pub(super) fn named(
    conn: &mut Conn,
    community_id: CommunityId,
    folded_text: &str,
) -> Result<Vec<AccountId>, StorageError> {
    let pattern = like_pattern(folded_text);
    Ok(on_backend!(conn, |c| merges::table
        .inner_join(
            accounts::table
                .on(accounts::community_id.eq(merges::community_id).and(accounts::id.eq(merges::account_id)))
        )
        .inner_join(
            members::table.on(members::community_id
                .eq(accounts::community_id)
                .and(members::id.nullable().eq(accounts::member_id)))
        )
        .filter(merges::community_id.eq(community_id))
        .filter(
            members::name_folded
                .like(&pattern)
                .escape('\\')
                .or(accounts::code.like(pattern.to_uppercase()).escape('\\'))
        )
        .limit(FOUND_MAX)
        .select(merges::leads_to)
        .load(c))?)
}

/// What is open at an account, on either side of it: of each kind at most `limit`.
///
/// # Errors
/// When the database refuses.
pub fn open_things(
    conn: &mut Conn,
    community_id: CommunityId,
    id: AccountId,
    limit: i64,
) -> Result<OpenThings, StorageError> {
    Ok(OpenThings {
        holds: on_backend!(conn, |c| holds::table
            .filter(sql::<Bool>("holds.is_open"))
            .filter(holds::community_id.eq(community_id))
            .filter(holds::payer_id.eq(id).or(holds::payee_id.eq(id)))
            .order(holds::payment_id)
            .limit(limit)
            .select((holds::payment_id, holds::amount))
            .load(c))?,
        requests: on_backend!(conn, |c| requests::table
            .filter(sql::<Bool>("requests.is_open"))
            .filter(requests::community_id.eq(community_id))
            .filter(requests::payer_id.eq(id).or(requests::payee_id.eq(id)))
            .order(requests::payment_id)
            .limit(limit)
            .select((requests::payment_id, requests::amount))
            .load(c))?,
        schedules: on_backend!(conn, |c| schedules::table
            .filter(schedules::community_id.eq(community_id).and(schedules::ended_at.is_null()))
            .filter(schedules::payer_id.eq(id).or(schedules::payee_id.eq(id)))
            .order(schedules::id)
            .limit(limit)
            .select((schedules::id, schedules::amount))
            .load(c))?,
    })
}
