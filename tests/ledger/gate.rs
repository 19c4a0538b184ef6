//! A gate before the writer: while it is shut, commands gather in the queue, and all that fit go into the next batch.

use std::sync::mpsc;
use std::time::Duration;

use counterfoil::domain::command::Command;
use counterfoil::domain::fold::Outcome;
use counterfoil::ledger::{Ledger, SubmitError};
use counterfoil::storage::Engine;
use tokio::task::JoinHandle;

use crate::by_hand::ByHand;
use crate::support::TestDatabase;

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(2);
/// How long the gate waits to be shut.
const LOOKS: usize = 5_000;

/// Holds the ledger's writer: on PostgreSQL by the heads' locks, with a command of the test's own that runs into them,
/// on SQLite by a long write that rides in a batch of its own.
pub enum Gate {
    Postgres { locks: Box<ByHand>, plug: JoinHandle<Result<Outcome, SubmitError>> },
    Sqlite { go: mpsc::Sender<()>, plug: JoinHandle<()> },
}

impl Gate {
    /// Shuts the gate. `plug` is a harmless command, which on both engines has a batch of its own just before those that
    /// gather.
    pub async fn shut(database: &TestDatabase, ledger: &Ledger, plug: Command) -> Self {
        match database.engine() {
            Engine::Postgres => {
                let mut locks = ByHand::on(database);
                locks.run("BEGIN");
                locks.texts("SELECT code AS value FROM heads JOIN communities ON id = community_id FOR UPDATE OF heads");
                let own = ledger.clone();
                let plug = tokio::spawn(async move { own.submit(plug).await });
                let mut eyes = ByHand::on(database);
                for look in 0.. {
                    let waiting = eyes.number(
                        "SELECT count(*) AS value FROM pg_stat_activity WHERE datname = current_database() \
                         AND application_name = 'counterfoil' AND wait_event_type = 'Lock'",
                    );
                    if waiting > 0 {
                        break;
                    }
                    assert!(look < LOOKS, "no writer ran into the gate");
                    tokio::time::sleep(LOOK).await;
                }
                Self::Postgres { locks: Box::new(locks), plug }
            }
            Engine::Sqlite => {
                ledger.submit(plug).await.unwrap();
                let (go, wait) = mpsc::channel::<()>();
                let (shut, is_shut) = tokio::sync::oneshot::channel();
                let own = ledger.clone();
                let plug = tokio::spawn(async move {
                    let written = own.write(move |_| {
                        shut.send(()).unwrap();
                        // Opened, or dropped by a test that failed.
                        let _ = wait.recv();
                        Ok(())
                    });
                    written.await.unwrap();
                });
                is_shut.await.unwrap();
                Self::Sqlite { go, plug }
            }
        }
    }

    /// Puts commands into the queue, in this order.
    pub async fn enqueue(
        &self,
        ledger: &Ledger,
        commands: Vec<Command>,
    ) -> Vec<JoinHandle<Result<Outcome, SubmitError>>> {
        let mut waiting = Vec::new();
        for command in commands {
            let own = ledger.clone();
            waiting.push(tokio::spawn(async move { own.submit(command).await }));
            // The task runs up to where it waits for its answer: by then its command is in the queue.
            tokio::task::yield_now().await;
        }
        waiting
    }

    /// Opens the gate.
    pub async fn open(self) {
        match self {
            Self::Postgres { mut locks, plug } => {
                locks.run("COMMIT");
                plug.await.unwrap().unwrap();
            }
            Self::Sqlite { go, plug } => {
                go.send(()).unwrap();
                plug.await.unwrap();
            }
        }
    }
}

/// What came of those who wait.
pub async fn all(
    waiting: Vec<JoinHandle<Result<Outcome, SubmitError>>>,
) -> Vec<Result<Outcome, SubmitError>> {
    let mut outcomes = Vec::new();
    for one in waiting {
        outcomes.push(one.await.unwrap());
    }
    outcomes
}
