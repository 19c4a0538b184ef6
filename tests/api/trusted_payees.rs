//! `/accounts/{account}/trusted-payees`: whose bills are paid as they come in.

use serde_json::{Value, json};

use crate::payment_requests::ask;
use crate::payments_held::{path_of, step};
use crate::support::{PASSWORD, Person, both_engines, fresh_key, keys};

fn path(payer: &Person, payee: &Person) -> String {
    format!("/api/v1/accounts/{}/trusted-payees/{}", payer.code, payee.code)
}

both_engines! {
    fn the_story_of_a_standing_order(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.get(&path(&ada, &ben)).expect_problem(404, "not_found");
        let set = ada.put(&path(&ada, &ben), &json!({"up_to": "20.00", "per_month": "50"})).expect(200).body;
        assert_eq!(keys(&set), ["accepted_this_month", "payee", "per_month", "up_to"]);
        assert_eq!((&set["payee"]["code"], &set["up_to"], &set["per_month"], &set["accepted_this_month"]),
            (&json!(ben.code), &json!("20.00"), &json!("50.00"), &json!("0.00")));

        let paid = ask(&ben, &ada, "20.00");
        assert_eq!((&paid["state"], &paid["expires_at"].is_string()), (&json!("completed"), &true));
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("-20.00", "20.00"));
        assert_eq!(ada.get(&path_of(&paid)).expect(200).body, paid);
        assert_eq!(ada.get(&path(&ada, &ben)).expect(200).body["accepted_this_month"], "20.00");
        let decided = app.database.db_numbers("SELECT count(*) AS value FROM requests WHERE is_automatic AND NOT is_open");
        assert_eq!(decided, [1]);
        app.restart();
        assert_eq!(ask(&ben, &ada, "20.00")["state"], "completed");
        assert_eq!(ask(&ben, &ada, "10.01")["state"], "requested", "past the month's amount");
        assert_eq!(ask(&ben, &ada, "20.01")["state"], "requested", "past the amount");
        assert_eq!(ask(&ada, &ben, "1.00")["state"], "requested", "the other way");
        step(&ben, &paid, "refunds", &json!({"amount": "20.00"})).expect(201);

        let listed = ada.get(&format!("/api/v1/accounts/{}/trusted-payees", ada.code)).expect(200);
        assert_eq!((listed.data().len(), &listed.data()[0]["accepted_this_month"]), (1, &json!("40.00")));
        ada.put(&path(&ada, &ben), &json!({"up_to": "200.00"})).expect(200);
        app.set_limits(&ada, "30.00", None);
        assert_eq!(ask(&ben, &ada, "10.01")["state"], "requested", "what would be refused waits");
        assert_eq!(ask(&ben, &ada, "10.00")["state"], "completed");
        ada.delete(&path(&ada, &ben)).expect(204);
        ada.delete(&path(&ada, &ben)).expect_problem(404, "not_found");
        app.set_limits(&ada, "100.00", None);
        assert_eq!(ask(&ben, &ada, "1.00")["state"], "requested");
        let lines = app.database.db_numbers("SELECT count(*) AS value FROM audits WHERE action = 'account.trusted_payee'");
        assert_eq!(lines, [3]);
    }

    fn it_is_the_owners_with_a_fresh_proof_and_no_apps(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let terms = json!({"up_to": "20.00"});
        for other in [&ben, &admin] {
            other.put(&path(&ada, &ben), &terms).expect_problem(403, "forbidden");
            other.get(&path(&ada, &ben)).expect_problem(403, "forbidden");
            other.delete(&path(&ada, &ben)).expect_problem(403, "forbidden");
            other.get(&format!("/api/v1/accounts/{}/trusted-payees", ada.code)).expect_problem(403, "forbidden");
        }
        let client = app.register(&ada, false);
        let shop = app.bearer(&app.allowed(&ada, &client, "payments:write payments:read", &[]));
        shop.put(&path(&ada, &ben), &terms).expect_problem(403, "forbidden");
        shop.get(&path(&ada, &ben)).expect_problem(403, "forbidden");
        ada.tokens();
        app.clock.advance(301);
        ada.refresh().expect(200);
        ada.put(&path(&ada, &ben), &terms).expect_problem(403, "step_up_required");
        ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        ada.put(&path(&ada, &ben), &terms).expect(200);
        app.clock.advance(301);
        for person in [&ada, &ben] {
            person.refresh().expect(200);
        }
        // What the owner proved then stands for what is paid by it, also above the amount that asks for a proof.
        ada.put(&format!("/api/v1/accounts/{}/step-up", ada.code), &json!({"above": "1.00"})).expect(200);
        assert_eq!(ask(&ben, &ada, "20.00")["state"], "completed");
        ada.delete(&path(&ada, &ben)).expect(204);
    }

    fn what_makes_no_sense_is_refused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for (body, pointer) in [
            (json!({"up_to": "0"}), "/up_to"),
            (json!({"up_to": "-1"}), "/up_to"),
            (json!({"up_to": "1.001"}), "/up_to"),
            (json!({"up_to": 1}), "/up_to"),
            (json!({"up_to": "1", "per_month": "0"}), "/per_month"),
            (json!({"up_to": "1", "per_year": "1"}), "/per_year"),
        ] {
            ada.put(&path(&ada, &ben), &body).expect_fault(pointer);
        }
        ada.put(&path(&ada, &ben), &json!({})).expect_problem(400, "validation_failed");
        ada.put(&path(&ada, &ada), &json!({"up_to": "1.00"})).expect_problem(409, "same_account");
        let nobody = format!("/api/v1/accounts/{}/trusted-payees/RIVER0999", ada.code);
        ada.put(&nobody, &json!({"up_to": "1.00"})).expect_problem(404, "not_found");
        app.found("LAKE", 2);
        let foreign = app.newcomer("fay").of("LAKE").join();
        ada.put(&path(&ada, &foreign), &json!({"up_to": "1.00"})).expect_problem(404, "not_found");
        assert_eq!(app.database.db_count("trusted_payees"), 0);
    }

    fn a_key_of_what_was_paid_at_once_repeats_it(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.put(&path(&ada, &ben), &json!({"up_to": "20.00"})).expect(200);
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "7.00", "description": "Milk"});
        let key = fresh_key();
        let send = || ben.post_with("/api/v1/payment-requests", &[("Idempotency-Key", &key)], &body).expect(201);
        let first = send();
        assert_eq!(send().bytes, first.bytes);
        assert_eq!((&first.body["state"], ben.balance().as_str()), (&Value::from("completed"), "7.00"));
    }
}
