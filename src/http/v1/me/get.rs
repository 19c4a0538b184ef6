//! `GET /me`: who is signed in.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MeView;

/// Who am I
///
/// The login, with one membership for each member that it operates, and their accounts.
#[utoipa::path(operation_id = "get_me", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "The login and its memberships", body = MeView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/me")]
pub async fn get_me(state: Data<AppState>, caller: Caller<AccountsRead>) -> Result<HttpResponse, ApiError> {
    let profile = state.services.profile(&caller.bearer).await?;
    Ok(HttpResponse::Ok().json(MeView::from(&profile)))
}
