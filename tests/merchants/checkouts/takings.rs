//! Takings day by day, and receipts.

use serde_json::{Value, json};

use super::{approve, asked_with, create, create_with, payment_step, seen};
use crate::by_hand::{ByHand, either};
use crate::support::{both_engines, fresh_key, html};

/// As refunds stood before what goes back of national money was noted.
const FORGETTING_ON_SQLITE: &str = "DROP TRIGGER refunds_refuse_update;
    UPDATE refunds SET national_currency = NULL, national_amount = NULL;
    CREATE TRIGGER refunds_refuse_update BEFORE UPDATE ON refunds BEGIN SELECT RAISE(ABORT, 'no'); END;";
const FORGETTING_ON_POSTGRES: &str = "ALTER TABLE refunds DISABLE TRIGGER refunds_refuse_change;
    UPDATE refunds SET national_currency = NULL, national_amount = NULL;
    ALTER TABLE refunds ENABLE TRIGGER refunds_refuse_change;";
const NOTING_ON_SQLITE: &str =
    include_str!("../../../migrations/sqlite/2026-11-30-000572_earlier_national_refunds/up.sql");
const NOTING_ON_POSTGRES: &str =
    include_str!("../../../migrations/postgres/2026-11-30-000572_earlier_national_refunds/up.sql");

fn minor(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

both_engines! {
    fn takings_agree_with_the_statement_to_the_minor_unit(app: &TestApp) {
        app.until("2027-03-01T08:00:00Z");
        let (shop, ada) = (app.member("shop"), app.newcomer("ada").with_credit_limit("1000.00").join());
        let admin = app.admin();
        let commons = admin.get("/api/v1/communities/RIVER").expect(200).body;
        assert_eq!(commons["code"], "RIVER");
        let split = json!({"amount": "25.00", "split": {"currency": "EUR", "amount": "75.00", "total": "100.00"}});
        let first = create_with(&shop, &asked_with(&shop, "1", &split), &fresh_key()).expect(201).body;
        approve(&ada, &first).expect(200);
        let split = json!({"amount": "10.50", "split": {"currency": "EUR", "amount": "1.25"}});
        let second = create_with(&shop, &asked_with(&shop, "2", &split), &fresh_key()).expect(201).body;
        approve(&ada, &second).expect(200);
        let back = payment_step(&shop, &seen(&shop, &first), "refunds", &json!({"amount": "5.25"})).expect(201).body;
        let in_euro = json!({"currency": "EUR", "amount": "15.75"});
        assert_eq!(back["national_back"], in_euro, "the same share of both");
        let refund = format!("/api/v1/payments/{}", back["id"].as_str().unwrap());
        assert_eq!(ada.get(&refund).expect(200).body, back);
        assert!(ada.get(&format!("{refund}/receipt")).expect(200).header("content-type") == Some("application/pdf"));
        app.clock.advance(86_400);
        let (shop, ada) = (shop.again(), ada.again());
        approve(&ada, &create(&shop, "3", "1.25")).expect(200);
        app.pay(&shop, &ada, "4.00");

        let query = "from=2027-02-01&to=2027-04-01";
        let path = format!("/api/v1/accounts/{}/reconciliation?{query}", shop.code);
        let found = shop.get(&path).expect(200).body;
        let statement = shop.get(&format!("/api/v1/accounts/{}/statement?{query}", shop.code)).expect(200).body;
        for name in ["opening_balance", "closing_balance", "account", "from", "to", "time_zone"] {
            assert_eq!(found[name], statement[name], "{name}");
        }
        let summary = &found["summary"];
        let sums: Vec<&str> = ["gross", "refunds", "fees", "other", "net"].iter().map(|name| summary[*name].as_str().unwrap()).collect();
        assert_eq!(sums, ["36.75", "-5.25", "0.00", "-4.00", "27.50"]);
        assert_eq!((&summary["payments"], &summary["ways_back"]), (&json!(3), &json!(1)));
        assert_eq!(summary["national"], json!([{"currency": "EUR", "amount": "76.25"}]));
        assert_eq!(summary["national_refunds"], json!([{"currency": "EUR", "amount": "-15.75"}]));
        let days = found["days"].as_array().unwrap();
        let dates: Vec<&str> = days.iter().map(|day| day["date"].as_str().unwrap()).collect();
        assert_eq!(dates, ["2027-03-01", "2027-03-02"]);
        let mut balance = minor(&found["opening_balance"]);
        for day in days {
            assert_eq!(minor(&day["opening_balance"]), balance);
            balance += minor(&day["takings"]["net"]);
            assert_eq!(minor(&day["closing_balance"]), balance);
        }
        assert_eq!(balance, minor(&found["closing_balance"]));
        assert_eq!(found["closing_balance"], shop.account()["balance"]);

        let csv = shop.get_with(&path, &[("Accept", "text/csv")]).expect(200);
        assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
        let text = html(&csv);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(lines[1], "2027-03-01,0.00,35.50,-5.25,0.00,0.00,30.25,30.25,2,1,EUR 76.25,EUR -15.75,RIVER");
        assert_eq!(lines[3], "total,0.00,36.75,-5.25,0.00,-4.00,27.50,27.50,3,1,EUR 76.25,EUR -15.75,RIVER");
        ada.get(&path).expect_problem(404, "not_found");
        shop.get(&format!("/api/v1/accounts/{}/reconciliation?from=x&to=2027-04-01", shop.code)).expect_fault("from");
        shop.get(&format!("/api/v1/accounts/{}/reconciliation?from=2027-04-01&to=2027-03-01", shop.code)).expect_fault("to");
        shop.get_with(&path, &[("Accept", "application/pdf")]).expect_problem(406, "not_acceptable");
        // Both amounts stand on the receipt.
        let paid = seen(&shop, &first);
        let receipt = ada.get(&format!("/api/v1/payments/{}/receipt", paid["payment_id"].as_str().unwrap())).expect(200);
        assert_eq!(receipt.header("content-type"), Some("application/pdf"));
        // What is left goes back by an admin's word: so does what is left of the other money.
        let undone = app.admin().again().post_with(
            &format!("/api/v1/payments/{}/reversal", paid["payment_id"].as_str().unwrap()),
            &[("Idempotency-Key", &fresh_key())],
            &json!({"reason": "a mistake"}),
        );
        assert_eq!(undone.expect(201).body["national_back"], json!({"currency": "EUR", "amount": "59.25"}));
        let plain = payment_step(&shop, &shop.get("/api/v1/checkouts?order_reference=3").expect(200).data()[0], "refunds", &json!({"amount": "0.50"}));
        assert!(plain.expect(201).body.get("national_back").is_none());
        app.prove();
        // What went back before that was noted, the migration notes as it would be today.
        let noted = || app.database.db_texts(
            "SELECT national_currency || national_amount AS value FROM refunds WHERE national_amount IS NOT NULL ORDER BY 1",
        );
        let as_noted = noted();
        assert_eq!(as_noted, ["EUR1575", "EUR5925"]);
        app.stop();
        let mut by_hand = ByHand::on(&app.database);
        let engine = app.database.engine();
        by_hand.run(either(engine, FORGETTING_ON_SQLITE, FORGETTING_ON_POSTGRES));
        assert!(noted().is_empty());
        by_hand.run(either(engine, NOTING_ON_SQLITE, NOTING_ON_POSTGRES));
        assert_eq!(noted(), as_noted);
        by_hand.attempt("UPDATE refunds SET national_amount = 0").unwrap_err();
    }

    fn a_usual_share_stands_for_what_requests_do_not_say(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let path = format!("/api/v1/accounts/{}/local-share", shop.code);
        let total = |order: &str| {
            let mut body = asked_with(&shop, order, &json!({"split": {"currency": "EUR", "total": "10.00"}}));
            body.as_object_mut().unwrap().remove("amount");
            create_with(&shop, &body, &fresh_key())
        };
        total("1").expect_fault("/split");
        shop.put(&path, &json!({"local_percent": "33.33"})).expect(200);
        let noted = "SELECT count(*) AS value FROM user_audits WHERE action = 'local_share.set'";
        assert_eq!(app.database.db_numbers(noted), [1]);
        let made = total("1").expect(201).body;
        assert_eq!((&made["amount"], &made["split"]["amount"]), (&json!("3.33"), &json!("6.67")));
        for bad in ["0", "100.01", "1.001", "x", "-1"] {
            shop.put(&path, &json!({"local_percent": bad})).expect_fault("/local_percent");
        }
        ada.put(&path, &json!({"local_percent": "1"})).expect_problem(403, "forbidden");
        shop.put(&path, &json!({"local_percent": null})).expect(200);
        total("2").expect_fault("/split");
    }
}
