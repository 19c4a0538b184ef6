//! Writing to people about payments.

use std::sync::Arc;

use super::{Doing, Work};
use crate::services::Services;

/// Puts into the outbox what people are to be written about payments.
pub struct Notifying {
    services: Arc<Services>,
}

impl Notifying {
    /// Does so for the services' payments.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services }
    }
}

impl Work for Notifying {
    fn name(&self) -> &'static str {
        "notifying"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.services.write_due_notice())
    }
}
