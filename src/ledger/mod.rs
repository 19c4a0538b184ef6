//! The only writer of ledger records and balances: a bounded queue of commands, folded and written in batches.
//!
//! | file | what lives there |
//! |---|---|
//! | `queue.rs` | what waits, and how it is answered |
//! | `writer.rs` | the thread that owns a connection and turns what waits into batches |
//! | `batch.rs` | one community's part of a batch: load, fold, write, on the fast or the safe path |
//! | `committer.rs` | the thread that writes a batch while the next one is folded |
//! | `gathering.rs` | what gathers behind the batch that is being written |
//! | `judging.rs` | judging without posting, beside the queue |
//! | `loading.rs` | from stored rows to the state that the fold looks at |
//! | `memory.rs` | what a writer remembers between batches |
//! | `watching.rs` | waiting for one checkout to change |
//! | `verify.rs` | re-deriving everything from the records, with none of the code above |
//!
//! A command's way: `submit` puts it into its writer's queue → the writer takes all that waits, up to the bound →
//! fast path: fold on the remembered state and write where the head has not moved; or safe path: lock the head, read,
//! fold, write → commit → answer everyone. While a batch is written, the next one gathers and is folded.

mod batch;
mod committer;
mod gathering;
mod judging;
mod loading;
mod memory;
mod queue;
pub mod verify;
mod watching;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};

use crate::domain::command::Command;
use crate::domain::fold::{AnswerFormat, CommunityState, Outcome};
use crate::domain::ids::{CheckoutId, CommunityId, IdSource};
use crate::domain::time::{Clock, Timestamp};
use crate::storage::{Conn, Database, Engine, OpenError, StorageError};
pub use watching::CheckoutWatch;

use judging::Judging;
use queue::{Item, Pending, Riding, RidingWrite};
use watching::CheckoutWatches;
use writer::Writer;

/// The most commands in one batch, whatever the settings say: memory must hold the answers of two.
pub const BATCH_COMMANDS_MAX: usize = 2_048;

/// How the ledger is sized. Every field has a setting with a documented default.
#[derive(Debug, Clone, Copy)]
pub struct LedgerSettings {
    /// The most commands that may wait for a writer. Further ones are turned away.
    pub queue_max: usize,
    /// The most commands in one batch.
    pub batch_max: usize,
    /// Writer threads on PostgreSQL, over which communities are spread. SQLite has one.
    pub writers: usize,
}

/// What a ledger needs from the world around it.
#[derive(Clone)]
pub struct LedgerContext {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes a source of ids for each writer.
    pub ids: Arc<dyn Fn() -> Box<dyn IdSource + Send> + Send + Sync>,
    /// How answers look that are kept under idempotency keys.
    pub format: Arc<dyn AnswerFormat>,
}

/// Why a command has no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SubmitError {
    /// It was turned away, and nothing was done.
    #[error("the ledger cannot take more work now")]
    Overloaded,
    /// It may or may not have been done; the same key finds out.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
}

/// Why a write outside the ledger's records failed.
#[derive(Debug, Error)]
pub enum WriteError {
    /// It was turned away or cut off.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The database refused it.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What will come of a command.
pub type Awaited = oneshot::Receiver<Result<Outcome, SubmitError>>;

/// The running ledger. Clones share it.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    queues: RwLock<Vec<mpsc::Sender<Item>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    failure: watch::Receiver<bool>,
    commits: watch::Receiver<()>,
    checkouts: CheckoutWatches,
    is_stopping: AtomicBool,
    judging: Judging,
}

impl Ledger {
    /// Starts the writer threads on an up-to-date database.
    ///
    /// # Errors
    /// When a writer gets no connection.
    pub fn start(
        database: &Database,
        settings: LedgerSettings,
        context: &LedgerContext,
    ) -> Result<Self, OpenError> {
        let writers = match database.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => settings.writers.max(1),
        };
        let (failure_sender, failure) = watch::channel(false);
        let failure_sender = Arc::new(failure_sender);
        let (commit_sender, commits) = watch::channel(());
        let commit_sender = Arc::new(commit_sender);
        let checkouts = CheckoutWatches::default();
        let (mut queues, mut threads) = (Vec::new(), Vec::new());
        for number in 0..writers {
            let (sender, receiver) = mpsc::channel(settings.queue_max.max(1));
            let conn = database.connect_writer()?;
            let name = format!("ledger-{number}");
            let no_thread = |error| OpenError::Connect(format!("no writer thread: {error}"));
            let writer = Writer::new(
                database.clone(),
                conn,
                receiver,
                (settings.batch_max.clamp(1, BATCH_COMMANDS_MAX), &name),
                context.clone(),
                (Arc::clone(&failure_sender), Arc::clone(&commit_sender), checkouts.clone()),
            )
            .map_err(no_thread)?;
            let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(no_thread)?;
            let thread = std::thread::Builder::new().name(name).spawn(move || runtime.block_on(writer.run()));
            threads.push(thread.map_err(no_thread)?);
            queues.push(sender);
        }
        Ok(Self {
            shared: Arc::new(Shared {
                database: database.clone(),
                queues: RwLock::new(queues),
                threads: Mutex::new(threads),
                failure,
                commits,
                checkouts,
                is_stopping: AtomicBool::new(false),
                judging: Judging::default(),
            }),
        })
    }

    /// Puts a command into its community's order and waits until what came of it is durable.
    ///
    /// # Errors
    /// When it was turned away, or when its outcome could not be found out.
    pub async fn submit(&self, command: Command) -> Result<Outcome, SubmitError> {
        self.queue(command)?.await.unwrap_or(Err(SubmitError::OutcomeUnknown))
    }

    /// Puts a command into its community's order, behind those that were put there before. What comes tells, once it is durable,
    /// what came of it; where nothing comes, that is unknown.
    ///
    /// # Errors
    /// When it was turned away.
    pub fn queue(&self, command: Command) -> Result<Awaited, SubmitError> {
        let (reply, outcome) = oneshot::channel();
        let community_id = command.community_id;
        self.enqueue(Some(community_id), Item::Command(Box::new(Pending::new(command, reply))))?;
        Ok(outcome)
    }

    /// Puts several commands into their communities' order, one behind the other, and waits for all of them.
    pub async fn submit_all(&self, commands: Vec<Command>) -> Vec<Result<Outcome, SubmitError>> {
        let waiting: Vec<_> = commands.into_iter().map(|command| self.queue(command)).collect();
        let mut outcomes = Vec::with_capacity(waiting.len());
        for outcome in waiting {
            outcomes.push(match outcome {
                Ok(outcome) => outcome.await.unwrap_or(Err(SubmitError::OutcomeUnknown)),
                Err(error) => Err(error),
            });
        }
        outcomes
    }

    /// Runs a short write that is not the ledger's own: no hashing, no network. On SQLite it rides in the
    /// writer's batch, on PostgreSQL it has a transaction of its own.
    ///
    /// # Errors
    /// When it was turned away, or what the database said.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, WriteError> {
        let (reply, result) = oneshot::channel();
        match self.shared.database.engine() {
            Engine::Sqlite => {
                let riding: Box<dyn RidingWrite> = Box::new(Riding::new(work, reply));
                self.enqueue(None, Item::Write(riding))?;
            }
            Engine::Postgres => {
                let database = self.shared.database.clone();
                // The handle is not needed: the answer comes through the channel.
                drop(tokio::task::spawn_blocking(move || {
                    let written = database.reader().and_then(|mut conn| conn.transaction(work));
                    // The caller may have gone; what was written stays written.
                    drop(reply.send(written.map_err(WriteError::from)));
                }));
            }
        }
        result.await.unwrap_or(Err(WriteError::Submit(SubmitError::OutcomeUnknown)))
    }

    /// Reads one state of the database with one of the pool's connections, off the asynchronous threads.
    ///
    /// # Errors
    /// What `work` failed with, or that no connection was free.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let database = self.shared.database.clone();
        off_threads(move || database.reader()?.snapshot(work)).await
    }

    /// Has `work` judge on a state of the command's community that is complete for the command, as the database holds it
    /// now; nothing where there is no such community. Nothing is posted, and the queue is not asked.
    ///
    /// # Errors
    /// What the database said, or that no connection was free.
    pub async fn judge<T: Send + 'static>(
        &self,
        command: Command,
        now: Timestamp,
        work: impl FnOnce(&mut CommunityState) -> T + Send + 'static,
    ) -> Result<Option<T>, StorageError> {
        let shared = Arc::clone(&self.shared);
        off_threads(move || {
            let mut conn = shared.database.reader()?;
            shared.judging.judge(&mut conn, &command, now, work)
        })
        .await
    }

    /// The same on a state that is read for this alone, for what takes longer than others should wait.
    ///
    /// # Errors
    /// What the database said, or that no connection was free.
    pub async fn judge_apart<T: Send + 'static>(
        &self,
        command: Command,
        now: Timestamp,
        work: impl FnOnce(&mut CommunityState) -> T + Send + 'static,
    ) -> Result<Option<T>, StorageError> {
        let database = self.shared.database.clone();
        off_threads(move || {
            let mut conn = database.reader()?;
            let state = judging::read(&mut conn, &command, now)?;
            Ok(state.map(|mut state| work(&mut state)))
        })
        .await
    }

    /// Reads with one statement, which sees one state of the database by itself; or with several, of which each reads only
    /// what never changes once it is there, or what may be newer than what those before it saw.
    ///
    /// # Errors
    /// What `work` failed with, or that no connection was free.
    pub async fn read_once<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let database = self.shared.database.clone();
        off_threads(move || work(&mut *database.reader()?)).await
    }

    /// Leaves nothing readable of what was deleted, see [`Database::scrub`]. On SQLite others' writes wait meanwhile.
    ///
    /// # Errors
    /// What the database said; it may be tried again.
    pub async fn scrub(&self) -> Result<(), StorageError> {
        let database = self.shared.database.clone();
        off_threads(move || database.scrub()).await
    }

    /// Whether commands are taken: not stopping, and no failure that only a restart can mend.
    pub fn is_ready(&self) -> bool {
        !self.shared.is_stopping.load(Ordering::Relaxed) && !*self.shared.failure.borrow()
    }

    /// Waits for a failure that only a restart can mend: after an I/O error at commit, what is on disk is unknown.
    pub async fn failed(&self) {
        let mut failure = self.shared.failure.clone();
        if failure.wait_for(|failed| *failed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Changes with every commit of this process. It ends with the ledger.
    pub fn commits(&self) -> watch::Receiver<()> {
        self.shared.commits.clone()
    }

    /// A checkout to wait for.
    pub fn watch_checkout(&self, id: CheckoutId) -> CheckoutWatch {
        self.shared.checkouts.watch(id)
    }

    /// Whether other processes may commit to the same database.
    pub fn has_other_processes(&self) -> bool {
        self.shared.database.engine() == Engine::Postgres
    }

    /// Takes no more commands, answers those that wait, and ends the writers. Blocks until they are done.
    pub fn stop(&self) {
        self.shared.is_stopping.store(true, Ordering::Relaxed);
        self.shared.queues.write().unwrap_or_else(PoisonError::into_inner).clear();
        let threads =
            std::mem::take(&mut *self.shared.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a ledger writer ended by a panic");
            }
        }
    }

    fn enqueue(&self, community_id: Option<CommunityId>, item: Item) -> Result<(), SubmitError> {
        let queues = self.shared.queues.read().unwrap_or_else(PoisonError::into_inner);
        let place = community_id.map_or(0, |id| usize::from(id.uuid().as_bytes()[15])) % queues.len().max(1);
        let queue = queues.get(place).ok_or(SubmitError::Overloaded)?;
        queue.try_send(item).map_err(|_| {
            metrics::counter!("counterfoil_ledger_turned_away_total").increment(1);
            SubmitError::Overloaded
        })
    }
}

/// Runs work that blocks off the asynchronous threads.
async fn off_threads<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        // Where it is no panic, the runtime is ending, and the work never began.
        Err(if error.is_panic() { StorageError::CutOff } else { StorageError::PoolExhausted }.into())
    })
}
