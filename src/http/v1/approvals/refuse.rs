//! `POST /communities/{code}/approvals/{id}/refuse`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::{SettleApprovalRequest, settle};
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApprovalView;

/// Refuse what another admin asked for
///
/// For the community's admins, with a proof that is at most five minutes old. Whoever asked may take it back like this.
#[utoipa::path(operation_id = "refuse_approval", tag = "approvals", security(("bearer" = [])), request_body = SettleApprovalRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The approval's id")), responses(
    (status = 200, description = "The approval as it is now", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_settled`, `approval_expired`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/approvals/{id}/refuse")]
pub async fn refuse_approval(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<SettleApprovalRequest>,
) -> Result<HttpResponse, ApiError> {
    settle(&request, &state, &caller, path.into_inner(), (false, body.value)).await
}
