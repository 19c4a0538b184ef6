//! Work that looks for what is due every so often: at once again while there is more, and after a pause otherwise.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::rhythm::Rhythm;
use super::{Doing, MoreDue, Work};
use crate::services::{ServiceError, Services};

/// A kind of work that the use cases do, and what it keeps in mind between two looks.
pub trait Look: Send + Sync + 'static {
    /// Its name in logs.
    const NAME: &'static str;
    /// How long after a look that found nothing comes the next, in seconds.
    const EVERY_S: i64;
    /// What it keeps in mind.
    type State: Default + Send;

    /// Does one piece of what is due. It takes bounded time.
    fn look(
        services: &Services,
        state: &mut Self::State,
    ) -> impl Future<Output = Result<MoreDue, ServiceError>> + Send;
}

/// A kind of work in its rhythm.
pub struct Periodic<L: Look> {
    services: Arc<Services>,
    rhythm: Rhythm,
    state: Mutex<L::State>,
}

impl<L: Look> Periodic<L> {
    /// Does it for what the services keep.
    pub fn new(services: Arc<Services>) -> Self {
        Self { services, rhythm: Rhythm::every_seconds(L::EVERY_S), state: Mutex::default() }
    }

    async fn look_in_rhythm(&self) -> Result<MoreDue, ServiceError> {
        let now = self.services.now();
        if !self.rhythm.is_time(now) {
            return Ok(false);
        }
        let has_more = L::look(&self.services, &mut *self.state.lock().await).await?;
        if !has_more {
            self.rhythm.pause(now);
        }
        Ok(has_more)
    }
}

impl<L: Look> Work for Periodic<L> {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.look_in_rhythm())
    }
}
