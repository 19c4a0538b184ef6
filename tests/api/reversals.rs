//! `POST /payments/{id}/reversal`: an admin undoes a payment.

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, fresh_key};

fn path_of(payment: &Value) -> String {
    format!("/api/v1/payments/{}/reversal", payment["id"].as_str().unwrap())
}

fn reverse(caller: &Person, payment: &Value, body: &Value) -> Reply {
    caller.post_with(&path_of(payment), &[("Idempotency-Key", &fresh_key())], body)
}

fn mistaken() -> Value {
    json!({"reason": "Paid to the wrong account"})
}

both_engines! {
    fn a_reversal_takes_back_what_is_left(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let paid = app.pay(&ada, &ben, "12.50");
        let refunds = format!("/api/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
        ben.post_with(&refunds, &[("Idempotency-Key", "r")], &json!({"amount": "2.50"})).expect(201);
        let reply = admin.post_with(&path_of(&paid), &[("Idempotency-Key", "v")], &mistaken()).expect(201);
        let back = &reply.body;
        assert_eq!((&back["reversal_of"], &back["refund_of"]), (&paid["id"], &Value::Null));
        assert_eq!((&back["amount"], &back["description"]), (&json!("10.00"), &json!("Paid to the wrong account")));
        assert_eq!((&back["payer"]["code"], &back["payee"]["code"]), (&json!(ben.code), &json!(ada.code)));
        assert_eq!(back["state"], "completed");
        assert_eq!(reply.header("location"), Some(format!("/api/v1/payments/{}", back["id"].as_str().unwrap()).as_str()));
        assert_eq!((ada.balance(), ben.balance()), ("0.00".into(), "0.00".into()));
        let seen = ada.get(&format!("/api/v1/payments/{}", paid["id"].as_str().unwrap())).expect(200).body;
        assert_eq!(seen["refunded"], "12.50");
        let read = ada.get(&format!("/api/v1/payments/{}", back["id"].as_str().unwrap())).expect(200).body;
        assert_eq!(read, *back, "it reads as it was answered");
        let entries = ben.get(&format!("/api/v1/accounts/{}/entries", ben.code)).expect(200);
        assert_eq!((&entries.data()[0]["kind"], &entries.data()[0]["amount"]), (&json!("reversal"), &json!("-10.00")));
        let again = admin.post_with(&path_of(&paid), &[("Idempotency-Key", "v")], &mistaken()).expect(201);
        assert_eq!((again.bytes, again.headers.contains_key("idempotency-replayed")), (reply.bytes, true));
        assert_eq!(reverse(&admin, &paid, &mistaken()).expect_problem(409, "conflict").body["reason"], "nothing_left");
        assert_eq!(reverse(&admin, back, &mistaken()).expect_problem(409, "conflict").body["reason"], "reversal_of_refund");
        let audit = admin.get("/api/v1/communities/RIVER/audit").expect(200);
        let line = audit.data().iter().find(|line| line["action"] == "payment.reversed").unwrap().clone();
        assert_eq!(line["reason"], "Paid to the wrong account");
    }

    fn a_broken_limit_is_told_and_allowed_once(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        app.set_limits(&ben, "0.00", None);
        let paid = app.pay(&ada, &ben, "12.50");
        app.pay(&ben, &ada, "10.00");
        let refused = reverse(&admin, &paid, &mistaken()).expect_problem(409, "insufficient_credit");
        assert_eq!(refused.body["available"], "2.50");
        let mut allowed = mistaken();
        allowed["allow_beyond_limit"] = json!(true);
        reverse(&admin, &paid, &allowed).expect(201);
        assert_eq!((&ben.account()["balance"], &ben.account()["available"]), (&json!("-10.00"), &json!("-10.00")));
        let entries = ben.get(&format!("/api/v1/accounts/{}/entries", ben.code)).expect(200);
        assert_eq!(entries.data()[0]["kind"], "reversal_beyond_limit");
        app.try_pay(&ben, &ada, "0.01").expect_problem(409, "insufficient_credit");
        app.pay(&ada, &ben, "10.00");
    }

    fn frozen_accounts_are_put_right(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let paid = app.pay(&ada, &ben, "12.50");
        app.set_status(&ben, "frozen");
        reverse(&admin, &paid, &mistaken()).expect(201);
        assert_eq!((ada.balance(), ben.balance()), ("0.00".into(), "0.00".into()));
    }

    fn admins_only_and_with_a_reason(app: &TestApp) {
        let (ada, ben, carla, admin) = (app.member("ada"), app.member("ben"), app.member("carla"), app.admin());
        let paid = app.pay(&ada, &ben, "12.50");
        for member in [&ada, &ben] {
            reverse(member, &paid, &mistaken()).expect_problem(403, "forbidden");
        }
        reverse(&carla, &paid, &mistaken()).expect_problem(404, "not_found");
        app.anonymous().post(&path_of(&paid), &mistaken()).expect_problem(401, "unauthenticated");
        admin.post(&path_of(&paid), &mistaken()).expect_problem(400, "idempotency_key_missing");
        for bad in [json!({}), json!({"reason": 1}), json!({"reason": "x", "amount": "1.00"})] {
            reverse(&admin, &paid, &bad).expect_problem(400, "validation_failed");
        }
        for reason in ["", "  ", "a\u{0}b"] {
            reverse(&admin, &paid, &json!({"reason": reason})).expect_fault("/reason");
        }
        let unknown = json!({"id": "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3"});
        reverse(&admin, &unknown, &mistaken()).expect_problem(404, "not_found");
        app.clock.advance(301);
        for person in [&admin, &ben] {
            person.refresh().expect(200);
        }
        reverse(&admin, &paid, &mistaken()).expect_problem(403, "step_up_required");
        assert_eq!(ben.balance(), "12.50");
    }
}
