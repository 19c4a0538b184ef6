//! `GET /accounts/{account}/tellers/{teller}`: what a teller may.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::domain::ids::UserId;
use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, account_reference, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::TellerView;

/// See what a teller may
///
/// For the account's owner, and for the teller.
#[utoipa::path(operation_id = "get_teller", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("teller" = uuid::Uuid, Path, description = "The user's id, as `GET /me` shows it to them")), responses(
    (status = 200, description = "What the teller may", body = TellerView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/accounts/{account}/tellers/{teller}")]
pub async fn get_teller(
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (account, teller) = path.into_inner();
    let teller: UserId = path_id(&teller)?;
    let found = state.services.teller(&caller.bearer, account_reference(&account)?, teller).await?;
    Ok(HttpResponse::Ok().json(TellerView::from(&found)))
}
