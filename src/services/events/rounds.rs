//! What is read for those who listen, round by round.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Listener;
use super::hub::Round;
use super::reading::{Told, address, scan, tell};
use crate::domain::causes::with_causes;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::services::{ServiceError, Services};
use crate::storage::{Conn, StorageError, communities, events};

/// How many events of a community one look takes.
pub(super) const EVENTS_PER_LOOK: usize = 1_000;
/// How often is looked for what other processes committed.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often is looked for sessions that ended, tokens that expired and listeners who heard nothing for long.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// The pause after a round: what is committed meanwhile is read together.
const ROUND_PAUSE: Duration = Duration::from_millis(10);

/// What one look at a community's events gave.
pub(super) struct Look {
    /// How far the events were read.
    pub through: i64,
    /// Events with the places of the listeners that they are for.
    pub told: Vec<(Arc<Told>, Vec<usize>)>,
    /// The places of listeners whose session is over: they are told nothing any more.
    pub over: HashSet<usize>,
}

/// Looks at the next events of a community, for some listeners.
pub(super) fn look(
    conn: &mut Conn,
    community_id: CommunityId,
    after: i64,
    listeners: &[Listener],
    now: Timestamp,
) -> Result<Look, StorageError> {
    let scan = scan(conn, community_id, after, EVENTS_PER_LOOK)?;
    let mut addressed = address(conn, community_id, &scan, listeners)?;
    let reached: HashSet<usize> = addressed.iter().flat_map(|(_, places)| places.iter().copied()).collect();
    let over = are_over(conn, &reached, listeners, now)?;
    for (_, places) in &mut addressed {
        places.retain(|place| !over.contains(place));
    }
    addressed.retain(|(_, places)| !places.is_empty());
    let mut look = Look { through: scan.through, told: Vec::new(), over };
    if addressed.is_empty() {
        return Ok(look);
    }
    let Some(community) = communities::find(conn, community_id)? else { return Ok(look) };
    let told = tell(conn, &Arc::new(community), addressed.iter().map(|(event, _)| event))?;
    look.told = addressed
        .into_iter()
        .filter_map(|(event, places)| told.get(&event.event_seq).map(|told| (Arc::clone(told), places)))
        .collect();
    Ok(look)
}

/// Those of the named listeners whose session is over, or their token.
fn are_over(
    conn: &mut Conn,
    named: &HashSet<usize>,
    listeners: &[Listener],
    now: Timestamp,
) -> Result<HashSet<usize>, StorageError> {
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let of = |place: &usize| listeners.get(*place);
    let ids: Vec<_> = named.iter().filter_map(of).map(|listener| listener.session_id).collect();
    let live: HashSet<_> = events::live_sessions(conn, &ids, now)?.into_iter().collect();
    let is_over = |place: &&usize| {
        of(place).is_none_or(|listener| listener.until <= now || !live.contains(&listener.session_id))
    };
    Ok(named.iter().filter(is_over).copied().collect())
}

impl Services {
    /// Tells those who listen to this process what happens, until their streams are closed.
    pub async fn tell_listeners(&self) {
        let mut commits = self.ledger.commits();
        let (mut looks, mut sweeps) = (interval(LOOK_EVERY), interval(SWEEP_EVERY));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let has_other_processes = self.ledger.has_other_processes();
        while self.hub.is_open() {
            let has_listeners = self.hub.has_listeners();
            let mut is_sweep = false;
            tokio::select! {
                () = self.hub.changed() => {}
                changed = commits.changed(), if has_listeners => {
                    // The ledger has stopped: there is nothing more to tell.
                    if changed.is_err() { return; }
                }
                _ = looks.tick(), if has_listeners && has_other_processes => {}
                _ = sweeps.tick(), if has_listeners => is_sweep = true,
            }
            let mut done = self.tell_round().await;
            while matches!(done, Ok(true)) {
                done = self.tell_round().await;
            }
            if is_sweep && done.is_ok() {
                done = self.sweep().await.map(|()| false);
            }
            if let Err(error) = done {
                tracing::warn!("events will be read again: {}", with_causes(&error));
                sleep(SWEEP_EVERY).await;
            }
            sleep(ROUND_PAUSE).await;
        }
    }

    /// Reads what is new, and hands it out. Whether there may be more.
    async fn tell_round(&self) -> Result<bool, ServiceError> {
        let Some(round) = self.hub.round() else { return Ok(false) };
        let now = self.now();
        let read = move |conn: &mut Conn| {
            let ids: Vec<_> = round.places.keys().copied().collect();
            let newest = events::newest(conn, &ids)?;
            let mut looks: HashMap<CommunityId, (Look, bool)> = HashMap::new();
            for (community_id, after) in &round.places {
                let end = newest.get(community_id).copied().unwrap_or(0);
                if end > *after {
                    let Round { listeners, .. } = &round;
                    let own = listeners.get(community_id).map(Vec::as_slice).unwrap_or_default();
                    let listeners: Vec<_> = own.iter().map(|(_, listener)| *listener).collect();
                    let look = look(conn, *community_id, *after, &listeners, now)?;
                    let has_more = look.through < end;
                    looks.insert(*community_id, (look, has_more));
                }
            }
            Ok::<_, StorageError>((round, looks))
        };
        let (round, looks) = self.ledger.read(read).await?;
        let has_more = looks.values().any(|(_, has_more)| *has_more);
        for (community_id, (look, _)) in looks {
            self.hub.hand_out(community_id, &look, &round);
        }
        Ok(has_more)
    }

    /// Ends the streams whose time is over, and lets the others know that they stand.
    async fn sweep(&self) -> Result<(), ServiceError> {
        let now = self.now();
        let all = self.hub.all();
        if all.is_empty() {
            return Ok(());
        }
        let read = move |conn: &mut Conn| {
            let listeners: Vec<_> = all.iter().map(|(_, listener, _)| *listener).collect();
            let over = are_over(conn, &(0..listeners.len()).collect(), &listeners, now)?;
            let users: Vec<_> = listeners.iter().map(|listener| listener.user_id).collect();
            let places = events::places_of(conn, &users)?;
            let is_over = |(place, (_, listener, communities)): &(usize, &(u64, Listener, usize))| {
                // Who joined another community begins anew, so that its events are heard too.
                over.contains(place) || places.get(&listener.user_id) != Some(communities)
            };
            let keys = all.iter().enumerate().filter(is_over).map(|(_, (key, ..))| *key);
            Ok::<_, StorageError>(keys.collect::<Vec<_>>())
        };
        let over = self.ledger.read(read).await?;
        self.hub.end(&over);
        self.hub.beat(now);
        Ok(())
    }
}
