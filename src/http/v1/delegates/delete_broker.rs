//! `DELETE /accounts/{account}/brokers/{member}`: a broker may act for an account no longer.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Let a broker act for my account no longer
///
/// For the account's owner.
#[utoipa::path(operation_id = "delete_broker", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("member" = uuid::Uuid, Path, description = "The broker's member id")), responses(
    (status = 204, description = "The broker may act no longer"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/accounts/{account}/brokers/{member}")]
pub async fn delete_broker(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (account, member) = path.into_inner();
    let member_id: MemberId = path_id(&member)?;
    let reference = account_reference(&account)?;
    state.services.delete_broker(&caller.bearer, reference, member_id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
