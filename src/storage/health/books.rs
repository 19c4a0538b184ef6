//! What figures are computed from, read in pieces along the keys: never the whole ledger at once.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, SmallInt};
use uuid::{Builder, Uuid};

use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::health::Trade;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId, RefusalId};
use crate::domain::records::EventKind;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::sides::{payees, payers};
use crate::storage::schema::{account_items, accounts, merges, payments, refunds, refusals};
use crate::storage::types::Id;
use crate::storage::{Conn, StorageError, events};

/// Accounts in the order of their ids with what their last entry up to a record left, and when they first and last paid or
/// were paid. Which entry that is, is their last one at the chain's end; of records further back it is found by halving,
/// because `seq` rises with `account_seq`: walking back would take a step for each entry since.
const BALANCES: &str = "SELECT p.id, p.kind, p.member_id, p.created_at, e.balance_after, e.negative_since, \
     (SELECT r.created_at FROM entries AS n JOIN records AS r ON r.community_id = n.community_id AND r.seq = n.seq \
      WHERE n.community_id = p.community_id AND n.account_id = p.id AND n.account_seq <= p.place AND n.kind IN (1, 13) \
      ORDER BY n.account_seq LIMIT 1) AS first_paid_at, \
     (SELECT r.created_at FROM entries AS n JOIN records AS r ON r.community_id = n.community_id AND r.seq = n.seq \
      WHERE n.community_id = p.community_id AND n.account_id = p.id AND n.account_seq <= p.place AND n.kind IN (1, 13) \
      ORDER BY n.account_seq DESC LIMIT 1) AS last_paid_at \
     FROM (SELECT a.community_id, a.id, a.kind, a.member_id, a.created_at, \
       CASE WHEN (SELECT l.seq FROM entries AS l WHERE l.community_id = a.community_id AND l.account_id = a.id \
         AND l.account_seq = b.account_seq) <= $1 THEN b.account_seq ELSE \
       (WITH RECURSIVE halves (low, high) AS (SELECT CAST(0 AS BIGINT), b.account_seq UNION ALL \
         SELECT CASE WHEN m.seq <= $1 THEN m.account_seq ELSE h.low END, \
                CASE WHEN m.seq <= $1 THEN h.high ELSE m.account_seq - 1 END \
         FROM halves AS h JOIN entries AS m ON m.community_id = a.community_id AND m.account_id = a.id \
          AND m.account_seq = (h.low + h.high + 1) / 2 WHERE h.low < h.high) \
        SELECT low FROM halves WHERE low = high) END AS place \
       FROM accounts AS a JOIN balances AS b ON b.community_id = a.community_id AND b.account_id = a.id \
       WHERE a.community_id = $2 AND a.id > $3 ORDER BY a.id LIMIT $4) AS p \
     LEFT JOIN entries AS e ON e.community_id = p.community_id AND e.account_id = p.id AND e.account_seq = p.place \
     ORDER BY p.id";

/// Trade that follows each other in the order of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traded {
    /// What members paid each other, oldest first.
    pub trades: Vec<Trade>,
    /// Up to which event.
    pub through: i64,
    /// Whether nothing more lies before the bounds.
    pub is_all: bool,
}

/// What an account's last record up to some place says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountTerms {
    /// The record's place on the chain.
    pub seq: i64,
    /// The account.
    pub account_id: AccountId,
    /// Whether it takes part.
    pub status: AccountStatus,
    /// How far below zero it may go.
    pub credit_limit: Amount,
}

/// What an account's entries up to some place left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account.
    pub account_id: AccountId,
    /// What it is for.
    pub kind: AccountKind,
    /// Whose it is.
    pub member_id: Option<MemberId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The sum of its entries.
    pub balance: Amount,
    /// Since when it has been below zero.
    pub negative_since: Option<Timestamp>,
    /// When it first paid or was paid.
    pub first_paid_at: Option<Timestamp>,
    /// When it last did.
    pub last_paid_at: Option<Timestamp>,
}

#[derive(QueryableByName)]
struct BalanceRow {
    #[diesel(sql_type = Id)]
    id: AccountId,
    #[diesel(sql_type = SmallInt)]
    kind: i16,
    #[diesel(sql_type = Nullable<Id>)]
    member_id: Option<MemberId>,
    #[diesel(sql_type = BigInt)]
    created_at: Timestamp,
    #[diesel(sql_type = Nullable<BigInt>)]
    balance_after: Option<Amount>,
    #[diesel(sql_type = Nullable<BigInt>)]
    negative_since: Option<Timestamp>,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_paid_at: Option<Timestamp>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_paid_at: Option<Timestamp>,
}

/// What the next records behind a place, and up to another, say of accounts.
///
/// # Errors
/// When the database refuses.
pub fn terms(
    conn: &mut Conn,
    community_id: CommunityId,
    after: i64,
    through: i64,
    limit: i64,
) -> Result<Vec<AccountTerms>, StorageError> {
    let rows: Vec<(i64, AccountId, i16, Amount)> = on_backend!(conn, |c| account_items::table
        .filter(account_items::community_id.eq(community_id))
        .filter(account_items::seq.gt(after).and(account_items::seq.le(through)))
        .order(account_items::seq)
        .limit(limit)
        .select((
            account_items::seq,
            account_items::account_id,
            account_items::status,
            account_items::credit_limit
        ))
        .load(c))?;
    rows.into_iter()
        .map(|(seq, account_id, status, credit_limit)| {
            let status = AccountStatus::from_code(status)
                .ok_or_else(|| StorageError::Corrupt(format!("account record {seq}: status")))?;
            Ok(AccountTerms { seq, account_id, status, credit_limit })
        })
        .collect()
}

/// What the next accounts behind one held after the record `seq`, in the order of their ids; those that were opened later
/// too.
///
/// # Errors
/// When the database refuses.
pub fn balances(
    conn: &mut Conn,
    community_id: CommunityId,
    seq: i64,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<AccountBalance>, StorageError> {
    let after = after.unwrap_or(AccountId::from_uuid(Uuid::nil()));
    let rows: Vec<BalanceRow> = on_backend!(conn, |c| diesel::sql_query(BALANCES)
        .bind::<BigInt, _>(seq)
        .bind::<Id, _>(community_id)
        .bind::<Id, _>(after)
        .bind::<BigInt, _>(limit)
        .load(c))?;
    let read = |row: BalanceRow| {
        let corrupt = || StorageError::Corrupt(format!("account {}: kind", row.id));
        Ok(AccountBalance {
            account_id: row.id,
            kind: AccountKind::from_code(row.kind).ok_or_else(corrupt)?,
            member_id: row.member_id,
            opened_at: row.created_at,
            balance: row.balance_after.unwrap_or_default(),
            negative_since: row.negative_since,
            first_paid_at: row.first_paid_at,
            last_paid_at: row.last_paid_at,
        })
    };
    rows.into_iter().map(read).collect()
}

/// What members paid each other by the next events behind a place, up to another and before a time.
///
/// # Errors
/// When the database refuses.
pub fn trades(
    conn: &mut Conn,
    community_id: CommunityId,
    after: i64,
    (through, until): (i64, Timestamp),
    limit: usize,
) -> Result<Traded, StorageError> {
    let run = events::behind(conn, community_id, after, limit)?;
    let is_within = |event: &&_| within(event, through, until);
    let all_before = run.events.iter().take_while(is_within).count();
    let is_last = all_before < run.events.len() || run.through >= through || run.first_seq.is_none();
    let last = run.events.get(..all_before).unwrap_or_default().last().map(|event| event.event_seq);
    // Events of kinds that are not known here lie between those that are.
    let through =
        if all_before == run.events.len() { run.through.min(through) } else { last.unwrap_or(after) };
    let completed: Vec<_> = run
        .events
        .into_iter()
        .take(all_before)
        .filter(|event| event.kind == EventKind::PaymentCompleted)
        .collect();
    let ids: Vec<_> = completed.iter().map(|event| PaymentId::from_uuid(event.subject_id)).collect();
    let found = find_trades(conn, community_id, &ids)?;
    let trades = completed.iter().filter_map(|event| {
        let (payer, payee, amount, is_way_back) =
            found.get(&PaymentId::from_uuid(event.subject_id)).copied()?;
        Some(Trade { payer, payee, amount, at: event.created_at, is_way_back })
    });
    Ok(Traded { trades: trades.collect(), through, is_all: is_last })
}

fn within(event: &crate::domain::records::Event, through: i64, until: Timestamp) -> bool {
    event.event_seq <= through && event.created_at < until
}

type Sides = (MemberId, MemberId, Amount, bool);
type TradeRow = (PaymentId, Option<MemberId>, Option<MemberId>, Amount, Option<PaymentId>);

/// Those of the payments that go from one member to another.
fn find_trades(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<HashMap<PaymentId, Sides>, StorageError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<TradeRow> =
        on_backend!(conn, |c| payments::table
            .inner_join(
                payers.on(payers
                    .field(accounts::community_id)
                    .eq(payments::community_id)
                    .and(payers.field(accounts::id).eq(payments::payer_id)))
            )
            .inner_join(
                payees.on(payees
                    .field(accounts::community_id)
                    .eq(payments::community_id)
                    .and(payees.field(accounts::id).eq(payments::payee_id)))
            )
            .left_join(refunds::table.on(
                refunds::community_id.eq(payments::community_id).and(refunds::payment_id.eq(payments::id))
            ))
            // What a person had on one account and has on another now, nobody traded.
            .left_join(
                merges::table.on(merges::community_id
                    .eq(payments::community_id)
                    .and(merges::payment_id.eq(payments::id.nullable())))
            )
            .filter(merges::account_id.is_null())
            .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
            .select((
                payments::id,
                payers.field(accounts::member_id),
                payees.field(accounts::member_id),
                payments::amount,
                refunds::original_id.nullable(),
            ))
            .load(c))?;
    let between_members = rows.into_iter().filter_map(|(id, payer, payee, amount, original_id)| {
        let (payer, payee) = (payer?, payee?);
        (payer != payee).then_some((id, (payer, payee, amount, original_id.is_some())))
    });
    Ok(between_members.collect())
}

/// How many payments were refused from one time up to before another, by problem code.
///
/// # Errors
/// When the database refuses.
pub fn refusals(
    conn: &mut Conn,
    community_id: CommunityId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(String, i64)>, StorageError> {
    Ok(on_backend!(conn, |c| refusals::table
        .filter(refusals::community_id.eq(community_id))
        .filter(refusals::id.ge(first_id(from)).and(refusals::id.lt(first_id(until))))
        .group_by(refusals::code)
        .select((refusals::code, diesel::dsl::count_star()))
        .load(c))?)
}

/// The lowest id that anything has that was made at this time: ids begin with it, in milliseconds.
fn first_id(time: Timestamp) -> RefusalId {
    let mut id = Builder::from_unix_timestamp_millis(time.unix_millis(), &[0; 10]).into_uuid().into_bytes();
    // Without the version and the variant, which are not first in the order of bytes.
    id.iter_mut().skip(6).for_each(|byte| *byte = 0);
    RefusalId::from_uuid(Uuid::from_bytes(id))
}
