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
use crate::http::views::{ApprovalView, PublicCommunityView};
use crate::services::joining::policy::{PolicyChange, PolicyOutcome};

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
/// For its admins. Whoever asks to join is let in or refused by an admin, whatever is set here. Where the community has two admins
/// agree to anything (`approval-rules`), `open` needs two, with a proof that is at most five minutes old, and comes by itself: it answers 202,
/// and holds once another admin agrees.
#[utoipa::path(operation_id = "set_joining", tag = "communities", security(("bearer" = [])), request_body = SetJoiningRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the community that the change is based on"),
    ),
    responses(
        (status = 200, description = "The community as it is now", body = PublicCommunityView),
        (status = 202, description = "Another admin has to agree first", body = ApprovalView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`, `forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `approval_needed` where what needs another admin comes together with what does not, or `too_many`", body = Problem, content_type = "application/problem+json"),
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
    Ok(match state.services.set_policy(&caller.bearer, code.into_inner(), change, &origin).await? {
        PolicyOutcome::Done(facts) => HttpResponse::Ok()
            .insert_header((header::ETAG, tag(&facts)))
            .json(PublicCommunityView::from(facts.as_ref())),
        PolicyOutcome::Asked(approval) => {
            HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref()))
        }
    })
}
