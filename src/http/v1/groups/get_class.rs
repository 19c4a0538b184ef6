//! `GET /communities/{code}/members/{id}/class`: what policies know of a member.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MemberClassView;

/// See what policies know of a member
///
/// For admins: its kind and its group. Whoever nothing was said about is a person in no group.
#[utoipa::path(operation_id = "get_member_class", tag = "communities", security(("bearer" = [])), params(("code" = String, Path, description = "The community's code", example = "RIVER"), ("id" = uuid::Uuid, Path, description = "The member's id")),
    responses(
        (status = 200, description = "Kind and group", body = MemberClassView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/members/{id}/class")]
pub async fn get_member_class(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let class = state.services.member_class(&caller.bearer, code, id).await?;
    Ok(HttpResponse::Ok().json(MemberClassView::from(&class)))
}
