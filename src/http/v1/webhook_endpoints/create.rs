//! `POST /webhook-endpoints`: being told what happens on an account.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tagged;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, WebhooksManage, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MadeEndpointView;
use crate::services::webhooks::NewWebhookEndpoint;

/// Where messages shall go, and which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookEndpointRequest {
    /// The URL, with `https`, up to 1,024 characters, on the public Internet.
    #[schema(example = "https://shop.example/hooks/river")]
    url: String,
    /// What shall be told: `*` for everything, `payment.*` for all of a kind, or names of events. Up to 32.
    #[schema(example = json!(["*"]))]
    events: Vec<String>,
    /// The account's code or id; it can be left out by who has just one.
    #[serde(default)]
    #[schema(example = "RIVER0001")]
    account: Option<String>,
    /// What you want to note about it, up to 200 characters.
    #[serde(default)]
    #[schema(example = "The shop in Market Street")]
    description: Option<String>,
}

/// Be told what happens on an account
///
/// From now on, what happens is sent to the URL: signed by Standard Webhooks, within moments, at least once, again for three
/// days where it does not arrive. The guide for receivers is `api-spec/webhooks.md`. The `secret` is shown this once. An
/// account has 10 endpoints at most. For those who operate the account, and for apps and keys with `webhooks:manage` and,
/// for what is to be told, `payments:read` (`payment.*`, `checkout.*`) or `accounts:read` (`account.*`, `member.*`).
#[utoipa::path(operation_id = "create_webhook_endpoint", tag = "webhooks", security(("bearer" = [])), request_body = CreateWebhookEndpointRequest,
    responses(
    (status = 201, description = "The endpoint, with its secret; its version is the `ETag`", body = MadeEndpointView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not your account, or the token lacks `webhooks:manage`, or the scope to read what is to be told", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such account", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/webhook-endpoints")]
pub async fn create_webhook_endpoint(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    body: Body<CreateWebhookEndpointRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateWebhookEndpointRequest { url, events, account, description } = body.value;
    let new = NewWebhookEndpoint { url, events, account, description };
    let made = state.services.create_webhook_endpoint(&caller.bearer, new, &origin(&request)).await?;
    Ok(tagged(HttpResponse::Created(), &made.visible.endpoint, &MadeEndpointView::from(&made)))
}
