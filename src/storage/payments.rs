//! Payments: one by id, or an account's, newest first.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::sides::{payees, payers};
use super::schema::{accounts, entries, payments, records, refunds};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, UserId};
use crate::domain::payment::{Party, Payment, PaymentState, TransferPosition};
use crate::domain::records::EntryKind;
use crate::domain::time::Timestamp;

type PaymentColumns = (
    (CommunityId, PaymentId, i64, i16, Amount, Option<UserId>, Timestamp, Option<Timestamp>, Option<i64>),
    (AccountId, String, String),
    (AccountId, String, String),
    (Option<String>, Option<Vec<u8>>),
    Option<Vec<u8>>,
    (Option<PaymentId>, Amount),
);

/// What was given back of a payment, along the primary key of `refunds`: rarely a row.
const REFUNDED: &str = "(SELECT CAST(COALESCE(SUM(back.amount), 0) AS BIGINT) FROM refunds AS way JOIN payments AS back \
     ON back.community_id = way.community_id AND back.id = way.payment_id \
     WHERE way.community_id = payments.community_id AND way.original_id = payments.id)";

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
            (refunds::original_id.nullable(), sql::<BigInt>(REFUNDED)),
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
        .first(c)
        .optional())?;
    row.map(read_payment).transpose()
}

/// How far down an account's payments a reader has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Only completed ones whose entry has an `account_seq` below this.
    pub account_seq: i64,
    /// Only others whose `event_seq` is below this.
    pub event_seq: i64,
}

impl Place {
    /// At the newest.
    pub const START: Self = Self { account_seq: i64::MAX, event_seq: i64::MAX };
}

/// A payment with the place below which the account's list goes on after it.
pub type PlacedPayment = (Payment, Place);

/// An account's next payments below a place: at most `limit` completed ones, newest first, and at most as many
/// others. Completed ones are found by the account's entries, so that paying touches no index of payments by
/// account; the others have one to themselves.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    filter: &PaymentFilter,
    below: Place,
    limit: i64,
) -> Result<Vec<PlacedPayment>, StorageError> {
    let mut found = Vec::new();
    for (row, account_seq) in completed(conn, community_id, account_id, filter, below, limit)? {
        found.push((read_payment(row)?, Place { account_seq, ..Place::START }));
    }
    for side in [Side::Payer, Side::Payee] {
        for row in not_completed(conn, community_id, account_id, side, filter, below, limit)? {
            let payment = read_payment(row)?;
            let place = Place { event_seq: payment.event_seq, ..Place::START };
            found.push((payment, place));
        }
    }
    Ok(found)
}

/// Adds a filter's conditions to a boxed query, whichever its joins.
macro_rules! filtered {
    ($query:ident, $filter:expr, $like:expr) => {
        if let Some(state) = $filter.state {
            $query = $query.filter(payments::state.eq(i16::from(state.code())));
        }
        if let Some(from) = $filter.from {
            $query = $query.filter(payments::created_at.ge(from));
        }
        if let Some(until) = $filter.until {
            $query = $query.filter(payments::created_at.lt(until));
        }
        if let Some(text) = &$filter.text {
            let content = diesel::dsl::sql::<Bool>("payments.description").sql($like);
            $query = $query
                .filter(content.bind::<Text, _>(super::members::like_pattern(text)).sql(" ESCAPE '\\'"));
        }
    };
}

/// SQLite's LIKE makes no difference between capital and small letters.
const fn like(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => " ILIKE ",
        Conn::Sqlite(_) => " LIKE ",
    }
}

fn completed(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    filter: &PaymentFilter,
    below: Place,
    limit: i64,
) -> Result<Vec<(PaymentColumns, i64)>, StorageError> {
    let like = like(conn);
    Ok(on_backend!(conn, |c| {
        let mut query = joined!()
            .inner_join(entries::table.on(
                entries::community_id.eq(payments::community_id).and(entries::payment_id.eq(payments::id)),
            ))
            .select((columns!(), entries::account_seq))
            .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(account_id)))
            .filter(entries::account_seq.lt(below.account_seq))
            .filter(entries::kind.ne(i16::from(EntryKind::Fee.code())))
            .order(entries::account_seq.desc())
            .limit(limit)
            .into_boxed();
        filtered!(query, filter, like);
        query.load(c)
    })?)
}

fn not_completed(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    side: Side,
    filter: &PaymentFilter,
    below: Place,
    limit: i64,
) -> Result<Vec<PaymentColumns>, StorageError> {
    let like = like(conn);
    Ok(on_backend!(conn, |c| {
        let mut query = joined!()
            .select(columns!())
            .filter(payments::community_id.eq(community_id).and(payments::transfer_seq.is_null()))
            .filter(payments::event_seq.lt(below.event_seq))
            .order(payments::event_seq.desc())
            .limit(limit)
            .into_boxed();
        query = match side {
            Side::Payer => query.filter(payments::payer_id.eq(account_id)),
            Side::Payee => query.filter(payments::payee_id.eq(account_id)),
        };
        filtered!(query, filter, like);
        query.load(c)
    })?)
}

#[derive(Clone, Copy)]
enum Side {
    Payer,
    Payee,
}

fn read_payment(columns: PaymentColumns) -> Result<Payment, StorageError> {
    let (
        (community_id, id, event_seq, state, amount, created_by, created_at, completed_at, seq),
        payer,
        payee,
        (description, text_salt),
        hash,
        (refund_of, refunded),
    ) = columns;
    let transfer = match (seq, hash) {
        (Some(seq), Some(hash)) => Some(TransferPosition { seq, hash: read_hash(hash)? }),
        _ => None,
    };
    let text_salt = text_salt
        .map(<[u8; 16]>::try_from)
        .transpose()
        .map_err(|_| StorageError::Corrupt(format!("payment {id}: salt")))?;
    Ok(Payment {
        id,
        community_id,
        event_seq,
        state: PaymentState::from_code(state)
            .ok_or_else(|| StorageError::Corrupt(format!("payment {id}: state")))?,
        payer: read_party(payer)?,
        payee: read_party(payee)?,
        amount,
        description: description.unwrap_or_default(),
        text_salt,
        created_by,
        created_at,
        completed_at,
        transfer,
        refund_of,
        refunded,
    })
}

pub(super) fn read_party(
    (account_id, code, name): (AccountId, String, String),
) -> Result<Party, StorageError> {
    let code = code.parse().map_err(|_| StorageError::Corrupt(format!("account {account_id}: code")))?;
    Ok(Party { account_id, code, name: name.into() })
}
