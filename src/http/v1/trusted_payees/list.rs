//! `GET /accounts/{account}/trusted-payees`: whose requests are accepted without asking.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{TrustedPayeeList, TrustedPayeeView};

/// List whom I trust
///
/// 100 at most. For the account's owner.
#[utoipa::path(operation_id = "list_trusted_payees", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")), responses(
    (status = 200, description = "The trusted payees", body = TrustedPayeeList),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not the owner, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{account}/trusted-payees")]
pub async fn list_trusted_payees(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.trusted_payees(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(TrustedPayeeList { data: found.iter().map(TrustedPayeeView::from).collect() }))
}
