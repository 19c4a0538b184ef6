//! Leaving: reminding people of the plans by which members come to zero, and closing those who are there.

use std::sync::Arc;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds: each looks into every community.
const EVERY_S: i64 = 60;

/// Reminds of plans and closes who came to zero.
pub struct Leaving {
    services: Arc<Services>,
    rhythm: Rhythm,
}

impl Leaving {
    /// Looks after those who leave the services' communities.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, rhythm: Rhythm::every_seconds(EVERY_S) }
    }

    async fn look(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        if self.services.remind_of_plan().await? {
            return Ok(true);
        }
        let has_more = self.services.close_leavers_at_zero().await? > 0;
        if !has_more {
            self.rhythm.pause(now);
        }
        Ok(has_more)
    }
}

impl Work for Leaving {
    fn name(&self) -> &'static str {
        "leaving"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.look())
    }
}
