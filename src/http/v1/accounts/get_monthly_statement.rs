//! `GET /accounts/{account}/monthly-statement`: whether I am sent an account's statements.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MonthlyStatementView;

/// See whether I am sent an account's statements
///
/// For those who operate the account's member.
#[utoipa::path(operation_id = "get_monthly_statement", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")), responses(
    (status = 200, description = "What you are sent", body = MonthlyStatementView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an account of yours, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{account}/monthly-statement")]
pub async fn get_monthly_statement(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let next = state.services.monthly_statement(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(MonthlyStatementView::from(next)))
}
