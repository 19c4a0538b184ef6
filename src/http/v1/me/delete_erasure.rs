//! `DELETE /me/erasure`: not to be forgotten after all.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// Take the wish to be forgotten back
///
/// Until a minute before it is due. Everything stays as it is.
#[utoipa::path(operation_id = "delete_erasure", tag = "me", security(("bearer" = [])), responses(
    (status = 204, description = "Nothing will be erased"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: none is waiting", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/me/erasure")]
pub async fn delete_erasure(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    state.services.cancel_erasure(&caller.bearer, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
