//! Forgetting people whose time for second thoughts is over.

use std::sync::Arc;

use super::{Doing, Work};
use crate::services::Services;

/// Does the erasures that are due.
pub struct Erasing {
    services: Arc<Services>,
}

impl Erasing {
    /// Erases what the services hold.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services }
    }
}

impl Work for Erasing {
    fn name(&self) -> &'static str {
        "erasing"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.services.erase_due())
    }
}
