//! `POST /payments/{id}/void`: giving back what was set aside.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::steps::{Asked, StepKey, take};
use crate::http::app::AppState;
use crate::http::extract::{Caller, NoFields, OptionalBody, RequestsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::Step;

/// Void an authorised payment
///
/// For whoever may take for the payee, and for admins. The payer cannot: the hold is a promise given to the payee.
#[utoipa::path(operation_id = "void_payment", tag = "payments", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        StepKey,
    ),
    responses(
        (status = 200, description = "The payment, cancelled", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: not your account that is to be paid, or the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `not_authorised`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/void")]
pub async fn void_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    id: Path<String>,
    OptionalBody(body): OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked { request: &request, id: &id, body };
    take(&state, &caller.bearer, asked, |NoFields {}| Step::Void).await
}
