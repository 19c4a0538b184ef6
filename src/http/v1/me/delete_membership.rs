//! `DELETE /me/memberships/{code}`: leaving a community.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// Leave a community
///
/// With a proof that is at most five minutes old. Closes the member and its accounts, which must hold and owe nothing. Who
/// has left does not come back as they were, and may ask to join anew. The last admin who can act stays.
#[utoipa::path(operation_id = "delete_membership", tag = "me", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 204, description = "Left"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: frozen, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `not_settled` or `last_admin`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/me/memberships/{code}")]
pub async fn delete_membership(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    state.services.leave(&caller.bearer, code.into_inner(), &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
