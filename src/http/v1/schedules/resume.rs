//! `POST /schedules/{id}/resume`: payments again.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::change;
use crate::domain::schedule::ScheduleChange;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsWrite};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ScheduleView;

/// Resume a schedule
///
/// What was planned meanwhile is not made up for: the next run is the first that lies ahead. It takes what making a
/// schedule takes: a fresh proof, where the amount needs one, and room below the ceilings. One that is active already
/// stays so.
#[utoipa::path(operation_id = "resume_schedule", tag = "schedules", security(("bearer" = [])),
    params(("id" = String, Path, description = "The schedule's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")),
    responses(
        (status = 200, description = "The schedule", body = ScheduleView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`, `forbidden`: you may not pay from the account, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`account_not_active`, `conflict` with the reason `schedule_ended`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/schedules/{id}/resume")]
pub async fn resume_schedule(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    change(&state, &caller.bearer, (&request, &id), ScheduleChange::Resume).await
}
