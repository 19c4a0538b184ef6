//! `PUT /communities/{code}/members/{id}/class`: saying what kind of member it is, and in which group.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::MemberId;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin, path_id, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MemberClassView;
use crate::services::groups::NewClass;

/// Kind and group, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMemberClassRequest {
    /// `person` or `business`.
    #[schema(example = "business")]
    kind: String,
    /// The group's id; null for no group.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = json!(null))]
    group: Option<String>,
    /// Why, for those who ask later.
    #[schema(example = "Runs the mill bakery")]
    reason: String,
}

/// Say what kind of member it is, and in which group
///
/// For admins. A member is in at most one group. What the limit policy gives the member follows at once.
#[utoipa::path(operation_id = "set_member_class", tag = "communities", security(("bearer" = [])), request_body = SetMemberClassRequest, params(("code" = String, Path, description = "The community's code", example = "RIVER"), ("id" = uuid::Uuid, Path, description = "The member's id")),
    responses(
        (status = 200, description = "Kind and group as they are now", body = MemberClassView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/communities/{code}/members/{id}/class")]
pub async fn set_member_class(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<SetMemberClassRequest>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MemberId = path_id(&id)?;
    let SetMemberClassRequest { kind, group, reason } = body.value;
    let (new, origin) = (NewClass { kind, group, reason }, origin(&request));
    let class = state.services.classify_member(&caller.bearer, code, id, new, &origin).await?;
    Ok(HttpResponse::Ok().json(MemberClassView::from(&class)))
}
