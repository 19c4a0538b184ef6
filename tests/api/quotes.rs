//! `POST /quotes`: what a payment would do, by the rules that post it.

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, fresh_key, keys, payment};

fn quote(caller: &Person, body: &Value) -> Reply {
    caller.post("/api/v1/quotes", body)
}

both_engines! {
    fn it_says_what_the_payment_then_does(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = payment(&ada, &ben, "12.50");
        let before = app.ledger(&ada);
        let quoted = quote(&ada, &body).expect(200).body;
        assert_eq!(keys(&quoted), ["amount", "community", "fees", "payee", "payer", "refusal"]);
        assert_eq!((&quoted["amount"], &quoted["community"], &quoted["fees"]), (&json!("12.50"), &json!("RIVER"), &json!([])));
        assert_eq!(quoted["refusal"], Value::Null);
        assert_eq!(quoted["payer"]["code"], json!(ada.code));
        assert_eq!((&quoted["payer"]["balance_after"], &quoted["payer"]["available_after"]), (&json!("-12.50"), &json!("87.50")));
        assert_eq!(quoted["payee"]["name"], ben.account()["name"]);
        assert_eq!((&quoted["payee"]["balance_after"], &quoted["payee"]["available_after"]), (&Value::Null, &Value::Null), "not Ada's to see");
        assert_eq!(app.ledger(&ada), before, "nothing is posted");
        ada.post_payment(&fresh_key(), &body).expect(201);
        assert_eq!((&ada.account()["balance"], &ada.account()["available"]), (&json!("-12.50"), &json!("87.50")));
        // The next one begins where this one ended, and nothing of it was remembered.
        assert_eq!(quote(&ada, &body).expect(200).body["payer"]["balance_after"], "-25.00");
    }

    fn every_refusal_is_the_payments_own(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let poor = app.newcomer("carla").with_ceiling("0").join();
        let same = |body: &Value| {
            let quoted = quote(&ada, body).expect(200).body;
            let refused = ada.post_payment(&fresh_key(), body);
            let without_id = |problem: &Value| {
                let mut problem = problem.clone();
                problem.as_object_mut().unwrap().remove("request_id");
                problem
            };
            assert_eq!(without_id(&quoted["refusal"]), without_id(&refused.body));
            assert_eq!((&quoted["payer"]["balance_after"], &quoted["payer"]["available_after"]), (&Value::Null, &Value::Null));
            refused.body["code"].as_str().unwrap().to_owned()
        };
        assert_eq!(same(&payment(&ada, &ben, "100.01")), "insufficient_credit");
        assert_eq!(same(&payment(&ada, &poor, "0.01")), "ceiling_exceeded");
        assert_eq!(same(&payment(&ada, &ada, "0.01")), "same_account");
        let press = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00"});
        ada.post_payment(&fresh_key(), &press).expect(201);
        assert_eq!(same(&press), "possible_duplicate");
        app.set_status(&ben, "frozen");
        assert_eq!(same(&payment(&ada, &ben, "0.01")), "account_not_active");
        // What changed meanwhile counts at once.
        app.set_status(&ben, "active");
        assert_eq!(quote(&ada, &payment(&ada, &ben, "0.01")).expect(200).body["refusal"], Value::Null);
        app.set_limits(&ada, "0.00", None);
        assert_eq!(same(&payment(&ada, &ben, "0.01")), "insufficient_credit");
    }

    fn who_may_not_pay_may_not_ask(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = payment(&ada, &ben, "1.00");
        quote(&ben, &body).expect_problem(403, "forbidden");
        let mut absent = body.clone();
        absent["payee"] = json!("RIVER0999");
        quote(&ada, &absent).expect_problem(404, "not_found");
        let mut bad = body.clone();
        bad["amount"] = json!("0");
        quote(&ada, &bad).expect_fault("/amount");
        app.anonymous().post("/api/v1/quotes", &body).expect_problem(401, "unauthenticated");
        let gone = ada.again();
        gone.delete("/api/v1/sessions/current").expect(204);
        for body in [&body, &absent, &bad] {
            quote(&gone, body).expect_problem(401, "unauthenticated");
        }
        quote(&ada, &body).expect(200);
    }

    fn what_is_set_aside_is_quoted_as_set_aside(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.newcomer("ben").with_ceiling("10.00").join());
        let mut body = payment(&ada, &ben, "12.50");
        assert_eq!(quote(&ada, &body).expect(200).body["refusal"]["code"], "ceiling_exceeded");
        // The ceiling is looked at when it is captured.
        body["capture"] = json!("manual");
        let quoted = quote(&ada, &body).expect(200).body;
        assert_eq!((&quoted["refusal"], &quoted["payer"]["balance_after"]), (&Value::Null, &json!("0.00")));
        assert_eq!(quoted["payer"]["available_after"], "87.50");
        ada.post_payment(&fresh_key(), &body).expect(201);
        let account = ada.account();
        assert_eq!((&account["balance"], &account["reserved"], &account["available"]), (&json!("0.00"), &json!("12.50"), &json!("87.50")));
        body["expires_at"] = json!(app.now().plus_seconds(-1).rfc3339());
        let refused = ada.post_payment(&fresh_key(), &body).expect_problem(409, "conflict").body;
        assert_eq!(quote(&ada, &body).expect(200).body["refusal"]["reason"], refused["reason"]);
        let mut too_much = payment(&ada, &ben, "87.51");
        too_much["capture"] = json!("manual");
        assert_eq!(quote(&ada, &too_much).expect(200).body["refusal"]["code"], "insufficient_credit");
    }

    fn what_is_planned_is_quoted_as_planned(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let mut body = payment(&ada, &ben, "250.00");
        assert_eq!(quote(&ada, &body).expect(200).body["refusal"]["code"], "insufficient_credit");
        // Credit is judged when its time comes.
        body["scheduled_for"] = json!(app.now().plus_seconds(3_600).rfc3339());
        let quoted = quote(&ada, &body).expect(200).body;
        assert_eq!((&quoted["refusal"], &quoted["payer"]["balance_after"]), (&Value::Null, &json!("0.00")));
        assert_eq!(quoted["payer"]["available_after"], "100.00");
        assert_eq!(ada.get("/api/v1/payments").expect(200).data(), [] as [Value; 0], "nothing is planned");
        app.set_status(&ben, "frozen");
        assert_eq!(quote(&ada, &body).expect(200).body["refusal"]["code"], "account_not_active");
        quote(&ben, &body).expect_problem(403, "forbidden");
        let mut past = body.clone();
        past["scheduled_for"] = json!(app.now().rfc3339());
        quote(&ada, &past).expect_fault("/scheduled_for");
        body["capture"] = json!("manual");
        quote(&ada, &body).expect_fault("/capture");
    }
}
