//! `GET /webhook-deliveries/{id}`: what became of a message.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, WebhooksManage, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WebhookDeliveryView;

/// See what became of a message
///
/// With its last attempt, what was sent and what was answered.
#[utoipa::path(operation_id = "get_webhook_delivery", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The delivery's id")), responses(
    (status = 200, description = "The delivery", body = WebhookDeliveryView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/webhook-deliveries/{id}")]
pub async fn get_webhook_delivery(
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.webhook_delivery(&caller.bearer, path_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(WebhookDeliveryView::from(&found)))
}
