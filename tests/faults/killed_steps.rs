//! A server that is killed in the middle of each kind of step in a payment's life, and started again: what was
//! acknowledged is there with the same bytes, what was not is found out with its key, nothing is there twice and nothing
//! stays where it cannot be taken further.

use counterfoil::domain::time::Clock;
use counterfoil::services::world::SystemClock;
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::killing::{ADA, BOB, GRETA, OTTO, Running, Sent};
use crate::program::wait_until;

/// As many are taken further in one round.
const PAYMENTS: usize = 48;
const COUNT: i64 = 48;
const MOVED: &str = "SELECT CAST(MAX(balance) AS BIGINT) AS value FROM balances";

/// How payments are made, and how they are taken further: by whom, with what, and to which state.
const STEPS: [(&str, &str, usize, Option<&str>, &str); 6] = [
    ("request", "accept", ADA, None, "completed"),
    ("request", "decline", ADA, None, "declined"),
    ("request", "cancel", BOB, None, "cancelled"),
    ("authorise", "capture", BOB, None, "completed"),
    ("authorise", "capture", BOB, Some("0.20"), "completed"),
    ("authorise", "void", BOB, None, "cancelled"),
];

fn making(running: &Running, kind: &str, key: String, expires_at: Option<&str>) -> Sent {
    let mut sent = match kind {
        "authorise" => Sent::payment(&running.site, "0.50", "manual", key),
        _ => Sent::request(&running.site, "0.50", key),
    };
    if let Some(time) = expires_at {
        sent.body["expires_at"] = json!(time);
    }
    sent
}

fn makings(running: &Running, kind: &str, name: &str) -> Vec<Sent> {
    (0..PAYMENTS).map(|number| making(running, kind, format!("{name}-{number}"), None)).collect()
}

fn each_step_survives(engine: Engine) {
    let mut running = Running::begin(engine);
    for (round, (making_by, step, who, amount, state)) in STEPS.into_iter().enumerate() {
        let made_state = if making_by == "request" { "requested" } else { "authorised" };
        let all = makings(&running, making_by, &format!("make-{round}"));
        let ids = running.survive_to(&all, made_state);
        let body = amount.map_or(json!({}), |amount| json!({"amount": amount}));
        let steps = Sent::to_each(&ids, who, step, &body, &format!("step-{round}"));
        assert_eq!(running.survive_to(&steps, state), ids);
    }
    assert!(running.cut_off > PAYMENTS, "nobody was cut off");
    assert_eq!(running.site.database.db_count("payments"), 6 * COUNT, "no payment is there twice");
    assert_eq!(
        running.number("SELECT count(*) AS value FROM payments WHERE state IN (1, 3)"),
        0,
        "none is stuck"
    );
    assert_eq!(running.number("SELECT count(*) AS value FROM payments WHERE state = 4"), 3 * COUNT);
    let paid = COUNT * (50 + 50 + 20);
    assert_eq!(running.number(MOVED), paid, "each was paid once");
    assert_eq!(running.number("SELECT CAST(SUM(reserved) AS BIGINT) AS value FROM balances"), 0);
    // A standing order: what is asked for is paid by the command that asks.
    let [payer, payee] = [ADA, BOB].map(|place| running.site.clients[place].1.clone());
    let trusting = format!("/api/v1/accounts/{payer}/trusted-payees/{payee}");
    let ada = running.site.clients[ADA].0.moved_to(running.address);
    assert_eq!(ada.put(&trusting, &json!({"up_to": "1.00"})).unwrap().status, 200);
    let asked = makings(&running, "request", "trusted");
    running.survive_to(&asked, "completed");
    assert_eq!(running.number(MOVED), paid + 50 * COUNT);
    running.end();
}

/// What was paid goes back: in part by whom was paid, the rest by two admins; or all of it by one.
fn ways_back_survive(engine: Engine) {
    let mut running = Running::begin(engine);
    let greta = running.site.clients[GRETA].0.moved_to(running.address);
    let rules = json!({"limits_above": null, "reversals_above": "0.30", "reason": "Decided"});
    assert_eq!(greta.put("/api/v1/communities/RIVER/approval-rules", &rules).unwrap().status, 200);
    let pay = |running: &mut Running, amount: &str, name: &str| {
        let site = &running.site;
        let all =
            (0..PAYMENTS).map(|number| Sent::payment(site, amount, "automatic", format!("{name}-{number}")));
        let all: Vec<_> = all.collect();
        running.survive_to(&all, "completed")
    };
    let large = pay(&mut running, "0.50", "large");
    let small = pay(&mut running, "0.30", "small");
    let refunds =
        Sent::to_each(&large, BOB, "refunds", &json!({"amount": "0.10", "reason": "stale"}), "refund");
    running.survive_to(&refunds, "completed");
    assert_eq!(running.number(MOVED), COUNT * (40 + 30));

    running.sign_in();
    let body: Value = json!({"reason": "A mistake"});
    let of_one = Sent::to_each(&small, GRETA, "reversal", &body, "one");
    running.survive_to(&of_one, "completed");
    assert_eq!(running.number(MOVED), COUNT * 40);
    let of_two = Sent::to_each(&large, GRETA, "reversal", &body, "two");
    let approvals = running.survive(&of_two);
    assert_eq!(running.number(MOVED), COUNT * 40, "nothing is done before the second agrees");
    running.sign_in();
    let approve = |id: &String| Sent {
        who: OTTO,
        path: format!("/api/v1/communities/RIVER/approvals/{id}/approve"),
        body: json!({"reason": "Talked it over"}),
        key: None,
    };
    let agreeing: Vec<_> = approvals.iter().map(approve).collect();
    running.survive(&agreeing);
    assert!(running.cut_off > 2 * PAYMENTS, "nobody was cut off");
    assert_eq!(running.number(MOVED), 0, "all of it is where it was");
    assert_eq!(
        running.number("SELECT count(*) AS value FROM approvals WHERE state <> 2"),
        0,
        "none is stuck"
    );
    for (kind, count) in [(1, COUNT), (2, 2 * COUNT)] {
        let made = format!("SELECT count(*) AS value FROM refunds WHERE kind = {kind}");
        assert_eq!(running.number(&made), count, "each once");
    }
    assert_eq!(running.site.database.db_count("payments"), 5 * COUNT);
    running.end();
}

/// Requests and holds whose time is over while the server is killed again and again.
fn expiry_survives(engine: Engine) {
    let mut running = Running::begin(engine);
    let soon = SystemClock.now().plus_seconds(3).rfc3339();
    for number in 0..PAYMENTS {
        let kind = if number % 2 == 0 { "request" } else { "authorise" };
        let sent = making(&running, kind, format!("soon-{number}"), Some(&soon));
        let reply = running.send(&sent).unwrap();
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.bytes));
    }
    let expired =
        |running: &Running| running.number("SELECT count(*) AS value FROM payments WHERE state = 6");
    let mut seen = 0;
    for _ in 0..3 {
        wait_until("some have expired", || expired(&running) > seen || expired(&running) == COUNT);
        running.kill();
        seen = expired(&running);
        running.site.verify();
        running.restart();
    }
    wait_until("all have expired", || expired(&running) == COUNT);
    assert_eq!(running.number("SELECT CAST(SUM(reserved) AS BIGINT) AS value FROM balances"), 0);
    assert_eq!(
        running.number("SELECT count(*) AS value FROM records WHERE kind = 3"),
        COUNT / 2,
        "each once"
    );
    running.end();
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
fn ways_back_on_sqlite_survive_kill_9() {
    ways_back_survive(Engine::Sqlite);
}

#[test]
fn ways_back_on_postgres_survive_kill_9() {
    ways_back_survive(Engine::Postgres);
}

#[test]
fn expiry_on_sqlite_survives_kill_9() {
    expiry_survives(Engine::Sqlite);
}

#[test]
fn expiry_on_postgres_survives_kill_9() {
    expiry_survives(Engine::Postgres);
}
