//! `DELETE /me/memberships/{code}/leaving`: staying after all.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};

/// Stay in a community after all
///
/// With a proof that is at most five minutes old. Takes back that one leaves, as long as the member is not closed; the limits
/// hold again as before, and the plan to settle is off.
#[utoipa::path(operation_id = "end_leaving", tag = "leaving", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 204, description = "The member stays"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`; `forbidden`: frozen, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `not_leaving`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/me/memberships/{code}/leaving")]
pub async fn end_leaving(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (reason, origin) = (String::new(), origin(&request));
    state.services.begin_leaving(&caller.bearer, code.into_inner(), false, reason, &origin).await?;
    Ok(HttpResponse::NoContent().finish())
}
