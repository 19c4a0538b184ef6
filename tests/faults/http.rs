//! A client that keeps a journal: what it sent, and what it was told of it.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::support::PASSWORD;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub bytes: Vec<u8>,
    pub is_replay: bool,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

/// Sends requests to one server. Clones share nothing but the address and the token.
pub struct Client {
    agent: Agent,
    base: String,
    token: String,
}

impl Clone for Client {
    fn clone(&self) -> Self {
        Self { agent: agent(), base: self.base.clone(), token: self.token.clone() }
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into()
}

impl Client {
    /// To the server at this address, with nobody's token.
    pub fn at(address: SocketAddr) -> Self {
        Self { agent: agent(), base: format!("http://{address}"), token: String::new() }
    }

    /// To the server that says of itself that it is here.
    pub fn at_url(url: &str) -> Self {
        Self { agent: agent(), base: url.to_owned(), token: String::new() }
    }

    /// The same client at another server.
    pub fn moved_to(&self, address: SocketAddr) -> Self {
        Self { base: format!("http://{address}"), ..self.clone() }
    }

    /// The same client with a token, signed in with everybody's password.
    pub fn signed_in(&self, email: &str) -> Self {
        self.signed_in_with(email, PASSWORD)
    }

    /// The same client with a token.
    pub fn signed_in_with(&self, email: &str, password: &str) -> Self {
        let answer =
            self.post("/api/v1/sessions", &json!({"email": email, "password": password}), None).unwrap();
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Self { token, ..self.clone() }
    }

    /// Pays; the reason where there was no answer.
    pub fn pay(&self, payer: &str, payee: &str, amount: &str, key: &str) -> Result<Answer, String> {
        let body = json!({"payer": payer, "payee": payee, "amount": amount, "description": "Under load", "allow_duplicate": true});
        self.post("/api/v1/payments", &body, Some(key))
    }

    /// A POST.
    pub fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Result<Answer, String> {
        let mut request =
            self.agent.post(format!("{}{path}", self.base)).header("Content-Type", "application/json");
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        read(request.send(body.to_string()))
    }

    /// A GET.
    pub fn get(&self, path: &str) -> Result<Answer, String> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        read(request.call())
    }

    /// A PUT.
    pub fn put(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let request =
            self.agent.put(format!("{}{path}", self.base)).header("Content-Type", "application/json");
        read(request.header("Authorization", format!("Bearer {}", self.token)).send(body.to_string()))
    }

    /// A DELETE.
    pub fn delete(&self, path: &str) -> Result<Answer, String> {
        let request = self.agent.delete(format!("{}{path}", self.base));
        read(request.header("Authorization", format!("Bearer {}", self.token)).call())
    }

    /// What goes over the wire for a payment, on a connection of its own.
    pub fn payment_by_hand(&self, payer: &str, payee: &str, amount: &str, key: &str) -> String {
        let body = json!({"payer": payer, "payee": payee, "amount": amount, "description": "Under load", "allow_duplicate": true})
            .to_string();
        format!(
            "POST /api/v1/payments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.token,
            body.len()
        )
    }
}

fn read(answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, String> {
    let mut response = answered.map_err(|error| error.to_string())?;
    let is_replay = response.headers().get("idempotency-replayed").is_some_and(|value| value == "true");
    let bytes = response.body_mut().read_to_vec().map_err(|error| error.to_string())?;
    Ok(Answer { status: response.status().as_u16(), bytes, is_replay })
}
