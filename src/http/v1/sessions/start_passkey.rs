//! `POST /sessions/passkey-options`: what a browser needs to sign in with a passkey.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::passkeys::options::{PasskeyRequest, answer};

/// Start signing in with a passkey
///
/// Nobody has to say who they are: the passkey does. What the browser gives goes to `POST /sessions/passkey` within five
/// minutes.
#[utoipa::path(operation_id = "start_passkey_session", tag = "sessions", responses(
    (status = 200, description = "What the browser needs", body = PasskeyRequest),
    (status = 409, description = "`conflict` with the reason `no_passkeys_here`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/sessions/passkey-options")]
pub async fn start_passkey_session(
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let options = state.services.start_passkey_sign_in(&origin(&request)).await?;
    Ok(answer(&PasskeyRequest::from(options)))
}
