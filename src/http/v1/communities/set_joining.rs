//! `PATCH /communities/{code}`: who may join.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, patch};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get::tag;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::PublicCommunityView;
use crate::services::joining::policy::PolicyChange;

/// What is to be different, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetJoiningRequest {
    /// Who may ask to join: `open`, `invitation` or `closed`; as it is where it is left out.
    #[schema(example = "open")]
    joining: Option<String>,
    /// Whether members may invite, unless it is `closed`; as it is where it is left out.
    #[schema(example = true)]
    members_may_invite: Option<bool>,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the spring meeting")]
    reason: String,
}

/// Set who may join a community
///
/// For its admins. Whoever asks to join is let in or refused by an admin, whatever is set here.
#[utoipa::path(operation_id = "set_joining", tag = "communities", security(("bearer" = [])), request_body = SetJoiningRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the community that the change is based on"),
    ),
    responses(
        (status = 200, description = "The community as it is now", body = PublicCommunityView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`: it was changed since, or in the same moment", body = Problem, content_type = "application/problem+json"),
    ))]
#[patch("/communities/{code}")]
pub async fn set_joining(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetJoiningRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetJoiningRequest { joining, members_may_invite, reason } = body.value;
    let (if_version, origin) = (etag::expected_version(&request), origin(&request));
    let change = PolicyChange { joining, members_may_invite, reason, if_version };
    let facts = state.services.set_policy(&caller.bearer, code.into_inner(), change, &origin).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag(&facts))).json(PublicCommunityView::from(&facts)))
}
