//! `POST /payments/{id}/refunds`: giving back, in part or whole, and never more than was paid.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, fresh_key, keys};
use crate::{PAYMENT, is_time};

fn path_of(payment: &Value) -> String {
    format!("/api/v1/payments/{}", payment["id"].as_str().unwrap())
}

fn refund_keyed(giver: &Person, payment: &Value, key: &str, body: &Value) -> Reply {
    giver.post_with(&format!("{}/refunds", path_of(payment)), &[("Idempotency-Key", key)], body)
}

fn refund(giver: &Person, payment: &Value, amount: &str) -> Reply {
    refund_keyed(giver, payment, &fresh_key(), &json!({"amount": amount}))
}

both_engines! {
    fn a_shop_gives_back_in_part_and_then_the_rest(app: &TestApp) {
        let (ada, ben) = (app.member("Ada Brook"), app.member("Ben Ford"));
        let paid = app.pay(&ada, &ben, "12.50");
        assert_eq!((&paid["refund_of"], &paid["refunded"]), (&Value::Null, &json!("0.00")));

        let reply = refund_keyed(&ben, &paid, "r-1", &json!({"amount": "4.50", "reason": "One loaf was stale"})).expect(201);
        let back = reply.body.clone();
        assert_eq!(reply.header("location"), Some(path_of(&back).as_str()));
        assert_eq!(keys(&back), PAYMENT);
        assert_eq!((&back["payer"]["code"], &back["payee"]["code"]), (&json!(ben.code), &json!(ada.code)));
        assert_eq!((&back["amount"], &back["description"]), (&json!("4.50"), &json!("One loaf was stale")));
        assert_eq!((&back["state"], &back["refund_of"], &back["refunded"]), (&json!("completed"), &paid["id"], &json!("0.00")));
        assert!(is_time(&back["completed_at"]));
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("-8.00", "8.00"));

        // Both sides, and whoever runs the community, see how the two hang together.
        for sees in [&ada, &ben, &app.admin()] {
            assert_eq!(sees.get(&path_of(&paid)).expect(200).body["refunded"], "4.50");
            assert_eq!(sees.get(&path_of(&back)).expect(200).body, back);
        }
        let entries = ada.get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
        assert_eq!((&entries.data()[0]["kind"], &entries.data()[0]["amount"]), (&json!("refund"), &json!("4.50")));
        assert_eq!((&entries.data()[0]["payment_id"], &entries.data()[1]["kind"]), (&back["id"], &json!("principal")));

        refund(&ben, &paid, "8.01").expect_problem(409, "conflict");
        refund(&ben, &paid, "8.00").expect(201);
        let listed = ben.get("/api/v1/payments").expect(200);
        let told: Vec<_> = listed.data().iter().map(|payment| (payment["amount"].clone(), payment["refunded"].clone())).collect();
        assert_eq!(told, [("8.00", "0.00"), ("4.50", "0.00"), ("12.50", "12.50")].map(|(a, r)| (json!(a), json!(r))));
        let refused = refund(&ben, &paid, "0.01").expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "refund_too_large");
        assert!(refused.body["detail"].as_str().unwrap().contains("can still be given back"), "{}", refused.body);
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("0.00", "0.00"));
    }

    fn the_same_key_gives_back_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "12.50");
        let body = json!({"amount": "4.50"});
        let first = refund_keyed(&ben, &paid, "r-1", &body).expect(201);
        let again = refund_keyed(&ben.again(), &paid, "r-1", &body).expect(201);
        assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
        refund_keyed(&ben, &paid, "r-1", &json!({"amount": "4.00"})).expect_problem(422, "idempotency_key_reused");
        // The key of a payment is no key for its refund either.
        ada.pay_keyed(&ben, "1.00", "k").expect(201);
        let mine = app.pay(&ben, &ada, "1.00");
        refund_keyed(&ada, &mine, "k", &body).expect_problem(422, "idempotency_key_reused");
        let too_large = json!({"amount": "8.01"});
        let refused = refund_keyed(&ben, &paid, "r-2", &too_large).expect_problem(409, "conflict");
        app.restart();
        let replayed = refund_keyed(&ben, &paid, "r-2", &too_large).expect_problem(409, "conflict");
        assert_eq!(replayed.body, refused.body);
        assert_eq!(refund_keyed(&ben, &paid, "r-1", &body).expect(201).body, first.body);
        assert_eq!(ben.get(&path_of(&paid)).expect(200).body["refunded"], "4.50");
        let without_key = ben.post(&format!("{}/refunds", path_of(&paid)), &body);
        without_key.expect_problem(400, "idempotency_key_missing");
    }

    fn what_was_given_back_is_remembered_across_a_restart(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "12.50");
        refund(&ben, &paid, "10.00").expect(201);
        app.restart();
        refund(&ben, &paid, "2.51").expect_problem(409, "conflict");
        refund(&ben, &paid, "2.50").expect(201);
    }

    fn only_who_was_paid_gives_back(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let paid = app.pay(&ada, &ben, "12.50");
        for other in [&ada, &app.admin()] {
            refund(other, &paid, "1.00").expect_problem(403, "forbidden");
        }
        let foreign = refund(&carla, &paid, "1.00").expect_problem(404, "not_found");
        for nonsense in ["019a0000-0000-7000-8000-000000000001", "x", "%00"] {
            let path = format!("/api/v1/payments/{nonsense}/refunds");
            let absent = carla.post_with(&path, &[("Idempotency-Key", &fresh_key())], &json!({"amount": "1.00"}));
            assert_eq!(absent.expect_problem(404, "not_found").without_request_id(), foreign.without_request_id());
        }
        // Nor does an amount that the currency does not have tell that there is a payment.
        refund(&carla, &paid, "1.001").expect_problem(404, "not_found");
        let reading = app.db_with_scopes(&ben, "payments:read");
        let path = format!("{}/refunds", path_of(&paid));
        reading.post_with(&path, &[("Idempotency-Key", "r")], &json!({"amount": "1.00"})).expect_problem(403, "forbidden");
        app.anonymous().post(&path, &json!({"amount": "1.00"})).expect_problem(401, "unauthenticated");
        assert_eq!(ben.balance(), "12.50");
    }

    fn limits_and_statuses_count_as_for_any_payment(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "12.50");
        app.set_limits(&ben, "0.00", None);
        app.pay(&ben, &ada, "10.00");
        let refused = refund(&ben, &paid, "2.51").expect_problem(409, "insufficient_credit");
        assert_eq!(refused.body["available"], "2.50");
        app.set_limits(&ben, "100.00", None);
        app.set_limits(&ada, "100.00", Some("0"));
        refund(&ben, &paid, "2.51").expect_problem(409, "ceiling_exceeded");
        app.set_status(&ada, "frozen");
        refund(&ben, &paid, "1.00").expect_problem(409, "account_not_active");
        app.set_status(&ada, "active");
        refund(&ben, &paid, "2.50").expect(201);
    }

    fn a_refund_itself_is_not_given_back(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "12.50");
        let back = refund(&ben, &paid, "12.50").expect(201).body;
        let refused = refund(&ada, &back, "1.00").expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "refund_of_refund");
    }

    fn bad_input_is_told_field_by_field(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "12.50");
        for amount in ["0", "-1", "", "x", "1.001", "1e3", " 1", "99999999999999999999"] {
            refund(&ben, &paid, amount).expect_fault("/amount");
        }
        refund_keyed(&ben, &paid, "r", &json!({})).expect_problem(400, "validation_failed");
        for body in [json!({"amount": 1}), json!({"amount": null})] {
            refund_keyed(&ben, &paid, "r", &body).expect_fault("/amount");
        }
        refund_keyed(&ben, &paid, "r", &json!({"amount": "1", "reason": "a\u{0}b"})).expect_fault("/reason");
        refund_keyed(&ben, &paid, "r", &json!({"amount": "1", "reason": "x".repeat(501)})).expect_fault("/reason");
        refund_keyed(&ben, &paid, "r", &json!({"amount": "1", "payer": "RIVER0001"})).expect_problem(400, "validation_failed");
        assert_eq!(ben.balance(), "12.50");
        refund_keyed(&ben, &paid, "r", &json!({"amount": "1"})).expect(201);
    }

    fn many_refunds_at_once_give_back_what_was_paid_and_no_more(app: &TestApp) {
        const CLIENTS: usize = 16;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "10.00");
        let sessions: Vec<Person> = (0..CLIENTS).map(|_| ben.again()).collect();
        for session in &sessions {
            session.tokens();
        }
        let start = Barrier::new(CLIENTS);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let sent: Vec<_> = sessions
                .iter()
                .map(|session| {
                    let (start, paid) = (&start, &paid);
                    scope.spawn(move || {
                        start.wait();
                        refund(session, paid, "3.00")
                    })
                })
                .collect();
            sent.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let given = replies.iter().filter(|reply| reply.status == 201).count();
        let refused = replies.iter().filter(|reply| reply.body["reason"] == "refund_too_large").count();
        assert_eq!((given, refused), (3, CLIENTS - 3));
        assert_eq!((ben.balance().as_str(), ada.balance().as_str()), ("1.00", "-1.00"));
        assert_eq!(ada.get(&path_of(&paid)).expect(200).body["refunded"], "9.00");
    }
}
