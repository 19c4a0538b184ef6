//! `GET /communities`: all of them.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{CommunityPage, CommunityView};

/// Which page of the communities.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCommunitiesQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List all communities
///
/// By code. For superadmins.
#[utoipa::path(operation_id = "list_communities", tag = "communities", security(("bearer" = [])), params(ListCommunitiesQuery), responses(
    (status = 200, description = "A page of communities", body = CommunityPage),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/communities")]
pub async fn list_communities(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    query: Query<ListCommunitiesQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListCommunitiesQuery { limit, cursor } = query.0;
    let page = state.services.list_communities(&caller.bearer, limit, cursor).await?;
    let data = page.items.iter().map(CommunityView::from).collect();
    let view = CommunityPage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
