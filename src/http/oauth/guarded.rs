//! How pages are sent, whatever they show: so that nobody keeps them, frames them or learns their addresses.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};

/// The beginning of an answer that carries a page. What it may load and where it may lead is said by the policy.
pub fn guarded(
    status: StatusCode,
    policy: String,
    varies_by: &'static str,
    (cookie, limits): (Option<HeaderValue>, Vec<(HeaderName, HeaderValue)>),
) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")))
        .insert_header((header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .insert_header((header::VARY, HeaderValue::from_static(varies_by)))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    if let Some(cookie) = cookie {
        response.insert_header((header::SET_COOKIE, cookie));
    }
    for limit in limits {
        response.insert_header(limit);
    }
    response
}
