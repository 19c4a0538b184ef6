//! A server that is killed while it makes up for planned payments of more than a year, again and again: each run comes
//! once, and none is lost.

use std::sync::Arc;

use counterfoil::storage::{Database, Engine};
use serde_json::{Value, json};

use crate::books;
use crate::program::{self, Program, wait_until};
use crate::support::{TestApp, TestDatabase, fresh_key};

const DAY_S: i64 = 86_400;
/// How long ago everything was planned, in days.
const DAYS: i64 = 400;
/// Daily schedules, of which every third one cannot pay.
const SCHEDULES: i64 = 9;
const KILLS: i64 = 8;

/// A database in which runs of more than a year are due, by members whose service has gone.
fn overdue(engine: Engine) -> Arc<TestDatabase> {
    let database = Arc::new(TestDatabase::new(engine));
    let app = TestApp::on(Arc::clone(&database));
    app.clock.advance(-DAYS * DAY_S);
    let (rich, poor) = (
        app.newcomer("ada").with_credit_limit("100000").join(),
        app.newcomer("cyd").with_credit_limit("0").join(),
    );
    let ben = app.member("ben");
    let day: String = app.now().plus_seconds(DAY_S).rfc3339().chars().take(10).collect();
    for number in 0..SCHEDULES {
        let payer = if number % 3 == 2 { &poor } else { &rich };
        let body: Value = json!({
            "payer": payer.code, "payee": ben.code, "amount": "1.00", "starts_on": day, "time": "00:00",
            "unit": "day", "count": DAYS - 10,
        });
        payer.post_with("/api/v1/schedules", &[("Idempotency-Key", fresh_key().as_str())], &body).expect(201);
    }
    app.stop();
    wait_until("the database is free", || Database::open(&database.url(), 1).is_ok());
    database
}

fn killed_while_it_catches_up(engine: Engine) {
    let database = overdue(engine);
    let (runs_of_each, runs) = (DAYS - 10, SCHEDULES * (DAYS - 10));
    let made = || database.db_count("planned_payments");
    let mut was_between = 0;
    for round in 1..=KILLS {
        let (server, _) = Program::serve(program::serve(&database));
        // At other places each time: after some are there, whatever the server is at then.
        let enough = runs * round / (KILLS + 4) + round % 3;
        wait_until("some runs have had their turn", || made() >= enough);
        server.kill();
        was_between += i64::from(made() < runs);
        books::check(&database);
    }
    assert!(was_between > 3, "it was never killed on the way");
    let (server, _) = Program::serve(program::serve(&database));
    wait_until("all runs have had their turn", || made() >= runs);
    server.signal("TERM");
    server.wait().expect_code(0);
    books::check(&database);
    assert_eq!(made(), runs);
    let number = |sql: &str| database.db_numbers(sql)[0];
    let once = "SELECT count(*) AS value FROM (SELECT DISTINCT schedule_id, occurrence FROM planned_payments) AS runs";
    assert_eq!(number(once), runs);
    let failed = "SELECT count(*) AS value FROM payments WHERE state = 8";
    assert_eq!(number(failed), runs_of_each * SCHEDULES / 3);
    assert_eq!(
        number("SELECT count(*) AS value FROM schedules WHERE state = 3 AND end_reason = 1"),
        SCHEDULES
    );
    let told = number("SELECT count(*) AS value FROM mails WHERE kind = 20");
    assert_eq!(told, SCHEDULES / 3, "of what is made up for, one mail for each schedule");
    let received = runs_of_each * SCHEDULES * 2 / 3 * 100;
    assert_eq!(number("SELECT CAST(max(balance) AS BIGINT) AS value FROM balances"), received);
}

#[test]
fn a_killed_server_on_sqlite_makes_each_planned_payment_once() {
    killed_while_it_catches_up(Engine::Sqlite);
}

#[test]
fn a_killed_server_on_postgres_makes_each_planned_payment_once() {
    killed_while_it_catches_up(Engine::Postgres);
}
