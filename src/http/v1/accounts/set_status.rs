//! `PUT /accounts/{account}/status`: freezing, thawing and closing.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use super::etag;
use crate::domain::account::AccountStatus;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, LimitsWrite, account_reference, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::AccountView;
use crate::services::Fault;

/// A status, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStatusRequest {
    /// `active`, `frozen` or `closed`.
    #[schema(example = "frozen")]
    status: String,
    /// Why, for those who ask later.
    #[schema(example = "Reported stolen phone")]
    reason: String,
}

/// Set an account's status
///
/// For admins of its community; thawing and closing need a proof of who they are that is at most five minutes old. A
/// frozen account neither pays nor is paid. Only an account at zero can be closed, and a closed one stays closed.
#[utoipa::path(operation_id = "set_status", tag = "accounts", security(("bearer" = [])), request_body = SetStatusRequest,
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")),
    responses(
        (status = 200, description = "The account with its new status", body = AccountView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`; `step_up_required` unless it is frozen", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `not_settled`, `account_not_active`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[put("/accounts/{account}/status")]
pub async fn set_status(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<LimitsWrite>,
    account: Path<String>,
    body: Body<SetStatusRequest>,
) -> Result<HttpResponse, ApiError> {
    // An account leaves with its member, never by itself.
    let status = AccountStatus::from_name(&body.value.status);
    let status = status.filter(|status| *status != AccountStatus::Leaving).ok_or_else(|| {
        ApiError::invalid(vec![Fault::new("/status", "unknown_value", "must be active, frozen or closed")])
    })?;
    let (reference, reason, origin) = (account_reference(&account)?, body.value.reason, origin(&request));
    let visible = state.services.set_status(&caller.bearer, reference, status, reason, &origin).await?;
    Ok(etag::answer(&request, &visible))
}
