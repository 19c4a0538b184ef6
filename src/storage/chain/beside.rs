//! What stands beside the records: payments, holds, events, keys, people.

use std::ops::RangeInclusive;

use diesel::connection::DefaultLoadingMode;
use diesel::dsl::sql;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::rows::{EventBatchRow, HoldRow, KeyRow, PaymentRow, RefundRow, RequestRow};
use super::{IDS_PER_READ, wide};
use crate::domain::ids::{CheckoutId, CommunityId, MemberId, PaymentId, UserId};
use crate::storage::connection::on_backend;
use crate::storage::delegations::TELLER;
use crate::storage::fees::{PAYEE_FEE, PAYER_FEE};
use crate::storage::schema::{
    account_delegates, account_items, accounts, audits, charge_starts, charged_accounts, charges, checkouts,
    contribution_rules, contribution_versions, ended_sessions, entries, event_batches, fee_versions, heads,
    hold_items, holds, idempotency_keys, income_rules, income_runs, income_versions, lone_payouts,
    member_users, members, missed_periods, payment_fees, payments, planned_payments, records, refunds,
    refusals, requests, schedule_terms, schedules, texts, user_communities, ways_back,
};
use crate::storage::schema::{leavings, merges, write_offs};
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError};

/// The payments from an id on whose transfers lie in a range of `seq`, by id.
///
/// # Errors
/// When the database refuses.
pub fn payments_by_transfer(
    conn: &mut Conn,
    community_id: CommunityId,
    from: PaymentId,
    seqs: &RangeInclusive<i64>,
    limit: i64,
) -> Result<Vec<PaymentRow>, StorageError> {
    Ok(on_backend!(conn, |c| selected_payments(community_id, from)
        .filter(payments::transfer_seq.between(seqs.start(), seqs.end()))
        .limit(limit)
        .load(c))?)
}

/// The payments from an id on, by id.
///
/// # Errors
/// When the database refuses.
pub fn payments(
    conn: &mut Conn,
    community_id: CommunityId,
    from: PaymentId,
    limit: i64,
) -> Result<Vec<PaymentRow>, StorageError> {
    Ok(on_backend!(conn, |c| selected_payments(community_id, from).limit(limit).load(c))?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn selected_payments(community_id: CommunityId, from: PaymentId) -> _ {
    let state: diesel::expression::SqlLiteral<BigInt> = wide!("state");
    let payer_fee: diesel::expression::SqlLiteral<BigInt> = sql(PAYER_FEE);
    let payee_fee: diesel::expression::SqlLiteral<BigInt> = sql(PAYEE_FEE);
    payments::table
        .filter(payments::community_id.eq(community_id).and(payments::id.ge(from)))
        .order(payments::id)
        .select((
            payments::id,
            payments::event_seq,
            state,
            payments::payer_id,
            payments::payee_id,
            payments::amount,
            payments::created_at,
            payments::completed_at,
            payments::transfer_seq,
            payer_fee,
            payee_fee,
        ))
}

macro_rules! fees_of_refunds {
    ($which:literal) => {
        (fees_of_refunds!($which, "payer_fee"), fees_of_refunds!($which, "payee_fee"))
    };
    ($which:literal, $side:literal) => {
        concat!(
            "COALESCE((SELECT ",
            $side,
            " FROM payment_fees AS bears WHERE bears.community_id = refunds.community_id AND bears.payment_id = refunds.",
            $which,
            "), 0)"
        )
    };
}

/// What payer and payee bear of the payment that gives back, and bore of that which is given back: rarely rows.
const BACK_FEES: (&str, &str) = fees_of_refunds!("payment_id");
const ORIGINAL_FEES: (&str, &str) = fees_of_refunds!("original_id");

/// What was paid in national money beside that which is given back, along the index of checkouts by payment: rarely a row.
const ORIGINAL_NATIONAL: &str = "(SELECT sold.national_amount FROM checkouts AS sold \
     WHERE sold.community_id = refunds.community_id AND sold.payment_id = refunds.original_id)";

/// The refunds behind a place, by the payment that is given back, with both payments.
///
/// # Errors
/// When the database refuses.
pub fn refunds(
    conn: &mut Conn,
    community_id: CommunityId,
    (original_id, payment_id): (PaymentId, PaymentId),
    limit: i64,
) -> Result<Vec<RefundRow>, StorageError> {
    use ways_back::{backs, originals};
    Ok(on_backend!(conn, |c| refunds::table
        .inner_join(
            backs.on(backs
                .field(payments::community_id)
                .eq(refunds::community_id)
                .and(backs.field(payments::id).eq(refunds::payment_id))),
        )
        .inner_join(
            originals.on(originals
                .field(payments::community_id)
                .eq(refunds::community_id)
                .and(originals.field(payments::id).eq(refunds::original_id))),
        )
        .left_join(
            records::table.on(records::community_id
                .eq(refunds::community_id)
                .and(records::seq.nullable().eq(originals.field(payments::transfer_seq)))),
        )
        .filter(refunds::community_id.eq(community_id))
        .filter(
            refunds::original_id
                .gt(original_id)
                .or(refunds::original_id.eq(original_id).and(refunds::payment_id.gt(payment_id))),
        )
        .order((refunds::original_id, refunds::payment_id))
        .limit(limit)
        .select((
            refunds::payment_id,
            diesel::dsl::sql::<BigInt>("CAST(refunds.kind AS BIGINT)"),
            backs.fields((payments::payer_id, payments::payee_id)),
            backs.field(payments::amount),
            backs.field(payments::transfer_seq),
            (sql::<BigInt>(BACK_FEES.0), sql::<BigInt>(BACK_FEES.1)),
            refunds::original_id,
            originals.fields((payments::payer_id, payments::payee_id)),
            originals.field(payments::amount),
            originals.field(payments::transfer_seq),
            records::id.nullable(),
            (sql::<BigInt>(ORIGINAL_FEES.0), sql::<BigInt>(ORIGINAL_FEES.1)),
            (refunds::national_amount, sql::<Nullable<BigInt>>(ORIGINAL_NATIONAL)),
        ))
        .load(c))?)
}

/// Those of the named payments' holds that exist.
///
/// # Errors
/// When the database refuses.
pub fn holds_of(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<Vec<HoldRow>, StorageError> {
    let mut rows = Vec::new();
    for ids in ids.chunks(IDS_PER_READ) {
        let found: Vec<HoldRow> = on_backend!(conn, |c| selected_holds(community_id)
            .filter(holds::payment_id.eq_any(ids))
            .load(c))?;
        rows.extend(found);
    }
    Ok(rows)
}

/// The holds from a payment's id on, by payment.
///
/// # Errors
/// When the database refuses.
pub fn holds(
    conn: &mut Conn,
    community_id: CommunityId,
    from: PaymentId,
    limit: i64,
) -> Result<Vec<HoldRow>, StorageError> {
    Ok(on_backend!(conn, |c| selected_holds(community_id)
        .filter(holds::payment_id.ge(from))
        .order(holds::payment_id)
        .limit(limit)
        .load(c))?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn selected_holds(community_id: CommunityId) -> _ {
    holds::table.filter(holds::community_id.eq(community_id)).select((
        holds::payment_id,
        holds::record_id,
        holds::payer_id,
        holds::payee_id,
        holds::amount,
        holds::expires_at,
        holds::text_commitment,
        holds::is_open,
    ))
}

/// The requests from a payment's id on, by payment.
///
/// # Errors
/// When the database refuses.
pub fn requests(
    conn: &mut Conn,
    community_id: CommunityId,
    from: PaymentId,
    limit: i64,
) -> Result<Vec<RequestRow>, StorageError> {
    Ok(on_backend!(conn, |c| requests::table
        .filter(requests::community_id.eq(community_id).and(requests::payment_id.ge(from)))
        .order(requests::payment_id)
        .limit(limit)
        .select((
            requests::payment_id,
            requests::payer_id,
            requests::payee_id,
            requests::amount,
            requests::expires_at,
            requests::is_open,
        ))
        .load(c))?)
}

/// The batches of events from a place on, in order.
///
/// # Errors
/// When the database refuses.
pub fn event_batches(
    conn: &mut Conn,
    community_id: CommunityId,
    from: i64,
    limit: i64,
) -> Result<Vec<EventBatchRow>, StorageError> {
    Ok(on_backend!(conn, |c| event_batches::table
        .filter(event_batches::community_id.eq(community_id).and(event_batches::last_seq.ge(from)))
        .order(event_batches::last_seq)
        .limit(limit)
        .select((event_batches::last_seq, event_batches::first_seq, event_batches::events))
        .load(c))?)
}

/// Those of the payments, schedules and checkouts that exist.
///
/// # Errors
/// When the database refuses.
pub fn existing_payments(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[PaymentId],
) -> Result<Vec<PaymentId>, StorageError> {
    let mut existing = Vec::new();
    for ids in ids.chunks(IDS_PER_READ) {
        let found: Vec<PaymentId> = on_backend!(conn, |c| payments::table
            .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(ids)))
            .select(payments::id)
            .load(c))?;
        existing.extend(found);
        // A schedule is shown under its maker's key, and its id stands in the place of a payment's.
        let planned: Vec<PaymentId> = on_backend!(conn, |c| schedules::table
            .filter(schedules::community_id.eq(community_id).and(schedules::id.eq_any(ids)))
            .select(schedules::id)
            .load(c))?;
        existing.extend(planned);
        // So does a checkout's, under the keys of its shop and its payer.
        let asked: Vec<CheckoutId> = on_backend!(conn, |c| checkouts::table
            .filter(checkouts::community_id.eq(community_id))
            .filter(checkouts::id.eq_any(ids.iter().map(|id| CheckoutId::from_uuid(id.uuid()))))
            .select(checkouts::id)
            .load(c))?;
        existing.extend(asked.into_iter().map(|id| PaymentId::from_uuid(id.uuid())));
    }
    Ok(existing)
}

/// Gives each used idempotency key of all communities to `each`, in no order: the table is read once from its first
/// page to its last. Its key is random, and in that order each row would be a page somewhere else.
///
/// # Errors
/// When the database refuses.
pub fn each_key(conn: &mut Conn, mut each: impl FnMut(KeyRow)) -> Result<(), StorageError> {
    type KeyColumns = (CommunityId, AnyId, i64);
    let mut read = |row: QueryResult<KeyColumns>| {
        row.map(|(community_id, result, status)| {
            each(KeyRow { community_id, result_id: result.uuid(), status });
        })
    };
    let query = idempotency_keys::table.select((
        idempotency_keys::community_id,
        idempotency_keys::result_id,
        idempotency_keys::status,
    ));
    match conn {
        Conn::Postgres(c) => {
            query.load_iter::<KeyColumns, PgRowByRowLoadingMode>(&mut **c)?.try_for_each(&mut read)?;
        }
        Conn::Sqlite(c) => {
            query.load_iter::<KeyColumns, DefaultLoadingMode>(&mut **c)?.try_for_each(&mut read)?;
        }
    }
    Ok(())
}

/// The members from an id on, by id.
///
/// # Errors
/// When the database refuses.
pub fn members(
    conn: &mut Conn,
    community_id: CommunityId,
    from: MemberId,
    limit: i64,
) -> Result<Vec<MemberId>, StorageError> {
    Ok(on_backend!(conn, |c| members::table
        .filter(members::community_id.eq(community_id).and(members::id.ge(from)))
        .order(members::id)
        .limit(limit)
        .select(members::id)
        .load(c))?)
}

/// Who has or had a place where, as the users' own table says.
///
/// # Errors
/// When the database refuses.
pub fn user_communities(conn: &mut Conn) -> Result<Vec<(CommunityId, UserId)>, StorageError> {
    Ok(on_backend!(conn, |c| user_communities::table
        .select((user_communities::community_id, user_communities::user_id))
        .load(c))?)
}

/// Who has a place where, as the communities' members say.
///
/// # Errors
/// When the database refuses.
pub fn member_users(conn: &mut Conn) -> Result<Vec<(CommunityId, UserId)>, StorageError> {
    Ok(on_backend!(conn, |c| member_users::table
        .select((member_users::community_id, member_users::user_id))
        .distinct()
        .load(c))?)
}

/// Who is, or was, a teller where.
///
/// # Errors
/// When the database refuses.
pub fn tellers(conn: &mut Conn) -> Result<Vec<(CommunityId, UserId)>, StorageError> {
    Ok(on_backend!(conn, |c| account_delegates::table
        .filter(account_delegates::kind.eq(TELLER))
        .select((account_delegates::community_id, account_delegates::delegate_id))
        .distinct()
        .load(c))?)
}

/// Every community that some table of communities' data names, with the table. One short read for each.
///
/// # Errors
/// When the database refuses.
pub fn named_communities(conn: &mut Conn) -> Result<Vec<(&'static str, CommunityId)>, StorageError> {
    let mut named = Vec::new();
    macro_rules! collect_from {
        ($($table:ident)*) => {$({
            let mut next: Option<CommunityId> = on_backend!(conn, |c| $table::table
                .select($table::community_id)
                .order($table::community_id)
                .first(c)
                .optional())?;
            while let Some(id) = next {
                named.push((stringify!($table), id));
                next = on_backend!(conn, |c| $table::table
                    .filter($table::community_id.gt(id))
                    .select($table::community_id)
                    .order($table::community_id)
                    .first(c)
                    .optional())?;
            }
        })*};
    }
    collect_from!(heads members member_users account_delegates accounts records entries account_items hold_items
        payments payment_fees refunds requests holds texts idempotency_keys event_batches refusals ended_sessions audits
        schedules planned_payments schedule_terms leavings write_offs merges charged_accounts contribution_rules
        contribution_versions charges charge_starts fee_versions income_versions income_rules income_runs missed_periods
        lone_payouts);
    Ok(named)
}
