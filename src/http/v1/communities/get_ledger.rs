//! `GET /communities/{code}/ledger`: the ledger in numbers.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, MembersRead};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::LedgerView;

/// See a community's ledger in numbers
///
/// All of one moment. Keep the head: with it you can tell later that history was not rewritten. For members.
#[utoipa::path(operation_id = "get_ledger", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The numbers", body = LedgerView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `members:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/ledger")]
pub async fn get_ledger(
    state: Data<AppState>,
    caller: Caller<MembersRead>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let summary = state.services.ledger_summary(&caller.bearer, code.into_inner()).await?;
    Ok(HttpResponse::Ok().json(LedgerView::from(&summary)))
}
