//! `GET /webhook-endpoints`: where messages go.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, Query, WebhooksManage};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{WebhookEndpointList, WebhookEndpointView};

/// Whose endpoints.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListWebhookEndpointsQuery {
    /// Only those of this account, by its code or id.
    account: Option<String>,
}

/// List where messages go
///
/// All endpoints of the accounts that you operate, or of one of them; each has 10 at most.
#[utoipa::path(operation_id = "list_webhook_endpoints", tag = "webhooks", security(("bearer" = [])), params(ListWebhookEndpointsQuery),
    responses(
    (status = 200, description = "The endpoints", body = WebhookEndpointList),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not your account, or the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such account", body = Problem, content_type = "application/problem+json"),
))]
#[get("/webhook-endpoints")]
pub async fn list_webhook_endpoints(
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    query: Query<ListWebhookEndpointsQuery>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.webhook_endpoints(&caller.bearer, query.0.account).await?;
    Ok(HttpResponse::Ok()
        .json(WebhookEndpointList { data: found.iter().map(WebhookEndpointView::from).collect() }))
}
