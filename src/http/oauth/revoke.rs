//! `POST /oauth/revoke`: a client gives its token back (RFC 7009).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::failure::{OAuthFailure, OAuthFailureBody};
use super::form::{Form, FromClient};
use crate::http::app::AppState;
use crate::http::extract::origin;

/// A token, from the client that it was given to. Clients prove themselves as at the token endpoint.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: forms are read parameter by parameter, so that repetitions are seen"
)]
pub struct OAuthTokenQuestion {
    /// A refresh token or an access token.
    token: String,
    /// Which of the two; not needed.
    token_type_hint: Option<String>,
    /// The client's id, unless it proves itself with `Basic`.
    client_id: Option<String>,
    /// The secret of a confidential client, unless it proves itself with `Basic`.
    client_secret: Option<String>,
}

/// Give a token back
///
/// From the next request on, none of the tokens works that belong to the same consent, machine or sign-in. A token
/// that is unknown, or another client's, is left as it is; the answer is the same.
#[utoipa::path(operation_id = "create_oauth_revocation", tag = "oauth",
    request_body(content = OAuthTokenQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It works no more, or never did"),
        (status = 400, description = "invalid_request", body = OAuthFailureBody),
        (status = 401, description = "invalid_client", body = OAuthFailureBody),
        (status = 429, description = "temporarily_unavailable: too many tries, or too many requests", body = OAuthFailureBody),
        (status = 500, description = "server_error", body = OAuthFailureBody),
        (status = 503, description = "temporarily_unavailable", body = OAuthFailureBody),
    ))]
#[post("/oauth/revoke")]
pub async fn create_oauth_revocation(
    request: HttpRequest,
    state: Data<AppState>,
    form: Form,
) -> Result<HttpResponse, OAuthFailure> {
    let from = FromClient::prove(&state.services, &request, form).await?;
    let token = from.require("token", "token is missing")?;
    let revoked = state.services.revoke(from.client.id(), token, &origin(&request)).await;
    revoked.map_err(|error| from.refuse(error.into()))?;
    Ok(HttpResponse::Ok().finish())
}
