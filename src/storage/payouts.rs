//! What admins paid out of a community's fund alone.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::lone_payouts;
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, UserId};
use crate::domain::lone_payouts::{LONE_PAYOUTS_MAX, LonePayout, LonePayouts};
use crate::domain::time::Timestamp;

type Columns = (PaymentId, UserId, AccountId, Amount, Timestamp);

/// Those made since a time: the newest, where there are more than count.
///
/// # Errors
/// When the database refuses.
pub fn alone_since(
    conn: &mut Conn,
    community_id: CommunityId,
    since: Timestamp,
) -> Result<LonePayouts, StorageError> {
    let limit = i64::try_from(LONE_PAYOUTS_MAX).unwrap_or(i64::MAX);
    let rows: Vec<Columns> = on_backend!(conn, |c| lone_payouts::table
        .filter(lone_payouts::community_id.eq(community_id).and(lone_payouts::made_at.gt(since)))
        .order(lone_payouts::made_at.desc())
        .limit(limit)
        .select((
            lone_payouts::payment_id,
            lone_payouts::paid_by,
            lone_payouts::payee_id,
            lone_payouts::amount,
            lone_payouts::made_at,
        ))
        .load(c))?;
    let read = |(payment_id, paid_by, payee_id, amount, made_at): Columns| LonePayout {
        payment_id,
        paid_by,
        payee_id,
        amount,
        made_at,
    };
    Ok(LonePayouts::new(rows.into_iter().map(read).collect()))
}

/// Notes some.
///
/// # Errors
/// When the database refuses.
pub(super) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    all: &[LonePayout],
) -> Result<(), StorageError> {
    for new in all {
        on_backend!(conn, |c| diesel::insert_into(lone_payouts::table)
            .values((
                lone_payouts::community_id.eq(community_id),
                lone_payouts::payment_id.eq(new.payment_id),
                lone_payouts::paid_by.eq(new.paid_by),
                lone_payouts::payee_id.eq(new.payee_id),
                lone_payouts::amount.eq(new.amount),
                lone_payouts::made_at.eq(new.made_at),
            ))
            .execute(c))?;
    }
    Ok(())
}
