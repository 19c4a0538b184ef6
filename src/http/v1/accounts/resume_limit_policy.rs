//! `POST /accounts/{account}/limits/follow-policy`: an account follows the policy again.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::etag;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, account_reference, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::AccountView;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeLimitPolicyRequest {
    /// Why, for those who ask later.
    #[schema(example = "The large order is paid")]
    reason: String,
}

/// Let an account follow the limit policy again
///
/// Ends the limits that an admin gave this account, and gives it what the policy gives it. For admins of its community, with a proof of who they are that is at most five minutes old.
#[utoipa::path(operation_id = "resume_limit_policy", tag = "accounts", security(("bearer" = [])), request_body = ResumeLimitPolicyRequest, params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")),
    responses(
        (status = 200, description = "The account with its new limits", body = AccountView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `step_up_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: also where it follows the policy already", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`: it changed in the same moment", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/accounts/{account}/limits/follow-policy")]
pub async fn resume_limit_policy(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    account: Path<String>,
    body: Body<ResumeLimitPolicyRequest>,
) -> Result<HttpResponse, ApiError> {
    let (reference, origin) = (account_reference(&account)?, origin(&request));
    let visible =
        state.services.end_limit_override(&caller.bearer, reference, body.value.reason, &origin).await?;
    Ok(etag::answer(&request, &visible))
}
