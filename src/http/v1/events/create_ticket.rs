//! `POST /events/tickets`: a ticket for one stream.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};

use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::EventTicketView;

/// Get a ticket for a stream
///
/// For browsers, which cannot set headers when they open a stream: `GET /events?ticket=…`. It opens one stream, within 30
/// seconds, that hears what the token may hear and ends with it.
#[utoipa::path(operation_id = "create_event_ticket", tag = "events", security(("bearer" = [])), responses(
    (status = 201, description = "The ticket", body = EventTicketView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`rate_limited`: also with too many unused tickets", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/events/tickets")]
pub async fn create_event_ticket(
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
) -> Result<HttpResponse, ApiError> {
    let ticket = state.services.issue_event_ticket(&caller.bearer).await?;
    Ok(HttpResponse::Created().json(EventTicketView::from(&ticket)))
}
