//! What is written stays as it is: the engines refuse changes of the history, whoever asks.

use counterfoil::domain::amount::Amount;
use counterfoil::domain::command::{Action, Authorise, Command, Pay};
use counterfoil::domain::fold::Outcome;
use counterfoil::jobs::{Contributing, Work};
use counterfoil::storage::{Conn, Engine};
use serde_json::{Value, json};

use crate::by_hand::{ByHand, execute};
use crate::support::{TestApp, both_engines};

const TABLES: [&str; 11] = [
    "records",
    "entries",
    "account_items",
    "hold_items",
    "audits",
    "user_audits",
    "refunds",
    "charges",
    "fee_versions",
    "income_versions",
    "missed_periods",
];

/// At least one row in each of the tables.
fn fill(app: &TestApp) {
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    let paid = app.pay(&ada, &bob, "1.00");
    let path = format!("/api/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    bob.post_with(&path, &[("Idempotency-Key", "r")], &json!({"amount": "0.50"})).expect(201);
    app.set_limits(&ada, "50.00", None);
    let payment = Pay {
        payer_id: ada.account_id.parse().unwrap(),
        payee_id: bob.account_id.parse().unwrap(),
        amount: Amount::from_minor(5),
        description: String::new(),
        allow_duplicate: false,
    };
    let expires_at = app.now().plus_seconds(3600);
    let action = Action::Authorise(Authorise { payment, expires_at });
    let command = Command::by_service(app.community("RIVER").id, action);
    let held = app.block_on(app.services().ledger().submit(command)).unwrap();
    assert!(matches!(held, Outcome::Paid(_)), "{held:?}");
    let set = |path: &str, body: Value| {
        app.admin().again().put(&format!("/api/v1/communities/RIVER/{path}"), &body).expect(200);
    };
    let side = json!({"fixed": "0.00", "basis_points": 100});
    set("fees", json!({"payer": side, "payee": side, "reason": "Decided"}));
    set("fund/income", json!({"every": "month", "amount": "0.10", "reason": "Decided"}));
    set("contributions", json!({"every": "month", "amount": "0.20", "reason": "Decided"}));
    // A month that is taken, and then more than are made up for.
    for days in [32, 300] {
        app.clock.advance(days * 86_400);
        let contributing = Contributing::new(app.services());
        while app.block_on(contributing.do_one()).unwrap() {}
    }
}

/// Everything that a table holds, in one text.
fn content(app: &TestApp, table: &str) -> Vec<String> {
    let mut by_hand = ByHand::on(&app.database);
    match app.database.engine() {
        Engine::Postgres => by_hand.texts(&format!("SELECT t::text AS value FROM {table} t ORDER BY 1")),
        Engine::Sqlite => {
            let columns = by_hand
                .texts(&format!("SELECT 'quote(' || name || ')' AS value FROM pragma_table_info('{table}')"));
            by_hand.texts(&format!("SELECT {} AS value FROM {table} ORDER BY 1", columns.join(" || ',' || ")))
        }
    }
}

#[track_caller]
fn is_refused(conn: &mut Conn, sql: &str, table: &str) {
    let words = execute(conn, sql).expect_err(sql);
    assert!(words.contains(&format!("{table} is append-only")), "{sql}: {words}");
}

both_engines! {
    fn history_refuses_every_change(app: &TestApp) {
        fill(app);
        // What anyone with a connection may try, and what the service's own connection may.
        let services_own = |app: &TestApp| {
            app.stop();
            app.database.open().connect_writer().unwrap()
        };
        for mut conn in [ByHand::on(&app.database).0, services_own(app)] {
            for table in TABLES {
                let before = content(app, table);
                let (column, key) = match table {
                    "user_audits" => ("action", "id"),
                    "entries" => ("community_id", "community_id, account_id, account_seq"),
                    "audits" => ("community_id", "community_id, id"),
                    "refunds" => ("community_id", "community_id, payment_id"),
                    "charges" => ("community_id", "community_id, account_id, number"),
                    "missed_periods" => ("community_id", "community_id, work, every, from_day, noted_at"),
                    "fee_versions" | "income_versions" => {
                        ("community_id", "community_id, version")
                    }
                    _ => ("community_id", "community_id, seq"),
                };
                assert!(!before.is_empty(), "{table} has rows");
                for sql in [
                    format!("UPDATE {table} SET {column} = {column}"),
                    format!("DELETE FROM {table}"),
                ] {
                    is_refused(&mut conn, &sql, table);
                }
                if app.database.engine() == Engine::Postgres {
                    is_refused(&mut conn, &format!("TRUNCATE {table}"), table);
                    is_refused(&mut conn, &format!("TRUNCATE {table} CASCADE"), table);
                    is_refused(&mut conn, &format!("INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) \
                        DO UPDATE SET {column} = excluded.{column}"), table);
                }
                assert_eq!(content(app, table), before, "{table}");
            }
        }
    }
}

#[test]
fn sqlites_replace_does_not_slip_past_the_service() {
    let app = TestApp::new(Engine::Sqlite);
    fill(&app);
    app.stop();
    let mut conn = app.database.open().connect_writer().unwrap();
    for table in TABLES {
        let before = content(&app, table);
        is_refused(&mut conn, &format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"), table);
        assert_eq!(content(&app, table), before);
    }
}
