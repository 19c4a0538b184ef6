//! `GET /me/audit`: what happened to one's own login.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{OwnAuditPage, OwnAuditView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOwnAuditsQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what happened to one's own login
///
/// Sign-ins, ended sessions, wrong guesses that reached a limit and changes, newest first, with where they came from.
#[utoipa::path(operation_id = "list_own_audits", tag = "me", security(("bearer" = [])), params(ListOwnAuditsQuery),
    responses(
        (status = 200, description = "A page of lines", body = OwnAuditPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/me/audit")]
pub async fn list_own_audits(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    query: Query<ListOwnAuditsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListOwnAuditsQuery { limit, cursor } = query.0;
    let page = state.services.own_audits(&caller.bearer, limit, cursor).await?;
    let data = page.items.iter().map(OwnAuditView::from).collect();
    let view = OwnAuditPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
