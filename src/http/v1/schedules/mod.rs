//! Schedules of payments.

pub mod cancel;
pub mod create;
pub mod edit;
pub mod get;
pub mod list;
pub mod list_payments;
pub mod pause;
pub mod resume;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::auth::tokens::Bearer;
use crate::domain::ids::ScheduleId;
use crate::domain::schedule::ScheduleChange;
use crate::http::app::AppState;
use crate::http::extract::{origin, path_id};
use crate::http::problem::ApiError;
use crate::http::views::ScheduleView;
use crate::services::schedules::ScheduleInContext;

/// The schedule that a path names. What cannot be an id is not there.
fn schedule_id(text: &str) -> Result<ScheduleId, ApiError> {
    path_id(text)
}

/// Pauses, resumes or ends a schedule, and shows it.
async fn change(
    state: &AppState,
    bearer: &Bearer,
    (request, id): (&HttpRequest, &str),
    change: ScheduleChange,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.change_schedule(bearer, schedule_id(id)?, change, &origin(request)).await?;
    Ok(answer(&found))
}

/// Answers with a schedule, and its version as a tag.
fn answer(found: &ScheduleInContext) -> HttpResponse {
    let tag = format!("\"v{}\"", found.schedule.version());
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(ScheduleView::from(found))
}
