//! The thread that owns a connection and turns what waits into batches.
//!
//! On SQLite one transaction holds the whole batch, other rooms' writes included; on PostgreSQL each community's
//! part commits by itself. Failures: a stale memory leads to the safe path; contention is tried again; a lost
//! connection is replaced and the same commands, with the same keys, find out what happened; a failed commit on
//! SQLite stops the service, because only a restart can tell what is on disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::batch::{BatchError, Folded, Group, Path};
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
    conn: Option<Conn>,
    queue: mpsc::Receiver<Item>,
    batch_max: usize,
    context: LedgerContext,
    ids: Box<dyn IdSource + Send>,
    memory: Memory,
    failure: Arc<watch::Sender<bool>>,
}

impl Writer {
    pub(super) fn new(
        database: Database,
        conn: Conn,
        queue: mpsc::Receiver<Item>,
        batch_max: usize,
        context: LedgerContext,
        failure: Arc<watch::Sender<bool>>,
    ) -> Self {
        let ids = (context.ids)();
        Self { database, conn: Some(conn), queue, batch_max, context, ids, memory: Memory::new(), failure }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
            let mut items = vec![first];
            while items.len() < self.batch_max {
                match self.queue.try_recv() {
                    Ok(item) => items.push(item),
                    Err(_) => break,
                }
            }
            let size = u32::try_from(items.len()).unwrap_or(u32::MAX);
            metrics::histogram!("counterfoil_ledger_batch_size").record(f64::from(size));
            // A panic is a bug in a rule or an assertion. It must not take others' payments with it: the transaction
            // ends with its connection, and those who wait are told that the outcome is unknown.
            if catch_unwind(AssertUnwindSafe(|| self.process(items))).is_err() {
                tracing::error!("a batch was abandoned by a panic; its connection is replaced");
                self.conn = None;
                self.memory.forget_states();
            }
        }
    }

    fn process(&mut self, items: Vec<Item>) {
        let (mut commands, mut writes) = (Vec::new(), Vec::new());
        let now = now();
        for item in items {
            match item {
                Item::Command(pending) if now.duration_since(pending.since) > QUEUE_WAIT_MAX => {
                    pending.answer(Err(SubmitError::Overloaded));
                }
                Item::Command(pending) => commands.push(*pending),
                Item::Write(write) => writes.push(write),
            }
        }
        if *self.failure.borrow() || !self.is_connected() {
            turn_away(commands, writes, SubmitError::Overloaded);
            return;
        }
        let groups = Group::gather(commands);
        match self.database.engine() {
            Engine::Sqlite => self.post_together(groups, writes),
            Engine::Postgres => {
                for group in groups {
                    self.post_alone(group);
                }
            }
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

    /// SQLite: all groups and all riding writes in one transaction.
    fn post_together(&mut self, groups: Vec<Group>, mut writes: Vec<Box<dyn RidingWrite>>) {
        for path in [Path::Fast, Path::Safe] {
            let Some(conn) = self.conn.as_mut() else { break };
            let (memory, ids, context) = (&mut self.memory, self.ids.as_mut(), &self.context);
            let committed = conn.transaction(|conn| {
                let mut folded = Vec::with_capacity(groups.len());
                for group in &groups {
                    folded.push(group.post(conn, memory, ids, context, path, true)?);
                }
                for write in &mut writes {
                    write.run(conn);
                }
                Ok::<_, BatchError>(folded)
            });
            match committed {
                Ok(folded) => {
                    self.answer_all(groups, folded);
                    for write in writes {
                        write.answer(Ok(()));
                    }
                    return;
                }
                Err(BatchError::Stale) => self.memory.forget_states(),
                Err(BatchError::Storage(error)) => {
                    let answer = self.judge_sqlite_failure(&error);
                    turn_away(groups.into_iter().flat_map(|group| group.commands).collect(), writes, answer);
                    return;
                }
            }
        }
        turn_away(
            groups.into_iter().flat_map(|group| group.commands).collect(),
            writes,
            SubmitError::Overloaded,
        );
    }

    /// What an SQLite failure means for those who wait: rolled back by the engine, or known only after a restart.
    fn judge_sqlite_failure(&mut self, error: &StorageError) -> SubmitError {
        self.memory.forget_states();
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

    /// PostgreSQL: one community's group, until its outcome is known or the time for that is over.
    fn post_alone(&mut self, mut group: Group) {
        let mut path = Path::Fast;
        let mut deadline: Option<Instant> = None;
        for _ in 0..ATTEMPTS_MAX {
            let Some(conn) = self.conn.as_mut() else { break };
            let posted = group.post(conn, &mut self.memory, self.ids.as_mut(), &self.context, path, false);
            path = Path::Safe;
            match posted {
                Ok(folded) => {
                    self.answer_all(vec![group], vec![folded]);
                    return;
                }
                Err(BatchError::Stale | BatchError::Storage(StorageError::Contention)) => {}
                Err(BatchError::Storage(StorageError::ConnectionLost(_) | StorageError::CommitFailed(_))) => {
                    group.part_with_unknown();
                    self.reconnect(*deadline.get_or_insert_with(|| now() + RECOVERY_MAX));
                }
                Err(BatchError::Storage(error)) => {
                    tracing::error!("a batch was rolled back: {}", chain_of(&error));
                    break;
                }
            }
        }
        let answer = if deadline.is_some() { SubmitError::OutcomeUnknown } else { SubmitError::Overloaded };
        turn_away(group.commands, Vec::new(), answer);
    }

    fn reconnect(&mut self, deadline: Instant) {
        tracing::warn!("the ledger lost its database connection; the same keys will tell what happened");
        self.memory.forget_states();
        self.conn = None;
        while !self.is_connected() && now() < deadline {
            std::thread::sleep(RECONNECT_PAUSE);
        }
    }

    fn answer_all(&mut self, groups: Vec<Group>, folded: Vec<Folded>) {
        for (group, folded) in groups.into_iter().zip(folded) {
            group.answer(folded, &mut self.memory);
        }
    }
}

fn turn_away(commands: Vec<Pending>, writes: Vec<Box<dyn RidingWrite>>, answer: SubmitError) {
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
