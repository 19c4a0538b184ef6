//! `POST /payments/{id}/capture`: taking what was set aside.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::steps::{Asked, StepKey, take};
use crate::http::app::AppState;
use crate::http::extract::{Caller, OptionalBody, RequestsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::Step;

/// How much of it.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct CaptureRequest {
    /// Decimal text, above zero, no more than was authorised; all of it where it is left out.
    #[serde(default)]
    #[schema(example = "9.50")]
    amount: Option<String>,
}

/// Capture an authorised payment
///
/// For whoever may take for the payee, in part or whole; what is left is released. It passes also where the payer's limit was cut or the account frozen since.
#[utoipa::path(operation_id = "capture_payment", tag = "payments", security(("bearer" = [])), request_body(content = CaptureRequest, description = "May be left out"),
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        StepKey,
    ),
    responses(
        (status = 200, description = "The payment, completed with what was captured", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: not your account that is to be paid, or the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`ceiling_exceeded`, `account_not_active`, `conflict` with the reason `not_authorised`, `authorisation_expired` or `capture_too_large`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/capture")]
pub async fn capture_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    id: Path<String>,
    OptionalBody(body): OptionalBody<CaptureRequest>,
) -> Result<HttpResponse, ApiError> {
    let asked = Asked { request: &request, id: &id, body };
    take(&state, &caller.bearer, asked, |CaptureRequest { amount }| Step::Capture { amount }).await
}
