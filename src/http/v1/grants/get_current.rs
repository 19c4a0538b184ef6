//! `GET /me/grants/current`: what the app that asks was allowed.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Anyone, Caller};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::PresentGrantView;

/// What am I allowed
///
/// For apps, asked with the token that they got: what the member allowed, and the one account that they were bound to, where they
/// were: a shop platform so learns which shop has connected, and whether that is only a test.
#[utoipa::path(operation_id = "get_current_grant", tag = "oauth", security(("bearer" = [])), responses(
    (status = 200, description = "What was allowed, and where", body = PresentGrantView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: a key that may not be used from this address", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no member allowed this to an app, or the member may not act at the account now", body = Problem, content_type = "application/problem+json"),
))]
#[get("/me/grants/current")]
pub async fn get_current_grant(
    state: Data<AppState>,
    caller: Caller<Anyone>,
) -> Result<HttpResponse, ApiError> {
    let present = state.services.present_grant(&caller.bearer).await?;
    Ok(HttpResponse::Ok().json(PresentGrantView::from(&present)))
}
