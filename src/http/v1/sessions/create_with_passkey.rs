//! `POST /sessions/passkey`: signing in with a passkey.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::{Tokens, answer};
use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::objects::object;
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::passkeys::credentials::PasskeyCredential;

/// A passkey that signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePasskeySessionRequest {
    /// What the browser gave.
    #[serde(deserialize_with = "object")]
    credential: PasskeyCredential,
}

/// Sign in with a passkey
///
/// Gives the same as signing in with the password does, and asks for no code where a second factor is on: a passkey is
/// something you have, and makes sure that it is you who has it.
#[utoipa::path(operation_id = "create_passkey_session", tag = "sessions", request_body = CreatePasskeySessionRequest, responses(
    (status = 201, description = "Signed in", body = Tokens),
    (status = 400, description = "`validation_failed`: the credential is malformed", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`: the passkey is none of anybody's here, or was not used for this, or the challenge was used or has expired", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `no_passkeys_here`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/sessions/passkey")]
pub async fn create_passkey_session(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<CreatePasskeySessionRequest>,
) -> Result<HttpResponse, ApiError> {
    let credential = body.value.credential.into();
    let pair = state.services.sign_in_with_passkey(&credential, &origin(&request)).await?;
    Ok(answer(StatusCode::CREATED, &pair))
}
