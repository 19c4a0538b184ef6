//! What `verify` reads: the ledger's rows as they are stored, in pages, each along its table's primary key.
//!
//! Nothing is interpreted here: numbers come as 64 bits wide as SQLite can hold them, hashes as bytes of any length,
//! so that a damaged row is a finding of the caller's and not an error on the way. A page's first key is inclusive;
//! the caller continues after the last row's. Where a table is ordered by `seq`, the caller names a range of it. What
//! stands beside the records is in `beside.rs` and `plans.rs`, the rows themselves in `rows.rs`.

mod beside;
mod charges;
mod checkouts;
mod incomes;
mod limits;
mod merges;
mod payouts;
mod plans;
mod rows;
mod write_offs;

pub use beside::{
    each_key, event_batches, existing_payments, holds, holds_of, member_users, members, named_communities,
    payments, payments_by_transfer, refunds, requests, tellers, user_communities,
};
pub use charges::{
    ChargeRow, ContributionVersionRow, FeeVersionRow, IncomeVersionRow, charged_accounts, charges,
    charges_start, contribution_versions, fee_versions, income_versions,
};
pub use checkouts::crooked_checkouts;
pub use incomes::{IncomeRow, incomes};
pub use limits::{OverrideRow, overrides};
pub use merges::{MergeRow, merges};
pub use payouts::{LonePayoutRow, lone_payouts};
pub use plans::{FormerTermsRow, PlannedRow, ScheduleRow, former_terms, planned, schedules, unplanned};
pub use rows::{
    AccountItemRow, AccountRow, BalanceRow, EntryRow, EventBatchRow, HeadRow, HoldItemRow, HoldRow, KeyRow,
    PaymentRow, RecordRow, RefundRow, RequestRow, TextRow, WriteOffRow,
};
pub use write_offs::write_offs;

use std::ops::RangeInclusive;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::on_backend;
use super::schema::{
    account_items, accounts, balances, communities, entries, heads, hold_items, payments, records, texts,
};
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, CommunityId, TextId};

/// How many rows one read asks for: a few megabytes at most.
pub const ROWS_PER_READ: i64 = 10_000;
/// How many ids one read names, well below SQLite's bound on a statement's parameters.
const IDS_PER_READ: usize = 1_000;

/// A column that a typed read would cut to 16 or 32 bits, in full.
macro_rules! wide {
    ($column:literal) => {
        sql::<BigInt>(concat!("CAST(", $column, " AS BIGINT)"))
    };
}

use wide;

/// Prepares a transaction for reading page after page. As long as PostgreSQL has no statistics of a table, it would
/// rather gather and sort all that is left of it for every page than follow the primary key.
///
/// # Errors
/// When the database refuses.
pub fn follow_keys(conn: &mut Conn) -> Result<(), StorageError> {
    match conn {
        Conn::Postgres(_) => {
            conn.execute_batch("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// All communities with their codes, by id.
///
/// # Errors
/// When the database refuses.
pub fn communities(conn: &mut Conn) -> Result<Vec<(CommunityId, String)>, StorageError> {
    Ok(on_backend!(conn, |c| communities::table
        .select((communities::id, communities::code))
        .order(communities::id)
        .load(c))?)
}

/// All heads, by community.
///
/// # Errors
/// When the database refuses.
pub fn heads(conn: &mut Conn) -> Result<Vec<HeadRow>, StorageError> {
    Ok(on_backend!(conn, |c| heads::table
        .select((
            heads::community_id,
            heads::seq,
            heads::hash,
            heads::event_seq,
            heads::transfers,
            heads::entries,
            heads::accounts,
            heads::last_at,
        ))
        .order(heads::community_id)
        .load(c))?)
}

/// The records in a range of `seq`, in order.
///
/// # Errors
/// When the database refuses.
pub fn records(
    conn: &mut Conn,
    community_id: CommunityId,
    seqs: &RangeInclusive<i64>,
    limit: i64,
) -> Result<Vec<RecordRow>, StorageError> {
    Ok(on_backend!(conn, |c| records::table
        .filter(records::community_id.eq(community_id).and(records::seq.between(seqs.start(), seqs.end())))
        .order(records::seq)
        .limit(limit)
        .select((
            records::seq,
            wide!("kind"),
            records::id,
            records::undone_id,
            records::created_at,
            records::salt,
            records::digest,
            records::hash,
        ))
        .load(c))?)
}

/// The entries whose transfers lie in a range of `seq`, by account and `account_seq`: the table's own order. There
/// is no other, because an index by `seq` would cost every payment.
///
/// # Errors
/// When the database refuses.
pub fn entries(
    conn: &mut Conn,
    community_id: CommunityId,
    (account_id, account_seq): (AccountId, i64),
    seqs: &RangeInclusive<i64>,
    limit: i64,
) -> Result<Vec<EntryRow>, StorageError> {
    // Two reads that each are one stretch of the primary key: the rest of this account, then the accounts behind it.
    let mut rows: Vec<EntryRow> = on_backend!(conn, |c| selected_entries(community_id, seqs)
        .filter(entries::account_id.eq(account_id).and(entries::account_seq.ge(account_seq)))
        .order(entries::account_seq)
        .limit(limit)
        .load(c))?;
    let rest = limit.saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    if rest > 0 {
        let behind: Vec<EntryRow> = on_backend!(conn, |c| selected_entries(community_id, seqs)
            .filter(entries::account_id.gt(account_id))
            .order((entries::account_id, entries::account_seq))
            .limit(rest)
            .load(c))?;
        rows.extend(behind);
    }
    Ok(rows)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn selected_entries<'a>(community_id: CommunityId, seqs: &'a RangeInclusive<i64>) -> _ {
    let position: diesel::expression::SqlLiteral<BigInt> = wide!("position");
    let kind: diesel::expression::SqlLiteral<BigInt> = wide!("kind");
    let (from, through): (&'a i64, &'a i64) = (seqs.start(), seqs.end());
    entries::table
        .filter(entries::community_id.eq(community_id))
        .filter(entries::seq.between(from, through))
        .select((
            entries::account_id,
            entries::account_seq,
            entries::seq,
            position,
            kind,
            entries::amount,
            entries::balance_after,
            entries::payment_id,
        ))
}

/// What the account records in a range of `seq` say, in order.
///
/// # Errors
/// When the database refuses.
pub fn account_items(
    conn: &mut Conn,
    community_id: CommunityId,
    seqs: &RangeInclusive<i64>,
    limit: i64,
) -> Result<Vec<AccountItemRow>, StorageError> {
    Ok(on_backend!(conn, |c| account_items::table
        .filter(account_items::community_id.eq(community_id))
        .filter(account_items::seq.between(seqs.start(), seqs.end()))
        .order(account_items::seq)
        .limit(limit)
        .select((
            account_items::seq,
            account_items::account_id,
            wide!("kind"),
            wide!("status"),
            account_items::credit_limit,
            account_items::ceiling,
            account_items::text_id,
        ))
        .load(c))?)
}

/// What the holds and releases in a range of `seq` say, in order.
///
/// # Errors
/// When the database refuses.
pub fn hold_items(
    conn: &mut Conn,
    community_id: CommunityId,
    seqs: &RangeInclusive<i64>,
    limit: i64,
) -> Result<Vec<HoldItemRow>, StorageError> {
    Ok(on_backend!(conn, |c| hold_items::table
        .filter(hold_items::community_id.eq(community_id))
        .filter(hold_items::seq.between(seqs.start(), seqs.end()))
        .order(hold_items::seq)
        .limit(limit)
        .select((
            hold_items::seq,
            hold_items::account_id,
            hold_items::payment_id,
            hold_items::amount,
            hold_items::reserved_after,
        ))
        .load(c))?)
}

/// Those of the texts that are there or were erased: payments' own by the payment's id, and others.
///
/// # Errors
/// When the database refuses.
pub fn texts(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[TextId],
) -> Result<Vec<TextRow>, StorageError> {
    let mut rows = Vec::new();
    for ids in ids.chunks(IDS_PER_READ) {
        let found: Vec<TextRow> = on_backend!(conn, |c| texts::table
            .filter(texts::community_id.eq(community_id).and(texts::id.eq_any(ids)))
            .select((texts::id, texts::salt, texts::content, texts::commitment))
            .load(c))?;
        rows.extend(found);
        let of_payments: Vec<TextRow> = on_backend!(conn, |c| payments::table
            .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
            .filter(payments::text_salt.is_not_null().or(payments::text_commitment.is_not_null()))
            .select((payments::id, payments::text_salt, payments::description, payments::text_commitment))
            .load(c))?;
        rows.extend(of_payments);
    }
    Ok(rows)
}

/// The accounts from an id on, by id.
///
/// # Errors
/// When the database refuses.
pub fn accounts(
    conn: &mut Conn,
    community_id: CommunityId,
    from: AccountId,
    limit: i64,
) -> Result<Vec<AccountRow>, StorageError> {
    Ok(on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id).and(accounts::id.ge(from)))
        .order(accounts::id)
        .limit(limit)
        .select((
            accounts::id,
            wide!("kind"),
            wide!("status"),
            accounts::credit_limit,
            accounts::ceiling,
            accounts::created_at,
        ))
        .load(c))?)
}

/// The balances from an account's id on, by account.
///
/// # Errors
/// When the database refuses.
pub fn balances(
    conn: &mut Conn,
    community_id: CommunityId,
    from: AccountId,
    limit: i64,
) -> Result<Vec<BalanceRow>, StorageError> {
    Ok(on_backend!(conn, |c| balances::table
        .filter(balances::community_id.eq(community_id).and(balances::account_id.ge(from)))
        .order(balances::account_id)
        .limit(limit)
        .select((
            balances::account_id,
            balances::balance,
            balances::reserved,
            balances::account_seq,
            balances::negative_since,
        ))
        .load(c))?)
}

/// How many accounts a community has.
///
/// # Errors
/// When the database refuses.
pub fn count_accounts(conn: &mut Conn, community_id: CommunityId) -> Result<i64, StorageError> {
    Ok(on_backend!(conn, |c| accounts::table
        .filter(accounts::community_id.eq(community_id))
        .count()
        .get_result(c))?)
}
