//! `DELETE /me/grants/{id}`: taking back what was allowed.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Take back what I allowed
///
/// From its next request on, the app can do nothing more.
#[utoipa::path(operation_id = "delete_grant", tag = "oauth", security(("bearer" = [])),
    params(("id" = String, Path, description = "The grant's id")),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[delete("/me/grants/{id}")]
pub async fn delete_grant(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = path_id(&id)?;
    state.services.revoke_grant(&caller.bearer, id, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
