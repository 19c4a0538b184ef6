//! Finding payments: over all accounts in question, newest first.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::PaymentInContext;
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::time::Timestamp;
use crate::services::accounts::place_in_order;
use crate::services::caller::{Membership, find_visible_account, require_live_session, require_membership};
use crate::services::cursors::{cut, page_length};
use crate::services::{Page, ServiceError, Services};
use crate::storage::payments::{self, PaymentFilter, Place};
use crate::storage::{Conn, accounts, communities};

/// Which payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentQuery {
    /// Only this account's; all of the caller's where none is named.
    pub account: Option<AccountReference>,
    /// Further conditions.
    pub filter: PaymentFilter,
    /// The page's length.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
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
        let context = format!("payments|{}|{:?}|{:?}", bearer.authority.user_id, query.account, query.filter);
        let mut places = match &query.cursor {
            Some(cursor) => parse_places(&self.cursors.decode(&context, cursor)?),
            None => Places::new(),
        };
        let (now, caller, below) = (self.now(), bearer.clone(), places.clone());
        let mut found = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_payments(conn, &caller.authority, &query, &below, length + 1)
            })
            .await?;
        let has_more = cut(&mut found, length);
        for (account_id, place) in found.iter().flat_map(|found| &found.places) {
            let below = places.entry(*account_id).or_insert(Place::START);
            below.account_seq = below.account_seq.min(place.account_seq);
            below.event_seq = below.event_seq.min(place.event_seq);
        }
        let next_cursor = has_more.then(|| self.cursors.encode(&context, &format_places(&places)));
        Ok(Page { items: found.into_iter().map(|found| found.item).collect(), next_cursor })
    }
}

/// How far down each account's payments a reader has come.
type Places = BTreeMap<AccountId, Place>;

/// A payment in a list, with its place in the list of each account that it was found by.
struct FoundPayment {
    item: PaymentInContext,
    places: Vec<(AccountId, Place)>,
}

impl FoundPayment {
    /// Where it stands among the payments of several accounts and communities: by the time at which it completed,
    /// or was made; at the same time by the order within its community, which each account's own order agrees with.
    fn order(&self) -> (Timestamp, CommunityId, bool, i64) {
        let payment = &self.item.payment;
        let time = payment.completed_at.unwrap_or(payment.created_at);
        let place = payment.transfer.map_or(payment.event_seq, |transfer| transfer.seq);
        (time, payment.community_id, payment.transfer.is_some(), place)
    }
}

/// One page, merged from the lists of all accounts in question.
fn find_payments(
    conn: &mut Conn,
    caller: &UserAuthority,
    query: &PaymentQuery,
    below: &Places,
    length: i64,
) -> Result<Vec<FoundPayment>, ServiceError> {
    let mut found: BTreeMap<PaymentId, FoundPayment> = BTreeMap::new();
    for (membership, account_ids) in accounts_in_question(conn, caller, query)? {
        let community = Arc::new(membership.community);
        for account_id in account_ids {
            let below = below.get(&account_id).copied().unwrap_or(Place::START);
            for (payment, place) in
                payments::of_account(conn, community.id, account_id, &query.filter, below, length)?
            {
                let community = Arc::clone(&community);
                found
                    .entry(payment.id)
                    .or_insert_with(|| FoundPayment {
                        item: PaymentInContext { payment, community },
                        places: Vec::new(),
                    })
                    .places
                    .push((account_id, place));
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.order()));
    found.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    Ok(found)
}

fn accounts_in_question(
    conn: &mut Conn,
    caller: &UserAuthority,
    query: &PaymentQuery,
) -> Result<Vec<(Membership, Vec<AccountId>)>, ServiceError> {
    if let Some(reference) = &query.account {
        let (membership, visible) = find_visible_account(conn, caller, reference)?;
        let account = visible.full().ok_or(ServiceError::NotFound)?;
        return Ok(vec![(membership, vec![account.id])]);
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
        let account_ids =
            accounts::of_members(conn, community_id, &member_ids)?.iter().map(|account| account.id).collect();
        found.push((membership, account_ids));
    }
    Ok(found)
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
