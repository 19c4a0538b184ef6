//! `POST /oauth/introspect`: what a client's own token is good for (RFC 7662).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::failure::{OAuthFailure, OAuthFailureBody};
use super::form::{Form, FromClient};
use super::revoke::OAuthTokenQuestion;
use crate::domain::spending::SpendingCeiling;
use crate::http::app::AppState;
use crate::services::oauth::OAuthError;
use crate::services::oauth::clients::ProvenClient;
use crate::services::oauth::inspect::ActiveToken;

/// What a token is good for. Nothing but `active` is told of one that does not work.
#[derive(Default, Serialize, ToSchema)]
pub struct OAuthTokenState {
    /// Whether it works now.
    active: bool,
    /// What it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "accounts:read payments:write")]
    scope: Option<String>,
    /// The client that it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// `Bearer`, for an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// Until when it works, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// Whose it is: a user, or the machine itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// Who gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// The most units that a payment may have, where the member set a ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling_per_payment: Option<String>,
    /// The most units that all payments of a day may have together, where the member set a ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling_per_day: Option<String>,
}

impl OAuthTokenState {
    fn of(token: &ActiveToken, client_id: &str, issuer: &str) -> Self {
        Self {
            active: true,
            scope: Some(token.scopes.to_string()),
            client_id: Some(client_id.to_owned()),
            token_type: token.is_access.then_some("Bearer"),
            exp: Some(token.expires_at.unix_seconds()),
            sub: Some(token.subject.clone()),
            iss: Some(issuer.to_owned()),
            ceiling_per_payment: token.ceilings.per_payment.as_ref().map(SpendingCeiling::to_string),
            ceiling_per_day: token.ceilings.per_day.as_ref().map(SpendingCeiling::to_string),
        }
    }
}

/// Ask what a token is good for
///
/// For confidential clients, about their own tokens. One that is unknown, expired, ended or another client's is
/// answered with `{"active":false}` and nothing else.
#[utoipa::path(operation_id = "create_oauth_introspection", tag = "oauth",
    request_body(content = OAuthTokenQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What it is good for", body = OAuthTokenState),
        (status = 400, description = "invalid_request", body = OAuthFailureBody),
        (status = 401, description = "invalid_client", body = OAuthFailureBody),
        (status = 429, description = "temporarily_unavailable: too many tries, or too many requests", body = OAuthFailureBody),
        (status = 500, description = "server_error", body = OAuthFailureBody),
        (status = 503, description = "temporarily_unavailable", body = OAuthFailureBody),
    ))]
#[post("/oauth/introspect")]
pub async fn create_oauth_introspection(
    request: HttpRequest,
    state: Data<AppState>,
    form: Form,
) -> Result<HttpResponse, OAuthFailure> {
    let from = FromClient::prove(&state.services, &request, form).await?;
    let client = match &from.client {
        ProvenClient::Registered(client) if client.is_confidential() => client,
        _ => return Err(from.refuse(OAuthError::Client)),
    };
    let token = from.require("token", "token is missing")?;
    let found = state.services.introspect(client, token).await.map_err(|error| from.refuse(error.into()))?;
    let answer =
        found.map(|token| OAuthTokenState::of(&token, &client.id, &state.public_url)).unwrap_or_default();
    Ok(HttpResponse::Ok().json(answer))
}
