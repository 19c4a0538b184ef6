//! The thread that writes what a writer has folded, so that the writer folds the next batch meanwhile.
//!
//! It gets the writer's connection with each batch and gives it back with the outcome: never do both use it at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc as blocking;
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use super::batch::{BatchError, Folded};
use super::queue::RidingWrite;
use crate::storage::Conn;

/// What is written together: on SQLite in one transaction, on PostgreSQL one community's group at a time.
pub(super) struct Batch {
    pub groups: Vec<Folded>,
    pub writes: Vec<Box<dyn RidingWrite>>,
}

impl Batch {
    /// Answers everyone, once it is committed.
    pub(super) fn answer(self) {
        self.groups.into_iter().for_each(Folded::answer);
        self.writes.into_iter().for_each(|write| write.answer(Ok(())));
    }
}

/// A batch with what became of it.
pub(super) struct Committed {
    pub batch: Batch,
    pub result: Result<(), BatchError>,
    /// The connection, to be used again.
    pub conn: Conn,
}

/// The other end of the thread.
pub(super) struct Committer {
    batches: blocking::Sender<(Conn, Batch)>,
    /// Nothing comes for a batch that was abandoned by a panic: its connection and those who wait go with it.
    outcomes: mpsc::Receiver<Option<Committed>>,
    _thread: JoinHandle<()>,
}

impl Committer {
    /// Starts the thread. It ends with its writer.
    ///
    /// # Errors
    /// When there can be no further thread.
    pub(super) fn start(name: String) -> std::io::Result<Self> {
        let (batches, received) = blocking::channel();
        let (sender, outcomes) = mpsc::channel(1);
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            while let Ok((conn, batch)) = received.recv() {
                // A panic is a bug or a broken assertion: the transaction ends with its connection.
                let committed = catch_unwind(AssertUnwindSafe(|| commit(conn, batch))).ok();
                if sender.blocking_send(committed).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { batches, outcomes, _thread: thread })
    }

    /// Hands a batch over. Its outcome comes with [`Committer::outcome`]; until then there is no other batch.
    pub(super) fn hand_over(&self, conn: Conn, batch: Batch) {
        // The thread ends after this end of the channel, so it is there to receive.
        drop(self.batches.send((conn, batch)));
    }

    /// The outcome of the batch that was handed over; nothing where a panic ended it.
    pub(super) async fn outcome(&mut self) -> Option<Committed> {
        self.outcomes.recv().await.flatten()
    }
}

fn commit(mut conn: Conn, mut batch: Batch) -> Committed {
    let result = match &conn {
        Conn::Sqlite(_) => conn.transaction(|conn| {
            for group in &batch.groups {
                group.write_within(conn)?;
            }
            for write in &mut batch.writes {
                write.run(conn);
            }
            Ok(())
        }),
        Conn::Postgres(_) => batch.groups.iter().try_for_each(|group| group.write_alone(&mut conn)),
    };
    Committed { batch, result, conn }
}
