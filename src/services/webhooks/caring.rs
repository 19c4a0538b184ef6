//! What is removed in time, and with whoever it told of.

use std::collections::{HashMap, HashSet, VecDeque};

use uuid::{Builder, Uuid};

use crate::domain::ids::{AccountId, CommunityId, WebhookDeliveryId};
use crate::domain::webhooks::NO_DELIVERY;
use crate::services::{ServiceError, Services};
use crate::storage::webhooks::deliveries::EndpointKey;
use crate::storage::webhooks::{bounding, deliveries, endpoints, forgetting};
use crate::storage::{Conn, StorageError};

/// How long deliveries stay in the log, in seconds: 30 days.
const KEPT_S: i64 = 30 * 86_400;
/// Behind how many newer ones a delivery that arrived leaves an endpoint's log.
const LOG_MAX: i64 = 100_000;
/// Of how many of them, the newest, it is kept what was sent and answered.
const LOG_BODIES_MAX: i64 = 10_000;
/// The most deliveries that are deleted or emptied in one transaction.
const ROWS_PER_WRITE: i64 = 500;

/// Where cleaning goes on.
#[derive(Debug, Default)]
pub struct WebhookCleaning {
    /// The endpoints that are still to be looked at in this round.
    left: VecDeque<(EndpointKey, bool)>,
    /// Whether more is to be done at one that was looked at.
    has_more: bool,
    /// Up to where bodies were emptied: nobody looks through those once more.
    emptied: HashMap<EndpointKey, WebhookDeliveryId>,
}

impl WebhookCleaning {
    /// Whether a round begins with the next piece.
    pub fn is_between_rounds(&self) -> bool {
        self.left.is_empty()
    }
}

impl Services {
    /// Deletes what was kept long enough of one endpoint, or what is left of one that was removed. Whether there may be more, at this
    /// or at another one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clean_webhooks(&self, cleaning: &mut WebhookCleaning) -> Result<bool, ServiceError> {
        if cleaning.left.is_empty() {
            let keys = self.ledger.read(|conn: &mut Conn| endpoints::keys(conn)).await?;
            cleaning.left = keys.into_iter().map(|(community, id, gone)| ((community, id), gone)).collect();
            let known: HashSet<_> = cleaning.left.iter().map(|(key, _)| *key).collect();
            cleaning.emptied.retain(|key, _| known.contains(key));
        }
        let Some((key, is_deleted)) = cleaning.left.pop_front() else { return Ok(false) };
        let has_more = self.delete_old_deliveries(key, is_deleted).await?
            || (!is_deleted && self.bound_log(key, &mut cleaning.emptied).await?);
        cleaning.has_more |= has_more;
        Ok(if cleaning.left.is_empty() { std::mem::take(&mut cleaning.has_more) } else { true })
    }

    /// Deletes some of an endpoint's deliveries that are older than any is kept, and all of one that was removed. Whether there may
    /// be more.
    async fn delete_old_deliveries(&self, key: EndpointKey, is_deleted: bool) -> Result<bool, ServiceError> {
        // Ids are in the order of time.
        let oldest =
            Builder::from_unix_timestamp_millis(self.now().plus_seconds(-KEPT_S).unix_millis(), &[0; 10]);
        let oldest = WebhookDeliveryId::from_uuid(oldest.into_uuid());
        let newest = WebhookDeliveryId::from_uuid(Uuid::max());
        let below = if is_deleted { newest } else { oldest };
        let clean = move |conn: &mut Conn| {
            let deleted = deliveries::delete_below(conn, key, below, ROWS_PER_WRITE)?;
            if is_deleted && deleted == 0 {
                endpoints::delete(conn, key)?;
            }
            Ok(deleted)
        };
        // Looking is for readers: a write would wait in line with payments, once for each endpoint.
        let has_old = move |conn: &mut Conn| deliveries::has_below(conn, key, below);
        if !is_deleted && !self.ledger.read(has_old).await? {
            return Ok(false);
        }
        let deleted = self.ledger.write(clean).await?;
        Ok(is_deleted && deleted > 0 || is_whole_write(deleted))
    }

    /// Keeps so much of an endpoint's log and no more. Whether there may be more to do.
    async fn bound_log(
        &self,
        key: EndpointKey,
        emptied: &mut HashMap<EndpointKey, WebhookDeliveryId>,
    ) -> Result<bool, ServiceError> {
        let mut has_more = false;
        let first = WebhookDeliveryId::from_uuid(Uuid::nil());
        for (kept, only_bodies) in [(LOG_MAX, false), (LOG_BODIES_MAX, true)] {
            let from = emptied.get(&key).copied().filter(|_| only_bodies).unwrap_or(first);
            let find = move |conn: &mut Conn| {
                let Some(through) = bounding::behind(conn, key, kept)? else {
                    return Ok::<_, StorageError>(None);
                };
                let some =
                    bounding::arrived_through(conn, key, (from, through), only_bodies, ROWS_PER_WRITE)?;
                Ok(Some((through, some)))
            };
            let Some((through, ids)) = self.ledger.read(find).await? else { continue };
            let is_whole = is_whole_write(ids.len());
            let reached = ids.last().copied().filter(|_| is_whole).unwrap_or(through);
            if !ids.is_empty() {
                let write = if only_bodies { bounding::empty } else { bounding::delete };
                self.ledger.write(move |conn| write(conn, key, &ids)).await?;
            }
            if only_bodies {
                emptied.insert(key, reached);
            }
            has_more |= is_whole;
        }
        Ok(has_more)
    }

    /// Removes the endpoints of accounts whose owner is forgotten, and forgets what was sent and answered there; in the other
    /// logs of the community, what tells of their payments: texts, and the owner's name.
    pub(in crate::services) async fn forget_webhooks(
        &self,
        community_id: CommunityId,
        account_ids: Vec<AccountId>,
    ) -> Result<(), ServiceError> {
        let (now, of) = (self.now(), account_ids.clone());
        self.ledger.write(move |conn| endpoints::forget(conn, community_id, &of, now)).await?;
        self.ring_webhooks();
        let all = self.ledger.read(move |conn| forgetting::all_endpoints(conn, community_id)).await?;
        for (id, account_id) in all {
            let is_own = account_ids.contains(&account_id);
            let mut behind = Some(NO_DELIVERY);
            while let Some(place) = behind {
                let of = account_ids.clone();
                let forget = move |conn: &mut Conn| {
                    let of = Some(of.as_slice()).filter(|_| !is_own);
                    forgetting::forget_bodies(conn, (community_id, id), of, (place, ROWS_PER_WRITE))
                };
                behind = self.ledger.write(forget).await?;
            }
        }
        Ok(())
    }
}

/// Whether so many were found that there may be more.
fn is_whole_write(found: usize) -> bool {
    i64::try_from(found).is_ok_and(|found| found >= ROWS_PER_WRITE)
}
