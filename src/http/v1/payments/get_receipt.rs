//! `GET /payments/{id}/receipt`: a payment as a page to keep.

use actix_web::http::header;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpResponse, get};

use crate::domain::amount::Amount;
use crate::domain::checkout::NationalPart;
use crate::domain::ids::PaymentId;
use crate::domain::payment::Party;
use crate::export::{Receipt, ReceiptParty};
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, path_id};
use crate::http::problem::{ApiError, Problem, ProblemCode};
use crate::services::payments::PaymentInContext;

/// Get a payment's receipt
///
/// A page of PDF in your language: who paid whom, how much, what for and when by the clocks of the community's time zone, with the
/// payment's id and its place in the ledger. For completed payments, to those who may see them. The page sets scripts that run from
/// left to right, letter by letter: Latin, Greek, Cyrillic, Armenian, Georgian and more. For a character that its font lacks, such as
/// Chinese ones and pictures, stands the sign �; a name or text from right to left (Hebrew, Arabic), or of such characters alone, is left
/// out, and the page says so. Account codes and amounts are always there.
#[utoipa::path(operation_id = "get_payment_receipt", tag = "payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")),
    responses(
        (status = 200, description = "The receipt", body = Vec<u8>, content_type = "application/pdf"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict`, reason `not_completed`: the money has not moved", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/payments/{id}/receipt")]
pub async fn get_payment_receipt(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: PaymentId = path_id(&id)?;
    let (found, national, language) = state.services.payment_to_keep(&caller.bearer, id).await?;
    let receipt = receipt(&found, national);
    let written = web::block(move || receipt.to_pdf(language)).await;
    let Ok(Ok(pdf)) = written else { return Err(ApiError::new(ProblemCode::Internal)) };
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"receipt-{id}.pdf\"")))
        .body(pdf))
}

fn receipt(found: &PaymentInContext, national: Option<NationalPart>) -> Receipt {
    let in_nation = |part: NationalPart, amount: Amount| {
        format!("{} {}", part.currency.scale().format(amount), part.currency.as_str())
    };
    let (payment, community) = (&found.payment, &found.community);
    let amount = |amount: Amount| community.scale.format(amount);
    let fee = |fee: Amount| (fee != Amount::ZERO).then(|| amount(fee));
    let party = |party: &Party| ReceiptParty { name: party.name.to_string(), code: party.code.to_string() };
    // What this payment gives back, or what was given back of it since.
    let since = national.filter(|_| payment.refunded.is_positive());
    let since = since.map(|part| part.given_back(payment.amount, Amount::ZERO, payment.refunded));
    let back = payment.national_back.or(since);
    let moved_at = payment.completed_at.unwrap_or(payment.created_at);
    let (seq, hash) = payment
        .transfer
        .map(|transfer| (transfer.seq.to_string(), hex::encode(transfer.hash)))
        .unwrap_or_default();
    Receipt {
        community: community.name.clone(),
        code: community.code.as_str().to_owned(),
        amount: amount(payment.amount),
        unit: community.unit.clone(),
        payer: party(&payment.payer),
        payee: party(&payment.payee),
        date: community.time_zone.minute_of(moved_at),
        description: payment.description.clone(),
        reference: payment.id.to_string(),
        national: national.map(|part| in_nation(part, part.amount)),
        national_back: back.map(|part| in_nation(part, part.amount)),
        total: national.and_then(|part| part.total.map(|total| in_nation(part, total))),
        payer_fee: fee(payment.fees.payer),
        payee_fee: fee(payment.fees.payee),
        refunded: payment.refunded.is_positive().then(|| amount(payment.refunded)),
        refund_of: payment.refund_of.map(|id| id.to_string()),
        seq,
        hash,
    }
}
