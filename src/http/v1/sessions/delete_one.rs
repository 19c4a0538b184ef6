//! `DELETE /sessions/{session}`: signing out somewhere else.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::domain::ids::SessionId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// End one of my sessions
///
/// From the next request on, none of that session's tokens works.
#[utoipa::path(operation_id = "delete_one_session", tag = "sessions", security(("bearer" = [])),
    params(("session" = uuid::Uuid, Path, description = "The session's id")), responses(
    (status = 204, description = "It has ended"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: only people themselves may, and no app of theirs", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/sessions/{session:[0-9a-f-]+}")]
pub async fn delete_one_session(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    session: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: SessionId = path_id(&session)?;
    state.services.end_one_session(&caller.bearer, id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
