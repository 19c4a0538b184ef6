//! A server that is killed in the middle of each kind of step in a payment's life, and started again: what was
//! acknowledged is there with the same bytes, what was not is found out with its key, nothing is there twice and nothing
//! stays where it cannot be taken further.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use counterfoil::domain::time::Clock;
use counterfoil::services::world::SystemClock;
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::journal::Site;
use crate::program::{self, Program, wait_until};

/// As many are taken further in one round.
const PAYMENTS: usize = 48;
/// As many act at once.
const THREADS: usize = 6;
/// After so many answers the server is killed.
const ACKNOWLEDGED: usize = 12;

/// Ada pays or is asked, Bob is paid or asks.
const ADA: usize = 0;
const BOB: usize = 1;

/// One request: who sends it, where to, what, under which key.
#[derive(Debug, Clone)]
struct Sent {
    who: usize,
    path: String,
    body: Value,
    key: String,
}

/// How payments are made, and how they are taken further: by whom, and to which state.
const STEPS: [(&str, &str, usize, &str); 5] = [
    ("request", "accept", ADA, "completed"),
    ("request", "decline", ADA, "declined"),
    ("request", "cancel", BOB, "cancelled"),
    ("authorise", "capture", BOB, "completed"),
    ("authorise", "void", BOB, "cancelled"),
];

fn making(site: &Site, kind: &str, key: String, expires_at: Option<String>) -> Sent {
    let mut body = json!({"payer": site.clients[ADA].1, "payee": site.clients[BOB].1, "amount": "0.50", "description": "x"});
    if let Some(time) = expires_at {
        body["expires_at"] = json!(time);
    }
    if kind == "authorise" {
        body["capture"] = json!("manual");
        return Sent { who: ADA, path: "/api/v1/payments".into(), body, key };
    }
    Sent { who: BOB, path: "/api/v1/payment-requests".into(), body, key }
}

fn send(site: &Site, address: SocketAddr, sent: &Sent) -> Result<Answer, String> {
    site.clients[sent.who].0.moved_to(address).post(&sent.path, &sent.body, Some(&sent.key))
}

/// Sends all from several threads, and kills the server once some were answered. What each was told, if anything.
fn kill_in_the_middle(
    site: &Site,
    address: SocketAddr,
    server: Program,
    all: &[Sent],
) -> Vec<Result<Answer, String>> {
    let acknowledged = AtomicUsize::new(0);
    let mut answers: BTreeMap<usize, Result<Answer, String>> = BTreeMap::new();
    std::thread::scope(|scope| {
        let acknowledged = &acknowledged;
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let own = all.iter().enumerate().skip(thread).step_by(THREADS);
                    own.map(|(place, sent)| {
                        let answer = send(site, address, sent);
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

/// Repeats all under their keys: what was acknowledged is answered with the same bytes, the rest is done now.
fn reckon(
    site: &Site,
    address: SocketAddr,
    all: &[Sent],
    answers: &[Result<Answer, String>],
    state: &str,
) -> Vec<String> {
    let repeat = |(sent, answer): (&Sent, &Result<Answer, String>)| {
        let again = send(site, address, sent).unwrap();
        assert!([200, 201].contains(&again.status), "{sent:?}: {}", String::from_utf8_lossy(&again.bytes));
        if let Ok(first) = answer {
            assert_eq!((again.is_replay, &again.bytes), (true, &first.bytes), "{sent:?}");
        }
        assert_eq!(again.json()["state"], state, "{sent:?}");
        again.json()["id"].as_str().unwrap().to_owned()
    };
    all.iter().zip(answers).map(repeat).collect()
}

fn each_step_survives(engine: Engine) {
    let mut site = Site::new(engine);
    let (mut server, mut address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let mut cut_off = 0;
    for (round, (making_by, step, who, state)) in STEPS.into_iter().enumerate() {
        let made_state = if making_by == "request" { "requested" } else { "authorised" };
        let makings: Vec<_> = (0..PAYMENTS)
            .map(|number| making(&site, making_by, format!("make-{round}-{number}"), None))
            .collect();
        let answers = kill_in_the_middle(&site, address, server, &makings);
        cut_off += answers.iter().filter(|answer| answer.is_err()).count();
        (server, address) = Program::serve(program::serve(&site.database));
        let ids = reckon(&site, address, &makings, &answers, made_state);
        site.verify();
        let steps: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(number, id)| {
                let path = format!("/api/v1/payments/{id}/{step}");
                Sent { who, path, body: json!({}), key: format!("step-{round}-{number}") }
            })
            .collect();
        let answers = kill_in_the_middle(&site, address, server, &steps);
        cut_off += answers.iter().filter(|answer| answer.is_err()).count();
        (server, address) = Program::serve(program::serve(&site.database));
        assert_eq!(reckon(&site, address, &steps, &answers, state), ids);
        site.verify();
    }
    assert!(cut_off > PAYMENTS, "nobody was cut off");
    let payments = i64::try_from(STEPS.len() * PAYMENTS).unwrap();
    assert_eq!(site.database.db_count("payments"), payments, "no payment is there twice");
    let open = "SELECT count(*) AS value FROM payments WHERE state IN (1, 3)";
    assert_eq!(site.database.db_numbers(open), [0], "none is stuck");
    let paid = "SELECT count(*) AS value FROM payments WHERE state = 4";
    let expected = i64::try_from(2 * PAYMENTS).unwrap();
    assert_eq!(site.database.db_numbers(paid), [expected]);
    let moved = "SELECT CAST(MAX(balance) AS BIGINT) AS value FROM balances";
    assert_eq!(site.database.db_numbers(moved), [50 * expected], "each was paid once");
    // A standing order: what is asked for is paid by the command that asks.
    let trusting = format!("/api/v1/accounts/{}/trusted-payees/{}", site.clients[ADA].1, site.clients[BOB].1);
    let set = site.clients[ADA].0.moved_to(address).put(&trusting, &json!({"up_to": "1.00"})).unwrap();
    assert_eq!(set.status, 200, "{}", String::from_utf8_lossy(&set.bytes));
    let asked: Vec<_> =
        (0..PAYMENTS).map(|number| making(&site, "request", format!("trusted-{number}"), None)).collect();
    let answers = kill_in_the_middle(&site, address, server, &asked);
    (server, address) = Program::serve(program::serve(&site.database));
    reckon(&site, address, &asked, &answers, "completed");
    site.verify();
    let expected = expected + i64::try_from(PAYMENTS).unwrap();
    assert_eq!(site.database.db_numbers(moved), [50 * expected]);
    server.signal("TERM");
    server.wait().expect_code(0);
}

/// Requests and holds whose time is over while the server is killed again and again.
fn expiry_survives(engine: Engine) {
    let mut site = Site::new(engine);
    let (mut server, address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let soon = SystemClock.now().plus_seconds(3).rfc3339();
    for number in 0..PAYMENTS {
        let kind = if number % 2 == 0 { "request" } else { "authorise" };
        let sent = making(&site, kind, format!("soon-{number}"), Some(soon.clone()));
        assert_eq!(send(&site, address, &sent).unwrap().status, 201);
    }
    let expired = || site.database.db_numbers("SELECT count(*) AS value FROM payments WHERE state = 6")[0];
    let mut seen = 0;
    for _ in 0..3 {
        wait_until("some have expired", || expired() > seen || expired() == 48);
        server.kill();
        seen = expired();
        site.verify();
        (server, _) = Program::serve(program::serve(&site.database));
    }
    wait_until("all have expired", || expired() == i64::try_from(PAYMENTS).unwrap());
    server.signal("TERM");
    server.wait().expect_code(0);
    site.verify();
    let reserved = "SELECT CAST(SUM(reserved) AS BIGINT) AS value FROM balances";
    assert_eq!(site.database.db_numbers(reserved), [0]);
    let releases = "SELECT count(*) AS value FROM records WHERE kind = 3";
    assert_eq!(site.database.db_numbers(releases), [i64::try_from(PAYMENTS / 2).unwrap()], "each once");
}

#[test]
fn each_step_on_sqlite_survives_kill_9() {
    each_step_survives(Engine::Sqlite);
}

#[test]
fn each_step_on_postgres_survives_kill_9() {
    each_step_survives(Engine::Postgres);
}

#[test]
fn expiry_on_sqlite_survives_kill_9() {
    expiry_survives(Engine::Sqlite);
}

#[test]
fn expiry_on_postgres_survives_kill_9() {
    expiry_survives(Engine::Postgres);
}
