//! `POST /webhook-deliveries/{id}/redeliver`: a message once more.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Caller, NoFields, OptionalBody, WebhooksManage, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WebhookDeliveryView;

/// Send a message once more
///
/// At once, under the same message id, with all its attempts before it. One that is being tried, or will be within half a minute, is
/// left as it is.
#[utoipa::path(operation_id = "redeliver_webhook", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The delivery's id")), responses(
    (status = 202, description = "The delivery, which is on its way", body = WebhookDeliveryView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`, or the scope to read what is told", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `endpoint_off`", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/webhook-deliveries/{id}/redeliver")]
pub async fn redeliver_webhook(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
    _body: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&id)?;
    let repeated = state.services.redeliver_webhook(&caller.bearer, id, &origin(&request)).await?;
    Ok(HttpResponse::Accepted().json(WebhookDeliveryView::from(&repeated)))
}
