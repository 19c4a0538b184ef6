//! One-off allowances: `PUT /accounts/{account}/allowance`.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Person, TestApp, both_engines, fresh_key, payment};

fn allow(app: &TestApp, person: &Person, amount: &str, days: i64) -> Value {
    let until = app.now().plus_seconds(days * 86_400).rfc3339();
    let body = json!({"amount": amount, "until": until, "reason": "A new oven"});
    let path = format!("/api/v1/accounts/{}/allowance", person.code);
    app.admin().again().put(&path, &body).expect(200).body
}

fn explained(person: &Person) -> Value {
    let path = format!("/api/v1/accounts/{}/limits/explain", person.code);
    person.again().get(&path).expect(200).body["allowance"].clone()
}

both_engines! {
    fn one_payment_passes_the_limit_and_says_so(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.try_pay(&ada, &ben, "150.00").expect_problem(409, "insufficient_credit");
        let allowance = allow(app, &ada, "150.00", 3);
        assert_eq!(allowance["amount"], "150.00");
        assert_eq!(explained(&ada), allowance);
        // Within the limit it is not used, and beyond its amount it is of no use.
        app.pay(&ada, &ben, "1.00");
        app.try_pay(&ada, &ben, "150.01").expect_problem(409, "insufficient_credit");
        assert_eq!(explained(&ada), allowance);
        // A quote knows of it.
        let quote = ada.post("/api/v1/quotes", &payment(&ada, &ben, "150.00")).expect(200).body;
        assert_eq!((&quote["refusal"], &quote["payer"]["available_after"]), (&Value::Null, &json!("-51.00")));
        let paid = app.pay(&ada, &ben, "150.00");
        assert_eq!(ada.balance(), "-151.00");
        let entries = ada.get(&format!("/api/v1/accounts/{}/entries?limit=1", ada.code)).expect(200);
        assert_eq!(entries.data()[0]["kind"], "principal_beyond_limit");
        let other = ben.get(&format!("/api/v1/accounts/{}/entries?limit=1", ben.code)).expect(200);
        assert_eq!(other.data()[0]["kind"], "principal");
        assert_eq!(explained(&ada), Value::Null);
        app.try_pay(&ada, &ben, "1.00").expect_problem(409, "insufficient_credit");
        let used = app.admin().again().get("/api/v1/communities/RIVER/audit?action=account.allowance_used").expect(200);
        assert_eq!(used.data()[0]["after"]["payment_id"], paid["id"]);
        // It can be given back as any other.
        let path = format!("/api/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
        ben.post_with(&path, &[("idempotency-key", &fresh_key())], &json!({"amount": "150.00"})).expect(201);
        assert_eq!(ada.balance(), "-1.00");
    }

    fn it_ends_unused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        allow(app, &ada, "200.00", 1);
        app.clock.advance(86_400);
        app.try_pay(&ada.again(), &ben, "150.00").expect_problem(409, "insufficient_credit");
        assert_eq!(explained(&ada), Value::Null);
        allow(app, &ada, "200.00", 1);
        let path = format!("/api/v1/accounts/{}/allowance/cancel", ada.code);
        app.admin().again().post(&path, &json!({"reason": "Not needed"})).expect(204);
        app.try_pay(&ada.again(), &ben, "150.00").expect_problem(409, "insufficient_credit");
        // The payee's ceiling holds all the same.
        allow(app, &ada, "200.00", 1);
        app.set_limits(&ben, "0", Some("100.00"));
        app.try_pay(&ada.again(), &ben, "150.00").expect_problem(409, "ceiling_exceeded");
    }

    fn it_is_used_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        allow(app, &ada, "150.00", 1);
        let callers: Vec<_> = (0..6).map(|_| ada.again()).collect();
        let (barrier, ben) = (Barrier::new(callers.len()), &ben);
        let replies: Vec<u16> = std::thread::scope(|scope| {
            let pay = |caller: Person| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    caller.pay_keyed(ben, "150.00", &fresh_key()).status
                })
            };
            let waiting: Vec<_> = callers.into_iter().map(pay).collect();
            waiting.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(replies.iter().filter(|status| **status == 201).count(), 1, "{replies:?}");
        assert_eq!(ada.again().balance(), "-150.00");
    }

    fn not_everybody_gives_one(app: &TestApp) {
        let ada = app.member("ada");
        let path = format!("/api/v1/accounts/{}/allowance", ada.code);
        let until = app.now().plus_seconds(9).rfc3339();
        let good = json!({"amount": "1.00", "until": until, "reason": "A new oven"});
        ada.put(&path, &good).expect_problem(403, "forbidden");
        app.db_with_old_proof(&app.admin()).put(&path, &good).expect_problem(403, "step_up_required");
        let bad = json!({"amount": "0", "until": "2020-01-01T00:00:00Z", "reason": ""});
        let reply = app.admin().again().put(&path, &bad).expect_problem(400, "validation_failed");
        assert_eq!(reply.pointers(), ["/reason", "/amount", "/until"]);
        let far = json!({"amount": "1.00", "until": "2999-01-01T00:00:00Z", "reason": "A new oven"});
        app.admin().again().put(&path, &far).expect_fault("/until");
        // What was used in between is not given again by the same request.
        let admin = app.admin().again();
        let account = admin.get(&format!("/api/v1/accounts/{}", ada.code)).expect(200);
        let tag = account.header("etag").unwrap().to_owned();
        admin.put_with(&path, &[("if-match", &tag)], &good).expect(200);
        admin.put_with(&path, &[("if-match", &tag)], &good).expect_problem(412, "precondition_failed");
        // Once is as far as for good: what needs two admins is not had by way of an allowance.
        let rules = json!({"limits_above": "100.50", "reversals_above": null, "reason": "Decided"});
        app.admin().again().put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        let refused = app.admin().again().put(&path, &good).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "approval_needed");
    }

    fn many_allowances_are_no_way_past_two_admins(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let rules = json!({"limits_above": "250", "reversals_above": null, "reason": "Decided"});
        app.admin().again().put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        allow(app, &ada, "150.00", 1);
        app.pay(&ada, &ben, "150.00");
        allow(app, &ada, "150.00", 1);
        app.try_pay(&ada, &ben, "100.01").expect_problem(409, "insufficient_credit");
        app.pay(&ada, &ben, "100.00");
        assert_eq!(ada.again().balance(), "-250.00");
    }
}
