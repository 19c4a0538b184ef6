//! `PUT /communities/{code}/step-up`: above which amount all payments need a fresh proof.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, origin, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApprovalView;
use crate::services::settings::{NewSettings, SettingsOutcome};

/// An amount, or that there is none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCommunityStepUpRequest {
    /// Payments above it need a fresh proof; null for no such rule.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "500.00")]
    above: Option<String>,
}

/// The community's amount.
#[derive(Serialize, ToSchema)]
pub struct CommunityStepUpView {
    /// Payments above it need a fresh proof; null for no such rule.
    #[schema(example = "500.00")]
    above: Option<String>,
}

/// Set above which amount all payments need a fresh proof
///
/// For the community's admins, with a proof that is at most five minutes old. Members may set a lower amount for their
/// own accounts. Where a community has two admins agree to anything, protecting payments less needs two as well.
#[utoipa::path(operation_id = "set_community_step_up", tag = "communities", security(("bearer" = [])), request_body = SetCommunityStepUpRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The amount", body = CommunityStepUpView),
    (status = 202, description = "Another admin has to agree first", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/step-up")]
pub async fn set_community_step_up(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    code: Path<String>,
    body: Body<SetCommunityStepUpRequest>,
) -> Result<HttpResponse, ApiError> {
    let new = NewSettings { step_up_above: Some(body.value.above), ..NewSettings::default() };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(match state.services.change_settings(&caller.bearer, code, new, &origin).await? {
        SettingsOutcome::Done(settings) => {
            let community = settings.community;
            let above = community.step_up_above.map(|above| community.scale.format(above));
            HttpResponse::Ok().json(CommunityStepUpView { above })
        }
        SettingsOutcome::Asked(approval) => {
            HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref()))
        }
    })
}
