//! `GET /communities/{code}/merges`: merges that were made.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{MergePage, MergeView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMergesQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the merges of accounts
///
/// For the community's admins: which accounts were merged into which, what moved and by which payment, that of the newest account
/// first.
#[utoipa::path(operation_id = "list_merges", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListMergesQuery), responses(
    (status = 200, description = "A page of merges", body = MergePage),
    (status = 400, description = "`validation_failed`: a limit or cursor that is none", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities/{code}/merges")]
pub async fn list_merges(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListMergesQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListMergesQuery { limit, cursor } = query.0;
    let found = state.services.merges(&caller.bearer, code.into_inner(), limit, cursor).await?;
    let data = found.items.iter().map(MergeView::from).collect();
    let page = MergePage { data, next_cursor: found.next_cursor };
    Ok(paging::answer(&request, &page, page.next_cursor.as_deref()))
}
