//! `DELETE /payment-links/{id}`: taking a link out of use.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete};

use crate::http::app::AppState;
use crate::http::extract::{Caller, RequestsWrite, origin, path_id};
use crate::http::problem::{ApiError, Problem};

/// Take a payment link out of use
///
/// For whoever may take for its account. Its page says so from then on; checkouts that it made stand as they are.
#[utoipa::path(operation_id = "delete_payment_link", tag = "checkouts", security(("bearer" = [])),
    params(("id" = String, Path, description = "The link's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")),
    responses(
        (status = 204, description = "It makes no more checkouts"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such link of yours", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[delete("/payment-links/{id}")]
pub async fn delete_payment_link(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    state.services.delete_payment_link(&caller.bearer, path_id(&id)?, &origin(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}
