//! An account's payments that fit a filter, newest first, with bounded work: where little fits, a search stops after so
//! many, and says where it goes on.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::{EXPIRES_AT, PAYEE_FEE, PAYER_FEE, PaymentColumns, REASON, REFUNDED, read_payment};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::records::EntryKind;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::members::like_pattern;
use crate::storage::schema::sides::{payees, payers};
use crate::storage::schema::{accounts, entries, payments, planned_payments, records, refunds};
use crate::storage::types::Id;
use crate::storage::{Conn, StorageError};

/// Which way a payment goes, as an account sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the account.
    In,
    /// From the account.
    Out,
}

/// Which of an account's payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilter {
    /// Only in this state.
    pub state: Option<PaymentState>,
    /// Only made at or after this time.
    pub from: Option<Timestamp>,
    /// Only made before this time.
    pub until: Option<Timestamp>,
    /// Only with this text in the description, or in the other side's name or code.
    pub text: Option<String>,
    /// Only this way.
    pub direction: Option<Direction>,
    /// Only from or to this account.
    pub party: Option<AccountId>,
    /// Only of at least this amount.
    pub least: Option<Amount>,
    /// Only of at most this amount.
    pub most: Option<Amount>,
    /// Only those which the account's people noted under this category.
    pub category: Option<String>,
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

    /// Further down by whichever is lower.
    #[must_use]
    pub fn lower(self, other: Self) -> Self {
        Self {
            account_seq: self.account_seq.min(other.account_seq),
            event_seq: self.event_seq.min(other.event_seq),
        }
    }
}

/// Where a payment stands among those of a community: by the time at which it completed, or was made; at the same time by
/// the order within the community, which each account's own order agrees with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListOrder {
    /// When it completed, or was made.
    pub time: Timestamp,
    /// The community, so that there is one order over all of them.
    pub community_id: CommunityId,
    /// Whether it completed.
    pub is_completed: bool,
    /// Its transfer's place on the chain, or else its own in the order of creation.
    pub place: i64,
}

impl ListOrder {
    /// A payment's.
    pub fn of(payment: &Payment) -> Self {
        Self {
            time: payment.completed_at.unwrap_or(payment.created_at),
            community_id: payment.community_id,
            is_completed: payment.transfer.is_some(),
            place: payment.transfer.map_or(payment.event_seq, |transfer| transfer.seq),
        }
    }
}

/// A payment with the place below which the account's list goes on after it.
pub type PlacedPayment = (Payment, Place);

/// Where a search stopped before it had found enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Everything down to here was looked at.
    pub order: ListOrder,
    /// Below this it goes on.
    pub below: Place,
}

/// What a search found.
#[derive(Debug, Default)]
pub struct FoundPayments {
    /// Payments that fit.
    pub payments: Vec<PlacedPayment>,
    /// Where it stopped early.
    pub stops: Vec<Stop>,
}

/// A search in one account's payments.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// The community.
    pub community_id: CommunityId,
    /// The account.
    pub account_id: AccountId,
    /// The account's newest entry.
    pub newest: i64,
    /// Where the reader has come.
    pub below: Place,
    /// The most payments to be found, of completed ones and of others each.
    pub limit: i64,
    /// The most payments to be looked at, of each of these.
    pub scan_max: i64,
}

/// An account's next payments below a place. Completed ones are found by the account's entries, so that paying touches
/// no index of payments by account; the others have one to themselves.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    search: &Search,
    filter: &PaymentFilter,
) -> Result<FoundPayments, StorageError> {
    let mut found = FoundPayments::default();
    let above = search.below.account_seq.min(search.newest.saturating_add(1));
    let from = above.saturating_sub(search.scan_max).max(1);
    let completed = completed(conn, search, filter, (from, above))?;
    if is_short(completed.len(), search.limit) && from > 1 {
        let order = order_at(conn, search, from)?;
        let below = Place { account_seq: from, ..Place::START };
        found.stops.extend(order.map(|order| Stop { order, below }));
    }
    for (row, account_seq) in completed {
        found.payments.push((read_payment(row)?, Place { account_seq, ..Place::START }));
    }
    for side in [Direction::Out, Direction::In] {
        let floor = floor(conn, search, side)?;
        let from = floor.map_or(0, |(event_seq, _)| event_seq);
        let rows = not_completed(conn, search, filter, (side, from))?;
        if let Some((event_seq, time)) = floor.filter(|_| is_short(rows.len(), search.limit)) {
            let community_id = search.community_id;
            let order = ListOrder { time, community_id, is_completed: false, place: event_seq };
            found.stops.push(Stop { order, below: Place { event_seq, ..Place::START } });
        }
        for row in rows {
            let payment = read_payment(row)?;
            let place = Place { event_seq: payment.event_seq, ..Place::START };
            found.payments.push((payment, place));
        }
    }
    Ok(found)
}

fn is_short(length: usize, limit: i64) -> bool {
    i64::try_from(length).is_ok_and(|length| length < limit)
}

/// Where the account's entry with this number stands.
fn order_at(conn: &mut Conn, search: &Search, account_seq: i64) -> Result<Option<ListOrder>, StorageError> {
    let community_id = search.community_id;
    let row: Option<(i64, Timestamp)> = on_backend!(conn, |c| entries::table
        .inner_join(
            records::table
                .on(records::community_id.eq(entries::community_id).and(records::seq.eq(entries::seq))),
        )
        .filter(entries::community_id.eq(community_id).and(entries::account_id.eq(search.account_id)))
        .filter(entries::account_seq.eq(account_seq))
        .select((records::seq, records::created_at))
        .get_result(c)
        .optional())?;
    Ok(row.map(|(place, time)| ListOrder { time, community_id, is_completed: true, place }))
}

/// The payment on one side that is not completed and the last to be looked at; none where there are fewer.
fn floor(
    conn: &mut Conn,
    search: &Search,
    side: Direction,
) -> Result<Option<(i64, Timestamp)>, StorageError> {
    Ok(on_backend!(conn, |c| {
        let mut query = payments::table
            .filter(payments::community_id.eq(search.community_id).and(payments::transfer_seq.is_null()))
            .filter(payments::event_seq.lt(search.below.event_seq))
            .order(payments::event_seq.desc())
            .offset(search.scan_max.saturating_sub(1))
            .limit(1)
            .select((payments::event_seq, payments::created_at))
            .into_boxed();
        query = match side {
            Direction::Out => query.filter(payments::payer_id.eq(search.account_id)),
            Direction::In => query.filter(payments::payee_id.eq(search.account_id)),
        };
        query.first(c).optional()
    })?)
}

/// Adds a filter's conditions to a boxed query, whichever its joins.
macro_rules! filtered {
    ($query:ident, $filter:expr, $account:expr, $like:expr) => {
        if let Some(state) = $filter.state {
            $query = $query.filter(payments::state.eq(i16::from(state.code())));
        }
        if let Some(from) = $filter.from {
            $query = $query.filter(payments::created_at.ge(from));
        }
        if let Some(until) = $filter.until {
            $query = $query.filter(payments::created_at.lt(until));
        }
        if let Some(direction) = $filter.direction {
            $query = match direction {
                Direction::Out => $query.filter(payments::payer_id.eq($account)),
                Direction::In => $query.filter(payments::payee_id.eq($account)),
            };
        }
        if let Some(party) = $filter.party {
            $query = $query.filter(payments::payer_id.eq(party).or(payments::payee_id.eq(party)));
        }
        if let Some(least) = $filter.least {
            $query = $query.filter(payments::amount.ge(least));
        }
        if let Some(most) = $filter.most {
            $query = $query.filter(payments::amount.le(most));
        }
        if let Some(category) = &$filter.category {
            let noted = sql::<Bool>(
                "EXISTS (SELECT 1 FROM payment_notes AS noted WHERE noted.community_id = payments.community_id \
                 AND noted.payment_id = payments.id AND noted.account_id = ",
            );
            $query = $query.filter(
                noted
                    .bind::<Id, _>($account)
                    .sql(" AND noted.category = ")
                    .bind::<Text, _>(category.clone())
                    .sql(")"),
            );
        }
        if let Some(text) = &$filter.text {
            let pattern = like_pattern(text);
            let content = sql::<Bool>("(payments.description").sql($like);
            $query = $query.filter(
                content
                    .bind::<Text, _>(pattern.clone())
                    .sql(" ESCAPE '\\' OR (CASE WHEN payments.payer_id = ")
                    .bind::<Id, _>($account)
                    .sql(
                        " THEN payees.name || ' ' || payees.code ELSE payers.name || ' ' || payers.code END)",
                    )
                    .sql($like)
                    .bind::<Text, _>(pattern)
                    .sql(" ESCAPE '\\')"),
            );
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
    search: &Search,
    filter: &PaymentFilter,
    (from, above): (i64, i64),
) -> Result<Vec<(PaymentColumns, i64)>, StorageError> {
    let like = like(conn);
    let account_id = search.account_id;
    Ok(on_backend!(conn, |c| {
        let mut query = joined!()
            .inner_join(entries::table.on(
                entries::community_id.eq(payments::community_id).and(entries::payment_id.eq(payments::id)),
            ))
            .select((columns!(), entries::account_seq))
            .filter(entries::community_id.eq(search.community_id).and(entries::account_id.eq(account_id)))
            .filter(entries::account_seq.ge(from).and(entries::account_seq.lt(above)))
            .filter(entries::kind.ne(i16::from(EntryKind::Fee.code())))
            .order(entries::account_seq.desc())
            .limit(search.limit)
            .into_boxed();
        filtered!(query, filter, account_id, like);
        query.load(c)
    })?)
}

fn not_completed(
    conn: &mut Conn,
    search: &Search,
    filter: &PaymentFilter,
    (side, from): (Direction, i64),
) -> Result<Vec<PaymentColumns>, StorageError> {
    let like = like(conn);
    let account_id = search.account_id;
    Ok(on_backend!(conn, |c| {
        let mut query = joined!()
            .select(columns!())
            .filter(payments::community_id.eq(search.community_id).and(payments::transfer_seq.is_null()))
            .filter(payments::event_seq.ge(from).and(payments::event_seq.lt(search.below.event_seq)))
            .order(payments::event_seq.desc())
            .limit(search.limit)
            .into_boxed();
        query = match side {
            Direction::Out => query.filter(payments::payer_id.eq(account_id)),
            Direction::In => query.filter(payments::payee_id.eq(account_id)),
        };
        filtered!(query, filter, account_id, like);
        query.load(c)
    })?)
}
