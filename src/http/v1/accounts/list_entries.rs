//! `GET /accounts/{account}/entries`: an account's history.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, Query, account_reference};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{EntryPage, EntryView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEntriesQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List an account's entries
///
/// Newest first. For those whose account it is, and for admins.
#[utoipa::path(operation_id = "list_entries", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"), ListEntriesQuery),
    responses(
        (status = 200, description = "A page of entries", body = EntryPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/entries")]
pub async fn list_entries(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
    query: Query<ListEntriesQuery>,
) -> Result<HttpResponse, ApiError> {
    let reference = account_reference(&account)?;
    let entries = state.services.entries(&caller.bearer, reference, query.0.limit, query.0.cursor).await?;
    let data = entries.page.items.iter().map(|entry| EntryView::new(&entries.community, entry)).collect();
    let page = EntryPage { data, next_cursor: entries.page.next_cursor.clone() };
    Ok(paging::answer(&request, &page, page.next_cursor.as_deref()))
}
