//! Who opens a stream: with a token in the header, or with a ticket in the address.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query};
use crate::http::problem::{ApiError, ProblemCode};
use crate::services::events::Listener;

/// What a client that comes back has heard last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How a stream is opened where headers cannot be set.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// A ticket, instead of the `Authorization` header.
    ticket: Option<String>,
    /// The last event's id that arrived, where the header `Last-Event-ID` cannot be set. The header wins.
    last_event_id: Option<String>,
}

/// A listener with a good token or ticket. In a handler's signature it is the handler's guard.
pub struct Listening {
    /// Who it is.
    pub listener: Listener,
    /// The id that arrived last, where the client knows one.
    pub last_heard: Option<String>,
}

impl FromRequest for Listening {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = Query::<StreamQuery>::from_request(request, payload);
        let caller = Caller::<PaymentsRead>::from_request(request, payload);
        let state = request.app_data::<Data<AppState>>().cloned();
        // What is no text names no event.
        let header = request.headers().get(LAST_EVENT_ID);
        let header = header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Box::pin(async move {
            let StreamQuery { ticket, last_event_id } = query.await?.0;
            let state = state.ok_or_else(|| ApiError::new(ProblemCode::Internal))?;
            let listener = match ticket {
                Some(ticket) => state.services.use_event_ticket(&ticket).await?,
                None => Listener::from(&caller.await?.bearer),
            };
            Ok(Self { listener, last_heard: header.or(last_event_id) })
        })
    }
}
