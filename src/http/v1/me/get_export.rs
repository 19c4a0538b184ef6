//! `GET /me/export`: all that is held about oneself.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{ExportView, export_csv};
use crate::services::Fault;

/// Which page, and how it is written.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `json` or `csv`; where it is left out, what `Accept` asks for.
    format: Option<String>,
    /// `next_cursor` of the page before, or the one in its `Link`.
    cursor: Option<String>,
}

/// Export all that is held about me
///
/// Rows of one table after the other, at most 500 on a page: the login, memberships, accounts, entries, payments, refusals,
/// sessions, audit lines, apps, mails, applications, invitations. Amounts are in minor units of the community's `scale`. Needs a proof of who you are
/// that is at most five minutes old. As CSV: `table,row,column,value`, with cells guarded against formulas; the next page
/// is in `Link`.
#[utoipa::path(operation_id = "get_export", tag = "me", security(("bearer" = [])), params(ExportQuery), responses(
    (status = 200, description = "A page", content((ExportView = "application/json"), (String = "text/csv"))),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/me/export")]
pub async fn get_export(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    query: Query<ExportQuery>,
) -> Result<HttpResponse, ApiError> {
    let ExportQuery { format, cursor } = query.0;
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_csv = match format.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        Some(_) => {
            let fault = Fault::new("format", "unknown_value", "must be json or csv");
            return Err(ApiError::invalid(vec![fault]));
        }
        None => accepts.is_some_and(|accepts| accepts.trim_start().starts_with("text/csv")),
    };
    let page = state.services.export(&caller.bearer, cursor).await?;
    let view = ExportView::from(&page);
    let mut response = paging::answer(&request, &view, page.next_cursor.as_deref());
    if is_csv {
        let (head, _) = response.into_parts();
        response = head.set_body(actix_web::body::BoxBody::new(export_csv(&page)));
        let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        let name = HeaderValue::from_static("attachment; filename=\"export.csv\"");
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
