//! `GET /accounts/{account}/categories`: what an account's payments are counted under.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, account_reference};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::CategoryList;

/// List an account's categories
///
/// Those that its people noted at payments, in the order of their letters: at most 200.
#[utoipa::path(operation_id = "list_categories", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001")),
    responses(
        (status = 200, description = "The categories", body = CategoryList),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/categories")]
pub async fn list_categories(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    account: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.categories(&caller.bearer, account_reference(&account)?).await?;
    Ok(HttpResponse::Ok().json(CategoryList::from(found)))
}
