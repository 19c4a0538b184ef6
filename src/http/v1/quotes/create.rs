//! `POST /quotes`: what a payment would do.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite, request_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::payments::body::CreatePaymentRequest;
use crate::http::views::QuoteView;

/// Ask what a payment would do
///
/// Takes the body of a payment and judges it by the rules that post payments: fees, how both sides would be afterwards, and
/// the `refusal` in full, where it would be refused. With `capture` `manual` it shows what setting the money aside would leave
/// available, and with `scheduled_for` whether the payment could be planned: what is planned changes no amounts, and credit is
/// judged when its time comes. Nothing is posted or kept, and no key is needed. Amounts of
/// a side are null where the payment would be refused, where the account's amounts are not yours to see, and where the token
/// lacks `accounts:read`. Until you pay, others may pay, too: what counts is what holds then.
#[utoipa::path(operation_id = "create_quote", tag = "payments", security(("bearer" = [])), request_body = CreatePaymentRequest,
    responses(
        (status = 200, description = "What it would do", body = QuoteView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not your account, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/quotes")]
pub async fn create_quote(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    body: Body<CreatePaymentRequest>,
) -> Result<HttpResponse, ApiError> {
    let mut body = body.value;
    let scheduled_for = body.scheduled_for.take();
    let found = state.services.quote(&caller.bearer, body.try_into()?, scheduled_for.as_deref()).await?;
    let scale = found.community.scale;
    let refusal = found.quote.refusal.as_ref().map(|refusal| {
        ApiError::refused(refusal, Some(scale)).into_problem(&state.public_url, &request_id(&request))
    });
    Ok(HttpResponse::Ok().json(QuoteView::new(&found, refusal)))
}
