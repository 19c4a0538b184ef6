//! Payments with their ways back.

use std::collections::{HashMap, HashSet};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::connection::on_backend;
use super::fees::{PAYEE_FEE, PAYER_FEE};
use super::schema::{payments, records, refunds};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::fees::Fees;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, RecordId};
use crate::domain::payment::{Payment, Refundable};

type RefundableColumns =
    (PaymentId, AccountId, AccountId, Amount, Option<RecordId>, Option<PaymentId>, (Amount, Amount));

/// Those of the named payments by which others are given back.
///
/// # Errors
/// When the database refuses.
pub fn among(
    conn: &mut Conn,
    community_id: CommunityId,
    payment_ids: &[PaymentId],
) -> Result<HashSet<PaymentId>, StorageError> {
    let ids: Vec<PaymentId> = on_backend!(conn, |c| refunds::table
        .filter(refunds::community_id.eq(community_id).and(refunds::payment_id.eq_any(payment_ids)))
        .select(refunds::payment_id)
        .load(c))?;
    Ok(ids.into_iter().collect())
}

/// Those of the named payments that exist, with what was given back of them.
///
/// # Errors
/// When the database refuses.
pub fn find_refundable(
    conn: &mut Conn,
    community_id: CommunityId,
    payment_ids: &[PaymentId],
) -> Result<Vec<Refundable>, StorageError> {
    let rows: Vec<RefundableColumns> =
        on_backend!(conn, |c| payments::table
            .left_join(
                records::table.on(records::community_id
                    .eq(payments::community_id)
                    .and(records::seq.nullable().eq(payments::transfer_seq))),
            )
            .left_join(refunds::table.on(
                refunds::community_id.eq(payments::community_id).and(refunds::payment_id.eq(payments::id))
            ),)
            .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(payment_ids)))
            .select((
                payments::id,
                payments::payer_id,
                payments::payee_id,
                payments::amount,
                records::id.nullable(),
                refunds::original_id.nullable(),
                (sql::<BigInt>(PAYER_FEE), sql::<BigInt>(PAYEE_FEE)),
            ))
            .load(c))?;
    let given_back = given_back(conn, community_id, payment_ids)?;
    let read = |row: RefundableColumns| {
        let (payment_id, payer_id, payee_id, amount, record_id, original_id, (of_payer, of_payee)) = row;
        Refundable {
            payment_id,
            payer_id,
            payee_id,
            amount,
            record_id,
            fees: Fees { payer: of_payer, payee: of_payee },
            refunded: given_back.get(&payment_id).copied().unwrap_or_default(),
            is_refund: original_id.is_some(),
        }
    };
    Ok(rows.into_iter().map(read).collect())
}

fn given_back(
    conn: &mut Conn,
    community_id: CommunityId,
    payment_ids: &[PaymentId],
) -> Result<HashMap<PaymentId, Amount>, StorageError> {
    let rows: Vec<(PaymentId, Amount)> =
        on_backend!(conn, |c| refunds::table
            .inner_join(payments::table.on(
                payments::community_id.eq(refunds::community_id).and(payments::id.eq(refunds::payment_id))
            ),)
            .filter(refunds::community_id.eq(community_id).and(refunds::original_id.eq_any(payment_ids)))
            .select((refunds::original_id, payments::amount))
            .load(c))?;
    let mut sums: HashMap<PaymentId, Amount> = HashMap::new();
    for (original_id, amount) in rows {
        let sum = sums.entry(original_id).or_default();
        *sum = sum
            .checked_add(amount)
            .ok_or_else(|| StorageError::Corrupt(format!("payment {original_id}: what was given back")))?;
    }
    Ok(sums)
}

/// Writes down which of a batch's payments give back which.
///
/// # Errors
/// When the database refuses.
pub(super) fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    payments: &[Payment],
) -> Result<(), StorageError> {
    for (made, (original_id, kind)) in payments.iter().filter_map(|made| Some((made, made.gives_back()?))) {
        let national = made.national_back;
        on_backend!(conn, |c| diesel::insert_into(refunds::table)
            .values((
                refunds::community_id.eq(community_id),
                refunds::original_id.eq(original_id),
                refunds::payment_id.eq(made.id),
                refunds::kind.eq(i16::from(kind.code())),
                refunds::national_currency.eq(national.map(|part| part.currency.as_str().to_owned())),
                refunds::national_amount.eq(national.map(|part| part.amount)),
            ))
            .execute(c))?;
    }
    Ok(())
}
