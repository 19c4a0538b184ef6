//! `POST /payment-requests`: asking to be paid.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, RequestsWrite};
use crate::http::keyed::{KeyedProblems, answer};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentView;
use crate::services::payments::NewPayment;
use crate::services::requests::NewRequest;

/// Who shall pay whom how much, and what for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentRequestRequest {
    /// The code or id of the account that is asked.
    #[schema(example = "RIVER0001")]
    payer: String,
    /// The code or id of the account that is to be paid; one of yours.
    #[schema(example = "RIVER0002")]
    payee: String,
    /// Decimal text, above zero, with at most the currency's decimal places.
    #[schema(example = "12.50")]
    amount: String,
    /// What for, up to 500 characters.
    #[serde(default)]
    #[schema(example = "Rye loaves in September")]
    description: String,
    /// Until when it can be accepted (RFC 3339), at most 90 days ahead; 14 days where it is left out.
    #[serde(default)]
    #[schema(example = "2026-10-05T14:13:20Z")]
    expires_at: Option<String>,
}

/// Ask to be paid
///
/// For whoever may take for the payee. The payer is told, and accepts or declines; the payee can cancel it as long as it
/// is open. A request that the payer's standing order covers, which trusts the payee up to an amount, is paid at once:
/// the answer's state says so. At most 50 requests from one account to another are open at the same time.
#[utoipa::path(operation_id = "create_payment_request", tag = "payments", security(("bearer" = [])), request_body = CreatePaymentRequestRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each request that you mean", example = "ben-7f3c")),
    responses(
        (status = 201, description = "Asked: the payment, requested, or completed where the payer trusts the payee", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: not your account that is to be paid, or the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`account_not_active`, `same_account`, `conflict` with the reason `bad_expiry` or `too_many_requests`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payment-requests")]
pub async fn create_payment_request(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    body: Body<CreatePaymentRequestRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let CreatePaymentRequestRequest { payer, payee, amount, description, expires_at } = body.value;
    // A bill is no second press: the payer decides on each.
    let allow_duplicate = true;
    let payment = NewPayment { payer, payee, amount, description, allow_duplicate, hold: None };
    let new = NewRequest { payment, expires_at };
    Ok(answer(state.services.request_payment(&caller.bearer, new, keyed).await?))
}
