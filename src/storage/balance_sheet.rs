//! Where a community's accounts stood after one of its records. Everything comes from the records up to there, which are
//! never changed: so no snapshot is needed, and what was told of a day stays so. It takes a look at each of them.

use std::collections::HashMap;

use diesel::alias;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::on_backend;
use super::schema::{account_items, entries, hold_items, records};
use super::{Conn, StorageError};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::balance_sheet::AccountStanding;
use crate::domain::ids::{AccountId, CommunityId};

/// How each account stood after the record at `seq`.
///
/// # Errors
/// When the database refuses.
pub fn standings(
    conn: &mut Conn,
    community_id: CommunityId,
    seq: i64,
) -> Result<Vec<AccountStanding>, StorageError> {
    let items: Vec<(AccountId, i16, i16, Amount)> = on_backend!(conn, |c| account_items::table
        .filter(account_items::community_id.eq(community_id).and(account_items::seq.le(seq)))
        .order(account_items::seq)
        .select((
            account_items::account_id,
            account_items::kind,
            account_items::status,
            account_items::credit_limit,
        ))
        .load(c))?;
    let mut standings: HashMap<AccountId, AccountStanding> = HashMap::new();
    for (id, kind, status, credit_limit) in items {
        let corrupt = |what: &str| StorageError::Corrupt(format!("account {id}: {what}"));
        let kind = AccountKind::from_code(kind).ok_or_else(|| corrupt("kind"))?;
        let status = AccountStatus::from_code(status).ok_or_else(|| corrupt("status"))?;
        standings.insert(id, AccountStanding { kind, status, credit_limit, balance: Amount::ZERO });
    }
    // PostgreSQL's sum of bigint is numeric; both engines read it back as one whole number.
    let sums: Vec<(AccountId, i64)> = on_backend!(conn, |c| entries::table
        .filter(entries::community_id.eq(community_id).and(entries::seq.le(seq)))
        .group_by(entries::account_id)
        .select((entries::account_id, sql::<BigInt>("CAST(SUM(amount) AS BIGINT)")))
        .load(c))?;
    for (id, balance) in sums {
        let standing = standings.get_mut(&id);
        let standing =
            standing.ok_or_else(|| StorageError::Corrupt(format!("account {id}: was never opened")))?;
        standing.balance = Amount::from_minor(balance);
    }
    Ok(standings.into_values().collect())
}

/// How much was held for authorised payments after the record at `seq`: the holds up to there which no record up to there
/// released or used up.
///
/// # Errors
/// When the database refuses.
pub fn reserved(conn: &mut Conn, community_id: CommunityId, seq: i64) -> Result<Vec<Amount>, StorageError> {
    let undoing = alias!(records as undoing);
    let (of_community, place, undone_id) = (
        undoing.field(records::community_id),
        undoing.field(records::seq),
        undoing.field(records::undone_id),
    );
    // Only what is still held is handed over; however many payments were captured before, they are not.
    Ok(on_backend!(conn, |c| hold_items::table
        .inner_join(
            records::table
                .on(records::community_id.eq(hold_items::community_id).and(records::seq.eq(hold_items::seq)))
        )
        .left_join(
            undoing.on(of_community
                .eq(community_id)
                .and(place.le(seq))
                .and(undone_id.eq(records::id.nullable())))
        )
        .filter(hold_items::community_id.eq(community_id).and(hold_items::seq.le(seq)))
        .filter(records::undone_id.is_null().and(undone_id.is_null()))
        .select(hold_items::amount)
        .load(c))?)
}
