//! Schedules of payments.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::payments::{FailureView, PartyView};
use crate::domain::recurrence::{Plan, Unit};
use crate::domain::schedule::{EndReason, OnFailure};
use crate::domain::time::Timestamp;
use crate::services::schedules::{AskedRule, ScheduleInContext};

/// What happens when a run fails.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FailureRule)]
pub struct FailureRuleView {
    /// `skip`: it is noted as failed, and the next one comes as planned. `retry`: it is tried again first, as long as
    /// that is before the next one. `pause`: it is noted as failed, and after so many in a row the schedule pauses.
    #[schema(example = "retry")]
    pub rule: String,
    /// With `retry`, how often it is tried again: 1 to 5.
    #[schema(example = 3)]
    pub retries: Option<i64>,
    /// With `retry`, how long after, each time, in hours: 1 to 168.
    #[schema(example = 6)]
    pub wait_hours: Option<i64>,
    /// With `pause`, after how many failures in a row: 1 to 10.
    #[schema(example = 3)]
    pub after: Option<i64>,
}

impl From<OnFailure> for FailureRuleView {
    fn from(rule: OnFailure) -> Self {
        match rule {
            OnFailure::Skip => Self { rule: "skip".to_owned(), ..Self::default() },
            OnFailure::Retry { times, wait_hours } => Self {
                rule: "retry".to_owned(),
                retries: Some(times.into()),
                wait_hours: Some(wait_hours.into()),
                after: None,
            },
            OnFailure::Pause { after } => {
                Self { rule: "pause".to_owned(), after: Some(after.into()), ..Self::default() }
            }
        }
    }
}

impl From<FailureRuleView> for AskedRule {
    fn from(asked: FailureRuleView) -> Self {
        let FailureRuleView { rule, retries, wait_hours, after } = asked;
        Self { rule, retries, wait_hours, after }
    }
}

/// A schedule, by which one payment is made after the other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Schedule)]
pub struct ScheduleView<'a> {
    /// Its id.
    id: Uuid,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// Where it stands: `active`, `paused` or `ended`.
    #[schema(example = "active")]
    state: &'static str,
    /// Why it ended: `completed`, `cancelled`, `payer_closed`, `payee_closed` or `not_permitted`.
    #[schema(example = "cancelled")]
    end_reason: Option<&'static str>,
    /// How much, each time.
    #[schema(example = "12.50")]
    amount: String,
    /// What for.
    #[schema(example = "Bread, by the month")]
    description: &'a str,
    /// Who pays.
    payer: PartyView<'a>,
    /// Who is paid.
    payee: PartyView<'a>,
    /// The first day.
    #[schema(example = "2026-12-31")]
    starts_on: Option<String>,
    /// The time of day.
    #[schema(example = "09:00")]
    time: Option<String>,
    /// By which clocks: those of the community.
    #[schema(example = "Europe/Berlin")]
    time_zone: &'a str,
    /// How many units lie between one run and the next.
    #[schema(example = 1)]
    every: Option<i16>,
    /// The unit: `day`, `week` or `month`.
    #[schema(example = "month")]
    unit: Option<&'static str>,
    /// The last day; null where no day ends it.
    #[schema(example = "2027-12-31")]
    ends_on: Option<String>,
    /// How often in all; null where no number ends it.
    #[schema(example = 12)]
    count: Option<i64>,
    /// What happens when a run fails.
    on_failure: FailureRuleView,
    /// When the next run comes; later than planned where a failed one is tried again. Null where none comes by itself.
    #[schema(example = "2026-12-31T08:00:00.000000Z")]
    next_run_at: Option<String>,
    /// For when the next few runs are planned.
    upcoming: Vec<String>,
    /// How many runs had their turn.
    #[schema(example = 3)]
    runs: i64,
    /// How many of them failed.
    #[schema(example = 1)]
    failed_runs: i64,
    /// Why the last run failed, or the last try of the next one; null once one succeeded.
    last_failure: Option<FailureView>,
    /// When it was made.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// When it ended.
    #[schema(example = "2027-12-31T08:00:00.000000Z")]
    ended_at: Option<String>,
}

impl<'a> From<&'a ScheduleInContext> for ScheduleView<'a> {
    fn from(found: &'a ScheduleInContext) -> Self {
        let ScheduleInContext { schedule, community, payer, payee } = found;
        let recurrence = match schedule.plan {
            Plan::Recurring(recurrence) => Some(recurrence),
            Plan::Once(_) => None,
        };
        Self {
            id: schedule.id.uuid(),
            community: community.code.as_str(),
            state: schedule.state.name(),
            end_reason: schedule.end_reason.map(EndReason::name),
            amount: community.scale.format(schedule.amount),
            description: &schedule.description,
            payer: PartyView::from(payer),
            payee: PartyView::from(payee),
            starts_on: recurrence.map(|plan| plan.starts_on.to_string()),
            time: recurrence.map(|plan| plan.time.to_string()),
            time_zone: community.time_zone.name(),
            every: recurrence.map(|plan| plan.every),
            unit: recurrence.map(|plan| Unit::name(plan.unit)),
            ends_on: recurrence.and_then(|plan| plan.ends_on).map(|day| day.to_string()),
            count: recurrence.and_then(|plan| plan.count),
            on_failure: FailureRuleView::from(schedule.on_failure),
            next_run_at: schedule.due_at.map(Timestamp::rfc3339),
            upcoming: found.upcoming().into_iter().map(Timestamp::rfc3339).collect(),
            runs: schedule.runs,
            failed_runs: schedule.failed,
            last_failure: schedule.last_failure.map(FailureView::from),
            created_at: schedule.created_at.rfc3339(),
            ended_at: schedule.ended_at.map(Timestamp::rfc3339),
        }
    }
}

/// A page of schedules, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchedulePage<'a> {
    /// The schedules.
    pub data: Vec<ScheduleView<'a>>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}
