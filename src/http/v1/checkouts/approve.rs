//! `POST /checkouts/{id}/approve`: paying a checkout, for wallets.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{answer, named};
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, PaymentsWrite};
use crate::http::keyed::KeyedProblems;
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::payments::steps::StepKey;
use crate::http::views::PublicCheckoutView;

/// From which account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveCheckoutRequest {
    /// The paying account's code or id; one of yours.
    #[schema(example = "RIVER0001")]
    payer: String,
}

/// Approve a checkout
///
/// Pays it by the rules of any payment, or sets its amount aside where the shop captures later. For wallets: the path names the
/// checkout by its id, or by what follows `/c/` in its address.
#[utoipa::path(operation_id = "approve_checkout", tag = "checkouts", security(("bearer" = [])), request_body = ApproveCheckoutRequest,
    params(("id" = String, Path, description = "The checkout's id, or the token of its page", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"), StepKey),
    responses(
        (status = 200, description = "The checkout, completed or authorised", body = PublicCheckoutView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 403, description = "`step_up_required`, `forbidden`: not your account, or the token lacks `payments:write`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such checkout or account in a community of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`, `ceiling_exceeded`, `payment_limit_reached`, `account_not_active`, `same_account`, `conflict` with the reason `checkout_not_open` or `checkout_expired`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/checkouts/{id}/approve")]
pub async fn approve_checkout(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsWrite>,
    id: Path<String>,
    body: Body<ApproveCheckoutRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let payer = &body.value.payer;
    Ok(answer(&state, state.services.approve_checkout(&caller.bearer, named(&id), payer, keyed).await?))
}
