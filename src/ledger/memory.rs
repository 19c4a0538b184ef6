//! What a writer remembers between batches: communities' states, and answers to recent keys. Bounded.
//!
//! Memory runs ahead of the database by the batch that is being written and the one that is being folded.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use lru::LruCache;

use crate::domain::fold::CommunityState;
use crate::domain::ids::CommunityId;
use crate::domain::key::{KeyHash, StoredAnswer};
use crate::domain::records::Postings;

/// The most accounts, users and holds that a writer keeps in memory, over all communities.
const REMEMBERED_MAX: usize = 100_000;
/// The most answers that a writer keeps in memory, at about a kilobyte each.
const ANSWERS_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// The largest answer that is kept in memory, in bytes. A repetition of what has a larger one takes the safe path.
const ANSWER_BYTES_MAX: usize = 16_384;

fn is_small(answer: &StoredAnswer) -> bool {
    answer.body.as_ref().is_none_or(|body| body.len() <= ANSWER_BYTES_MAX)
}

/// A writer's memory. It is right as long as nobody else moves the communities' heads; a writer that finds a
/// head moved forgets the community and what was folded on it.
pub(super) struct Memory {
    states: HashMap<CommunityId, CommunityState>,
    answers: LruCache<(CommunityId, KeyHash), StoredAnswer>,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self { states: HashMap::new(), answers: LruCache::new(ANSWERS_MAX) }
    }

    /// A community's state, where it is remembered.
    pub(super) fn state(&self, id: CommunityId) -> Option<&CommunityState> {
        self.states.get(&id)
    }

    /// Takes a community's state out. It comes back with [`Memory::keep`].
    pub(super) fn take(&mut self, id: CommunityId) -> Option<CommunityState> {
        self.states.remove(&id)
    }

    /// Keeps a state that is what the database holds, or will hold once all that was folded is written.
    pub(super) fn keep(&mut self, state: CommunityState) {
        let remembered: usize = self.states.values().map(CommunityState::size).sum();
        if remembered + state.size() > REMEMBERED_MAX {
            self.states.clear();
        }
        if state.size() <= REMEMBERED_MAX {
            self.states.insert(state.community.id, state);
        }
    }

    /// Keeps the answers of a batch, or forgets all where somebody was erased.
    pub(super) fn keep_answers(&mut self, postings: &Postings) {
        let community_id = postings.head.community_id;
        if !postings.erased_members.is_empty() {
            // Any of them may tell of who was erased.
            self.answers.clear();
            return;
        }
        for (hash, answer) in postings.keys.iter().filter(|(_, answer)| is_small(answer)) {
            self.answers.put((community_id, *hash), answer.clone());
        }
    }

    /// The remembered answers to those of the keys that have one.
    pub(super) fn answers(
        &mut self,
        community_id: CommunityId,
        keys: &[KeyHash],
    ) -> HashMap<KeyHash, StoredAnswer> {
        keys.iter()
            .filter_map(|key| self.answers.get(&(community_id, *key)).map(|answer| (*key, answer.clone())))
            .collect()
    }

    /// Keeps answers that were found in the database.
    pub(super) fn keep_found(&mut self, id: CommunityId, found: HashMap<KeyHash, StoredAnswer>) {
        for (hash, answer) in found.into_iter().filter(|(_, answer)| is_small(answer)) {
            self.answers.put((id, hash), answer);
        }
    }

    /// Forgets a community's state and its answers: some are of postings that were not written, and where another
    /// process moved the head, it may have erased what others of them tell.
    pub(super) fn forget_community(&mut self, id: CommunityId) {
        self.states.remove(&id);
        let own: Vec<_> = self.answers.iter().map(|(key, _)| *key).filter(|key| key.0 == id).collect();
        for key in own {
            self.answers.pop(&key);
        }
    }

    /// Forgets what may be wrong after a failure: everything that was folded on what was not written.
    pub(super) fn forget(&mut self) {
        self.states.clear();
        self.answers.clear();
    }
}
