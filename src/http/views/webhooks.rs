//! Webhooks: endpoints, deliveries, and the messages themselves.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::events::EventView;
use crate::domain::time::Timestamp;
use crate::domain::webhooks::{WantedTypes, WebhookDeliveryState, type_name};
use crate::services::events::Told;
use crate::services::webhooks::{
    MadeEndpoint, PastAttempt, Replay, RotatedSecret, VisibleDelivery, VisibleEndpoint,
};

/// Where messages about an account go.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct WebhookEndpointView {
    /// Its id.
    id: Uuid,
    /// The account whose events are told.
    #[schema(example = "RIVER0001")]
    account: String,
    /// The URL to which messages are sent.
    #[schema(example = "https://shop.example/hooks/river")]
    url: String,
    /// What is told: `*` for everything, `payment.*` for all of a kind, or names of events.
    events: Vec<String>,
    /// What its owner notes about it; null where that is nothing.
    description: Option<String>,
    /// Whether it is told anything.
    enabled: bool,
    /// `enabled`, `disabled` by its owner, `gone` because it answered 410, or `failing` because nothing arrived for days.
    #[schema(example = "enabled")]
    state: &'static str,
    /// Since when it is in that state.
    state_since: String,
    /// Since when nothing arrives there; null where things do.
    failing_since: Option<String>,
    /// Until when messages are signed with the secret before as well; null where they are not.
    old_secret_until: Option<String>,
    /// When it was made.
    created_at: String,
    /// Who made it, or gave it the URL that it has: it stays when they are gone. Null where that is not known.
    set_by: Option<WebhookSetterView>,
}

/// Who said where messages go.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookSetter)]
pub struct WebhookSetterView {
    /// `person`, who did it themselves, `api_key`, or `app`.
    #[schema(example = "api_key")]
    kind: &'static str,
    /// The id of the user, the key or the app.
    id: String,
    /// What the key or app is called; null for people, and where it is there no more.
    #[schema(example = "Mill Bakery's till")]
    name: Option<String>,
}

/// An endpoint with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewWebhookEndpoint)]
pub struct MadeEndpointView {
    /// The endpoint.
    #[serde(flatten)]
    endpoint: WebhookEndpointView,
    /// What messages are signed with, as the Standard Webhooks libraries take it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// All endpoints of an account, or of several.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpointList {
    /// The endpoints, oldest first.
    pub data: Vec<WebhookEndpointView>,
}

/// A new secret. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
pub struct WebhookSecretView {
    /// The endpoint.
    id: Uuid,
    /// What messages are signed with from now on.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
    /// Until when they are signed with the secret before as well.
    old_secret_until: String,
}

/// A message to an endpoint, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct WebhookDeliveryView {
    /// Its id in this log.
    id: Uuid,
    /// The endpoint.
    endpoint_id: Uuid,
    /// The message's id, in its header `webhook-id`: the same for every attempt.
    #[schema(example = "msg_0b7f4c1a9d6e4f3e8a2b5c7d9e1f3a5b")]
    message_id: String,
    /// What it tells of.
    #[serde(rename = "type")]
    #[schema(example = "payment.completed")]
    kind: &'static str,
    /// The event's place in the order of the community's events; null for a test.
    event_seq: Option<i64>,
    /// The payment, account, member or checkout that it tells of: for `payment.refunded`, the payment that gives back; the endpoint
    /// itself for a test.
    subject_id: Uuid,
    /// When that happened.
    timestamp: String,
    /// `waiting`, `delivered` or `failed`.
    #[schema(example = "delivered")]
    state: &'static str,
    /// How often it was tried.
    attempts: i32,
    /// When it is tried next, at the earliest; null where it does not wait.
    next_attempt_at: Option<String>,
    /// When the message was made.
    created_at: String,
    /// The last attempt; null where there was none.
    last_attempt: Option<WebhookAttemptView>,
    /// The attempts before it, oldest first: the last 20 of them, without what was sent, and with the first 200 characters of the
    /// answers.
    earlier_attempts: Vec<WebhookAttemptView>,
}

/// An attempt to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct WebhookAttemptView {
    /// When.
    at: String,
    /// The status of the answer; null where there was none.
    #[schema(example = 204)]
    status: Option<i32>,
    /// What went wrong; null where nothing did.
    #[schema(example = "there was no answer within 5 seconds")]
    error: Option<String>,
    /// How long it took, in milliseconds.
    duration_ms: i64,
    /// What was sent: the head without its signatures, an empty line, and the body. Null where it is not kept, or not any more.
    request: Option<String>,
    /// The first 1,024 bytes of the answer's body. Null where it is not kept any more.
    answer: Option<String>,
}

/// A page of an endpoint's deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryPage {
    /// The deliveries, newest first.
    pub data: Vec<WebhookDeliveryView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// What is told again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookReplay)]
pub struct WebhookReplayView {
    /// From which of the community's events on.
    from_event_seq: i64,
    /// Up to which there is one now. Later ones follow as ever.
    through_event_seq: i64,
}

impl From<&VisibleEndpoint> for WebhookEndpointView {
    fn from(visible: &VisibleEndpoint) -> Self {
        let endpoint = &visible.endpoint;
        Self {
            id: endpoint.id.uuid(),
            account: visible.account.code.to_string(),
            url: endpoint.url.clone(),
            events: WantedTypes::from_stored(&endpoint.events).names().to_vec(),
            description: endpoint.description.clone(),
            enabled: endpoint.state == crate::domain::webhooks::WebhookEndpointState::Enabled,
            state: endpoint.state.name(),
            state_since: endpoint.state_at.rfc3339(),
            failing_since: endpoint.failing_since.map(Timestamp::rfc3339),
            old_secret_until: endpoint.old_secret.as_ref().map(|(_, until)| until.rfc3339()),
            created_at: endpoint.created_at.rfc3339(),
            set_by: endpoint.set_by.as_ref().map(|setter| {
                let (kind, id) = match (&setter.key, &setter.app) {
                    (Some(key), _) => ("api_key", key.uuid().to_string()),
                    (None, Some(app)) => ("app", app.clone()),
                    (None, None) => ("person", setter.user_id.uuid().to_string()),
                };
                WebhookSetterView { kind, id, name: visible.set_with.clone() }
            }),
        }
    }
}

impl From<&MadeEndpoint> for MadeEndpointView {
    fn from(made: &MadeEndpoint) -> Self {
        Self { endpoint: (&made.visible).into(), secret: made.secret.expose().to_owned() }
    }
}

impl From<&RotatedSecret> for WebhookSecretView {
    fn from(rotated: &RotatedSecret) -> Self {
        Self {
            id: rotated.visible.endpoint.id.uuid(),
            secret: rotated.secret.expose().to_owned(),
            old_secret_until: rotated.old_until.rfc3339(),
        }
    }
}

impl From<&VisibleDelivery> for WebhookDeliveryView {
    fn from(visible: &VisibleDelivery) -> Self {
        let delivery = &visible.delivery;
        let is_waiting = delivery.state == WebhookDeliveryState::Waiting;
        Self {
            id: delivery.id.uuid(),
            endpoint_id: delivery.endpoint.1.uuid(),
            message_id: visible.message_id.clone(),
            kind: type_name(delivery.kind),
            event_seq: (delivery.event_seq > 0).then_some(delivery.event_seq),
            subject_id: delivery.subject_id,
            timestamp: delivery.happened_at.rfc3339(),
            state: delivery.state.name(),
            attempts: delivery.attempts,
            next_attempt_at: is_waiting.then(|| delivery.due_at.rfc3339()),
            created_at: delivery.created_at.rfc3339(),
            last_attempt: delivery.last.as_ref().map(WebhookAttemptView::from),
            earlier_attempts: delivery.earlier.iter().map(WebhookAttemptView::from).collect(),
        }
    }
}

impl From<&PastAttempt> for WebhookAttemptView {
    fn from(last: &PastAttempt) -> Self {
        Self {
            at: last.at.rfc3339(),
            status: last.status,
            error: last.error.clone(),
            duration_ms: last.duration_ms,
            request: last.request.clone(),
            answer: last.answer.clone(),
        }
    }
}

impl From<Replay> for WebhookReplayView {
    fn from(replay: Replay) -> Self {
        Self { from_event_seq: replay.from_seq, through_event_seq: replay.through_seq }
    }
}

/// A message: what streams of events tell, and what a receiver needs to put messages in order.
#[derive(Debug, Serialize)]
pub struct MessageView<'a> {
    #[serde(flatten)]
    event: EventView<'a>,
    event_seq: i64,
}

impl<'a> From<&'a Told> for MessageView<'a> {
    fn from(told: &'a Told) -> Self {
        Self { event: EventView::from(told), event_seq: told.event.event_seq }
    }
}

/// A message that names what it is about and no more: a test, or what is not there to be shown.
#[derive(Debug, Serialize)]
pub struct NamedMessageView {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    data: NamedSubject,
    event_seq: i64,
}

#[derive(Debug, Serialize)]
struct NamedSubject {
    id: Uuid,
}

impl NamedMessageView {
    /// Of this type, about this thing.
    pub fn new(kind: &'static str, at: Timestamp, event_seq: i64, id: Uuid) -> Self {
        Self { kind, timestamp: at.rfc3339(), data: NamedSubject { id }, event_seq }
    }
}
