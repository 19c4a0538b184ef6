//! Health, keys and documents: for operators, clients and the curious.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::app::AppState;
use super::openapi::description;
use super::problem::{ApiError, Problem, ProblemCode};
use super::routing::RouteConfig;

/// How long clients may keep the key set, in seconds: shorter than a new key's notice.
const KEY_SET_CACHING: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// A state of health.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or what is missing.
    #[schema(example = "ok")]
    status: &'static str,
}

/// The described ones.
pub fn routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(get_health)
        .service(get_readiness)
        .service(get_document)
        .service(get_key_set)
        .service(get_problem);
}

/// Whether the process runs
///
/// Says nothing of the database.
#[utoipa::path(operation_id = "get_health", tag = "operations", responses((status = 200, description = "It runs", body = Health)))]
#[get("/healthz")]
pub async fn get_health() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether requests can be served
///
/// Asks the database. Load balancers leave a process out that is not ready.
#[utoipa::path(operation_id = "get_readiness", tag = "operations", responses(
    (status = 200, description = "They can", body = Health),
    (status = 503, description = "They cannot", body = Health),
))]
#[get("/readyz")]
pub async fn get_readiness(state: Data<AppState>) -> HttpResponse {
    let is_ready = state.services.ledger().is_ready() && state.services.is_database_up().await;
    let (code, status) =
        if is_ready { (StatusCode::OK, "ok") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    HttpResponse::build(code).json(Health { status })
}

/// The API's description
///
/// This document, OpenAPI 3.1. `/docs` shows it to people.
#[utoipa::path(operation_id = "get_document", tag = "operations", responses(
    (status = 200, description = "The description", body = serde_json::Value),
))]
#[get("/openapi.json")]
pub async fn get_document() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(description().text.as_str())
}

/// The keys that verify access tokens
///
/// A key set (RFC 7517). Tokens are signed with ES256, and name their key by `kid`.
#[utoipa::path(operation_id = "get_key_set", tag = "operations", responses(
    (status = 200, description = "The key set", body = serde_json::Value),
))]
#[get("/.well-known/jwks.json")]
pub async fn get_key_set(state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, KEY_SET_CACHING))
        .json(serde_json::json!({ "keys": state.services.public_keys().await }))
}

/// What a problem code means
///
/// The address in a problem's `type`.
#[utoipa::path(operation_id = "get_problem", tag = "operations",
    params(("code" = String, Path, description = "The problem's code", example = "insufficient_credit")),
    responses(
        (status = 200, description = "The code's meaning, as plain text", body = String),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/problems/{code}")]
pub async fn get_problem(code: Path<String>) -> Result<HttpResponse, ApiError> {
    let found = ProblemCode::ALL.iter().find(|problem| problem.code() == code.as_str());
    let problem = found.ok_or_else(|| ApiError::new(ProblemCode::NotFound))?;
    let text = format!(
        "{} ({}, status {})\n\n{}\n",
        problem.title(),
        problem.code(),
        problem.status(),
        problem.advice()
    );
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// Leads people who leave out the slash to the browsable description.
#[get("/docs")]
pub async fn redirect_to_documents() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
