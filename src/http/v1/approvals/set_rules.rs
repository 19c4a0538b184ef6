//! `PUT /communities/{code}/approval-rules`: above which amounts acts need two admins.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApprovalRulesView, ApprovalView};
use crate::services::approvals::{NewApprovalRules, RulesChange};

/// The amounts, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetApprovalRulesRequest {
    /// Raising a credit limit to more than this needs two admins; null for no such rule.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "1000.00")]
    limits_above: Option<String>,
    /// Undoing a payment of more than this needs two admins; null for no such rule.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "500.00")]
    reversals_above: Option<String>,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the meeting of March")]
    reason: String,
}

/// Set above which amounts two admins are needed
///
/// For the community's admins, with a proof that is at most five minutes old. In the beginning there are no such rules.
/// What lets one admin do more than before needs two itself: it answers 202, and holds once another admin agrees. So
/// have two admins before you set an amount.
#[utoipa::path(operation_id = "set_approval_rules", tag = "approvals", security(("bearer" = [])), request_body = SetApprovalRulesRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The amounts", body = ApprovalRulesView),
    (status = 202, description = "Another admin has to agree first", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/approval-rules")]
pub async fn set_approval_rules(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetApprovalRulesRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetApprovalRulesRequest { limits_above, reversals_above, reason } = body.value;
    let new = NewApprovalRules { limits_above, reversals_above, reason };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(match state.services.set_approval_rules(&caller.bearer, code, new, &origin).await? {
        RulesChange::Done(community) => {
            HttpResponse::Ok().json(ApprovalRulesView::new(&community, community.approval_rules))
        }
        RulesChange::Asked(approval) => HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref())),
    })
}
