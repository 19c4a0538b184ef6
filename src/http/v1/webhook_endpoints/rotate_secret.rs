//! `POST /webhook-endpoints/{id}/rotate-secret`: another secret, without a message that nobody can check.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::tagged;
use crate::http::app::AppState;
use crate::http::extract::{Caller, NoFields, OptionalBody, WebhooksManage, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::WebhookSecretView;

/// Give an endpoint a new secret
///
/// For 24 hours messages are signed with both, so that the receiver can be changed in between. Rotated once more within that
/// time, only the last two sign.
#[utoipa::path(operation_id = "rotate_webhook_secret", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The endpoint's id")), responses(
    (status = 200, description = "The new secret; the endpoint's version is the `ETag`", body = WebhookSecretView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`, or a scope to read what the endpoint is told", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: it was changed in this moment", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/webhook-endpoints/{id}/rotate-secret")]
pub async fn rotate_webhook_secret(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
    _body: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let rotated =
        state.services.rotate_webhook_secret(&caller.bearer, path_id(&id)?, &origin(&request)).await?;
    Ok(tagged(HttpResponse::Ok(), &rotated.visible.endpoint, &WebhookSecretView::from(&rotated)))
}
