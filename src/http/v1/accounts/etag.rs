//! Account versions as entity tags (RFC 9110 section 8.8.3), so that polling a balance is cheap and a change can say
//! what it is based on.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};

use crate::http::views::AccountView;
use crate::services::caller::{Access, VisibleAccount};

/// Balances belong to one reader, who asks each time whether they changed.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What else an answer depends on.
const VARY: HeaderValue = HeaderValue::from_static("Authorization, Accept");
/// Versions begin with 1.
const NO_VERSION: i64 = 0;

/// Answers with an account, or that it has not changed.
pub fn answer(request: &HttpRequest, visible: &VisibleAccount) -> HttpResponse {
    let tag = tag(visible);
    // Proxies that compress make tags weak, and the comparison is a weak one (RFC 9110 section 13.1.2).
    let is_tag = |known: &&str| known.strip_prefix("W/").unwrap_or(known) == tag || *known == "*";
    let is_known = listed(request, &header::IF_NONE_MATCH).is_some_and(|tags| tags.iter().any(is_tag));
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

/// The version that a change is based on, if the caller says so with `If-Match`. Where no version can fit, it is one
/// that no account has, so that who may not make the change at all is told that first.
pub fn expected_version(request: &HttpRequest) -> Option<i64> {
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value == "*") {
        return Some(NO_VERSION);
    }
    if !request.headers().contains_key(header::IF_MATCH) {
        return None;
    }
    let tags = listed(request, &header::IF_MATCH).unwrap_or_default();
    if tags.contains(&"*") {
        return None;
    }
    let version = |tag: &&str| tag.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok();
    Some(tags.iter().find_map(version).unwrap_or(NO_VERSION))
}

/// The tag of what the caller sees: another one for those who see less.
fn tag(visible: &VisibleAccount) -> String {
    // Where a merged account leads may change without it.
    let leads_to = visible.merged_into.as_ref().map(|to| format!("-{}", to.code)).unwrap_or_default();
    match visible.access {
        Access::Full => format!("\"v{}{leads_to}\"", visible.account.version),
        Access::Public => format!("\"p{}{leads_to}\"", visible.account.status.code()),
    }
}

fn listed<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<Vec<&'r str>> {
    let value = request.headers().get(name)?.to_str().ok()?;
    Some(value.split(',').map(str::trim).collect())
}
