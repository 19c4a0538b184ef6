//! `POST /schedules/{id}/pause`: no payments for a while.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::change;
use crate::domain::schedule::ScheduleChange;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsWrite};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ScheduleView;

/// Pause a schedule
///
/// No run comes until it is resumed. One that is paused already stays so.
#[utoipa::path(operation_id = "pause_schedule", tag = "schedules", security(("bearer" = [])),
    params(("id" = String, Path, description = "The schedule's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")),
    responses(
        (status = 200, description = "The schedule", body = ScheduleView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: you may not pay from the account, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `schedule_ended`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/schedules/{id}/pause")]
pub async fn pause_schedule(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    change(&state, &caller.bearer, (&request, &id), ScheduleChange::Pause).await
}
