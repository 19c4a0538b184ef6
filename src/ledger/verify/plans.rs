//! What is planned beside the payments that came of it: each run has one payment, like its schedule, and the schedule
//! counts them.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::entries::is_full;
use super::expected::PaymentAt;
use super::payments::successor;
use super::report::Differences;
use crate::domain::ids::{CommunityId, PaymentId, ScheduleId};
use crate::storage::chain::{self, FormerTermsRow, PlannedRow, ScheduleRow};
use crate::storage::{Conn, StorageError};

/// The states of payments that matter here.
const SCHEDULED: i64 = 2;
const COMPLETED: i64 = 4;
const CANCELLED: i64 = 7;
const FAILED: i64 = 8;
/// The states of schedules.
const ACTIVE: i64 = 1;
const ENDED: i64 = 3;

/// What the runs of a schedule say of it.
#[derive(Default)]
struct Counted {
    rows: i64,
    done: i64,
    failed: i64,
    last: i64,
}

/// By what runs came before a schedule was changed, by the first run that came by others.
type Terms = BTreeMap<i64, FormerTermsRow>;

/// Compares the schedules with their runs. In memory: what of the runs counts, at 60 bytes for each schedule, and what
/// those that were changed came by.
pub(super) fn check(
    conn: &mut Conn,
    community_id: CommunityId,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let mut counted: HashMap<ScheduleId, Counted> = HashMap::new();
    let mut schedules: HashMap<ScheduleId, ScheduleRow> = HashMap::new();
    let mut from = Some(ScheduleId::from_uuid(Uuid::nil()));
    while let Some(first) = from {
        let page = chain::schedules(conn, community_id, first, chain::ROWS_PER_READ)?;
        from = page
            .last()
            .filter(|_| is_full(&page))
            .and_then(|last| successor(last.id.uuid()))
            .map(ScheduleId::from_uuid);
        schedules.extend(page.into_iter().map(|schedule| (schedule.id, schedule)));
    }
    let former = read_terms(conn, community_id, &schedules, differences)?;
    let mut behind = Some((ScheduleId::from_uuid(Uuid::nil()), i64::MIN));
    while let Some(place) = behind {
        let page = chain::planned(conn, community_id, place, chain::ROWS_PER_READ)?;
        for run in &page {
            let Some(schedule) = schedules.get(&run.schedule_id) else {
                differences.add(PaymentAt(run.payment_id), "it is a run of no schedule");
                continue;
            };
            check_run(run, schedule, former.get(&run.schedule_id), differences);
            let count = counted.entry(run.schedule_id).or_default();
            count.rows += 1;
            count.done += i64::from([COMPLETED, FAILED].contains(&run.state));
            count.failed += i64::from(run.state == FAILED);
            count.last = run.occurrence;
        }
        behind = page.last().filter(|_| is_full(&page)).map(|last| (last.schedule_id, last.occurrence));
    }
    for schedule in schedules.values() {
        check_schedule(schedule, &counted.remove(&schedule.id).unwrap_or_default(), differences);
    }
    for state in [SCHEDULED, FAILED] {
        let states = [i16::try_from(state).unwrap_or_default(); 2];
        for id in chain::unplanned(conn, community_id, states, chain::ROWS_PER_READ)? {
            differences.add(PaymentAt(id), "it waits for its time or failed then, and nobody planned it");
        }
    }
    Ok(())
}

/// All former terms, by schedule.
fn read_terms(
    conn: &mut Conn,
    community_id: CommunityId,
    schedules: &HashMap<ScheduleId, ScheduleRow>,
    differences: &mut Differences,
) -> Result<HashMap<ScheduleId, Terms>, StorageError> {
    let mut former: HashMap<ScheduleId, Terms> = HashMap::new();
    let mut behind = Some((ScheduleId::from_uuid(Uuid::nil()), i64::MIN));
    while let Some(place) = behind {
        let page = chain::former_terms(conn, community_id, place, chain::ROWS_PER_READ)?;
        behind = page.last().filter(|_| is_full(&page)).map(|last| (last.schedule_id, last.before));
        for terms in page {
            let has_been = schedules.get(&terms.schedule_id).is_some_and(|of| terms.before <= of.next);
            let at = ScheduleAt(terms.schedule_id);
            differences.expect(has_been, at, "its terms were changed before a run that is still to come");
            former.entry(terms.schedule_id).or_default().insert(terms.before, terms);
        }
    }
    Ok(former)
}

fn check_run(
    run: &PlannedRow,
    schedule: &ScheduleRow,
    former: Option<&Terms>,
    differences: &mut Differences,
) {
    let at = PaymentAt(run.payment_id);
    let behind_run = run.occurrence.saturating_add(1);
    let terms = former.and_then(|terms| terms.range(behind_run..).next());
    let (amount, created_by) =
        terms.map_or((schedule.amount, schedule.created_by), |(_, terms)| (terms.amount, terms.created_by));
    let is_same = run.sides == schedule.sides && run.amount == amount && run.created_by == Some(created_by);
    differences.expect(is_same, at, "payer, payee, amount or maker are not those of its schedule");
    differences.expect(
        run.has_failure == (run.state == FAILED),
        at,
        "it failed without a reason, or the reverse",
    );
    let is_done = [COMPLETED, FAILED].contains(&run.state);
    if schedule.once_at.is_some() {
        let is_own = run.payment_id == PaymentId::from_uuid(schedule.id.uuid()) && run.occurrence == 1;
        differences.expect(is_own, at, "it is not the payment that was planned once");
        differences.expect(
            is_done || [SCHEDULED, CANCELLED].contains(&run.state),
            at,
            "it is planned, and in another state",
        );
        let waits = run.state == SCHEDULED;
        differences.expect(
            waits == (schedule.state == ACTIVE),
            at,
            "it waits for no time, or has had its turn",
        );
    } else {
        differences.expect(is_done, at, "it is a run, and has not had its turn");
    }
    let is_past = !is_done || run.occurrence < schedule.next;
    differences.expect(is_past, at, "its run has not had its turn yet");
}

fn check_schedule(schedule: &ScheduleRow, counted: &Counted, differences: &mut Differences) {
    let at = ScheduleAt(schedule.id);
    differences.compare(at, "the number of runs", schedule.runs.0, counted.done);
    differences.compare(at, "the number of failed runs", schedule.runs.1, counted.failed);
    let has_payment = schedule.once_at.is_none() || counted.rows == 1;
    differences.expect(has_payment, at, "the payment that is planned once is missing");
    let is_behind = counted.done == 0 || schedule.next > counted.last;
    differences.expect(is_behind, at, "the run that it names as the next has had its turn");
    differences.expect(
        counted.done < schedule.next,
        at,
        "more runs had their turn than came before the next",
    );
    let is_due = schedule.due_at.is_some();
    differences.expect(
        is_due == (schedule.state == ACTIVE),
        at,
        "it is active and nothing is due, or the reverse",
    );
    let is_ended = schedule.state == ENDED;
    differences.expect(
        schedule.ended == (is_ended, is_ended),
        at,
        "it ended without a reason and a time, or the reverse",
    );
    differences.expect((ACTIVE..=ENDED).contains(&schedule.state), at, "there is no such state");
}

/// A schedule's place in a report.
#[derive(Clone, Copy)]
struct ScheduleAt(ScheduleId);

impl std::fmt::Display for ScheduleAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "schedule {}", self.0)
    }
}
