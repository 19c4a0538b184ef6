//! `DELETE /sessions/current`: signing out.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller, origin};
use crate::http::problem::{ApiError, Problem};

/// Sign out
///
/// From the next request on, none of the session's tokens works.
#[utoipa::path(operation_id = "delete_session", tag = "sessions", security(("bearer" = [])), responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/sessions/current")]
pub async fn delete_session(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<Anyone>,
) -> Result<HttpResponse, ApiError> {
    state.services.sign_out(&caller.bearer, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
