//! `GET /communities/{code}/approvals`: what one admin asks for and another one has to agree to.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::approval::ApprovalState;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ApprovalPage, ApprovalView};
use crate::services::Fault;

/// Which approvals, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListApprovalsQuery {
    /// Only in this state: `pending`, `approved`, `refused` or `expired`.
    state: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what needs two admins
///
/// Newest first: what one admin asked for above the community's amounts, and what became of it. For admins.
#[utoipa::path(operation_id = "list_approvals", tag = "approvals", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListApprovalsQuery),
    responses(
        (status = 200, description = "A page of approvals", body = ApprovalPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/approvals")]
pub async fn list_approvals(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListApprovalsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListApprovalsQuery { state: wanted, limit, cursor } = query.0;
    let wanted = wanted.map(|name| ApprovalState::from_name(&name).ok_or_else(unknown_state)).transpose()?;
    let found = state.services.approvals(&caller.bearer, code.into_inner(), wanted, limit, cursor).await?;
    let data = found.items.iter().map(ApprovalView::from).collect();
    let page = ApprovalPage { data, next_cursor: found.next_cursor };
    Ok(paging::answer(&request, &page, page.next_cursor.as_deref()))
}

fn unknown_state() -> ApiError {
    let detail = "must be pending, approved, refused or expired";
    ApiError::invalid(vec![Fault::new("state", "unknown_value", detail)])
}
