//! `POST /payments/{id}/cancel`: taking back that one asked, or calling off what is planned.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::steps::{Asked, StepKey, take};
use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller, NoFields, OptionalBody};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::Step;

/// Cancel a request or a planned payment
///
/// A request: for whoever may ask for the payee. A payment that is planned for later: for whoever may pay from the account,
/// until it has had its turn. What is authorised is not cancelled but voided.
#[utoipa::path(operation_id = "cancel_payment", tag = "payments", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        StepKey,
    ),
    responses(
        (status = 200, description = "The payment, cancelled", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: not your account, or the token lacks `requests:write` for a request, `payments:write` for what is planned", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `not_requested` or `schedule_ended`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/cancel")]
pub async fn cancel_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<Anyone>,
    id: Path<String>,
    OptionalBody(body): OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked { request: &request, id: &id, body };
    take(&state, &caller.bearer, asked, |NoFields {}| Step::Cancel).await
}
