//! Payments that were made, for trying a policy on them.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::types::Id;
use crate::storage::{Conn, StorageError};

/// The entries of payments' own amounts (kinds 1 and 13) that left an account below zero by paying, or above it by being paid.
const ENTRIES: &str = "SELECT account_id, payment_id, seq, amount, balance_after FROM entries \
     WHERE community_id = $1 AND account_id >= $2 AND account_id <= $3 AND seq > $4 AND kind IN (1, 13) \
     AND ((amount < 0 AND balance_after < 0) OR (amount > 0 AND balance_after > 0)) ORDER BY account_id, account_seq";

/// Entries by which accounts paid (kinds 1 and 13), with their times.
const PAID: &str = "SELECT e.account_id, e.payment_id, e.seq, e.amount, e.balance_after, r.created_at FROM entries AS e \
     JOIN records AS r ON r.community_id = e.community_id AND r.seq = e.seq \
     WHERE e.community_id = $1 AND e.account_id >= $2 AND e.account_id <= $3 AND e.seq > $4 AND e.kind IN (1, 13) \
     AND e.amount < 0 ORDER BY e.account_id, e.account_seq";

/// A payment with its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct PastPayment {
    /// What it left on the payer's side.
    #[diesel(embed)]
    pub entry: PastEntry,
    /// When.
    #[diesel(sql_type = BigInt)]
    pub created_at: Timestamp,
}

/// What the accounts from one to another paid behind a place of the chain, in the order of each account.
///
/// # Errors
/// When the database refuses.
pub fn payments(
    conn: &mut Conn,
    community_id: CommunityId,
    (first, last): (AccountId, AccountId),
    after_seq: i64,
) -> Result<Vec<PastPayment>, StorageError> {
    Ok(on_backend!(conn, |c| diesel::sql_query(PAID)
        .bind::<Id, _>(community_id)
        .bind::<Id, _>(first)
        .bind::<Id, _>(last)
        .bind::<BigInt, _>(after_seq)
        .load(c))?)
}

/// What a payment left on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct PastEntry {
    /// The account.
    #[diesel(sql_type = Id)]
    pub account_id: AccountId,
    /// The payment.
    #[diesel(sql_type = Id)]
    pub payment_id: PaymentId,
    /// Its place on the chain.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// Signed: below zero where the account paid.
    #[diesel(sql_type = BigInt)]
    pub amount: Amount,
    /// The account's balance then.
    #[diesel(sql_type = BigInt)]
    pub balance_after: Amount,
}

/// What payments behind a place of the chain left on the accounts from one to another, as far as limits could say anything
/// of it.
///
/// # Errors
/// When the database refuses.
pub fn entries(
    conn: &mut Conn,
    community_id: CommunityId,
    (first, last): (AccountId, AccountId),
    after_seq: i64,
) -> Result<Vec<PastEntry>, StorageError> {
    Ok(on_backend!(conn, |c| diesel::sql_query(ENTRIES)
        .bind::<Id, _>(community_id)
        .bind::<Id, _>(first)
        .bind::<Id, _>(last)
        .bind::<BigInt, _>(after_seq)
        .load(c))?)
}
