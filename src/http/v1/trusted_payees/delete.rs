//! `DELETE /accounts/{account}/trusted-payees/{payee}`: trusted no longer.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference, origin};
use crate::http::problem::{ApiError, Problem};

/// Trust a payee no longer
///
/// For the account's owner. From then on the payee's requests ask again.
#[utoipa::path(operation_id = "delete_trusted_payee", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("payee" = String, Path, description = "The trusted account's code or id", example = "RIVER0002")), responses(
    (status = 204, description = "Trusted no longer"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not the owner, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such account, or not trusted", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/accounts/{account}/trusted-payees/{payee}")]
pub async fn delete_trusted_payee(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let between = (account_reference(&path.0)?, account_reference(&path.1)?);
    state.services.delete_trusted_payee(&caller.bearer, between, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
