//! `POST /payments/{id}/accept`: paying what was asked for.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::steps::{Asked, StepKey, take};
use crate::http::app::AppState;
use crate::http::extract::{Caller, NoFields, OptionalBody, PaymentsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::Step;

/// Accept a request
///
/// For whoever may pay from the account that was asked. It is paid by the rules of any payment, at once; a refusal leaves the request as it is. Of two who act on one request at the same time, one wins.
#[utoipa::path(operation_id = "accept_payment", tag = "payments", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        StepKey,
    ),
    responses(
        (status = 200, description = "Paid: the payment, completed", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`step_up_required`, `forbidden`: not your account that was asked, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`, `ceiling_exceeded`, `payment_limit_reached`, `account_not_active`, `conflict` with the reason `not_requested` or `request_expired`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/accept")]
pub async fn accept_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
    OptionalBody(body): OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked { request: &request, id: &id, body };
    take(&state, &caller.bearer, asked, |NoFields {}| Step::Accept).await
}
