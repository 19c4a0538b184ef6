//! Which account a code or an id names. Codes and ids never change their meaning, so what was found is remembered.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::{ServiceError, Services};
use crate::domain::account::{AccountCode, AccountReference};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::storage::{Conn, StorageError, accounts, communities};

/// The most references that are remembered, at about 150 bytes each.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(50_000).unwrap();

/// An account, found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub community: Arc<Community>,
    pub account_id: AccountId,
}

/// What was found before.
pub(super) struct References {
    found: Mutex<LruCache<AccountReference, (CommunityId, AccountId)>>,
    communities: Mutex<HashMap<CommunityId, Arc<Community>>>,
}

impl References {
    pub(super) fn new() -> Self {
        Self { found: Mutex::new(LruCache::new(REMEMBERED_MAX)), communities: Mutex::new(HashMap::new()) }
    }

    fn remembered(&self, reference: &AccountReference) -> Option<Found> {
        let (community_id, account_id) =
            *self.found.lock().unwrap_or_else(PoisonError::into_inner).get(reference)?;
        let communities = self.communities.lock().unwrap_or_else(PoisonError::into_inner);
        communities.get(&community_id).map(|community| Found { community: Arc::clone(community), account_id })
    }

    fn remember(&self, reference: AccountReference, found: &Found) {
        let mut communities = self.communities.lock().unwrap_or_else(PoisonError::into_inner);
        if communities.len() >= REMEMBERED_MAX.get() {
            communities.clear();
        }
        communities.insert(found.community.id, Arc::clone(&found.community));
        drop(communities);
        let place = (found.community.id, found.account_id);
        self.found.lock().unwrap_or_else(PoisonError::into_inner).put(reference, place);
    }
}

impl Services {
    /// The account that a reference names, if any, whether or not the caller may know of it. Ids are looked for in
    /// the caller's own communities only.
    pub(super) async fn find_reference(
        &self,
        user_id: UserId,
        reference: AccountReference,
    ) -> Result<Option<Found>, ServiceError> {
        if let Some(found) = self.references.remembered(&reference) {
            return Ok(Some(found));
        }
        let wanted = reference.clone();
        let found = self.ledger.read(move |conn| look_up(conn, user_id, &wanted)).await?;
        if let Some(found) = &found {
            self.references.remember(reference, found);
        }
        Ok(found)
    }
}

/// A community, and accounts of it by what names them.
pub(super) type FoundTogether = (Community, HashMap<AccountReference, AccountId>);

/// The accounts that references name in one community: that of the first of them, in their order, that names one where
/// the user has or had a place.
pub(super) fn look_up_all(
    conn: &mut Conn,
    user_id: UserId,
    references: &[AccountReference],
) -> Result<Option<FoundTogether>, StorageError> {
    let (mut codes, mut ids) = (Vec::new(), Vec::new());
    for reference in references {
        match reference {
            AccountReference::Code(code) => codes.push(code),
            AccountReference::Id(id) => ids.push(*id),
        }
    }
    let mut chosen: Option<(usize, FoundTogether)> = None;
    for community_id in communities::ids_of_user(conn, user_id)? {
        let Some(community) = communities::find(conn, community_id)? else { continue };
        let is_of_it = |code: &&&AccountCode| code.community() == community.code.as_str();
        let texts: Vec<_> = codes.iter().filter(is_of_it).map(|code| code.as_str()).collect();
        let by_code = accounts::ids_by_code(conn, community_id, &texts)?;
        let by_id = accounts::existing(conn, community_id, &ids)?;
        let by_code = by_code
            .into_iter()
            .filter_map(|(code, id)| Some((AccountReference::Code(code.parse().ok()?), id)));
        let by_id = by_id.into_iter().map(|id| (AccountReference::Id(id), id));
        let found: HashMap<_, _> = by_code.chain(by_id).collect();
        let first = references.iter().position(|reference| found.contains_key(reference));
        if let Some(first) = first.filter(|first| chosen.as_ref().is_none_or(|(best, _)| first < best)) {
            chosen = Some((first, (community, found)));
        }
    }
    Ok(chosen.map(|(_, found)| found))
}

fn look_up(
    conn: &mut Conn,
    user_id: UserId,
    reference: &AccountReference,
) -> Result<Option<Found>, StorageError> {
    let (community, account) = match reference {
        AccountReference::Code(code) => {
            let Some(community) = communities::find_by_code(conn, code.community())? else { return Ok(None) };
            let account = accounts::find_by_code(conn, community.id, code.as_str())?;
            (community, account)
        }
        AccountReference::Id(id) => {
            let own = communities::ids_of_user(conn, user_id)?;
            let Some((community_id, account)) = accounts::find_in_any(conn, &own, *id)? else {
                return Ok(None);
            };
            let Some(community) = communities::find(conn, community_id)? else { return Ok(None) };
            (community, Some(account))
        }
    };
    Ok(account.map(|account| Found { community: Arc::new(community), account_id: account.id }))
}
