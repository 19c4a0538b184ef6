//! `DELETE /sessions`: signing out everywhere else.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// End all my other sessions
///
/// From the next request on, none of their tokens works; the session that asks goes on.
#[utoipa::path(operation_id = "delete_other_sessions", tag = "sessions", security(("bearer" = [])), responses(
    (status = 204, description = "They have ended"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: only people themselves may, and no app of theirs", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/sessions")]
pub async fn delete_other_sessions(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    state.services.end_other_sessions(&caller.bearer, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
