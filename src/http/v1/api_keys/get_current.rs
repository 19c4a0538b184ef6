//! `GET /api-keys/current`: what the key that asks is.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApiKeyView;

/// See the key in use
///
/// What the key is that asks: a cheap way for software to find out whether its settings are right, for which account it acts, and
/// whether that is only a test.
#[utoipa::path(operation_id = "get_current_api_key", tag = "api-keys", security(("bearer" = [])), responses(
    (status = 200, description = "The key", body = ApiKeyView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the key may not be used from this address", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: it is no key, or its account's owner may not act now", body = Problem, content_type = "application/problem+json"),
))]
#[get("/api-keys/current")]
pub async fn get_current_api_key(
    state: Data<AppState>,
    caller: Caller<Anyone>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.present_key(&caller.bearer).await?;
    Ok(HttpResponse::Ok().json(ApiKeyView::at(&found, state.services.now())))
}
