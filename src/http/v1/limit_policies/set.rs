//! `PUT /communities/{code}/limit-policy`: adopting a policy.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::{ApprovalView, LimitPolicyView, LimitRule, LimitTerms, policy_text};
use crate::services::limit_policies::{NewPolicy, PolicyChange};

/// A policy, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetLimitPolicyRequest {
    /// The rules, the first of which that fits a member holds; at most 20.
    rules: Vec<LimitRule>,
    /// What holds where none fits.
    default: LimitTerms,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the spring meeting")]
    reason: String,
}

/// Adopt a limit policy
///
/// For admins, with a proof of who they are that is at most five minutes old. It becomes the next version, and every account follows it: soon, then day by day, each by a record of its own. Limits that an admin gave one account count instead of it until they end. A policy that could give more than one admin may give alone (`GET /communities/{code}/approval-rules`) needs two: it answers 202, and holds once another admin agrees.
#[utoipa::path(operation_id = "set_limit_policy", tag = "communities", security(("bearer" = [])), request_body = SetLimitPolicyRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the policy that the change is based on")),
    responses(
        (status = 200, description = "The policy that holds now", body = LimitPolicyView),
        (status = 202, description = "Another admin has to agree first", body = ApprovalView),
        (status = 400, description = "`validation_failed`: everything that is wrong, and nothing is changed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`; `forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `too_many`: too much waits for another admin", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`: another was adopted since, or in the same moment", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/communities/{code}/limit-policy")]
pub async fn set_limit_policy(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetLimitPolicyRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetLimitPolicyRequest { rules, default, reason } = body.value;
    let if_version = etag::expected_version(&request);
    let new = NewPolicy { policy: policy_text(rules, default), reason, if_version };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(match state.services.adopt_limit_policy(&caller.bearer, code, new, &origin).await? {
        PolicyChange::Done(policy) => {
            let tag = format!("\"v{}\"", policy.version);
            HttpResponse::Ok().insert_header((header::ETAG, tag)).json(LimitPolicyView::from(policy.as_ref()))
        }
        PolicyChange::Asked(approval) => HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref())),
    })
}
