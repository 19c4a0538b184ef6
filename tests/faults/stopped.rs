//! A server that is told to stop: what waits is answered, and then it goes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use counterfoil::storage::Engine;

use crate::by_hand::{ByHand, either};
use crate::http::{Answer, Client};
use crate::journal::{Line, Site};
use crate::program::{self, PATIENCE, Program, wait_until};

/// As many requests wait when the signal comes.
const WAITING: usize = 12;

/// Holds the database's write lock, past the service.
fn hold(site: &Site) -> ByHand {
    let mut locks = ByHand::on(&site.database);
    locks.run(either(site.database.engine(), "BEGIN IMMEDIATE", "BEGIN; SELECT 1 FROM heads FOR UPDATE"));
    locks
}

/// Requests, each on a connection of its own, whose answers cannot come as long as the lock is held.
fn send_waiting(site: &Site, address: std::net::SocketAddr, name: &str) -> Vec<(String, TcpStream)> {
    let (client, payer) = &site.clients[0];
    let client = client.moved_to(address);
    let streams = (0..WAITING)
        .map(|number| {
            let key = format!("{name}-{number}");
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream
                .write_all(client.payment_by_hand(payer, &site.clients[1].1, "0.07", &key).as_bytes())
                .unwrap();
            (key, stream)
        })
        .collect();
    // Both of the server's threads have gone on to what came later, so they have taken these.
    for _ in 0..8 {
        assert_eq!(Client::at(address).get("/healthz").unwrap().status, 200);
    }
    streams
}

fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("an answer, not a closed connection");
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        is_replay: head.contains("idempotency-replayed: true"),
        bytes: bytes[end + 4..].to_vec(),
    }
}

fn refuses_connections(address: std::net::SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err()
}

fn stop_while_requests_wait(engine: Engine, signal: &str) {
    let mut site = Site::new(engine);
    let (mut server, address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let (client, payer) = &site.clients[0];
    client.pay(payer, &site.clients[1].1, "0.07", "warm").unwrap();
    let mut locks = hold(&site);
    let waiting = send_waiting(&site, address, "waiting");
    server.signal(signal);
    wait_until("no new connections are taken", || refuses_connections(address));
    assert!(server.is_running(), "it must not go before it has answered");
    assert_eq!(site.database.db_count("payments"), 1);
    locks.run("ROLLBACK");
    let mut lines = Vec::new();
    for (key, mut stream) in waiting {
        let answer = read_answer(&mut stream);
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
        lines.push(Line { payer: payer.clone(), payee: site.clients[1].1.clone(), key, answer: Ok(answer) });
    }
    server.wait().expect_code(0);
    assert_eq!(
        site.database.db_count("payments"),
        i64::try_from(WAITING).unwrap() + 1,
        "each was posted before the end"
    );
    let (server, address) = Program::serve(program::serve(&site.database));
    let answer = Err("answered before".to_owned());
    lines.push(Line { payer: payer.clone(), payee: site.clients[1].1.clone(), key: "warm".into(), answer });
    site.reckon(address, &lines);
    site.verify();
    server.signal("TERM");
    server.wait().expect_code(0);
}

#[test]
fn sigterm_on_sqlite_answers_what_waits() {
    stop_while_requests_wait(Engine::Sqlite, "TERM");
}

#[test]
fn sigterm_on_postgres_answers_what_waits() {
    stop_while_requests_wait(Engine::Postgres, "TERM");
}

#[test]
fn ctrl_c_on_sqlite_answers_what_waits() {
    stop_while_requests_wait(Engine::Sqlite, "INT");
}

#[test]
fn ctrl_c_on_postgres_answers_what_waits() {
    stop_while_requests_wait(Engine::Postgres, "INT");
}

#[test]
fn a_second_signal_does_not_wait() {
    let mut site = Site::new(Engine::Postgres);
    let (server, address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let (client, payer) = &site.clients[0];
    client.pay(payer, &site.clients[1].1, "0.07", "warm").unwrap();
    let locks = hold(&site);
    let waiting = send_waiting(&site, address, "waiting");
    server.signal("TERM");
    wait_until("no new connections are taken", || refuses_connections(address));
    server.signal("TERM");
    server.wait().expect_code(1);
    drop((waiting, locks));
    let (server, _) = Program::serve(program::serve(&site.database));
    site.verify();
    server.signal("TERM");
    server.wait().expect_code(0);
}

fn stop_under_load(engine: Engine) {
    let mut site = Site::new(engine);
    let mut lines = Vec::new();
    for round in 0..3 {
        let (server, address) = Program::serve(program::serve(&site.database));
        if round == 0 {
            site.sign_in(address);
        }
        let load = site.load(address, &format!("stop-{round}"));
        load.wait_for(30);
        server.signal("TERM");
        let ended = server.wait().expect_code(0);
        load.stop();
        lines.extend(load.lines());
        assert!(!ended.err.contains("panicked"), "{ended:?}");
    }
    for answer in lines.iter().filter_map(|line| line.answer.as_ref().ok()) {
        assert!([201, 503].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.bytes));
    }
    let (server, address) = Program::serve(program::serve(&site.database));
    site.reckon(address, &lines);
    site.verify();
    server.signal("TERM");
    server.wait().expect_code(0);
}

#[test]
fn what_sqlite_acknowledged_survives_sigterm_under_load() {
    stop_under_load(Engine::Sqlite);
}

#[test]
fn what_postgres_acknowledged_survives_sigterm_under_load() {
    stop_under_load(Engine::Postgres);
}
