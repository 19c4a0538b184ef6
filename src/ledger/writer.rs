//! The thread that turns what waits into batches, and answers once they are committed.
//!
//! While a batch is being written by the committer's thread, the next one gathers here and is folded already, on the
//! state that the one before it will leave; nobody is answered before the commit. On SQLite one transaction holds the
//! whole batch, other rooms' writes included; on PostgreSQL each community's group commits by itself.
//!
//! Failures: where memory was not what the database holds, what was folded on it is forgotten, and the group takes
//! the safe path; contention is tried again; a lost connection is replaced and the same commands, with
//! the same keys, find out what happened; a failed commit on SQLite stops the service, because only a restart can
//! tell what is on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::batch::{BatchError, Folded, Group, Posted};
use super::committer::{Batch, Committed, Committer};
use super::gathering::{Next, turn_away, turn_away_all};
use super::memory::Memory;
use super::queue::{Item, RidingWrite, now};
use super::watching::CheckoutWatches;
use super::{LedgerContext, SubmitError};
use crate::domain::causes::with_causes;
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
    /// Told of every commit.
    commits: Arc<watch::Sender<()>>,
    /// Told of the checkouts that changed.
    checkouts: CheckoutWatches,
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
        (failure, commits, checkouts): (Arc<watch::Sender<bool>>, Arc<watch::Sender<()>>, CheckoutWatches),
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
            commits,
            checkouts,
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
                    // What has to be read, or a connection to be made, may take its time: answers do not wait for that.
                    if self.conn.is_none() || !self.next.unfolded.is_empty() {
                        done.take().into_iter().for_each(Batch::answer);
                    }
                    // All that waits goes into the next batch, where there is room.
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

    /// Nothing that was remembered or folded counts; all of it is folded again, as if for the first time.
    fn forget(&mut self) {
        self.next.unfold(|_| true, &mut self.memory);
        self.memory.forget();
        self.ids = (self.context.ids)();
    }

    /// As [`Writer::forget`], of the communities of groups that were not written. What others left is as it was.
    fn forget_of(&mut self, groups: Vec<Folded>) -> Vec<Group> {
        let groups: Vec<_> = groups.into_iter().map(|folded| folded.forget(&mut self.memory)).collect();
        let is_void = |id| groups.iter().any(|group| group.community_id == id);
        self.next.unfold(is_void, &mut self.memory);
        self.ids = (self.context.ids)();
        groups
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
        if let Err(error) = self.fold() {
            self.reading_failed(&error);
        }
    }

    /// Folds what waits for it: with the connection anything, without it what memory suffices for.
    ///
    /// # Errors
    /// When the database could not be read. Then everything still waits, in its order.
    fn fold(&mut self) -> Result<(), StorageError> {
        let mut groups = Group::gather(std::mem::take(&mut self.next.unfolded)).into_iter();
        while let Some(group) = groups.next() {
            let id = group.community_id;
            // Behind what is folded and not yet written nothing is read: the database does not know of it.
            let has_unwritten = self.next.folded.iter().any(|folded| folded.group.community_id == id);
            let conn = self.conn.as_mut().filter(|_| !has_unwritten);
            if conn.is_none() && !group.is_remembered(&self.memory) {
                self.next.unfolded.extend(group.commands);
                continue;
            }
            match group.fold_ahead(conn, &mut self.memory, self.ids.as_mut(), &self.context) {
                Ok(folded) => self.next.add(folded),
                Err((group, error)) if concerns_all(&error) => {
                    self.next.unfolded.extend(group.commands);
                    self.next.unfolded.extend(groups.flat_map(|group| group.commands));
                    return Err(error);
                }
                Err((group, error)) => {
                    tracing::error!(
                        "commands of community {id} could not be read for: {}",
                        with_causes(&error)
                    );
                    turn_away(group.commands, Vec::new(), SubmitError::Overloaded);
                }
            }
        }
        Ok(())
    }

    /// After a failed read, of which nothing can have come: the connection is replaced, and all begins again.
    fn reading_failed(&mut self, error: &StorageError) {
        tracing::warn!("the ledger could not read: {}", with_causes(error));
        self.forget();
        self.conn = None;
        if error.is_disk_failure() {
            // Nobody may be listening while the service starts or ends.
            let _ = self.failure.send(true);
        }
    }

    /// Hands the next batch to the committer, if there is one and nothing else is being written. Afterwards something
    /// is being written, or nothing waits.
    fn write_next(&mut self) {
        let mut failures = 0;
        while !self.is_writing && !self.next.is_empty() {
            if failures == ATTEMPTS_MAX || *self.failure.borrow() || !self.is_connected() {
                self.forget();
                std::mem::take(&mut self.next).turn_away(SubmitError::Overloaded);
            } else if let Err(error) = self.fold() {
                failures += 1;
                self.reading_failed(&error);
            } else {
                self.hand_over();
            }
        }
    }

    fn hand_over(&mut self) {
        let groups: Vec<_> = match self.database.engine() {
            Engine::Sqlite => self.next.folded.drain(..).collect(),
            Engine::Postgres => self.next.folded.pop_front().into_iter().collect(),
        };
        let writes = std::mem::take(&mut self.next.writes);
        if groups.is_empty() && writes.is_empty() {
            return;
        }
        let Some(conn) = self.conn.take() else { return turn_away_all(groups, writes) };
        let commands: usize = groups.iter().map(|folded| folded.group.commands.len()).sum();
        let size = u32::try_from(commands + writes.len()).unwrap_or(u32::MAX);
        metrics::histogram!("counterfoil_ledger_batch_size").record(f64::from(size));
        self.committer.hand_over(conn, Batch { groups, writes });
        self.is_writing = true;
    }

    /// Tells those who wait for it that this is committed.
    fn tell<'f>(&self, committed: impl Iterator<Item = &'f Folded>) {
        self.checkouts.wake(committed.flat_map(Folded::changed_checkouts));
        self.commits.send_replace(());
    }

    /// Gives back what was committed, to be answered, or sees to what was not.
    fn settle(&mut self, committed: Option<Committed>) -> Option<Batch> {
        let Some(Committed { batch, result, conn }) = committed else {
            self.begin_anew();
            return None;
        };
        self.conn = Some(conn);
        let Err(error) = result else {
            self.tell(batch.groups.iter());
            return Some(batch);
        };
        let Batch { groups, writes } = batch;
        let groups = self.forget_of(groups);
        if matches!(error, BatchError::Storage(_)) {
            self.forget();
        }
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

    /// Whether there is a connection, after one attempt to get one.
    fn is_connected(&mut self) -> bool {
        if self.conn.is_none() {
            match self.database.connect_writer() {
                Ok(conn) => self.conn = Some(conn),
                Err(error) => {
                    tracing::warn!("the ledger has no database connection: {}", with_causes(&error));
                }
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
                self.tell(posted.iter().map(Posted::folded));
                for posted in posted {
                    posted.answer(&mut self.memory);
                }
                for write in writes {
                    write.answer(Ok(()));
                }
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
                with_causes(error)
            );
            // Nobody may be listening while the service starts or ends.
            let _ = self.failure.send(true);
            SubmitError::OutcomeUnknown
        } else {
            tracing::error!("a batch was rolled back: {}", with_causes(error));
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
                    tracing::error!("a batch was rolled back: {}", with_causes(&error));
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
                    self.tell(posted.iter().map(Posted::folded));
                    if let Some(posted) = posted {
                        posted.answer(&mut self.memory);
                    }
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

/// Whether an error says nothing of one group, but that nobody can be served with this connection.
fn concerns_all(error: &StorageError) -> bool {
    matches!(
        error,
        StorageError::ConnectionLost(_) | StorageError::CommitFailed(_) | StorageError::Contention
    ) || error.is_disk_failure()
}
