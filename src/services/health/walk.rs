//! The way through a community's books to the figures of a day, in steps that each take a few milliseconds. What was read
//! on the way stays in memory, so that the next day's figures need only what is new.

use std::collections::HashMap;

use crate::domain::account::AccountStatus;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::health::{Bucket, DAYS_KEPT, Figure, HealthAccount, Moment, Snapshot, measure};
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::services::settling::SETTLE_S;
use crate::storage::health::{self, Progress, StoredSnapshot, books};
use crate::storage::{Conn, StorageError, communities, heads};

/// How often the figures of the day in progress are written anew where something happened, in seconds.
const REFRESH_S: i64 = 60;
/// For how many accounts that is a second less often.
const ACCOUNTS_PER_S: i64 = 100;
/// How many days before the first look are measured, where there was trade already: a quarter of a year. To find where an
/// account stood on a day takes a step for each of its entries since.
const DAYS_BACK_MAX: i64 = 92;
/// Before a community's first event.
const NOTHING_SEEN: i64 = -1;
/// How many records of accounts one step reads.
const TERMS_PER_STEP: i64 = 2_000;
/// How many events one step reads.
const EVENTS_PER_STEP: usize = 1_000;
/// How many accounts' balances one step reads.
const BALANCES_PER_STEP: i64 = 500;

/// What is to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Which day, and the state to move on from.
    pub progress: Progress,
    /// The moment of which the figures are.
    pub at: Timestamp,
    /// When the day ends.
    day_end: Timestamp,
    /// The last record that counts.
    seq: i64,
    /// The last event that may count.
    event_seq: i64,
    /// Whether the day is over.
    pub is_final: bool,
}

/// What the next step reads.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Terms,
    Trades,
    /// Of the day at this place.
    Refusals(usize),
    /// Behind this account.
    Balances(Option<AccountId>),
    Done,
}

/// A walk with what it has seen.
#[derive(Debug)]
pub struct Walk {
    /// The community.
    pub community: Community,
    /// Where it goes.
    pub target: Target,
    stage: Stage,
    terms: HashMap<AccountId, (AccountStatus, Amount)>,
    terms_seq: i64,
    days: Vec<Bucket>,
    event_seq: i64,
    accounts: Vec<HealthAccount>,
    accounts_seq: Option<i64>,
    /// From which day on refused payments are counted.
    refusals_from: usize,
}

impl Walk {
    /// Begins the next walk of a community, with what the one before has seen if it may go on from there. None where there
    /// is nothing to measure.
    pub fn begin(
        conn: &mut Conn,
        community_id: CommunityId,
        kept: Option<Self>,
        now: Timestamp,
    ) -> Result<Option<Self>, StorageError> {
        let gone = || StorageError::Corrupt(format!("community {community_id} is not there"));
        let community = communities::find(conn, community_id)?.ok_or_else(gone)?;
        let head = heads::find(conn, community_id)?.ok_or_else(gone)?;
        let progress = match health::progress(conn, community_id)? {
            Some(progress) => progress,
            None => match health::first_at(conn, community_id)? {
                Some(first_at) => first_progress(&community, first_at, now)?,
                None => return Ok(None),
            },
        };
        let day_end = end_of(&community, progress.day)?.max(progress.begins_at);
        let is_final = now >= day_end.plus_seconds(SETTLE_S);
        let seq = heads::seq_before(conn, community_id, day_end, head.seq)?;
        let at = now.max(progress.begins_at).min(day_end);
        let target = Target { progress, at, day_end, seq, event_seq: head.event_seq, is_final };
        let mut walk = match kept.filter(|walk| walk.leads_to(&progress)) {
            Some(walk) => Self { community, target, ..walk },
            None => Self::anew(conn, community, target)?,
        };
        walk.open_day();
        Ok(Some(walk))
    }

    /// A walk that has seen nothing but the figures of the days before.
    fn anew(conn: &mut Conn, community: Community, target: Target) -> Result<Self, StorageError> {
        let limit = i64::try_from(DAYS_KEPT).unwrap_or(i64::MAX);
        let mut before = health::before(conn, community.id, target.progress.day, limit)?;
        before.reverse();
        // The oldest only tells from where on to read, where there are as many as that.
        let event_seq = if before.len() < DAYS_KEPT { 0 } else { before.remove(0).event_seq };
        let days = before.into_iter().map(|known| Bucket {
            supply: known.figures.value(Figure::Supply),
            ..Bucket::new(known.day, known.begins_at, known.until)
        });
        Ok(Self {
            community,
            target,
            stage: Stage::Terms,
            terms: HashMap::new(),
            terms_seq: 0,
            days: days.collect(),
            event_seq,
            accounts: Vec::new(),
            accounts_seq: None,
            refusals_from: 0,
        })
    }

    /// Whether the day in progress is the one that was measured last, or the one behind it.
    fn leads_to(&self, progress: &Progress) -> bool {
        let last = self.days.last();
        let is_same = |day: &Bucket| day.day == progress.day && day.from == progress.begins_at;
        let is_next = |day: &Bucket| {
            self.target.is_final
                && day.until == progress.begins_at
                && day.day.plus_days(1) == Some(progress.day)
        };
        last.is_some_and(|day| is_same(day) || is_next(day))
    }

    /// Makes room for the day that is to be measured.
    fn open_day(&mut self) {
        let Progress { day, begins_at, .. } = self.target.progress;
        let is_new_walk = self.terms_seq == 0;
        if self.days.last().is_none_or(|last| last.day != day) {
            self.days.push(Bucket::new(day, begins_at, self.target.day_end));
            let too_many = self.days.len().saturating_sub(DAYS_KEPT);
            self.days.drain(..too_many);
        }
        // Refusals have no order of their own: the last day's are counted anew each time.
        let counted = if is_new_walk { 0 } else { self.days.len().saturating_sub(1) };
        if let Some(last) = self.days.last_mut() {
            last.until = self.target.day_end;
            last.refusals.clear();
        }
        self.refusals_from = counted;
        self.stage = Stage::Terms;
    }

    /// Does one step. Whether it was the last.
    pub fn step(&mut self, conn: &mut Conn) -> Result<bool, StorageError> {
        let community_id = self.community.id;
        self.stage = match self.stage {
            Stage::Terms => self.read_terms(conn, community_id)?,
            Stage::Trades => self.read_trades(conn, community_id)?,
            Stage::Refusals(place) => self.read_refusals(conn, community_id, place)?,
            Stage::Balances(after) => self.read_balances(conn, community_id, after)?,
            Stage::Done => Stage::Done,
        };
        Ok(matches!(self.stage, Stage::Done))
    }

    fn read_terms(&mut self, conn: &mut Conn, community_id: CommunityId) -> Result<Stage, StorageError> {
        let found = books::terms(conn, community_id, self.terms_seq, self.target.seq, TERMS_PER_STEP)?;
        let is_all = i64::try_from(found.len()).is_ok_and(|length| length < TERMS_PER_STEP);
        for one in found {
            self.terms.insert(one.account_id, (one.status, one.credit_limit));
            self.terms_seq = one.seq;
        }
        Ok(if is_all { Stage::Trades } else { Stage::Terms })
    }

    fn read_trades(&mut self, conn: &mut Conn, community_id: CommunityId) -> Result<Stage, StorageError> {
        let bounds = (self.target.event_seq, self.target.day_end);
        let traded = books::trades(conn, community_id, self.event_seq, bounds, EVENTS_PER_STEP)?;
        self.event_seq = traded.through;
        for trade in &traded.trades {
            let place = self.days.partition_point(|day| day.until <= trade.at);
            let last = self.days.len().saturating_sub(1);
            if let Some(day) = self.days.get_mut(place.min(last)).filter(|day| day.from <= trade.at) {
                day.add(trade);
            }
        }
        Ok(if traded.is_all { Stage::Refusals(self.refusals_from) } else { Stage::Trades })
    }

    fn read_refusals(
        &mut self,
        conn: &mut Conn,
        community_id: CommunityId,
        place: usize,
    ) -> Result<Stage, StorageError> {
        let is_known = self.accounts_seq == Some(self.target.seq);
        let Some(day) = self.days.get_mut(place) else {
            return Ok(if is_known { Stage::Done } else { self.begin_balances() });
        };
        for (code, count) in books::refusals(conn, community_id, day.from, day.until)? {
            day.add_refusals(&code, count);
        }
        Ok(Stage::Refusals(place + 1))
    }

    fn begin_balances(&mut self) -> Stage {
        self.accounts.clear();
        self.accounts_seq = None;
        Stage::Balances(None)
    }

    fn read_balances(
        &mut self,
        conn: &mut Conn,
        community_id: CommunityId,
        after: Option<AccountId>,
    ) -> Result<Stage, StorageError> {
        let found = books::balances(conn, community_id, self.target.seq, after, BALANCES_PER_STEP)?;
        let is_all = i64::try_from(found.len()).is_ok_and(|length| length < BALANCES_PER_STEP);
        let last = found.last().map(|account| account.account_id).or(after);
        for found in found {
            // What was opened later has no terms yet.
            let Some((status, credit_limit)) = self.terms.get(&found.account_id).copied() else { continue };
            self.accounts.push(HealthAccount {
                kind: found.kind,
                member_id: found.member_id,
                status,
                credit_limit,
                opened_at: found.opened_at,
                balance: found.balance,
                negative_since: found.negative_since,
                first_paid_at: found.first_paid_at,
                last_paid_at: found.last_paid_at,
            });
        }
        if !is_all {
            return Ok(Stage::Balances(last));
        }
        self.accounts_seq = Some(self.target.seq);
        Ok(Stage::Done)
    }

    /// The figures, once all is read.
    pub fn measure(&mut self) -> StoredSnapshot {
        let Target { progress, at, is_final, .. } = self.target;
        let figures: Snapshot = measure(Moment { at, accounts: &self.accounts, days: &self.days });
        if let Some(last) = self.days.last_mut() {
            last.supply = figures.value(Figure::Supply);
        }
        let Progress { day, begins_at, .. } = progress;
        StoredSnapshot { day, begins_at, until: at, event_seq: self.event_seq, is_final, figures }
    }

    /// How far the community is measured once the figures are written.
    pub fn next_progress(&self, now: Timestamp) -> Result<Progress, StorageError> {
        let Target { progress, day_end, is_final, event_seq, .. } = self.target;
        let accounts = i64::try_from(self.accounts.len()).unwrap_or(i64::MAX);
        if !is_final {
            let refresh_at = now.plus_seconds(REFRESH_S.saturating_add(accounts / ACCOUNTS_PER_S));
            let closes_at = day_end.plus_seconds(SETTLE_S);
            return Ok(Progress { closes_at, refresh_at, seen_event_seq: event_seq, ..progress });
        }
        let day = progress.day.plus_days(1).ok_or_else(no_day)?;
        let closes_at = end_of(&self.community, day)?.max(day_end).plus_seconds(SETTLE_S);
        // Its figures are due at once.
        Ok(Progress {
            day,
            begins_at: day_end,
            closes_at,
            refresh_at: now,
            seen_event_seq: NOTHING_SEEN,
            ..progress
        })
    }

    /// How much it keeps in memory, in accounts and pairs of members.
    pub fn weight(&self) -> usize {
        let pairs: usize = self.days.iter().map(|day| day.flows.len()).sum();
        pairs + self.terms.len() + self.accounts.len()
    }
}

/// How far a community is measured whose newest figures these are.
pub fn progress_behind(
    community: &Community,
    newest: &StoredSnapshot,
    now: Timestamp,
) -> Result<Progress, StorageError> {
    let (day, begins_at) = if newest.is_final {
        (newest.day.plus_days(1).ok_or_else(no_day)?, newest.until)
    } else {
        (newest.day, newest.begins_at)
    };
    let (community_id, closes_at) =
        (community.id, end_of(community, day)?.max(begins_at).plus_seconds(SETTLE_S));
    Ok(Progress { community_id, day, begins_at, closes_at, refresh_at: now, seen_event_seq: NOTHING_SEEN })
}

/// Where measuring begins: on the day of the first record, or [`DAYS_BACK_MAX`] back.
fn first_progress(
    community: &Community,
    first_at: Timestamp,
    now: Timestamp,
) -> Result<Progress, StorageError> {
    let zone = &community.time_zone;
    let oldest = zone.day_of(now).and_then(|today| today.plus_days(-DAYS_BACK_MAX)).ok_or_else(no_day)?;
    let day = zone.day_of(first_at).ok_or_else(no_day)?.max(oldest);
    let begins_at = zone.moment(day, TimeOfDay::MIDNIGHT).ok_or_else(no_day)?;
    let (community_id, closes_at) = (community.id, end_of(community, day)?.plus_seconds(SETTLE_S));
    Ok(Progress { community_id, day, begins_at, closes_at, refresh_at: now, seen_event_seq: NOTHING_SEEN })
}

/// When a day ends by the community's clocks.
fn end_of(community: &Community, day: Day) -> Result<Timestamp, StorageError> {
    let next = day.plus_days(1).ok_or_else(no_day)?;
    community.time_zone.moment(next, TimeOfDay::MIDNIGHT).ok_or_else(no_day)
}

fn no_day() -> StorageError {
    StorageError::Corrupt("a time outside of the calendar".into())
}
