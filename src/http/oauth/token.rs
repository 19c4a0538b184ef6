//! `POST /oauth/token`: from codes, refresh tokens, secrets and passwords to tokens.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::failure::{OAuthFailure, OAuthFailureBody};
use super::form::{Form, FromClient};
use crate::domain::scopes::Scopes;
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::http::app::AppState;
use crate::http::extract::origin;
use crate::services::oauth::OAuthError;
use crate::services::oauth::clients::{AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN};
use crate::services::oauth::tokens::{MachineToken, PresentedCode};
use crate::services::sessions::TokenPair;

/// What a client asks for; which parameters are needed depends on `grant_type`. Parameters that are not named here
/// are ignored.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: forms are read parameter by parameter, so that repetitions are seen"
)]
pub struct OAuthTokenRequest {
    /// `authorization_code`, `refresh_token`, `client_credentials`, or `password` for wallets that the operator listed.
    #[schema(example = "authorization_code")]
    grant_type: String,
    /// The client's id, unless it proves itself with `Basic`.
    client_id: Option<String>,
    /// The secret of a confidential client, unless it proves itself with `Basic`.
    client_secret: Option<String>,
    /// The code.
    code: Option<String>,
    /// The address that the code was sent to.
    redirect_uri: Option<String>,
    /// What meets the code's challenge (RFC 7636).
    code_verifier: Option<String>,
    /// The newest refresh token.
    refresh_token: Option<String>,
    /// Scopes, separated by spaces: no more than were allowed.
    #[schema(example = "accounts:read payments:write")]
    scope: Option<String>,
    /// A member's e-mail address (`password` only).
    username: Option<String>,
    /// A member's password (`password` only).
    password: Option<String>,
    /// The code of a member's second factor (`password` only).
    second_factor: Option<String>,
}

/// What to act with, and, where a member allowed it, how to get more of it (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
pub struct OAuthTokens {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token lives, in seconds.
    #[schema(example = 300)]
    expires_in: i64,
    /// What the access token allows.
    #[schema(example = "accounts:read payments:write")]
    scope: String,
    /// Exchanged, once, for the next pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cfr_Zk3…")]
    refresh_token: Option<String>,
    /// The most units that a payment may have, where the member set a ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "20")]
    ceiling_per_payment: Option<String>,
    /// The most units that all payments of a day may have together, where the member set a ceiling.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "50")]
    ceiling_per_day: Option<String>,
}

impl OAuthTokens {
    fn new(access: &SecretString, life: i64, scopes: Scopes, ceilings: SpendingCeilings) -> Self {
        Self {
            access_token: access.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: life,
            scope: scopes.to_string(),
            refresh_token: None,
            ceiling_per_payment: ceilings.per_payment.as_ref().map(SpendingCeiling::to_string),
            ceiling_per_day: ceilings.per_day.as_ref().map(SpendingCeiling::to_string),
        }
    }
}

impl From<&TokenPair> for OAuthTokens {
    fn from(pair: &TokenPair) -> Self {
        let refresh_token = Some(pair.refresh_token.expose().to_owned());
        Self { refresh_token, ..Self::new(&pair.access_token, pair.expires_in, pair.scopes, pair.ceilings) }
    }
}

impl From<&MachineToken> for OAuthTokens {
    fn from(token: &MachineToken) -> Self {
        Self::new(&token.access_token, token.expires_in, token.scopes, SpendingCeilings::default())
    }
}

/// Get tokens
///
/// The token endpoint of OAuth 2.1, form-encoded, with OAuth's own errors. A code works once, within 60 seconds, with
/// the address that it was sent to and the verifier of its challenge. A refresh token works once. `api-spec/oauth.md`
/// shows the whole way.
#[utoipa::path(operation_id = "create_oauth_token", tag = "oauth",
    request_body(content = OAuthTokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Tokens", body = OAuthTokens),
        (status = 400, description = "invalid_request, invalid_grant, invalid_scope, unauthorized_client, unsupported_grant_type", body = OAuthFailureBody),
        (status = 401, description = "invalid_client", body = OAuthFailureBody),
        (status = 429, description = "temporarily_unavailable: too many tries, or too many requests", body = OAuthFailureBody),
        (status = 500, description = "server_error", body = OAuthFailureBody),
        (status = 503, description = "temporarily_unavailable", body = OAuthFailureBody),
    ))]
#[post("/oauth/token")]
pub async fn create_oauth_token(
    request: HttpRequest,
    state: Data<AppState>,
    form: Form,
) -> Result<HttpResponse, OAuthFailure> {
    let from = FromClient::prove(&state.services, &request, form).await?;
    let (scope, origin) = (from.parameters.get("scope"), origin(&request));
    let tokens = match from.require("grant_type", "grant_type is missing")? {
        AUTHORIZATION_CODE => {
            let presented = PresentedCode {
                code: from.require("code", "code is missing")?.to_owned(),
                redirect_uri: from.require("redirect_uri", "redirect_uri is missing")?.to_owned(),
                verifier: from.require("code_verifier", "code_verifier is missing")?.to_owned(),
            };
            state
                .services
                .exchange_code(&from.client, presented, &origin)
                .await
                .map(|pair| OAuthTokens::from(&pair))
        }
        REFRESH_TOKEN => {
            let token = from.require("refresh_token", "refresh_token is missing")?;
            let refreshed = state.services.refresh_for(&from.client, token, scope, &origin).await;
            refreshed.map(|pair| OAuthTokens::from(&pair))
        }
        CLIENT_CREDENTIALS => {
            state.services.machine_token(&from.client, scope).await.map(|token| OAuthTokens::from(&token))
        }
        "password" => {
            let email = from.require("username", "username is missing")?;
            let password = from.require("password", "password is missing")?.into();
            let code = from.parameters.take("second_factor");
            let signed_in =
                state.services.password_grant(&from.client, email, password, code, scope, &origin).await;
            signed_in.map(|pair| OAuthTokens::from(&pair))
        }
        _ => Err(OAuthError::Refused {
            error: "unsupported_grant_type",
            description: "grant_type must be authorization_code, refresh_token or client_credentials",
        }),
    };
    let tokens = tokens.map_err(|error| from.refuse(error))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::PRAGMA, HeaderValue::from_static("no-cache")))
        .json(tokens))
}
