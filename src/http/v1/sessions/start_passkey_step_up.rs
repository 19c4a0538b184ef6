//! `POST /sessions/current/passkey-options`: what a browser needs to prove again with a passkey who one is.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::passkeys::options::{PasskeyRequest, answer};

/// Start proving again with a passkey who I am
///
/// What the browser gives goes to `POST /sessions/current/step-up`, as `passkey`, within five minutes.
#[utoipa::path(operation_id = "start_passkey_step_up", tag = "sessions", security(("bearer" = [])), responses(
    (status = 200, description = "What the browser needs", body = PasskeyRequest),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: you have no passkey", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `no_passkeys_here`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/sessions/current/passkey-options")]
pub async fn start_passkey_step_up(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    let options = state.services.start_passkey_step_up(&caller.bearer).await?;
    Ok(answer(&PasskeyRequest::from(options)))
}
