//! A server that is killed in the middle of many requests; all of them are asked for again of the one after it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::journal::Site;
use crate::program::{self, Program, wait_until};

/// As many act at once.
const THREADS: usize = 6;
/// After so many answers the server is killed.
const ACKNOWLEDGED: usize = 12;

/// Ada pays or is asked, Bob is paid or asks; Greta and Otto are admins.
pub const ADA: usize = 0;
pub const BOB: usize = 1;
pub const GRETA: usize = 3;
pub const OTTO: usize = 4;

/// One request: who sends it, where to, what, and under which key, if it takes one.
#[derive(Debug, Clone)]
pub struct Sent {
    pub who: usize,
    pub path: String,
    pub body: Value,
    pub key: Option<String>,
}

impl Sent {
    /// Ada pays Bob, or sets it aside for him.
    pub fn payment(site: &Site, amount: &str, capture: &str, key: String) -> Self {
        let body = json!({"payer": site.clients[ADA].1, "payee": site.clients[BOB].1, "amount": amount,
            "description": "x", "allow_duplicate": true, "capture": capture});
        Self { who: ADA, path: "/api/v1/payments".into(), body, key: Some(key) }
    }

    /// Bob asks Ada.
    pub fn request(site: &Site, amount: &str, key: String) -> Self {
        let body = json!({"payer": site.clients[ADA].1, "payee": site.clients[BOB].1, "amount": amount, "description": "x"});
        Self { who: BOB, path: "/api/v1/payment-requests".into(), body, key: Some(key) }
    }

    /// Something that is done to each of these payments.
    pub fn to_each(ids: &[String], who: usize, verb: &str, body: &Value, name: &str) -> Vec<Self> {
        let one = |(number, id): (usize, &String)| Self {
            who,
            path: format!("/api/v1/payments/{id}/{verb}"),
            body: body.clone(),
            key: Some(format!("{name}-{number}")),
        };
        ids.iter().enumerate().map(one).collect()
    }
}

/// A site with the server that serves it.
pub struct Running {
    pub site: Site,
    server: Option<Program>,
    pub address: SocketAddr,
    /// How many requests had no answer.
    pub cut_off: usize,
}

impl Running {
    /// Everybody is signed in.
    pub fn begin(engine: Engine) -> Self {
        let mut site = Site::new(engine);
        let (server, address) = Program::serve(program::serve(&site.database));
        site.sign_in(address);
        Self { site, server: Some(server), address, cut_off: 0 }
    }

    /// Ends the process as it stands.
    pub fn kill(&mut self) {
        self.server.take().unwrap().kill();
    }

    /// Starts the next one.
    pub fn restart(&mut self) {
        let (server, address) = Program::serve(program::serve(&self.site.database));
        (self.server, self.address) = (Some(server), address);
    }

    /// Everybody signs in anew.
    pub fn sign_in(&mut self) {
        self.site.sign_in(self.address);
    }

    /// Sends one request.
    pub fn send(&self, sent: &Sent) -> Result<Answer, String> {
        let client = self.site.clients[sent.who].0.moved_to(self.address);
        client.post(&sent.path, &sent.body, sent.key.as_deref())
    }

    /// Sends all, kills the server in the middle, and repeats all at the next one: what was acknowledged is answered with
    /// the same bytes, or is done already; the rest is done now. Afterwards `verify` agrees. The ids of what they made.
    pub fn survive(&mut self, all: &[Sent]) -> Vec<String> {
        let first = self.kill_in_the_middle(all);
        self.cut_off += first.iter().filter(|answer| answer.is_err()).count();
        self.restart();
        let again = all.iter().zip(&first).map(|(sent, first)| self.repeat(sent, first)).collect();
        self.site.verify();
        again
    }

    /// The same, where each has to come to a state.
    pub fn survive_to(&mut self, all: &[Sent], state: &str) -> Vec<String> {
        let ids = self.survive(all);
        for (sent, id) in all.iter().zip(&ids) {
            let client = self.site.clients[sent.who].0.moved_to(self.address);
            let found = client.get(&format!("/api/v1/payments/{id}")).unwrap().json();
            assert_eq!(found["state"], state, "{sent:?}");
        }
        ids
    }

    fn repeat(&self, sent: &Sent, first: &Result<Answer, String>) -> String {
        let again = self.send(sent).unwrap();
        let told = String::from_utf8_lossy(&again.bytes).into_owned();
        if sent.key.is_none() && again.status == 409 {
            assert_eq!(again.json()["reason"], "already_settled", "{sent:?}: {told}");
            return String::new();
        }
        assert!([200, 201, 202].contains(&again.status), "{sent:?}: {told}");
        if let Ok(first) = first {
            assert!(sent.key.is_some(), "it was done, and was done again: {sent:?}");
            // What waits for somebody else is shown as it stands.
            let is_kept = again.status == 202 || (again.is_replay && again.bytes == first.bytes);
            assert!(is_kept && again.status == first.status, "{sent:?}: {told}");
            assert_eq!(again.json()["id"], first.json()["id"], "{sent:?}");
        }
        again.json()["id"].as_str().unwrap().to_owned()
    }

    /// Sends all from several threads, and kills the server once some were answered. What each was told, if anything.
    fn kill_in_the_middle(&mut self, all: &[Sent]) -> Vec<Result<Answer, String>> {
        let acknowledged = AtomicUsize::new(0);
        let mut answers: BTreeMap<usize, Result<Answer, String>> = BTreeMap::new();
        let server = self.server.take().unwrap();
        std::thread::scope(|scope| {
            let (acknowledged, this) = (&acknowledged, &*self);
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    scope.spawn(move || {
                        let own = all.iter().enumerate().skip(thread).step_by(THREADS);
                        own.map(|(place, sent)| {
                            let answer = this.send(sent);
                            acknowledged.fetch_add(usize::from(answer.is_ok()), Ordering::SeqCst);
                            (place, answer)
                        })
                        .collect::<Vec<_>>()
                    })
                })
                .collect();
            wait_until("some are answered", || acknowledged.load(Ordering::SeqCst) >= ACKNOWLEDGED);
            server.kill();
            answers.extend(threads.into_iter().flat_map(|thread| thread.join().unwrap()));
        });
        answers.into_values().collect()
    }

    /// The number in the column `value`.
    pub fn number(&self, sql: &str) -> i64 {
        self.site.database.db_numbers(sql)[0]
    }

    /// Stops the server in good order.
    pub fn end(self) {
        let server = self.server.unwrap();
        server.signal("TERM");
        server.wait().expect_code(0);
        self.site.verify();
    }
}
