//! Ending requests and authorisations that nobody acted on in time.

use std::sync::Arc;

use super::{Doing, Work};
use crate::services::Services;

/// Ends what is overdue.
pub struct Expiring {
    services: Arc<Services>,
}

impl Expiring {
    /// Does so for the services' payments.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services }
    }
}

impl Work for Expiring {
    fn name(&self) -> &'static str {
        "expiring"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.services.expire_overdue())
    }
}
