//! Paying what communities' funds pay to members who qualify.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// How long after a look that found nothing comes the next, in seconds.
const EVERY_S: i64 = 60;

/// Pays incomes.
pub struct PayingIncomes {
    services: Arc<Services>,
    /// When it looks next, in microseconds since 1970.
    next_at: AtomicI64,
}

impl PayingIncomes {
    /// Pays those of the services' communities.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, next_at: AtomicI64::new(i64::MIN) }
    }

    async fn pay_one(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if now.micros() < self.next_at.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let has_more = self.services.pay_due_income().await?;
        if !has_more {
            self.next_at.store(now.plus_seconds(EVERY_S).micros(), Ordering::Relaxed);
        }
        Ok(has_more)
    }
}

impl Work for PayingIncomes {
    fn name(&self) -> &'static str {
        "incomes"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.pay_one())
    }
}
