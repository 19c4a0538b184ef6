//! Payments: one by id, or an account's, newest first.

use diesel::prelude::*;

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::{accounts, payments, records, texts};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, UserId};
use crate::domain::payment::{Party, Payment, PaymentState, TransferPosition};
use crate::domain::time::Timestamp;

type PaymentColumns = (
    (CommunityId, PaymentId, i64, i16, Amount, Option<UserId>, Timestamp, Option<Timestamp>, Option<i64>),
    (AccountId, String, String),
    (AccountId, String, String),
    Option<String>,
    Option<Vec<u8>>,
);

/// Which of an account's payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilter {
    /// Only in this state.
    pub state: Option<PaymentState>,
    /// Only made at or after this time.
    pub from: Option<Timestamp>,
    /// Only made before this time.
    pub until: Option<Timestamp>,
    /// Only with this text in the description.
    pub text: Option<String>,
}

diesel::alias!(accounts as payers: Payers, accounts as payees: Payees);

macro_rules! selected {
    () => {
        payments::table
            .inner_join(payers.on(payers
                .field(accounts::community_id)
                .eq(payments::community_id)
                .and(payers.field(accounts::id).eq(payments::payer_id))))
            .inner_join(payees.on(payees
                .field(accounts::community_id)
                .eq(payments::community_id)
                .and(payees.field(accounts::id).eq(payments::payee_id))))
            .left_join(texts::table.on(texts::community_id.eq(payments::community_id).and(texts::id.eq(payments::id))))
            .left_join(
                records::table.on(records::community_id
                    .eq(payments::community_id)
                    .and(records::seq.nullable().eq(payments::transfer_seq))),
            )
            .select((
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
                texts::content.nullable(),
                records::hash.nullable(),
            ))
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
    let row: Option<PaymentColumns> = on_backend!(conn, |c| selected!()
        .filter(payments::community_id.eq_any(community_ids).and(payments::id.eq(id)))
        .first(c)
        .optional())?;
    row.map(read_payment).transpose()
}

/// At most `limit` payments from or to an account with an `event_seq` below `before`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    filter: &PaymentFilter,
    before: i64,
    limit: i64,
) -> Result<Vec<Payment>, StorageError> {
    // Each side has its own index; one page of both, merged, is one page of the account.
    let mut found = Vec::new();
    for side in [Side::Payer, Side::Payee] {
        let rows: Vec<PaymentColumns> = on_backend!(conn, |c| {
            let mut query = selected!()
                .filter(payments::community_id.eq(community_id).and(payments::event_seq.lt(before)))
                .order(payments::event_seq.desc())
                .limit(limit)
                .into_boxed();
            query = match side {
                Side::Payer => query.filter(payments::payer_id.eq(account_id)),
                Side::Payee => query.filter(payments::payee_id.eq(account_id)),
            };
            if let Some(state) = filter.state {
                query = query.filter(payments::state.eq(i16::from(state.code())));
            }
            if let Some(from) = filter.from {
                query = query.filter(payments::created_at.ge(from));
            }
            if let Some(until) = filter.until {
                query = query.filter(payments::created_at.lt(until));
            }
            if let Some(text) = &filter.text {
                query = query.filter(texts::content.like(super::members::like_pattern(text)).escape('\\'));
            }
            query.load(c)
        })?;
        for row in rows {
            found.push(read_payment(row)?);
        }
    }
    found.sort_by_key(|payment| std::cmp::Reverse(payment.event_seq));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

#[derive(Clone, Copy)]
enum Side {
    Payer,
    Payee,
}

fn read_payment(columns: PaymentColumns) -> Result<Payment, StorageError> {
    let ((community_id, id, event_seq, state, amount, created_by, created_at, completed_at, seq), payer, payee, text, hash) =
        columns;
    let transfer = match (seq, hash) {
        (Some(seq), Some(hash)) => Some(TransferPosition { seq, hash: read_hash(hash)? }),
        _ => None,
    };
    Ok(Payment {
        id,
        community_id,
        event_seq,
        state: PaymentState::from_code(state).ok_or_else(|| StorageError::Corrupt(format!("payment {id}: state")))?,
        payer: read_party(payer)?,
        payee: read_party(payee)?,
        amount,
        description: text.unwrap_or_default(),
        created_by,
        created_at,
        completed_at,
        transfer,
    })
}

pub(super) fn read_party((account_id, code, name): (AccountId, String, String)) -> Result<Party, StorageError> {
    let code = code.parse().map_err(|_| StorageError::Corrupt(format!("account {account_id}: code")))?;
    Ok(Party { account_id, code, name: name.into() })
}
