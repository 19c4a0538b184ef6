//! Taking what communities' members contribute after each month.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds.
const EVERY_S: i64 = 60;

/// Takes contributions.
pub struct Contributing {
    services: Arc<Services>,
    /// When it looks next, in microseconds since 1970.
    next_at: AtomicI64,
}

impl Contributing {
    /// Takes those of the services' communities.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, next_at: AtomicI64::new(i64::MIN) }
    }

    async fn take_some(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if now.micros() < self.next_at.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let has_more = self.services.take_contributions().await?;
        if !has_more {
            self.next_at.store(now.plus_seconds(EVERY_S).micros(), Ordering::Relaxed);
        }
        Ok(has_more)
    }
}

impl Work for Contributing {
    fn name(&self) -> &'static str {
        "contributions"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.take_some())
    }
}
