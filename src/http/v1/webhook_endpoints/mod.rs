//! Where messages about an account go.

pub mod create;
pub mod delete;
pub mod edit;
pub mod get;
pub mod list;
pub mod list_deliveries;
pub mod replay;
pub mod rotate_secret;
pub mod test;

use actix_web::HttpResponseBuilder;
use actix_web::http::header;
use serde::Serialize;

use crate::services::webhooks::WebhookEndpoint;

/// Answers with something about an endpoint, and its version as a tag.
fn tagged(
    mut builder: HttpResponseBuilder,
    endpoint: &WebhookEndpoint,
    view: &impl Serialize,
) -> actix_web::HttpResponse {
    builder.insert_header((header::ETAG, format!("\"v{}\"", endpoint.version))).json(view)
}
