//! `GET /webhook-endpoints/{id}`: one endpoint.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use super::tagged;
use crate::http::app::AppState;
use crate::http::extract::{Caller, WebhooksManage, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WebhookEndpointView;

/// See an endpoint
///
/// With how it is doing; never with its secret.
#[utoipa::path(operation_id = "get_webhook_endpoint", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The endpoint's id")), responses(
    (status = 200, description = "The endpoint; its version is the `ETag`", body = WebhookEndpointView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/webhook-endpoints/{id}")]
pub async fn get_webhook_endpoint(
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.webhook_endpoint(&caller.bearer, path_id(&id)?).await?;
    Ok(tagged(HttpResponse::Ok(), &found.endpoint, &WebhookEndpointView::from(&found)))
}
