//! One community's part of a batch: load, fold, write.
//!
//! | path | reads | writes |
//! |---|---|---|
//! | fast | only what memory lacks | where the head has not moved and no key was used before |
//! | safe | the locked head, then everything | always |
//!
//! Both give the same outcomes: whatever the fold reads changes only by moving the head. On the fast path a group is
//! folded while the batch before it is being written, on the state that it will leave: if that is not written, what
//! was folded on it is forgotten, and its commands are folded again.

use std::collections::HashMap;

use super::loading::{Locking, begin_state, complete_state};
use super::memory::Memory;
use super::queue::Pending;
use super::{LedgerContext, SubmitError};
use crate::domain::command::{Action, Command};
use crate::domain::fold::{Answered, CommunityState, Fold, Outcome};
use crate::domain::ids::{CheckoutId, CommunityId, IdSource};
use crate::domain::key::{KeyHash, StoredAnswer};
use crate::domain::records::{Head, Postings};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::storage::postings::{self, Written};
use crate::storage::{Conn, StorageError, heads, idempotency};

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

/// A community's commands with what came of them, to be written.
pub(super) struct Folded {
    pub group: Group,
    postings: Postings,
    /// One for each command.
    outcomes: Vec<Outcome>,
    /// The keys of refused commands that memory knows no answer to: whether there is one is looked up with the write.
    unproven_keys: Vec<KeyHash>,
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

    fn commands(&self) -> impl Iterator<Item = &Command> + Clone {
        self.commands.iter().map(|pending| &pending.command)
    }

    fn keys(&self) -> Vec<KeyHash> {
        self.commands().filter_map(|command| command.key.map(|key| key.hash)).collect()
    }

    /// Whether memory holds everything that these commands need.
    pub(super) fn is_remembered(&self, memory: &Memory) -> bool {
        memory.state(self.community_id).is_some_and(|state| state.missing_for(self.commands()).is_empty())
    }

    /// The fast path: folds on the remembered state, and remembers the state that this will leave once it is written.
    /// What memory lacks is read first, for which there must be a connection.
    ///
    /// # Errors
    /// When what memory lacks could not be read.
    pub(super) fn fold_ahead(
        self,
        conn: Option<&mut Conn>,
        memory: &mut Memory,
        ids: &mut dyn IdSource,
        context: &LedgerContext,
    ) -> Result<Folded, (Self, StorageError)> {
        let answers = memory.answers(self.community_id, &self.keys());
        let state = match self.recall(conn, memory, context) {
            Ok(state) => state,
            Err(error) => return Err((self, error)),
        };
        let Some(state) = state else {
            let refusal = Outcome::Refused(Refusal::NotFound(Thing::Community));
            return Ok(Folded::of_nobody(self, &refusal));
        };
        let (folded, state) = self.fold((state, answers), ids, context);
        memory.keep(state);
        memory.keep_answers(&folded.postings);
        Ok(folded)
    }

    fn recall(
        &self,
        conn: Option<&mut Conn>,
        memory: &mut Memory,
        context: &LedgerContext,
    ) -> Result<Option<CommunityState>, StorageError> {
        let remembered = memory.take(self.community_id);
        let Some(conn) = conn else { return Ok(remembered) };
        let begun = match remembered {
            Some(state) => Some(state),
            None => begin_state(conn, self.community_id, Locking::Unlocked, context.clock.now())?,
        };
        let Some(mut state) = begun else { return Ok(None) };
        complete_state(conn, &mut state, &self.commands())?;
        Ok(Some(state))
    }

    /// The safe path: locks the head, reads everything, folds and writes, in a transaction of its own or in the one
    /// that is open.
    ///
    /// # Errors
    /// When the database failed; the group comes back with it.
    pub(super) fn post_safely(
        &mut self,
        conn: &mut Conn,
        ids: &mut dyn IdSource,
        context: &LedgerContext,
    ) -> Result<Posted, StorageError> {
        let now = context.clock.now();
        let begun = begin_state(conn, self.community_id, Locking::Locked, now)?;
        let group = Self { community_id: self.community_id, commands: std::mem::take(&mut self.commands) };
        let Some(mut state) = begun else {
            let refusal = Outcome::Refused(Refusal::NotFound(Thing::Community));
            let folded = Folded::of_nobody(group, &refusal);
            return Ok(Posted { folded, state: None, answers: HashMap::new() });
        };
        let read = complete_state(conn, &mut state, &group.commands())
            .and_then(|()| idempotency::find_many(conn, group.community_id, &group.keys()));
        let answers: HashMap<_, _> = match read {
            Ok(answers) => answers.into_iter().collect(),
            Err(error) => {
                self.commands = group.commands;
                return Err(error);
            }
        };
        let (folded, state) = group.fold((state, answers.clone()), ids, context);
        let written = if folded.postings.is_empty() {
            Ok(Written::Whole)
        } else {
            postings::write(conn, &folded.postings)
        };
        match written {
            Ok(Written::Whole) => Ok(Posted { folded, state: Some(state), answers }),
            // Behind its lock a head does not move: somebody wrote it without asking for the lock.
            Ok(Written::HeadMoved) => {
                self.commands = folded.group.commands;
                Err(StorageError::Contention)
            }
            Err(error) => {
                self.commands = folded.group.commands;
                Err(error)
            }
        }
    }

    fn fold(
        self,
        (mut state, answers): Loaded,
        ids: &mut dyn IdSource,
        context: &LedgerContext,
    ) -> (Folded, CommunityState) {
        let mut fold = Fold::new(&mut state, &answers, context.clock.now(), ids, context.format.as_ref());
        let outcomes: Vec<_> = self
            .commands
            .iter()
            .map(|pending| after_attempt(pending, fold.apply(&pending.command)))
            .collect();
        let postings = fold.finish();
        assert_eq!(outcomes.len(), self.commands.len(), "every command has an outcome");
        let refused =
            self.commands.iter().zip(&outcomes).filter(|(_, outcome)| matches!(outcome, Outcome::Refused(_)));
        let unproven_keys = refused
            .filter_map(|(pending, _)| pending.command.key.map(|key| key.hash))
            .filter(|hash| !answers.contains_key(hash))
            .collect();
        (Folded { group: self, postings, outcomes, unproven_keys }, state)
    }
}

/// A group that is written on the safe path, and will be once the transaction around it commits.
pub(super) struct Posted {
    folded: Folded,
    state: Option<CommunityState>,
    /// What was found under the commands' keys.
    answers: HashMap<KeyHash, StoredAnswer>,
}

impl Posted {
    /// What was folded and written.
    pub(super) const fn folded(&self) -> &Folded {
        &self.folded
    }

    /// The group back, where it was not committed after all.
    pub(super) fn into_group(self) -> Group {
        self.folded.group
    }

    /// Remembers what is committed, and answers.
    pub(super) fn answer(self, memory: &mut Memory) {
        if let Some(state) = self.state {
            memory.keep(state);
        }
        memory.keep_found(self.folded.group.community_id, self.answers);
        memory.keep_answers(&self.folded.postings);
        self.folded.answer();
    }
}

impl Folded {
    fn of_nobody(group: Group, refusal: &Outcome) -> Self {
        let outcomes = group.commands.iter().map(|_| refusal.clone()).collect();
        let postings = Postings::on(&Head::new(group.community_id, Timestamp::from_micros(0)));
        Self { group, postings, outcomes, unproven_keys: Vec::new() }
    }

    /// The checkouts that stand otherwise from now on.
    pub(super) fn changed_checkouts(&self) -> impl Iterator<Item = CheckoutId> {
        self.postings.checkout_changes.iter().map(|change| change.id)
    }

    /// The group back, with what was folded of it forgotten: it has not come to be.
    pub(super) fn forget(self, memory: &mut Memory) -> Group {
        memory.forget_community(self.group.community_id);
        self.group
    }

    /// Adds what was folded on the state that this leaves, to be written with it.
    pub(super) fn append(&mut self, mut next: Self) {
        self.group.commands.append(&mut next.group.commands);
        self.postings.append(next.postings);
        self.outcomes.append(&mut next.outcomes);
        self.unproven_keys.append(&mut next.unproven_keys);
    }

    /// Writes the group inside a transaction on which nobody else can write.
    ///
    /// # Errors
    /// [`BatchError::Stale`] where nothing of it may be written.
    pub(super) fn write_within(&self, conn: &mut Conn) -> Result<(), BatchError> {
        self.prove(conn)?;
        if self.postings.is_empty() { Ok(()) } else { write(conn, &self.postings) }
    }

    /// Writes the group as a transaction of its own: plain payments are one statement, which commits itself.
    ///
    /// # Errors
    /// [`BatchError::Stale`] where nothing of it was written.
    pub(super) fn write_alone(&self, conn: &mut Conn) -> Result<(), BatchError> {
        self.prove(conn)?;
        if self.postings.is_empty() {
            // With nothing to write, no compare-and-set vouches for what memory said: another process may have moved
            // the head, and what is repeated may have been erased since.
            let head = heads::find(conn, self.group.community_id)?;
            let is_vouched = head.is_some_and(|head| head.version == self.postings.from_version);
            return if is_vouched { Ok(()) } else { Err(BatchError::Stale) };
        }
        if postings::needs_transaction(conn, &self.postings) {
            conn.transaction(|conn| write(conn, &self.postings))
        } else {
            write(conn, &self.postings)
        }
    }

    /// Whether a refused command's key was answered before memory begins. What is written would run into the stored
    /// key; a refusal that leaves no trace would not, and has to be looked up.
    fn prove(&self, conn: &mut Conn) -> Result<(), BatchError> {
        let keys = &self.unproven_keys;
        if keys.is_empty() || idempotency::find_many(conn, self.group.community_id, keys)?.is_empty() {
            Ok(())
        } else {
            Err(BatchError::Stale)
        }
    }

    /// Answers every command of a committed group.
    pub(super) fn answer(self) {
        let records = self.postings.records.len().try_into().unwrap_or(u64::MAX);
        metrics::counter!("counterfoil_ledger_records_total").increment(records);
        for (pending, outcome) in self.group.commands.into_iter().zip(self.outcomes) {
            pending.answer(Ok(outcome));
        }
    }
}

fn write(conn: &mut Conn, postings: &Postings) -> Result<(), BatchError> {
    match postings::write(conn, postings)? {
        Written::Whole => Ok(()),
        Written::HeadMoved => Err(BatchError::Stale),
    }
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
