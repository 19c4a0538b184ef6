//! `GET /sessions`: where one is signed in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{SessionPage, SessionView};

/// Which page of sessions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSessionsQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List my sessions
///
/// Those that have not ended, newest first, with the device that each was begun with.
#[utoipa::path(operation_id = "list_sessions", tag = "sessions", security(("bearer" = [])), params(ListSessionsQuery), responses(
    (status = 200, description = "A page of sessions", body = SessionPage),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: only people themselves may, and no app of theirs", body = Problem, content_type = "application/problem+json"),
))]
#[get("/sessions")]
pub async fn list_sessions(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    query: Query<ListSessionsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListSessionsQuery { limit, cursor } = query.0;
    let page = state.services.sessions(&caller.bearer, limit, cursor).await?;
    let current = caller.bearer.authority.session_id;
    let data = page.items.iter().map(|session| SessionView::new(session, current)).collect();
    let view = SessionPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
