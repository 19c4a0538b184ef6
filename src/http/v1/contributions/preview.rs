//! `GET /communities/{code}/contributions/preview`: what members would contribute if the month ended now.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::ContributionsPreviewView;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PreviewContributionsQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// See what members would contribute
///
/// By the rules that hold, and with the balances of now: what each account would be asked for if the month ended now, what it owes
/// from before, and what all would be asked for together. For admins. Nothing is changed.
#[utoipa::path(operation_id = "get_contributions_preview", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), PreviewContributionsQuery),
    responses(
        (status = 200, description = "What is expected, with a page of accounts", body = ContributionsPreviewView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/contributions/preview")]
pub async fn get_contributions_preview(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<PreviewContributionsQuery>,
) -> Result<HttpResponse, ApiError> {
    let PreviewContributionsQuery { limit, cursor } = query.0;
    let found =
        state.services.get_contributions_preview(&caller.bearer, code.into_inner(), limit, cursor).await?;
    let page = ContributionsPreviewView::from(&found);
    Ok(paging::answer(&request, &page, page.next_cursor.as_deref()))
}
