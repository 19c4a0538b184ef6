//! Prices in two moneys: what shops took themselves, and have to give back, and which part is usually local.

use diesel::prelude::*;

use crate::domain::amount::Amount;
use crate::domain::checkout::{NationalCurrency, NationalPart};
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::storage::connection::{ROWS_PER_INSERT, on_backend};
use crate::storage::schema::{checkouts, local_shares, refunds};
use crate::storage::{Conn, StorageError};

/// A payment, with the national currency, the part in it, and the whole price.
type NationalRow = (Option<PaymentId>, Option<String>, Option<Amount>, Option<Amount>);

/// What the shop took itself beside these payments to one of its accounts.
///
/// # Errors
/// When the database refuses.
pub fn national_parts(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    payment_ids: &[PaymentId],
) -> Result<Vec<(PaymentId, NationalPart)>, StorageError> {
    let mut parts = Vec::new();
    for some in payment_ids.chunks(ROWS_PER_INSERT) {
        let rows: Vec<NationalRow> = on_backend!(conn, |c| checkouts::table
            .filter(checkouts::community_id.eq(community_id).and(checkouts::payment_id.eq_any(some)))
            .filter(checkouts::account_id.eq(account_id))
            .filter(checkouts::national_currency.is_not_null())
            .select((
                checkouts::payment_id,
                checkouts::national_currency,
                checkouts::national_amount,
                checkouts::national_total,
            ))
            .load(c))?;
        parts.extend(rows.into_iter().filter_map(|(payment_id, currency, amount, total)| {
            let part = read_national(currency.as_deref(), amount, total)?;
            Some((payment_id?, part))
        }));
    }
    Ok(parts)
}

/// What is given back in national money beside those of these payments that give back others.
///
/// # Errors
/// When the database refuses.
pub fn national_backs(
    conn: &mut Conn,
    community_id: CommunityId,
    payment_ids: &[PaymentId],
) -> Result<Vec<(PaymentId, NationalPart)>, StorageError> {
    let mut parts = Vec::new();
    for some in payment_ids.chunks(ROWS_PER_INSERT) {
        let rows: Vec<(PaymentId, Option<String>, Option<Amount>)> = on_backend!(conn, |c| refunds::table
            .filter(refunds::community_id.eq(community_id).and(refunds::payment_id.eq_any(some)))
            .filter(refunds::national_currency.is_not_null())
            .select((refunds::payment_id, refunds::national_currency, refunds::national_amount))
            .load(c))?;
        parts.extend(rows.into_iter().filter_map(|(payment_id, currency, amount)| {
            Some((payment_id, read_national(currency.as_deref(), amount, None)?))
        }));
    }
    Ok(parts)
}

/// A part in national money, where there is one.
pub(in crate::storage) fn read_national(
    currency: Option<&str>,
    amount: Option<Amount>,
    total: Option<Amount>,
) -> Option<NationalPart> {
    let currency = NationalCurrency::parse(currency?)?;
    Some(NationalPart { currency, amount: amount?, total })
}

/// Which part of a price in two moneys is local, in hundredths of a per cent, where the account's owner chose one.
///
/// # Errors
/// When the database refuses.
pub fn default_share(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Option<i64>, StorageError> {
    Ok(on_backend!(conn, |c| local_shares::table
        .find((community_id, account_id))
        .select(local_shares::basis_points)
        .get_result(c)
        .optional())?)
}

/// Sets that, or lets it go.
///
/// # Errors
/// When the database refuses.
pub fn set_default_share(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    basis_points: Option<i64>,
) -> Result<(), StorageError> {
    let Some(share) = basis_points else {
        on_backend!(conn, |c| diesel::delete(local_shares::table.find((community_id, account_id)))
            .execute(c))?;
        return Ok(());
    };
    on_backend!(conn, |c| diesel::insert_into(local_shares::table)
        .values((
            local_shares::community_id.eq(community_id),
            local_shares::account_id.eq(account_id),
            local_shares::basis_points.eq(share),
        ))
        .on_conflict((local_shares::community_id, local_shares::account_id))
        .do_update()
        .set(local_shares::basis_points.eq(share))
        .execute(c))?;
    Ok(())
}
