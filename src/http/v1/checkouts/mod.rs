//! `/checkouts`: what shops ask to be paid.

pub mod approve;
pub mod cancel;
pub mod create;
pub mod decline;
pub mod get;
pub mod list;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};

use crate::domain::checkout::CheckoutReader;
use crate::domain::ids::CheckoutId;
use crate::http::app::AppState;
use crate::http::keyed::{IDEMPOTENCY_REPLAYED, kept};
use crate::http::views::{CheckoutView, PublicCheckoutView, parse_token};
use crate::services::checkouts::{CheckoutAnswer, Named};

/// The kept bytes, or, where they had to be erased, the checkout as it is now.
fn answer(state: &AppState, answer: CheckoutAnswer) -> HttpResponse {
    match answer {
        CheckoutAnswer::Kept(answered) => {
            let made = answered.payment_id.filter(|_| answered.status == StatusCode::CREATED.as_u16());
            let mut response = kept(answered);
            // The id under which the answer is kept is a checkout's.
            response.headers_mut().remove(header::LOCATION);
            let location = made.map(|id| format!("/api/v1/checkouts/{id}"));
            if let Some(location) = location.and_then(|path| HeaderValue::from_str(&path).ok()) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        CheckoutAnswer::Present { status, reader, found } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let (community, checkout) = (&found.community, &found.checkout);
            let mut response = HttpResponse::build(status);
            let mut response = match reader {
                CheckoutReader::Shop => {
                    response.json(CheckoutView::new(community, checkout, Some(&state.public_url)))
                }
                CheckoutReader::Payer => response.json(PublicCheckoutView::new(community, checkout)),
            };
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
            response
        }
    }
}

/// By what a path names a checkout: its id, or the token of its page.
fn named(segment: &str) -> Option<Named> {
    match segment.len() {
        36 => segment.parse::<CheckoutId>().ok().map(Named::Id),
        _ => parse_token(segment).map(Named::Token),
    }
}
