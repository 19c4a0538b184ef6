//! `GET /webhook-endpoints/{id}/deliveries`: what became of messages.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, Query, WebhooksManage, path_id};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{WebhookDeliveryPage, WebhookDeliveryView};
use crate::services::webhooks::DeliveryQuery;

/// Which deliveries, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListWebhookDeliveriesQuery {
    /// Only in this state: `waiting`, `delivered` or `failed`.
    state: Option<String>,
    /// Only of this type, such as `payment.completed`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Only about this payment, account or member, by its id.
    subject: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List an endpoint's deliveries
///
/// Newest first, for 30 days: each with its last attempt, what was sent and what was answered, and with the attempts before it.
/// A page of a filtered list may be short, or empty, where few of the log fit: it goes on at its cursor.
#[utoipa::path(operation_id = "list_webhook_deliveries", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The endpoint's id"), ListWebhookDeliveriesQuery), responses(
    (status = 200, description = "A page of deliveries", body = WebhookDeliveryPage),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/webhook-endpoints/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
    query: Query<ListWebhookDeliveriesQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListWebhookDeliveriesQuery { state: wanted, kind, subject, limit, cursor } = query.0;
    let query = DeliveryQuery { state: wanted, kind, subject, limit, cursor };
    let page = state.services.webhook_deliveries(&caller.bearer, path_id(&id)?, query).await?;
    let data = page.items.iter().map(WebhookDeliveryView::from).collect();
    let view = WebhookDeliveryPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
