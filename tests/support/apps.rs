//! Apps that act for members, and browsers in which members decide about them.

use std::cell::RefCell;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::app::TestApp;
use super::client::{Caller, Reply};
use super::people::{PASSWORD, Person};

/// What every test's app keeps to itself until it exchanges its code.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Where most tests' apps get their codes.
pub const REDIRECT_URI: &str = "https://shop.example/signed-in";

/// A registered app.
#[derive(Debug, Clone)]
pub struct App {
    pub id: String,
    pub secret: Option<String>,
}

/// Form-encodes.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The challenge of a verifier.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The `Basic` credentials of two texts, which must be form-encoded already.
pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A parameter of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let (_, value) =
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(own, _)| *own == name)?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let hex = (byte == b'%').then(|| [rest.next().unwrap(), rest.next().unwrap()]);
        bytes.push(
            hex.map_or(byte, |hex| u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()),
        );
    }
    Some(String::from_utf8(bytes).unwrap())
}

impl App {
    /// The parameters of a good request.
    pub fn request<'a>(&'a self, scope: &'a str) -> Vec<(&'a str, String)> {
        vec![
            ("response_type", "code".into()),
            ("client_id", self.id.clone()),
            ("redirect_uri", REDIRECT_URI.into()),
            ("scope", scope.into()),
            ("state", "a state/+&=é".into()),
            ("code_challenge", challenge(VERIFIER)),
            ("code_challenge_method", "S256".into()),
        ]
    }

    /// The address to which it sends its member.
    pub fn address(&self, scope: &str) -> String {
        address(&self.request(scope))
    }

    /// Asks the token endpoint, with its secret where it has one.
    pub fn ask(&self, app: &TestApp, endpoint: &str, form: &[(&str, &str)]) -> Reply {
        let mut form = form.to_vec();
        match &self.secret {
            Some(secret) => {
                post_form(&app.anonymous(), endpoint, &[("Authorization", &basic(&self.id, secret))], &form)
            }
            None => {
                form.push(("client_id", &self.id));
                post_form(&app.anonymous(), endpoint, &[], &form)
            }
        }
    }

    /// Exchanges a code.
    pub fn exchange(&self, app: &TestApp, code: &str) -> Reply {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.ask(app, "/oauth/token", &form)
    }

    /// Exchanges a refresh token.
    pub fn refresh(&self, app: &TestApp, token: &str) -> Reply {
        self.ask(app, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }
}

/// The address of the authorization endpoint with these parameters.
pub fn address(parameters: &[(&str, String)]) -> String {
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    format!("/oauth/authorize?{}", encode(&pairs))
}

/// Sends a form.
pub fn post_form(caller: &Caller, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Reply {
    let mut headers = headers.to_vec();
    headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    caller.send("POST", path, &headers, Some(encode(form).into_bytes()))
}

impl TestApp {
    /// Registers an app that members can allow everything.
    pub fn register(&self, owner: &Person, is_confidential: bool) -> App {
        self.register_as(owner, is_confidential, &["authorization_code"])
    }

    /// Registers an app for these grant types.
    pub fn register_as(&self, owner: &Person, is_confidential: bool, grant_types: &[&str]) -> App {
        let scopes = ["accounts:read", "payments:read", "payments:write", "members:read"];
        self.register_for(owner, is_confidential, grant_types, &scopes)
    }

    /// Registers an app that admins can allow to set limits.
    pub fn register_office(&self, owner: &Person) -> App {
        let scopes = ["accounts:read", "payments:read", "payments:write", "members:read", "limits:write"];
        self.register_for(owner, false, &["authorization_code"], &scopes)
    }

    fn register_for(
        &self,
        owner: &Person,
        is_confidential: bool,
        grant_types: &[&str],
        scopes: &[&str],
    ) -> App {
        let body = json!({
            "name": "Mill Bakery's shop", "redirect_uris": [REDIRECT_URI, "http://127.0.0.1/cb"],
            "grant_types": grant_types, "scopes": scopes, "confidential": is_confidential,
        });
        let reply = owner.post("/api/v1/oauth-clients", &body).expect(201);
        let text = |name: &str| reply.body[name].as_str().map(str::to_owned);
        App { id: text("client_id").unwrap(), secret: text("client_secret") }
    }

    /// A browser that was never here.
    pub fn browser(&self) -> Browser<'_> {
        Browser { app: self, cookie: RefCell::default() }
    }

    /// A browser in which someone is signed in.
    pub fn browser_of(&self, person: &Person) -> Browser<'_> {
        let browser = self.browser();
        browser.get("/oauth/grants").expect(200);
        browser.sign_in("/oauth/grants", person).expect(303);
        browser
    }

    /// The code that an app gets when a member allows it this.
    pub fn allow(&self, person: &Person, app: &App, scope: &str, ceilings: &[(&str, &str)]) -> String {
        let browser = self.browser_of(person);
        let answer = browser.submit(&app.address(scope), "allow", ceilings).expect(303);
        parameter(answer.header("location").unwrap(), "code").unwrap()
    }

    /// The tokens that an app gets when a member allows it this.
    pub fn allowed(&self, person: &Person, app: &App, scope: &str, ceilings: &[(&str, &str)]) -> Value {
        app.exchange(self, &self.allow(person, app, scope, ceilings)).expect(200).body
    }

    /// Someone who acts with tokens that an app got.
    pub fn bearer(&self, tokens: &Value) -> Caller {
        self.anonymous().with_token(tokens["access_token"].as_str().unwrap())
    }
}

/// A browser without JavaScript: it keeps one cookie and sends forms.
pub struct Browser<'a> {
    app: &'a TestApp,
    pub cookie: RefCell<Option<String>>,
}

impl Browser<'_> {
    /// Looks at a page.
    pub fn get(&self, path: &str) -> Reply {
        self.keep_cookie(self.app.anonymous().get_with(path, &self.headers()))
    }

    /// Sends a form as it is.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.keep_cookie(post_form(&self.app.anonymous(), path, &self.headers(), form))
    }

    /// Presses a button of the page at this address.
    pub fn submit(&self, path: &str, button: &str, fields: &[(&str, &str)]) -> Reply {
        let token = form_token(&self.get(path));
        let mut form = fields.to_vec();
        form.extend([("form_token", token.as_str()), ("do", button)]);
        self.post(path, &form)
    }

    /// Signs in on the page at this address.
    pub fn sign_in(&self, path: &str, person: &Person) -> Reply {
        self.submit(path, "sign_in", &[("email", &person.email), ("password", PASSWORD)])
    }

    fn headers(&self) -> Vec<(&'static str, &str)> {
        // The borrow ends before the cookie is replaced; tests are short, and the text may leak.
        let cookie = self.cookie.borrow().clone();
        cookie.map(|cookie| ("Cookie", &*Box::leak(cookie.into_boxed_str()))).into_iter().collect()
    }

    fn keep_cookie(&self, reply: Reply) -> Reply {
        if let Some(cookie) = reply.header("set-cookie") {
            *self.cookie.borrow_mut() = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }
}

/// The token in a page's forms.
pub fn form_token(page: &Reply) -> String {
    let html = String::from_utf8_lossy(&page.bytes);
    let rest = html.split(r#"name="form_token" value=""#).nth(1).unwrap_or_else(|| panic!("no form: {html}"));
    rest.split('"').next().unwrap().to_owned()
}

/// A page's text.
pub fn html(page: &Reply) -> String {
    String::from_utf8(page.bytes.clone()).unwrap()
}
