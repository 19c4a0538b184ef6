//! Writing accounts' statements to people after each month.

use std::sync::Arc;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds: each looks into every community.
const EVERY_S: i64 = 60;

/// Writes statements to those who want them.
pub struct Stating {
    services: Arc<Services>,
    rhythm: Rhythm,
}

impl Stating {
    /// Writes the statements of the services' accounts.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, rhythm: Rhythm::every_seconds(EVERY_S) }
    }

    async fn write_one(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        let has_more = self.services.mail_monthly_statement().await?;
        if !has_more {
            self.rhythm.pause(now);
        }
        Ok(has_more)
    }
}

impl Work for Stating {
    fn name(&self) -> &'static str {
        "statements"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.write_one())
    }
}
