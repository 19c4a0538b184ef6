//! Who is told of what, and what is sent next.
//!
//! One task knows all lanes and decides; what takes time is done beside it: at most one look into the database, the attempts,
//! and the noting of what became of them.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::lane::Lane;
use super::settling::{Note, settle};
use super::turns::Turns;
use crate::domain::causes::with_causes;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::services::webhooks::{
    EndpointKey, EventFormat, LiveEndpoint, Outcome, Outgoing, Route, ToldRoute,
};
use crate::services::{ServiceError, Services};
use crate::webhook::{Client, Connection, Message};

/// How often is looked for what other processes committed.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often is looked for what is due again.
const DUE_EVERY: Duration = Duration::from_millis(250);
/// At which of these looks endpoints are read anew, where other processes may have changed them: every eighth.
const RELOAD_EVERY: u32 = 8;
/// The pause between two looks for events: what is committed meanwhile is read together.
const ROUND_PAUSE: Duration = Duration::from_millis(10);
/// From how many messages for one endpoint on it is said that they have queued: they have time, and payments, which share the
/// machine, have none. So there is a longer pause before the next ones, which is so many times as long as these took to be made: on a
/// machine that is busy that is longer.
const BACKLOG_MIN: usize = 128;
const BACKLOG_PAUSE_TIMES: u32 = 4;
const BACKLOG_PAUSE_MIN: Duration = Duration::from_millis(100);
const BACKLOG_PAUSE_MAX: Duration = Duration::from_millis(250);
/// How many messages are sent at once over all endpoints, and how many to those that took nothing lately.
const AT_ONCE_MAX: usize = 128;
const SUSPECT_AT_ONCE_MAX: usize = 64;
/// How many outcomes wait to be noted.
const NOTES_MAX: usize = 1_024;
/// How long attempts may still take when the service stops.
const STOP_MAX: Duration = Duration::from_secs(6);

/// What a look into the database gave.
enum Looked {
    Endpoints(Result<Vec<LiveEndpoint>, ServiceError>),
    Due(Result<Vec<Outgoing>, ServiceError>),
    Newest(Result<HashMap<CommunityId, i64>, ServiceError>),
    /// Messages, and how long they took to be made.
    Told(Vec<Result<Vec<ToldRoute>, ServiceError>>, Duration),
}

/// What is to be looked for.
#[derive(Default)]
struct Wants {
    endpoints: bool,
    due: bool,
    events: bool,
}

/// What came of an attempt.
struct Sent {
    outcome: Outcome,
    connection: Option<Connection>,
}

/// The task's state.
pub(super) struct Office {
    services: Arc<Services>,
    client: Arc<Client>,
    format: Arc<dyn EventFormat>,
    lanes: HashMap<EndpointKey, Lane>,
    /// The lanes in which something waits, in the order of their turns.
    waiting: VecDeque<EndpointKey>,
    newest: HashMap<CommunityId, i64>,
    turns: Turns,
    /// Whether the endpoints could not be read when they were to be.
    is_out_of_date: bool,
    wants: Wants,
    looks: JoinSet<Looked>,
    next_look_at: Instant,
    sends: JoinSet<Sent>,
    /// To whom each attempt goes, and whether that one took nothing lately.
    receivers: HashMap<Id, (EndpointKey, bool)>,
    suspect_sends: usize,
}

impl Office {
    pub(super) fn new(services: Arc<Services>, client: Arc<Client>, format: Arc<dyn EventFormat>) -> Self {
        Self {
            services,
            client,
            format,
            lanes: HashMap::new(),
            waiting: VecDeque::new(),
            newest: HashMap::new(),
            turns: Turns::default(),
            is_out_of_date: false,
            wants: Wants { endpoints: true, due: true, events: true },
            looks: JoinSet::new(),
            next_look_at: Instant::now(),
            sends: JoinSet::new(),
            receivers: HashMap::new(),
            suspect_sends: 0,
        }
    }

    /// Sends until it is told to stop.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let (notes, noted) = mpsc::channel(NOTES_MAX);
        let settler = tokio::spawn(settle(Arc::clone(&self.services), noted));
        self.work(&mut stopping, &notes).await;
        let finish = async {
            while let Some(sent) = self.sends.join_next_with_id().await {
                self.note(sent, &notes).await;
            }
        };
        if timeout(STOP_MAX, finish).await.is_err() {
            tracing::warn!("some webhooks took too long to stop; their messages are sent again");
        }
        drop(notes);
        if settler.await.is_err() {
            tracing::error!("noting what became of webhooks was cut off; they are sent again");
        }
    }

    async fn work(&mut self, stopping: &mut watch::Receiver<bool>, notes: &mpsc::Sender<Note>) {
        let services = Arc::clone(&self.services);
        let mut commits = services.ledger().commits();
        let has_other_processes = services.ledger().has_other_processes();
        let (mut looks, mut dues) = (interval(LOOK_EVERY), interval(DUE_EVERY));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        dues.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut beats = 0_u32;
        while !*stopping.borrow() {
            self.begin_look();
            self.send();
            let has_lanes = !self.lanes.is_empty();
            let may_look = self.looks.is_empty() && has_lanes;
            tokio::select! {
                _ = stopping.changed() => {}
                () = services.webhooks_changed() => {
                    self.wants.endpoints = true;
                    self.wants.due = true;
                }
                changed = commits.changed(), if has_lanes && !self.wants.events => {
                    // The ledger has stopped: there is nothing more to tell.
                    if changed.is_err() { return; }
                    self.wants.events = true;
                }
                _ = looks.tick(), if has_lanes && has_other_processes => self.wants.events = true,
                _ = dues.tick() => {
                    beats = beats.wrapping_add(1);
                    self.wants.due |= has_lanes;
                    // Who had a pause has room again.
                    self.wants.events |= self.lanes.values().any(|lane| self.is_behind(lane));
                    // What this process changes, it hears of.
                    let may_be_old = has_other_processes || self.is_out_of_date;
                    self.wants.endpoints |= may_be_old && beats.is_multiple_of(RELOAD_EVERY);
                    self.lanes.values_mut().for_each(Lane::close_idle);
                }
                () = sleep_until(self.next_look_at), if may_look && self.wants.events => {}
                Some(looked) = self.looks.join_next() => self.take_in(looked),
                Some(sent) = self.sends.join_next_with_id() => self.note(sent, notes).await,
            }
        }
    }

    /// Begins the look that is wanted most, where none is under way.
    fn begin_look(&mut self) {
        if !self.looks.is_empty() {
            return;
        }
        let (services, format) = (Arc::clone(&self.services), Arc::clone(&self.format));
        if std::mem::take(&mut self.wants.endpoints) {
            self.looks.spawn(async move { Looked::Endpoints(services.live_webhooks().await) });
        } else if std::mem::take(&mut self.wants.due) {
            let now = services.now();
            let room = |lane: &Lane| i64::try_from(lane.room(now)).unwrap_or(0);
            let rooms = self.lanes.iter().map(|(key, lane)| (*key, room(lane))).filter(|(_, room)| *room > 0);
            let rooms: HashMap<_, _> = rooms.collect();
            self.looks.spawn(async move { Looked::Due(claim(&services, format, rooms).await) });
        } else if self.wants.events && Instant::now() >= self.next_look_at {
            self.wants.events = false;
            let now = services.now();
            let open = self.lanes.iter().filter(|(_, lane)| lane.room(now) > 0);
            let mut communities: Vec<_> = open.map(|(key, _)| key.0).collect();
            communities.sort_unstable();
            communities.dedup();
            if !communities.is_empty() {
                self.looks.spawn(async move { Looked::Newest(services.newest_events(communities).await) });
            }
        }
    }

    fn take_in(&mut self, looked: Result<Looked, JoinError>) {
        match looked {
            Ok(Looked::Endpoints(Ok(live))) => self.refresh(live),
            Ok(Looked::Due(Ok(outgoing))) => self.queue(outgoing),
            Ok(Looked::Newest(Ok(newest))) => {
                self.newest.extend(newest);
                self.begin_telling();
            }
            Ok(Looked::Told(told, took)) => {
                for told in told {
                    match told {
                        Ok(routes) => self.move_on(routes, took),
                        Err(error) => self.look_failed(&error),
                    }
                }
            }
            Ok(Looked::Endpoints(Err(error))) => {
                self.is_out_of_date = true;
                self.look_failed(&error);
            }
            Ok(Looked::Due(Err(error)) | Looked::Newest(Err(error))) => {
                self.look_failed(&error);
            }
            Err(error) => {
                tracing::error!("a look for webhooks was cut off: {error}");
                self.wants.endpoints = true;
            }
        }
    }

    fn look_failed(&mut self, error: &ServiceError) {
        tracing::warn!("webhooks' events will be read again: {}", with_causes(error));
        self.next_look_at = Instant::now() + DUE_EVERY;
        self.wants.events = true;
    }

    /// The endpoints as they are stored now. Each that is new begins behind what it was told.
    fn refresh(&mut self, live: Vec<LiveEndpoint>) {
        self.is_out_of_date = false;
        let mut before = std::mem::take(&mut self.lanes);
        for endpoint in live {
            let key = endpoint.key;
            let lane = match before.remove(&key) {
                Some(mut lane) => {
                    lane.refresh(endpoint);
                    lane
                }
                None => Lane::new(endpoint),
            };
            self.lanes.insert(key, lane);
        }
        let communities: HashSet<_> = self.lanes.keys().map(|key| key.0).collect();
        self.newest.retain(|id, _| communities.contains(id));
        self.wants.events = true;
    }

    /// Makes messages from what is new, for those who have room.
    fn begin_telling(&mut self) {
        let now = self.services.now();
        let mut places: BTreeMap<(CommunityId, i64), Vec<Route>> = BTreeMap::new();
        for (key, lane) in &self.lanes {
            let room = lane.room(now);
            if room > 0 && self.is_behind(lane) {
                places.entry((key.0, lane.position)).or_default().push(lane.route(room));
            }
        }
        let all: Vec<_> = places.keys().copied().collect();
        let turn = self.turns.take(&all);
        let some: Vec<_> = turn.iter().filter_map(|place| places.remove_entry(place)).collect();
        self.next_look_at = Instant::now() + ROUND_PAUSE;
        if some.is_empty() {
            return;
        }
        let (services, format) = (Arc::clone(&self.services), Arc::clone(&self.format));
        self.looks.spawn(async move {
            let begun = Instant::now();
            let mut told = Vec::with_capacity(some.len());
            for (place, routes) in some {
                told.push(services.tell_webhooks(Arc::clone(&format), place, routes).await);
            }
            Looked::Told(told, begun.elapsed())
        });
    }

    fn is_behind(&self, lane: &Lane) -> bool {
        self.newest.get(&lane.endpoint.key.0).is_some_and(|newest| lane.position < *newest)
    }

    fn move_on(&mut self, routes: Vec<ToldRoute>, took: Duration) {
        for ToldRoute { key, through, told_seq, outgoing } in routes {
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            match told_seq {
                Some(told_seq) => {
                    lane.position = through;
                    lane.told_seq = told_seq;
                }
                // Another process was faster, or the owner changed something.
                None => self.wants.endpoints = true,
            }
            if outgoing.len() >= BACKLOG_MIN {
                let pause = took.saturating_mul(BACKLOG_PAUSE_TIMES);
                self.next_look_at = Instant::now() + pause.clamp(BACKLOG_PAUSE_MIN, BACKLOG_PAUSE_MAX);
            }
            self.queue(outgoing);
        }
        // There may be more, for those who have room for it.
        self.wants.events = true;
    }

    fn queue(&mut self, outgoing: Vec<Outgoing>) {
        for one in outgoing {
            let key = one.endpoint;
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            if !lane.has_waiting() {
                self.waiting.push_back(key);
            }
            lane.push(one);
        }
    }

    /// Sends what may be sent, one of each lane in turn.
    fn send(&mut self) {
        let now = self.services.now();
        let mut without = 0;
        while without < self.waiting.len() && self.sends.len() < AT_ONCE_MAX + SUSPECT_AT_ONCE_MAX {
            let Some(key) = self.waiting.pop_front() else { return };
            let has_place = self.has_place(&key);
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            let next = if has_place { lane.next(now) } else { None };
            if lane.has_waiting() {
                self.waiting.push_back(key);
            }
            match next {
                Some(outgoing) => {
                    without = 0;
                    self.attempt(key, outgoing, now);
                }
                None => without += 1,
            }
        }
    }

    /// Whether one attempt more may be made at an endpoint.
    fn has_place(&self, key: &EndpointKey) -> bool {
        match self.lanes.get(key) {
            Some(lane) if lane.is_suspect() => self.suspect_sends < SUSPECT_AT_ONCE_MAX,
            Some(_) => self.sends.len().saturating_sub(self.suspect_sends) < AT_ONCE_MAX,
            None => false,
        }
    }

    fn attempt(&mut self, key: EndpointKey, outgoing: Outgoing, at: Timestamp) {
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        let (endpoint, idle, is_suspect) = (Arc::clone(&lane.endpoint), lane.connection(), lane.is_suspect());
        let client = Arc::clone(&self.client);
        let handle = self.sends.spawn(async move { attempt(&client, &endpoint, idle, outgoing, at).await });
        self.receivers.insert(handle.id(), (key, is_suspect));
        self.suspect_sends += usize::from(is_suspect);
    }

    async fn note(&mut self, sent: Result<(Id, Sent), JoinError>, notes: &mpsc::Sender<Note>) {
        let id = match &sent {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some((key, was_suspect)) = self.receivers.remove(&id) else { return };
        self.suspect_sends = self.suspect_sends.saturating_sub(usize::from(was_suspect));
        let now = self.services.now();
        match sent {
            Ok((_, Sent { outcome, connection })) => {
                count(&outcome);
                let lane = self.lanes.get_mut(&key);
                let turn = lane.and_then(|lane| lane.note(&outcome.attempt, connection, now));
                // It waits where the database is slow: then nothing more is sent either.
                drop(notes.send((outcome, turn)).await);
            }
            Err(error) => {
                tracing::error!("an attempt at a webhook was cut off: {error}");
                if let Some(lane) = self.lanes.get_mut(&key) {
                    lane.lost();
                }
            }
        }
        if self.lanes.get(&key).is_some_and(|lane| self.is_behind(lane)) {
            self.wants.events = true;
        }
    }
}

/// Takes what is due again, for those who have room.
async fn claim(
    services: &Services,
    format: Arc<dyn EventFormat>,
    rooms: HashMap<EndpointKey, i64>,
) -> Result<Vec<Outgoing>, ServiceError> {
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let due = services.due_webhooks().await?;
    let wanted: Vec<_> = due.into_iter().filter_map(|key| Some((key, *rooms.get(&key)?))).collect();
    if wanted.is_empty() { Ok(Vec::new()) } else { services.claim_webhooks(format, wanted).await }
}

async fn attempt(
    client: &Client,
    endpoint: &LiveEndpoint,
    idle: Option<Connection>,
    mut outgoing: Outgoing,
    at: Timestamp,
) -> Sent {
    let old = endpoint.old_secrets.iter().filter(|(_, until)| *until > at).map(|(secret, _)| secret);
    let secrets: Vec<_> = std::iter::once(&endpoint.secret).chain(old).cloned().collect();
    let body = std::mem::take(&mut outgoing.body);
    let message = Message::signed(&outgoing.message_id, at.unix_seconds(), body, &secrets);
    let (attempt, connection) = client.send(&endpoint.target, idle, &message).await;
    let request = message.describe(&endpoint.target);
    let url = endpoint.target.as_str().to_owned();
    Sent { outcome: Outcome { outgoing, url, at, request, attempt }, connection }
}

fn count(outcome: &Outcome) {
    let Outcome { outgoing, at, attempt, .. } = outcome;
    if outgoing.attempts == 0 {
        let delay_ms = (at.micros() - outgoing.happened_at.micros()) / 1_000 + attempt.duration_ms;
        let delay_ms = u32::try_from(delay_ms.max(0)).unwrap_or(u32::MAX);
        metrics::histogram!("counterfoil_webhook_delay_ms").record(f64::from(delay_ms));
    }
    let result = match attempt.status {
        _ if attempt.is_taken() => "taken",
        Ok(_) => "refused",
        Err(_) => "unreachable",
    };
    metrics::counter!("counterfoil_webhook_attempts_total", "result" => result).increment(1);
}
