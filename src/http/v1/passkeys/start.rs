//! `POST /me/passkeys/options`: a passkey in the making.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use super::options::{PasskeyCreation, answer};
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};

/// Start a passkey
///
/// What a browser needs to make one. What it gives goes to `POST /me/passkeys` within five minutes, in the same session.
/// Needs a proof of who you are that is at most five minutes old.
#[utoipa::path(operation_id = "start_passkey", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "What the browser needs", body = PasskeyCreation),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `too_many` or `no_passkeys_here`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/me/passkeys/options")]
pub async fn start_passkey(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    let options = state.services.start_passkey(&caller.bearer).await?;
    Ok(answer(&PasskeyCreation::from(options)))
}
