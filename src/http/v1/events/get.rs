//! `GET /events`: what happens, as it happens.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::frames::Frames;
use super::listening::{Listening, StreamQuery};
use crate::http::app::AppState;
use crate::http::problem::{ApiError, Problem};

/// Keeps proxies from holding events back.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Hear what happens
///
/// Server-sent events: payments from and to your accounts and those where you may act, new limits and statuses of these accounts,
/// and that they come near a limit (`accounts:read`), and who joined, where you look after members (`members:read`). Each has the name of its type, and as data
/// the JSON that webhooks have: `{"type", "timestamp", "data"}`, where `data` is the payment, account or member as it is when it is
/// told. Events come at least once, in the order of each community; ids are places in that order, such as `10452`, or
/// `LAKE:7,RIVER:10452` for who belongs to several communities. A client that comes back with `Last-Event-ID` hears what it
/// missed; where that is too much, or the id is not understood, comes the event `reset`, and everything is to be read anew. The
/// stream ends with the token or the session: come back with a fresh one. A comment comes every 20 seconds. Browsers, which cannot
/// set headers, open it with a ticket from `POST /events/tickets`, never with a token in the address. A user can have 16 streams.
#[utoipa::path(operation_id = "get_events", tag = "events", security(("bearer" = [])),
    params(StreamQuery, ("Last-Event-ID" = Option<String>, Header, description = "The last event's id that arrived", example = "10452")),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`: also a ticket that was used or has expired", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`: also with too many streams", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: the service has too many streams, or is stopping", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/events")]
pub async fn get_events(state: Data<AppState>, listening: Listening) -> Result<HttpResponse, ApiError> {
    let services = Arc::clone(&state.services);
    let stream = services.listen(listening.listener, listening.last_heard).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .insert_header((X_ACCEL_BUFFERING, HeaderValue::from_static("no")))
        .body(Frames(stream)))
}
