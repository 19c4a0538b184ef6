//! `PUT /accounts/{account}/step-up`: above which amount an account's payments need a fresh proof.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::StepUpView;

/// An amount, or that there is none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStepUpRequest {
    /// Payments above it need a fresh proof; null where none of one's own is set.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "100.00")]
    above: Option<String>,
}

/// Set above which amount my payments need a fresh proof
///
/// For the account's member. Raising or removing it needs a proof that is at most five minutes old.
#[utoipa::path(operation_id = "set_step_up", tag = "accounts", security(("bearer" = [])), request_body = SetStepUpRequest,
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")), responses(
    (status = 200, description = "The amounts", body = StepUpView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/accounts/{account}/step-up")]
pub async fn set_step_up(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    account: Path<String>,
    body: Body<SetStepUpRequest>,
) -> Result<HttpResponse, ApiError> {
    let (reference, above) = (account_reference(&account)?, body.value.above);
    let amounts = state.services.set_account_step_up(&caller.bearer, reference, above.as_deref()).await?;
    Ok(HttpResponse::Ok().json(StepUpView::from(&amounts)))
}
