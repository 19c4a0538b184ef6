//! `POST /communities/{code}/limit-policy/preview`: what would change.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{LimitPreviewView, LimitRule, LimitTerms, policy_text};

/// A policy to try.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLimitPolicyPreviewRequest {
    /// The rules, the first of which that fits a member holds; at most 20.
    rules: Vec<LimitRule>,
    /// What holds where none fits.
    default: LimitTerms,
}

/// Try a limit policy
///
/// For admins: who would get other limits, how much credit would be granted in all, and which payments of the last year left an account beyond the limits that it would get, or were more than its payment limits would allow. Nothing is changed.
#[utoipa::path(operation_id = "create_limit_policy_preview", tag = "communities", security(("bearer" = [])), request_body = CreateLimitPolicyPreviewRequest, params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "What would change", body = LimitPreviewView),
        (status = 400, description = "`validation_failed`: everything that is wrong, and nothing is changed", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: too many are made at once", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/communities/{code}/limit-policy/preview")]
pub async fn create_limit_policy_preview(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateLimitPolicyPreviewRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateLimitPolicyPreviewRequest { rules, default } = body.value;
    let policy = policy_text(rules, default);
    let preview = state.services.preview_limit_policy(&caller.bearer, code.into_inner(), policy).await?;
    Ok(HttpResponse::Ok().json(LimitPreviewView::from(&preview)))
}
