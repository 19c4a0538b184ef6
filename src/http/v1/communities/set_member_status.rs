//! `PUT /communities/{code}/members/{id}/status`: freezing, thawing and closing members.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::MemberId;
use crate::domain::member::MemberStatus;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MemberView;
use crate::services::Fault;

/// A status, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMemberStatusRequest {
    /// Where the member stands from now on: `active`, `frozen`, `leaving` or `closed`.
    #[schema(example = "frozen")]
    status: String,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the meeting of March")]
    reason: String,
}

/// Freeze, thaw or close a member, or let it leave
///
/// For the community's admins, with a proof that is at most five minutes old. The member's accounts get the same status, and
/// whoever operates it is told by mail, with the reason. The balance of a member who is leaving only moves towards zero; at zero
/// it is closed by itself. Only a member whose accounts are at zero can be closed, and stays so; the last admin who can act stays.
#[utoipa::path(operation_id = "set_member_status", tag = "communities", security(("bearer" = [])), request_body = SetMemberStatusRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The member's id")), responses(
    (status = 200, description = "The member as it is now", body = MemberView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `last_admin`, `not_settled` or `member_closed`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/members/{id}/status")]
pub async fn set_member_status(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<SetMemberStatusRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let status = MemberStatus::from_name(&body.value.status)
        .filter(|status| *status != MemberStatus::Applied)
        .ok_or_else(|| {
            ApiError::invalid(vec![Fault::new(
                "/status",
                "unknown_value",
                "must be active, frozen, leaving or closed",
            )])
        })?;
    let (reason, origin) = (body.value.reason, origin(&request));
    let member = state.services.set_member_status(&caller.bearer, code, id, status, reason, &origin).await?;
    Ok(HttpResponse::Ok().json(MemberView::from(&member)))
}
