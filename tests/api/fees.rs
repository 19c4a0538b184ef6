//! `PUT /communities/{code}/fees`, and what payments bear from then on.

use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both_engines, fresh_key, payment};

const FEES: &str = "/api/v1/communities/RIVER/fees";

fn rules(payer: (&str, i64), payee: (&str, i64)) -> Value {
    let fee = |(fixed, basis_points): (&str, i64)| json!({"fixed": fixed, "basis_points": basis_points});
    json!({"payer": fee(payer), "payee": fee(payee), "reason": "Decided at the meeting"})
}

fn set(admin: &Person, payer: (&str, i64), payee: (&str, i64)) -> Reply {
    admin.put(FEES, &rules(payer, payee))
}

fn fund(app: &TestApp) -> String {
    let fund = app.admin().get("/api/v1/accounts/RIVER0000").expect(200).body;
    fund["balance"].as_str().unwrap().to_owned()
}

both_engines! {
    fn what_is_shown_beforehand_is_borne(app: &TestApp) {
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        let reply = set(&greta, ("0.10", 100), ("0.00", 250)).expect(200);
        let expected = json!({"version": 1, "payer": {"fixed": "0.10", "basis_points": 100}, "payee": {"fixed": "0.00", "basis_points": 250}});
        assert_eq!((&reply.body, reply.header("etag")), (&expected, Some("\"v1\"")));
        assert_eq!(app.anonymous().get("/api/v1/communities/RIVER").expect(200).body["fees"], expected);
        let body = payment(&ada, &ben, "12.50");
        let fees = json!([{"side": "payer", "amount": "0.23"}, {"side": "payee", "amount": "0.31"}]);
        let quote = ada.post("/api/v1/quotes", &body).expect(200).body;
        assert_eq!((&quote["fees"], &quote["payer"]["balance_after"]), (&fees, &json!("-12.73")));
        let paid = ada.post_payment("k", &body).expect(201).body;
        assert_eq!((&paid["amount"], &paid["fees"]), (&json!("12.50"), &fees));
        let path = format!("/api/v1/payments/{}", paid["id"].as_str().unwrap());
        assert_eq!(ben.get(&path).expect(200).body, paid, "read again, it is the same");
        assert_eq!(ada.post_payment("k", &body).expect(201).body, paid, "and told again");
        assert_eq!((ada.balance(), ben.balance(), fund(app)), ("-12.73".into(), "12.19".into(), "0.54".into()));
        // Each entry of its own kind, with whom it goes to or comes from.
        let entries = |person: &Person, code: &str| {
            let page = person.get(&format!("/api/v1/accounts/{code}/entries")).expect(200);
            let told = |entry: &Value| {
                let [kind, amount, code] = [&entry["kind"], &entry["amount"], &entry["counterparty"]["code"]];
                format!("{} {} {}", kind.as_str().unwrap(), amount.as_str().unwrap(), code.as_str().unwrap())
            };
            page.data().iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(entries(&ada, &ada.code), ["fee -0.23 RIVER0000".to_owned(), format!("principal -12.50 {}", ben.code)]);
        assert_eq!(entries(&ben, &ben.code), ["fee -0.31 RIVER0000".to_owned(), format!("principal 12.50 {}", ada.code)]);
        assert_eq!(entries(&greta, "RIVER0000"), [format!("fee 0.54 {}", ada.code)]);
        // Once in the list of payments.
        assert_eq!(ada.get(&format!("/api/v1/payments?account={}", ada.code)).expect(200).data(), [paid]);
    }

    fn a_hold_reserves_the_fee_and_ends_with_it(app: &TestApp) {
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        set(&greta, ("1.00", 0), ("0.50", 0)).expect(200);
        let order = json!({"payer": ada.code, "payee": ben.code, "amount": "60.00", "description": "A bicycle", "capture": "manual"});
        let [first, second] = ["a", "b"].map(|key| {
            let body = json!({"payer": ada.code, "payee": ben.code, "amount": "40.00", "description": key, "capture": "manual"});
            ada.post_payment(key, &body).expect(201).body
        });
        assert_eq!(first["fees"], json!([{"side": "payer", "amount": "1.00"}]));
        assert_eq!((&ada.account()["reserved"], &ada.account()["available"]), (&json!("82.00"), &json!("18.00")));
        ada.post_payment("c", &order).expect_problem(409, "insufficient_credit");
        set(&greta, ("2.00", 0), ("0.50", 0)).expect(200);
        let step = |payment: &Value, verb: &str| {
            let path = format!("/api/v1/payments/{}/{verb}", payment["id"].as_str().unwrap());
            ben.post_with(&path, &[("Idempotency-Key", &fresh_key())], &json!({})).expect(200).body
        };
        let captured = step(&first, "capture");
        assert_eq!(captured["fees"], json!([{"side": "payer", "amount": "1.00"}, {"side": "payee", "amount": "0.50"}]));
        let path = format!("/api/v1/payments/{}", first["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).expect(200).body["fees"], captured["fees"]);
        assert_eq!(step(&second, "void")["fees"], json!([]));
        let path = format!("/api/v1/payments/{}", second["id"].as_str().unwrap());
        assert_eq!(ada.get(&path).expect(200).body["fees"], json!([]));
        assert_eq!((ada.balance(), ben.balance(), fund(app)), ("-41.00".into(), "39.50".into(), "1.50".into()));
        assert_eq!(ada.account()["reserved"], "0.00");
    }

    fn a_second_press_is_found_beside_the_fees(app: &TestApp) {
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        set(&greta, ("0.01", 0), ("0.01", 0)).expect(200);
        let press = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Bread"});
        ada.post_payment(&fresh_key(), &press).expect(201);
        ada.post_payment(&fresh_key(), &press).expect_problem(409, "possible_duplicate");
        // Found in the database by whoever has not seen the first.
        ada.post("/api/v1/quotes", &press).expect(200).body["refusal"]["code"].as_str().filter(|code| *code == "possible_duplicate").unwrap();
    }

    fn whoever_sets_them_is_an_admin_and_within_bounds(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        set(&ada, ("0", 0), ("0", 0)).expect_problem(403, "forbidden");
        let faulty = json!({"payer": {"fixed": "-1", "basis_points": 2_501}, "payee": {"fixed": "0.001", "basis_points": -1}, "reason": " "});
        let pointers = greta.put(FEES, &faulty).expect_problem(400, "validation_failed").pointers();
        assert_eq!(pointers, ["/payer/fixed", "/payer/basis_points", "/payee/fixed", "/payee/basis_points", "/reason"]);
        let with = |tag: &str| greta.put_with(FEES, &[("If-Match", tag)], &rules(("0.05", 0), ("0", 0)));
        with("\"v1\"").expect_problem(412, "precondition_failed");
        with("\"v0\"").expect(200);
        with("\"v0\"").expect_problem(412, "precondition_failed");
        let audit = greta.get("/api/v1/communities/RIVER/audit").expect(200);
        assert_eq!((&audit.data()[0]["action"], &audit.data()[0]["reason"]), (&json!("community.fees"), &json!("Decided at the meeting")));
    }
}
