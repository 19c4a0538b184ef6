//! `DELETE /accounts/{account}/tellers/{teller}`: a teller no longer.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::domain::ids::UserId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Take back what a teller may
///
/// For the account's owner. From then on the teller posts nothing more.
#[utoipa::path(operation_id = "delete_teller", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("teller" = uuid::Uuid, Path, description = "The user's id, as `GET /me` shows it to them")), responses(
    (status = 204, description = "A teller no longer"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/accounts/{account}/tellers/{teller}")]
pub async fn delete_teller(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (account, teller) = path.into_inner();
    let teller: UserId = path_id(&teller)?;
    let reference = account_reference(&account)?;
    state.services.delete_teller(&caller.bearer, reference, teller, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
