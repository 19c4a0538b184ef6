//! `POST /accounts/{account}/allowance/cancel`: no payment may pass the credit limit any more.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, account_reference, origin};
use crate::http::problem::{ApiError, Problem};

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAllowanceRequest {
    /// Why, for those who ask later.
    #[schema(example = "The oven was sold to somebody else")]
    reason: String,
}

/// Call an allowance off
///
/// What was used stays as it is. For admins of its community, with a proof of who they are that is at most five minutes old.
#[utoipa::path(operation_id = "cancel_allowance", tag = "accounts", security(("bearer" = [])), request_body = CancelAllowanceRequest, params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")),
    responses(
        (status = 204, description = "There is none any more"),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `step_up_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/accounts/{account}/allowance/cancel")]
pub async fn cancel_allowance(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    account: Path<String>,
    body: Body<CancelAllowanceRequest>,
) -> Result<HttpResponse, ApiError> {
    let (reference, origin) = (account_reference(&account)?, origin(&request));
    let withdrawn = (None, body.value.reason, None);
    state.services.set_allowance(&caller.bearer, reference, withdrawn, &origin).await?;
    Ok(HttpResponse::NoContent().finish())
}
