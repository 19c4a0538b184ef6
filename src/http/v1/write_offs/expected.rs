//! `GET /communities/{code}/expected-loss`: what a community has to expect to lose, and what it has set aside.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ExpectedLossView;

/// See what a community has to expect to lose
///
/// What members owe, by how long they have owed it, with the rate of each age that is expected to be lost, and what the commons
/// has set aside. The rates stand in `people.md`. For admins.
#[utoipa::path(operation_id = "get_expected_loss", tag = "write-offs", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The expected loss", body = ExpectedLossView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`: others are having their books made", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/expected-loss")]
pub async fn get_expected_loss(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.expected_loss(&caller.bearer, code.into_inner()).await?;
    Ok(HttpResponse::Ok().json(ExpectedLossView::from(&found)))
}
