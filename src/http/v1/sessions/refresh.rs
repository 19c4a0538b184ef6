//! `POST /sessions/refresh`: staying signed in.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::{Tokens, answer};
use crate::http::app::AppState;
use crate::http::extract::{Body, origin};
use crate::http::problem::{ApiError, Problem};

/// What to exchange.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshSessionRequest {
    /// The newest refresh token.
    #[schema(value_type = String, example = "cfr_Zk3…")]
    refresh_token: SecretString,
}

/// Stay signed in
///
/// Exchanges the refresh token for a new pair. A token that was exchanged before ends the whole session, unless it
/// is the newest one, repeated within ten seconds.
#[utoipa::path(operation_id = "refresh_session", tag = "sessions", request_body = RefreshSessionRequest, responses(
    (status = 200, description = "A new pair", body = Tokens),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`: sign in again", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/sessions/refresh")]
pub async fn refresh_session(
    request: HttpRequest,
    state: Data<AppState>,
    body: Body<RefreshSessionRequest>,
) -> Result<HttpResponse, ApiError> {
    let token = body.value.refresh_token;
    let pair = state.services.refresh(token.expose_secret(), &origin(&request)).await?;
    Ok(answer(StatusCode::OK, &pair))
}
