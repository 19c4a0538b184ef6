//! `POST /me/password`: a new password.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// The password that is, and the one that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPasswordRequest {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// The new one: 15 to 256 characters, or at least 8 beside a second factor; nothing that is guessed early.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// Change my password
///
/// Needs a proof of who you are that is at most five minutes old. All other sessions end.
#[utoipa::path(operation_id = "set_password", tag = "me", security(("bearer" = [])), request_body = SetPasswordRequest, responses(
    (status = 204, description = "The password is new"),
    (status = 400, description = "`validation_failed`: the present password is wrong, or the new one is not taken", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict`: it was changed in the same moment", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/me/password")]
pub async fn set_password(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<SetPasswordRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetPasswordRequest { current_password, new_password } = body.value;
    state.services.change_password(&caller.bearer, current_password, new_password, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
