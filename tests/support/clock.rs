//! The machine's time, moved on demand.

use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil::domain::time::{Clock, Timestamp};
use counterfoil::services::world::SystemClock;

/// Follows the machine's clock at a distance that tests set.
#[derive(Debug, Default)]
pub struct TestClock {
    ahead_seconds: AtomicI64,
}

impl TestClock {
    /// Moves the clock; a negative number moves it back.
    pub fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }
}
