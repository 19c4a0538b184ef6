//! Two real server processes on one PostgreSQL, through HTTP.

use std::sync::{Arc, Barrier};

use counterfoil::storage::Engine;

use crate::books;
use crate::http::{Answer, Client};
use crate::program::{self, Program};
use crate::support::{TestApp, TestDatabase};

#[test]
fn two_servers_share_keys_accounts_and_sessions() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let app = TestApp::on(Arc::clone(&database));
    let people = ["ada", "bob", "cyd"].map(|name| app.member(name));
    let admin = app.admin();
    app.stop();
    let (first, here) = Program::serve(program::serve(&database));
    let (second, there) = Program::serve(program::serve(&database));
    let addresses = [here, there];
    // Signed in at the one, known at the other.
    let clients: Vec<_> = people.iter().map(|person| Client::at(here).signed_in(&person.email)).collect();
    let greta = Client::at(there).signed_in(&admin.email).moved_to(here);

    // Eight threads at each server; each key comes to both, at the same moment.
    let keys = 40_usize;
    let start = Arc::new(Barrier::new(16));
    let threads: Vec<_> = (0..16_usize)
        .map(|thread| {
            let clients: Vec<_> =
                clients.iter().map(|client| client.moved_to(addresses[thread % 2])).collect();
            let codes: Vec<_> = people.iter().map(|person| person.code.clone()).collect();
            let start = Arc::clone(&start);
            std::thread::spawn(move || -> Vec<(usize, Answer)> {
                (0..keys)
                    .map(|step| {
                        // The two of a pair go in step, so that a key meets itself.
                        let number = thread / 2 * keys + step;
                        let (from, to) = (number % 3, (number + 1 + number % 2) % 3);
                        start.wait();
                        let amount = format!("{}.{:02}", number % 9, number % 89 + 1);
                        let key = format!("shared-{number}");
                        (number, clients[from].pay(&codes[from], &codes[to], &amount, &key).unwrap())
                    })
                    .collect()
            })
        })
        .collect();
    let answers: Vec<Vec<_>> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let mut paid = 0;
    for pair in answers.chunks(2) {
        for ((number, one), (_, other)) in pair[0].iter().zip(&pair[1]) {
            assert_eq!((one.status, &one.bytes), (other.status, &other.bytes), "key {number}");
            assert!([201, 409].contains(&one.status), "{}", String::from_utf8_lossy(&one.bytes));
            assert!(one.is_replay != other.is_replay, "key {number}: one of the two is the first");
            paid += i64::from(one.status == 201);
        }
    }
    assert_eq!(database.db_count("payments"), paid);
    assert!(paid > 50, "{paid}");

    // A limit that the admin sets at the one binds the other at its next request; a sign-out too.
    let ada = clients[0].moved_to(there);
    let path = format!("/api/v1/accounts/{}", people[0].code);
    let balance = |client: &Client| client.get(&path).unwrap().json()["balance"].as_str().unwrap().to_owned();
    let owed = balance(&ada).trim_start_matches('-').to_owned();
    let limits = serde_json::json!({"credit_limit": if balance(&ada).starts_with('-') { owed.as_str() } else { "0" }, "ceiling": null, "reason": "A cut"});
    assert_eq!(greta.put(&format!("{path}/limits"), &limits).unwrap().status, 200);
    let refused = ada.pay(&people[0].code, &people[1].code, "999.00", "after-the-cut").unwrap();
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("insufficient_credit")));
    assert_eq!(clients[1].delete("/api/v1/sessions/current").unwrap().status, 204);
    let refused =
        clients[1].moved_to(there).pay(&people[1].code, &people[0].code, "0.01", "after-the-end").unwrap();
    assert_eq!(refused.status, 401);

    for program in [first, second] {
        program.signal("TERM");
        program.wait().expect_code(0);
    }
    books::check(&database);
    books::check_floor(&database, -100_00);
}
