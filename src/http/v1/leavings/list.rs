//! `GET /communities/{code}/leavings`: who is leaving.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{LeavingPage, LeavingView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLeavingsQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List who is leaving
///
/// The newest member first, with what each still holds or owes, and the plan. For admins.
#[utoipa::path(operation_id = "list_leavings", tag = "leaving", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListLeavingsQuery),
    responses(
    (status = 200, description = "A page of leavings", body = LeavingPage),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/leavings")]
pub async fn list_leavings(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListLeavingsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListLeavingsQuery { limit, cursor } = query.0;
    let found = state.services.leavings(&caller.bearer, code.into_inner(), limit, cursor).await?;
    let data = found.items.iter().map(LeavingView::from).collect();
    let page = LeavingPage { data, next_cursor: found.next_cursor };
    Ok(paging::answer(&request, &page, page.next_cursor.as_deref()))
}
