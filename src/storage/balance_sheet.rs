//! Where a community's accounts stood after one of its records. Everything comes from the records up to there, which are
//! never changed: so no snapshot is needed, and what was told of a day stays so. It takes a look at each of them.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::on_backend;
use super::schema::{account_items, entries, hold_items, records};
use super::{Conn, StorageError};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::balance_sheet::AccountStanding;
use crate::domain::ids::{AccountId, CommunityId, RecordId};

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
    let held: Vec<(RecordId, Amount)> = on_backend!(conn, |c| hold_items::table
        .inner_join(
            records::table
                .on(records::community_id.eq(hold_items::community_id).and(records::seq.eq(hold_items::seq)))
        )
        .filter(hold_items::community_id.eq(community_id).and(hold_items::seq.le(seq)))
        .filter(records::undone_id.is_null())
        .select((records::id, hold_items::amount))
        .load(c))?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let mut held: HashMap<RecordId, Amount> = held.into_iter().collect();
    let undone: Vec<Option<RecordId>> = on_backend!(conn, |c| records::table
        .filter(records::community_id.eq(community_id).and(records::seq.le(seq)))
        .filter(records::undone_id.is_not_null())
        .select(records::undone_id)
        .load(c))?;
    for id in undone.into_iter().flatten() {
        held.remove(&id);
    }
    Ok(held.into_values().collect())
}
