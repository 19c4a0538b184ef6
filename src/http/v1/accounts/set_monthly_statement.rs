//! `PUT /accounts/{account}/monthly-statement`: choosing whether I am sent an account's statements.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MonthlyStatementView;

/// Whether to be sent them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMonthlyStatementRequest {
    /// True: after each month, one mail with the month's statement. False: none.
    #[schema(example = true)]
    by_mail: bool,
}

/// Choose whether I am sent an account's statements
///
/// For those who operate the account's member, each for themselves. One mail for each month, on the morning of the first day after
/// it by the community's clocks, with the statement as PDF in your language; the first is that of the month in progress. A statement
/// of more than 10,000 entries is not enclosed. It ends by itself when the account is closed, or is not yours any more.
#[utoipa::path(operation_id = "set_monthly_statement", tag = "accounts", security(("bearer" = [])), request_body = SetMonthlyStatementRequest,
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")), responses(
    (status = 200, description = "What you are sent now", body = MonthlyStatementView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an account of yours, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/accounts/{account}/monthly-statement")]
pub async fn set_monthly_statement(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    account: Path<String>,
    body: Body<SetMonthlyStatementRequest>,
) -> Result<HttpResponse, ApiError> {
    let reference = account_reference(&account)?;
    let chosen =
        state.services.choose_monthly_statement(&caller.bearer, reference, body.value.by_mail).await?;
    Ok(HttpResponse::Ok().json(MonthlyStatementView::from(chosen)))
}
