//! `DELETE /me/totp`: no second factor any more.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// Turn the second factor off
///
/// Needs a proof by the second factor that is at most five minutes old, and a password of at least 15 characters.
#[utoipa::path(operation_id = "delete_totp", tag = "me", security(("bearer" = [])), responses(
    (status = 204, description = "It is off, and its recovery codes are gone"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: none is on", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `password_too_short`: choose a longer one first", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/me/totp")]
pub async fn delete_totp(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    state.services.remove_totp(&caller.bearer, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
