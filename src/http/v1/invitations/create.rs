//! `POST /communities/{code}/invitations`: inviting somebody.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::InvitationView;
use crate::services::joining::invitations::NewInvitation;

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitationRequest {
    /// The address to write to.
    #[schema(example = "zoe@lake.example")]
    email: String,
    /// The person's name, at most 100 characters.
    #[schema(example = "Zoë")]
    name: Option<String>,
    /// Something for them to read, at most 500 characters.
    #[schema(example = "We could use somebody who repairs bicycles.")]
    message: Option<String>,
}

/// Invite somebody
///
/// By a mail with a link that works once, for two weeks. Whoever applies with it needs no other confirmation of the
/// address. For admins and, where the community allows it, for members: ten a day.
#[utoipa::path(operation_id = "create_invitation", tag = "joining", security(("bearer" = [])), request_body = CreateInvitationRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 201, description = "The invitation", body = InvitationView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: members may not invite here, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_exists`: the address has a pending invitation", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/invitations")]
pub async fn create_invitation(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateInvitationRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateInvitationRequest { email, name, message } = body.value;
    let new = NewInvitation { email, name, message };
    let sent = state.services.invite(&caller.bearer, code.into_inner(), new, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(InvitationView::from(&sent)))
}
