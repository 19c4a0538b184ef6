//! One checkout, with waiting for its end, and an account's list.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::CheckoutInContext;
use super::waiting::{CHECKOUT_WAIT_S_MAX, Waiter};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::checkout::{CheckoutState, LinkToken, OrderKey};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, CheckoutId};
use crate::domain::policy::Right;
use crate::domain::time::Timestamp;
use crate::services::caller::{Membership, find_visible_account, require_live_session, require_place};
use crate::services::cursors::{cut, page_length};
use crate::services::finding::{PaymentQuery, accounts_in_question};
use crate::services::{Fault, Page, ServiceError, Services};
use crate::storage::checkouts::{CheckoutFilter, CheckoutStop};
use crate::storage::{Conn, accounts, checkouts, communities};

/// How often a list is read anew because it had checkouts whose time was over. What comes after that in their place is ended by the
/// clock.
const LOOKS_MAX: usize = 3;
/// How many checkouts a request looks at for those in one of the ended states, over all accounts.
const SCAN_MAX: i64 = 4_000;
/// How many it looks at in each account at least, so that every request gets on.
const SCAN_EACH_MIN: i64 = 100;
/// How often is looked for what other processes committed, and whether a clock that was ahead has made a checkout's time be over.
const LOOK_ANYWAY: Duration = Duration::from_secs(1);

/// Which checkouts are wanted.
#[derive(Debug, Clone, Default)]
pub struct CheckoutQuery {
    /// Only of this account; of all of the caller's where none is named.
    pub account: Option<AccountReference>,
    /// Only for this order.
    pub order_reference: Option<String>,
    /// Only in this state.
    pub state: Option<CheckoutState>,
    /// The page's length.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl Services {
    /// A checkout of an account that the bearer may take for or look into. Where it is open, it is waited so many seconds for
    /// that to change; one whose time is over is ended first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is absent or not theirs; what is wrong with the waiting time.
    pub async fn checkout(
        &self,
        bearer: &Bearer,
        id: CheckoutId,
        wait_seconds: Option<u64>,
    ) -> Result<CheckoutInContext, ServiceError> {
        let caller = bearer.clone();
        let find = || {
            let (now, caller) = (self.now(), caller.clone());
            self.ledger.read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let own = communities::ids_of_user(conn, caller.authority.user_id)?;
                let found = checkouts::find_in_any(conn, &own, id)?;
                let (community_id, checkout) = found.ok_or(ServiceError::NotFound)?;
                let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
                let membership = require_place(conn, community, &caller.authority)?;
                let payee = accounts::find_many(conn, community_id, &[checkout.payee.account_id])?;
                let payee = payee.first().filter(|account| may_see(&membership, account));
                let is_by_office = !is_own(&membership, payee.ok_or(ServiceError::NotFound)?);
                Ok(CheckoutInContext { checkout, community: Arc::new(membership.community), is_by_office })
            })
        };
        self.await_end(wait_seconds, Waiter::Shop(bearer.subject), find).await
    }

    /// A checkout for whoever has its link, at this address.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is none; what is wrong with the waiting time.
    pub async fn linked_checkout(
        &self,
        token: LinkToken,
        wait_seconds: Option<u64>,
        address: Option<IpAddr>,
    ) -> Result<CheckoutInContext, ServiceError> {
        let find = || {
            self.ledger.read_once(move |conn| {
                let (community_id, checkout) =
                    checkouts::find_by_token(conn, &token)?.ok_or(ServiceError::NotFound)?;
                let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
                Ok(CheckoutInContext::new(Arc::new(community), checkout))
            })
        };
        self.await_end(wait_seconds, Waiter::at(address), find).await
    }

    async fn await_end<F>(
        &self,
        wait_seconds: Option<u64>,
        who: Waiter,
        find: impl Fn() -> F,
    ) -> Result<CheckoutInContext, ServiceError>
    where
        F: Future<Output = Result<CheckoutInContext, ServiceError>>,
    {
        let wait = wait_seconds.unwrap_or(0);
        if wait > CHECKOUT_WAIT_S_MAX {
            let detail = format!("must be 0 to {CHECKOUT_WAIT_S_MAX}");
            return Err(ServiceError::Invalid(vec![Fault::new("wait", "out_of_range", detail)]));
        }
        let find = async || {
            let found = find().await?;
            // Ended here or by somebody who was faster, it is read again.
            if !found.checkout.is_overdue(self.now()) {
                return Ok::<_, ServiceError>(found);
            }
            self.expire_overdue_of(std::slice::from_ref(&found)).await?;
            find().await
        };
        let found = find().await?;
        let is_awaited = |found: &CheckoutInContext| found.checkout.state == CheckoutState::Open;
        if wait == 0 || !is_awaited(&found) {
            return Ok(found);
        }
        let Some(_place) = self.waiting.enter(who) else { return Ok(found) };
        let watch = self.ledger.watch_checkout(found.checkout.id);
        let is_alone = !self.ledger.has_other_processes();
        let end = Instant::now() + Duration::from_secs(wait);
        let left = found.checkout.expires_at.micros().saturating_sub(self.now().micros());
        // When its time is over, nobody may have come by to end it.
        let mut due = Instant::now() + Duration::from_micros(u64::try_from(left).unwrap_or(0));
        loop {
            // What changes from here on wakes; what changed before is seen.
            let changed = watch.changed();
            let found = find().await?;
            if !is_awaited(&found) || Instant::now() >= end {
                return Ok(found);
            }
            tokio::select! {
                () = changed => {}
                () = sleep(LOOK_ANYWAY), if !is_alone => {}
                () = sleep_until(due.min(end)) => due = due.max(Instant::now() + LOOK_ANYWAY),
            }
        }
    }

    /// The checkouts of the bearer's accounts, newest first. No request looks at more than so many: where few of them fit, its page
    /// is short or even empty, and its cursor goes on.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the named account is not the bearer's to look into.
    pub async fn checkouts(
        &self,
        bearer: &Bearer,
        query: CheckoutQuery,
    ) -> Result<Page<CheckoutInContext>, ServiceError> {
        let length = page_length(query.limit)?;
        let context = format!(
            "checkouts|{}|{:?}|{:?}|{:?}",
            bearer.authority.user_id, query.account, query.order_reference, query.state
        );
        let mut places = match &query.cursor {
            Some(cursor) => parse_places(&self.cursors.decode(&context, cursor)?),
            None => Places::new(),
        };
        let look = || {
            let (now, caller, query, below) = (self.now(), bearer.clone(), query.clone(), places.clone());
            self.ledger.read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_checkouts(conn, &caller, &query, &below, length + 1)
            })
        };
        let mut found = look().await?;
        for _ in 0..LOOKS_MAX {
            if !self.expire_overdue_of(&found.checkouts).await? {
                break;
            }
            found = look().await?;
        }
        let Found { checkouts: mut found, stops } = found;
        let frontier = stops.iter().map(|(_, stop)| (stop.created_at, stop.event_seq)).max();
        // Below the frontier, one of the accounts may have some that were not looked at.
        found.retain(|found| frontier.is_none_or(|frontier| found.order() >= frontier));
        let has_more = cut(&mut found, length);
        for CheckoutInContext { checkout, .. } in &found {
            places.insert(checkout.payee.account_id, checkout.event_seq);
        }
        if !has_more {
            let furthest = |stop: &CheckoutStop| Some((stop.created_at, stop.event_seq)) == frontier;
            for (account_id, stop) in stops.iter().filter(|(_, stop)| furthest(stop)) {
                places.insert(*account_id, stop.event_seq);
            }
        }
        let goes_on = has_more || frontier.is_some();
        let next_cursor = goes_on.then(|| self.cursors.encode(&context, &format_places(&places)));
        Ok(Page { items: found, next_cursor })
    }
}

impl CheckoutInContext {
    /// Where it stands among those of all accounts.
    const fn order(&self) -> (Timestamp, i64) {
        (self.checkout.created_at, self.checkout.event_seq)
    }
}

/// What was found in all accounts, and where it was not looked any further.
struct Found {
    checkouts: Vec<CheckoutInContext>,
    stops: Vec<(AccountId, CheckoutStop)>,
}

/// How far down each account's checkouts a reader has come.
type Places = BTreeMap<AccountId, i64>;

fn format_places(places: &Places) -> String {
    let format = |(id, place): (&AccountId, &i64)| format!("{id}:{place}");
    places.iter().map(format).collect::<Vec<_>>().join(",")
}

/// Places in the accounts' lists, from a cursor whose authenticity was checked.
fn parse_places(places: &str) -> Places {
    let parse = |text: &str| {
        let (id, place) = text.split_once(':')?;
        Some((id.parse().ok()?, place.parse().ok()?))
    };
    places.split(',').filter_map(parse).collect()
}

fn find_checkouts(
    conn: &mut Conn,
    caller: &Bearer,
    query: &CheckoutQuery,
    below: &Places,
    limit: i64,
) -> Result<Found, ServiceError> {
    let mut found = Found { checkouts: Vec::new(), stops: Vec::new() };
    let in_question = receiving_accounts(conn, caller, query.account.as_ref())?;
    let count: usize = in_question.iter().map(|place| place.accounts.len()).sum();
    let share = SCAN_MAX / i64::try_from(count).unwrap_or(i64::MAX).max(1);
    for Receiving { community, accounts, is_by_office } in in_question {
        for account in accounts {
            let order_key = query.order_reference.as_deref().map(|order| OrderKey::new(account.id, order));
            let below = below.get(&account.id).copied().unwrap_or(i64::MAX);
            let scan_max = share.max(SCAN_EACH_MIN);
            let filter = CheckoutFilter { order_key, state: query.state, below, scan_max };
            let (own, stop) = checkouts::of_account(conn, community.id, account.id, filter, limit)?;
            found.stops.extend(stop.map(|stop| (account.id, stop)));
            let in_context = |checkout| {
                let community = Arc::clone(&community);
                CheckoutInContext { checkout, community, is_by_office }
            };
            found.checkouts.extend(own.into_iter().map(in_context));
        }
    }
    found.checkouts.sort_by_key(|found| std::cmp::Reverse(found.order()));
    Ok(found)
}

/// Accounts of one community whose checkouts somebody may see.
pub(in crate::services) struct Receiving {
    /// The community.
    pub community: Arc<Community>,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Whether they are seen by office alone.
    pub is_by_office: bool,
}

fn may_see(membership: &Membership, account: &Account) -> bool {
    membership.may(Right::SeeAccount, account) || membership.may(Right::TakeFor, account)
}

/// Whether the caller looks after the account, or takes for it.
fn is_own(membership: &Membership, account: &Account) -> bool {
    membership.is_concerned(account) || membership.may(Right::TakeFor, account)
}

/// The accounts whose checkouts the caller may see: the named one, or all of their own.
pub(in crate::services) fn receiving_accounts(
    conn: &mut Conn,
    caller: &Bearer,
    named: Option<&AccountReference>,
) -> Result<Vec<Receiving>, ServiceError> {
    if let Some(reference) = named {
        let (membership, visible) = find_visible_account(conn, &caller.authority, reference)?;
        let account = visible.account;
        if !may_see(&membership, &account) {
            return Err(ServiceError::NotFound);
        }
        let is_by_office = !is_own(&membership, &account);
        let community = Arc::new(membership.community);
        return Ok(vec![Receiving { community, accounts: vec![account], is_by_office }]);
    }
    let own = accounts_in_question(conn, &caller.authority, &PaymentQuery::default())?;
    let receiving = own.into_iter().map(|(membership, accounts)| Receiving {
        community: Arc::new(membership.community),
        accounts,
        is_by_office: false,
    });
    Ok(receiving.collect())
}
