//! `GET /.well-known/oauth-authorization-server`: what this server can do (RFC 8414).

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::browser::base_path;
use crate::domain::scopes::{Scope, Scopes};
use crate::http::app::AppState;
use crate::http::problem::{ApiError, ProblemCode};

/// What the authorization server can do (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct OAuthMetadata {
    /// Who issues the tokens.
    #[schema(example = "https://river.example")]
    issuer: String,
    /// Where an app sends its member.
    authorization_endpoint: String,
    /// Where tokens are.
    token_endpoint: String,
    /// Where tokens are given back.
    revocation_endpoint: String,
    /// Where clients ask about their tokens.
    introspection_endpoint: String,
    /// The keys that verify access tokens.
    jwks_uri: String,
    /// The rights that can be asked for.
    scopes_supported: Vec<&'static str>,
    /// Codes, and nothing else.
    response_types_supported: [&'static str; 1],
    /// How answers reach an app.
    response_modes_supported: [&'static str; 1],
    /// How tokens can be got.
    grant_types_supported: [&'static str; 3],
    /// How challenges are made.
    code_challenge_methods_supported: [&'static str; 1],
    /// How clients prove themselves.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// How clients prove themselves to give tokens back.
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    /// How clients prove themselves to ask about tokens.
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    /// Whether answers name their issuer (RFC 9207).
    authorization_response_iss_parameter_supported: bool,
}

impl OAuthMetadata {
    fn of(issuer: &str) -> Self {
        let below = |path: &str| format!("{issuer}{path}");
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: below("/oauth/authorize"),
            token_endpoint: below("/oauth/token"),
            revocation_endpoint: below("/oauth/revoke"),
            introspection_endpoint: below("/oauth/introspect"),
            jwks_uri: below("/.well-known/jwks.json"),
            scopes_supported: Scopes::all().iter().map(Scope::name).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
            introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
            authorization_response_iss_parameter_supported: true,
        }
    }
}

/// What the authorization server can do
///
/// OAuth 2.1 metadata (RFC 8414). Where the public URL has a path, the address for that issuer ends with it.
#[utoipa::path(operation_id = "get_oauth_metadata", tag = "oauth", responses(
    (status = 200, description = "The metadata", body = OAuthMetadata),
))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_oauth_metadata(state: Data<AppState>) -> HttpResponse {
    answer(&state)
}

/// The same, for an issuer with a path: the well-known part comes before it.
#[get("/.well-known/oauth-authorization-server/{path:.*}")]
pub async fn get_metadata_below_path(
    state: Data<AppState>,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    if base_path(&state.public_url).strip_prefix('/') == Some(path.as_str()) {
        Ok(answer(&state))
    } else {
        Err(ApiError::new(ProblemCode::NotFound))
    }
}

fn answer(state: &AppState) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(OAuthMetadata::of(&state.public_url))
}
