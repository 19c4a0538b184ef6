//! Deleting what was kept long enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after one look comes the next, in seconds.
const EVERY_S: i64 = 3_600;

/// Deletes settled mails some time after.
pub struct Cleaning {
    services: Arc<Services>,
    /// When it looks next, in microseconds since 1970.
    next_at: AtomicI64,
}

impl Cleaning {
    /// Cleans up behind the services.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, next_at: AtomicI64::new(0) }
    }

    async fn clean(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if now.micros() < self.next_at.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let has_more = self.services.delete_old_mails().await?;
        if !has_more {
            self.next_at.store(now.plus_seconds(EVERY_S).micros(), Ordering::Relaxed);
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
