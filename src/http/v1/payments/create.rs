//! `POST /payments`: paying.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::keyed::answer;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::NewPayment;

/// Who pays whom how much, and what for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentRequest {
    /// The paying account's code or id; one of yours.
    #[schema(example = "RIVER0001")]
    payer: String,
    /// The paid account's code or id.
    #[schema(example = "RIVER0002")]
    payee: String,
    /// Decimal text, above zero, with at most the currency's decimal places.
    #[schema(example = "12.50")]
    amount: String,
    /// What for, up to 500 characters.
    #[serde(default)]
    #[schema(example = "Rye loaves")]
    description: String,
}

/// Pay
///
/// Moves money at once. The answer comes after the payment is on disk. The same `Idempotency-Key` with the same body
/// pays at most once, for ever, and answers the same bytes with `Idempotency-Replayed: true`. A refusal is kept under
/// its key, too: use a new key after a limit was raised.
#[utoipa::path(operation_id = "create_payment", tag = "payments", security(("bearer" = [])), request_body = CreatePaymentRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each payment that you mean", example = "ada-7f3c")),
    responses(
        (status = 201, description = "Paid", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 400, description = "`validation_failed`, `idempotency_key_missing`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`, `forbidden`: not your account, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`, `ceiling_exceeded`, `account_not_active`, `same_account`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/payments")]
pub async fn create_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    body: Body<CreatePaymentRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let CreatePaymentRequest { payer, payee, amount, description } = body.value;
    let new = NewPayment { payer, payee, amount, description };
    Ok(answer(state.services.pay(&caller.bearer, new, keyed).await?))
}
