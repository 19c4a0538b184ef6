//! How often something secret may be guessed: a tally of failures, and the rule that it is held to.
//!
//! A try is counted before it is judged, and taken back when it was right. So tries that run at the same time cannot
//! slip past each other, and one that was cut off counts as a failure.

use super::time::Timestamp;

/// How often a guess may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The rule's name in answers.
    pub name: &'static str,
    /// The most failures within the window.
    pub failures_max: usize,
    /// The window, in seconds: any stretch of this length, wherever it begins.
    pub window_seconds: i64,
    /// After this many failures in a row only one try is allowed in each pause; none where only the window counts.
    pub in_a_row: Option<InARow>,
}

/// What follows on a long row of failures. Never a lock for good, which would be the attacker's to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InARow {
    /// How many failures in a row.
    pub failures_max: i64,
    /// How long after each further failure the next try has to wait, in seconds.
    pub pause_seconds: i64,
    /// How long without a failure until the row is forgotten, in seconds.
    pub forget_seconds: i64,
}

/// The failures of late, and how many came in a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    recent: Vec<Timestamp>,
    in_a_row: i64,
}

/// The bytes of one failure in [`Tally::recent_bytes`].
const TIME_BYTES: usize = 8;

impl Tally {
    /// The tally with these stored parts; none where the bytes are not a whole number of times.
    pub fn from_parts(recent: &[u8], in_a_row: i64) -> Option<Self> {
        let (times, rest) = recent.as_chunks::<TIME_BYTES>();
        let recent = times.iter().map(|bytes| Timestamp::from_micros(i64::from_be_bytes(*bytes))).collect();
        rest.is_empty().then_some(Self { recent, in_a_row })
    }

    /// The failures of late: microseconds, eight bytes each, big-endian, oldest first.
    pub fn recent_bytes(&self) -> Vec<u8> {
        self.recent.iter().flat_map(|time| time.micros().to_be_bytes()).collect()
    }

    /// How many failures came in a row.
    pub const fn in_a_row(&self) -> i64 {
        self.in_a_row
    }

    /// How many failures of late there are.
    pub const fn recent_count(&self) -> usize {
        self.recent.len()
    }

    /// How long the next try has to wait, in microseconds; none where it need not.
    pub fn wait(&self, rule: &Rule, now: Timestamp) -> Option<i64> {
        // A clock that was set back must not make anyone wait longer than the rule does.
        let until = |time: Timestamp, seconds: i64| {
            (time.min(now).plus_seconds(seconds).micros() - now.micros()).max(0)
        };
        let is_full = self.in_window(rule, now).count() >= rule.failures_max;
        let window = self
            .in_window(rule, now)
            .min()
            .filter(|_| is_full)
            .map_or(0, |oldest| until(oldest, rule.window_seconds));
        let row = rule
            .in_a_row
            .filter(|row| self.in_a_row >= row.failures_max)
            .zip(self.recent.iter().max())
            .map_or(0, |(row, newest)| until(*newest, row.pause_seconds));
        Some(window.max(row)).filter(|wait| *wait > 0)
    }

    /// Counts a try that [`Tally::wait`] lets pass as a failure.
    pub fn count(&mut self, rule: &Rule, now: Timestamp) {
        let is_forgotten = rule.in_a_row.is_none_or(|row| {
            self.recent.iter().max().is_none_or(|newest| newest.plus_seconds(row.forget_seconds) <= now)
        });
        self.in_a_row = if is_forgotten { 1 } else { self.in_a_row.saturating_add(1) };
        self.recent = self.in_window(rule, now).collect();
        self.recent.push(now);
    }

    /// Takes back a try that was counted at this time.
    pub fn take_back(&mut self, counted_at: Timestamp) {
        if let Some(place) = self.recent.iter().position(|time| *time == counted_at) {
            self.recent.remove(place);
            self.in_a_row = (self.in_a_row - 1).max(0);
        }
    }

    /// When the tally, under this rule, says no more than an empty one.
    pub fn forget_at(&self, rule: &Rule, now: Timestamp) -> Timestamp {
        let seconds = rule.in_a_row.map_or(0, |row| row.forget_seconds).max(rule.window_seconds);
        now.plus_seconds(seconds)
    }

    fn in_window(&self, rule: &Rule, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let window_seconds = rule.window_seconds;
        self.recent.iter().copied().filter(move |time| time.plus_seconds(window_seconds) > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule {
        name: "test",
        failures_max: 3,
        window_seconds: 60,
        in_a_row: Some(InARow { failures_max: 5, pause_seconds: 600, forget_seconds: 6_000 }),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    fn wait(tally: &Tally, seconds: i64) -> i64 {
        tally.wait(&RULE, at(seconds)).unwrap_or(0) / 1_000_000
    }

    #[test]
    fn no_stretch_of_the_windows_length_holds_more_failures_than_it_may() {
        let mut tally = Tally::default();
        for seconds in [0, 50, 58] {
            assert_eq!(wait(&tally, seconds), 0);
            tally.count(&RULE, at(seconds));
        }
        assert_eq!(wait(&tally, 59), 1);
        assert_eq!(wait(&tally, 60), 0);
        tally.count(&RULE, at(60));
        assert_eq!(wait(&tally, 61), 49);
    }

    #[test]
    fn a_long_row_leads_to_pauses_and_not_to_a_lock() {
        let mut tally = Tally::default();
        for number in 0..5 {
            tally.count(&RULE, at(number * 100));
        }
        assert_eq!(wait(&tally, 400), 600);
        assert_eq!(wait(&tally, 999), 1);
        assert_eq!(wait(&tally, 1_000), 0);
        tally.count(&RULE, at(1_000));
        assert_eq!((wait(&tally, 1_001), tally.in_a_row()), (599, 6));
        tally.count(&RULE, at(7_000));
        assert_eq!((wait(&tally, 7_001), tally.in_a_row()), (0, 1));
    }

    #[test]
    fn what_was_right_is_taken_back() {
        let mut tally = Tally::default();
        tally.count(&RULE, at(1));
        tally.count(&RULE, at(2));
        tally.take_back(at(1));
        tally.take_back(at(1));
        assert_eq!((tally.recent_count(), tally.in_a_row()), (1, 1));
    }

    #[test]
    fn a_clock_that_jumps_locks_nobody_out() {
        let mut tally = Tally::default();
        for _ in 0..5 {
            tally.count(&RULE, at(1_000_000));
        }
        assert_eq!(wait(&tally, 10), 600);
    }

    #[test]
    fn tallies_are_stored_and_read() {
        let mut tally = Tally::default();
        tally.count(&RULE, at(1));
        tally.count(&RULE, at(2));
        let bytes = tally.recent_bytes();
        assert_eq!(Tally::from_parts(&bytes, tally.in_a_row()), Some(tally));
        assert_eq!(Tally::from_parts(&bytes[1..], 0), None);
    }
}
