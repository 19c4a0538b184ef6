//! `POST /webhook-endpoints/{id}/replay`: what happened since a time, once more.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, WebhooksManage, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WebhookReplayView;

/// Since when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayWebhooksRequest {
    /// A time within the last 30 days, RFC 3339.
    #[schema(example = "2026-09-21T14:00:00Z")]
    since: String,
}

/// Tell again what happened since a time
///
/// The oldest first, under the same message ids as before, so that a receiver knows what it has. What happened before the
/// endpoint was made is never told. What waits for a later try does not wait any more.
#[utoipa::path(operation_id = "replay_webhooks", tag = "webhooks", security(("bearer" = [])), request_body = ReplayWebhooksRequest,
    params(("id" = String, Path, description = "The endpoint's id")), responses(
    (status = 202, description = "What is told again", body = WebhookReplayView),
    (status = 400, description = "`validation_failed`: also with more than 1,000,000 events of the community since then", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `endpoint_off`", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/webhook-endpoints/{id}/replay")]
pub async fn replay_webhooks(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
    body: Body<ReplayWebhooksRequest>,
) -> Result<HttpResponse, ApiError> {
    let (id, origin) = (path_id(&id)?, origin(&request));
    let replay = state.services.replay_webhooks(&caller.bearer, id, &body.value.since, &origin).await?;
    Ok(HttpResponse::Accepted().json(WebhookReplayView::from(replay)))
}
