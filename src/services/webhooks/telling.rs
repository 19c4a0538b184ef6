//! From events to messages: which are for whom, and what they say.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::endpoints::open_secret;
use super::{EndpointKey, WebhookDelivery, WebhookEndpoint};
use crate::domain::ids::{AccountId, CommunityId, IdSource, WebhookDeliveryId};
use crate::domain::records::{Event, EventKind};
use crate::domain::time::Timestamp;
use crate::domain::webhooks::{
    WantedTypes, WebhookDeliveryState, WebhookEndpointState, message_id, type_name,
};
use crate::services::events::{Told, scan, tell};
use crate::services::{ServiceError, Services};
use crate::storage::webhooks::{deliveries, endpoints};
use crate::storage::{Conn, StorageError, communities, events};
use crate::webhook::{Target, WebhookSecret};

/// How many events of a community one look takes.
const EVENTS_PER_LOOK: usize = 1_000;
/// The most messages that one look makes: they are written in one transaction, beside which payments wait on SQLite.
const MESSAGES_PER_LOOK: usize = 512;
/// After how many events that are not for an endpoint it is noted that it has missed nothing.
const NOTED_EVERY: i64 = 20_000;
/// For how long a message is taken, in seconds: an attempt takes 5, and waits in a queue before.
pub(super) const LEASE_S: i64 = 30;
/// The largest body, in bytes: the standard's bound.
const BODY_BYTES_MAX: usize = 20_000;

/// How messages look.
pub trait EventFormat: Send + Sync {
    /// The body that tells of an event, with what it is about as it is now.
    fn told(&self, told: &Told) -> Vec<u8>;

    /// The body that names what it is about and no more.
    fn named(&self, name: &'static str, at: Timestamp, event_seq: i64, subject_id: Uuid) -> Vec<u8>;
}

/// An endpoint that is told of things.
#[derive(Debug, Clone)]
pub struct LiveEndpoint {
    /// Which.
    pub key: EndpointKey,
    /// The account whose events are told.
    pub account_id: AccountId,
    /// Which of them.
    pub wanted: Arc<WantedTypes>,
    /// Where messages go.
    pub target: Target,
    /// What they are signed with.
    pub secret: WebhookSecret,
    /// What they are signed with as well, and until when.
    pub old_secrets: Vec<(WebhookSecret, Timestamp)>,
    /// Up to which event messages were made.
    pub told_seq: i64,
    /// Its version.
    pub version: i64,
    /// Whether nothing arrives there.
    pub is_failing: bool,
}

/// An endpoint for which messages are to be made.
#[derive(Debug, Clone)]
pub struct Route {
    /// Which.
    pub key: EndpointKey,
    /// The account whose events are told.
    pub account_id: AccountId,
    /// Which of them.
    pub wanted: Arc<WantedTypes>,
    /// Up to which event messages were made, as it is stored.
    pub told_seq: i64,
    /// The endpoint's version: for another one, what is wanted may be something else.
    pub version: i64,
    /// How many messages there is room for.
    pub room: usize,
}

/// A message that was taken for an attempt.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// For which endpoint.
    pub endpoint: EndpointKey,
    /// The delivery.
    pub id: WebhookDeliveryId,
    /// When what it tells of happened.
    pub happened_at: Timestamp,
    /// How often it was tried before.
    pub attempts: i32,
    /// Until when it is taken.
    pub lease: Timestamp,
    /// The message's id.
    pub message_id: String,
    /// The JSON.
    pub body: Vec<u8>,
}

/// What came of making messages for an endpoint.
#[derive(Debug)]
pub struct ToldRoute {
    /// Which.
    pub key: EndpointKey,
    /// Up to which event it was looked.
    pub through: i64,
    /// Up to which event messages were made, as it is stored now; none where another process had made them before.
    pub told_seq: Option<i64>,
    /// The messages, taken for a first attempt.
    pub outgoing: Vec<Outgoing>,
}

/// The messages of one endpoint, before they are written.
struct Draft {
    route: Route,
    through: i64,
    events: Vec<Event>,
    rows: Vec<WebhookDelivery>,
    bodies: Vec<Vec<u8>>,
}

impl Services {
    /// All endpoints that are told of things.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_webhooks(&self) -> Result<Vec<LiveEndpoint>, ServiceError> {
        let read = |conn: &mut Conn| endpoints::in_state(conn, WebhookEndpointState::Enabled);
        let found = self.ledger.read_once(read).await?;
        Ok(found.iter().filter_map(|endpoint| self.live_webhook(endpoint)).collect())
    }

    /// An endpoint with its secrets; none where nothing can be sent there: its secret cannot be opened, or the operator does
    /// not allow its URL any more. Its messages wait.
    fn live_webhook(&self, endpoint: &WebhookEndpoint) -> Option<LiveEndpoint> {
        let open = |sealed: &[u8]| open_secret(&self.sealing, endpoint.id, sealed);
        let secret = open(&endpoint.sealed_secret);
        let target = Target::parse(&endpoint.url, self.webhook_rules()).ok();
        if (secret.is_none() || target.is_none()) && self.webhooks.is_news((endpoint.id, endpoint.version)) {
            tracing::warn!(webhook.endpoint = %endpoint.id, "nothing can be sent to a webhook's endpoint: its secret cannot be opened, because COUNTERFOIL_SECRET_KEY is another one, or its URL is not allowed any more");
        }
        Some(LiveEndpoint {
            key: (endpoint.community_id, endpoint.id),
            account_id: endpoint.account_id,
            wanted: Arc::new(WantedTypes::from_stored(&endpoint.events)),
            target: target?,
            secret: secret?,
            old_secrets: endpoint
                .old_secret
                .iter()
                .flat_map(|(all, until)| {
                    let each = all.chunks_exact(endpoint.sealed_secret.len().max(1));
                    each.filter_map(|sealed| Some((open(sealed)?, *until)))
                })
                .collect(),
            told_seq: endpoint.told_seq,
            version: endpoint.version,
            is_failing: endpoint.failing_since.is_some(),
        })
    }

    /// Where the events of these communities stand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_events(
        &self,
        communities: Vec<CommunityId>,
    ) -> Result<HashMap<CommunityId, i64>, ServiceError> {
        Ok(self.ledger.read_once(move |conn| events::newest(conn, &communities)).await?)
    }

    /// Makes messages of a community's events behind a place, for endpoints that were told all before it.
    ///
    /// # Errors
    /// When the database fails; then nothing was made.
    pub async fn tell_webhooks(
        &self,
        format: Arc<dyn EventFormat>,
        (community_id, after): (CommunityId, i64),
        routes: Vec<Route>,
    ) -> Result<Vec<ToldRoute>, ServiceError> {
        let now = self.now();
        let lease = now.plus_seconds(LEASE_S);
        let mut ids = (self.ids)();
        let read = move |conn: &mut Conn| {
            let mut drafts = draft(conn, (community_id, after), routes)?;
            write_bodies(conn, format.as_ref(), community_id, &mut drafts)?;
            for draft in &mut drafts {
                draft.rows = rows(draft, ids.as_mut(), now, lease);
            }
            Ok::<_, StorageError>(drafts)
        };
        let drafts = self.ledger.read(read).await?;
        // Who was told of nothing has nothing to be written, but once in a while.
        let needs_note = |draft: &Draft| {
            !draft.rows.is_empty() || draft.through.saturating_sub(draft.route.told_seq) >= NOTED_EVERY
        };
        if !drafts.iter().any(needs_note) {
            return Ok(drafts.into_iter().map(|draft| finish(draft, None)).collect());
        }
        let write = move |conn: &mut Conn| {
            let mut finished = Vec::with_capacity(drafts.len());
            for draft in drafts {
                let moved = if needs_note(&draft) {
                    let Route { key, told_seq, version, .. } = draft.route;
                    Some(endpoints::move_cursor(conn, key, (version, told_seq), draft.through)?)
                } else {
                    None
                };
                if moved == Some(true) {
                    deliveries::insert(conn, &draft.rows)?;
                }
                finished.push(finish(draft, moved));
            }
            Ok(finished)
        };
        Ok(self.ledger.write(write).await?)
    }

    /// The endpoints with messages that are due again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_webhooks(&self) -> Result<Vec<EndpointKey>, ServiceError> {
        let now = self.now();
        Ok(self.ledger.read_once(move |conn| deliveries::due_endpoints(conn, now)).await?)
    }

    /// Takes messages that are due, for each of these endpoints at most so many.
    ///
    /// # Errors
    /// When the database fails; then they are due again later.
    pub async fn claim_webhooks(
        &self,
        format: Arc<dyn EventFormat>,
        wanted: Vec<(EndpointKey, i64)>,
    ) -> Result<Vec<Outgoing>, ServiceError> {
        let now = self.now();
        let lease = now.plus_seconds(LEASE_S);
        let claim = move |conn: &mut Conn| {
            let mut taken = Vec::new();
            for (key, room) in wanted {
                taken.extend(deliveries::claim(conn, key, now, lease, room)?);
            }
            Ok(taken)
        };
        let taken = self.ledger.write(claim).await?;
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.ledger.read(move |conn| describe(conn, format.as_ref(), taken)).await?)
    }
}

/// Which events are for which endpoints.
fn draft(
    conn: &mut Conn,
    (community_id, after): (CommunityId, i64),
    routes: Vec<Route>,
) -> Result<Vec<Draft>, StorageError> {
    let scan = scan(conn, community_id, after, EVENTS_PER_LOOK)?;
    let mut by_account: HashMap<AccountId, Vec<usize>> = HashMap::new();
    for (place, route) in routes.iter().enumerate() {
        by_account.entry(route.account_id).or_default().push(place);
    }
    let mut drafts: Vec<_> = routes
        .into_iter()
        .map(|route| Draft {
            route,
            through: scan.through,
            events: Vec::new(),
            rows: Vec::new(),
            bodies: Vec::new(),
        })
        .collect();
    let (mut full, mut made) = (HashSet::new(), 0_usize);
    for (event, accounts) in scan.concerning() {
        let mut places: Vec<_> =
            accounts.iter().filter_map(|id| by_account.get(id)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            let Some(draft) = drafts.get_mut(place) else { continue };
            if full.contains(&place) || !draft.route.wanted.matches(event.kind.name()) {
                continue;
            }
            if draft.events.len() >= draft.route.room || made >= MESSAGES_PER_LOOK {
                // The rest is for a later look, from here on.
                draft.through = event.event_seq - 1;
                full.insert(place);
                continue;
            }
            draft.events.push(event.clone());
            made += 1;
        }
    }
    Ok(drafts)
}

fn write_bodies(
    conn: &mut Conn,
    format: &dyn EventFormat,
    community_id: CommunityId,
    drafts: &mut [Draft],
) -> Result<(), StorageError> {
    let mut wanted: Vec<Event> = drafts.iter().flat_map(|draft| draft.events.iter().cloned()).collect();
    wanted.sort_unstable_by_key(|event| event.event_seq);
    wanted.dedup_by_key(|event| event.event_seq);
    if wanted.is_empty() {
        return Ok(());
    }
    let bodies = bodies(conn, format, community_id, &wanted)?;
    for draft in drafts {
        let of = |event: &Event| bodies.get(&event.event_seq).cloned().unwrap_or_default();
        draft.bodies = draft.events.iter().map(of).collect();
    }
    Ok(())
}

/// The bodies that tell of events, by their places.
fn bodies(
    conn: &mut Conn,
    format: &dyn EventFormat,
    community_id: CommunityId,
    wanted: &[Event],
) -> Result<HashMap<i64, Vec<u8>>, StorageError> {
    let told = match communities::find(conn, community_id)? {
        Some(community) => tell(conn, &Arc::new(community), wanted.iter())?,
        None => HashMap::new(),
    };
    let body = |event: &Event| {
        let told = told.get(&event.event_seq).map(|told| format.told(told));
        let body = told.filter(|body| body.len() < BODY_BYTES_MAX).unwrap_or_else(|| {
            format.named(event.kind.name(), event.created_at, event.event_seq, event.subject_id)
        });
        (event.event_seq, body)
    };
    Ok(wanted.iter().map(body).collect())
}

fn rows(draft: &Draft, ids: &mut dyn IdSource, now: Timestamp, lease: Timestamp) -> Vec<WebhookDelivery> {
    let row = |event: &Event| WebhookDelivery {
        endpoint: draft.route.key,
        id: WebhookDeliveryId::from_uuid(ids.uuid_at(now)),
        event_seq: event.event_seq,
        kind: i16::from(event.kind.code()),
        subject_id: event.subject_id,
        happened_at: event.created_at,
        state: WebhookDeliveryState::Waiting,
        attempts: 0,
        due_at: lease,
        created_at: now,
        last: None,
        earlier: Vec::new(),
    };
    draft.events.iter().map(row).collect()
}

/// What came of a draft: nothing to be written (none), written, or made by another process before.
fn finish(draft: Draft, moved: Option<bool>) -> ToldRoute {
    let Draft { route, through, rows, bodies, .. } = draft;
    let outgoing = match moved {
        Some(true) => rows.into_iter().zip(bodies).map(|(row, body)| outgoing(&row, body)).collect(),
        _ => Vec::new(),
    };
    let told_seq = match moved {
        Some(true) => Some(through),
        None => Some(route.told_seq),
        Some(false) => None,
    };
    ToldRoute { key: route.key, through, told_seq, outgoing }
}

fn outgoing(row: &WebhookDelivery, body: Vec<u8>) -> Outgoing {
    Outgoing {
        endpoint: row.endpoint,
        id: row.id,
        happened_at: row.happened_at,
        attempts: row.attempts,
        lease: row.due_at,
        message_id: message_id(row.endpoint.1, row.event_seq, row.id),
        body,
    }
}

/// Messages for deliveries that were taken.
fn describe(
    conn: &mut Conn,
    format: &dyn EventFormat,
    taken: Vec<WebhookDelivery>,
) -> Result<Vec<Outgoing>, StorageError> {
    let mut by_community: HashMap<CommunityId, Vec<Event>> = HashMap::new();
    for one in &taken {
        let Some(kind) = EventKind::from_code(one.kind) else { continue };
        let event =
            Event { event_seq: one.event_seq, kind, subject_id: one.subject_id, created_at: one.happened_at };
        by_community.entry(one.endpoint.0).or_default().push(event);
    }
    let mut told = HashMap::new();
    for (community_id, wanted) in by_community {
        for (event_seq, body) in bodies(conn, format, community_id, &wanted)? {
            told.insert((community_id, event_seq), body);
        }
    }
    let with_body = taken.into_iter().map(|one| {
        let body = told.get(&(one.endpoint.0, one.event_seq)).cloned().unwrap_or_else(|| {
            format.named(type_name(one.kind), one.happened_at, one.event_seq, one.subject_id)
        });
        outgoing(&one, body)
    });
    Ok(with_body.collect())
}
