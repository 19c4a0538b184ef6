//! The payers' logins: signed in once per site, with fresh access tokens before every run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::server::{Login, Server};

/// Each with an account and a token of its own.
pub const PAYERS: usize = 1_024;
/// Password hashing is bounded on purpose; more would only be refused.
const LOGINS_IN_PARALLEL: usize = 4;
const REFRESHES_IN_PARALLEL: usize = 16;
/// How often a request is repeated that the server was too busy for.
const ATTEMPTS_MAX: u32 = 50;
const RETRY_AFTER_SECONDS_DEFAULT: u64 = 1;
const RETRY_AFTER_SECONDS_MAX: u64 = 30;

#[derive(Clone)]
pub struct Session {
    pub account: String,
    pub access_token: String,
    refresh_token: String,
}

#[derive(Clone)]
pub struct Sessions {
    pub payers: Vec<Session>,
    /// Everybody's payee in the shape of that name; pays nobody.
    pub merchant: Session,
}

impl Sessions {
    /// Signs everybody in, which takes half a minute: passwords are slow to check.
    pub async fn open(server: &Server) -> Outcome<Self> {
        let with_account: Vec<Login> =
            server.logins.iter().filter(|login| login.account.is_some()).cloned().collect();
        let logins =
            with_account.get(..=PAYERS).context("as many logins with an account as there are payers")?;
        let jobs = logins.iter().map(|login| ("/api/v1/sessions", credentials(login))).collect();
        let answers = post_all(server.address, jobs, LOGINS_IN_PARALLEL).await?;
        let accounts = logins.iter().map(|login| login.account.clone().unwrap_or_default());
        let sessions = accounts.zip(answers).map(|(account, answer)| session(account, &answer));
        let mut payers = sessions.collect::<Outcome<Vec<_>>>()?;
        let merchant = payers.pop().context("the merchant's session")?;
        let sessions = Self { payers, merchant };
        sessions.lift_ceiling(server).await?;
        Ok(sessions)
    }

    /// Access tokens live for minutes only: each run starts with new ones.
    pub async fn refresh(&mut self, address: SocketAddr) -> Outcome<()> {
        let all = || self.payers.iter().chain([&self.merchant]);
        let jobs = all()
            .map(|it| ("/api/v1/sessions/refresh", json!({"refresh_token": it.refresh_token})))
            .collect();
        let answers = post_all(address, jobs, REFRESHES_IN_PARALLEL).await?;
        let everybody = self.payers.iter_mut().chain([&mut self.merchant]);
        for (one, answer) in everybody.zip(answers) {
            *one = session(one.account.clone(), &answer)?;
        }
        Ok(())
    }

    /// How many entries the community's ledger has.
    pub async fn entries(&self, server: &Server) -> Outcome<u64> {
        let path = format!("/api/v1/communities/{}/ledger", server.community);
        let ledger = get(server.address, &path, &self.merchant.access_token).await?;
        ledger.get("entries").and_then(Value::as_u64).context("the number of entries")
    }

    /// A merchant with a ceiling would soon refuse to be paid.
    async fn lift_ceiling(&self, server: &Server) -> Outcome<()> {
        let path = format!("/api/v1/accounts/{}", self.merchant.account);
        let account = get(server.address, &path, &self.merchant.access_token).await?;
        if account.get("ceiling").is_none_or(Value::is_null) {
            return Ok(());
        }
        let admin = admin(server).await?;
        let limits = json!({"credit_limit": account.get("credit_limit"), "ceiling": null, "reason": "Measured by the bench"});
        let request =
            request("PUT", &format!("{path}/limits"), server.address, Some(&admin.access_token), &limits);
        let mut connection = Connection::open(server.address).await?;
        let answer = connection.exchange(&request).await?;
        if answer.status == 200 {
            Ok(())
        } else {
            Err(Failure::new(format!("lifting the ceiling: {}", answer.text())))
        }
    }
}

/// Signs an admin in.
pub async fn admin(server: &Server) -> Outcome<Session> {
    let admin = server
        .logins
        .iter()
        .find(|login| login.roles.iter().any(|role| role == "admin"))
        .context("an admin")?;
    let answer = post_all(server.address, vec![("/api/v1/sessions", credentials(admin))], 1).await?;
    session(String::new(), answer.first().context("the admin's session")?)
}

fn credentials(login: &Login) -> Value {
    json!({"email": login.email, "password": login.password})
}

fn session(account: String, answer: &Value) -> Outcome<Session> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned).context(name);
    Ok(Session { account, access_token: text("access_token")?, refresh_token: text("refresh_token")? })
}

/// Posts all bodies over so many connections and returns the answers in the order of the bodies.
async fn post_all(
    address: SocketAddr,
    jobs: Vec<(&'static str, Value)>,
    parallel: usize,
) -> Outcome<Vec<Value>> {
    let jobs = Arc::new(jobs);
    let mut workers = JoinSet::new();
    for first in 0..parallel {
        let jobs = Arc::clone(&jobs);
        workers.spawn(async move {
            let mut answers = Vec::new();
            let mut connection = Connection::open(address).await?;
            for (index, (path, body)) in jobs.iter().enumerate().skip(first).step_by(parallel) {
                let request = request("POST", path, address, None, body);
                answers.push((index, post(&mut connection, address, &request).await?));
            }
            Ok::<_, Failure>(answers)
        });
    }
    let mut answers = Vec::with_capacity(jobs.len());
    while let Some(worker) = workers.join_next().await {
        answers.append(&mut worker.context("signing in")??);
    }
    answers.sort_by_key(|(index, _)| *index);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// One post, repeated when the server asks for patience.
async fn post(connection: &mut Connection, address: SocketAddr, request: &[u8]) -> Outcome<Value> {
    for _ in 0..ATTEMPTS_MAX {
        let answer = connection.exchange(request).await?;
        let seconds = match answer.status {
            200 | 201 => return answer.json(),
            429 | 503 => answer.header("retry-after").and_then(|text| text.parse().ok()),
            _ => return Err(Failure::new(format!("signing in: {}", answer.text()))),
        };
        let seconds = seconds.unwrap_or(RETRY_AFTER_SECONDS_DEFAULT).min(RETRY_AFTER_SECONDS_MAX);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        // An idle connection may have been closed meanwhile.
        *connection = Connection::open(address).await?;
    }
    Err(Failure::new("signing in: the server stayed too busy"))
}

async fn get(address: SocketAddr, path: &str, token: &str) -> Outcome<Value> {
    let mut connection = Connection::open(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
    let answer = connection.exchange(request.as_bytes()).await?;
    if answer.status == 200 {
        answer.json()
    } else {
        Err(Failure::new(format!("GET {path}: {}", answer.text())))
    }
}

pub fn request(method: &str, path: &str, address: SocketAddr, token: Option<&str>, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{authorization}Content-Type: application/json\r\n"
    );
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
