//! `GET /communities/{code}/write-offs`: the register.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller, Query};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WriteOffRegisterView;

/// Of which year.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WriteOffRegisterQuery {
    /// The year, by the clocks of the community's time zone; the present one where it is left out.
    #[param(example = 2027)]
    year: Option<i16>,
}

/// Read the register of write-offs
///
/// For the community's members: what was written off in a year, by amount and month, with the reason in short, and without names.
/// A month is shown once it is over, and a reason where at least three write-offs of the year have it. Admins see all of it, with
/// the accounts. At most 1,000 lines.
#[utoipa::path(operation_id = "list_write_offs", tag = "write-offs", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), WriteOffRegisterQuery),
    responses(
    (status = 200, description = "The year", body = WriteOffRegisterView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/write-offs")]
pub async fn list_write_offs(
    state: Data<AppState>,
    caller: Caller<Anyone>,
    code: Path<String>,
    query: Query<WriteOffRegisterQuery>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.write_off_register(&caller.bearer, code.into_inner(), query.0.year).await?;
    Ok(HttpResponse::Ok().json(WriteOffRegisterView::from(&found)))
}
