//! `POST /payments/{id}/refunds`: giving back.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, RefundsWrite};
use crate::http::keyed::{KeyedProblems, answer};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::refunds::NewRefund;

/// How much is given back, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRefundRequest {
    /// Decimal text, above zero, with at most the currency's decimal places; no more than is left of the payment.
    #[schema(example = "4.50")]
    amount: String,
    /// Why, up to 500 characters. It becomes the refund's description.
    #[serde(default)]
    #[schema(example = "One loaf was stale")]
    reason: String,
}

/// Refund a payment
///
/// For whoever may pay from the account that was paid. The refund is a new payment the other way, which names the first
/// as `refund_of`; the first tells in `refunded` how much of it was given back. There may be several, which together are
/// never more than was paid. A refund itself is not refunded. Accounts and limits are judged as for any payment.
/// Where the price was paid in two moneys, `national_back` says what you give back yourself of the other one: the same share.
#[utoipa::path(operation_id = "create_refund", tag = "payments", security(("bearer" = [])), request_body = CreateRefundRequest,
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each refund that you mean", example = "ada-7f3d"),
    ),
    responses(
        (status = 201, description = "Given back: the new payment", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`step_up_required`, `forbidden`: not your account that was paid, or the token lacks `refunds:write` (`payments:write` will do, too)", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`, `ceiling_exceeded`, `account_not_active`, `conflict` with the reason `not_completed`, `refund_too_large` or `refund_of_refund`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/refunds")]
pub async fn create_refund(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RefundsWrite>,
    id: Path<String>,
    body: Body<CreateRefundRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let CreateRefundRequest { amount, reason } = body.value;
    let new = NewRefund { payment_id: id.parse().ok(), amount, reason };
    Ok(answer(state.services.refund(&caller.bearer, new, keyed).await?))
}
