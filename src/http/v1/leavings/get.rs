//! `GET /communities/{code}/members/{id}/leaving`: how far a member's leaving has come.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::LeavingView;

/// See how far a member's leaving has come
///
/// For whoever operates the member, and for admins: since when, what is still to be settled, and the plan.
#[utoipa::path(operation_id = "get_leaving", tag = "leaving", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = uuid::Uuid, Path, description = "The member's id")), responses(
    (status = 200, description = "The leaving", body = LeavingView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/members/{id}/leaving")]
pub async fn get_leaving(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let found = state.services.leaving(&caller.bearer, code, id).await?;
    Ok(HttpResponse::Ok().json(LeavingView::from(&found)))
}
