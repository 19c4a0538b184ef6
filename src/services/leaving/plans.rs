//! Plans as people write them, and as the audit log tells of them.

use super::NewPlan;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, Scale};
use crate::domain::community::Community;
use crate::domain::leaving::{INSTALMENTS_MAX, Instalment, PLAN_DAYS_MAX, Plan};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::services::accounts::check_reason;
use crate::services::{Fault, ServiceError};

/// Reads a plan, or says all that is wrong with it.
pub(super) fn parse(
    community: &Community,
    new: &NewPlan,
    now: Timestamp,
) -> Result<(Day, Vec<Instalment>), ServiceError> {
    let mut faults = Vec::new();
    if !new.reason.is_empty() {
        faults.extend(check_reason(&new.reason).err());
    }
    let days = Days::from(community, now);
    let target = days.parse("/target_on", &new.target_on).map_err(|fault| faults.push(fault)).ok();
    if new.instalments.len() > INSTALMENTS_MAX {
        let detail = format!("has more than {INSTALMENTS_MAX} parts");
        faults.push(Fault::new("/instalments", "too_many", detail));
    }
    let mut parts = Vec::with_capacity(new.instalments.len().min(INSTALMENTS_MAX));
    let mut before: Option<Day> = None;
    for (place, part) in new.instalments.iter().take(INSTALMENTS_MAX).enumerate() {
        let pointer = format!("/instalments/{place}/due_on");
        let due_on = days.parse(&pointer, &part.due_on).map_err(|fault| faults.push(fault)).ok();
        if due_on.is_some_and(|day| before.is_some_and(|before| day <= before)) {
            faults.push(Fault::new(&pointer, "out_of_order", "must be after the one before it"));
        }
        if due_on.is_some_and(|day| target.is_some_and(|target| day > target)) {
            faults.push(Fault::new(&pointer, "out_of_range", "must not be after the target"));
        }
        before = due_on.or(before);
        let pointer = format!("/instalments/{place}/amount");
        let amount =
            parse_amount(community.scale, &pointer, &part.amount).map_err(|fault| faults.push(fault)).ok();
        parts.extend(due_on.zip(amount).map(|(due_on, amount)| Instalment { due_on, amount }));
    }
    match target.filter(|_| faults.is_empty()) {
        Some(target) => Ok((target, parts)),
        None => Err(ServiceError::Invalid(faults)),
    }
}

/// The days that a plan may name.
struct Days {
    today: Option<Day>,
    last: Option<Day>,
}

impl Days {
    fn from(community: &Community, now: Timestamp) -> Self {
        let today = community.time_zone.day_of(now);
        Self { today, last: today.and_then(|today| today.plus_days(PLAN_DAYS_MAX)) }
    }

    fn parse(&self, pointer: &str, text: &str) -> Result<Day, Fault> {
        let day = text.parse::<Day>().map_err(|bad| Fault::new(pointer, "malformed_day", bad.to_string()))?;
        if self.today.is_none_or(|today| day <= today) {
            return Err(Fault::new(pointer, "out_of_range", "must be after today"));
        }
        if self.last.is_none_or(|last| day > last) {
            return Err(Fault::new(pointer, "out_of_range", "is too far away"));
        }
        Ok(day)
    }
}

fn parse_amount(scale: Scale, pointer: &str, text: &str) -> Result<Amount, Fault> {
    let amount = scale.parse(text, BALANCE_MAX_MINOR);
    let amount = amount.map_err(|error| Fault::new(pointer, error.code(), error.to_string()))?;
    if amount.is_positive() {
        Ok(amount)
    } else {
        Err(Fault::new(pointer, "out_of_range", "must be above zero"))
    }
}

/// A plan as JSON, for the audit log.
pub(super) fn to_json(plan: &Plan) -> String {
    let part = |part: &Instalment| {
        format!(r#"{{"due_on":"{}","amount_minor":{}}}"#, part.due_on, part.amount.minor())
    };
    let parts: Vec<_> = plan.instalments.iter().map(part).collect();
    format!(
        r#"{{"target_on":"{}","proposed_as":"{}","instalments":[{}]}}"#,
        plan.target_on,
        plan.proposed_as.name(),
        parts.join(",")
    )
}
