//! `GET /api-keys/{id}`: a key of one of the caller's accounts.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApiKeyView;

/// See an API key
///
/// A key of an account that the caller owns, without its secret.
#[utoipa::path(operation_id = "get_api_key", tag = "api-keys", security(("bearer" = [])),
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 200, description = "The key", body = ApiKeyView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/api-keys/{id}")]
pub async fn get_api_key(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.key(&caller.bearer, path_id(&id)?).await?;
    Ok(HttpResponse::Ok().json(ApiKeyView::at(&found, state.services.now())))
}
