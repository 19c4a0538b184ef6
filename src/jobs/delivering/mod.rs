//! Sending webhooks' messages, each endpoint's in its own time.
//!
//! | file | what lives there |
//! |---|---|
//! | `lane.rs` | one endpoint: what waits for it, how it is doing, and how much it may be sent at once |
//! | `office.rs` | who is told of what, and what is sent next |
//! | `settling.rs` | noting what became of it, many at a time |
//! | `turns.rs` | whose turn it is to be told |
//!
//! Messages are made from the outbox only where an endpoint has room for them, so that what has not been told yet lies where it
//! lies anyway. An endpoint that takes nothing is asked less and less often, one message at a time, and its attempts have
//! places of their own, as one's that answers slowly: the others do not wait for it.

mod lane;
mod office;
mod settling;
mod turns;

use std::sync::Arc;

use tokio::sync::watch;

use super::Running;
use crate::services::Services;
use crate::services::webhooks::EventFormat;
use crate::webhook::Client;
use office::Office;

/// Sends webhooks' messages.
pub struct Delivering {
    services: Arc<Services>,
    client: Arc<Client>,
    format: Arc<dyn EventFormat>,
}

impl Delivering {
    /// Sends those of the services, with this client, in this form.
    pub fn new(services: Arc<Services>, client: Client, format: Arc<dyn EventFormat>) -> Self {
        Self { services, client: Arc::new(client), format }
    }

    /// Starts on the present runtime.
    pub fn start(self) -> Running {
        let (stop, stopping) = watch::channel(false);
        let office = Office::new(self.services, self.client, self.format);
        Running::new(stop, tokio::spawn(office.run(stopping)))
    }
}
