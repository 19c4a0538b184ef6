//! `409 possible_duplicate`: people press twice.

use serde_json::{Value, json};

use crate::support::{Person, both_engines, fresh_key, keys};

fn press(payer: &Person, payee: &Person, more: &Value) -> crate::support::Reply {
    let mut body =
        json!({"payer": payer.code, "payee": payee.code, "amount": "12.50", "description": "Rye loaves"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    payer.post_payment(&fresh_key(), &body)
}

both_engines! {
    fn the_second_press_names_the_first_payment(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = press(&ada, &ben, &json!({})).expect(201).body;
        let refused = press(&ada, &ben, &json!({})).expect_problem(409, "possible_duplicate");
        assert_eq!(refused.body["payment_id"], first["id"]);
        assert_eq!(keys(&refused.body), ["code", "detail", "payment_id", "request_id", "status", "title", "type"]);
        press(&ada, &ben, &json!({"allow_duplicate": false})).expect_problem(409, "possible_duplicate");
        assert_eq!(ben.balance(), "12.50");
        press(&ada, &ben, &json!({"allow_duplicate": true})).expect(201);
        press(&ada, &ben, &json!({"amount": "12.51"})).expect(201);
        press(&ada, &ben, &json!({"description": "Rye loaves."})).expect(201);
        press(&ada, &ben, &json!({"allow_duplicate": 1})).expect_problem(400, "validation_failed");
    }

    fn the_refusal_is_kept_and_a_replay_is_none(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00"});
        let first = ada.post_payment("k-1", &body).expect(201);
        assert_eq!(ada.post_payment("k-1", &body).expect(201).bytes, first.bytes, "the same key repeats the payment");
        let refused = ada.post_payment("k-2", &body).expect_problem(409, "possible_duplicate");
        app.clock.advance(121);
        assert_eq!(ada.post_payment("k-2", &body).expect(409).bytes, refused.bytes, "final for its key");
        ada.post_payment("k-3", &body).expect(201);
        let mut meant = body;
        meant["allow_duplicate"] = json!(true);
        ada.post_payment("k-3", &meant).expect_problem(422, "idempotency_key_reused");
        ada.post_payment("k-4", &meant).expect(201);
    }

    fn a_restart_in_between_forgets_nothing(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = press(&ada, &ben, &json!({})).expect(201).body;
        app.restart();
        let refused = press(&ada, &ben, &json!({})).expect_problem(409, "possible_duplicate");
        assert_eq!(refused.body["payment_id"], first["id"]);
        app.clock.advance(120);
        press(&ada, &ben, &json!({})).expect(201);
    }

    fn two_presses_at_once_pay_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let statuses: Vec<_> = std::thread::scope(|scope| {
            let presses: Vec<_> = (0..8).map(|_| scope.spawn(|| press(&ada, &ben, &json!({})).status)).collect();
            presses.into_iter().map(|press| press.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
        assert_eq!(ben.balance(), "12.50");
    }
}
