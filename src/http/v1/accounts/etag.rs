//! Account versions as entity tags (RFC 9110 section 8.8.3), so that polling a balance is cheap and a change can say
//! what it is based on.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::http::problem::{ApiError, ProblemCode};
use crate::http::views::AccountView;
use crate::services::caller::{Access, VisibleAccount};

/// Balances belong to one reader, who asks each time whether they changed.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What else an answer depends on.
const VARY: HeaderValue = HeaderValue::from_static("Authorization, Accept");

/// Answers with an account, or that it has not changed.
pub fn answer(request: &HttpRequest, visible: &VisibleAccount) -> HttpResponse {
    let tag = tag(visible);
    let is_known = listed(request, &header::IF_NONE_MATCH).is_some_and(|tags| tags.iter().any(|known| *known == tag || *known == "*"));
    let mut response = if is_known && request.method().is_safe() {
        HttpResponse::new(StatusCode::NOT_MODIFIED)
    } else {
        HttpResponse::Ok().json(AccountView::from(visible))
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::VARY, VARY);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The version that a change is based on, if the caller says so with `If-Match`.
///
/// # Errors
/// 412 when none of the tags can be an account's.
pub fn expected_version(request: &HttpRequest) -> Result<Option<i64>, ApiError> {
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value == "*") {
        return Err(ApiError::new(ProblemCode::PreconditionFailed));
    }
    let Some(tags) = listed(request, &header::IF_MATCH) else { return Ok(None) };
    if tags.contains(&"*") {
        return Ok(None);
    }
    let version = |tag: &&str| tag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok();
    match tags.iter().find_map(version) {
        Some(version) => Ok(Some(version)),
        None => Err(ApiError::new(ProblemCode::PreconditionFailed)),
    }
}

/// The tag of what the caller sees: another one for those who see less.
fn tag(visible: &VisibleAccount) -> String {
    match visible.access {
        Access::Full => format!("\"v{}\"", visible.account.version),
        Access::Public => format!("\"p{}\"", visible.account.status.code()),
    }
}

fn listed<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<Vec<&'r str>> {
    let value = request.headers().get(name)?.to_str().ok()?;
    Some(value.split(',').map(str::trim).collect())
}
