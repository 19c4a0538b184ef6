//! `POST /communities/{code}/applications/{id}/approve`: letting somebody in.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::application_id;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApplicationView;
use crate::services::joining::decisions::Approval;

/// On which terms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveApplicationRequest {
    /// How far below zero the account may go; as the community chose for new members where it is left out.
    #[schema(example = "100.00")]
    credit_limit: Option<String>,
    /// Why, for those who ask later.
    #[schema(example = "Known to all of us")]
    reason: Option<String>,
}

/// Let somebody in
///
/// The applicant becomes a member with an account, and gets a mail. Approving twice is the same as once. Another credit
/// limit than the community's own needs a proof of who you are that is at most five minutes old. For admins.
#[utoipa::path(operation_id = "approve_application", tag = "joining", security(("bearer" = [])), request_body = ApproveApplicationRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = String, Path, description = "The application's id"),
    ), responses(
    (status = 200, description = "The application", body = ApplicationView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an admin, or the token is an app's; `step_up_required`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_settled`: it was refused", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`: approve once more", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/applications/{id}/approve")]
pub async fn approve_application(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<ApproveApplicationRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let ApproveApplicationRequest { credit_limit, reason } = body.value;
    let (approval, id, origin) = (Approval { credit_limit, reason }, application_id(&id)?, origin(&request));
    let approved = state.services.approve_application(&caller.bearer, code, id, approval, &origin).await?;
    Ok(HttpResponse::Ok().json(ApplicationView::from(&approved)))
}
