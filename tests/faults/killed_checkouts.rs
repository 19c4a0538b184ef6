//! A server that is killed in the middle of each step of checkouts' lives, and started again: each order has one checkout, each
//! checkout one payment at most, and both stand together.

use counterfoil::domain::time::Clock;
use counterfoil::services::world::SystemClock;
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::killing::{ADA, BOB, Running, Sent};
use crate::program::wait_until;

const CHECKOUTS: usize = 36;
const COUNT: i64 = 36;
/// Until when what is made can be paid, in seconds.
const SOON_S: i64 = 5;
const MOVED: &str = "SELECT CAST(MAX(balance) AS BIGINT) AS value FROM balances";

fn making(running: &Running, name: &str, change: &Value) -> Vec<Sent> {
    let account = &running.site.clients[BOB].1;
    let one = |number: usize| {
        let mut body =
            json!({"account": account, "amount": "0.50", "order_reference": format!("{name}-{number}")});
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        let key = Some(format!("make-{name}-{number}"));
        Sent { who: BOB, path: "/api/v1/checkouts".into(), body, key }
    };
    (0..CHECKOUTS).map(one).collect()
}

fn to_each(ids: &[String], who: usize, step: &str, body: &Value) -> Vec<Sent> {
    let one = |(number, id): (usize, &String)| Sent {
        who,
        path: format!("/api/v1/checkouts/{id}/{step}"),
        body: body.clone(),
        key: Some(format!("{step}-{id}-{number}")),
    };
    ids.iter().enumerate().map(one).collect()
}

fn in_state(running: &Running, state: i64) -> i64 {
    running.number(&format!("SELECT count(*) AS value FROM checkouts WHERE state = {state}"))
}

fn each_step_survives(engine: Engine) {
    let mut running = Running::begin(engine);
    let payer = json!({"payer": running.site.clients[ADA].1});
    let paid = making(&running, "paid", &json!({}));
    let paid = running.survive(&paid);
    assert_eq!(in_state(&running, 1), COUNT, "each order has one");
    let approvals = to_each(&paid, ADA, "approve", &payer);
    assert_eq!(running.survive(&approvals), paid);
    assert_eq!((in_state(&running, 2), running.number(MOVED)), (COUNT, 50 * COUNT), "each is paid once");

    let later = making(&running, "later", &json!({"capture": "manual"}));
    let later = running.survive(&later);
    let approvals = to_each(&later, ADA, "approve", &payer);
    running.survive(&approvals);
    assert_eq!((in_state(&running, 3), running.number(MOVED)), (COUNT, 50 * COUNT));
    running.sign_in();
    let bob = running.site.clients[BOB].0.moved_to(running.address);
    let payments: Vec<String> = later
        .iter()
        .map(|id| {
            bob.get(&format!("/api/v1/checkouts/{id}")).unwrap().json()["payment_id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let captures = Sent::to_each(&payments, BOB, "capture", &json!({"amount": "0.20"}), "capture");
    running.survive_to(&captures, "completed");
    assert_eq!((in_state(&running, 2), running.number(MOVED)), (2 * COUNT, 70 * COUNT));
    let refunds = Sent::to_each(&payments, BOB, "refunds", &json!({"amount": "0.10"}), "refund");
    running.survive(&refunds);
    assert_eq!(running.number(MOVED), 60 * COUNT);

    running.sign_in();
    let ended = making(&running, "ended", &json!({}));
    let ended = running.survive(&ended);
    let cancels = to_each(&ended, BOB, "cancel", &json!({}));
    running.survive(&cancels);
    assert_eq!(in_state(&running, 5), COUNT);
    assert!(running.cut_off > CHECKOUTS, "nobody was cut off");
    assert_eq!(running.site.database.db_count("checkouts"), 3 * COUNT);
    running.end();
}

fn expiry_survives(engine: Engine) {
    let mut running = Running::begin(engine);
    // Each has its own time from when it is made, however long it takes to make them all.
    for mut sent in making(&running, "soon", &json!({})) {
        sent.body["expires_at"] = json!(SystemClock.now().plus_seconds(SOON_S).rfc3339());
        let made = running.send(&sent).unwrap();
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.bytes));
    }
    wait_until("some have expired", || in_state(&running, 6) > 0);
    running.kill();
    running.site.verify();
    running.restart();
    wait_until("all have expired", || in_state(&running, 6) == COUNT);
    running.end();
}

#[test]
fn checkouts_on_sqlite_survive_kill_9() {
    each_step_survives(Engine::Sqlite);
}

#[test]
fn checkouts_on_postgres_survive_kill_9() {
    each_step_survives(Engine::Postgres);
}

#[test]
fn expiring_checkouts_on_sqlite_survive_kill_9() {
    expiry_survives(Engine::Sqlite);
}

#[test]
fn expiring_checkouts_on_postgres_survive_kill_9() {
    expiry_survives(Engine::Postgres);
}
