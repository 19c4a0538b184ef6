//! From a request's texts to a plan, with everything that is wrong with them.

use super::ScheduleInContext;
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::domain::recurrence::{COUNT_MAX, EVERY_MAX, Plan, Recurrence, Unit};
use crate::domain::schedule::{
    AHEAD_MAX_S, EditSchedule, OnFailure, PAUSE_AFTER_MAX, RETRIES_MAX, RETRY_WAIT_MAX_H,
};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay, Zone};
use crate::services::payments::{check_text, parse_amount};
use crate::services::{Fault, ServiceError};

/// When payments recur, as a caller asks for it.
#[derive(Debug, Clone)]
pub struct AskedSchedule {
    /// The first day.
    pub starts_on: String,
    /// The time of day.
    pub time: String,
    /// How many units lie between one and the next.
    pub every: i64,
    /// The unit.
    pub unit: String,
    /// The last day.
    pub ends_on: Option<String>,
    /// How often in all.
    pub count: Option<i64>,
    /// What happens when a run fails.
    pub on_failure: Option<AskedRule>,
}

/// What is to be different about a schedule, as a caller asks for it: what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct AskedEdit {
    /// How much, as decimal text.
    pub amount: Option<String>,
    /// What for.
    pub description: Option<String>,
    /// The last day; named and empty where no day is to end it any more.
    pub ends_on: Option<Option<String>>,
    /// How often in all; named and empty where no number is to end it any more.
    pub count: Option<Option<i64>>,
    /// What happens when a run fails.
    pub on_failure: Option<AskedRule>,
    /// The day before which no run comes any more.
    pub skip_until: Option<String>,
    /// The version that the caller saw, where the caller said so.
    pub if_version: Option<i64>,
}

/// What is to happen when a run fails, as a caller asks for it.
#[derive(Debug, Clone, Default)]
pub struct AskedRule {
    /// `skip`, `retry` or `pause`.
    pub rule: String,
    /// How often it is tried again.
    pub retries: Option<i64>,
    /// How long after, each time, in hours.
    pub wait_hours: Option<i64>,
    /// After how many failures in a row the schedule pauses.
    pub after: Option<i64>,
}

/// A time that a caller names: a moment, or the beginning of a day.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    At(Timestamp),
    On(Day),
}

impl Moment {
    /// When that is, by a zone's clocks.
    pub(super) fn at(self, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::At(time) => Some(time),
            Self::On(day) => zone.moment(day, TimeOfDay::MIDNIGHT),
        }
    }
}

/// Reads a date-time with its offset, or a date.
pub(super) fn parse_moment(pointer: &str, text: &str) -> Result<Moment, ServiceError> {
    let day = text.parse().ok().map(Moment::On);
    day.or_else(|| Timestamp::parse_rfc3339(text).map(Moment::At)).ok_or_else(|| {
        let detail = "is neither a date like 2026-12-31 nor a time like 2026-12-31T09:00:00Z";
        ServiceError::Invalid(vec![Fault::new(pointer, "malformed_time", detail)])
    })
}

/// Reads when payments recur, and what happens when one fails.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(asked: &AskedSchedule) -> Result<(Recurrence, OnFailure), ServiceError> {
    let mut faults = Vec::new();
    let starts_on = read_day("/starts_on", &asked.starts_on, &mut faults);
    let ends_on = asked.ends_on.as_deref().map(|text| read_day("/ends_on", text, &mut faults));
    let time: Option<TimeOfDay> = asked.time.parse().ok();
    if time.is_none() {
        faults.push(Fault::new("/time", "malformed_time", "is not a time of day like 09:30"));
    }
    let unit = Unit::from_name(&asked.unit);
    if unit.is_none() {
        faults.push(Fault::new("/unit", "unknown_value", "is neither day nor week nor month"));
    }
    let every = number("/every", Some(asked.every), EVERY_MAX.into(), &mut faults);
    let count = asked.count.map(|count| number("/count", Some(count), COUNT_MAX, &mut faults));
    if starts_on.zip(ends_on.flatten()).is_some_and(|(first, last)| last < first) {
        faults.push(Fault::new("/ends_on", "before_first", "lies before starts_on"));
    }
    let on_failure = read_rule(asked.on_failure.as_ref(), &mut faults);
    match (starts_on, time, unit) {
        (Some(starts_on), Some(time), Some(unit)) if faults.is_empty() => {
            let every = i16::try_from(every).unwrap_or(EVERY_MAX);
            Ok((Recurrence { starts_on, time, every, unit, ends_on: ends_on.flatten(), count }, on_failure))
        }
        _ => Err(ServiceError::Invalid(faults)),
    }
}

/// What is wrong with a time that is to lie ahead: that it is past, or too far.
pub(super) fn ahead_fault(pointer: &str, time: Option<Timestamp>, now: Timestamp) -> Option<Fault> {
    match time {
        Some(time) if time <= now => Some(Fault::new(pointer, "not_in_future", "lies in the past")),
        Some(time) if time <= now.plus_seconds(AHEAD_MAX_S) => None,
        _ => Some(Fault::new(pointer, "too_far_ahead", "lies more than five years ahead")),
    }
}

/// Reads what is to be different about a schedule.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read_edit(
    asked: &AskedEdit,
    found: &ScheduleInContext,
    now: Timestamp,
) -> Result<EditSchedule, ServiceError> {
    let ScheduleInContext { schedule, community, .. } = found;
    let Plan::Recurring(recurrence) = schedule.plan else { return Err(ServiceError::NotFound) };
    let mut faults = Vec::new();
    let amount = asked.amount.as_ref().map(|text| parse_amount(community.scale, text));
    let amount = amount.and_then(|read| read.map_err(|fault| faults.push(fault)).ok());
    if let Some(text) = &asked.description {
        faults.extend(check_text("/description", text, DESCRIPTION_CHARS_MAX).err());
    }
    let ends_on = asked
        .ends_on
        .as_ref()
        .map(|named| named.as_deref().and_then(|text| read_day("/ends_on", text, &mut faults)));
    if ends_on.flatten().is_some_and(|last| last < recurrence.starts_on) {
        faults.push(Fault::new("/ends_on", "before_first", "lies before starts_on"));
    }
    let count =
        asked.count.map(|named| named.map(|count| number("/count", Some(count), COUNT_MAX, &mut faults)));
    let on_failure = asked.on_failure.as_ref().map(|rule| read_rule(Some(rule), &mut faults));
    let skip_until = asked.skip_until.as_ref().and_then(|text| read_day("/skip_until", text, &mut faults));
    let skips_to = skip_until.map(|day| community.time_zone.moment(day, TimeOfDay::MIDNIGHT));
    faults.extend(skips_to.and_then(|time| ahead_fault("/skip_until", time, now)));
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let (schedule_id, description) = (schedule.id, asked.description.clone());
    let if_version = asked.if_version;
    Ok(EditSchedule { schedule_id, amount, description, ends_on, count, on_failure, skip_until, if_version })
}

fn read_rule(asked: Option<&AskedRule>, faults: &mut Vec<Fault>) -> OnFailure {
    let Some(AskedRule { rule, retries, wait_hours, after }) = asked else { return OnFailure::Skip };
    let is_odd = match rule.as_str() {
        "skip" => retries.or(*wait_hours).or(*after).is_some(),
        "retry" => after.is_some(),
        "pause" => retries.or(*wait_hours).is_some(),
        _ => {
            let detail = "is neither skip nor retry nor pause";
            faults.push(Fault::new("/on_failure/rule", "unknown_value", detail));
            return OnFailure::Skip;
        }
    };
    if is_odd {
        let detail = "names what belongs to another rule";
        faults.push(Fault::new("/on_failure", "wrong_rule", detail));
    }
    let mut small = |pointer, value, most: i16| {
        i16::try_from(number(pointer, value, most.into(), faults)).unwrap_or(most)
    };
    match rule.as_str() {
        "retry" => OnFailure::Retry {
            times: small("/on_failure/retries", *retries, RETRIES_MAX),
            wait_hours: small("/on_failure/wait_hours", *wait_hours, RETRY_WAIT_MAX_H),
        },
        "pause" => OnFailure::Pause { after: small("/on_failure/after", *after, PAUSE_AFTER_MAX) },
        _ => OnFailure::Skip,
    }
}

fn read_day(pointer: &str, text: &str, faults: &mut Vec<Fault>) -> Option<Day> {
    text.parse()
        .map_err(|error: crate::domain::zone::BadDay| {
            faults.push(Fault::new(pointer, "malformed_date", error.to_string()));
        })
        .ok()
}

/// A number from 1 to the most there may be.
fn number(pointer: &str, value: Option<i64>, most: i64, faults: &mut Vec<Fault>) -> i64 {
    let in_range = value.filter(|value| (1..=most).contains(value));
    if in_range.is_none() {
        faults.push(Fault::new(pointer, "out_of_range", format!("must be a number from 1 to {most}")));
    }
    in_range.unwrap_or(1)
}
