//! Giving accounts the limits that their communities' policies give them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Mutex;

use super::{Doing, MoreDue, Work};
use crate::services::limit_policies::Following;
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds: each looks at every community.
const EVERY_S: i64 = 5;

/// Has accounts follow the policies on limits.
pub struct Limiting {
    services: Arc<Services>,
    state: Mutex<Following>,
    /// When it looks next, in microseconds since 1970.
    next_at: AtomicI64,
}

impl Limiting {
    /// For the services' communities.
    pub fn new(services: Arc<Services>) -> Self {
        Self { services, state: Mutex::default(), next_at: AtomicI64::new(i64::MIN) }
    }

    async fn follow(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if now.micros() < self.next_at.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let has_more = self.services.follow_limit_policies(&mut *self.state.lock().await).await?;
        if !has_more {
            self.next_at.store(now.plus_seconds(EVERY_S).micros(), Ordering::Relaxed);
        }
        Ok(has_more)
    }
}

impl Work for Limiting {
    fn name(&self) -> &'static str {
        "limiting"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.follow())
    }
}
