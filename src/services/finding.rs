//! Finding payments: those of all the caller's accounts as one list, newest first.
//!
//! A request looks at a bounded number of payments. Where few of them fit, its page is short or even empty, and its cursor goes
//! on below what was looked at: everything is found in the end, and no request takes long.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::accounts::place_in_order;
use super::caller::{Membership, find_visible_account, require_live_session, require_membership};
use super::cursors::{cut, page_length};
use super::payments::PaymentInContext;
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, SCALE_MAX, Scale};
use crate::domain::command::UserAuthority;
use crate::domain::ids::{AccountId, PaymentId};
use crate::storage::payments::{self, ListOrder, PaymentFilter, Place, Search, Stop};
use crate::storage::{Conn, accounts, communities};

pub use crate::storage::payments::Direction;

/// How many payments a request looks at, over all accounts.
const SCAN_MAX: i64 = 4_000;
/// How many it looks at in each account at least, so that every request gets on.
const SCAN_EACH_MIN: i64 = 100;

/// Which payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentQuery {
    /// Only this account's; all of the caller's where none is named.
    pub account: Option<AccountReference>,
    /// Only from or to this account.
    pub party: Option<AccountReference>,
    /// Only of at least this amount, as decimal text.
    pub least: Option<String>,
    /// Only of at most this amount, as decimal text.
    pub most: Option<String>,
    /// Further conditions.
    pub filter: Conditions,
    /// The page's length.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// Conditions that are the same in every community.
pub type Conditions = PaymentFilter;

/// Bounds of amounts in the finest scale of all: each community's own may be coarser.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    least: Option<Amount>,
    most: Option<Amount>,
}

impl Services {
    /// The bearer's payments, newest first, over all of their communities.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the named account is not the bearer's to look into.
    pub async fn payments(
        &self,
        bearer: &Bearer,
        query: PaymentQuery,
    ) -> Result<Page<PaymentInContext>, ServiceError> {
        let length = page_length(query.limit)?;
        let bounds = Bounds::parse(&query)?;
        let context = format!(
            "payments|{}|{:?}|{:?}|{:?}|{bounds:?}|{:?}",
            bearer.authority.user_id, bearer.authority.only, query.account, query.party, query.filter
        );
        let mut places = match &query.cursor {
            Some(cursor) => parse_places(&self.cursors.decode(&context, cursor)?),
            None => Places::new(),
        };
        let (now, caller, below) = (self.now(), bearer.clone(), places.clone());
        let Found { mut payments, stops } = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_payments(conn, &caller.authority, &query, bounds, &below, length + 1)
            })
            .await?;
        let frontier = stops.iter().map(|(_, stop)| stop.order).max();
        // Below the frontier, one of the accounts may have some that were not looked at.
        payments.retain(|found| frontier.is_none_or(|frontier| found.order() >= frontier));
        let has_more = cut(&mut payments, length);
        for (account_id, place) in payments.iter().flat_map(|found| &found.places) {
            lower(&mut places, *account_id, *place);
        }
        if !has_more {
            for (account_id, stop) in stops.iter().filter(|(_, stop)| Some(stop.order) == frontier) {
                lower(&mut places, *account_id, stop.below);
            }
        }
        let goes_on = has_more || frontier.is_some();
        let next_cursor = goes_on.then(|| self.cursors.encode(&context, &format_places(&places)));
        Ok(Page { items: payments.into_iter().map(|found| found.item).collect(), next_cursor })
    }
}

/// How far down each account's payments a reader has come.
type Places = BTreeMap<AccountId, Place>;

fn lower(places: &mut Places, account_id: AccountId, place: Place) {
    let below = places.entry(account_id).or_insert(Place::START);
    *below = below.lower(place);
}

/// What was found in all accounts, and where it was not looked any further.
struct Found {
    payments: Vec<FoundPayment>,
    stops: Vec<(AccountId, Stop)>,
}

/// A payment in a list, with its place in the list of each account that it was found by.
struct FoundPayment {
    item: PaymentInContext,
    places: Vec<(AccountId, Place)>,
}

impl FoundPayment {
    fn order(&self) -> ListOrder {
        ListOrder::of(&self.item.payment)
    }
}

/// One page, merged from the lists of all accounts in question.
fn find_payments(
    conn: &mut Conn,
    caller: &UserAuthority,
    query: &PaymentQuery,
    bounds: Bounds,
    below: &Places,
    length: i64,
) -> Result<Found, ServiceError> {
    let party = match &query.party {
        Some(reference) => Some(find_visible_account(conn, caller, reference)?.1.account.id),
        None => None,
    };
    let in_question = accounts_in_question(conn, caller, query)?;
    let count: usize = in_question.iter().map(|(_, accounts)| accounts.len()).sum();
    let share = SCAN_MAX / i64::try_from(count).unwrap_or(i64::MAX).max(1);
    let mut payments: BTreeMap<PaymentId, FoundPayment> = BTreeMap::new();
    let mut stops = Vec::new();
    for (membership, accounts) in in_question {
        let community = Arc::new(membership.community);
        let filter = PaymentFilter { party, ..bounds.within(community.scale, &query.filter) };
        for account in accounts {
            let search = Search {
                community_id: community.id,
                account_id: account.id,
                newest: account.account_seq,
                below: below.get(&account.id).copied().unwrap_or(Place::START),
                limit: length,
                scan_max: share.max(SCAN_EACH_MIN),
            };
            let found = payments::of_account(conn, &search, &filter)?;
            stops.extend(found.stops.into_iter().map(|stop| (account.id, stop)));
            for (payment, place) in found.payments {
                let community = Arc::clone(&community);
                let in_context = |payment| PaymentInContext { payment, community };
                payments
                    .entry(payment.id)
                    .or_insert_with(|| FoundPayment { item: in_context(payment), places: Vec::new() })
                    .places
                    .push((account.id, place));
            }
        }
    }
    let mut payments: Vec<_> = payments.into_values().collect();
    payments.sort_by_key(|found| std::cmp::Reverse(found.order()));
    Ok(Found { payments, stops })
}

pub(super) fn accounts_in_question(
    conn: &mut Conn,
    caller: &UserAuthority,
    query: &PaymentQuery,
) -> Result<Vec<(Membership, Vec<Account>)>, ServiceError> {
    let only = caller.only.map(|only| AccountReference::Id(only.account_id));
    if let Some(reference) = query.account.as_ref().or(only.as_ref()) {
        let (membership, visible) = find_visible_account(conn, caller, reference)?;
        let account = visible.full().ok_or(ServiceError::NotFound)?.clone();
        // What people noted is for those who look after the account, and not for admins.
        if query.filter.category.is_some() {
            super::notes::require_concern(&membership, &account)?;
        }
        return Ok(vec![(membership, vec![account])]);
    }
    let mut found = Vec::new();
    for community_id in communities::ids_of_user(conn, caller.user_id)? {
        let Some(community) = communities::find(conn, community_id)? else { continue };
        let Ok(membership) = require_membership(conn, community, caller) else { continue };
        let member_ids: Vec<_> = membership
            .members
            .iter()
            .filter(|member| member.status.belongs())
            .map(|member| member.id)
            .collect();
        let accounts = accounts::of_members(conn, community_id, &member_ids)?;
        found.push((membership, accounts));
    }
    Ok(found)
}

impl Bounds {
    fn parse(query: &PaymentQuery) -> Result<Self, ServiceError> {
        let finest = Scale::try_from(i16::from(SCALE_MAX))
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let mut faults = Vec::new();
        let mut parse = |name: &str, text: &Option<String>| {
            let parsed = finest.parse(text.as_deref()?, i64::MAX);
            faults.extend(parsed.err().map(|error| Fault::new(name, error.code(), error.to_string())));
            parsed.ok()
        };
        let bounds =
            Self { least: parse("amount_min", &query.least), most: parse("amount_max", &query.most) };
        if faults.is_empty() { Ok(bounds) } else { Err(ServiceError::Invalid(faults)) }
    }

    /// The conditions in a community's own minor units.
    fn within(self, scale: Scale, filter: &PaymentFilter) -> PaymentFilter {
        let coarser = 10_i64.pow(u32::from(SCALE_MAX.saturating_sub(scale.places())));
        let least = self.least.map(|least| {
            let whole = least.minor() / coarser + i64::from(least.minor() % coarser != 0);
            Amount::from_minor(whole.min(BALANCE_MAX_MINOR))
        });
        let most = self.most.map(|most| Amount::from_minor(most.minor() / coarser));
        PaymentFilter { least, most, ..filter.clone() }
    }
}

fn format_places(places: &Places) -> String {
    let format =
        |(id, place): (&AccountId, &Place)| format!("{id}:{}:{}", place.account_seq, place.event_seq);
    places.iter().map(format).collect::<Vec<_>>().join(",")
}

/// Places in the accounts' lists, from a cursor whose authenticity was checked.
fn parse_places(places: &str) -> Places {
    let parse = |text: &str| {
        let (id, place) = text.split_once(':')?;
        let (account_seq, event_seq) = place.split_once(':')?;
        let place = Place { account_seq: place_in_order(account_seq), event_seq: place_in_order(event_seq) };
        Some((id.parse().ok()?, place))
    };
    places.split(',').filter_map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_amounts_mean_the_same_in_every_scale() {
        let query = |least: &str, most: &str| PaymentQuery {
            least: Some(least.to_owned()),
            most: Some(most.to_owned()),
            ..PaymentQuery::default()
        };
        let within = |least, most, places: i16| {
            let bounds = Bounds::parse(&query(least, most)).unwrap();
            let filter = bounds.within(Scale::try_from(places).unwrap(), &PaymentFilter::default());
            (filter.least.unwrap().minor(), filter.most.unwrap().minor())
        };
        assert_eq!(within("12.50", "12.50", 2), (1_250, 1_250));
        // Nothing of whole units is between them.
        assert_eq!(within("12.50", "12.50", 0), (13, 12));
        assert_eq!(within("0.000001", "99999.999999", 2), (1, 9_999_999));
        assert_eq!(within("0", "1", 6), (0, 1_000_000));
        assert!(Bounds::parse(&query("-1", "x")).is_err());
    }
}
