//! `GET /communities/{code}/health` and its thresholds: what is measured day by day agrees with the ledger, and admins are
//! told once.

use std::sync::Arc;

use counterfoil::domain::time::Timestamp;
use counterfoil::jobs::{Measuring, Work};
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::support::{Person, TestApp, TestDatabase, both_engines, keys};

const PATH: &str = "/api/v1/communities/RIVER/health";
const THRESHOLDS: &str = "/api/v1/communities/RIVER/health/thresholds";
const DAY_S: i64 = 86_400;
/// How many days the story goes over.
const DAYS: usize = 40;

/// Measures all that is due.
fn measure(app: &TestApp, measuring: &Measuring) {
    while app.block_on(measuring.do_one()).unwrap() {}
}

/// Measures all that is due, without anything in memory.
fn measure_anew(app: &TestApp) {
    measure(app, &Measuring::new(app.services()));
}

/// Lets time pass until noon by UTC, so that no midnight comes unasked.
fn until_noon(app: &TestApp) {
    app.clock.advance(DAY_S + DAY_S / 2 - app.now().unix_seconds() % DAY_S);
}

fn health(app: &TestApp, query: &str) -> Value {
    app.admin().again().get(&format!("{PATH}{query}")).expect(200).body
}

/// The newest value of a figure.
fn figure<'a>(report: &'a Value, name: &str) -> &'a Value {
    &report["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == name).unwrap()["value"]
}

fn points(report: &Value) -> &[Value] {
    report["series"]["data"].as_array().unwrap()
}

/// A number of minor units out of the database.
fn sum(app: &TestApp, sql: &str) -> String {
    let minor = app.database.db_numbers(&format!("SELECT CAST(coalesce(({sql}), 0) AS BIGINT) AS value"))[0];
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn micros(time: &Value) -> i64 {
    Timestamp::parse_rfc3339(time.as_str().unwrap()).unwrap().micros()
}

/// What the ledger itself says of a day, each by one query over the whole of it.
fn by_the_ledger(app: &TestApp, from: i64, until: i64) -> Vec<(&'static str, String)> {
    let trades = |back: &str, what: &str| {
        format!(
            "SELECT {what} FROM payments AS p \
             JOIN accounts AS a ON a.community_id = p.community_id AND a.id = p.payer_id \
             JOIN accounts AS b ON b.community_id = p.community_id AND b.id = p.payee_id \
             WHERE p.state = 4 AND a.kind = 1 AND b.kind = 1 AND p.completed_at >= {from} AND p.completed_at < {until} \
             AND {back} EXISTS (SELECT 1 FROM refunds AS r WHERE r.payment_id = p.id)"
        )
    };
    let balances = |sign: &str| {
        format!(
            "SELECT sum(abs(b)) FROM (SELECT sum(e.amount) AS b FROM entries AS e \
             JOIN records AS r ON r.community_id = e.community_id AND r.seq = e.seq \
             WHERE r.created_at < {until} GROUP BY e.account_id) AS left_over WHERE b {sign} 0"
        )
    };
    let refused = |code: &str| {
        format!(
            "SELECT count(*) * 100 FROM refusals WHERE created_at >= {from} AND created_at < {until} AND code LIKE '{code}'"
        )
    };
    let whole = |sql: &str| sum(app, sql).replace(".00", "");
    vec![
        ("turnover", sum(app, &trades("NOT", "sum(p.amount)"))),
        ("trades", whole(&trades("NOT", "count(*) * 100"))),
        ("given_back", sum(app, &trades("", "sum(p.amount)"))),
        ("supply", sum(app, &balances(">"))),
        ("credit_used", sum(app, &balances("<"))),
        ("refusals", whole(&refused("%"))),
        ("refusals_insufficient_credit", whole(&refused("insufficient_credit"))),
    ]
}

/// Forty days of trade of some members in Berlin, with refusals, refunds and days without anything. `each_day` is called
/// some time after each midnight.
fn live(app: &TestApp, each_day: impl Fn(&TestApp)) {
    let zone = json!({"time_zone": "Europe/Berlin"});
    app.admin().again().put("/api/v1/communities/RIVER/time-zone", &zone).expect(200);
    app.until("2027-03-10T10:00:00Z");
    let members: Vec<Person> = (0..7).map(|number| app.member(&format!("m{number}"))).collect();
    for day in 0..DAYS {
        for turn in 0..(day * 5) % 4 {
            let (payer, payee) = (&members[(day + turn) % 5], &members[(day * 3 + turn * 2 + 1) % 7]);
            if payer.code == payee.code {
                continue;
            }
            let amount = format!("{}.{:02}", 1 + (day * 7) % 9, (day * turn * 13) % 100);
            let reply = app.try_pay(&payer.again(), payee, &amount);
            if day % 6 == 1 && reply.status == 201 {
                let id = reply.body["id"].as_str().unwrap();
                let refund = json!({"amount": "0.50", "reason": "Too much"});
                let path = format!("/api/v1/payments/{id}/refunds");
                let payee = payee.again();
                payee
                    .post_with(&path, &[("idempotency-key", &crate::support::fresh_key())], &refund)
                    .expect(201);
            }
        }
        if day % 5 == 3 {
            app.try_pay(&members[6].again(), &members[0], "1000.00")
                .expect_problem(409, "insufficient_credit");
        }
        app.clock.advance(DAY_S);
        each_day(app);
    }
}

/// Each day of the story as the ledger has it.
fn agrees_with_the_ledger(app: &TestApp) {
    let report = health(app, "?from=2027-03-10&to=2027-04-18");
    let points = points(&report);
    assert_eq!(points.len(), 39);
    for (place, point) in points.iter().enumerate() {
        let from = match place.checked_sub(1) {
            Some(before) => micros(&points[before]["until"]),
            None => Timestamp::parse_rfc3339("2027-03-09T23:00:00Z").unwrap().micros(),
        };
        for (name, expected) in by_the_ledger(app, from, micros(&point["until"])) {
            assert_eq!(point["values"][name], json!(expected), "{name} on {}", point["date"]);
        }
    }
    // Clocks went forward on the 28th of March: that day ends an hour early.
    assert_eq!(points[17]["until"], "2027-03-27T23:00:00.000000Z");
    assert_eq!(points[18]["until"], "2027-03-28T22:00:00.000000Z");
    // A week's turnover is that of its days; the supply is that of its end.
    let weeks = health(app, "?from=2027-03-15&to=2027-04-12&interval=week&figures=supply,turnover");
    let cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    for (place, week) in self::points(&weeks).iter().enumerate() {
        let days = &points[5 + place * 7..12 + place * 7];
        let turnover: i64 = days.iter().map(|day| cents(&day["values"]["turnover"])).sum();
        assert_eq!(cents(&week["values"]["turnover"]), turnover, "{week}");
        assert_eq!(week["values"]["supply"], days[6]["values"]["supply"]);
        assert_eq!(keys(&week["values"]), ["supply", "turnover"]);
    }
}

both_engines! {
    fn day_by_day_it_agrees_with_the_ledger(app: &TestApp) {
        let measuring = Measuring::new(app.services());
        live(app, |app| measure(app, &measuring));
        agrees_with_the_ledger(app);
        let report = health(app, "");
        assert_eq!(keys(&report), ["community", "day", "deciles", "figures", "idle_ages", "is_day_over", "measured_at", "negative_ages", "series", "thresholds", "time_zone"]);
        assert_eq!((&report["day"], &report["is_day_over"]), (&json!("2027-04-19"), &json!(false)));
        // Whoever begins without memory finds the same.
        let stored = "SELECT count(*) AS value FROM health_snapshots WHERE is_final AND day >= '2027-03-10'";
        assert_eq!(app.database.db_numbers(stored), [40]);
        let before = health(app, "?from=2027-04-18");
        app.pay(&app.member("late").again(), &app.member("later"), "1.00");
        app.clock.advance(120);
        measure(app, &measuring);
        let with_memory = health(app, "");
        assert_eq!(figure(&with_memory, "trades"), "1");
        app.pay(&app.member("last").again(), &app.member("latest"), "1.00");
        app.clock.advance(120);
        measure_anew(app);
        let without = health(app, "");
        assert_eq!(figure(&without, "trades"), "2");
        for name in ["velocity", "reciprocity", "cycle_share", "churn", "sales_concentration"] {
            assert!(figure(&without, name).is_string(), "{name}: {without}");
        }
        for name in ["churn", "never_traded", "refusals"] {
            assert_eq!(figure(&with_memory, name), figure(&without, name), "{name}");
        }
        assert_eq!(points(&before)[0], points(&health(app, "?from=2027-04-18"))[0], "a day that is over stays as it is");
    }

    fn catching_up_it_agrees_with_the_ledger(app: &TestApp) {
        live(app, |_| {});
        measure_anew(app);
        agrees_with_the_ledger(app);
    }

    fn a_day_in_progress_is_seen_within_minutes(app: &TestApp) {
        until_noon(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let nothing = health(app, "");
        assert_eq!((&nothing["day"], figure(&nothing, "turnover")), (&Value::Null, &Value::Null));
        app.pay(&ada, &ben, "3.00");
        let measuring = Measuring::new(app.services());
        measure(app, &measuring);
        assert_eq!(figure(&health(app, ""), "turnover"), "3.00");
        app.pay(&ada, &ben, "4.00");
        measure(app, &measuring);
        app.clock.advance(70);
        measure(app, &measuring);
        let report = health(app, "");
        assert_eq!((figure(&report, "turnover"), figure(&report, "trades")), (&json!("7.00"), &json!("2")));
        assert_eq!((figure(&report, "credit_used"), figure(&report, "active_members")), (&json!("7.00"), &json!("2")));
        assert_eq!(points(&report).last().unwrap()["values"]["turnover"], "7.00");
        // Two sellers, two debtors: nothing is told that is of one or two.
        assert_eq!(figure(&report, "sales_concentration"), &Value::Null);
        assert_eq!(report["negative_ages"], json!([{"from": 0, "to": null, "accounts": null, "sum": null}]));
    }

    fn admins_are_told_once_for_each_crossing(app: &TestApp) {
        until_noon(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let set = json!({"thresholds": [
            {"figure": "turnover", "side": "below", "value": "2.00"},
            {"figure": "credit_used", "side": "above", "value": "5"},
        ], "reason": "Decided at the meeting"});
        let reply = app.admin().again().put(THRESHOLDS, &set).expect(200);
        assert_eq!(reply.body["thresholds"], json!([
            {"figure": "turnover", "side": "below", "value": "2.00", "crossed_on": null},
            {"figure": "credit_used", "side": "above", "value": "5.00", "crossed_on": null},
        ]));
        let measuring = Measuring::new(app.services());
        let mails = || -> Vec<Value> {
            let stored = app.database.db_texts("SELECT parameters AS value FROM mails WHERE kind = 60 ORDER BY id");
            stored.iter().map(|text| serde_json::from_str::<Value>(text).unwrap()["health_alert"].clone()).collect()
        };
        let told = || -> Vec<Vec<String>> {
            let names = |mail: &Value| mail["crossings"].as_array().unwrap().iter().map(|one| one["figure"].as_str().unwrap().to_owned()).collect();
            mails().iter().map(names).collect()
        };
        // Days: trade, none, none, trade, none.
        let day = |amount: Option<&str>| {
            if let Some(amount) = amount {
                app.pay(&ada.again(), &ben, amount);
            }
            app.clock.advance(DAY_S);
            measure(app, &measuring);
        };
        day(Some("3.00"));
        assert!(told().is_empty());
        day(None);
        assert_eq!(told(), [["turnover"]]);
        day(None);
        assert_eq!(told().len(), 1, "not again while it stays there");
        day(Some("4.00"));
        assert_eq!(told(), [["turnover"], ["credit_used"]]);
        assert_eq!(mails()[1]["crossings"], json!([{"figure": "credit_used", "is_above": true, "value": "7.00", "threshold": "5.00"}]));
        let crossed: Vec<_> = health(app, "")["thresholds"].as_array().unwrap().iter().map(|one| one["crossed_on"].is_string()).collect();
        assert_eq!(crossed, [false, true]);
        // What stays in the list stays crossed: nobody is told of it again.
        app.admin().again().put(THRESHOLDS, &set).expect(200);
        day(None);
        assert_eq!(told(), [vec!["turnover"], vec!["credit_used"], vec!["turnover"]]);
        // Of days that are caught up with nobody is told, but of the last of them.
        day(Some("2.00"));
        app.clock.advance(5 * DAY_S);
        measure(app, &measuring);
        assert_eq!(told().len(), 4);
        assert_eq!(told()[3], ["turnover"]);
        let recipients = app.database.db_texts("SELECT DISTINCT recipient AS value FROM mails WHERE kind = 60");
        assert_eq!(recipients, [app.admin().email]);
        let audit = app.admin().again().get("/api/v1/communities/RIVER/audit?action=community.health_thresholds").expect(200);
        assert_eq!(audit.data().len(), 2, "{}", audit.body);
        assert_eq!(audit.data()[1]["reason"], "Decided at the meeting");
    }

    fn all_that_is_wrong_with_thresholds_is_named(app: &TestApp) {
        let ada = app.member("ada");
        let admin = app.admin().again();
        let bad = json!({"thresholds": [
            {"figure": "luck", "side": "above", "value": "1"},
            {"figure": "churn", "side": "beside", "value": "0.00001"},
            {"figure": "trades", "side": "above", "value": "1.5"},
            {"figure": "turnover", "side": "above", "value": "-1"},
            {"figure": "velocity", "side": "above", "value": "1"},
            {"figure": "velocity", "side": "above", "value": "2"},
        ], "reason": " "});
        let reply = admin.put(THRESHOLDS, &bad).expect_problem(400, "validation_failed");
        assert_eq!(reply.pointers(), ["/reason", "/thresholds/0/figure", "/thresholds/1/side", "/thresholds/1/value",
            "/thresholds/2/value", "/thresholds/3/value", "/thresholds/5/figure"]);
        assert_eq!(health(app, "")["thresholds"], json!([]), "nothing is changed");
        let many: Vec<_> = (0..200).map(|_| json!({"figure": "churn", "side": "above", "value": "1"})).collect();
        admin.put(THRESHOLDS, &json!({"thresholds": many, "reason": "All"})).expect_fault("/thresholds");
        let good = json!({"thresholds": [{"figure": "churn", "side": "above", "value": "0.5"}], "reason": "Decided"});
        let tag = admin.get(PATH).expect(200).header("etag").unwrap().to_owned();
        let first = admin.put_with(THRESHOLDS, &[("if-match", &tag)], &good).expect(200);
        admin.put_with(THRESHOLDS, &[("if-match", &tag)], &good).expect_problem(412, "precondition_failed");
        let tag = first.header("etag").unwrap().to_owned();
        admin.put_with(THRESHOLDS, &[("if-match", &tag)], &json!({"thresholds": [], "reason": "Enough"})).expect(200);
        ada.get(PATH).expect_problem(403, "forbidden");
        ada.put(THRESHOLDS, &good).expect_problem(403, "forbidden");
        app.found("LAKE", 2);
        admin.get("/api/v1/communities/LAKE/health").expect_problem(404, "not_found");
    }

    fn series_have_bounds(app: &TestApp) {
        let admin = app.admin().again();
        for (query, pointer) in [
            ("from=yesterday", "from"),
            ("interval=year", "interval"),
            ("figures=luck", "figures"),
            ("figures=", "figures"),
            ("from=2024-01-01", "from"),
            ("from=2020-01-01&interval=month", "from"),
        ] {
            admin.get(&format!("{PATH}?{query}")).expect_fault(pointer);
        }
        let months = health(app, "?from=2025-01-01&interval=month&figures=turnover");
        assert!(points(&months).iter().all(|point| point["values"]["turnover"].is_null()));
        assert!(points(&health(app, "?from=2999-01-01")).is_empty());
    }
}

#[test]
fn of_two_processes_one_writes_each_day() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(Arc::clone(&database)));
    until_noon(&here);
    until_noon(&there);
    let (ada, ben) = (here.member("ada"), here.member("ben"));
    let set =
        json!({"thresholds": [{"figure": "trades", "side": "below", "value": "1"}], "reason": "Decided"});
    here.admin().again().put(THRESHOLDS, &set).expect(200);
    here.pay(&ada, &ben, "1.00");
    for _ in 0..3 {
        for app in [&here, &there] {
            app.clock.advance(7 * DAY_S);
        }
        std::thread::scope(|scope| {
            for app in [&here, &there] {
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    let measuring = Measuring::new(app.services());
                    while runtime.block_on(measuring.do_one()).unwrap_or(true) {}
                });
            }
        });
    }
    let finals = "SELECT count(*) AS value FROM health_snapshots WHERE is_final";
    assert_eq!(database.db_numbers(finals), [21]);
    assert_eq!(database.db_numbers("SELECT count(*) AS value FROM mails WHERE kind = 60"), [1]);
    let report = health(&here, "?figures=trades");
    let trades: i64 = points(&report)
        .iter()
        .filter_map(|point| point["values"]["trades"].as_str())
        .map(|text| text.parse::<i64>().unwrap())
        .sum();
    assert_eq!(trades, 1);
}
