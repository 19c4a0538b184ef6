//! `GET /accounts/{account}/limits/explain`: why an account's limits are what they are.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::LimitExplanationView;

/// See why an account's limits are what they are
///
/// In numbers: which rule of the community's limit policy holds, what each of its terms looked at and added, which caps and bounds were met, and what counts instead. For those whose account it is, and for admins.
#[utoipa::path(operation_id = "get_limits_explanation", tag = "accounts", security(("bearer" = [])), params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")),
    responses(
        (status = 200, description = "Why", body = LimitExplanationView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: also where it is somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: too many are made at once", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/limits/explain")]
pub async fn get_limits_explanation(
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let explanation = state.services.explain_limits(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(LimitExplanationView::from(&explanation)))
}
