//! Taking what members contribute, month after month: the oldest first, each account's once.

use std::collections::HashMap;

use super::contributions::{end_of, no_month};
use super::joining::Note;
use super::letters::Outbox;
use super::passed_over::PassedOver;
use super::settling::{PERIODS_BACK_MAX, settled_by};
use super::{ServiceError, Services};
use crate::domain::command::{Action, Command};
use crate::domain::community::Community;
use crate::domain::contributions::{Basis, Charge, Charged, ContributionRules, Dues, Stood};
use crate::domain::fold::Outcome;
use crate::domain::fund::Period;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::missed::{MissedPeriods, PeriodicWork};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::mail::{Letter, MissedWork, PeriodsMissed, Plain};
use crate::storage::contributions::{self, Asked, Turn};
use crate::storage::{Conn, StorageError, accounts, communities, history, missed};

/// How many accounts one piece of work asks: as many commands may wait in the ledger's queue.
const ACCOUNTS_PER_PIECE: usize = 200;

/// What one piece of work does.
struct Piece {
    charges: Vec<Charge>,
    from: Turn,
    to: Turn,
    /// The months between both have no turn, and somebody may have been asked for something.
    missed: Option<Box<Missed>>,
}

/// Months that have no turn, with all that is told of them.
struct Missed {
    community: Community,
    periods: MissedPeriods,
    letter: Letter,
}

impl Services {
    /// Takes what some accounts of a community contribute, if its month is over. Whether there may be more. After a crash, or
    /// beside another process, accounts are asked again and give nothing more. A community where it fails is passed over
    /// for this round: it stays due, and holds up no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_contributions(&self, passed_over: &mut PassedOver) -> Result<bool, ServiceError> {
        let (by, ids) = (settled_by(self.now()), passed_over.ids());
        let due = self.ledger.read(move |conn| contributions::find_due(conn, by, &ids)).await?;
        let Some((community_id, rules, turn)) = due else { return Ok(false) };
        let taken = self.take_some_of(community_id, rules, turn, by).await;
        Ok(passed_over.note(community_id, "contributions", taken))
    }

    /// What was taken by the time of an error is taken, and the rest stays due.
    async fn take_some_of(
        &self,
        community_id: CommunityId,
        rules: ContributionRules,
        turn: Turn,
        by: Timestamp,
    ) -> Result<(), ServiceError> {
        let (version, now) = (rules.version, self.now());
        let find = move |conn: &mut Conn| find_piece(conn, community_id, &rules, turn, (by, now));
        let Piece { charges, from, to, missed } = self.ledger.read(find).await?;
        let commands = charges
            .into_iter()
            .map(|charge| Command::by_service(community_id, Action::Charge(charge)))
            .collect();
        for outcome in self.ledger.submit_all(commands).await {
            match outcome? {
                Outcome::Done | Outcome::Refused(Refusal::NotFound(Thing::Account)) => {}
                other => return Err(ServiceError::Internal(format!("a charge gave {other:?}"))),
            }
        }
        let told = missed.map(|missed| (missed, self.note_by_service("contributions.missed"), self.outbox()));
        let advance = move |conn: &mut Conn| {
            let has_moved = contributions::advance(conn, community_id, version, &from, &to)?;
            let Some((missed, note, outbox)) = told.filter(|_| has_moved) else { return Ok(false) };
            tell(conn, *missed, note, outbox).map(|()| true)
        };
        if self.ledger.write(advance).await? {
            self.ring();
        }
        Ok(())
    }
}

/// Keeps that months have no turn, and tells the admins.
fn tell(conn: &mut Conn, missed: Missed, note: Note, mut outbox: Outbox) -> Result<(), StorageError> {
    let Missed { community, periods, letter } = missed;
    missed::write(conn, community.id, &periods)?;
    let note = note.about(community.id.uuid()).changing(String::new(), periods.to_json());
    note.write(conn, community.id)?;
    outbox.write_to_admins(conn, &community, &letter)
}

fn find_piece(
    conn: &mut Conn,
    community_id: CommunityId,
    rules: &ContributionRules,
    turn: Turn,
    (by, now): (Timestamp, Timestamp),
) -> Result<Piece, StorageError> {
    let gone = || StorageError::Corrupt("rules on contributions of no community".into());
    let community = communities::find(conn, community_id)?.ok_or_else(gone)?;
    // The community's clocks may have been changed since.
    let end = end_of(&community, turn.month)?;
    let moving = |to: Turn| Piece { charges: Vec::new(), from: turn, to, missed: None };
    if end > by {
        return Ok(moving(Turn { due_at: end, ..turn }));
    }
    let this_month = month_at(&community, by)?;
    let oldest = this_month.plus_months(-PERIODS_BACK_MAX).ok_or_else(no_month)?;
    if turn.month < oldest {
        tracing::error!(community.id = %community_id, "contributions from {} to {oldest} are not taken: they are too long ago", turn.month);
        let to = turn_of(&community, oldest)?;
        let missed = missed_between(community, rules, (turn.month, oldest), now)?;
        return Ok(Piece { missed, ..moving(to) });
    }
    let limit = i64::try_from(ACCOUNTS_PER_PIECE).unwrap_or(i64::MAX);
    let fund_id = accounts::find_commons(conn, community_id)?;
    let asked = contributions::asked(conn, community_id, &turn, end, limit)?;
    let last = asked.last().filter(|_| asked.len() == ACCOUNTS_PER_PIECE);
    let to = match last {
        Some(last) => Turn { behind: Some(last.account_id), ..turn },
        None => turn_of(&community, turn.month.plus_months(1).ok_or_else(no_month)?)?,
    };
    let charges = match fund_id {
        Some(fund_id) => {
            charges(conn, (community_id, fund_id), rules, (turn.month, this_month), (&asked, end))?
        }
        None => Vec::new(),
    };
    Ok(Piece { charges, from: turn, to, missed: None })
}

/// What is told of the months from one on and before another; none where nobody was asked for anything in them.
fn missed_between(
    community: Community,
    rules: &ContributionRules,
    (from, until): (Day, Day),
    noted_at: Timestamp,
) -> Result<Option<Box<Missed>>, StorageError> {
    if !rules.ask_between(from, until) {
        return Ok(None);
    }
    let last = until.plus_months(-1).ok_or_else(no_month)?;
    let letter = Letter::PeriodsMissed(PeriodsMissed {
        community: Plain::from(community.name.as_str()),
        work: MissedWork::Contributions,
        first: Plain::from(from.year_and_month()),
        last: Plain::from(last.year_and_month()),
    });
    let (work, every, version) = (PeriodicWork::Contributions, Period::Month, Some(rules.version));
    let periods = MissedPeriods { work, every, from, until, version, noted_at };
    Ok(Some(Box::new(Missed { community, periods, letter })))
}

/// A month of which nobody was asked yet.
fn turn_of(community: &Community, month: Day) -> Result<Turn, StorageError> {
    Ok(Turn { month, due_at: end_of(community, month)?, behind: None })
}

fn month_at(community: &Community, now: Timestamp) -> Result<Day, StorageError> {
    community.time_zone.day_of(now).map(Day::first_of_month).ok_or_else(no_month)
}

/// Has the month in progress come next where a later one does, because a clock was ahead. How many communities that was.
pub(super) fn bring_back(conn: &mut Conn, now: Timestamp, latest: Timestamp) -> Result<usize, StorageError> {
    let mut brought = 0;
    while let Some(id) = contributions::find_ahead(conn, latest)? {
        let gone = || StorageError::Corrupt("rules on contributions of no community".into());
        let community = communities::find(conn, id)?.ok_or_else(gone)?;
        let turn = turn_of(&community, month_at(&community, now)?)?;
        // No month of any zone ends later: else this would not end.
        contributions::bring_back(conn, id, &Turn { due_at: turn.due_at.min(latest), ..turn })?;
        brought += 1;
    }
    Ok(brought)
}

/// What these accounts are asked for, those that owe something or will.
fn charges(
    conn: &mut Conn,
    (community_id, fund_id): (CommunityId, AccountId),
    rules: &ContributionRules,
    (month, this_month): (Day, Day),
    (asked, end): (&[Asked], Timestamp),
) -> Result<Vec<Charge>, StorageError> {
    let ids: Vec<_> = asked.iter().map(|asked| asked.account_id).collect();
    let before: HashMap<AccountId, Charged> = contributions::charged(conn, community_id, &ids)?
        .into_iter()
        .map(|charged| (charged.account_id, charged))
        .collect();
    let mut charges = Vec::new();
    for asked in asked {
        let account_id = asked.account_id;
        let before = before.get(&account_id);
        if before.is_some_and(|before| before.covers(month, this_month)) {
            continue;
        }
        let stood = if rules.charge_holdings() {
            let stood = history::standings_before(conn, community_id, account_id, asked.account_seq, &[end])?;
            let stood = stood.first();
            stood.map(|stood| Stood { account_seq: stood.account_seq, balance: stood.balance })
        } else {
            None
        };
        let basis = Basis { month_end: end, is_first: asked.is_first, stood };
        let charge = Charge { account_id, fund_id, month, rules: *rules, basis };
        let owing = before.map_or(Dues::NONE, |before| before.owing);
        if !(charge.dues().are_none() && owing.are_none()) {
            charges.push(charge);
        }
    }
    Ok(charges)
}
