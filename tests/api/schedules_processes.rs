//! Planned payments with several servers on one database, and with one that is cut off: each run comes once.

use std::sync::{Arc, Barrier};

use counterfoil::storage::Engine;
use serde_json::json;

use crate::schedules::{DAY_S, daily, edit, make, run_what_is_due, see};
use crate::support::{TestApp, TestDatabase, both_engines};

const SERVERS: usize = 2;
const SCHEDULES: usize = 12;
const DAYS: i64 = 20;

#[test]
fn two_servers_that_ask_for_the_same_runs_at_once_make_each_once() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let servers: Vec<_> = (0..SERVERS).map(|_| TestApp::on(Arc::clone(&database))).collect();
    let app = &servers[0];
    let (ada, ben) = (app.newcomer("ada").with_credit_limit("1000").join(), app.member("ben"));
    let body = daily(app, &ada, &ben, "1.00", &json!({}));
    let made: Vec<_> = (0..SCHEDULES).map(|_| make(&ada, &body)).collect();
    for server in &servers {
        server.clock.advance(DAYS * DAY_S + 60);
    }
    let start = Barrier::new(SERVERS);
    std::thread::scope(|scope| {
        for server in &servers {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                run_what_is_due(server);
            });
        }
    });
    let ada = ada.again();
    for schedule in &made {
        let seen = see(&ada, schedule);
        assert_eq!((&seen["runs"], &seen["failed_runs"]), (&json!(DAYS), &json!(0)), "{seen}");
    }
    let runs = DAYS * i64::try_from(SCHEDULES).unwrap();
    assert_eq!(ada.balance(), format!("-{runs}.00"));
    assert_eq!(database.db_count("planned_payments"), runs);
    let once = "SELECT count(*) AS value FROM (SELECT DISTINCT schedule_id, occurrence FROM planned_payments) AS runs";
    assert_eq!(database.db_numbers(once), [runs]);
}

#[test]
fn what_one_server_changed_no_other_runs_from_memory() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let (ada, ben) = (here.newcomer("ada").with_credit_limit("1000").join(), here.member("ben"));
    let made = make(&ada, &daily(&here, &ada, &ben, "1.00", &json!({})));
    for server in [&here, &there] {
        server.clock.advance(DAY_S + 60);
        run_what_is_due(server);
    }
    // There it is remembered by now as active.
    for server in [&here, &there] {
        server.clock.advance(DAY_S);
    }
    run_what_is_due(&there);
    let ada = ada.again();
    ada.post(&format!("{}/pause", crate::schedules::path(&made)), &json!({})).expect(200);
    for server in [&there, &here] {
        server.clock.advance(3 * DAY_S);
        run_what_is_due(server);
    }
    let seen = see(&ada, &made);
    assert_eq!((&seen["state"], &seen["runs"]), (&json!("paused"), &json!(2)));
}

/// On each of some days, at the moment of the run somebody gives the schedule other terms: by which of the two it came
/// is decided once.
fn runs_come_by_the_terms_of_their_moment(servers: &[&TestApp]) {
    let app = servers[0];
    let (ada, ben) = (app.newcomer("ada").with_credit_limit("1000").join(), app.member("ben"));
    let made = make(&ada, &daily(app, &ada, &ben, "1.00", &json!({})));
    let mut sum = 0;
    for amount in 2..10_i64 {
        for server in servers {
            server.clock.advance(DAY_S);
        }
        let editor = ada.again();
        editor.tokens();
        let start = Barrier::new(servers.len() + 1);
        std::thread::scope(|scope| {
            let (start, made, editor) = (&start, &made, &editor);
            for server in servers {
                scope.spawn(move || {
                    start.wait();
                    run_what_is_due(server);
                });
            }
            scope.spawn(move || {
                start.wait();
                edit(editor, made, &json!({"amount": format!("{amount}.00")})).expect(200);
            });
        });
        let runs = editor.get(&format!("{}/payments?limit=1", crate::schedules::path(&made))).expect(200);
        let paid = runs.data()[0]["amount"].as_str().unwrap();
        assert!(
            [amount - 1, amount].iter().any(|minor| paid == format!("{minor}.00")),
            "{paid} on day {amount}"
        );
        sum += paid.trim_end_matches(".00").parse::<i64>().unwrap();
        assert_eq!(see(&editor, &made)["runs"], amount - 1);
    }
    assert_eq!(ben.again().balance(), format!("{sum}.00"));
    app.prove();
}

both_engines! {
    fn an_edit_and_a_run_at_once_are_one_after_the_other(app: &TestApp) {
        runs_come_by_the_terms_of_their_moment(&[app]);
    }
}

#[test]
fn an_edit_here_and_a_run_there_are_one_after_the_other() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    runs_come_by_the_terms_of_their_moment(&[&here, &there]);
}
