//! `POST /api-keys/{id}/rotate`: another secret for a key.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, OptionalBody, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MadeApiKeyView;

/// How a secret gives way to the next.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKeyRequest {
    /// How long the present secret works beside the new one, in seconds, up to a week: a day where it is left out; 0 ends it
    /// at once.
    #[schema(example = 86_400)]
    overlap_seconds: Option<i64>,
}

/// Rotate an API key
///
/// A new secret, at once, told in this answer and never again. The present one works beside it for a while, and one that works
/// beside that one for as long as it was to; three do at most. The key stays the same: its id, what it may, and its idempotency keys. For whoever made it, with a
/// proof that is at most five minutes old; all who operate the account are told by mail.
#[utoipa::path(operation_id = "rotate_api_key", tag = "api-keys", security(("bearer" = [])), request_body = Option<RotateApiKeyRequest>,
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 201, description = "The key with its new secret", body = MadeApiKeyView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's, or somebody else made the key", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `already_exists`: somebody rotated it in the same moment", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/api-keys/{id}/rotate")]
pub async fn rotate_api_key(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
    body: OptionalBody<RotateApiKeyRequest>,
) -> Result<HttpResponse, ApiError> {
    let overlap = body.0.value.overlap_seconds;
    let made = state.services.rotate_key(&caller.bearer, path_id(&id)?, overlap, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(MadeApiKeyView::at(&made, state.services.now())))
}
