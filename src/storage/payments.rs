//! Payments: one by id, or an account's, newest first (`payments/finding.rs`).

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::checkouts::read_national;
use super::connection::on_backend;
use super::fees::{PAYEE_FEE, PAYER_FEE};
use super::heads::read_hash;
use super::schema::sides::{payees, payers};
use super::schema::{accounts, payments, planned_payments, records, refunds};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::chain;
use crate::domain::fees::Fees;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, ScheduleId, UserId};
use crate::domain::payment::{Life, Party, Payment, PaymentState, TransferPosition, WayBack};
use crate::domain::schedule::{Failure, PlannedRun};
use crate::domain::time::Timestamp;

type PaymentColumns = (
    (CommunityId, PaymentId, i64, i16, Amount, Option<UserId>, Timestamp, Option<Timestamp>, Option<i64>),
    (AccountId, String, String),
    (AccountId, String, String),
    (Option<String>, Option<Vec<u8>>),
    Option<Vec<u8>>,
    (Option<PaymentId>, Option<i16>, Amount),
    (Option<String>, Option<Amount>),
    Option<PlannedColumns>,
    (Option<Timestamp>, Option<String>),
    (Amount, Amount),
);
type PlannedColumns = (ScheduleId, i64, Timestamp, Option<i16>);

/// What was given back of a payment, along the primary key of `refunds`: rarely a row.
const REFUNDED: &str = "(SELECT CAST(COALESCE(SUM(back.amount), 0) AS BIGINT) FROM refunds AS way JOIN payments AS back \
     ON back.community_id = way.community_id AND back.id = way.payment_id \
     WHERE way.community_id = payments.community_id AND way.original_id = payments.id)";

/// Until when a payment awaits, or awaited, that somebody acts on it: along the primary keys of `requests` and `holds`.
const EXPIRES_AT: &str = "COALESCE((SELECT expires_at FROM requests AS asked WHERE asked.community_id = payments.community_id \
     AND asked.payment_id = payments.id), (SELECT expires_at FROM holds AS held \
     WHERE held.community_id = payments.community_id AND held.payment_id = payments.id))";

/// Why a payment was declined, along the same.
const REASON: &str = "(SELECT reason FROM requests AS asked WHERE asked.community_id = payments.community_id \
     AND asked.payment_id = payments.id)";

macro_rules! joined {
    () => {
        payments::table
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
            .left_join(
                records::table.on(records::community_id
                    .eq(payments::community_id)
                    .and(records::seq.nullable().eq(payments::transfer_seq))),
            )
            .left_join(refunds::table.on(
                refunds::community_id.eq(payments::community_id).and(refunds::payment_id.eq(payments::id)),
            ))
            .left_join(
                planned_payments::table.on(planned_payments::community_id
                    .eq(payments::community_id)
                    .and(planned_payments::payment_id.eq(payments::id))),
            )
    };
}

macro_rules! columns {
    () => {
        (
            (
                payments::community_id,
                payments::id,
                payments::event_seq,
                payments::state,
                payments::amount,
                payments::created_by,
                payments::created_at,
                payments::completed_at,
                payments::transfer_seq,
            ),
            payers.fields((accounts::id, accounts::code, accounts::name)),
            payees.fields((accounts::id, accounts::code, accounts::name)),
            (payments::description, payments::text_salt),
            records::hash.nullable(),
            (refunds::original_id.nullable(), refunds::kind.nullable(), sql::<BigInt>(REFUNDED)),
            (refunds::national_currency.nullable(), refunds::national_amount.nullable()),
            (
                planned_payments::schedule_id,
                planned_payments::occurrence,
                planned_payments::planned_at,
                planned_payments::failure,
            )
                .nullable(),
            (sql::<Nullable<BigInt>>(EXPIRES_AT), sql::<Nullable<Text>>(REASON)),
            (sql::<BigInt>(PAYER_FEE), sql::<BigInt>(PAYEE_FEE)),
        )
    };
}

/// The payment with this id in one of the communities.
///
/// # Errors
/// When the database refuses.
pub fn find_in_any(
    conn: &mut Conn,
    community_ids: &[CommunityId],
    id: PaymentId,
) -> Result<Option<Payment>, StorageError> {
    let row: Option<PaymentColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(payments::community_id.eq_any(community_ids).and(payments::id.eq(id)))
        .get_result(c)
        .optional())?;
    row.map(read_payment).transpose()
}

/// The payments of one transfer with their amounts, in their order. They were made at one moment, which their ids tell:
/// so they stand close together in the order of ids.
///
/// # Errors
/// When the database refuses.
pub fn of_transfer(
    conn: &mut Conn,
    community_id: CommunityId,
    one_of_them: PaymentId,
    transfer_seq: i64,
) -> Result<Vec<(PaymentId, Amount)>, StorageError> {
    /// What the ids of one millisecond do not share: the last 80 of 128 bits.
    const WITHIN_MILLISECOND: u128 = (1 << 80) - 1;
    let id = one_of_them.uuid().as_u128();
    let bound = |bits| PaymentId::from_uuid(uuid::Uuid::from_u128(bits));
    let (first, last) = (bound(id & !WITHIN_MILLISECOND), bound(id | WITHIN_MILLISECOND));
    Ok(on_backend!(conn, |c| payments::table
        .filter(payments::community_id.eq(community_id).and(payments::id.between(first, last)))
        .filter(payments::transfer_seq.eq(transfer_seq))
        .order(payments::event_seq)
        .select((payments::id, payments::amount))
        .load(c))?)
}

/// Those of the named payments that exist, for what happens to them next.
///
/// # Errors
/// When the database refuses.
pub fn find_lives(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<Vec<Life>, StorageError> {
    let rows: Vec<(PaymentColumns, Option<Vec<u8>>)> = on_backend!(conn, |c| joined!()
        .select((columns!(), payments::text_commitment))
        .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
        .load(c))?;
    let read = |(columns, erased): (PaymentColumns, Option<Vec<u8>>)| {
        let payment = read_payment(columns)?;
        let text = match (erased, &payment.text_salt) {
            (Some(commitment), _) => read_hash(commitment)?,
            (None, Some(salt)) => chain::text_commitment(salt, &payment.description),
            (None, None) => chain::NO_TEXT,
        };
        Ok(Life { payment, text })
    };
    rows.into_iter().map(read).collect()
}

/// The payments of a schedule's runs before one of them, newest first.
///
/// # Errors
/// When the database refuses.
pub fn of_schedule(
    conn: &mut Conn,
    community_id: CommunityId,
    schedule_id: ScheduleId,
    before: i64,
    limit: i64,
) -> Result<Vec<Payment>, StorageError> {
    let rows: Vec<PaymentColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(planned_payments::community_id.eq(community_id))
        .filter(planned_payments::schedule_id.eq(schedule_id))
        .filter(planned_payments::occurrence.lt(before))
        .order(planned_payments::occurrence.desc())
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(read_payment).collect()
}

/// Those of the named payments that exist in the community.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<Vec<Payment>, StorageError> {
    let rows: Vec<PaymentColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
        .load(c))?;
    rows.into_iter().map(read_payment).collect()
}

mod finding;

pub use finding::{
    Direction, FoundPayments, ListOrder, PaymentFilter, Place, PlacedPayment, Search, Stop, of_account,
};

fn read_payment(columns: PaymentColumns) -> Result<Payment, StorageError> {
    let (
        (community_id, id, event_seq, state, amount, created_by, created_at, completed_at, seq),
        payer,
        payee,
        (description, text_salt),
        hash,
        (original_id, way_back, refunded),
        (national_currency, national_amount),
        planned,
        (expires_at, reason),
        (payer_fee, payee_fee),
    ) = columns;
    let way_back = way_back.map(|code| {
        WayBack::from_code(code).ok_or_else(|| StorageError::Corrupt(format!("payment {id}: way back")))
    });
    let way_back = way_back.transpose()?;
    let by = |way| original_id.filter(|_| way_back == Some(way));
    let transfer = match (seq, hash) {
        (Some(seq), Some(hash)) => Some(TransferPosition { seq, hash: read_hash(hash)? }),
        _ => None,
    };
    let text_salt = text_salt
        .map(<[u8; 16]>::try_from)
        .transpose()
        .map_err(|_| StorageError::Corrupt(format!("payment {id}: salt")))?;
    let state = PaymentState::from_code(state)
        .ok_or_else(|| StorageError::Corrupt(format!("payment {id}: state")))?;
    // What was reserved for a payment that came to nothing is no fee of it.
    let bears = matches!(state, PaymentState::Authorised | PaymentState::Completed);
    Ok(Payment {
        id,
        community_id,
        event_seq,
        state,
        payer: read_party(payer)?,
        payee: read_party(payee)?,
        amount,
        description: description.unwrap_or_default(),
        text_salt,
        created_by,
        created_at,
        completed_at,
        transfer,
        refund_of: by(WayBack::Refund),
        reversal_of: by(WayBack::Reversal),
        refunded,
        planned: planned.map(read_planned),
        expires_at,
        reason,
        fees: if bears { Fees { payer: payer_fee, payee: payee_fee } } else { Fees::NONE },
        national_back: read_national(national_currency.as_deref(), national_amount, None),
    })
}

fn read_planned((schedule_id, occurrence, planned_at, failure): PlannedColumns) -> PlannedRun {
    PlannedRun { schedule_id, occurrence, planned_at, failure: failure.and_then(Failure::from_code) }
}

pub(super) fn read_party(
    (account_id, code, name): (AccountId, String, String),
) -> Result<Party, StorageError> {
    let code = code.parse().map_err(|_| StorageError::Corrupt(format!("account {account_id}: code")))?;
    Ok(Party { account_id, code, name: name.into() })
}
