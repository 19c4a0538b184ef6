//! `POST /password-resets/complete`: choosing a new password.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::problem::{ApiError, Problem};

/// A new password, and what allows to choose it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletePasswordResetRequest {
    /// The token from the message.
    #[schema(value_type = String, example = "cfo_Zk3…")]
    token: SecretString,
    /// The new password: 15 to 256 characters, or at least 8 beside a second factor.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
    /// The second factor's code, or a recovery code, for logins that have one.
    #[schema(example = "123456")]
    code: Option<String>,
}

/// Choose a new password
///
/// The token works once, for twenty minutes, and only while no newer one was asked for. All sessions end.
#[utoipa::path(operation_id = "complete_password_reset", tag = "password-resets", request_body = CompletePasswordResetRequest, responses(
    (status = 204, description = "The password is new"),
    (status = 400, description = "`validation_failed`: the token does not work, the password is not taken, or the code is wrong", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated` with `second_factor_required`: the code is missing", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/password-resets/complete")]
pub async fn complete_password_reset(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<CompletePasswordResetRequest>,
) -> Result<HttpResponse, ApiError> {
    let CompletePasswordResetRequest { token, new_password, code } = body.value;
    state
        .services
        .complete_password_reset(token.expose_secret(), new_password, code, &origin(&request))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
