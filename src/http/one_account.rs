//! What a key may ask for, and an app that was allowed one account: what concerns that account, and nothing else.
//!
//! A list, so that a new operation is not for them until somebody has thought about it. What they find there is what the
//! access policy lets them reach: the account and its payments; all else is absent.

use actix_web::HttpRequest;

/// Why something is refused that is not in the list.
pub const NOT_FOR_KEYS: &str =
    "A key, or an app that was allowed one account, may ask for what concerns that account only.";
/// Operations, by method and path.
const OPERATIONS: [(&str, &str); 19] = [
    ("GET", "/api/v1/api-keys/current"),
    ("GET", "/api/v1/me/grants/current"),
    ("GET", "/api/v1/accounts/{account}"),
    ("GET", "/api/v1/accounts/{account}/balances"),
    ("GET", "/api/v1/accounts/{account}/entries"),
    ("GET", "/api/v1/accounts/{account}/reconciliation"),
    ("GET", "/api/v1/accounts/{account}/statement"),
    ("GET", "/api/v1/payments"),
    ("POST", "/api/v1/payments"),
    ("GET", "/api/v1/payments/{id:[0-9A-Fa-f-]+}"),
    ("GET", "/api/v1/payments/{id}/receipt"),
    ("POST", "/api/v1/payments/{id}/accept"),
    ("POST", "/api/v1/payments/{id}/cancel"),
    ("POST", "/api/v1/payments/{id}/capture"),
    ("POST", "/api/v1/payments/{id}/decline"),
    ("POST", "/api/v1/payments/{id}/refunds"),
    ("POST", "/api/v1/payments/{id}/void"),
    ("POST", "/api/v1/payment-requests"),
    ("POST", "/api/v1/quotes"),
];
/// What is there for shops' software: everything below.
const BEGINNINGS: [&str; 3] = ["/api/v1/checkouts", "/api/v1/payment-links", "/api/v1/webhook-"];

/// Whether a request is for something in the list.
pub fn may_ask(request: &HttpRequest) -> bool {
    let Some(pattern) = request.match_pattern() else { return false };
    let method = request.method().as_str();
    BEGINNINGS.iter().any(|beginning| pattern.starts_with(beginning))
        || OPERATIONS
            .iter()
            .any(|(its_method, its_path)| (*its_method, *its_path) == (method, pattern.as_str()))
}
