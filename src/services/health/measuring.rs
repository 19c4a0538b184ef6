//! Writing down the figures of each day, in the background: those of the day in progress again and again, those of a day
//! that is over once and for all.

use std::collections::HashMap;

use super::walk::Walk;
use crate::domain::community::Community;
use crate::domain::health::{Side, Snapshot, Threshold};
use crate::domain::ids::CommunityId;
use crate::domain::zone::Day;
use crate::mail::{Crossing, Letter, Plain};
use crate::services::letters::Outbox;
use crate::services::{ServiceError, Services};
use crate::storage::health::{self, StoredSnapshot};
use crate::storage::{Conn, StorageError};

/// How many steps are done before other work has its turn.
const STEPS_PER_PIECE: usize = 8;
/// How much is kept in memory of all communities, in accounts and pairs of members who traded: some hundred megabytes.
const KEPT_MAX: usize = 2_000_000;

/// Where measuring stands. What is lost of it is read again.
#[derive(Debug, Default)]
pub struct Measuring {
    under_way: Option<Box<Walk>>,
    kept: HashMap<CommunityId, Box<Walk>>,
    /// Behind which community the next one is looked for, so that all have their turn.
    behind: Option<CommunityId>,
}

impl Services {
    /// Does one piece of measuring, if any is due. Whether more may be.
    ///
    /// # Errors
    /// When it could not be done; it stays due.
    pub async fn measure_health(&self, measuring: &mut Measuring) -> Result<bool, ServiceError> {
        let mut walk = match measuring.under_way.take() {
            Some(walk) => walk,
            None => match self.next_walk(measuring).await? {
                Some(walk) => walk,
                // Once round: those at the beginning are next.
                None => return Ok(measuring.behind.take().is_some()),
            },
        };
        for _ in 0..STEPS_PER_PIECE {
            let stepped = self.ledger.read(move |conn: &mut Conn| {
                let is_done = walk.step(conn)?;
                let figures = is_done.then(|| walk.measure());
                Ok::<_, StorageError>((walk, figures))
            });
            let (walked, figures) = stepped.await?;
            walk = walked;
            if let Some(figures) = figures {
                self.write_figures(&walk, figures).await?;
                measuring.keep(walk);
                return Ok(true);
            }
        }
        measuring.under_way = Some(walk);
        Ok(true)
    }

    async fn next_walk(&self, measuring: &mut Measuring) -> Result<Option<Box<Walk>>, ServiceError> {
        let (now, behind) = (self.now(), measuring.behind);
        let Some(id) = self.ledger.read(move |conn| health::due(conn, now, behind)).await? else {
            return Ok(None);
        };
        // The next one has its turn, whatever becomes of this one.
        measuring.behind = Some(id);
        let kept = measuring.kept.remove(&id).map(|walk| *walk);
        let begun = self.ledger.read(move |conn| Walk::begin(conn, id, kept, now)).await?;
        Ok(begun.map(Box::new))
    }

    /// Writes figures down, unless somebody else has measured the same meanwhile; and tells the admins what they want to
    /// be told.
    async fn write_figures(&self, walk: &Walk, figures: StoredSnapshot) -> Result<(), ServiceError> {
        let (now, from) = (self.now(), walk.target.progress);
        let to = walk.next_progress(now)?;
        // Of days long past nobody is told.
        let is_judged = walk.target.is_final && to.closes_at > now;
        let (community, mut outbox) = (walk.community.clone(), self.outbox());
        let has_mail = self
            .ledger
            .write(move |conn| {
                health::begin(conn, &from)?;
                if !health::advance(conn, &from, &to)? {
                    return Ok(false);
                }
                health::put(conn, community.id, &figures)?;
                if is_judged {
                    judge(conn, &mut outbox, &community, (figures.day, &figures.figures))
                } else {
                    Ok(false)
                }
            })
            .await?;
        if has_mail {
            self.ring();
        }
        Ok(())
    }
}

impl Measuring {
    fn keep(&mut self, walk: Box<Walk>) {
        self.kept.insert(walk.community.id, walk);
        // The heaviest goes first: it is one that is read anew, and not all the others.
        while self.kept.values().map(|walk| walk.weight()).sum::<usize>() > KEPT_MAX {
            let Some(heaviest) = self.kept.values().max_by_key(|walk| walk.weight()) else { break };
            let id = heaviest.community.id;
            self.kept.remove(&id);
        }
    }
}

/// Looks which thresholds a day crossed, and writes to the admins about those that were not crossed before. Whether it did.
fn judge(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community: &Community,
    (day, figures): (Day, &Snapshot),
) -> Result<bool, StorageError> {
    let mut crossings = Vec::new();
    for before in health::thresholds::all(conn, community.id)? {
        let (after, is_new) = before.judge(figures, day);
        if after != before {
            health::thresholds::note(conn, community.id, &after)?;
        }
        if is_new {
            crossings.push(crossing(community, &after, figures));
        }
    }
    if crossings.is_empty() {
        return Ok(false);
    }
    let name = Plain::from(community.name.as_str());
    let letter = Letter::HealthAlert { community: name, day: Plain::from(day.to_string()), crossings };
    outbox.write_to_admins(conn, community, &letter)?;
    Ok(true)
}

fn crossing(community: &Community, threshold: &Threshold, figures: &Snapshot) -> Crossing {
    let Threshold { figure, side, value, .. } = *threshold;
    let unit = figure.unit();
    let text = |value: i64| Plain::from(unit.format(value, community.scale));
    Crossing {
        figure: Plain::from(figure.name()),
        is_above: side == Side::Above,
        value: text(figures.value(figure).unwrap_or_default()),
        threshold: text(value),
    }
}
