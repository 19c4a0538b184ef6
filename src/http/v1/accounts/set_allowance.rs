//! `PUT /accounts/{account}/allowance`: one payment may pass the credit limit.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, account_reference, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::AllowanceView;
use crate::services::allowances::NewAllowance;

/// How much, until when, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAllowanceRequest {
    /// The most that the payment may be.
    #[schema(example = "500.00")]
    amount: String,
    /// Before when it has to be made, RFC 3339; at most 366 days ahead.
    #[schema(example = "2026-12-31T23:00:00Z")]
    until: String,
    /// Why, for those who ask later.
    #[schema(example = "A new oven")]
    reason: String,
}

/// Let one payment pass an account's credit limit
///
/// The next payment of at most this amount that the credit limit would refuse is made all the same, once, and says so in its record on the ledger. One that
/// stands is replaced; with `If-Match`, one that was used in between is not given again. Whoever operates the account is told by mail. For admins of its community, with a proof of who they are that is at most five minutes old. It is for single payments made at
/// once and for requests that the payer accepts; lists, authorisations, planned payments and what a standing order pays stay within the limit. Fees come on
/// top of the amount.
#[utoipa::path(operation_id = "set_allowance", tag = "accounts", security(("bearer" = [])), request_body = SetAllowanceRequest, params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the account that the change is based on")),
    responses(
        (status = 200, description = "The allowance", body = AllowanceView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`, `step_up_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`account_not_active`; `conflict` with the reason `approval_needed`: more than one admin may give", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "`precondition_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/accounts/{account}/allowance")]
pub async fn set_allowance(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    account: Path<String>,
    body: Body<SetAllowanceRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetAllowanceRequest { amount, until, reason } = body.value;
    let (reference, origin) = (account_reference(&account)?, origin(&request));
    let if_version = etag::expected_version(&request);
    let new = (Some(NewAllowance { amount, until }), reason, if_version);
    let visible = state.services.set_allowance(&caller.bearer, reference, new, &origin).await?;
    Ok(HttpResponse::Ok().json(AllowanceView::of(&visible.community, &visible.account)))
}
