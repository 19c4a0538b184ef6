//! `GET /accounts/{account}/trusted-payees/{payee}`: up to how much a payee is trusted.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::TrustedPayeeView;

/// See up to how much I trust a payee
///
/// For the account's owner.
#[utoipa::path(operation_id = "get_trusted_payee", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("payee" = String, Path, description = "The trusted account's code or id", example = "RIVER0002")), responses(
    (status = 200, description = "Up to how much the payee is trusted", body = TrustedPayeeView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not the owner, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such account, or not trusted", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{account}/trusted-payees/{payee}")]
pub async fn get_trusted_payee(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let between = (account_reference(&path.0)?, account_reference(&path.1)?);
    let found = state.services.trusted_payee(&caller.bearer, between).await?;
    Ok(HttpResponse::Ok().json(TrustedPayeeView::from(&found)))
}
