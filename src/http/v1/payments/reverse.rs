//! `POST /payments/{id}/reversal`: undoing a payment, as an admin.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::keyed::{KeyedProblems, answer};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApprovalView, PaymentView};
use crate::services::reversals::NewReversal;

/// Why a payment is undone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReversalRequest {
    /// Why, up to 500 characters. It becomes the reversal's description, which both sides see.
    #[schema(example = "Paid to the wrong account")]
    reason: String,
    /// Whether an account may be left past its credit limit or ceiling, this once. That it was allowed stands in the
    /// ledger's record.
    #[serde(default)]
    allow_beyond_limit: bool,
}

/// Reverse a payment
///
/// For admins, with a fresh proof, and not for apps. Takes back what is left of a completed payment, after its refunds, in one
/// new payment the other way, which names the first as `reversal_of`; so there is at most one for each payment. Frozen accounts
/// are moved as well, closed ones are not. Where an account would be left past its limit, the reversal says so
/// (`insufficient_credit`, `ceiling_exceeded`) and goes through under a new key with `allow_beyond_limit`. What gives back another
/// payment itself is not reversed: make a new payment. A reversal of more than the
/// amount of `GET /communities/{code}/approval-rules` needs two admins: it answers 202, and is made, of what is left then, once
/// another admin agrees; a limit that it would break then is told to whoever agrees.
#[utoipa::path(operation_id = "create_reversal", tag = "payments", security(("bearer" = [])), request_body = CreateReversalRequest,
    params(
        ("id" = String, Path, description = "The payment's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 printable ASCII characters, fresh for each reversal that you mean", example = "eve-7f3d"),
    ),
    responses(
        (status = 201, description = "Undone: the new payment", body = PaymentView, headers(("Idempotency-Replayed" = bool, description = "Whether this repeats an earlier answer"))),
        (status = 202, description = "Another admin has to agree first", body = ApprovalView),
        (status = 403, description = "`step_up_required`, `forbidden`: you are no admin, or it is an app's token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such payment of yours or of your community", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`insufficient_credit`, `ceiling_exceeded`, `account_not_active`, `conflict` with the reason `not_completed`, `nothing_left` or `reversal_of_refund`", body = Problem, content_type = "application/problem+json"),
        KeyedProblems,
    ))]
#[post("/payments/{id}/reversal")]
pub async fn create_reversal(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    id: Path<String>,
    body: Body<CreateReversalRequest>,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(&request)?;
    let CreateReversalRequest { reason, allow_beyond_limit } = body.value;
    let new = NewReversal { payment_id: id.parse().ok(), reason, allow_beyond_limit };
    Ok(answer(state.services.reverse(&caller.bearer, new, keyed, &origin(&request)).await?))
}
