//! Noting what became of attempts, many at a time: on SQLite each transaction waits in line with payments.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::lane::Turn;
use crate::domain::causes::with_causes;
use crate::services::Services;
use crate::services::webhooks::{Outcome, Settling};

/// How long outcomes gather before they are noted.
const GATHERED_FOR: Duration = Duration::from_millis(20);
/// How many are noted in one transaction at most.
const PER_WRITE_MAX: usize = 256;
/// How often noting is tried before it is left to the leases' end.
const TRIES_MAX: usize = 3;

/// What became of an attempt, and how its endpoint is doing where that is new.
pub(super) type Note = (Outcome, Option<Turn>);

/// Notes what comes, until nobody can send any more.
pub(super) async fn settle(services: Arc<Services>, mut notes: mpsc::Receiver<Note>) {
    while let Some(first) = notes.recv().await {
        sleep(GATHERED_FOR).await;
        let mut settling = Settling::default();
        add(&mut settling, first);
        while settling.outcomes.len() < PER_WRITE_MAX
            && let Ok(note) = notes.try_recv()
        {
            add(&mut settling, note);
        }
        let mut tries = 1;
        while let Err(error) = services.settle_webhooks(settling.clone()).await {
            if tries == TRIES_MAX {
                tracing::warn!("webhooks' messages will be sent again: {}", with_causes(&error));
                break;
            }
            tries += 1;
            sleep(GATHERED_FOR).await;
        }
    }
}

fn add(settling: &mut Settling, (outcome, turn): Note) {
    let key = outcome.outgoing.endpoint;
    // What comes later counts.
    settling.failing.retain(|known| turn.is_none() || *known != key);
    settling.recovered.retain(|known| turn.is_none() || *known != key);
    match turn {
        Some(Turn::Failing) => settling.failing.push(key),
        Some(Turn::Recovered) => settling.recovered.push(key),
        None => {}
    }
    settling.outcomes.push(outcome);
}
