//! An account's history: its entries between two places, and where it stood at a time.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::connection::on_backend;
use super::payments::read_party;
use super::schema::sides::{payees, payers};
use super::schema::{accounts, communities, entries, payments, records};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, RecordId};
use crate::domain::records::EntryKind;
use crate::domain::statement::HistoryEntry;
use crate::domain::time::Timestamp;

type HistoryColumns = (
    (i32, i64, i64, PaymentId, i16, Amount, Amount),
    (RecordId, Timestamp),
    (AccountId, String, String),
    (AccountId, String, String),
    Option<String>,
);

/// An account's entries, each with its record, its payment and the payment's two sides.
macro_rules! entries_of {
    ($community_id:expr, $account_id:expr) => {
        entries::table
            .inner_join(
                records::table
                    .on(records::community_id.eq(entries::community_id).and(records::seq.eq(entries::seq))),
            )
            .inner_join(payments::table.on(
                payments::community_id.eq(entries::community_id).and(payments::id.eq(entries::payment_id)),
            ))
            .inner_join(
                payers.on(payers
                    .field(accounts::community_id)
                    .eq(payments::community_id)
                    .and(payers.field(accounts::id).eq(payments::payer_id))),
            )
            .inner_join(
                payees.on(payees
                    .field(accounts::community_id)
                    .eq(payments::community_id)
                    .and(payees.field(accounts::id).eq(payments::payee_id))),
            )
            .filter(entries::community_id.eq($community_id).and(entries::account_id.eq($account_id)))
            .select((
                (
                    entries::position,
                    entries::seq,
                    entries::account_seq,
                    entries::payment_id,
                    entries::kind,
                    entries::amount,
                    entries::balance_after,
                ),
                (records::id, records::created_at),
                payers.fields((accounts::id, accounts::code, accounts::name)),
                payees.fields((accounts::id, accounts::code, accounts::name)),
                payments::description,
            ))
    };
}

/// An account's entries with an `account_seq` above the first place and at most the second, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn between(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    (after, upto): (i64, i64),
) -> Result<Vec<HistoryEntry>, StorageError> {
    let rows: Vec<HistoryColumns> = on_backend!(conn, |c| entries_of!(community_id, account_id)
        .filter(entries::account_seq.gt(after).and(entries::account_seq.le(upto)))
        .order(entries::account_seq.asc())
        .load(c))?;
    read_entries(conn, community_id, account_id, rows)
}

fn read_entries(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    rows: Vec<HistoryColumns>,
) -> Result<Vec<HistoryEntry>, StorageError> {
    let mut entries =
        rows.into_iter().map(|row| read_entry(account_id, row)).collect::<Result<Vec<_>, _>>()?;
    name_fund(conn, community_id, account_id, &mut entries)?;
    Ok(entries)
}

/// What a side of a payment bears goes to the fund and not to the other side.
fn name_fund(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    entries: &mut [HistoryEntry],
) -> Result<(), StorageError> {
    let is_borne = |entry: &&mut HistoryEntry| entry.kind == EntryKind::Fee;
    if !entries.iter_mut().any(|entry| is_borne(&entry)) {
        return Ok(());
    }
    let fund: Option<(AccountId, String, String)> = on_backend!(conn, |c| communities::table
        .inner_join(
            accounts::table.on(accounts::community_id
                .eq(communities::id)
                .and(accounts::id.nullable().eq(communities::fees_fund_id)))
        )
        .filter(communities::id.eq(community_id).and(accounts::id.ne(account_id)))
        .select((accounts::id, accounts::code, accounts::name))
        .first(c)
        .optional())?;
    if let Some(fund) = fund.map(read_party).transpose()? {
        entries.iter_mut().filter(is_borne).for_each(|entry| entry.counterparty = fund.clone());
    }
    Ok(())
}

fn read_entry(account_id: AccountId, columns: HistoryColumns) -> Result<HistoryEntry, StorageError> {
    let (
        (position, seq, account_seq, payment_id, kind, amount, balance_after),
        (record_id, created_at),
        payer,
        payee,
        text,
    ) = columns;
    let (payer, payee) = (read_party(payer)?, read_party(payee)?);
    Ok(HistoryEntry {
        record_id,
        position,
        seq,
        account_seq,
        payment_id,
        kind: EntryKind::from_code(kind)
            .ok_or_else(|| StorageError::Corrupt(format!("entry {account_seq}: kind")))?,
        amount,
        balance_after,
        counterparty: if payer.account_id == account_id { payee } else { payer },
        description: text.unwrap_or_default(),
        created_at,
    })
}

/// An account after one of its entries, or before its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The entry's place among the account's; zero before the first.
    pub account_seq: i64,
    /// The balance from then on.
    pub balance: Amount,
}

/// How an account stood after one of its entries; zero is before its first.
///
/// # Errors
/// When the database refuses, and where there is no such entry.
pub fn standing_at(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    account_seq: i64,
) -> Result<Standing, StorageError> {
    if account_seq == 0 {
        return Ok(Standing { account_seq, balance: Amount::ZERO });
    }
    let balance: Option<Amount> = on_backend!(conn, |c| entries::table
        .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
        .filter(entries::account_seq.eq(account_seq))
        .select(entries::balance_after)
        .first(c)
        .optional())?;
    let gone = || StorageError::Corrupt(format!("account {account_id}: it has no entry {account_seq}"));
    Ok(Standing { account_seq, balance: balance.ok_or_else(gone)? })
}

/// How an account stood before each of these times: as the last entry made before it left it. It takes one look for each
/// doubling of the account's entries, for all times together.
///
/// # Errors
/// When the database refuses.
pub fn standings_before(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    newest: i64,
    times: &[Timestamp],
) -> Result<Vec<Standing>, StorageError> {
    // For each time: the highest entry that is known to be before it, and the highest that may be.
    let mut ranges: Vec<(i64, i64)> = times.iter().map(|_| (0, newest)).collect();
    let mut known: BTreeMap<i64, (Timestamp, Amount)> = BTreeMap::new();
    loop {
        let middles = ranges.iter().filter(|(low, high)| low < high).map(|range| middle(*range));
        let mut asked: Vec<i64> = middles.filter(|seq| !known.contains_key(seq)).collect();
        asked.sort_unstable();
        asked.dedup();
        if asked.is_empty() {
            break;
        }
        let rows: Vec<(i64, Timestamp, Amount)> = on_backend!(conn, |c| entries::table
            .inner_join(
                records::table
                    .on(records::community_id.eq(entries::community_id).and(records::seq.eq(entries::seq))),
            )
            .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
            .filter(entries::account_seq.eq_any(&asked))
            .select((entries::account_seq, records::created_at, entries::balance_after))
            .load(c))?;
        if rows.len() != asked.len() {
            return Err(StorageError::Corrupt(format!("account {account_id}: its entries have gaps")));
        }
        known.extend(rows.into_iter().map(|(seq, time, balance)| (seq, (time, balance))));
        for (range, time) in ranges.iter_mut().zip(times) {
            // Other times' looks may have told more than one step of this one.
            while range.0 < range.1
                && let Some((made_at, _)) = known.get(&middle(*range))
            {
                *range =
                    if made_at < time { (middle(*range), range.1) } else { (range.0, middle(*range) - 1) };
            }
        }
    }
    let standing = |(low, _): &(i64, i64)| Standing {
        account_seq: *low,
        balance: known.get(low).map_or(Amount::ZERO, |(_, balance)| *balance),
    };
    Ok(ranges.iter().map(standing).collect())
}

/// The middle of a range, rounded up.
const fn middle((low, high): (i64, i64)) -> i64 {
    low + (high - low + 1) / 2
}
