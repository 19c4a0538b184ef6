//! The thread that turns what waits into batches, and answers once they are committed.
//!
//! While a batch is being written by the committer's thread, the next one gathers here and is folded already, on the
//! state that the one before it will leave; nobody is answered before the commit. On SQLite one transaction holds the
//! whole batch, other rooms' writes included; on PostgreSQL each community's group commits by itself.
//!
//! Failures: where memory was not what the database holds, everything that was folded on it is forgotten, and the
//! group takes the safe path; contention is tried again; a lost connection is replaced and the same commands, with
//! the same keys, find out what happened; a failed commit on SQLite stops the service, because only a restart can
//! tell what is on disk.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::batch::{BatchError, Folded, Group, Posted};
use super::committer::{Batch, Committed, Committer};
use super::memory::Memory;
use super::queue::{Item, Pending, RidingWrite, now};
use super::{LedgerContext, SubmitError};
use crate::domain::ids::IdSource;
use crate::storage::{Conn, Database, Engine, StorageError};

/// How long a command may wait in the queue before it is turned away undone.
const QUEUE_WAIT_MAX: Duration = Duration::from_secs(5);
/// How often a batch is tried before its commands are turned away.
const ATTEMPTS_MAX: u32 = 5;
/// How long a lost connection's outcome is searched for before it is said to be unknown.
const RECOVERY_MAX: Duration = Duration::from_secs(5);
/// The pause between attempts to connect again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(100);

/// A writer with its connection and its memory.
pub(super) struct Writer {
    database: Database,
    committer: Committer,
    /// Not here while a batch is being written, and after it was lost.
    conn: Option<Conn>,
    /// Whether the committer has a batch, and with it the connection.
    is_writing: bool,
    next: Next,
    queue: mpsc::Receiver<Item>,
    batch_max: usize,
    context: LedgerContext,
    ids: Box<dyn IdSource + Send>,
    memory: Memory,
    failure: Arc<watch::Sender<bool>>,
}

/// What gathers while a batch is being written.
#[derive(Default)]
struct Next {
    /// Folded, one for each community, each on the state that the batch before it leaves.
    folded: VecDeque<Folded>,
    /// What needs the connection to be folded, or comes behind something that does.
    unfolded: Vec<Pending>,
    writes: Vec<Box<dyn RidingWrite>>,
}

impl Next {
    fn len(&self) -> usize {
        let folded: usize = self.folded.iter().map(|folded| folded.group.commands.len()).sum();
        folded + self.unfolded.len() + self.writes.len()
    }

    fn is_empty(&self) -> bool {
        self.folded.is_empty() && self.unfolded.is_empty() && self.writes.is_empty()
    }

    /// Takes apart what was folded on a state that did not come to be.
    fn unfold(&mut self) {
        let mut commands: Vec<_> = self.folded.drain(..).flat_map(|folded| folded.group.commands).collect();
        commands.append(&mut self.unfolded);
        self.unfolded = commands;
    }

    fn add(&mut self, folded: Folded) {
        let earlier =
            self.folded.iter_mut().find(|earlier| earlier.group.community_id == folded.group.community_id);
        match earlier {
            Some(earlier) => earlier.append(folded),
            None => self.folded.push_back(folded),
        }
    }

    fn turn_away(self, answer: SubmitError) {
        let folded = self.folded.into_iter().flat_map(|folded| folded.group.commands);
        turn_away(folded.chain(self.unfolded), self.writes, answer);
    }
}

impl Writer {
    /// # Errors
    /// When there can be no thread for the committer.
    pub(super) fn new(
        database: Database,
        conn: Conn,
        queue: mpsc::Receiver<Item>,
        (batch_max, name): (usize, &str),
        context: LedgerContext,
        failure: Arc<watch::Sender<bool>>,
    ) -> std::io::Result<Self> {
        let ids = (context.ids)();
        Ok(Self {
            database,
            committer: Committer::start(format!("{name}-commit"))?,
            conn: Some(conn),
            is_writing: false,
            next: Next::default(),
            queue,
            batch_max,
            context,
            ids,
            memory: Memory::new(),
            failure,
        })
    }

    /// Works until the queue is closed and empty.
    pub(super) async fn run(mut self) {
        let mut is_open = true;
        while is_open || self.is_writing {
            let has_room = self.next.len() < self.batch_max;
            let mut done = None;
            tokio::select! {
                biased;
                committed = self.committer.outcome(), if self.is_writing => {
                    self.is_writing = false;
                    done = self.guarded(|writer| writer.settle(committed)).flatten();
                    // All that waits goes into the next batch.
                    if has_room && let Ok(first) = self.queue.try_recv() {
                        self.guarded(|writer| writer.take_in(first));
                    }
                }
                item = self.queue.recv(), if is_open && has_room => match item {
                    Some(first) => drop(self.guarded(|writer| writer.take_in(first))),
                    None => is_open = false,
                },
            }
            // The next batch first: while it is being written there is time for answers.
            self.guarded(Self::write_next);
            done.into_iter().for_each(Batch::answer);
        }
    }

    /// A panic is a bug in a rule or an assertion. It must not take later payments with it: what is at hand is
    /// dropped, and those who wait for it are told that the outcome is unknown.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let result = catch_unwind(AssertUnwindSafe(|| work(self))).ok();
        if result.is_none() {
            tracing::error!("a batch was abandoned by a panic");
            self.next = Next::default();
            self.begin_anew();
        }
        result
    }

    /// After a failure: nothing that was remembered or folded counts, and a connection that is here is replaced.
    fn begin_anew(&mut self) {
        self.conn = None;
        self.forget();
    }

    /// What was folded on what has not come to be is folded again, as if for the first time.
    fn forget(&mut self) {
        self.memory.forget();
        self.next.unfold();
        self.ids = (self.context.ids)();
    }

    /// Takes in all that waits, up to the bound, and folds what can be folded now.
    fn take_in(&mut self, first: Item) {
        let mut commands = Vec::new();
        let mut room = self.batch_max.saturating_sub(self.next.len());
        let mut item = Some(first);
        let now = now();
        while let Some(taken) = item {
            match taken {
                Item::Command(pending) if now.duration_since(pending.since) > QUEUE_WAIT_MAX => {
                    pending.answer(Err(SubmitError::Overloaded));
                }
                Item::Command(pending) => commands.push(*pending),
                Item::Write(write) => self.next.writes.push(write),
            }
            room = room.saturating_sub(1);
            item = if room == 0 { None } else { self.queue.try_recv().ok() };
        }
        // Nothing overtakes what waits to be folded.
        self.next.unfolded.append(&mut commands);
        self.fold();
    }

    /// Folds what waits for it: with the connection anything, without it what memory suffices for.
    fn fold(&mut self) {
        for group in Group::gather(std::mem::take(&mut self.next.unfolded)) {
            let id = group.community_id;
            // A state that was forgotten is read anew once what was folded on it is written, and not before.
            let is_known = self.memory.state(id).is_some()
                || !self.next.folded.iter().any(|folded| folded.group.community_id == id);
            let can_read = self.conn.is_some() && is_known;
            if !can_read && !group.is_remembered(&self.memory) {
                self.next.unfolded.extend(group.commands);
                continue;
            }
            let (memory, ids) = (&mut self.memory, self.ids.as_mut());
            match group.fold_ahead(self.conn.as_mut(), memory, ids, &self.context) {
                Ok(folded) => self.next.add(folded),
                Err((group, error)) => self.begin_safely(group, error),
            }
        }
    }

    /// Hands the next batch to the committer, if there is one and nothing else is being written.
    fn write_next(&mut self) {
        if self.is_writing || self.next.is_empty() {
            return;
        }
        if *self.failure.borrow() || !self.is_connected() {
            self.memory.forget();
            std::mem::take(&mut self.next).turn_away(SubmitError::Overloaded);
            return;
        }
        if !self.next.unfolded.is_empty() {
            self.fold();
        }
        let Some(conn) = self.conn.take() else { return };
        let groups: Vec<_> = match self.database.engine() {
            Engine::Sqlite => self.next.folded.drain(..).collect(),
            Engine::Postgres => self.next.folded.pop_front().into_iter().collect(),
        };
        let writes = std::mem::take(&mut self.next.writes);
        if groups.is_empty() && writes.is_empty() {
            self.conn = Some(conn);
            return;
        }
        let commands: usize = groups.iter().map(|folded| folded.group.commands.len()).sum();
        let size = u32::try_from(commands + writes.len()).unwrap_or(u32::MAX);
        metrics::histogram!("counterfoil_ledger_batch_size").record(f64::from(size));
        self.committer.hand_over(conn, Batch { groups, writes });
        self.is_writing = true;
    }

    /// Gives back what was committed, to be answered, or sees to what was not.
    fn settle(&mut self, committed: Option<Committed>) -> Option<Batch> {
        let Some(Committed { batch, result, conn }) = committed else {
            self.begin_anew();
            return None;
        };
        self.conn = Some(conn);
        let Err(error) = result else { return Some(batch) };
        self.forget();
        let Batch { groups, writes } = batch;
        let groups: Vec<_> = groups.into_iter().map(|folded| folded.group).collect();
        match (self.database.engine(), error) {
            (Engine::Sqlite, BatchError::Stale) => self.post_together(groups, writes),
            (Engine::Sqlite, BatchError::Storage(error)) => {
                let answer = self.judge_sqlite_failure(&error);
                turn_away(groups.into_iter().flat_map(|group| group.commands), writes, answer);
            }
            (Engine::Postgres, error) => {
                // One group at a time is written there.
                assert!(groups.len() <= 1, "on PostgreSQL each group commits by itself");
                groups.into_iter().zip([error]).for_each(|(group, error)| self.post_alone(group, error));
            }
        }
        None
    }

    /// What could not be read for a group: it begins again on the safe path, or is turned away.
    fn begin_safely(&mut self, group: Group, error: StorageError) {
        self.forget();
        match self.database.engine() {
            Engine::Sqlite => {
                let answer = self.judge_sqlite_failure(&error);
                turn_away(group.commands, Vec::new(), answer);
            }
            Engine::Postgres => self.post_alone(group, error.into()),
        }
    }

    /// Whether there is a connection, after one attempt to get one.
    fn is_connected(&mut self) -> bool {
        if self.conn.is_none() {
            match self.database.connect_writer() {
                Ok(conn) => self.conn = Some(conn),
                Err(error) => tracing::warn!("the ledger has no database connection: {error}"),
            }
        }
        self.conn.is_some()
    }

    /// SQLite: all groups and all riding writes in one transaction, on the safe path.
    fn post_together(&mut self, mut groups: Vec<Group>, mut writes: Vec<Box<dyn RidingWrite>>) {
        let Some(conn) = self.conn.as_mut() else { return };
        let (ids, context) = (self.ids.as_mut(), &self.context);
        let mut posted = Vec::with_capacity(groups.len());
        let committed = conn.transaction(|conn| {
            for group in &mut groups {
                posted.push(group.post_safely(conn, ids, context)?);
            }
            for write in &mut writes {
                write.run(conn);
            }
            Ok::<_, StorageError>(())
        });
        match committed {
            Ok(()) => {
                posted.into_iter().for_each(|posted| posted.answer(&mut self.memory));
                writes.into_iter().for_each(|write| write.answer(Ok(())));
            }
            Err(error) => {
                let answer = self.judge_sqlite_failure(&error);
                let undone = posted.into_iter().map(Posted::into_group).chain(groups);
                turn_away(undone.flat_map(|group| group.commands), writes, answer);
            }
        }
    }

    /// What an SQLite failure means for those who wait: rolled back by the engine, or known only after a restart.
    fn judge_sqlite_failure(&mut self, error: &StorageError) -> SubmitError {
        self.memory.forget();
        self.conn = None;
        if error.is_disk_failure() {
            tracing::error!(
                "the disk failed, and only a restart can tell what is on it: {}",
                chain_of(error)
            );
            // Nobody may be listening while the service starts or ends.
            let _ = self.failure.send(true);
            SubmitError::OutcomeUnknown
        } else {
            tracing::error!("a batch was rolled back: {}", chain_of(error));
            SubmitError::Overloaded
        }
    }

    /// PostgreSQL: one community's group after a failure, on the safe path, until its outcome is known or the time
    /// for that is over.
    fn post_alone(&mut self, mut group: Group, mut failure: BatchError) {
        let mut deadline: Option<Instant> = None;
        for _ in 1..ATTEMPTS_MAX {
            match failure {
                BatchError::Stale | BatchError::Storage(StorageError::Contention) => {}
                BatchError::Storage(StorageError::ConnectionLost(_) | StorageError::CommitFailed(_)) => {
                    group.part_with_unknown();
                    self.reconnect(*deadline.get_or_insert_with(|| now() + RECOVERY_MAX));
                }
                BatchError::Storage(error) => {
                    tracing::error!("a batch was rolled back: {}", chain_of(&error));
                    break;
                }
            }
            let Some(conn) = self.conn.as_mut() else { break };
            let (ids, context) = (self.ids.as_mut(), &self.context);
            let mut posted = None;
            let committed = conn.transaction(|conn| {
                posted = Some(group.post_safely(conn, ids, context)?);
                Ok::<_, StorageError>(())
            });
            match (committed, posted) {
                (Ok(()), posted) => {
                    posted.into_iter().for_each(|posted| posted.answer(&mut self.memory));
                    return;
                }
                (Err(error), posted) => {
                    group = posted.map_or(group, Posted::into_group);
                    failure = error.into();
                }
            }
        }
        let answer = if deadline.is_some() { SubmitError::OutcomeUnknown } else { SubmitError::Overloaded };
        turn_away(group.commands, Vec::new(), answer);
    }

    fn reconnect(&mut self, deadline: Instant) {
        tracing::warn!("the ledger lost its database connection; the same keys will tell what happened");
        self.memory.forget();
        self.conn = None;
        while !self.is_connected() && now() < deadline {
            std::thread::sleep(RECONNECT_PAUSE);
        }
    }
}

fn turn_away(
    commands: impl IntoIterator<Item = Pending>,
    writes: Vec<Box<dyn RidingWrite>>,
    answer: SubmitError,
) {
    for pending in commands {
        pending.answer(Err(answer));
    }
    for write in writes {
        write.answer(Err(answer));
    }
}

/// An error with its causes, for the log.
fn chain_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
