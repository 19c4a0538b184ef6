//! `POST /webhook-endpoints/{id}/test`: whether it works.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Caller, NoFields, OptionalBody, WebhooksManage, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WebhookDeliveryView;

/// Send a test message
///
/// Of the type `webhook.test`, whatever events the endpoint has. What becomes of it stands in the log.
#[utoipa::path(operation_id = "test_webhook_endpoint", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The endpoint's id")), responses(
    (status = 202, description = "The message, which is on its way", body = WebhookDeliveryView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `endpoint_off`, or `too_many` with 20 tests that wait", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/webhook-endpoints/{id}/test")]
pub async fn test_webhook_endpoint(
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
    _body: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let made = state.services.test_webhook_endpoint(&caller.bearer, path_id(&id)?).await?;
    Ok(HttpResponse::Accepted().json(WebhookDeliveryView::from(&made)))
}
