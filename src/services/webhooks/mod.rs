//! Webhooks: telling other machines what happens on an account, signed, at least once, each in its own time.
//!
//! | file | what lives there |
//! |---|---|
//! | `caring.rs` | what is removed in time, and with whoever it told of |
//! | `changing.rs` | changing endpoints: their URL, their events, their secrets |
//! | `endpoints.rs` | making and seeing endpoints |
//! | `log.rs` | what became of messages; sending them again |
//! | `setters.rs` | who said where messages go, and telling the owners of it |
//! | `settling.rs` | noting what became of attempts, and what follows from it |
//! | `telling.rs` | from events to messages |
//!
//! Nothing is written for this with a payment. The outbox has the events in their order; for each endpoint it is known up to
//! which of them messages were made, and that moves on in the transaction that writes the messages. What sends them is in
//! `jobs`: it takes a message for a while, sends it with no transaction open, and settles it. A process that is killed at any
//! place leaves messages that are due again, under the same ids.

mod caring;
mod changing;
mod endpoints;
mod log;
mod setters;
mod settling;
mod telling;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub use caring::WebhookCleaning;
pub use changing::{RotatedSecret, WebhookChanges};
pub use endpoints::{ENDPOINTS_EACH_MAX, MadeEndpoint, NewWebhookEndpoint, VisibleEndpoint};
pub use log::{DeliveryQuery, Replay, VisibleDelivery};
pub use settling::{Outcome, Settling};
pub use telling::{EventFormat, LiveEndpoint, Outgoing, Route, ToldRoute};

pub use crate::storage::webhooks::deliveries::{EndpointKey, PastAttempt, WebhookDelivery};
pub use crate::storage::webhooks::endpoints::{WebhookEndpoint, WebhookSetter};

use super::Services;
use crate::domain::ids::WebhookEndpointId;
use crate::webhook::TargetRules;
use tokio::sync::Notify;

/// What the use cases of webhooks share.
pub(super) struct Webhooks {
    rules: TargetRules,
    /// Rung when somebody changed an endpoint, or wants something sent.
    changed: Notify,
    /// The endpoints, in these versions, of which operators were told that nothing can be sent there.
    unsendable: Mutex<HashSet<(WebhookEndpointId, i64)>>,
}

/// How many of those are remembered, before all are forgotten and told of once more.
const UNSENDABLE_MAX: usize = 1_024;

impl Webhooks {
    /// Under the operator's rules.
    pub(super) fn new(rules: TargetRules) -> Arc<Self> {
        Arc::new(Self { rules, changed: Notify::new(), unsendable: Mutex::default() })
    }

    /// Whether nobody was told yet that nothing can be sent to this endpoint.
    fn is_news(&self, endpoint: (WebhookEndpointId, i64)) -> bool {
        let mut known = self.unsendable.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= UNSENDABLE_MAX {
            known.clear();
        }
        known.insert(endpoint)
    }
}

impl Services {
    /// Waits until endpoints were changed here, or something is to be sent at once.
    pub async fn webhooks_changed(&self) {
        self.webhooks.changed.notified().await;
    }

    /// Says that they were.
    fn ring_webhooks(&self) {
        self.webhooks.changed.notify_one();
    }
}
