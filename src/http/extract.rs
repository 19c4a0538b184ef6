//! From requests to typed values: bodies, queries, keys and callers. Raw text and numbers stop here.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;

use super::app::AppState;
use super::client_address;
use super::objects::Object;
use super::one_account;
use super::problem::{ApiError, ProblemCode};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::key::{IdempotencyKey, RequestDigest};
use crate::domain::scopes::Scope;
use crate::services::Fault;
use crate::services::audit::Origin;
use crate::services::payments::KeyedRequest;

/// The largest body, in bytes.
pub const BODY_BYTES_MAX: usize = 65_536;
/// The deepest nesting of a JSON body.
const JSON_DEPTH_MAX: usize = 32;
/// The most faults of a query that are told.
const QUERY_FAULTS_MAX: usize = 100;
/// How long a body may take to arrive.
pub const BODY_READ_MAX: Duration = Duration::from_secs(10);
/// The header that makes a request happen at most once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

type BoxedFuture<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// The request's id, made by the middleware.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The bearer of the request's token, where the middleware found it good.
#[derive(Debug, Clone)]
pub struct KnownBearer(pub Bearer);

/// Why the request's key was refused, where the middleware found it so.
#[derive(Debug, Clone)]
pub struct RefusedKey(pub ApiError);

/// A JSON body of a known shape, with the bytes that it came in.
pub struct Body<T> {
    /// What it says.
    pub value: T,
    bytes: Bytes,
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = BoxedFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_plain_json(request) {
            return Box::pin(ready(Err(ApiError::new(ProblemCode::UnsupportedMediaType))));
        }
        let bytes = read_body(request, payload);
        Box::pin(async move {
            let bytes = bytes.await?;
            let value = parse_json(&bytes)?;
            Ok(Self { value, bytes })
        })
    }
}

fn is_plain_json(request: &HttpRequest) -> bool {
    let is_json = request.content_type().eq_ignore_ascii_case("application/json");
    is_json && !request.headers().contains_key(header::CONTENT_ENCODING)
}

/// A body's bytes, where they arrive in time and are not too many.
fn read_body(request: &HttpRequest, payload: &mut Payload) -> BoxedFuture<Bytes> {
    let bytes = Bytes::from_request(request, payload);
    Box::pin(async move {
        match tokio::time::timeout(BODY_READ_MAX, bytes).await {
            Ok(read) => read.map_err(|error| refuse_payload(&error)),
            Err(_) => Err(ApiError::new(ProblemCode::RequestTimeout)),
        }
    })
}

/// What is asked of a body that has nothing to say.
#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// A JSON body that may be left out, whatever type is named for it: then it says what it says by itself.
pub struct OptionalBody<T>(pub Body<T>);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = ApiError;
    type Future = BoxedFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_plain_json(request);
        let bytes = read_body(request, payload);
        Box::pin(async move {
            let bytes = bytes.await?;
            let value = match bytes.is_empty() {
                true => T::default(),
                false if is_json => parse_json(&bytes)?,
                false => return Err(ApiError::new(ProblemCode::UnsupportedMediaType)),
            };
            Ok(Self(Body { value, bytes }))
        })
    }
}

fn refuse_payload(error: &actix_web::Error) -> ApiError {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => ApiError::new(ProblemCode::BodyTooLarge),
        _ => malformed("could not be read to its end"),
    }
}

fn malformed(detail: &str) -> ApiError {
    ApiError::invalid(vec![Fault::new("", "malformed_body", detail)])
}

/// A JSON body of a known shape.
///
/// # Errors
/// What is wrong with it, with the place.
pub(super) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if depth(bytes) > JSON_DEPTH_MAX {
        return Err(malformed("is nested too deeply"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let Object(parsed) = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = to_pointer(error.path());
        let inner = error.into_inner();
        let code = if inner.is_data() { "wrong_shape" } else { "malformed_body" };
        ApiError::invalid(vec![Fault::new(&pointer, code, without_place(&inner.to_string()))])
    })?;
    deserializer.end().map_err(|_| malformed("goes on after its end"))?;
    Ok(parsed)
}

/// The deepest nesting in a JSON text, counted without parsing it.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A path inside a body as a JSON pointer (RFC 6901).
fn to_pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&name);
    }
    pointer
}

/// The parser's message without line and column, which say little of a body that a program wrote.
fn without_place(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// The parameters of a query, all of them known.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = actix_web::web::Query::<T>::from_query(request.query_string());
        ready(parsed.map(|query| Self(query.into_inner())).map_err(|error| {
            ApiError::invalid(query_faults::<T>(request.query_string(), &error.to_string()))
        }))
    }
}

/// What is wrong with a query, parameter by parameter: all are optional, so each can be looked at by itself.
fn query_faults<T: DeserializeOwned>(query: &str, whole: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if faults.len() == QUERY_FAULTS_MAX {
            break;
        }
        let Err(error) = actix_web::web::Query::<T>::from_query(pair) else { continue };
        let name = pair.split('=').next().unwrap_or_default();
        let text = error.to_string();
        if text.contains("unknown field") {
            faults.push(Fault::new(name, "unknown_parameter", "is no parameter of this request"));
        } else if text.contains("digit") || text.contains("integer") || text.contains("number") {
            faults.push(Fault::new(name, "not_a_number", "must be a whole number"));
        } else {
            faults.push(Fault::new(name, "wrong_shape", "is not understood"));
        }
    }
    if faults.is_empty() {
        // Each is right by itself: one comes twice.
        faults.push(Fault::new("query", "wrong_shape", whole));
    }
    faults
}

/// The account that a path names. What cannot be an account is as absent as one that is not there.
pub fn account_reference(segment: &str) -> Result<AccountReference, ApiError> {
    segment.parse().map_err(|_| ApiError::new(ProblemCode::NotFound))
}

/// The id that a segment of a path is. What cannot be one names nothing.
///
/// # Errors
/// `not_found`.
pub fn path_id<T: std::str::FromStr>(segment: &str) -> Result<T, ApiError> {
    segment.parse().map_err(|_| ApiError::new(ProblemCode::NotFound))
}

/// A scope that a handler's type asks for.
pub trait RequiredScope: 'static {
    /// The scope; none where any signed-in caller will do.
    const SCOPE: Option<Scope>;
    /// Whether only people themselves may, signed in at the service, and no app of theirs.
    const IS_FIRST_PARTY: bool = false;
}

/// People themselves, signed in at the service: what an app may do is not for apps to say.
pub struct FirstParty;

impl RequiredScope for FirstParty {
    const SCOPE: Option<Scope> = None;
    const IS_FIRST_PARTY: bool = true;
}

macro_rules! required_scopes {
    ($($(#[$doc:meta])* $name:ident $scope:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl RequiredScope for $name {
            const SCOPE: Option<Scope> = $scope;
        }
    )*};
}

required_scopes! {
    /// Any signed-in caller.
    Anyone None;
    /// May see balances and entries.
    AccountsRead Some(Scope::AccountsRead);
    /// May see payments.
    PaymentsRead Some(Scope::PaymentsRead);
    /// May pay.
    PaymentsWrite Some(Scope::PaymentsWrite);
    /// May ask for payments, and take what was set aside.
    RequestsWrite Some(Scope::RequestsWrite);
    /// May give back what was paid to them.
    RefundsWrite Some(Scope::RefundsWrite);
    /// May set limits, where they are an admin.
    LimitsWrite Some(Scope::LimitsWrite);
    /// May say where their accounts' events are sent.
    WebhooksManage Some(Scope::WebhooksManage);
    /// May see the directory and the ledger.
    MembersRead Some(Scope::MembersRead);
}

/// A signed-in caller whose token has the scope `S`. In a handler's signature it is the handler's guard.
pub struct Caller<S> {
    /// Who it is.
    pub bearer: Bearer,
    scope: PhantomData<S>,
}

impl<S: RequiredScope> FromRequest for Caller<S> {
    type Error = ApiError;
    type Future = BoxedFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = presented_token(request.headers());
        let state = request.app_data::<Data<AppState>>().cloned();
        let known = request.extensions().get::<KnownBearer>().cloned();
        let refused = request.extensions().get::<RefusedKey>().cloned();
        let (address, is_for_one_account) = (client_address::of(request), one_account::may_ask(request));
        Box::pin(async move {
            let state = state.ok_or_else(|| ApiError::new(ProblemCode::Internal))?;
            let token = token?.ok_or_else(|| ApiError::unauthenticated(false))?;
            let bearer = match known {
                Some(KnownBearer(bearer)) => bearer,
                None => match refused {
                    // It was looked at before, and is not again: who guesses is not to cost twice.
                    Some(RefusedKey(refusal)) => return Err(refusal),
                    None => state.services.authenticate(&token, address).await?,
                },
            };
            if bearer.authority.only.is_some() && !is_for_one_account {
                return Err(ApiError::new(ProblemCode::Forbidden).detail(one_account::NOT_FOR_KEYS));
            }
            if S::IS_FIRST_PARTY && !bearer.is_first_party() {
                let detail = "Only people themselves may do this, signed in here, and no app of theirs.";
                return Err(ApiError::new(ProblemCode::Forbidden).detail(detail));
            }
            match S::SCOPE {
                Some(scope) if !bearer.authority.scopes.holds(scope) => Err(missing_scope(scope)),
                _ => Ok(Self { bearer, scope: PhantomData }),
            }
        })
    }
}

/// The token that comes with a request; none where there is no `Authorization`.
///
/// # Errors
/// When it names no token, or there are two: which of them would be meant?
pub fn presented_token(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut all = headers.get_all(header::AUTHORIZATION);
    let Some(first) = all.next() else { return Ok(None) };
    let token = bearer_token(first).filter(|_| all.next().is_none());
    token.map(Some).ok_or_else(|| ApiError::unauthenticated(true))
}

/// The token of an `Authorization` header (RFC 6750 section 2.1).
fn bearer_token(header: &HeaderValue) -> Option<String> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn missing_scope(scope: Scope) -> ApiError {
    let error =
        ApiError::new(ProblemCode::Forbidden).detail(format!("The token lacks the scope {}.", scope.name()));
    let challenge = format!(r#"Bearer error="insufficient_scope", scope="{}""#, scope.name());
    match HeaderValue::from_str(&challenge) {
        Ok(challenge) => error.header(header::WWW_AUTHENTICATE, challenge),
        Err(_) => error,
    }
}

impl<T> Body<T> {
    /// What makes the request happen at most once.
    ///
    /// # Errors
    /// When its key is missing or unusable.
    pub fn keyed(&self, request: &HttpRequest) -> Result<KeyedRequest, ApiError> {
        keyed_request(request, request.path(), &self.bytes)
    }
}

/// What makes a request to this target with this body happen at most once.
///
/// # Errors
/// When its key is missing or unusable.
pub(super) fn keyed_request(
    request: &HttpRequest,
    target: &str,
    body: &[u8],
) -> Result<KeyedRequest, ApiError> {
    let mut keys = request.headers().get_all(IDEMPOTENCY_KEY);
    let key = keys.next().ok_or_else(|| ApiError::new(ProblemCode::IdempotencyKeyMissing))?;
    let unusable = || {
        let detail = "must be one key of 1 to 255 printable ASCII characters";
        ApiError::invalid(vec![Fault::new("Idempotency-Key", "malformed_key", detail)])
    };
    if keys.next().is_some() {
        return Err(unusable());
    }
    let key: IdempotencyKey = key.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(unusable)?;
    let digest = RequestDigest::new(request.method().as_str(), target, body);
    Ok(KeyedRequest { key, digest, request_id: request_id(request) })
}

/// A field that may be null but not left out: what is forgotten must not lift a bound.
///
/// # Errors
/// When it is no text.
pub fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    serde::Deserialize::deserialize(deserializer)
}

/// A field that may be left out, which is something else than null: what is named is there, null too.
///
/// # Errors
/// When it is not what it should be.
pub fn named<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Where the request came from, for the audit log and for limits on guessing.
pub fn origin(request: &HttpRequest) -> Origin {
    let user_agent = request.headers().get(header::USER_AGENT);
    // What is no text is shown as it can be; the database takes no zero character.
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).replace('\0', "");
    Origin {
        request_id: request_id(request),
        address: client_address::of(request),
        user_agent: user_agent.map(text),
    }
}

/// The request's id, as answers show it.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_strings() {
        assert_eq!(depth(br#"{"a":[{"b":"[[[[\"[["}]}"#), 3);
        assert_eq!(depth(&[b'['; 100]), 100);
    }
}
