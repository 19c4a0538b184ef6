//! `GET /accounts/{account}`: a balance.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::etag;
use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::AccountView;

/// See an account
///
/// Whole for those whose it is and for admins; of others' accounts, that they exist. Send the `ETag` back in
/// `If-None-Match` to learn cheaply whether anything changed.
#[utoipa::path(operation_id = "get_account", tag = "accounts", security(("bearer" = [])),
    params(
        ("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that you have"),
    ),
    responses(
        (status = 200, description = "The account", body = AccountView),
        (status = 304, description = "Unchanged"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}")]
pub async fn get_account(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let visible = state.services.account(&caller.bearer, account_reference(&account)?).await?;
    Ok(etag::answer(&request, &visible))
}
