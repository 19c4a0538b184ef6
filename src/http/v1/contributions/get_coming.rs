//! `GET /accounts/{account}/contributions`: what is coming for an account.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ComingContributionsView;

/// See which contributions are coming for an account
///
/// By which rules and when, what it would be asked for if the month ended now with its balance, and what it owes from before. For
/// those who may see the account.
#[utoipa::path(operation_id = "get_account_contributions", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")),
    responses(
        (status = 200, description = "What is coming", body = ComingContributionsView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/contributions")]
pub async fn get_account_contributions(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let coming = state.services.coming_contributions(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(ComingContributionsView::from(&coming)))
}
