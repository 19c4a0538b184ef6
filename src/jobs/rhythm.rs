//! How often a kind of work looks whether anything is due.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::time::Timestamp;

/// A pause after each look that found nothing.
pub(super) struct Rhythm {
    /// How long it is, in seconds.
    every_s: i64,
    /// When the next look is, in microseconds since 1970.
    next_at: AtomicI64,
}

impl Rhythm {
    pub(super) const fn every_seconds(every_s: i64) -> Self {
        Self { every_s, next_at: AtomicI64::new(i64::MIN) }
    }

    /// Whether it is time to look. A clock that was ahead when the pause began, and is right again, keeps nobody waiting.
    pub(super) fn is_time(&self, now: Timestamp) -> bool {
        let next_at = self.next_at.load(Ordering::Relaxed);
        now.micros() >= next_at || now.plus_seconds(self.every_s).micros() < next_at
    }

    /// Begins the pause.
    pub(super) fn pause(&self, now: Timestamp) {
        self.next_at.store(now.plus_seconds(self.every_s).micros(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_again_after_the_pause_or_when_the_clock_was_put_back() {
        let rhythm = Rhythm::every_seconds(60);
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        assert!(rhythm.is_time(now));
        rhythm.pause(now);
        for (seconds, is_time) in [(0, false), (59, false), (60, true), (-1, true), (-3_600, true)] {
            assert_eq!(rhythm.is_time(now.plus_seconds(seconds)), is_time, "{seconds}");
        }
    }
}
