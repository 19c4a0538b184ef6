//! `DELETE /oauth-clients/{id}`: removing an app.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// Remove an app
///
/// It gets no more tokens, and whatever members allowed it ends.
#[utoipa::path(operation_id = "delete_oauth_client", tag = "oauth", security(("bearer" = [])),
    params(("id" = String, Path, description = "The app's public id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[delete("/oauth-clients/{id}")]
pub async fn delete_oauth_client(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    state.services.remove_client(&caller.bearer, id.into_inner(), &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
