//! `GET /accounts/{account}/delegates`: who may act at an account.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::DelegatesView;

/// List who may act at my account
///
/// Tellers and brokers, 100 at most. For the account's owner.
#[utoipa::path(operation_id = "list_delegates", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")), responses(
    (status = 200, description = "Tellers and brokers", body = DelegatesView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not the owner, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{account}/delegates")]
pub async fn list_delegates(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.delegates(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(DelegatesView::from(&found)))
}
