//! `PATCH /webhook-endpoints/{id}`: another URL, other events, on or off.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, patch};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tagged;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, WebhooksManage, named, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::WebhookEndpointView;
use crate::services::webhooks::WebhookChanges;

/// What is to be otherwise; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "what is left out stays, and null takes away, as in RFC 7396")]
pub struct EditWebhookEndpointRequest {
    /// The URL, as when it was made.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = String, required = false, example = "https://shop.example/hooks/river")]
    url: Option<String>,
    /// What shall be told, as when it was made.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["payment.*"]))]
    events: Option<Vec<String>>,
    /// Whether it is told anything. One that is switched on again is told what happens from then on.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = bool, required = false)]
    enabled: Option<bool>,
    /// What you want to note about it, up to 200 characters; null for nothing.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, example = "The shop in Market Street")]
    description: Option<Option<String>>,
}

/// Change an endpoint
///
/// Messages that wait go to the new URL. What happened while it was off can be told with `replay`.
#[utoipa::path(operation_id = "edit_webhook_endpoint", tag = "webhooks", security(("bearer" = [])), request_body = EditWebhookEndpointRequest,
    params(("id" = String, Path, description = "The endpoint's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the endpoint that the change is based on")),
    responses(
    (status = 200, description = "The endpoint as it is now; its version is the `ETag`", body = WebhookEndpointView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`, or the scope to read what is to be told", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: it was changed since", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/webhook-endpoints/{id}")]
pub async fn edit_webhook_endpoint(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
    body: Body<EditWebhookEndpointRequest>,
) -> Result<HttpResponse, ApiError> {
    let EditWebhookEndpointRequest { url, events, enabled, description } = body.value;
    let if_version = etag::expected_version(&request);
    let changes = WebhookChanges { url, events, enabled, description, if_version };
    let (id, origin) = (path_id(&id)?, origin(&request));
    let changed = state.services.edit_webhook_endpoint(&caller.bearer, id, changes, &origin).await?;
    Ok(tagged(HttpResponse::Ok(), &changed.endpoint, &WebhookEndpointView::from(&changed)))
}
