//! `GET /communities/{code}/members`: the directory.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, MembersRead, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{DirectoryMemberView, MemberPage};
use crate::services::communities::Search;

/// Which members, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMembersQuery {
    /// Only with this text in the name or an account's code.
    q: Option<String>,
    /// Only who stands so: `active`, `frozen`, `leaving`, or, for admins, `closed`. Left out, all but closed ones.
    status: Option<String>,
    /// Only who is in the group with this id; for admins.
    group: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List a community's members
///
/// In the order of joining. For members.
#[utoipa::path(operation_id = "list_members", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListMembersQuery),
    responses(
        (status = 200, description = "A page of members", body = MemberPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `members:read`, or what is asked for is for admins", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/members")]
pub async fn list_members(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<MembersRead>,
    code: Path<String>,
    query: Query<ListMembersQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListMembersQuery { q, status, group, limit, cursor } = query.0;
    let search = Search { query: q, status, group };
    let page = state.services.directory(&caller.bearer, code.into_inner(), search, limit, cursor).await?;
    let data = page.items.iter().map(DirectoryMemberView::from).collect();
    let view = MemberPage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
