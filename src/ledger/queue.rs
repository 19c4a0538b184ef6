//! What waits for a writer, and how it is answered.

use std::time::Instant;

use tokio::sync::oneshot;

use super::{SubmitError, WriteError};
use crate::domain::command::Command;
use crate::domain::fold::Outcome;
use crate::storage::{Conn, StorageError};

/// One thing that waits.
pub(super) enum Item {
    /// For the ledger.
    Command(Box<Pending>),
    /// For other tables, riding in an SQLite batch.
    Write(Box<dyn RidingWrite>),
}

/// A command with the one who waits for it.
pub(super) struct Pending {
    pub command: Command,
    pub since: Instant,
    /// Whether an earlier attempt may have been committed: then a replay is its own first answer.
    pub was_attempted: bool,
    reply: oneshot::Sender<Result<Outcome, SubmitError>>,
}

impl Pending {
    pub(super) fn new(command: Command, reply: oneshot::Sender<Result<Outcome, SubmitError>>) -> Self {
        Self { command, since: now(), was_attempted: false, reply }
    }

    /// Answers. The one who waited may have gone; what was posted stays posted.
    pub(super) fn answer(self, outcome: Result<Outcome, SubmitError>) {
        drop(self.reply.send(outcome));
    }
}

/// Waiting times are measured, never stored, so they need no injected clock.
pub(super) fn now() -> Instant {
    Instant::now()
}

/// A write of other rooms' tables: run inside a savepoint, answered after the commit.
pub(super) trait RidingWrite: Send {
    /// Does the work. Its result waits for [`RidingWrite::answer`].
    ///
    /// # Errors
    /// Nothing that concerns the batch: the write's own failure is kept for its answer.
    fn run(&mut self, conn: &mut Conn);
    /// Answers, once it is known whether the batch was committed.
    fn answer(self: Box<Self>, committed: Result<(), SubmitError>);
}

/// The one implementation of [`RidingWrite`], over the write's own result type.
pub(super) struct Riding<T, F> {
    work: Option<F>,
    result: Option<Result<T, StorageError>>,
    reply: oneshot::Sender<Result<T, WriteError>>,
}

impl<T, F> Riding<T, F> {
    pub(super) const fn new(work: F, reply: oneshot::Sender<Result<T, WriteError>>) -> Self {
        Self { work: Some(work), result: None, reply }
    }
}

impl<T, F> RidingWrite for Riding<T, F>
where
    T: Send,
    F: FnOnce(&mut Conn) -> Result<T, StorageError> + Send,
{
    fn run(&mut self, conn: &mut Conn) {
        if let Some(work) = self.work.take() {
            self.result = Some(conn.savepoint(work));
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), SubmitError>) {
        let answer = match (committed, self.result) {
            (Ok(()), Some(result)) => result.map_err(WriteError::from),
            (Ok(()), None) => Err(WriteError::Submit(SubmitError::Overloaded)),
            (Err(error), _) => Err(WriteError::Submit(error)),
        };
        // The one who waited may have gone.
        drop(self.reply.send(answer));
    }
}
