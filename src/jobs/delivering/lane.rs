//! One endpoint: what waits for it, how it is doing, and how much it may be sent at once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::time::Timestamp;
use crate::services::webhooks::{LiveEndpoint, Outgoing, Route};
use crate::webhook::{Attempt, Connection};

/// How many messages of an endpoint wait here at most, and of one that answers slowly: they are sent before their leases end. The
/// others lie in the outbox.
const QUEUE_MAX: usize = 256;
const SLOW_QUEUE_MAX: usize = 8;
/// How many messages are sent to an endpoint at once, and to one that answers slowly.
const AT_ONCE_MAX: usize = 8;
const SLOW_AT_ONCE_MAX: usize = 2;
/// What is left of a message's lease when it is sent at the latest, in seconds: longer than an attempt takes.
const LEASE_LEFT_MIN_S: i64 = 8;
/// The longest pause after failures, in seconds.
const FAILURE_PAUSE_MAX_S: i64 = 30;
/// The pause of an endpoint that has too much to do, where it does not say how long, and at most, in seconds.
const SLOW_PAUSE_S: i64 = 10;
const SLOW_PAUSE_MAX_S: i64 = 3_600;
/// Who took longer than this to answer, in milliseconds, takes the places of those that may take as long as they can.
const QUICK_MAX_MS: i64 = 1_000;
/// For how long a connection is kept that nothing is sent on.
const IDLE_MAX: Duration = Duration::from_secs(15);

/// How an endpoint is doing, where that is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// From now on nothing arrives.
    Failing,
    /// Things arrive again.
    Recovered,
}

/// An endpoint with what waits for it.
pub(super) struct Lane {
    pub endpoint: Arc<LiveEndpoint>,
    /// Up to which event it was looked for messages.
    pub position: i64,
    /// The same as it is stored, which is where another process would go on.
    pub told_seq: i64,
    queue: VecDeque<Outgoing>,
    in_flight: usize,
    idle: Vec<(Connection, Instant)>,
    /// How many attempts failed, one after the other.
    failures: u32,
    /// Whether the last answer was long in coming.
    is_slow: bool,
    is_failing: bool,
    paused_until: Option<Timestamp>,
}

impl Lane {
    pub fn new(endpoint: LiveEndpoint) -> Self {
        Self {
            position: endpoint.told_seq,
            told_seq: endpoint.told_seq,
            is_failing: endpoint.is_failing,
            // What took nothing before this process began is asked carefully.
            failures: u32::from(endpoint.is_failing),
            is_slow: false,
            endpoint: Arc::new(endpoint),
            queue: VecDeque::new(),
            in_flight: 0,
            idle: Vec::new(),
            paused_until: None,
        }
    }

    /// The endpoint as it is stored now: changed by its owner, told by another process, or put back to be told again.
    pub fn refresh(&mut self, endpoint: LiveEndpoint) {
        if endpoint.told_seq != self.told_seq {
            self.told_seq = endpoint.told_seq;
            self.position = endpoint.told_seq;
        }
        if endpoint.target != self.endpoint.target {
            // Its owner did something about it. What else they change makes nothing arrive.
            self.failures = 0;
            self.is_slow = false;
            self.paused_until = None;
            self.idle.clear();
        }
        self.is_failing = endpoint.is_failing;
        self.endpoint = Arc::new(endpoint);
    }

    /// For how many messages there is room.
    pub fn room(&self, now: Timestamp) -> usize {
        if self.is_paused(now) {
            return 0;
        }
        let taken = self.queue.len() + self.in_flight;
        if self.failures > 0 {
            return usize::from(taken == 0);
        }
        let most = if self.is_slow { SLOW_QUEUE_MAX } else { QUEUE_MAX };
        most.saturating_sub(taken)
    }

    /// What messages are made for.
    pub fn route(&self, room: usize) -> Route {
        Route {
            key: self.endpoint.key,
            account_id: self.endpoint.account_id,
            wanted: Arc::clone(&self.endpoint.wanted),
            told_seq: self.told_seq,
            version: self.endpoint.version,
            room,
        }
    }

    pub fn push(&mut self, outgoing: Outgoing) {
        self.queue.push_back(outgoing);
    }

    /// Whether anything waits here.
    pub fn has_waiting(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether its attempts may take as long as they can: they have places of their own.
    pub const fn is_suspect(&self) -> bool {
        self.failures > 0 || self.is_slow
    }

    /// The next message that may be sent now. What waited here for too long is left to whoever takes it next.
    pub fn next(&mut self, now: Timestamp) -> Option<Outgoing> {
        let at_once = match (self.failures, self.is_slow) {
            (0, false) => AT_ONCE_MAX,
            (0, true) => SLOW_AT_ONCE_MAX,
            _ => 1,
        };
        if self.is_paused(now) || self.in_flight >= at_once {
            return None;
        }
        while let Some(outgoing) = self.queue.pop_front() {
            if outgoing.lease >= now.plus_seconds(LEASE_LEFT_MIN_S) {
                self.in_flight += 1;
                return Some(outgoing);
            }
        }
        None
    }

    /// A connection on which something was sent before.
    pub fn connection(&mut self) -> Option<Connection> {
        while let Some((connection, since)) = self.idle.pop() {
            if connection.is_usable() && since.elapsed() < IDLE_MAX {
                return Some(connection);
            }
        }
        None
    }

    /// Closes connections that nothing is sent on.
    pub fn close_idle(&mut self) {
        self.idle.retain(|(connection, since)| connection.is_usable() && since.elapsed() < IDLE_MAX);
    }

    /// That an attempt was cut off.
    pub const fn lost(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// What came of an attempt. How the endpoint is doing, where that is new.
    pub fn note(
        &mut self,
        attempt: &Attempt,
        connection: Option<Connection>,
        now: Timestamp,
    ) -> Option<Turn> {
        self.lost();
        self.is_slow = attempt.duration_ms > QUICK_MAX_MS;
        if let Some(connection) = connection.filter(|_| self.idle.len() < AT_ONCE_MAX) {
            self.idle.push((connection, Instant::now()));
        }
        if attempt.is_taken() {
            self.failures = 0;
            self.paused_until = None;
            return std::mem::take(&mut self.is_failing).then_some(Turn::Recovered);
        }
        self.failures = self.failures.saturating_add(1);
        let pause_s = if attempt.is_slowing_down() {
            attempt.retry_after_s.unwrap_or(SLOW_PAUSE_S).clamp(1, SLOW_PAUSE_MAX_S)
        } else {
            failure_pause(self.failures)
        };
        self.paused_until = (pause_s > 0).then(|| now.plus_seconds(pause_s));
        (!std::mem::replace(&mut self.is_failing, true)).then_some(Turn::Failing)
    }

    fn is_paused(&self, now: Timestamp) -> bool {
        // A clock that was ahead when the pause began keeps nobody waiting.
        self.paused_until.is_some_and(|until| now < until && until <= now.plus_seconds(SLOW_PAUSE_MAX_S))
    }
}

/// The pause after so many failures, one after the other: none after the first, which may be the message's own fault, then
/// twice as long each time.
fn failure_pause(failures: u32) -> i64 {
    match failures {
        0 | 1 => 0,
        more => (1_i64 << (more - 2).min(10)).min(FAILURE_PAUSE_MAX_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::webhooks::WantedTypes;
    use crate::webhook::{SECRET_BYTES, Target, TargetRules, WebhookSecret};

    const NOBODYS: &str = "00000000-0000-0000-0000-000000000000";
    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

    fn endpoint(told_seq: i64) -> LiveEndpoint {
        LiveEndpoint {
            key: (NOBODYS.parse().unwrap(), NOBODYS.parse().unwrap()),
            account_id: NOBODYS.parse().unwrap(),
            wanted: Arc::new(WantedTypes::from_stored("*")),
            target: Target::parse("https://shop.example/", &TargetRules::default()).unwrap(),
            secret: WebhookSecret::from_random(&[1; SECRET_BYTES]),
            old_secrets: Vec::new(),
            told_seq,
            version: 1,
            is_failing: false,
        }
    }

    fn outgoing(lease_s: i64) -> Outgoing {
        let lane = endpoint(0);
        Outgoing {
            endpoint: lane.key,
            id: NOBODYS.parse().unwrap(),
            happened_at: NOW,
            attempts: 0,
            lease: NOW.plus_seconds(lease_s),
            message_id: "msg_1".into(),
            body: Vec::new(),
        }
    }

    fn answered(status: u16, retry_after_s: Option<i64>) -> Attempt {
        Attempt { status: Ok(status), retry_after_s, answer: String::new(), duration_ms: 1 }
    }

    #[test]
    fn a_sound_endpoint_gets_some_at_once_and_a_failing_one_one_at_a_time() {
        let mut lane = Lane::new(endpoint(0));
        assert_eq!(lane.room(NOW), QUEUE_MAX);
        for _ in 0..20 {
            lane.push(outgoing(60));
        }
        assert_eq!((0..20).filter(|_| lane.next(NOW).is_some()).count(), AT_ONCE_MAX);
        assert_eq!(lane.room(NOW), QUEUE_MAX - 20);
        assert_eq!(lane.note(&answered(500, None), None, NOW), Some(Turn::Failing));
        assert_eq!(lane.note(&answered(500, None), None, NOW), None, "that is known");
        assert_eq!(lane.room(NOW.plus_seconds(1)), 0);
        for _ in 0..AT_ONCE_MAX - 2 {
            lane.note(&answered(500, None), None, NOW);
        }
        let later = NOW.plus_seconds(FAILURE_PAUSE_MAX_S);
        assert!(lane.next(NOW).is_none(), "it has a pause");
        assert!(lane.next(later).is_some() && lane.next(later).is_none());
        assert_eq!(lane.note(&answered(204, None), None, later), Some(Turn::Recovered));
        assert!(lane.next(later).is_some() && lane.next(later).is_some());
    }

    #[test]
    fn who_answers_slowly_takes_no_place_of_those_who_do_not() {
        let mut lane = Lane::new(endpoint(0));
        let after = |duration_ms| Attempt { duration_ms, ..answered(200, None) };
        for (duration_ms, is_suspect, room) in
            [(1_000, false, QUEUE_MAX), (1_001, true, SLOW_QUEUE_MAX), (5, false, QUEUE_MAX)]
        {
            assert_eq!(lane.note(&after(duration_ms), None, NOW), None);
            assert_eq!((lane.is_suspect(), lane.room(NOW)), (is_suspect, room), "{duration_ms}");
        }
    }

    #[test]
    fn pauses_grow_and_end_and_receivers_may_ask_for_more() {
        assert_eq!([0, 1, 2, 3, 4, 6, 7, 60].map(failure_pause), [0, 0, 1, 2, 4, 16, 30, 30]);
        let mut lane = Lane::new(endpoint(0));
        for (asked, pause_s) in [(None, 10), (Some(90), 90), (Some(100_000), 3_600)] {
            lane.note(&answered(429, asked), None, NOW);
            assert_eq!(lane.room(NOW.plus_seconds(pause_s - 1)), 0, "{asked:?}");
            assert_eq!(lane.room(NOW.plus_seconds(pause_s)), 1, "{asked:?}");
            assert_eq!(lane.room(NOW.plus_seconds(-3_700)), 1, "a clock that was put back");
        }
        lane.refresh(endpoint(0));
        assert_eq!(lane.room(NOW), 0, "another note about it makes nothing arrive");
        let target = Target::parse("https://new.example/", &TargetRules::default()).unwrap();
        lane.refresh(LiveEndpoint { target, ..endpoint(0) });
        assert_eq!(lane.room(NOW), QUEUE_MAX, "its owner did something about it");
    }

    #[test]
    fn what_waited_too_long_is_left_to_whoever_takes_it_next() {
        let mut lane = Lane::new(endpoint(0));
        lane.push(outgoing(7));
        lane.push(outgoing(8));
        assert_eq!(lane.next(NOW).unwrap().lease, NOW.plus_seconds(8));
        assert!(!lane.has_waiting());
    }

    #[test]
    fn it_goes_on_where_it_is_put() {
        let mut lane = Lane::new(endpoint(10));
        lane.position = 15;
        lane.refresh(endpoint(10));
        assert_eq!(lane.position, 15, "nothing was for it in between");
        lane.refresh(endpoint(3));
        assert_eq!((lane.position, lane.told_seq), (3, 3));
    }
}
