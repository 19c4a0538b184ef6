//! `DELETE /communities/{code}/groups/{group}`: deleting a group.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Delete a group
///
/// Only one in which nobody is and which the limit policy does not name. For admins.
#[utoipa::path(operation_id = "delete_group", tag = "communities", security(("bearer" = [])), params(("code" = String, Path, description = "The community's code", example = "RIVER"), ("group" = String, Path, description = "The group's id")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `group_in_use`", body = Problem, content_type = "application/problem+json"),
    ))]
#[delete("/communities/{code}/groups/{group}")]
pub async fn delete_group(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id = path_id(&id)?;
    state.services.delete_group(&caller.bearer, code, id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
