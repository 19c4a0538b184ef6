//! The register of write-offs, with what permits each.

use diesel::prelude::*;
use uuid::Uuid;

use super::WriteOffRow;
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, UserId};
use crate::storage::connection::on_backend;
use crate::storage::schema::{approvals, payments, write_offs as register};
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError};

type Columns = (
    (PaymentId, AccountId, Amount),
    (AccountId, AccountId, Amount, Option<i64>),
    (i16, i16, Option<AnyId>, Option<Amount>, UserId, Option<UserId>),
);

/// The write-offs behind a payment, by payment.
///
/// # Errors
/// When the database refuses.
pub fn write_offs(
    conn: &mut Conn,
    community_id: CommunityId,
    behind: PaymentId,
    limit: i64,
) -> Result<Vec<WriteOffRow>, StorageError> {
    let rows: Vec<Columns> = on_backend!(conn, |c| register::table
        .inner_join(
            payments::table.on(payments::community_id
                .eq(register::community_id)
                .and(payments::id.eq(register::payment_id)))
        )
        .inner_join(approvals::table.on(
            approvals::community_id.eq(register::community_id).and(approvals::id.eq(register::approval_id))
        ))
        .filter(register::community_id.eq(community_id).and(register::payment_id.gt(behind)))
        .order(register::payment_id)
        .limit(limit)
        .select((
            (register::payment_id, register::account_id, register::amount),
            (payments::payer_id, payments::payee_id, payments::amount, payments::transfer_seq),
            (
                approvals::kind,
                approvals::state,
                approvals::subject_id,
                approvals::amount,
                approvals::asked_by,
                approvals::settled_by,
            ),
        ))
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

fn read((own, paid, approval): Columns) -> WriteOffRow {
    let ((payment_id, account_id, amount), (payer_id, payee_id, moved, transfer_seq)) = (own, paid);
    let (kind, state, subject_id, approved, asked_by, settled_by) = approval;
    WriteOffRow {
        payment_id,
        account_id,
        amount: amount.minor(),
        sides: (payer_id, payee_id),
        paid: moved.minor(),
        transfer_seq,
        kind: kind.into(),
        state: state.into(),
        approved_account: subject_id.map_or_else(Uuid::nil, AnyId::uuid),
        approved_amount: approved.map_or(0, Amount::minor),
        asked_by,
        settled_by,
    }
}
