//! `GET /communities/{code}/invitations`: who was invited.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::joining::InvitationState;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{InvitationPage, InvitationView};
use crate::services::Fault;

/// Which invitations, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListInvitationsQuery {
    /// Only in this state: `pending`, `accepted` or `revoked`.
    state: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List who was invited
///
/// Newest first. For admins.
#[utoipa::path(operation_id = "list_invitations", tag = "joining", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListInvitationsQuery),
    responses(
        (status = 200, description = "A page of invitations", body = InvitationPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/invitations")]
pub async fn list_invitations(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListInvitationsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListInvitationsQuery { state: wanted, limit, cursor } = query.0;
    let unknown = || {
        let detail = "must be pending, accepted or revoked";
        ApiError::invalid(vec![Fault::new("state", "unknown", detail)])
    };
    let wanted = wanted.map(|name| InvitationState::from_name(&name).ok_or_else(unknown)).transpose()?;
    let page = state.services.invitations(&caller.bearer, code.into_inner(), wanted, limit, cursor).await?;
    let data = page.items.iter().map(InvitationView::from).collect();
    let view = InvitationPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
