//! `POST /communities/{code}/write-offs`: asking for the rest of a balance to be written off.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ApprovalView;
use crate::services::write_offs::NewWriteOff;

/// Whose balance, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWriteOffRequest {
    /// The account, by code or id: frozen, or of a member who is leaving.
    #[schema(example = "RIVER0001")]
    account: String,
    /// Why, in short: `unreachable`, `hardship` (below zero only), `died`, `business_closed`, `given_up` or `donated` (above zero
    /// only; `donated` goes to the commons), or `other`.
    #[schema(example = "unreachable")]
    category: String,
    /// Why, for those who ask later.
    #[schema(example = "Moved away without an address; decided at the meeting of March")]
    reason: String,
}

/// Ask for a balance to be written off
///
/// For the community's admins, with a proof that is at most five minutes old, and not of their own account. It always needs
/// two: it answers 202, and another admin agrees with `POST …/approvals/{id}/approve`. Then all of the balance moves between the
/// account and the community's write-off account, past whatever limits there are: no more than it was when it was asked for.
/// Nothing may be reserved in the account.
#[utoipa::path(operation_id = "create_write_off", tag = "write-offs", security(("bearer" = [])), request_body = CreateWriteOffRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 202, description = "Another admin has to agree first", body = ApprovalView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `not_held_back`, `money_reserved`, `nothing_left`, `own_account`, `balance_changed`, `too_large` or `too_many`; `account_not_active`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/write-offs")]
pub async fn create_write_off(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateWriteOffRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateWriteOffRequest { account, category, reason } = body.value;
    let new = NewWriteOff { account: account_reference(&account)?, category, reason };
    let (code, origin) = (code.into_inner(), origin(&request));
    let asked = state.services.ask_write_off(&caller.bearer, code, new, &origin).await?;
    Ok(HttpResponse::Accepted().json(ApprovalView::from(&asked)))
}
