//! `GET /communities/{code}/contributions/owing`: accounts whose contributions could not be taken.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{OwingPage, OwingView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOwingQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List accounts that owe contributions
///
/// What a limit, or a frozen account, did not let the community take is left owing, and asked for again with the next month's.
/// For admins.
#[utoipa::path(operation_id = "list_owing_contributions", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListOwingQuery),
    responses(
        (status = 200, description = "A page of accounts", body = OwingPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/contributions/owing")]
pub async fn list_owing_contributions(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListOwingQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListOwingQuery { limit, cursor } = query.0;
    let found = state.services.owing_contributions(&caller.bearer, code.into_inner(), limit, cursor).await?;
    let data = found.items.iter().map(OwingView::from).collect();
    let page = OwingPage { data, next_cursor: found.next_cursor };
    Ok(paging::answer(&request, &page, page.next_cursor.as_deref()))
}
