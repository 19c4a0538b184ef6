//! Schedules of payments.

pub mod cancel;
pub mod create;
pub mod get;
pub mod list;
pub mod list_payments;
pub mod pause;
pub mod resume;

use crate::domain::ids::ScheduleId;
use crate::http::problem::{ApiError, ProblemCode};

/// The schedule that a path names. What cannot be an id is not there.
fn schedule_id(text: &str) -> Result<ScheduleId, ApiError> {
    text.parse().map_err(|_| ApiError::new(ProblemCode::NotFound))
}
