//! Giving what is due its turn: oldest first, in bounded batches. The ledger judges each run in its place in the order,
//! so that however many processes ask for one, it comes once.

use crate::domain::command::{Action, Command};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::schedule::{RunSchedule, Schedule};
use crate::services::{ServiceError, Services};
use crate::storage::{StorageError, communities, schedules};

/// The most runs of one community that are asked for at a time.
const RUNS_MAX: i64 = 100;

impl Services {
    /// Gives what is due its turn, a batch for each community. Whether there may be more.
    ///
    /// # Errors
    /// When the database or the ledger fails; what has had its turn by then has had it.
    pub async fn run_due(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let due = self
            .ledger
            .read(move |conn| {
                let mut due = Vec::new();
                for community in communities::all(conn)? {
                    match schedules::due(conn, community.id, now, RUNS_MAX) {
                        Ok(of_community) if of_community.is_empty() => {}
                        Ok(of_community) => due.push((community, of_community)),
                        // One community whose plans are damaged keeps no other's from being paid.
                        Err(StorageError::Corrupt(damage)) => {
                            tracing::error!(community.code = %community.code, "planned payments wait: {damage}");
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
                Ok::<_, ServiceError>(due)
            })
            .await?;
        let mut failed = None;
        for (community, due) in &due {
            if let Err(error) = self.run_in(community, due).await {
                failed = Some(error);
            }
        }
        if !due.is_empty() {
            // Some may have to be told.
            self.ring();
        }
        failed.map_or(Ok(!due.is_empty()), Err)
    }

    /// Gives the oldest of what is due in one community its turn.
    async fn run_in(&self, community: &Community, due: &[Schedule]) -> Result<(), ServiceError> {
        let runs = oldest(community, due).into_iter();
        let commands = runs.map(|run| Command::by_service(community.id, Action::RunSchedule(run)));
        for outcome in self.ledger.submit_all(commands.collect()).await {
            match outcome? {
                Outcome::Done | Outcome::Refused(Refusal::NotFound(Thing::Schedule)) => {}
                other => return Err(ServiceError::Internal(format!("a run gave {other:?}"))),
            }
        }
        Ok(())
    }
}

/// The runs before which none of these schedules has another one: after downtime, what was missed comes in the order
/// of its time, whichever schedule it is of.
fn oldest(community: &Community, due: &[Schedule]) -> Vec<RunSchedule> {
    let mut runs = Vec::new();
    let mut horizon = None;
    for schedule in due {
        if horizon.is_some_and(|horizon| schedule.due_at > Some(horizon)) {
            break;
        }
        runs.push(RunSchedule { schedule_id: schedule.id, occurrence: schedule.next });
        let following = schedule.plan.at(schedule.next.saturating_add(1), &community.time_zone);
        horizon = [horizon, following].into_iter().flatten().min();
    }
    runs
}
