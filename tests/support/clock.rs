//! The machine's time, moved on demand.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use counterfoil::domain::time::{Clock, Timestamp};
use counterfoil::services::world::SystemClock;

const DAY_SECONDS: i64 = 86_400;

/// How far all the tests' clocks are ahead of the machine's at first: it is noon where they begin, whatever the time of
/// day, so that no test passes by day and fails beside midnight.
static AHEAD_AT_FIRST_SECONDS: LazyLock<i64> = LazyLock::new(|| {
    let since_noon = (SystemClock.now().unix_seconds() - DAY_SECONDS / 2).rem_euclid(DAY_SECONDS);
    DAY_SECONDS - since_noon
});

/// Follows the machine's clock at a distance that tests set.
#[derive(Debug)]
pub struct TestClock {
    ahead_seconds: AtomicI64,
}

impl Default for TestClock {
    fn default() -> Self {
        Self { ahead_seconds: AtomicI64::new(*AHEAD_AT_FIRST_SECONDS) }
    }
}

impl TestClock {
    /// Tells the machine's own time, for books with which a program goes on that knows no other.
    pub fn follow_the_machine(&self) {
        self.ahead_seconds.store(0, Ordering::SeqCst);
    }

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
