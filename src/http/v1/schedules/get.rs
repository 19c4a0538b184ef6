//! `GET /schedules/{id}`: one schedule.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use super::{answer, schedule_id};
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ScheduleView;

/// See a schedule
///
/// For those who may look into the paying account or pay from it.
#[utoipa::path(operation_id = "get_schedule", tag = "schedules", security(("bearer" = [])),
    params(("id" = String, Path, description = "The schedule's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")),
    responses(
        (status = 200, description = "The schedule; its version is the `ETag`", body = ScheduleView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/schedules/{id}")]
pub async fn get_schedule(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.schedule(&caller.bearer, schedule_id(&id)?).await?;
    Ok(answer(&found))
}
