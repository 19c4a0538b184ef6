//! `GET /communities/{code}/approval-rules`: above which amounts acts need two admins.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApprovalRulesView;

/// Read above which amounts two admins are needed
///
/// For the community's members.
#[utoipa::path(operation_id = "get_approval_rules", tag = "approvals", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 200, description = "The amounts", body = ApprovalRulesView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/approval-rules")]
pub async fn get_approval_rules(
    state: Data<AppState>,
    caller: Caller<Anyone>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let community = state.services.approval_rules(&caller.bearer, code.into_inner()).await?;
    Ok(HttpResponse::Ok().json(ApprovalRulesView::new(&community, community.approval_rules)))
}
