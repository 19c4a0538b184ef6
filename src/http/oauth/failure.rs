//! Errors in OAuth's own shape (RFC 6749 section 5.2).

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::limits::{LIMIT_HEADER, POLICY_HEADER};
use crate::http::problem::ApiError;
use crate::services::ServiceError;
use crate::services::oauth::OAuthError;

/// An error of the OAuth endpoints (RFC 6749).
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthFailureBody {
    /// The stable code.
    #[schema(example = "invalid_grant")]
    error: &'static str,
    /// What it means this time, for developers.
    #[schema(example = "the code was used before")]
    error_description: String,
}

/// An error on its way to a client.
#[derive(Debug)]
pub struct OAuthFailure {
    status: StatusCode,
    error: &'static str,
    description: String,
    challenge: Option<&'static str>,
    limits: Vec<(HeaderName, HeaderValue)>,
}

impl OAuthFailure {
    /// What a use case refused. A client that tried with `Basic` is told so.
    pub fn new(error: OAuthError, used_basic: bool) -> Self {
        match error {
            OAuthError::Client => Self {
                status: StatusCode::UNAUTHORIZED,
                error: "invalid_client",
                description: "the client is unknown, or did not prove who it is".into(),
                challenge: used_basic.then_some(r#"Basic realm="counterfoil", charset="UTF-8""#),
                limits: Vec::new(),
            },
            OAuthError::Refused { error, description } => Self {
                status: StatusCode::BAD_REQUEST,
                error,
                description: description.into(),
                challenge: None,
                limits: Vec::new(),
            },
            OAuthError::Service(error) => Self::of_service(error),
        }
    }

    /// What could not be read.
    pub fn request(description: &'static str) -> Self {
        Self::new(OAuthError::request(description), false)
    }

    fn of_service(error: ServiceError) -> Self {
        let problem = ApiError::from(error);
        let status = problem.status_code();
        let response = problem.error_response();
        let header = |name: HeaderName| response.headers().get(&name).cloned().map(|value| (name, value));
        let limits =
            [header::RETRY_AFTER, POLICY_HEADER, LIMIT_HEADER].into_iter().filter_map(header).collect();
        let (error, description) = match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                ("temporarily_unavailable", "try again a little later")
            }
            _ => ("server_error", "this is our fault"),
        };
        Self { status, error, description: description.into(), challenge: None, limits }
    }
}

impl std::fmt::Display for OAuthFailure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.error)
    }
}

impl ResponseError for OAuthFailure {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        response.insert_header((header::PRAGMA, HeaderValue::from_static("no-cache")));
        if let Some(challenge) = self.challenge {
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        }
        for (name, value) in &self.limits {
            response.insert_header((name.clone(), value.clone()));
        }
        response.json(OAuthFailureBody { error: self.error, error_description: self.description.clone() })
    }
}
