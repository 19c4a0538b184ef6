//! `PUT /communities/{code}/groups/{group}`: renaming a group.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::GroupOfMembersView;

/// A group's name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditGroupRequest {
    /// The name, as no other group of the community has it.
    #[schema(example = "Founders")]
    name: String,
}

/// Rename a group
///
/// For admins.
#[utoipa::path(operation_id = "edit_group", tag = "communities", security(("bearer" = [])), request_body = EditGroupRequest, params(("code" = String, Path, description = "The community's code", example = "RIVER"), ("group" = String, Path, description = "The group's id")),
    responses(
        (status = 200, description = "The group", body = GroupOfMembersView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `already_exists`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/communities/{code}/groups/{group}")]
pub async fn edit_group(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<EditGroupRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id = path_id(&id)?;
    let (name, origin) = (body.value.name, origin(&request));
    let group = state.services.rename_group(&caller.bearer, code, id, &name, &origin).await?;
    Ok(HttpResponse::Ok().json(GroupOfMembersView::from(&group)))
}
