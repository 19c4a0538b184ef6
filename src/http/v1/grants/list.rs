//! `GET /me/grants`: what the caller allowed apps.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{GrantList, GrantView};

/// What did I allow
///
/// The apps that act for the caller, and how far, newest first. Only for a sign-in at the service itself, not for apps.
#[utoipa::path(operation_id = "list_grants", tag = "oauth", security(("bearer" = [])), responses(
    (status = 200, description = "What was allowed and still stands", body = GrantList),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
))]
#[get("/me/grants")]
pub async fn list_grants(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    let grants = state.services.grants(&caller.bearer).await?;
    Ok(HttpResponse::Ok().json(GrantList { data: grants.iter().map(GrantView::from).collect() }))
}
