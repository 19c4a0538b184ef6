//! A server that is killed while it tells a shop of its payments, again and again, by a receiver that is not always well: every
//! payment arrives at least once, always under the same message id, and nobody else's.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil::storage::Engine;
use serde_json::json;

use crate::killing::{BOB, Running};
use crate::program::wait_until;
use crate::support::{Answer, Receiver};

const ROUNDS: usize = 4;
/// How many payments there are at least between two kills.
const PAYMENTS: usize = 30;

fn webhooks_survive(engine: Engine) {
    let mut running = Running::begin(engine);
    let receiver = Receiver::new();
    let body = json!({"url": receiver.url(), "events": ["payment.completed"]});
    let client = running.site.clients[BOB].0.moved_to(running.address);
    assert_eq!(client.post("/api/v1/webhook-endpoints", &body, None).unwrap().status, 201);
    let mut lines = Vec::new();
    // Message ids by payment, and how often each came.
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut messages = 0;
    let mut hear = |receiver: &Receiver| {
        while let Some(received) = receiver.waiting() {
            let id = received.body["data"]["id"].as_str().unwrap().to_owned();
            told.entry(id).or_default().insert(received.id().to_owned());
            messages += 1;
        }
        (told.len(), messages)
    };
    for round in 0..ROUNDS {
        // One message has to come again by its schedule, too: in five seconds. Refused once more, it would in five minutes.
        if round == 0 {
            receiver.first([Answer::Status(500, "", "")]);
        }
        let (_, seen) = hear(&receiver);
        let load = running.site.load(running.address, &format!("hooked-{round}"));
        load.wait_for(PAYMENTS);
        wait_until("some have arrived", || hear(&receiver).1 > seen + 3);
        running.kill();
        lines.extend(load.lines());
        running.restart();
        running.site.verify();
    }
    running.site.reckon(running.address, &lines);
    let concerned = |code: &str| {
        let sql = format!(
            "SELECT count(*) AS value FROM payments JOIN accounts ON accounts.community_id = payments.community_id \
             AND accounts.id IN (payments.payer_id, payments.payee_id) WHERE accounts.code = '{code}'"
        );
        usize::try_from(running.number(&sql)).unwrap()
    };
    let wanted = concerned(&running.site.clients[BOB].1);
    assert!(wanted >= PAYMENTS);
    // What was under way when the server was killed is due again once its lease has ended.
    wait_until("each has arrived", || hear(&receiver).0 == wanted);
    let is_through = "SELECT count(*) AS value FROM webhook_deliveries WHERE state = 1";
    wait_until("nothing waits", || running.number(is_through) == 0);
    let (payments, messages) = hear(&receiver);
    assert_eq!(payments, wanted, "nobody else's");
    assert!(messages >= wanted);
    let ids: BTreeSet<_> = told.values().flatten().collect();
    assert!(
        told.values().all(|ids| ids.len() == 1) && ids.len() == wanted,
        "one id for each, and only for it"
    );
    let sql = "SELECT count(*) AS value FROM webhook_deliveries WHERE state = 2";
    assert_eq!(usize::try_from(running.number(sql)).unwrap(), wanted, "each was made once");
    running.end();
}

#[test]
fn webhooks_on_sqlite_survive_kill_9() {
    webhooks_survive(Engine::Sqlite);
}

#[test]
fn webhooks_on_postgres_survive_kill_9() {
    webhooks_survive(Engine::Postgres);
}
