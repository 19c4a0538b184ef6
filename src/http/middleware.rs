//! What every request goes through: an id, limits on its size, its time and its number, problems in full, headers that keep browsers in line.

use std::time::Duration;

use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use tracing::Instrument;

use super::answers::to_json;
use super::app::AppState;
use super::client_address::{self, ClientAddress};
use super::extract::{BODY_READ_MAX, KnownBearer, RefusedKey, RequestId, presented_token};
use super::languages;
use super::limits::{LIMIT_HEADER, POLICY_HEADER, Place, Principal, Share};
use super::lists::LIST_READ_MAX;
use super::oauth::browser::base_path;
use super::oauth::pages::Page;
use super::oauth::texts;
use super::pay::wants_json;
use super::problem::{ApiError, PROBLEM_JSON, ProblemCode};
use super::views::parse_token;
use crate::auth::api_keys::ApiKeySecret;
use crate::domain::language::Language;
use crate::services::checkouts::CHECKOUT_WAIT_S_MAX;

/// How long a handler may take, once the body is there.
const HANDLER_MAX: Duration = Duration::from_secs(10);
/// The most bytes of a request's address and headers.
const HEAD_BYTES_MAX: usize = 16_384;
/// What load balancers and other services ask for, also when nobody else is let in. It costs next to nothing.
pub const UNLIMITED: [&str; 4] = ["/healthz", "/readyz", "/openapi.json", "/.well-known/jwks.json"];
/// The operations that take a list of payments, which may be long in coming.
const LISTS: [&str; 3] = ["/api/v1/payments/batch", "/api/v1/payments/bulk", "/api/v1/payments/bulk/preview"];
/// How the paths begin of what can be waited for.
const WAITS: [&str; 2] = ["/api/v1/checkouts/", "/c/"];
/// What people look at in a browser.
const PAGES: [&str; 7] = [
    "/oauth/authorize",
    "/oauth/grants",
    "/oauth/passkeys",
    "/confirm-address",
    "/reset-password",
    "/invitation",
    "/till",
];
/// How the paths begin of the pages of checkouts and links.
const PAGES_OF: [&str; 3] = ["/c/", "/pay/", "/till/"];
/// The header that names the request, for questions to the operator.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Nothing may be loaded by an answer of the API.
const STRICT_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// The browsable documents bring their own scripts and styles, and nothing from elsewhere.
const DOCUMENTS_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
);

/// The outermost layer.
pub async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<Data<AppState>>().cloned() else {
        return Err(ApiError::new(ProblemCode::Internal).into());
    };
    let id = state.fresh_request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    // HEAD is answered like GET; the connection leaves the body out.
    let is_bodiless = request.method() == Method::HEAD;
    if is_bodiless {
        request.head_mut().method = Method::GET;
    }
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let admission = match admit(&request, &state).await {
        Ok(admission) => admission,
        Err(refusal) => {
            let language = languages::chosen(request.query_string(), request.headers());
            let mut response = if is_page(&path, request.headers()) {
                busy_page(&refusal, &state, language)
            } else {
                refuse(refusal, &state, &id)
            };
            add_headers(response.headers_mut(), &id, &path);
            return Ok(request.into_response(response));
        }
    };
    let body_max = if has_body(&request) { read_max(&path) } else { Duration::ZERO };
    let time_max = body_max + wait_max(&method, &path) + HANDLER_MAX;
    // Whatever is logged on the way carries the id that the caller is told.
    let span = tracing::error_span!("request", request.id = id);
    // The request must have no second owner while it is routed, so these two answers are built without it.
    let response = match tokio::time::timeout(time_max, next.call(request).instrument(span)).await {
        Ok(Ok(response)) if is_bodiless => response.map_body(|_, body| without_stream(body)),
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => {
            return Err(without_request(
                ApiError::new(ProblemCode::Internal),
                error.to_string(),
                &state,
                &id,
                &path,
            ));
        }
        Err(elapsed) => {
            return Err(without_request(timed_out(&method), elapsed.to_string(), &state, &id, &path));
        }
    };
    let mut response = with_problem(response, &state, &id);
    if let Some((_, place)) = &admission {
        place.tell(response.headers_mut());
    }
    add_headers(response.headers_mut(), &id, &path);
    tracing::debug!(http.method = %method, http.path = without_tokens(&path), http.status = response.status().as_u16(), request.id = id, "answered");
    Ok(response)
}

/// Lets a request in, or not. Who it is from is found out here, once, because limits are counted by that.
async fn admit(request: &ServiceRequest, state: &AppState) -> Result<Option<(Share, Place)>, ApiError> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let address = client_address::find(peer, request.headers(), &state.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address));
    if UNLIMITED.contains(&request.path()) {
        return Ok(None);
    }
    let head = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let uri = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if uri + head.sum::<usize>() > HEAD_BYTES_MAX {
        return Err(ApiError::new(ProblemCode::HeadTooLarge));
    }
    let share = state.limits.share()?;
    let mut principal = Principal::Address(address);
    if let Ok(Some(token)) = presented_token(request.headers()) {
        let is_key = ApiKeySecret::is_meant_by(&token);
        if is_key && !state.services.remembers_key(&token) {
            // Whoever guesses keys is stopped before anything is looked up for them.
            state.limits.admit(principal, request.method(), request.path(), state.services.now())?;
        }
        match state.services.authenticate(&token, address).await {
            Ok(bearer) => {
                principal = Principal::of(&bearer);
                request.extensions_mut().insert(KnownBearer(bearer));
            }
            Err(refusal) if is_key => {
                request.extensions_mut().insert(RefusedKey(refusal.into()));
            }
            Err(_) => {}
        }
    }
    let place = state.limits.admit(principal, request.method(), request.path(), state.services.now())?;
    Ok(Some((share, place)))
}

/// Whether a body comes with the request, which may take its own time.
fn has_body(request: &ServiceRequest) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    request.headers().contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}

/// How long the body of a request may take to arrive.
fn read_max(path: &str) -> Duration {
    if LISTS.contains(&path) { LIST_READ_MAX } else { BODY_READ_MAX }
}

/// How long a handler may wait for what somebody else does, beside its own time.
fn wait_max(method: &Method, path: &str) -> Duration {
    let may_wait = *method == Method::GET && WAITS.iter().any(|beginning| path.starts_with(beginning));
    Duration::from_secs(if may_wait { CHECKOUT_WAIT_S_MAX } else { 0 })
}

/// A path without what opens the page of a checkout or a link: logs are read by more people than may see those.
fn without_tokens(path: &str) -> String {
    let shown = |segment| if parse_token(segment).is_some() { "…" } else { segment };
    path.split('/').map(shown).collect::<Vec<_>>().join("/")
}

/// Whether people look at this address in a browser.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let is_of_one = PAGES_OF.iter().any(|beginning| path.starts_with(beginning));
    PAGES.contains(&path) || (is_of_one && !wants_json(headers))
}

/// A page for people whose request was not let in, with what programs read of it.
fn busy_page(refusal: &ApiError, state: &AppState, language: Language) -> HttpResponse {
    let (bare, texts) = (refusal.error_response(), texts::of(language));
    let why = match bare.status() {
        StatusCode::TOO_MANY_REQUESTS => texts.too_many,
        StatusCode::SERVICE_UNAVAILABLE => texts.busy,
        _ => texts.failed_why,
    };
    let told = [header::RETRY_AFTER, POLICY_HEADER, LIMIT_HEADER];
    let headers = bare.headers().iter().filter(|(name, _)| told.contains(name));
    let limits = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
    let page = Page::notice(bare.status(), texts.failed, why).with_limits(limits);
    page.in_language(language).answer(base_path(&state.public_url), None)
}

/// The answer to a request that was not let in.
fn refuse(refusal: ApiError, state: &AppState, id: &str) -> HttpResponse {
    let bare = refusal.error_response();
    let mut response = full_response(refusal, state, id);
    for (name, value) in bare.headers() {
        response.headers_mut().append(name.clone(), value.clone());
    }
    response
}

/// The body of an answer to HEAD: it tells a length, and is not sent. One that goes on for as long as somebody listens would
/// be kept, though nobody does.
fn without_stream(body: impl MessageBody + 'static) -> BoxBody {
    match body.size() {
        BodySize::Stream => BoxBody::new(body::None::new()),
        _ => body.boxed(),
    }
}

/// A problem that comes instead of a handler's answer.
fn without_request(problem: ApiError, cause: String, state: &AppState, id: &str, path: &str) -> Error {
    tracing::error!(request.id = id, "a request had no answer of its own: {cause}");
    let mut response = full_response(problem, state, id);
    add_headers(response.headers_mut(), id, path);
    InternalError::from_response(cause, response).into()
}

/// A write that takes too long may still happen; a read has simply failed.
fn timed_out(method: &Method) -> ApiError {
    ApiError::new(if method.is_safe() { ProblemCode::Overloaded } else { ProblemCode::OutcomeUnknown })
}

/// Writes the body of a problem, with what only this layer knows.
fn with_problem(response: ServiceResponse, state: &AppState, id: &str) -> ServiceResponse {
    let problem = response.response().extensions().get::<ApiError>().cloned();
    let Some(problem) = problem.or_else(|| foreign_problem(&response)) else { return response };
    let mut full = full_response(problem, state, id);
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            full.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(response.request().clone(), full)
}

fn full_response(problem: ApiError, state: &AppState, id: &str) -> HttpResponse {
    let status = problem.status_code();
    let body = to_json(&problem.into_problem(&state.public_url, id));
    let mut response = HttpResponse::build(status).content_type(PROBLEM_JSON).body(body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error that the framework made itself, in our own words.
fn foreign_problem(response: &ServiceResponse) -> Option<ApiError> {
    let status = response.status();
    let is_ours = response.headers().contains_key(header::CONTENT_TYPE)
        && response.headers().get(header::CONTENT_TYPE)
            != Some(&HeaderValue::from_static("text/plain; charset=utf-8"));
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let code = ProblemCode::ALL.iter().copied().find(|code| code.status() == status.as_u16());
    let fallback =
        if status.is_server_error() { ProblemCode::Internal } else { ProblemCode::ValidationFailed };
    Some(ApiError::new(code.unwrap_or(fallback)))
}

fn add_headers(headers: &mut HeaderMap, id: &str, path: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_document = path.starts_with("/docs");
    // Pages for people say themselves what they may load, and where their forms may lead.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = if is_document { DOCUMENTS_POLICY } else { STRICT_POLICY };
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let caching = if is_document { "public, max-age=3600" } else { "no-store" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_gets_the_time_for_it() {
        for (method, path, seconds) in [
            (Method::GET, "/api/v1/checkouts/019a0000-0000-7000-8000-000000000001", 30),
            (Method::GET, "/c/Zk3vX0m2q8rB1tYw4uNpLA", 30),
            (Method::POST, "/c/Zk3vX0m2q8rB1tYw4uNpLA", 0),
            (Method::GET, "/api/v1/checkouts", 0),
            (Method::GET, "/api/v1/payments", 0),
        ] {
            assert_eq!(wait_max(&method, path).as_secs(), seconds, "{method} {path}");
        }
    }

    #[test]
    fn logs_open_no_page() {
        let token = "Zk3vX0m2q8rB1tYw4uNpLA";
        for path in ["/c/TOKEN", "/pay/TOKEN", "/till/TOKEN", "/api/v1/checkouts/TOKEN/approve"] {
            assert_eq!(without_tokens(&path.replace("TOKEN", token)), path.replace("TOKEN", "…"));
        }
        assert_eq!(without_tokens("/api/v1/accounts/RIVER0001"), "/api/v1/accounts/RIVER0001");
    }

    #[test]
    fn people_are_told_in_pages_and_programs_in_problems() {
        let (mut json, none) = (HeaderMap::new(), HeaderMap::new());
        json.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for path in [
            "/c/Zk3vX0m2q8rB1tYw4uNpLA",
            "/pay/Zk3vX0m2q8rB1tYw4uNpLA",
            "/till",
            "/till/x",
            "/oauth/passkeys",
        ] {
            assert!(is_page(path, &none), "{path}");
        }
        assert!(!is_page("/c/Zk3vX0m2q8rB1tYw4uNpLA", &json) && !is_page("/api/v1/checkouts", &none));
    }
}
