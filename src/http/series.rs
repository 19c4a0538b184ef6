//! Which steps a series has, from a query's texts.

use super::problem::ApiError;
use crate::domain::zone::Day;
use crate::services::Fault;
use crate::services::series::{Interval, SeriesQuery};

/// Reads which steps are wanted; each text may be left out.
///
/// # Errors
/// Everything that is wrong with them.
pub fn parse(
    from: Option<String>,
    to: Option<String>,
    interval: Option<&str>,
) -> Result<SeriesQuery, ApiError> {
    let mut faults = Vec::new();
    let mut parse = |name: &str, text: Option<String>| {
        let parsed = text?.parse::<Day>();
        faults.extend(parsed.as_ref().err().map(|bad| Fault::new(name, "malformed_day", bad.to_string())));
        parsed.ok()
    };
    let (from, to) = (parse("from", from), parse("to", to));
    let name = interval.unwrap_or(Interval::Day.name());
    let interval = Interval::ALL.into_iter().find(|interval| interval.name() == name);
    if interval.is_none() {
        faults.push(Fault::new("interval", "unknown_value", "is day, week or month"));
    }
    match interval {
        Some(interval) if faults.is_empty() => Ok(SeriesQuery { from, to, interval }),
        _ => Err(ApiError::invalid(faults)),
    }
}
