//! `GET /communities/{code}/groups`: groups of members.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::GroupList;

/// List a community's groups
///
/// For admins. Groups are what policies tell members apart by; at most 100, in the order of their names.
#[utoipa::path(operation_id = "list_groups", tag = "communities", security(("bearer" = [])), params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 200, description = "The groups", body = GroupList),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/groups")]
pub async fn list_groups(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let groups = state.services.groups(&caller.bearer, code.into_inner()).await?;
    Ok(HttpResponse::Ok().json(GroupList::from(groups.as_slice())))
}
