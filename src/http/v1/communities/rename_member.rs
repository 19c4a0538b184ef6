//! `PUT /communities/{code}/members/{id}/name`: what a member is called.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MemberView;

/// A name, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameMemberRequest {
    /// The name from now on, at most 100 characters.
    #[schema(example = "Brook Bakery")]
    name: String,
    /// Why, for those who ask later.
    #[schema(example = "The bakery has a new name")]
    reason: String,
}

/// Give a member another name
///
/// For the community's admins, with a proof that is at most five minutes old. Those of the member's accounts that had the old name get the
/// new one; payments that were made before show it, too. The login's own name stays as it is. The audit log says who did it and why, and
/// no name. Those who operate the member are written to.
#[utoipa::path(operation_id = "set_member_name", tag = "communities", security(("bearer" = [])), request_body = RenameMemberRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The member's id")), responses(
    (status = 200, description = "The member as it is now", body = MemberView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `member_closed`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/members/{id}/name")]
pub async fn rename_member(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<RenameMemberRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let RenameMemberRequest { name, reason } = body.value;
    let origin = origin(&request);
    let member = state.services.rename_member(&caller.bearer, code, id, (name, reason), &origin).await?;
    Ok(HttpResponse::Ok().json(MemberView::from(&member)))
}
