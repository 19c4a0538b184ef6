//! What is told of admins' payments out of the fund, with the payments.

use diesel::prelude::*;

use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, UserId};
use crate::storage::connection::on_backend;
use crate::storage::schema::{lone_payouts, payments};
use crate::storage::{Conn, StorageError};

/// What an admin is told to have paid out alone, and the payment that is said to be it.
#[derive(Debug, Clone)]
pub struct LonePayoutRow {
    /// By which payment.
    pub payment_id: PaymentId,
    /// Who, to whom, how much.
    pub told: (Option<UserId>, AccountId, i64),
    /// The same, by the payment.
    pub paid: (Option<UserId>, AccountId, i64),
    /// By which transfer.
    pub transfer_seq: Option<i64>,
}

type Columns = ((PaymentId, UserId, AccountId, Amount), (Option<UserId>, AccountId, Amount, Option<i64>));

/// Those behind a payment, by payment.
///
/// # Errors
/// When the database refuses.
pub fn lone_payouts(
    conn: &mut Conn,
    community_id: CommunityId,
    behind: PaymentId,
    limit: i64,
) -> Result<Vec<LonePayoutRow>, StorageError> {
    let rows: Vec<Columns> = on_backend!(conn, |c| lone_payouts::table
        .inner_join(
            payments::table.on(payments::community_id
                .eq(lone_payouts::community_id)
                .and(payments::id.eq(lone_payouts::payment_id)))
        )
        .filter(lone_payouts::community_id.eq(community_id).and(lone_payouts::payment_id.gt(behind)))
        .order(lone_payouts::payment_id)
        .limit(limit)
        .select((
            (lone_payouts::payment_id, lone_payouts::paid_by, lone_payouts::payee_id, lone_payouts::amount,),
            (payments::created_by, payments::payee_id, payments::amount, payments::transfer_seq),
        ))
        .load(c))?;
    let read = |((payment_id, paid_by, payee_id, amount), (created_by, to, moved, transfer_seq)): Columns| {
        LonePayoutRow {
            payment_id,
            told: (Some(paid_by), payee_id, amount.minor()),
            paid: (created_by, to, moved.minor()),
            transfer_seq,
        }
    };
    Ok(rows.into_iter().map(read).collect())
}
