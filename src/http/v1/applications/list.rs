//! `GET /communities/{code}/applications`: who asked to join.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApplicationPage, ApplicationView, visible_state};
use crate::services::Fault;

/// Which applications, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListApplicationsQuery {
    /// Only in this state: `waiting`, `admitting`, `approved` or `refused`.
    state: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List who asked to join
///
/// Those whose address is confirmed, newest first. For admins.
#[utoipa::path(operation_id = "list_applications", tag = "joining", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListApplicationsQuery),
    responses(
        (status = 200, description = "A page of applications", body = ApplicationPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/applications")]
pub async fn list_applications(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListApplicationsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListApplicationsQuery { state: wanted, limit, cursor } = query.0;
    let wanted = wanted.map(|name| visible_state(&name).ok_or_else(unknown_state)).transpose()?;
    let page = state.services.applications(&caller.bearer, code.into_inner(), wanted, limit, cursor).await?;
    let data = page.items.iter().map(ApplicationView::from).collect();
    let view = ApplicationPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}

fn unknown_state() -> ApiError {
    let detail = "must be waiting, admitting, approved or refused";
    ApiError::invalid(vec![Fault::new("state", "unknown", detail)])
}
