//! Telling people by mail of what happens, as soon as they chose.

use std::sync::Arc;

use super::{Doing, Work};
use crate::services::Services;

/// Writes mails and digests of what happened.
pub struct Telling {
    services: Arc<Services>,
}

impl Telling {
    /// Tells of what happens in the services.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services }
    }
}

impl Work for Telling {
    fn name(&self) -> &'static str {
        "telling"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.services.mail_news())
    }
}
