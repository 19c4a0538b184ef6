//! Deleting what was kept long enough, and bringing back what a clock that was ahead put into the future.

use std::sync::Arc;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after one look comes the next, in seconds.
const EVERY_S: i64 = 3_600;

/// Deletes settled mails and webhooks' messages some time after, and looks that no work lies in the future.
pub struct Cleaning {
    services: Arc<Services>,
    rhythm: Rhythm,
}

impl Cleaning {
    /// Cleans up behind the services.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, rhythm: Rhythm::every_seconds(EVERY_S) }
    }

    async fn clean(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        self.services.bring_back_what_is_ahead().await?;
        let has_more = self.services.delete_old_mails().await? | self.services.clean_webhooks().await?;
        if !has_more {
            self.rhythm.pause(now);
        }
        Ok(has_more)
    }
}

impl Work for Cleaning {
    fn name(&self) -> &'static str {
        "cleaning"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.clean())
    }
}
