//! The register of write-offs.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::connection::on_backend;
use super::schema::{accounts, write_offs};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId};
use crate::domain::time::Timestamp;
use crate::domain::write_off::{WriteOff, WriteOffCategory};

/// A line of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterLine {
    /// The payment by which it was written off.
    pub payment_id: PaymentId,
    /// Whose balance it was.
    pub account_id: AccountId,
    /// The balance: below zero where the community bears it.
    pub amount: Amount,
    /// How much of it was taken back since, by a reversal; zero or more.
    pub taken_back: Amount,
    /// Why.
    pub category: WriteOffCategory,
    /// When.
    pub created_at: Timestamp,
}

/// Adds a write-off to the register.
///
/// # Errors
/// When the database refuses.
pub(super) fn insert(conn: &mut Conn, community_id: CommunityId, new: &WriteOff) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(write_offs::table)
        .values((
            write_offs::community_id.eq(community_id),
            write_offs::payment_id.eq(new.payment_id),
            write_offs::account_id.eq(new.account_id),
            write_offs::amount.eq(new.amount),
            write_offs::category.eq(i16::from(new.category.code())),
            write_offs::approval_id.eq(new.approval_id),
            write_offs::created_at.eq(new.created_at),
        ))
        .execute(c))?;
    Ok(())
}

/// At most `limit` write-offs of a community made in that time, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    (from, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<RegisterLine>, StorageError> {
    type Columns = (PaymentId, AccountId, Amount, Option<i64>, i16, Timestamp);
    let rows: Vec<Columns> = on_backend!(conn, |c| write_offs::table
        .filter(write_offs::community_id.eq(community_id))
        .filter(write_offs::created_at.ge(from).and(write_offs::created_at.lt(until)))
        .order((write_offs::created_at, write_offs::payment_id))
        .limit(limit)
        .select((
            write_offs::payment_id,
            write_offs::account_id,
            write_offs::amount,
            sql::<Nullable<BigInt>>(TAKEN_BACK),
            write_offs::category,
            write_offs::created_at,
        ))
        .load(c))?;
    let line = |(payment_id, account_id, amount, taken_back, category, created_at): Columns| {
        let corrupt = || StorageError::Corrupt(format!("write-off {payment_id}: category"));
        Ok(RegisterLine {
            payment_id,
            account_id,
            amount,
            taken_back: Amount::from_minor(taken_back.unwrap_or(0)),
            category: WriteOffCategory::from_code(category).ok_or_else(corrupt)?,
            created_at,
        })
    };
    rows.into_iter().map(line).collect()
}

/// What was written off of what these members owed, and not taken back.
///
/// # Errors
/// When the database refuses.
pub fn borne_for(
    conn: &mut Conn,
    community_id: CommunityId,
    member_ids: &[MemberId],
) -> Result<Amount, StorageError> {
    if member_ids.is_empty() {
        return Ok(Amount::ZERO);
    }
    let rows: Vec<(Amount, Option<i64>)> = on_backend!(conn, |c| write_offs::table
        .inner_join(accounts::table.on(
            accounts::community_id.eq(write_offs::community_id).and(accounts::id.eq(write_offs::account_id))
        ))
        .filter(write_offs::community_id.eq(community_id).and(accounts::member_id.eq_any(member_ids)))
        .filter(write_offs::amount.lt(Amount::ZERO))
        .select((write_offs::amount, sql::<Nullable<BigInt>>(TAKEN_BACK)))
        .load(c))?;
    let left =
        |(amount, back): (Amount, Option<i64>)| -i128::from(amount.minor()) - i128::from(back.unwrap_or(0));
    let sum: i128 = rows.into_iter().map(left).sum();
    Ok(Amount::from_minor(i64::try_from(sum).unwrap_or(i64::MAX)))
}

/// How much a reversal took back of a write-off.
const TAKEN_BACK: &str = "(SELECT CAST(SUM(b.amount) AS BIGINT) FROM refunds AS r \
    JOIN payments AS b ON b.community_id = r.community_id AND b.id = r.payment_id \
    WHERE r.community_id = write_offs.community_id AND r.original_id = write_offs.payment_id)";
