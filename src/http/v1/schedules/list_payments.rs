//! `GET /schedules/{id}/payments`: what a schedule's runs came to.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::schedule_id;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{PaymentPage, PaymentView};

/// Which page of the runs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSchedulePaymentsQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List a schedule's payments
///
/// One for each run that had its turn, newest first: `completed`, or `failed` with the reason.
#[utoipa::path(operation_id = "list_schedule_payments", tag = "schedules", security(("bearer" = [])),
    params(("id" = String, Path, description = "The schedule's id", example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"), ListSchedulePaymentsQuery),
    responses(
        (status = 200, description = "A page of payments", body = PaymentPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/schedules/{id}/payments")]
pub async fn list_schedule_payments(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    id: Path<String>,
    query: Query<ListSchedulePaymentsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListSchedulePaymentsQuery { limit, cursor } = query.0;
    let page = state.services.schedule_payments(&caller.bearer, schedule_id(&id)?, limit, cursor).await?;
    let data = page.items.iter().map(|item| PaymentView::new(&item.community, &item.payment)).collect();
    let view = PaymentPage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
