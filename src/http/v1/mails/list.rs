//! `GET /communities/{code}/mails`: what became of a community's mails.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::mail::MailState;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{MailPage, MailView};
use crate::services::Fault;

/// Which mails, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMailsQuery {
    /// Only in this state: `waiting`, `sent` or `failed`.
    state: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List a community's mails
///
/// Newest first: that they were sent, or why not, never what they say. For admins. Sent mails stay on the list for 30
/// days, failed ones for 90.
#[utoipa::path(operation_id = "list_mails", tag = "mails", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListMailsQuery),
    responses(
        (status = 200, description = "A page of mails", body = MailPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/mails")]
pub async fn list_mails(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListMailsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListMailsQuery { state: name, limit, cursor } = query.0;
    let wanted = name.map(|name| MailState::from_name(&name).ok_or(name)).transpose().map_err(|name| {
        ApiError::invalid(vec![Fault::new(
            "state",
            "unknown_value",
            format!("{name:?} is not a mail's state"),
        )])
    })?;
    let page = state.services.mails(&caller.bearer, code.into_inner(), wanted, limit, cursor).await?;
    let data = page.items.iter().map(MailView::from).collect();
    let view = MailPage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
