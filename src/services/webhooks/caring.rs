//! What is removed in time, and with whoever it told of.

use uuid::Builder;

use crate::domain::ids::{AccountId, CommunityId, WebhookDeliveryId};
use crate::domain::webhooks::NO_DELIVERY;
use crate::services::{ServiceError, Services};
use crate::storage::Conn;
use crate::storage::webhooks::deliveries::EndpointKey;
use crate::storage::webhooks::{bounding, deliveries, endpoints, forgetting};

/// How long deliveries stay in the log, in seconds: 30 days.
const KEPT_S: i64 = 30 * 86_400;
/// The most deliveries that an endpoint's log has, beside those that wait.
const LOG_MAX: i64 = 100_000;
/// Of how many of them, the newest, it is kept what was sent and answered.
const LOG_BODIES_MAX: i64 = 10_000;
/// The most deliveries that are deleted or emptied in one transaction.
const ROWS_PER_WRITE: i64 = 500;

impl Services {
    /// Deletes what was kept long enough, and what is left of endpoints that were removed. Whether there may be more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clean_webhooks(&self) -> Result<bool, ServiceError> {
        // Ids are in the order of time.
        let oldest =
            Builder::from_unix_timestamp_millis(self.now().plus_seconds(-KEPT_S).unix_millis(), &[0; 10]);
        let oldest = WebhookDeliveryId::from_uuid(oldest.into_uuid());
        let newest = WebhookDeliveryId::from_uuid(uuid::Uuid::max());
        for (community_id, id, is_deleted) in
            self.ledger.read(|conn: &mut Conn| endpoints::keys(conn)).await?
        {
            let key = (community_id, id);
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
            let deleted = if is_deleted || self.ledger.read(has_old).await? {
                self.ledger.write(clean).await?
            } else {
                0
            };
            if i64::try_from(deleted).is_ok_and(|deleted| deleted >= ROWS_PER_WRITE) {
                return Ok(true);
            }
            if !is_deleted && self.bound_log(key).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps so much of an endpoint's log and no more. Whether there may be more to do.
    async fn bound_log(&self, key: EndpointKey) -> Result<bool, ServiceError> {
        for (kept, only_bodies) in [(LOG_MAX, false), (LOG_BODIES_MAX, true)] {
            let find = move |conn: &mut Conn| match bounding::behind(conn, key, kept)? {
                Some(through) => bounding::settled_through(conn, key, (through, only_bodies), ROWS_PER_WRITE),
                None => Ok(Vec::new()),
            };
            let ids = self.ledger.read(find).await?;
            if ids.is_empty() {
                continue;
            }
            let is_all = i64::try_from(ids.len()).is_ok_and(|count| count < ROWS_PER_WRITE);
            let write = if only_bodies { bounding::empty } else { bounding::delete };
            self.ledger.write(move |conn| write(conn, key, &ids)).await?;
            if !is_all {
                return Ok(true);
            }
        }
        Ok(false)
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
