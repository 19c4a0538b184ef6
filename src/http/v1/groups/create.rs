//! `POST /communities/{code}/groups`: making a group.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::GroupOfMembersView;

/// A group's name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateGroupRequest {
    /// The name, as no other group of the community has it.
    #[schema(example = "Founders")]
    name: String,
}

/// Make a group
///
/// For admins.
#[utoipa::path(operation_id = "create_group", tag = "communities", security(("bearer" = [])), request_body = CreateGroupRequest, params(("code" = String, Path, description = "The community's code", example = "RIVER")),
    responses(
        (status = 201, description = "The group", body = GroupOfMembersView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `already_exists` or `too_many`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/communities/{code}/groups")]
pub async fn create_group(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateGroupRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, origin) = (code.into_inner(), origin(&request));
    let group = state.services.create_group(&caller.bearer, code, &body.value.name, &origin).await?;
    Ok(HttpResponse::Created().json(GroupOfMembersView::from(&group)))
}
