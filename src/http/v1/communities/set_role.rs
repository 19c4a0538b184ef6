//! `PUT /communities/{code}/members/{id}/role`: what a member may do.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::MemberId;
use crate::domain::member::Role;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MemberView;
use crate::services::Fault;

/// A role, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRoleRequest {
    /// What the member may do from now on: `member`, `broker` or `admin`.
    #[schema(example = "broker")]
    role: String,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the meeting of March")]
    reason: String,
}

/// Set what a member may do
///
/// For the community's admins, with a proof that is at most five minutes old. A `broker` may let people in, and act for
/// members who agreed to it; what they agreed to ends with the role. The last admin who can act stays one.
#[utoipa::path(operation_id = "set_role", tag = "communities", security(("bearer" = [])), request_body = SetRoleRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The member's id")), responses(
    (status = 200, description = "The member as it is now", body = MemberView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `last_admin`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/members/{id}/role")]
pub async fn set_role(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<SetRoleRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let role = Role::from_name(&body.value.role).ok_or_else(|| {
        ApiError::invalid(vec![Fault::new("/role", "unknown_value", "must be member, broker or admin")])
    })?;
    let (reason, origin) = (body.value.reason, origin(&request));
    let member = state.services.set_role(&caller.bearer, code, id, role, reason, &origin).await?;
    Ok(HttpResponse::Ok().json(MemberView::from(&member)))
}
