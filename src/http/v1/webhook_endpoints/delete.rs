//! `DELETE /webhook-endpoints/{id}`: being told nothing any more.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, WebhooksManage, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;

/// Remove an endpoint
///
/// Nothing is sent there any more, and its log goes.
#[utoipa::path(operation_id = "delete_webhook_endpoint", tag = "webhooks", security(("bearer" = [])),
    params(("id" = String, Path, description = "The endpoint's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the endpoint that is meant")),
    responses(
    (status = 204, description = "It is gone"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `webhooks:manage`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: it was changed since", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/webhook-endpoints/{id}")]
pub async fn delete_webhook_endpoint(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<WebhooksManage>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, if_version) = (path_id(&id)?, etag::expected_version(&request));
    state.services.delete_webhook_endpoint(&caller.bearer, id, if_version, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
