//! Who listens to this process, and how far each has heard.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use super::Listener;
use super::places::Places;
use super::reading::Told;
use super::rounds::Look;
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::time::Timestamp;
use crate::services::{Exhausted, ServiceError};

/// The most streams of one user, over all of their devices.
pub const STREAMS_EACH_MAX: u32 = 16;
/// How many frames wait for a slow listener before the stream ends. It goes on from the last id that arrived.
pub(super) const FRAMES_WAITING_MAX: usize = 256;
/// After how long without a word a listener is told that the stream stands, in microseconds.
const BEAT_MICROS: i64 = 20_000_000;

/// What goes out on a stream.
#[derive(Debug, Clone)]
pub enum Frame {
    /// Where the stream begins.
    Begin {
        /// The id from which it can be taken up.
        id: String,
    },
    /// Something happened.
    Event {
        /// The id from which the stream can be taken up behind this event.
        id: String,
        /// What.
        told: Arc<Told>,
    },
    /// What happened since the given id is not known any more: everything is to be read anew.
    Reset {
        /// The id from which the stream goes on.
        id: String,
        /// When.
        at: Timestamp,
    },
    /// Nothing happened, and the stream stands.
    Beat {
        /// The id from which it can be taken up.
        id: String,
    },
}

/// Who listens.
#[derive(Debug)]
pub struct Hub {
    state: Mutex<State>,
    change: Notify,
    streams_max: usize,
}

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    next_key: u64,
    /// Whose the places are that are taken, whether they have joined or not.
    taken: HashMap<u64, UserId>,
    streams: HashMap<u64, Stream>,
    /// How far the events of each community were handed out, as long as somebody listens to them.
    through: HashMap<CommunityId, i64>,
}

#[derive(Debug)]
struct Stream {
    listener: Listener,
    heard: Places,
    frames: mpsc::Sender<Frame>,
    last_word_at: Timestamp,
}

/// What is to be read next.
pub(super) struct Round {
    /// Behind which place, in each community.
    pub places: HashMap<CommunityId, i64>,
    /// Who listens to each community, by the streams' keys.
    pub listeners: HashMap<CommunityId, Vec<(u64, Listener)>>,
}

/// Why a stream did not join the others.
pub(super) enum NotJoined {
    /// More was handed out meanwhile than it has read.
    Behind,
    /// Its listener has gone, or the service is stopping.
    Over,
}

/// A stream's place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    hub: Arc<Hub>,
    pub key: u64,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        state.taken.remove(&self.key);
        state.streams.remove(&self.key);
        state.forget_unheard();
    }
}

impl Hub {
    /// Nobody listens yet. At most `streams_max` will.
    pub(in crate::services) fn new(streams_max: usize) -> Self {
        Self { state: Mutex::default(), change: Notify::new(), streams_max }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a stream.
    ///
    /// # Errors
    /// When the user has enough of them, or the service.
    pub(super) fn take(self: &Arc<Self>, user_id: UserId) -> Result<Taken, ServiceError> {
        let mut state = self.state();
        if state.is_closed || state.taken.len() >= self.streams_max {
            return Err(ServiceError::Overloaded);
        }
        let own = state.taken.values().filter(|taken| **taken == user_id).count();
        if u32::try_from(own).is_ok_and(|own| own >= STREAMS_EACH_MAX) {
            return Err(ServiceError::RateLimited(Exhausted {
                policy: "event-streams",
                quota: STREAMS_EACH_MAX,
                window_seconds: 1,
                wait_seconds: 1,
            }));
        }
        state.next_key += 1;
        let key = state.next_key;
        state.taken.insert(key, user_id);
        Ok(Taken { hub: Arc::clone(self), key })
    }

    /// Lets a stream that has read everything up to `heard` join the others.
    ///
    /// # Errors
    /// Why it cannot yet, or not any more.
    pub(super) fn join(
        &self,
        key: u64,
        listener: Listener,
        heard: &Places,
        frames: &mpsc::Sender<Frame>,
        now: Timestamp,
    ) -> Result<(), NotJoined> {
        let mut state = self.state();
        if state.is_closed || !state.taken.contains_key(&key) {
            return Err(NotJoined::Over);
        }
        if heard.iter().any(|(id, place)| state.through.get(&id).is_some_and(|through| *through > place)) {
            return Err(NotJoined::Behind);
        }
        for (id, place) in heard.iter() {
            state.through.entry(id).or_insert(place);
        }
        let stream = Stream { listener, heard: heard.clone(), frames: frames.clone(), last_word_at: now };
        state.streams.insert(key, stream);
        drop(state);
        self.change.notify_one();
        Ok(())
    }

    /// Ends all streams, and begins none any more.
    pub(in crate::services) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.streams.clear();
        state.through.clear();
        drop(state);
        self.change.notify_one();
    }

    pub(super) fn is_open(&self) -> bool {
        !self.state().is_closed
    }

    pub(super) fn has_listeners(&self) -> bool {
        !self.state().streams.is_empty()
    }

    /// Waits until somebody joined, or all streams ended.
    pub(super) async fn changed(&self) {
        self.change.notified().await;
    }

    /// What is to be read next; nothing where nobody listens.
    pub(super) fn round(&self) -> Option<Round> {
        let state = self.state();
        if state.streams.is_empty() {
            return None;
        }
        let mut listeners: HashMap<CommunityId, Vec<(u64, Listener)>> = HashMap::new();
        for (key, stream) in &state.streams {
            for (community_id, _) in stream.heard.iter() {
                listeners.entry(community_id).or_default().push((*key, stream.listener));
            }
        }
        Some(Round { places: state.through.clone(), listeners })
    }

    /// Hands out what was read in a community for a round.
    pub(super) fn hand_out(&self, community_id: CommunityId, look: &Look, round: &Round) {
        let mut state = self.state();
        let asked_for = round.places.get(&community_id);
        // Who joined first after the last one left may have begun elsewhere: then this is read again for them.
        if state.through.get(&community_id) != asked_for {
            return;
        }
        let keys = round.listeners.get(&community_id).map(Vec::as_slice).unwrap_or_default();
        let key_at = |place: &usize| keys.get(*place).map(|(key, _)| *key);
        let mut over: HashSet<u64> = look.over.iter().filter_map(key_at).collect();
        for (told, places) in &look.told {
            for key in places.iter().filter_map(key_at) {
                let Some(stream) = state.streams.get_mut(&key) else { continue };
                if !stream.hear(community_id, told) {
                    over.insert(key);
                }
            }
        }
        let known: HashSet<u64> = keys.iter().map(|(key, _)| *key).collect();
        let mut is_complete = true;
        for (key, stream) in &mut state.streams {
            let Some(place) = stream.heard.of(community_id) else { continue };
            if known.contains(key) {
                stream.heard.advance(community_id, look.through);
            } else if place < look.through {
                // It joined while this was being read, and was not looked at.
                is_complete = false;
            }
        }
        if is_complete {
            state.through.insert(community_id, look.through);
        } else {
            let least = state.streams.values().filter_map(|stream| stream.heard.of(community_id)).min();
            state.through.insert(community_id, least.unwrap_or(look.through));
            self.change.notify_one();
        }
        state.streams.retain(|key, _| !over.contains(key));
        state.forget_unheard();
    }

    /// Every stream: its key, who listens, and to how many communities.
    pub(super) fn all(&self) -> Vec<(u64, Listener, usize)> {
        let state = self.state();
        state.streams.iter().map(|(key, stream)| (*key, stream.listener, stream.heard.len())).collect()
    }

    /// Ends some streams.
    pub(super) fn end(&self, keys: &[u64]) {
        let mut state = self.state();
        for key in keys {
            state.streams.remove(key);
        }
        state.forget_unheard();
    }

    /// Tells those who heard nothing for long that their stream stands.
    pub(super) fn beat(&self, now: Timestamp) {
        let mut state = self.state();
        state.streams.retain(|_, stream| {
            if now.micros().saturating_sub(stream.last_word_at.micros()) < BEAT_MICROS {
                return true;
            }
            stream.last_word_at = now;
            let id = stream.heard.to_string();
            // A listener who does not even take these is gone.
            stream.frames.try_send(Frame::Beat { id }).is_ok()
        });
        state.forget_unheard();
    }
}

impl State {
    fn forget_unheard(&mut self) {
        let heard: HashSet<_> =
            self.streams.values().flat_map(|stream| stream.heard.iter().map(|(id, _)| id)).collect();
        self.through.retain(|id, _| heard.contains(id));
    }
}

impl Stream {
    /// Hears of an event, unless it has already. False where the listener is too slow, or has gone.
    fn hear(&mut self, community_id: CommunityId, told: &Arc<Told>) -> bool {
        let event_seq = told.event.event_seq;
        if self.heard.of(community_id).is_none_or(|place| place >= event_seq) {
            return true;
        }
        self.heard.advance(community_id, event_seq);
        self.last_word_at = self.last_word_at.max(told.event.created_at);
        let frame = Frame::Event { id: self.heard.to_string(), told: Arc::clone(told) };
        self.frames.try_send(frame).is_ok()
    }
}
