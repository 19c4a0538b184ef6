//! `GET /schedules`: what is planned.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::account::AccountReference;
use crate::domain::schedule::ScheduleState;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{SchedulePage, ScheduleView};
use crate::services::Fault;
use crate::services::schedules::ScheduleQuery;

/// Which schedules, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSchedulesQuery {
    /// Only in this state: `active`, `paused` or `ended`.
    state: Option<String>,
    /// Only from this account: its code or id.
    account: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List schedules
///
/// From one's own accounts, newest first, over all of one's communities. Admins may name any account of their community.
/// Payments that are planned once are among the payments, in the state `scheduled`.
#[utoipa::path(operation_id = "list_schedules", tag = "schedules", security(("bearer" = [])), params(ListSchedulesQuery),
    responses(
        (status = 200, description = "A page of schedules", body = SchedulePage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/schedules")]
pub async fn list_schedules(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    query: Query<ListSchedulesQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = state.services.schedules(&caller.bearer, ScheduleQuery::try_from(query.0)?).await?;
    let data = page.items.iter().map(ScheduleView::from).collect();
    let view = SchedulePage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}

impl TryFrom<ListSchedulesQuery> for ScheduleQuery {
    type Error = ApiError;

    fn try_from(query: ListSchedulesQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let state = query.state.as_deref().map(ScheduleState::from_name);
        if state == Some(None) {
            faults.push(Fault::new("state", "unknown_value", "is not a schedule's state"));
        }
        let account: Option<Option<AccountReference>> = query.account.map(|text| text.parse().ok());
        if account == Some(None) {
            let detail = "is neither an account's code nor its id";
            faults.push(Fault::new("account", "malformed_account", detail));
        }
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
        let (account, state) = (account.flatten(), state.flatten());
        Ok(Self { account, state, limit: query.limit, cursor: query.cursor })
    }
}
