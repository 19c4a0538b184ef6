//! Giving planned payments their turn.

use std::sync::Arc;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds: each looks into every community.
const EVERY_S: i64 = 1;

/// Makes the payments whose time has come.
pub struct Scheduling {
    services: Arc<Services>,
    rhythm: Rhythm,
}

impl Scheduling {
    /// Makes what the services' members planned.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, rhythm: Rhythm::every_seconds(EVERY_S) }
    }

    async fn run(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        let has_more = self.services.run_due().await?;
        if !has_more {
            self.rhythm.pause(now);
        }
        Ok(has_more)
    }
}

impl Work for Scheduling {
    fn name(&self) -> &'static str {
        "scheduling"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.run())
    }
}
