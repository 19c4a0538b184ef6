//! Accounts' recent payments, which later ones are compared with.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::connection::on_backend;
use super::schema::{accounts, entries, payments};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::duplicates::{DUPLICATE_ENTRIES_MAX, Likeness, RecentPayment};
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::records::EntryKind;
use crate::domain::time::Timestamp;

/// The kinds of entries by which an account paid of its own accord.
const PAID: [EntryKind; 2] = [EntryKind::Principal, EntryKind::PrincipalBeyondLimit];

/// Neither asked for nor set aside before.
const AT_ONCE: &str = "NOT EXISTS (SELECT 1 FROM requests AS asked WHERE asked.community_id = payments.community_id \
     AND asked.payment_id = payments.id) AND NOT EXISTS (SELECT 1 FROM holds AS held \
     WHERE held.community_id = payments.community_id AND held.payment_id = payments.id)";

type RecentColumns = (AccountId, i64, PaymentId, AccountId, Amount, Timestamp, Option<String>);

/// What these accounts paid at once, among the newest entries of each, in the order of each account.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    payer_ids: &[AccountId],
) -> Result<Vec<(AccountId, RecentPayment)>, StorageError> {
    let mut rows: Vec<RecentColumns> = on_backend!(conn, |c| {
        accounts::table
        .inner_join(
            entries::table.on(entries::community_id
                .eq(accounts::community_id)
                .and(entries::account_id.eq(accounts::id))
                .and(
                    sql::<Bool>(
                        "entries.account_seq > (SELECT max(newest.account_seq) FROM entries AS newest \
                         WHERE newest.community_id = accounts.community_id AND newest.account_id = accounts.id) - "
                    )
                    .bind::<BigInt, _>(DUPLICATE_ENTRIES_MAX)
                )),
        )
        .inner_join(payments::table.on(
            payments::community_id.eq(entries::community_id).and(payments::id.eq(entries::payment_id)),
        ))
        .filter(accounts::community_id.eq(community_id).and(accounts::id.eq_any(payer_ids)))
        .filter(entries::kind.eq_any(PAID.map(|kind| i16::from(kind.code()))).and(entries::amount.lt(Amount::ZERO)))
        .filter(payments::completed_at.eq(payments::created_at.nullable()).and(sql::<Bool>(AT_ONCE)))
        .select((
            accounts::id,
            entries::account_seq,
            payments::id,
            payments::payee_id,
            payments::amount,
            payments::created_at,
            payments::description,
        ))
        .load(c)
    })?;
    rows.sort_unstable_by_key(|row| (row.0, row.1));
    let read =
        |(payer_id, account_seq, payment_id, payee_id, amount, made_at, description): RecentColumns| {
            let likeness = Likeness::new(payee_id, amount, description.as_deref().unwrap_or_default());
            (payer_id, RecentPayment { payment_id, likeness, made_at, account_seq })
        };
    Ok(rows.into_iter().map(read).collect())
}
