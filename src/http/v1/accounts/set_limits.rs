//! `PUT /accounts/{account}/limits`: how far an account may go.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use super::etag;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, account_reference, origin, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{AccountView, ApprovalView};
use crate::services::accounts::{LimitsChange, NewLimits};

/// Limits, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetLimitsRequest {
    /// How far below zero the account may go.
    #[schema(example = "250.00")]
    credit_limit: String,
    /// The highest balance it may reach; null for no bound.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = json!(null))]
    ceiling: Option<String>,
    /// Until when they count instead of what the community's policy gives, RFC 3339; left out or null for as long as nobody ends
    /// them.
    #[schema(example = json!(null))]
    until: Option<String>,
    /// Why, for those who ask later.
    #[schema(example = "Good trader for a year")]
    reason: String,
}

/// Set an account's limits
///
/// They count instead of what the community's limit policy gives, until they end. For admins of its community, with a proof of who they are that is at most five minutes old. An account that is outside a cut limit may move towards zero and no further out. A credit limit that rises above the amount of `GET /communities/{code}/approval-rules` needs two admins: it answers 202, and holds once another admin agrees. Whoever operates the account is told by mail.
#[utoipa::path(operation_id = "set_limits", tag = "accounts", security(("bearer" = [])), request_body = SetLimitsRequest,
    params(
        ("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the account that the change is based on"),
    ),
    responses(
        (status = 200, description = "The account with its new limits", body = AccountView),
        (status = 202, description = "Another admin has to agree first", body = ApprovalView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `step_up_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `too_many`: too much waits for another admin", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/accounts/{account}/limits")]
pub async fn set_limits(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    account: Path<String>,
    body: Body<SetLimitsRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetLimitsRequest { credit_limit, ceiling, until, reason } = body.value;
    let new =
        NewLimits { credit_limit, ceiling, until, reason, if_version: etag::expected_version(&request) };
    let (reference, origin) = (account_reference(&account)?, origin(&request));
    let change = state.services.set_limits(&caller.bearer, reference, new, &origin).await?;
    Ok(match change {
        LimitsChange::Done(visible) => etag::answer(&request, &visible),
        LimitsChange::Asked(approval) => HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref())),
    })
}
