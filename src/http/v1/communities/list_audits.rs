//! `GET /communities/{code}/audit`: who changed what, and why.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::AuditPage;
use crate::services::audit::AuditQuery;

/// Which lines, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAuditsQuery {
    /// Only at or after this time (RFC 3339).
    from: Option<String>,
    /// Only before this time (RFC 3339).
    to: Option<String>,
    /// Only this action, such as `account.limits`.
    action: Option<String>,
    /// Only by this member or user: an id.
    actor: Option<String>,
    /// Only on this account, by its code or id, or on another thing, by its id.
    subject: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what was changed in a community
///
/// Its audit log, newest first: who changed what, when, from where and why. For admins.
#[utoipa::path(operation_id = "list_audits", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListAuditsQuery),
    responses(
        (status = 200, description = "A page of the audit log", body = AuditPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/audit")]
pub async fn list_audits(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<ListAuditsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListAuditsQuery { from, to, action, actor, subject, limit, cursor } = query.0;
    let query = AuditQuery { from, to, action, actor, subject, limit, cursor };
    let audits = state.services.community_audits(&caller.bearer, code.into_inner(), query).await?;
    let view = AuditPage::from(&audits);
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
