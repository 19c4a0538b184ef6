//! What became of messages; sending them again, and telling everything again since a time.

use uuid::Uuid;

use super::endpoints::{
    VisibleEndpoint, find_endpoint, key_of, may_read, own_endpoints, require_reading_kind, unknown_type,
};
use super::telling::LEASE_S;
use super::{EndpointKey, WebhookDelivery};
use crate::auth::tokens::Bearer;
use crate::domain::ids::{WebhookDeliveryId, WebhookEndpointId};
use crate::domain::records::EventKind;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::domain::webhooks::{
    TEST_CODE, TEST_TYPE, WebhookDeliveryState as State, WebhookEndpointState, message_id,
};
use crate::services::audit::{self, Origin};
use crate::services::caller::require_live_session;
use crate::services::cursors::{cut, page_length};
use crate::services::{Fault, Page, ServiceError, Services};
use crate::storage::webhooks::deliveries::{self, DeliveryFilter};
use crate::storage::webhooks::{endpoints, moving};
use crate::storage::{Conn, events, turns};

/// The most tests of an endpoint that wait.
const TESTS_WAITING_MAX: i64 = 20;
/// How long ago what is told again may have happened at most, in seconds: 30 days.
const REPLAY_MAX_S: i64 = 30 * 86_400;
/// The most events of the community that one replay goes through.
const REPLAY_EVENTS_MAX: i64 = 1_000_000;

/// A delivery as its owner sees it.
#[derive(Debug, Clone)]
pub struct VisibleDelivery {
    /// The delivery.
    pub delivery: WebhookDelivery,
    /// The message's id.
    pub message_id: String,
}

impl VisibleDelivery {
    /// A delivery as this caller sees it: what was sent and answered only where they may read what it tells of.
    fn seen_by(bearer: &Bearer, mut delivery: WebhookDelivery) -> Self {
        if !may_read(bearer, delivery.kind) {
            for attempt in delivery.last.iter_mut().chain(&mut delivery.earlier) {
                (attempt.request, attempt.answer) = (None, None);
            }
        }
        let message_id = message_id(delivery.endpoint.1, delivery.event_seq, delivery.id);
        Self { delivery, message_id }
    }
}

/// Which deliveries of an endpoint a caller asks for, as they wrote it.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Only in this state.
    pub state: Option<String>,
    /// Only of this type.
    pub kind: Option<String>,
    /// Only about this payment, account or member.
    pub subject: Option<String>,
    /// How many.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// What is told again.
#[derive(Debug, Clone, Copy)]
pub struct Replay {
    /// From which event of the community's on.
    pub from_seq: i64,
    /// Up to which there is one now.
    pub through_seq: i64,
}

impl Services {
    /// An endpoint's deliveries, newest first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the bearer has no such endpoint; what is wrong with the query.
    pub async fn webhook_deliveries(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
        query: DeliveryQuery,
    ) -> Result<Page<VisibleDelivery>, ServiceError> {
        let length = page_length(query.limit)?;
        let user_id = bearer.authority.user_id;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let filters = [&query.state, &query.kind, &query.subject].map(text).join("|");
        let context = format!("webhook_deliveries|{user_id}|{id}|{filters}");
        let before = match &query.cursor {
            Some(cursor) => self.cursors.decode(&context, cursor)?.parse().ok(),
            None => None,
        };
        let filter = DeliveryFilter { before, ..parse_filter(&query)? };
        let (now, caller) = (self.now(), bearer.clone());
        let (mut items, stop) = self
            .ledger
            .read(move |conn| {
                let endpoint = find_endpoint(conn, &caller, id, now)?.endpoint;
                Ok::<_, ServiceError>(deliveries::page(conn, key_of(&endpoint), &filter, length + 1)?)
            })
            .await?;
        let has_more = cut(&mut items, length);
        let last = items.last().map(|item| item.id).filter(|_| has_more);
        let next_cursor = last.or(stop).map(|id| self.cursors.encode(&context, &id.to_string()));
        Ok(Page {
            items: items.into_iter().map(|one| VisibleDelivery::seen_by(bearer, one)).collect(),
            next_cursor,
        })
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is no endpoint's of the bearer's.
    pub async fn webhook_delivery(
        &self,
        bearer: &Bearer,
        id: WebhookDeliveryId,
    ) -> Result<VisibleDelivery, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let found = self.ledger.read(move |conn| find_delivery(conn, &caller, id, now)).await?;
        Ok(VisibleDelivery::seen_by(bearer, found.1))
    }

    /// Sends a message once more, at once and with all its attempts before it. One that is being tried, or will be within moments,
    /// is left as it is.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`]; [`Refusal::Forbidden`] where what it tells is not the bearer's to read;
    /// [`ConflictReason::EndpointOff`].
    pub async fn redeliver_webhook(
        &self,
        bearer: &Bearer,
        id: WebhookDeliveryId,
        origin: &Origin,
    ) -> Result<VisibleDelivery, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let found = self.ledger.read(move |conn| find_delivery(conn, &caller, id, now)).await?;
        // It goes to where the endpoint leads now.
        require_reading_kind(bearer, found.1.kind)?;
        require_enabled(&found.0)?;
        let (key, caller) = (key_of(&found.0.endpoint), bearer.clone());
        let line = self.webhook_audit("webhook_delivery.repeated", bearer, key.1, origin);
        let revived = self
            .settle(move |conn| {
                require_enabled(&find_endpoint(conn, &caller, key.1, now)?)?;
                if moving::revive(conn, key, id, (now, now.plus_seconds(LEASE_S)))? {
                    audit::record(conn, &line)?;
                }
                deliveries::find(conn, &[key], id)?.ok_or(ServiceError::NotFound)
            })
            .await?;
        self.ring_webhooks();
        Ok(VisibleDelivery::seen_by(bearer, revived))
    }

    /// Sends a test message.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`]; [`ConflictReason::EndpointOff`], [`ConflictReason::TooMany`].
    pub async fn test_webhook_endpoint(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
    ) -> Result<VisibleDelivery, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let delivery_id = WebhookDeliveryId::from_uuid(self.fresh_uuid());
        let made = self
            .settle(move |conn| {
                let visible = find_endpoint(conn, &caller, id, now)?;
                require_enabled(&visible)?;
                let endpoint = key_of(&visible.endpoint);
                turns::wait(conn, visible.account.account_id)?;
                if deliveries::waiting_of_kind(conn, endpoint, TEST_CODE)? >= TESTS_WAITING_MAX {
                    return Err(Refusal::Conflict(ConflictReason::TooMany).into());
                }
                let test = WebhookDelivery {
                    endpoint,
                    id: delivery_id,
                    event_seq: 0,
                    kind: TEST_CODE,
                    subject_id: id.uuid(),
                    happened_at: now,
                    state: State::Waiting,
                    attempts: 0,
                    due_at: now,
                    created_at: now,
                    last: None,
                    earlier: Vec::new(),
                };
                deliveries::insert(conn, std::slice::from_ref(&test))?;
                Ok(test)
            })
            .await?;
        self.ring_webhooks();
        Ok(VisibleDelivery::seen_by(bearer, made))
    }

    /// Tells an endpoint again what happened since a time, under the same ids as before; what waits for a later try does not wait
    /// any more.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`]; [`ConflictReason::EndpointOff`]; what is wrong with the time.
    pub async fn replay_webhooks(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
        since: &str,
        origin: &Origin,
    ) -> Result<Replay, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let visible = self.webhook_endpoint(bearer, id).await?;
        let fault = |code, detail: &str| Err(ServiceError::Invalid(vec![Fault::new("/since", code, detail)]));
        let Some(since) = Timestamp::parse_rfc3339(since) else {
            return fault("malformed_time", "must be a time such as 2026-09-21T14:13:20Z");
        };
        if since > now || since < now.plus_seconds(-REPLAY_MAX_S) {
            return fault("out_of_range", "must be within the last 30 days");
        }
        // What happened before the endpoint was there was never for it.
        let since = since.max(visible.endpoint.created_at);
        let community_id = visible.community.id;
        let (from_seq, through_seq) = self
            .ledger
            .read(move |conn| {
                let newest = events::newest(conn, &[community_id])?.get(&community_id).copied().unwrap_or(0);
                Ok::<_, ServiceError>((events::first_since(conn, community_id, since, newest)?, newest))
            })
            .await?;
        if through_seq.saturating_sub(from_seq) >= REPLAY_EVENTS_MAX {
            return fault("out_of_range", "so much has happened since then that it must be a later time");
        }
        let line = self.webhook_audit("webhook_endpoint.replayed", bearer, id, origin);
        self.settle(move |conn| {
            let visible = find_endpoint(conn, &caller, id, now)?;
            require_enabled(&visible)?;
            // Where it is still to be told of what happened before that, it is.
            let to = visible.endpoint.told_seq.min(from_seq - 1);
            let key = key_of(&visible.endpoint);
            endpoints::set_cursor(conn, key, to)?;
            moving::bring_forward(conn, key, from_seq, (now, now.plus_seconds(LEASE_S)))?;
            Ok(audit::record(conn, &line)?)
        })
        .await?;
        self.ring_webhooks();
        Ok(Replay { from_seq, through_seq })
    }
}

fn require_enabled(visible: &VisibleEndpoint) -> Result<(), ServiceError> {
    match visible.endpoint.state {
        WebhookEndpointState::Enabled => Ok(()),
        _ => Err(Refusal::Conflict(ConflictReason::EndpointOff).into()),
    }
}

fn find_delivery(
    conn: &mut Conn,
    caller: &Bearer,
    id: WebhookDeliveryId,
    now: Timestamp,
) -> Result<(VisibleEndpoint, WebhookDelivery), ServiceError> {
    require_live_session(conn, caller, now)?;
    let own = own_endpoints(conn, caller)?;
    let keys: Vec<EndpointKey> = own.iter().map(|visible| key_of(&visible.endpoint)).collect();
    let found = deliveries::find(conn, &keys, id)?.ok_or(ServiceError::NotFound)?;
    let endpoint = own.into_iter().find(|visible| key_of(&visible.endpoint) == found.endpoint);
    Ok((endpoint.ok_or(ServiceError::NotFound)?, found))
}

fn parse_filter(query: &DeliveryQuery) -> Result<DeliveryFilter, ServiceError> {
    let mut faults = Vec::new();
    let state = query.state.as_deref().and_then(|name| {
        let known = State::from_name(name);
        if known.is_none() {
            faults.push(Fault::new("state", "unknown_value", "must be waiting, delivered or failed"));
        }
        known
    });
    let kind = query.kind.as_deref().and_then(|name| {
        let known = if name == TEST_TYPE {
            Some(TEST_CODE)
        } else {
            EventKind::from_name(name).map(|kind| i16::from(kind.code()))
        };
        if known.is_none() {
            faults.push(Fault::new("type", "unknown_value", unknown_type()));
        }
        known
    });
    let subject_id = query.subject.as_deref().and_then(|text| {
        let known = Uuid::parse_str(text).ok();
        if known.is_none() {
            faults.push(Fault::new("subject", "malformed_id", "must be an id"));
        }
        known
    });
    if faults.is_empty() {
        Ok(DeliveryFilter { state, kind, subject_id, before: None })
    } else {
        Err(ServiceError::Invalid(faults))
    }
}
