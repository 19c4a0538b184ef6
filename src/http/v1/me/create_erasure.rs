//! `POST /me/erasure`: to be forgotten.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ErasureView;
use crate::services::payments::check_text;

/// The most characters of a reason.
const REASON_CHARS_MAX: usize = 1_000;

/// What may be said with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateErasureRequest {
    /// Why; erased with the rest.
    #[serde(default)]
    #[schema(example = "Moving away")]
    reason: String,
}

/// Ask to be forgotten
///
/// Every account must be settled and closed first, and a community's last admin makes somebody else one. After two weeks, in
/// which it can be taken back, the login and every text that tells of its owner are erased; the ledger keeps ids and
/// amounts, and still verifies. Where one of these does not hold any more by then, it is tried again every day. Needs a
/// proof of who you are that is at most five minutes old.
#[utoipa::path(operation_id = "create_erasure", tag = "me", security(("bearer" = [])), request_body = CreateErasureRequest, responses(
    (status = 202, description = "It will be done", body = ErasureView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `not_settled` (bring the balance to zero), `account_open` (have an admin close it) or `last_admin` (make somebody else an admin)", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/me/erasure")]
pub async fn create_erasure(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<CreateErasureRequest>,
) -> Result<HttpResponse, ApiError> {
    let reason = body.value.reason;
    check_text("/reason", &reason, REASON_CHARS_MAX).map_err(|fault| ApiError::invalid(vec![fault]))?;
    let asked = state.services.ask_erasure(&caller.bearer, reason, &origin(&request)).await?;
    Ok(HttpResponse::Accepted().json(ErasureView::from(&asked)))
}
