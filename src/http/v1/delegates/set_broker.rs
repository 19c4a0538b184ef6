//! `PUT /accounts/{account}/brokers/{member}`: a broker may act for an account.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Let a broker act for my account
///
/// For the account's owner, with a proof that is at most five minutes old. The member must have the role `broker`, and
/// may see the account, pay from it and take for it as long as that lasts.
#[utoipa::path(operation_id = "set_broker", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("member" = uuid::Uuid, Path, description = "The broker's member id")), responses(
    (status = 204, description = "The broker may act"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `no_broker` or `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/accounts/{account}/brokers/{member}")]
pub async fn set_broker(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (account, member) = path.into_inner();
    let member_id: MemberId = path_id(&member)?;
    let reference = account_reference(&account)?;
    state.services.set_broker(&caller.bearer, reference, member_id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
