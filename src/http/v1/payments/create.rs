//! `POST /payments`: paying.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

use super::body::CreatePaymentRequest;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite};
use crate::http::keyed::{KeyedProblems, answer};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;

/// Pay
///
/// Moves money at once, or, with `"capture":"manual"`, sets it aside: then the payment is `authorised`, the amount counts
/// as reserved, and the payee captures or voids it until `expires_at`. The answer comes after the payment is on disk. The same `Idempotency-Key` with the same body
/// pays at most once, for ever, and answers the same bytes with `Idempotency-Replayed: true`. A refusal is kept under
/// its key, too: use a new key after a limit was raised.
///
/// With `scheduled_for` the payment is planned instead: it is `scheduled`, can be cancelled, and is judged and made when
/// its time comes; then it is `completed`, or `failed` with the reason. A fresh proof, where its amount needs one, is
/// needed now and not again then. Up to a hundred payments and schedules may be planned from an account.
///
/// People press twice: what looks like the repetition of a payment of the last two minutes is answered
/// `409 possible_duplicate` with the earlier one as `payment_id`, and goes through under a new key with
/// `"allow_duplicate": true`. A program that keeps its own keys apart sets it always.
#[utoipa::path(operation_id = "create_payment", tag = "payments", security(("bearer" = [])), request_body = CreatePaymentRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each payment that you mean", example = "ada-7f3c")),
    responses(
        (status = 201, description = "Paid, or authorised", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`step_up_required`, `forbidden`: not your account, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`, `ceiling_exceeded`, `payment_limit_reached`, `account_not_active`, `same_account`, `possible_duplicate`, `conflict` with the reason `bad_expiry`, or `too_many`: too much is planned from the account", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments")]
pub async fn create_payment(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    body: Body<CreatePaymentRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let mut body = body.value;
    Ok(answer(match body.scheduled_for.take() {
        Some(time) => state.services.plan_payment(&caller.bearer, body.try_into()?, &time, keyed).await?,
        None => state.services.pay(&caller.bearer, body.try_into()?, keyed).await?,
    }))
}
