//! `POST /sessions`: signing in.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::{Tokens, answer};
use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::problem::{ApiError, Problem};
use crate::services::ServiceError;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSessionRequest {
    /// The login's e-mail address.
    #[schema(example = "ada@river.example")]
    email: String,
    /// The login's password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// The second factor's code, or a recovery code, for logins that have one.
    #[schema(example = "123456")]
    code: Option<String>,
}

/// Which of them is wrong is not told: that an address has a login is nobody else's business.
const WRONG: &str = "The address and the password do not belong together, or the code does not work now.";

/// Sign in
///
/// Gives a short-lived access token and a refresh token for the next one. A login takes ten wrong passwords in a quarter
/// of an hour, an address twenty a minute; then the answer is 429 until `Retry-After`, also for the right one. A login
/// that has taken a hundred in a row takes one an hour. Sessions go on, and so do addresses that signed in before.
#[utoipa::path(operation_id = "create_session", tag = "sessions", request_body = CreateSessionRequest, responses(
    (status = 201, description = "Signed in", body = Tokens),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`: address and password do not belong together, or the code is wrong; with `second_factor_required`, the code is missing", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/sessions")]
pub async fn create_session(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<CreateSessionRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateSessionRequest { email, password, code } = body.value;
    let signed_in = state.services.sign_in(&email, password, code, &origin(&request)).await;
    let pair = signed_in.map_err(|error| match error {
        ServiceError::Unauthenticated => ApiError::unauthenticated(false).detail(WRONG),
        error => error.into(),
    })?;
    Ok(answer(StatusCode::CREATED, &pair))
}
