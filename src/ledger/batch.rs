//! One community's part of a batch: load, fold, write.
//!
//! | path | reads | writes |
//! |---|---|---|
//! | fast | only what memory lacks | where the head has not moved and no key was used before |
//! | safe | the locked head, then everything | always |
//!
//! Both give the same outcomes: whatever the fold reads changes only by moving the head.

use std::collections::HashMap;

use super::loading::{Locking, begin_state, complete_state};
use super::memory::Memory;
use super::queue::Pending;
use super::{LedgerContext, SubmitError};
use crate::domain::command::Action;
use crate::domain::fold::{Answered, CommunityState, Fold, Outcome};
use crate::domain::ids::{CommunityId, IdSource};
use crate::domain::key::{KeyHash, StoredAnswer};
use crate::domain::records::Postings;
use crate::domain::refusal::{Refusal, Thing};
use crate::storage::postings::{self, Written};
use crate::storage::{Conn, StorageError, idempotency};

/// Which way a batch goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// On the remembered state.
    Fast,
    /// On the locked and freshly read state.
    Safe,
}

/// Why a batch was not written.
#[derive(Debug)]
pub(super) enum BatchError {
    /// The memory is not what the database holds, or a key was used before memory begins: take the safe path.
    Stale,
    /// The database failed.
    Storage(StorageError),
}

impl From<StorageError> for BatchError {
    fn from(error: StorageError) -> Self {
        if error.is_taken_key() { Self::Stale } else { Self::Storage(error) }
    }
}

/// A community's state with the answers that are known to its commands' keys.
type Loaded = (CommunityState, HashMap<KeyHash, StoredAnswer>);

/// A community's commands in one batch, in order.
pub(super) struct Group {
    pub community_id: CommunityId,
    pub commands: Vec<Pending>,
}

/// A group that is written, and will be once the transaction around it commits.
pub(super) struct Folded {
    state: Option<CommunityState>,
    postings: Option<Postings>,
    outcomes: Vec<Outcome>,
}

impl Group {
    /// Spreads pending commands over their communities, each in order.
    pub(super) fn gather(pending: Vec<Pending>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        let mut places = HashMap::new();
        for command in pending {
            let community_id = command.command.community_id;
            let place = *places.entry(community_id).or_insert_with(|| {
                groups.push(Self { community_id, commands: Vec::new() });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.commands.push(command);
            }
        }
        groups
    }

    /// After an attempt whose outcome is unknown: what has a key will find out with it. What has none must not be
    /// done again, and is answered so; only the end of a session is the same twice as once.
    pub(super) fn part_with_unknown(&mut self) {
        for mut pending in std::mem::take(&mut self.commands) {
            pending.was_attempted = true;
            if pending.command.key.is_some() || matches!(pending.command.action, Action::EndSession(_)) {
                self.commands.push(pending);
            } else {
                pending.answer(Err(SubmitError::OutcomeUnknown));
            }
        }
    }

    /// Folds the group and writes what came of it. On PostgreSQL, plain payments on the fast path are one
    /// statement and commit themselves; `in_transaction` says that a transaction around it will commit.
    pub(super) fn post(
        &self,
        conn: &mut Conn,
        memory: &mut Memory,
        ids: &mut dyn IdSource,
        context: &LedgerContext,
        path: Path,
        in_transaction: bool,
    ) -> Result<Folded, BatchError> {
        if path == Path::Safe && !in_transaction {
            return conn.transaction(|conn| self.post(conn, memory, ids, context, path, true));
        }
        let Some((mut state, answers)) = self.load(conn, memory, context, path)? else {
            return Ok(self.refuse_all(&Refusal::NotFound(Thing::Community)));
        };
        let mut fold = Fold::new(&mut state, &answers, context.clock.now(), ids, context.format.as_ref());
        let outcomes: Vec<_> = self
            .commands
            .iter()
            .map(|pending| after_attempt(pending, fold.apply(&pending.command)))
            .collect();
        let postings = fold.finish();
        assert_eq!(outcomes.len(), self.commands.len(), "every command has an outcome");
        if path == Path::Fast && self.has_overlooked_key(conn, &outcomes, &answers)? {
            return Err(BatchError::Stale);
        }
        if postings.is_empty() {
            // With nothing to write, no compare-and-set vouches for the state. A replay needs none; any other
            // answer does, where another process may have moved the head.
            let is_vouched = path == Path::Safe || in_transaction || outcomes.iter().all(is_replay);
            let folded = Folded { state: Some(state), postings: None, outcomes };
            return if is_vouched { Ok(folded) } else { Err(BatchError::Stale) };
        }
        let written = if !in_transaction && postings::needs_transaction(conn, &postings) {
            conn.transaction(|conn| write(conn, &postings))
        } else {
            write(conn, &postings)
        };
        written.map(|()| Folded { state: Some(state), postings: Some(postings), outcomes })
    }

    /// The state and the known answers that the fold needs.
    fn load(
        &self,
        conn: &mut Conn,
        memory: &mut Memory,
        context: &LedgerContext,
        path: Path,
    ) -> Result<Option<Loaded>, BatchError> {
        let commands = self.commands.iter().map(|pending| &pending.command);
        let keys: Vec<_> = commands.clone().filter_map(|command| command.key.map(|key| key.hash)).collect();
        let (remembered, locking) = match path {
            Path::Fast => (memory.take(self.community_id), Locking::Unlocked),
            Path::Safe => (None, Locking::Locked),
        };
        let begun = match remembered {
            Some(state) => Some(state),
            None => begin_state(conn, self.community_id, locking, context.clock.now())?,
        };
        let Some(mut state) = begun else { return Ok(None) };
        complete_state(conn, &mut state, &commands)?;
        let answers = match path {
            Path::Fast => memory.answers(self.community_id, &keys),
            Path::Safe => idempotency::find_many(conn, self.community_id, &keys)?.into_iter().collect(),
        };
        Ok(Some((state, answers)))
    }

    /// Whether a refused command's key was answered before memory begins. What is written would run into the stored
    /// key; a refusal that leaves no trace would not, and has to be looked up.
    fn has_overlooked_key(
        &self,
        conn: &mut Conn,
        outcomes: &[Outcome],
        answers: &HashMap<KeyHash, StoredAnswer>,
    ) -> Result<bool, StorageError> {
        let refused =
            self.commands.iter().zip(outcomes).filter(|(_, outcome)| matches!(outcome, Outcome::Refused(_)));
        let keys: Vec<_> = refused
            .filter_map(|(pending, _)| pending.command.key.map(|key| key.hash))
            .filter(|hash| !answers.contains_key(hash))
            .collect();
        Ok(!keys.is_empty() && !idempotency::find_many(conn, self.community_id, &keys)?.is_empty())
    }

    fn refuse_all(&self, refusal: &Refusal) -> Folded {
        let outcomes = self.commands.iter().map(|_| Outcome::Refused(refusal.clone())).collect();
        Folded { state: None, postings: None, outcomes }
    }

    /// Answers every command of a committed group and remembers its state.
    pub(super) fn answer(self, folded: Folded, memory: &mut Memory) {
        for (pending, outcome) in self.commands.into_iter().zip(folded.outcomes) {
            pending.answer(Ok(outcome));
        }
        if let Some(state) = folded.state {
            memory.keep(state);
        }
        if let Some(postings) = folded.postings {
            let records = postings.records.len().try_into().unwrap_or(u64::MAX);
            metrics::counter!("counterfoil_ledger_records_total").increment(records);
            memory.keep_answers(postings);
        }
    }
}

fn write(conn: &mut Conn, postings: &Postings) -> Result<(), BatchError> {
    match postings::write(conn, postings)? {
        Written::Whole => Ok(()),
        Written::HeadMoved => Err(BatchError::Stale),
    }
}

const fn is_replay(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answered(Answered { is_replay: true, .. }))
}

/// After an attempt whose outcome was unknown, what looks like a repetition may be the first answer itself.
fn after_attempt(pending: &Pending, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Answered(answered) if pending.was_attempted => {
            Outcome::Answered(Answered { is_replay: false, ..answered })
        }
        outcome => outcome,
    }
}
