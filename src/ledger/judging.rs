//! Judging without posting: on a community's state as the database holds it, beside the queue.
//!
//! Whatever the rules look at changes only by moving the community's head. So a state that was read before is as good as
//! new where the head is still at its version, and one small statement tells.

use std::collections::HashMap;
use std::iter::once;
use std::sync::{Mutex, PoisonError};

use super::loading::{Locking, begin_state, complete_state};
use crate::domain::command::Command;
use crate::domain::fold::CommunityState;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::storage::{Conn, StorageError, heads};

/// The most accounts, users and holds that are remembered for judging, over all communities.
const REMEMBERED_MAX: usize = 50_000;

/// The states that were read for judging.
#[derive(Default)]
pub(super) struct Judging {
    states: Mutex<HashMap<CommunityId, CommunityState>>,
}

impl Judging {
    /// What `work` makes of a state that is complete for the command; nothing where there is no such community.
    pub(super) fn judge<T>(
        &self,
        conn: &mut Conn,
        command: &Command,
        now: Timestamp,
        work: impl FnOnce(&mut CommunityState) -> T,
    ) -> Result<Option<T>, StorageError> {
        let id = command.community_id;
        let Some(head) = heads::find(conn, id)? else { return Ok(None) };
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let is_present = |state: &CommunityState| state.head.version == head.version;
        if let Some(state) = states.get_mut(&id).filter(|state| is_present(state))
            && state.missing_for(once(command)).is_empty()
        {
            return Ok(Some(work(state)));
        }
        // Nobody waits for what is read now, and what others read meanwhile is added to it.
        drop(states);
        let Some(mut state) = read(conn, command, now)? else { return Ok(None) };
        let judged = work(&mut state);
        self.keep(state);
        Ok(Some(judged))
    }

    /// Keeps the newer of two states, and what both know where they are of one version.
    fn keep(&self, mut state: CommunityState) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let id = state.community.id;
        match states.remove(&id) {
            Some(kept) if kept.head.version > state.head.version => state = kept,
            Some(mut kept) if kept.head.version == state.head.version => {
                kept.absorb(state);
                state = kept;
            }
            _ => {}
        }
        let remembered: usize = states.values().map(CommunityState::size).sum();
        if remembered + state.size() > REMEMBERED_MAX {
            states.clear();
        }
        if state.size() <= REMEMBERED_MAX {
            states.insert(id, state);
        }
    }
}

/// A state that is complete for the command and knows little else, in one snapshot of the database.
pub(super) fn read(
    conn: &mut Conn,
    command: &Command,
    now: Timestamp,
) -> Result<Option<CommunityState>, StorageError> {
    conn.snapshot(|conn| {
        let Some(mut state) = begin_state(conn, command.community_id, Locking::Unlocked, now)? else {
            return Ok(None);
        };
        complete_state(conn, &mut state, &once(command))?;
        Ok(Some(state))
    })
}
