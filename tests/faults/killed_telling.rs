//! A server that is killed while it tells people by mail of what happens, again and again: of each thing they are told
//! once, and there is one digest of a day.

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::by_hand::ByHand;
use crate::killing::{ADA, BOB, Running};
use crate::program::wait_until;

const ROUNDS: usize = 4;
/// How many payments there are at least between two kills.
const PAYMENTS: usize = 30;
const CYD: &str = "cyd@river.example";

/// How many things mails of news tell of: those named, and those that are only counted where much happens at once.
fn told(running: &Running, to_whom: &str) -> i64 {
    let sql = format!(
        "SELECT parameters AS value FROM mails WHERE kind = 30 AND recipient {to_whom} '{CYD}' ORDER BY id"
    );
    let things = |text: &String| {
        let news = serde_json::from_str::<Value>(text).unwrap()["news"].clone();
        i64::try_from(news["items"].as_array().unwrap().len()).unwrap() + news["more"].as_i64().unwrap_or(0)
    };
    running.site.database.db_texts(&sql).iter().map(things).sum()
}

/// What is told at once: to everybody but Cyd, whose news come with the day.
fn told_at_once(running: &Running) -> i64 {
    told(running, "<>")
}

fn digests(running: &Running) -> i64 {
    running.number(&format!("SELECT count(*) AS value FROM mails WHERE kind = 30 AND recipient = '{CYD}'"))
}

fn telling_survives(engine: Engine) {
    let mut running = Running::begin(engine);
    wait_until("it tells from here on", || running.site.database.db_count("event_mailings") == 3);
    for who in [ADA, BOB] {
        let client = running.site.clients[who].0.moved_to(running.address);
        let chosen = json!({"community": "RIVER", "choices": {"payment_received": "at_once"}});
        assert_eq!(client.put("/api/v1/me/notifications", &chosen).unwrap().status, 200);
    }
    let mut lines = Vec::new();
    for round in 0..ROUNDS {
        let seen = told_at_once(&running);
        let load = running.site.load(running.address, &format!("told-{round}"));
        load.wait_for(PAYMENTS);
        wait_until("some are told of", || told_at_once(&running) > seen);
        running.kill();
        lines.extend(load.lines());
        running.restart();
        running.site.verify();
    }
    running.site.reckon(running.address, &lines);
    let cyd = &running.site.clients[2].1;
    let payments = i64::try_from(lines.len()).unwrap();
    let to_cyd = i64::try_from(lines.iter().filter(|line| line.payee == *cyd).count()).unwrap();
    let is_through = "SELECT count(*) AS value FROM event_mailings JOIN heads USING (community_id) \
                      WHERE cadence = 1 AND told_seq = event_seq";
    wait_until("all is told", || running.number(is_through) == 1);
    assert_eq!((told_at_once(&running), digests(&running)), (payments - to_cyd, 0), "each once");

    // The day is over.
    running.kill();
    ByHand::on(&running.site.database).run("UPDATE event_mailings SET due_at = 1 WHERE cadence = 2");
    for _ in 0..ROUNDS {
        running.restart();
        wait_until("the digest has begun", || {
            running.number("SELECT count(*) AS value FROM event_mailings WHERE cadence = 2 AND due_at = 1")
                == 0
        });
        running.kill();
    }
    running.restart();
    let is_done = "SELECT count(*) AS value FROM event_mailings WHERE cadence = 2 AND until_seq = 0";
    wait_until("the digest is written", || running.number(is_done) == 1);
    assert_eq!((told_at_once(&running), digests(&running)), (payments - to_cyd, 1));
    assert_eq!(told(&running, "="), to_cyd, "the digest tells of each");
    running.end();
}

#[test]
fn telling_on_sqlite_survives_kill_9() {
    telling_survives(Engine::Sqlite);
}

#[test]
fn telling_on_postgres_survives_kill_9() {
    telling_survives(Engine::Postgres);
}
