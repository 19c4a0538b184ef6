//! `POST /checkouts`: asking whoever comes from a shop to pay.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, RequestsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::objects::object_or_null;
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::payments::body::CaptureMode;
use crate::http::views::CheckoutView;
use crate::services::checkouts::{NewCheckout, NewSplit};

/// How much, for which order, and where the payer goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCheckoutRequest {
    /// The code or id of the account that is to be paid; your only one where it is left out. A
    /// person names one that is for tests; a key is for one account anyway.
    #[schema(example = "RIVER0002")]
    account: Option<String>,
    /// Decimal text, above zero, with at most the currency's decimal places. May be left out where it follows from `split`.
    #[schema(example = "75.00")]
    amount: Option<String>,
    /// Your name for the order, up to 100 characters. One live checkout stands for it at most.
    #[schema(example = "shop-1042")]
    order_reference: String,
    /// What for, up to 500 characters; the payer reads it.
    #[serde(default)]
    #[schema(example = "Order 1042")]
    description: String,
    /// Where the payer goes afterwards: https, or http on your own machine. Nothing but `checkout=` and the id is added: it
    /// proves nothing, so read the checkout again.
    #[schema(example = "https://shop.example/ok")]
    return_url: Option<String>,
    /// Where the payer goes who does not pay.
    #[schema(example = "https://shop.example/cancel")]
    cancel_url: Option<String>,
    /// `automatic`, as where it is left out: the money moves when the payer approves. `manual`: it is set aside for a week, for
    /// you to capture by `/payments/{id}/capture`.
    #[serde(default)]
    capture: CaptureMode,
    /// What your program wants to find again: up to 20 names of up to 40 characters, with values of up to 500, of 4,096 bytes in
    /// all.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"order_key": "k"}))]
    metadata: BTreeMap<String, String>,
    /// Until when it can be approved (RFC 3339), at most 30 days ahead; 15 minutes where it is left out.
    #[schema(example = "2026-09-21T14:28:20Z")]
    expires_at: Option<String>,
    /// Where a part of the price is paid in national money, which you take yourself.
    #[serde(default, deserialize_with = "object_or_null")]
    #[schema(value_type = Option<SplitRequest>)]
    split: Option<SplitRequest>,
}

/// A price in two moneys: name two of the local `amount`, the national `amount` and the `total`, or the `total` with a share. One
/// unit of the local currency stands for one unit of the national one in these sums.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitRequest {
    /// The national currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
    /// The part in national money, as decimal text.
    #[schema(example = "225.00")]
    amount: Option<String>,
    /// The whole price, as decimal text.
    #[schema(example = "300.00")]
    total: Option<String>,
    /// Which part of the total is paid in the local currency, in per cent; your account's usual share where nothing else tells.
    #[schema(example = "25")]
    local_percent: Option<String>,
}

/// Make a checkout
///
/// For whoever may take for the account. Send the payer to its `url`, or show it as a QR code; then read the checkout, wait for it
/// with `?wait=30`, or listen to its events. The order is unique among your open, authorised and completed checkouts: the same
/// request, under whatever key, answers `200` with the checkout that stands; other terms for the same order are refused with its
/// id. One that was declined, cancelled or has expired leaves its order free again.
#[utoipa::path(operation_id = "create_checkout", tag = "checkouts", security(("bearer" = [])), request_body = CreateCheckoutRequest,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each checkout that you mean", example = "shop-1042-1")),
    responses(
        (status = 201, description = "The checkout", body = CheckoutView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 200, description = "The checkout that stands for this order already, with the same terms", body = CheckoutView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`forbidden`: not your account that is to be paid, or the token lacks `requests:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`account_not_active`, `conflict` with the reason `order_reference_taken` (and `checkout_id`), `bad_expiry` or `too_many_checkouts`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/checkouts")]
pub async fn create_checkout(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<RequestsWrite>,
    body: Body<CreateCheckoutRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let new = NewCheckout::from(body.value);
    Ok(answer(&state, state.services.create_checkout(&caller.bearer, new, keyed).await?))
}

impl From<CreateCheckoutRequest> for NewCheckout {
    fn from(body: CreateCheckoutRequest) -> Self {
        let CreateCheckoutRequest {
            account,
            amount,
            order_reference,
            description,
            return_url,
            cancel_url,
            capture,
            metadata,
            expires_at,
            split,
        } = body;
        let split = split.map(|SplitRequest { currency, amount, total, local_percent }| NewSplit {
            currency,
            amount,
            total,
            local_percent,
        });
        Self {
            account,
            amount,
            order_reference,
            description,
            return_url,
            cancel_url,
            is_manual: capture == CaptureMode::Manual,
            metadata,
            expires_at,
            split,
        }
    }
}
