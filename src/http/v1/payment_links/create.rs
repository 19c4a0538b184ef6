//! `POST /payment-links`: making a button or a donation link.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, RequestsWrite, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PaymentLinkView;
use crate::services::payment_links::NewPaymentLink;

/// What it is called, and how much.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentLinkRequest {
    /// The code or id of the account that is to be paid; one that you may take for.
    #[schema(example = "RIVER0002")]
    account: String,
    /// What it is called, up to 100 characters.
    #[schema(example = "Coffee for the repair café")]
    title: String,
    /// What for, up to 500 characters; the title where it is left out.
    #[serde(default)]
    #[schema(example = "A coffee")]
    description: String,
    /// Decimal text, above zero; up to the payer where it is left out.
    #[schema(example = "2.50")]
    amount: Option<String>,
    /// Where the payer goes afterwards: https, or http on your own machine.
    #[schema(example = "https://repair.example/thanks")]
    return_url: Option<String>,
}

/// Make a payment link
///
/// For shops and causes without software of their own: its `url` is a button on a web site, a line in a mail or a QR code on a
/// counter. Each member who follows it gets a checkout of 15 minutes. An account can have a hundred in use.
#[utoipa::path(operation_id = "create_payment_link", tag = "checkouts", security(("bearer" = [])), request_body = CreatePaymentLinkRequest,
    responses(
        (status = 201, description = "The link", body = PaymentLinkView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not your account, or the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/payment-links")]
pub async fn create_payment_link(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    body: Body<CreatePaymentLinkRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreatePaymentLinkRequest { account, title, description, amount, return_url } = body.value;
    let new = NewPaymentLink { account, title, description, amount, return_url };
    let made = state.services.create_payment_link(&caller.bearer, new, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(PaymentLinkView::new(&made, &state.public_url)))
}
