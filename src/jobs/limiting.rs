//! Giving accounts the limits that their communities' policies give them.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::limit_policies::Following;
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds: each looks at every community.
const EVERY_S: i64 = 5;

/// Has accounts follow the policies on limits.
pub struct Limiting {
    services: Arc<Services>,
    state: Mutex<Following>,
    rhythm: Rhythm,
}

impl Limiting {
    /// For the services' communities.
    pub fn new(services: Arc<Services>) -> Self {
        Self { services, state: Mutex::default(), rhythm: Rhythm::every_seconds(EVERY_S) }
    }

    async fn follow(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        let has_more = self.services.follow_limit_policies(&mut *self.state.lock().await).await?;
        if !has_more {
            self.rhythm.pause(now);
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
