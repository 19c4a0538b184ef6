//! `GET /accounts/{account}/step-up`: above which amounts payments need a fresh proof.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::StepUpView;

/// Above which amounts an account's payments need a fresh proof
///
/// The lower of the two counts.
#[utoipa::path(operation_id = "get_step_up", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")), responses(
    (status = 200, description = "The amounts", body = StepUpView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{account}/step-up")]
pub async fn get_step_up(
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let amounts = state.services.step_up_amounts(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(StepUpView::from(&amounts)))
}
