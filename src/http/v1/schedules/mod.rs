//! Schedules of payments.

pub mod cancel;
pub mod create;
pub mod edit;
pub mod get;
pub mod list;
pub mod list_payments;
pub mod pause;
pub mod resume;

use actix_web::{HttpRequest, HttpResponse};

use crate::auth::tokens::Bearer;
use crate::domain::ids::ScheduleId;
use crate::domain::schedule::ScheduleChange;
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::problem::{ApiError, ProblemCode};
use crate::http::views::ScheduleView;

/// The schedule that a path names. What cannot be an id is not there.
fn schedule_id(text: &str) -> Result<ScheduleId, ApiError> {
    text.parse().map_err(|_| ApiError::new(ProblemCode::NotFound))
}

/// Pauses, resumes or ends a schedule, and shows it.
async fn change(
    state: &AppState,
    bearer: &Bearer,
    (request, id): (&HttpRequest, &str),
    change: ScheduleChange,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.change_schedule(bearer, schedule_id(id)?, change, &origin(request)).await?;
    Ok(HttpResponse::Ok().json(ScheduleView::from(&found)))
}
