//! Checkouts: one by id or by its order, an account's, newest first, and those whose time is over; prices in two moneys are in
//! `checkouts/splits.rs`, how many there are and whose in `checkouts/counting.rs`.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::connection::{ROWS_PER_INSERT, on_backend};
use super::heads::read_hash;
use super::public_links::{self, LinkKind};
use super::schema::{accounts, checkouts, communities};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::checkout::{
    CaptureMode, Checkout, CheckoutChange, CheckoutState, CheckoutTerms, LinkToken, Metadata, OrderKey,
};
use crate::domain::ids::{AccountId, CheckoutId, CommunityId, PaymentId, UserId};
use crate::domain::payment::Party;
use crate::domain::time::Timestamp;

mod counting;
mod splits;

pub use counting::{count_open, count_open_by, payees};
pub(super) use splits::read_national;
pub use splits::{default_share, national_backs, national_parts, set_default_share};

type CheckoutColumns = (
    (CheckoutId, i64, i16, Amount, i16, Vec<u8>, Vec<u8>, Vec<u8>),
    (Timestamp, Timestamp, Option<UserId>, Option<PaymentId>),
    (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>),
    (Option<String>, Option<Amount>, Option<Amount>),
    (AccountId, String, String),
    (Amount, Amount),
);

/// In the words of the indexes of live, open and authorised ones: with a value that is bound, neither engine would use them.
const IS_LIVE: &str = "checkouts.state <= 3";
const IS_OPEN: &str = "checkouts.state = 1";
const IS_AUTHORISED: &str = "checkouts.state = 3";

/// How much of it was paid: what its payment moved, where it did.
const CAPTURED: &str = "(CASE WHEN checkouts.state = 2 THEN (SELECT paid.amount FROM payments AS paid \
     WHERE paid.community_id = checkouts.community_id AND paid.id = checkouts.payment_id) ELSE 0 END)";

/// What was given back of that, along the primary key of `refunds`: rarely a row.
const REFUNDED: &str = "(CASE WHEN checkouts.state = 2 THEN (SELECT CAST(COALESCE(SUM(back.amount), 0) AS BIGINT) \
     FROM refunds AS way JOIN payments AS back ON back.community_id = way.community_id AND back.id = way.payment_id \
     WHERE way.community_id = checkouts.community_id AND way.original_id = checkouts.payment_id) ELSE 0 END)";

macro_rules! joined {
    () => {
        checkouts::table.inner_join(accounts::table.on(
            accounts::community_id.eq(checkouts::community_id).and(accounts::id.eq(checkouts::account_id)),
        ))
    };
}

macro_rules! columns {
    () => {
        (
            (
                checkouts::id,
                checkouts::event_seq,
                checkouts::state,
                checkouts::amount,
                checkouts::capture,
                checkouts::order_key,
                checkouts::digest,
                checkouts::token,
            ),
            (checkouts::expires_at, checkouts::created_at, checkouts::created_by, checkouts::payment_id),
            (
                checkouts::order_reference,
                checkouts::description,
                checkouts::return_url,
                checkouts::cancel_url,
                checkouts::metadata,
            ),
            (checkouts::national_currency, checkouts::national_amount, checkouts::national_total),
            (accounts::id, accounts::code, accounts::name),
            (sql::<BigInt>(CAPTURED), sql::<BigInt>(REFUNDED)),
        )
    };
}

/// The checkout with this id in one of the communities.
///
/// # Errors
/// When the database refuses.
pub fn find_in_any(
    conn: &mut Conn,
    community_ids: &[CommunityId],
    id: CheckoutId,
) -> Result<Option<(CommunityId, Checkout)>, StorageError> {
    let row: Option<(CommunityId, CheckoutColumns)> = on_backend!(conn, |c| joined!()
        .select((checkouts::community_id, columns!()))
        .filter(checkouts::community_id.eq_any(community_ids).and(checkouts::id.eq(id)))
        .get_result(c)
        .optional())?;
    row.map(|(community_id, columns)| Ok((community_id, read(columns)?))).transpose()
}

/// Those of the named checkouts that exist.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[CheckoutId],
) -> Result<Vec<Checkout>, StorageError> {
    let rows: Vec<CheckoutColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(checkouts::community_id.eq(community_id).and(checkouts::id.eq_any(ids)))
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// The live checkouts of these orders.
///
/// # Errors
/// When the database refuses.
pub fn live_for_orders(
    conn: &mut Conn,
    community_id: CommunityId,
    orders: &[OrderKey],
) -> Result<Vec<Checkout>, StorageError> {
    let keys: Vec<&[u8]> = orders.iter().map(|order| order.0.as_slice()).collect();
    let rows: Vec<CheckoutColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(sql::<Bool>(IS_LIVE))
        .filter(checkouts::community_id.eq(community_id).and(checkouts::order_key.eq_any(keys)))
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// The checkouts by which these payments were made.
///
/// # Errors
/// When the database refuses.
pub fn of_payments(
    conn: &mut Conn,
    community_id: CommunityId,
    payment_ids: &[PaymentId],
) -> Result<Vec<Checkout>, StorageError> {
    let rows: Vec<CheckoutColumns> = on_backend!(conn, |c| joined!()
        .select(columns!())
        .filter(checkouts::community_id.eq(community_id).and(checkouts::payment_id.eq_any(payment_ids)))
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// Which of an account's checkouts are wanted.
#[derive(Debug, Clone, Copy)]
pub struct CheckoutFilter {
    /// Only for this order.
    pub order_key: Option<OrderKey>,
    /// Only in this state.
    pub state: Option<CheckoutState>,
    /// Only those that were made before this place.
    pub below: i64,
    /// How many are looked at for those that fit, where no index leads to them.
    pub scan_max: i64,
}

impl CheckoutFilter {
    /// Whether an index leads to all that fit, so that none is looked at in vain.
    const fn is_indexed(&self) -> bool {
        self.order_key.is_some()
            || matches!(self.state, None | Some(CheckoutState::Open | CheckoutState::Authorised))
    }
}

/// The last checkout that a search looked at, which stops there, though more may fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckoutStop {
    /// When it was made.
    pub created_at: Timestamp,
    /// Its place in the account's list.
    pub event_seq: i64,
}

/// An account's checkouts, newest first, at most `limit`; and where the search stopped, if it did before the list's end.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    filter: CheckoutFilter,
    limit: i64,
) -> Result<(Vec<Checkout>, Option<CheckoutStop>), StorageError> {
    let stop = if filter.is_indexed() {
        None
    } else {
        end_of_search(conn, (community_id, account_id), (filter.below, filter.scan_max))?
    };
    let least = stop.map_or(0, |stop| stop.event_seq);
    let rows: Vec<CheckoutColumns> = on_backend!(conn, |c| {
        let mut query = joined!()
            .select(columns!())
            .filter(checkouts::community_id.eq(community_id).and(checkouts::account_id.eq(account_id)))
            .filter(checkouts::event_seq.lt(filter.below).and(checkouts::event_seq.ge(least)))
            .order(checkouts::event_seq.desc())
            .limit(limit)
            .into_boxed();
        if let Some(order) = &filter.order_key {
            query = query.filter(checkouts::order_key.eq(order.0.as_slice()));
        }
        query = match filter.state {
            Some(CheckoutState::Open) => query.filter(sql::<Bool>(IS_OPEN)),
            Some(CheckoutState::Authorised) => query.filter(sql::<Bool>(IS_AUTHORISED)),
            Some(state) => query.filter(checkouts::state.eq(i16::from(state.code()))),
            None => query,
        };
        query.load(c)
    })?;
    Ok((rows.into_iter().map(read).collect::<Result<_, _>>()?, stop))
}

/// The last that a search looks at which begins below a place and looks at so many; none where it comes to the list's end.
fn end_of_search(
    conn: &mut Conn,
    (community_id, account_id): (CommunityId, AccountId),
    (below, scan_max): (i64, i64),
) -> Result<Option<CheckoutStop>, StorageError> {
    let last: Option<(Timestamp, i64)> = on_backend!(conn, |c| checkouts::table
        .filter(checkouts::community_id.eq(community_id).and(checkouts::account_id.eq(account_id)))
        .filter(checkouts::event_seq.lt(below))
        .order(checkouts::event_seq.desc())
        .offset(scan_max - 1)
        .limit(1)
        .select((checkouts::created_at, checkouts::event_seq))
        .get_result(c)
        .optional())?;
    Ok(last.map(|(created_at, event_seq)| CheckoutStop { created_at, event_seq }))
}

/// At most `limit` open checkouts of all communities whose time is over by `now`.
///
/// # Errors
/// When the database refuses.
pub fn overdue(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(CommunityId, CheckoutId)>, StorageError> {
    Ok(on_backend!(conn, |c| communities::table
        .inner_join(checkouts::table.on(checkouts::community_id.eq(communities::id)))
        .filter(sql::<Bool>(IS_OPEN).and(checkouts::expires_at.le(now)))
        .select((checkouts::community_id, checkouts::id))
        .limit(limit)
        .load(c))?)
}

/// Whether the checkout with this link exists, and which it is.
///
/// # Errors
/// When the database refuses.
pub fn find_by_token(
    conn: &mut Conn,
    token: &LinkToken,
) -> Result<Option<(CommunityId, Checkout)>, StorageError> {
    let found = public_links::find(conn, LinkKind::Checkout, &token.hash())?;
    let Some((community_id, id)) = found else { return Ok(None) };
    find_in_any(conn, &[community_id], CheckoutId::from_uuid(id))
}

/// Writes down how checkouts of earlier batches stand from now on.
///
/// # Errors
/// When the database refuses.
pub(super) fn change(
    conn: &mut Conn,
    community_id: CommunityId,
    changes: &[CheckoutChange],
) -> Result<(), StorageError> {
    // Those that end without payment do so many at once, when their time is over.
    let (paid, ended): (Vec<&CheckoutChange>, Vec<&CheckoutChange>) =
        changes.iter().partition(|change| change.payment_id.is_some());
    for state in CheckoutState::ALL {
        let ids: Vec<_> =
            ended.iter().filter(|change| change.state == *state).map(|change| change.id).collect();
        for ids in ids.chunks(ROWS_PER_INSERT) {
            let those = checkouts::table
                .filter(checkouts::community_id.eq(community_id))
                .filter(checkouts::id.eq_any(ids))
                .filter(checkouts::payment_id.is_null());
            let changed = on_backend!(conn, |c| diesel::update(those)
                .set(checkouts::state.eq(i16::from(state.code())))
                .execute(c))?;
            assert_eq!(changed, ids.len(), "checkouts that changed exist");
        }
    }
    for change in paid {
        let changed =
            on_backend!(conn, |c| diesel::update(checkouts::table.find((community_id, change.id)))
                .set((
                    checkouts::state.eq(i16::from(change.state.code())),
                    checkouts::payment_id.eq(change.payment_id),
                ))
                .execute(c))?;
        assert_eq!(changed, 1, "a checkout that changed exists");
    }
    Ok(())
}

/// Writes new checkouts down, with their links: many at once.
///
/// # Errors
/// When the database refuses.
pub(super) fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    new: &[Checkout],
) -> Result<(), StorageError> {
    for part in new.chunks(ROWS_PER_INSERT) {
        let rows: Vec<_> = part
            .iter()
            .map(|checkout| {
                let CheckoutTerms { national, .. } = &checkout.terms;
                (
                    (
                        checkouts::community_id.eq(community_id),
                        checkouts::id.eq(checkout.id),
                        checkouts::event_seq.eq(checkout.event_seq),
                        checkouts::account_id.eq(checkout.payee.account_id),
                        checkouts::state.eq(i16::from(checkout.state.code())),
                        checkouts::amount.eq(checkout.terms.amount),
                        checkouts::capture.eq(i16::from(checkout.terms.capture.code())),
                        checkouts::order_key.eq(checkout.order_key.0.as_slice()),
                        checkouts::digest.eq(checkout.digest.as_slice()),
                        checkouts::token.eq(checkout.token.0.as_slice()),
                    ),
                    (
                        checkouts::expires_at.eq(checkout.expires_at),
                        checkouts::created_at.eq(checkout.created_at),
                        checkouts::created_by.eq(checkout.created_by),
                        checkouts::payment_id.eq(checkout.payment_id),
                    ),
                    (
                        checkouts::order_reference.eq(&checkout.terms.order_reference),
                        checkouts::description.eq(&checkout.terms.description),
                        checkouts::return_url.eq(checkout.terms.return_url.as_deref()),
                        checkouts::cancel_url.eq(checkout.terms.cancel_url.as_deref()),
                        checkouts::metadata.eq(as_json(&checkout.terms.metadata)),
                    ),
                    (
                        checkouts::national_currency
                            .eq(national.map(|part| part.currency.as_str().to_owned())),
                        checkouts::national_amount.eq(national.map(|part| part.amount)),
                        checkouts::national_total.eq(national.and_then(|part| part.total)),
                    ),
                )
            })
            .collect();
        on_backend!(conn, |c| diesel::insert_into(checkouts::table).values(&rows).execute(c))?;
    }
    let links: Vec<_> = new.iter().map(|checkout| (checkout.token.hash(), checkout.id.uuid())).collect();
    public_links::insert(conn, community_id, LinkKind::Checkout, &links)
}

/// Metadata as it is stored. It has only text keys, so writing it cannot fail.
fn as_json(metadata: &Metadata) -> String {
    serde_json::to_string(metadata).unwrap_or_default()
}

fn read(columns: CheckoutColumns) -> Result<Checkout, StorageError> {
    let (
        (id, event_seq, state, amount, capture, order_key, digest, token),
        (expires_at, created_at, created_by, payment_id),
        (order_reference, description, return_url, cancel_url, metadata),
        (currency, national_amount, total),
        (account_id, code, name),
        (captured, refunded),
    ) = columns;
    let corrupt = |what: &str| StorageError::Corrupt(format!("checkout {id}: {what}"));
    let national = read_national(currency.as_deref(), national_amount, total);
    if national.is_none() && currency.is_some() {
        return Err(corrupt("currency"));
    }
    let terms = CheckoutTerms {
        amount,
        capture: CaptureMode::from_code(capture).ok_or_else(|| corrupt("capture"))?,
        order_reference: order_reference.unwrap_or_default(),
        description: description.unwrap_or_default(),
        return_url,
        cancel_url,
        metadata: match metadata {
            Some(text) => serde_json::from_str(&text).map_err(|_| corrupt("metadata"))?,
            None => Metadata::new(),
        },
        national,
    };
    Ok(Checkout {
        id,
        event_seq,
        state: CheckoutState::from_code(state).ok_or_else(|| corrupt("state"))?,
        payee: Party { account_id, code: code.parse().map_err(|_| corrupt("payee"))?, name: name.into() },
        terms,
        order_key: OrderKey(order_key.try_into().map_err(|_| corrupt("order"))?),
        digest: read_hash(digest)?,
        token: LinkToken(token.try_into().map_err(|_| corrupt("token"))?),
        expires_at,
        created_at,
        created_by,
        payment_id,
        captured,
        refunded,
    })
}
