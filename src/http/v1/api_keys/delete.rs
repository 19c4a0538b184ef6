//! `DELETE /api-keys/{id}`: revoking a key.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Revoke an API key
///
/// From now on whatever is asked with it is refused, and what is under way posts nothing more. For the account's owner; no fresh proof
/// is asked, because it may have to be quick.
#[utoipa::path(operation_id = "delete_api_key", tag = "api-keys", security(("bearer" = [])),
    params(("id" = String, Path, description = "The key's id")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[delete("/api-keys/{id}")]
pub async fn delete_api_key(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    state.services.revoke_key(&caller.bearer, path_id(&id)?, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
