//! A server that is killed in the middle of its work, and started again.

use std::time::{Duration, Instant};

use counterfoil::storage::Engine;
use serde_json::json;

use crate::journal::Site;
use crate::program::{self, Program};

const ROUNDS: usize = 4;

fn kill_and_start_again(engine: Engine) {
    let mut site = Site::new(engine);
    let (mut server, mut address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let mut lines = Vec::new();
    for round in 0..ROUNDS {
        let load = site.load(address, &format!("kill-{round}"));
        load.wait_for(25 + 10 * round);
        server.kill();
        lines.extend(load.lines());
        (server, address) = Program::serve(program::serve(&site.database));
        // What was found out in earlier rounds stays found.
        site.reckon(address, &lines);
        site.verify();
    }
    let acknowledged =
        lines.iter().filter(|line| line.answer.as_ref().is_ok_and(|answer| answer.status == 201)).count();
    assert!(acknowledged > 25 * ROUNDS, "{acknowledged}");
    assert!(lines.iter().any(|line| line.answer.is_err()), "nobody was cut off");
    server.signal("TERM");
    server.wait().expect_code(0);
}

#[test]
fn what_sqlite_acknowledged_survives_kill_9() {
    kill_and_start_again(Engine::Sqlite);
}

#[test]
fn what_postgres_acknowledged_survives_kill_9() {
    kill_and_start_again(Engine::Postgres);
}

/// As many lines has the list that is cut off.
const LINES: usize = 2_000;
/// How long after its sending the server is killed, in milliseconds: while it is read, judged, written, committed, answered.
const MOMENTS_MS: [u64; 6] = [0, 40, 120, 250, 500, 1_000];

fn kill_in_the_middle_of_a_list(engine: Engine) {
    let mut site = Site::new(engine);
    let (mut server, mut address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let whole = i64::try_from(LINES).unwrap();
    let mut posted = 0;
    for (round, moment) in MOMENTS_MS.into_iter().enumerate() {
        let payees = [site.clients[1].1.clone(), site.clients[2].1.clone()];
        let line = |number: usize| {
            json!({"payer": site.clients[0].1, "payee": payees[number % 2], "amount": "0.01",
                "description": format!("{round}-{number}")})
        };
        let body = json!({"payments": (0..LINES).map(line).collect::<Vec<_>>()});
        let (path, key) = ("/api/v1/payments/bulk", format!("list-{round}"));
        let (client, sent, sent_key) = (site.clients[0].0.moved_to(address), body.clone(), key.clone());
        let begun = Instant::now();
        let sending = std::thread::spawn(move || client.post(path, &sent, Some(&sent_key)));
        program::wait_until("the moment has come", || begun.elapsed() >= Duration::from_millis(moment));
        server.kill();
        let answer = sending.join().unwrap();
        let stored = site.database.db_count("payments") - posted;
        assert!(stored == 0 || stored == whole, "all or nothing, and not {stored}");
        (server, address) = Program::serve(program::serve(&site.database));
        let again = site.clients[0].0.moved_to(address).post(path, &body, Some(&key)).unwrap();
        assert_eq!(again.status, 201, "{}", String::from_utf8_lossy(&again.bytes));
        assert!(again.is_replay || stored == 0, "what is there is repeated");
        if let Ok(answer) = answer {
            assert_eq!((answer.status, again.is_replay), (201, true), "what was acknowledged is there");
            assert_eq!(answer.bytes, again.bytes);
        }
        posted += whole;
        assert_eq!(site.database.db_count("payments"), posted, "once, and not twice");
        site.verify();
    }
    server.signal("TERM");
    server.wait().expect_code(0);
}

#[test]
fn a_killed_list_is_posted_whole_or_not_at_all_on_sqlite() {
    kill_in_the_middle_of_a_list(Engine::Sqlite);
}

#[test]
fn a_killed_list_is_posted_whole_or_not_at_all_on_postgres() {
    kill_in_the_middle_of_a_list(Engine::Postgres);
}
