//! Callers and replies.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

use super::described;

/// Longer than any request of a test may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// As many connections are kept as the races have clients.
const CONNECTIONS_KEPT: usize = 64;

/// What the app answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// A header's text, if the answer has it once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "{name} comes once: {self:?}");
        value.to_str().ok()
    }

    /// This reply, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// This reply, which must be a problem in full form with this status and code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{text}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{text}");
        assert_eq!(self.body["status"], status, "{text}");
        let kind = match code {
            "rate_limited" => "https://iana.org/assignments/http-problem-types#quota-exceeded".to_owned(),
            code => format!("{}/problems/{code}", super::PUBLIC_URL),
        };
        assert_eq!(self.body["type"], kind, "{text}");
        for name in ["title", "detail", "request_id"] {
            assert!(self.body[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {text}");
        }
        let known = [
            "type",
            "title",
            "status",
            "code",
            "detail",
            "request_id",
            "errors",
            "available",
            "payment_id",
            "checkout_id",
            "reason",
            "second_factor_required",
            "violated-policies",
        ];
        for name in self.body.as_object().unwrap().keys() {
            assert!(known.contains(&name.as_str()), "{name} of {text}");
        }
        self
    }

    /// This reply, which must be a 400 that names exactly this place.
    #[track_caller]
    pub fn expect_fault(self, pointer: &str) -> Self {
        let reply = self.expect_problem(400, "validation_failed");
        assert_eq!(reply.pointers(), [pointer], "{}", reply.body);
        reply
    }

    /// The places that a validation names.
    pub fn pointers(&self) -> Vec<String> {
        let faults = self.body["errors"].as_array().cloned().unwrap_or_default();
        for fault in &faults {
            let parts = [&fault["pointer"], &fault["code"], &fault["detail"]];
            assert!(parts.iter().all(|part| part.is_string()), "{fault}");
        }
        faults.iter().filter_map(|fault| fault["pointer"].as_str()).map(str::to_owned).collect()
    }

    /// The items of a page.
    pub fn data(&self) -> &[Value] {
        self.body["data"].as_array().unwrap_or_else(|| panic!("no page: {}", self.body))
    }

    /// The body without what differs between two equal problems.
    pub fn without_request_id(&self) -> Value {
        let mut body = self.body.clone();
        body.as_object_mut().expect("an object").remove("request_id");
        body
    }
}

/// The names of an object's members, sorted.
#[track_caller]
pub fn keys(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value
        .as_object()
        .unwrap_or_else(|| panic!("no object: {value}"))
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

/// A session's tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For requests.
    pub access: String,
    /// For the next pair.
    pub refresh: String,
}

impl Tokens {
    /// The tokens in an answer.
    pub fn of(reply: &Reply) -> Self {
        let text = |name: &str| {
            reply.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {reply:?}")).to_owned()
        };
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// Someone who sends requests, with or without proof of who they are. Clones share the session.
#[derive(Clone)]
pub struct Caller {
    agent: Agent,
    address: Arc<RwLock<SocketAddr>>,
    credentials: Option<(String, String)>,
    tokens: Arc<Mutex<Option<Tokens>>>,
}

impl Caller {
    pub(super) fn anonymous(address: Arc<RwLock<SocketAddr>>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections_per_host(CONNECTIONS_KEPT)
            .max_idle_connections(CONNECTIONS_KEPT)
            .timeout_global(Some(PATIENCE))
            .build();
        Self { agent: config.into(), address, credentials: None, tokens: Arc::default() }
    }

    /// The same, with a login that is used at the first request.
    pub(super) fn with_login(&self, email: &str, password: &str) -> Self {
        let credentials = Some((email.to_owned(), password.to_owned()));
        Self { credentials, tokens: Arc::default(), ..self.clone() }
    }

    /// The same, with this access token.
    pub fn with_token(&self, access: &str) -> Self {
        let tokens = Tokens { access: access.to_owned(), refresh: String::new() };
        Self { credentials: None, tokens: Arc::new(Mutex::new(Some(tokens))), ..self.clone() }
    }

    /// The same person in a new session, signed in now.
    pub fn signed_in_again(&self) -> Self {
        let caller = Self { tokens: Arc::default(), ..self.clone() };
        caller.tokens();
        caller
    }

    /// The session's tokens, from a sign-in where there was none yet.
    pub fn tokens(&self) -> Tokens {
        self.known_tokens().unwrap_or_else(|| panic!("an anonymous caller has no tokens"))
    }

    /// Proves again who it is with this body. Clones get the new token too.
    pub fn step_up_with(&self, body: &Value) -> Reply {
        let reply = self.post("/api/v1/sessions/current/step-up", body);
        if let (200, Some(access)) = (reply.status, reply.body["access_token"].as_str()) {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(tokens) = tokens.as_mut() {
                access.clone_into(&mut tokens.access);
            }
        }
        reply
    }

    /// Takes the session on with its refresh token, as apps do when the access token expires.
    pub fn refresh(&self) -> Reply {
        let body = json!({"refresh_token": self.tokens().refresh});
        let reply = self.send(
            "POST",
            "/api/v1/sessions/refresh",
            &[("Authorization", "")],
            Some(body.to_string().into_bytes()),
        );
        if reply.status == 200 {
            *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = Some(Tokens::of(&reply));
        }
        reply
    }

    fn known_tokens(&self) -> Option<Tokens> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.is_none()
            && let Some((email, password)) = &self.credentials
        {
            let body = json!({"email": email, "password": password}).to_string();
            let headers = [("Content-Type", "application/json")];
            let reply =
                self.exchange("POST", "/api/v1/sessions", &headers, Some(body.into_bytes())).expect(201);
            *tokens = Some(Tokens::of(&reply));
        }
        tokens.clone()
    }

    /// A GET.
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    /// A GET with headers of one's own.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("GET", path, headers, None)
    }

    /// A POST of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[], Some(body.to_string().into_bytes()))
    }

    /// A POST of JSON with headers of one's own.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        self.send("POST", path, headers, Some(body.to_string().into_bytes()))
    }

    /// A PUT of JSON.
    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.send("PUT", path, &[], Some(body.to_string().into_bytes()))
    }

    /// A PUT of JSON with headers of one's own.
    pub fn put_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        self.send("PUT", path, headers, Some(body.to_string().into_bytes()))
    }

    /// A PATCH of JSON.
    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.patch_with(path, &[], body)
    }

    /// A PATCH of JSON with headers of one's own.
    pub fn patch_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        self.send("PATCH", path, headers, Some(body.to_string().into_bytes()))
    }

    /// A DELETE.
    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], None)
    }

    /// Any request. A body is JSON unless the headers say otherwise; the session's token goes along unless the headers
    /// bring an `Authorization` of their own.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let has = |wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let mut all = headers.to_vec();
        let authorization = match self.known_tokens() {
            Some(tokens) if !has("authorization") => format!("Bearer {}", tokens.access),
            _ => String::new(),
        };
        if !authorization.is_empty() {
            all.push(("Authorization", &authorization));
        }
        if body.is_some() && !has("content-type") {
            all.push(("Content-Type", "application/json"));
        }
        self.exchange(method, path, &all, body)
    }

    fn exchange(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let address = *self.address.read().unwrap_or_else(PoisonError::into_inner);
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("http://{address}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answered = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = answered.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        // A stream would go on; that it was opened is all there is to know here.
        let is_stream =
            response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let bytes = if is_stream { Vec::new() } else { response.body_mut().read_to_vec().unwrap() };
        described::check(method, path, response.status().as_u16());
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        }
    }
}
