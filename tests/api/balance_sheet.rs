//! `GET /communities/{code}/balance-sheet`: what members hold and owe, now and at the end of a day, from the records alone.

use counterfoil::domain::zone::Day;
use serde_json::{Value, json};

use crate::support::{Person, TestApp, both_engines, fresh_key, keys};

const DAY_S: i64 = 24 * 60 * 60;

fn sheet(reader: &Person, query: &str) -> Value {
    reader.again().get(&format!("/api/v1/communities/RIVER/balance-sheet{query}")).expect(200).body
}

fn today(app: &TestApp) -> Day {
    app.community("RIVER").time_zone.day_of(app.now()).unwrap()
}

/// Positive, negative and commons; reserved and granted.
fn sums(sheet: &Value) -> [&str; 5] {
    ["positive_balances", "negative_balances", "commons", "reserved", "credit_granted"]
        .map(|name| sheet[name].as_str().unwrap())
}

fn hold(payer: &Person, payee: &Person, amount: &str) -> String {
    let body = json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": "Later", "capture": "manual"});
    let held = payer.post_payment(&fresh_key(), &body).expect(201).body;
    format!("/api/v1/payments/{}", held["id"].as_str().unwrap())
}

fn step(person: &Person, path: &str, verb: &str) {
    person.post_with(&format!("{path}/{verb}"), &[("Idempotency-Key", &fresh_key())], &json!({})).expect(200);
}

both_engines! {
    fn a_balance_sheet_adds_up_to_zero_now_and_at_the_end_of_each_day(app: &TestApp) {
        let [ada, ben, cy] = ["ada", "ben", "cy"].map(|name| app.member(name));
        let admin = app.admin();
        let first = today(app);
        let now = sheet(&admin, "");
        assert_eq!(keys(&now), [
            "commons", "community", "credit_granted", "date", "made_at", "negative_accounts", "negative_balances", "peers",
            "positive_accounts", "positive_balances", "reserved", "seq", "time_zone", "unit", "write_off",
        ]);
        assert_eq!(sums(&now), ["0.00", "0.00", "0.00", "0.00", "400.00"]);

        app.pay(&ada, &ben, "10.00");
        app.pay(&cy, &ben, "5.00");
        let (kept, given_back) = (hold(&ada, &cy, "7.00"), hold(&cy, &ada, "2.00"));
        let one = sheet(&admin, "");
        assert_eq!(sums(&one), ["15.00", "-15.00", "0.00", "9.00", "400.00"]);
        assert_eq!((&one["positive_accounts"], &one["negative_accounts"], &one["date"]), (&json!(1), &json!(2), &Value::Null));

        app.clock.advance(2 * DAY_S);
        step(&cy.again(), &kept, "capture");
        step(&ada.again(), &given_back, "void");
        let admin = admin.again();
        let limits = json!({"credit_limit": "250.00", "ceiling": null, "reason": "Good trader"});
        admin.put(&format!("/api/v1/accounts/{}/limits", ben.code), &limits).expect(200);
        let two = sheet(&admin, "");
        assert_eq!(sums(&two), ["17.00", "-17.00", "0.00", "0.00", "550.00"]);

        // A day that is over stays as it was, whatever happened since, and before the first there is nothing.
        let at = |day: Day| sheet(&admin, &format!("?date={day}"));
        for day in [first, first.plus_days(1).unwrap()] {
            let then = at(day);
            assert_eq!((sums(&then), &then["seq"]), (sums(&one), &one["seq"]), "{day}");
            assert_eq!(then["date"], day.to_string());
        }
        assert_eq!(sums(&at(today(app))), sums(&two));
        assert_eq!(sums(&at(first.plus_days(-1).unwrap())), ["0.00"; 5]);
        assert_eq!(at("2999-01-01".parse().unwrap())["seq"], two["seq"]);

        // It is what the tables hold, which the proof of the ledger compares with the records.
        let minor = |sql: &str| app.database.db_numbers(sql)[0];
        assert_eq!(minor("SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) AS value FROM balances WHERE balance > 0"), 1_700);
        assert_eq!(minor("SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) AS value FROM balances"), 0);
    }

    fn a_balance_sheet_is_for_admins_and_for_days(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let path = "/api/v1/communities/RIVER/balance-sheet";
        ada.get(path).expect_problem(403, "forbidden");
        admin.get("/api/v1/communities/NOWHERE/balance-sheet").expect_problem(404, "not_found");
        for date in ["yesterday", "2026-02-30", "2026-02-03T00:00:00Z"] {
            admin.get(&format!("{path}?date={date}")).expect_fault("date");
        }
        admin.get(&format!("{path}?day=2026-01-01")).expect_problem(400, "validation_failed");
    }

    fn a_balance_sheet_is_written_as_its_reader_likes(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        app.pay(&ada, &ben, "10.00");
        let path = "/api/v1/communities/RIVER/balance-sheet";
        let like = |accept: &str| admin.get_with(path, &[("Accept", accept)]);
        for accept in ["application/json", "*/*", "text/csv;q=0.5, application/json"] {
            assert_eq!(like(accept).expect(200).body["positive_balances"], "10.00", "{accept}");
        }
        let csv = like("text/csv").expect(200);
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        assert_eq!(csv.header("vary"), Some("Authorization, Accept"));
        assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"RIVER-balance-sheet-now.csv\""));
        let text = String::from_utf8(csv.bytes.clone()).unwrap();
        let sums: Vec<_> = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()).map(|cells| (cells[2], cells[4])).collect();
        let expected = [
            ("positive_balances", "10.00"), ("negative_balances", "-10.00"), ("commons", "0.00"), ("write_off", "0.00"),
            ("peers", "0.00"), ("sum", "0.00"), ("reserved", "0.00"), ("credit_granted", "300.00"),
        ];
        assert_eq!(sums, expected);
        let today = today(app);
        let pdf = admin.get_with(&format!("{path}?date={today}"), &[("Accept", "application/pdf")]).expect(200);
        assert!(pdf.bytes.starts_with(b"%PDF-"));
        let name = format!("attachment; filename=\"RIVER-balance-sheet-{today}.pdf\"");
        assert_eq!(pdf.header("content-disposition"), Some(name.as_str()));
        like("text/html").expect_problem(406, "not_acceptable");
        // Who may not see it gets it in no form.
        ada.get_with(path, &[("Accept", "application/pdf")]).expect_problem(403, "forbidden");
    }
}
