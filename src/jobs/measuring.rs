//! Writing down how communities' currencies are doing.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::health;
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds: each looks at every community.
const EVERY_S: i64 = 5;

/// Writes down the figures of each day.
pub struct Measuring {
    services: Arc<Services>,
    state: Mutex<health::Measuring>,
    rhythm: Rhythm,
}

impl Measuring {
    /// Measures the services' communities.
    pub fn new(services: Arc<Services>) -> Self {
        Self { services, state: Mutex::default(), rhythm: Rhythm::every_seconds(EVERY_S) }
    }

    async fn measure(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        let has_more = self.services.measure_health(&mut *self.state.lock().await).await?;
        if !has_more {
            self.rhythm.pause(now);
        }
        Ok(has_more)
    }
}

impl Work for Measuring {
    fn name(&self) -> &'static str {
        "measuring"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.measure())
    }
}
