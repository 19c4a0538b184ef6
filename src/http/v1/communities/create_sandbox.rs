//! `POST /communities/{code}/sandbox`: a twin to try a shop in.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::SandboxView;

/// Get a sandbox
///
/// For members: the community's twin, in which keys and shops are tried, with an account for a shop and one for a buyer, both the caller's.
/// Whoever asks first has it made; asked again, it tells the same. The twin is a community of its own, with a ledger of its own: its keys
/// begin with `cfk_test_` and work nowhere else, and nobody is written of what happens there.
#[utoipa::path(operation_id = "create_sandbox", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code, or its twin's", example = "RIVER")),
    responses(
        (status = 200, description = "The sandbox", body = SandboxView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: you may not act now, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/communities/{code}/sandbox")]
pub async fn create_sandbox(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let sandbox = state.services.sandbox(&caller.bearer, code.into_inner(), &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(SandboxView::from(&sandbox)))
}
