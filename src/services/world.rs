//! The clock and the randomness of a running service: the only place that reads either.

use std::sync::Arc;

use rand::Rng;

use super::IdSources;
use crate::domain::ids::IdSource;
use crate::domain::time::{Clock, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(chrono::Utc::now().timestamp_micros())
    }
}

/// Makes sources of unpredictable ids.
pub fn system_ids() -> IdSources {
    Arc::new(|| Box::new(ThreadIds))
}

/// Ids and salts from the calling thread's cryptographic generator.
struct ThreadIds;

impl IdSource for ThreadIds {
    #[expect(clippy::disallowed_methods, reason = "the one place where randomness is drawn")]
    fn random_16(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }
}
