//! `POST /communities/{code}/fund/payouts`: paying out of the fund.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference, origin};
use crate::http::keyed::{KeyedProblems, answer};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApprovalView, PaymentView};
use crate::services::fund::NewPayout;

/// Whom the fund pays, how much and what for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePayoutRequest {
    /// A member's account, by code or id.
    #[schema(example = "RIVER0001")]
    payee: String,
    /// How much.
    #[schema(example = "40.00")]
    amount: String,
    /// What for, up to 500 characters: whoever gets it reads it, and the audit log keeps it.
    #[schema(example = "Two days of mending the hall's roof")]
    description: String,
}

/// Pay out of the fund
///
/// For the community's admins, with a proof that is at most five minutes old, and not for apps. A payment of the commons account to
/// a member's, with entries of the kind `payout`; it bears no fees. More than the `reversals_above` of
/// `GET /communities/{code}/approval-rules`, and whatever goes to an account of your own, needs two admins: it answers 202, and
/// is paid once another admin agrees.
#[utoipa::path(operation_id = "create_payout", tag = "communities", security(("bearer" = [])), request_body = CreatePayoutRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each payment that you mean", example = "greta-7f3e"),
    ),
    responses(
        (status = 201, description = "Paid", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 202, description = "Another admin has to agree first", body = ApprovalView),
        (status = 403, description = "`step_up_required`, `forbidden`: you are no admin, or it is an app's token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such community of yours, or no such member's account in it", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`: the fund has not so much; `ceiling_exceeded`, `account_not_active`, `same_account`, `conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/communities/{code}/fund/payouts")]
pub async fn create_payout(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreatePayoutRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let CreatePayoutRequest { payee, amount, description } = body.value;
    let new = NewPayout { payee: account_reference(&payee)?, amount, description };
    let (code, origin) = (code.into_inner(), origin(&request));
    Ok(answer(state.services.pay_out(&caller.bearer, code, new, keyed, &origin).await?))
}
