//! Taking what communities' members contribute after each month.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::passed_over::PassedOver;
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds.
const EVERY_S: i64 = 60;

/// Takes contributions.
pub struct Contributing {
    services: Arc<Services>,
    rhythm: Rhythm,
    passed_over: Mutex<PassedOver>,
}

impl Contributing {
    /// Takes those of the services' communities.
    pub fn new(services: Arc<Services>) -> Self {
        Self { services, rhythm: Rhythm::every_seconds(EVERY_S), passed_over: Mutex::default() }
    }

    async fn take_some(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        let mut passed_over = self.passed_over.lock().await;
        let has_more = self.services.take_contributions(&mut passed_over).await?;
        if !has_more {
            passed_over.clear();
            self.rhythm.pause(now);
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
