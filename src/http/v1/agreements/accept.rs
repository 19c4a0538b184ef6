//! `POST /communities/{code}/agreements/{version}/acceptances`: accepting the terms.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::AcceptanceView;

/// Accept a community's terms
///
/// Their current version. Once accepted, it stays so. For members, and for those who asked to join.
#[utoipa::path(operation_id = "create_acceptance", tag = "joining", security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("version" = String, Path, description = "The version", example = "3"),
    ), responses(
    (status = 201, description = "It is accepted", body = AcceptanceView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `outdated`: there is a newer version", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/agreements/{version}/acceptances")]
pub async fn create_acceptance(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (code, version) = path.into_inner();
    let version: i64 = path_id(&version)?;
    let accepted = state.services.accept_agreement(&caller.bearer, code, version, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(AcceptanceView::from(&accepted)))
}
