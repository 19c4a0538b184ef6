//! The answer that carries tokens, shared by signing in and refreshing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::services::sessions::TokenPair;

/// What to act with, and how to get more of it.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token lives, in seconds.
    #[schema(example = 300)]
    expires_in: i64,
    /// Exchanged, once, for the next pair.
    #[schema(example = "cfr_Zk3…")]
    refresh_token: String,
}

/// Answers with a pair of tokens, which nobody on the way may keep.
pub fn answer(status: StatusCode, pair: &TokenPair) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(Tokens {
            access_token: pair.access_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: pair.expires_in,
            refresh_token: pair.refresh_token.expose().to_owned(),
        })
}
