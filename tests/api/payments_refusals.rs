//! `POST /payments`, refused: each reason with its code, and nothing posted.

use serde_json::json;

use crate::support::{Person, TestApp, both_engines, fresh_key, keys, payment};

/// What must be the same after a refusal.
fn books(app: &TestApp, member: &Person) -> serde_json::Value {
    app.ledger(member)
}

both_engines! {
    fn nobody_pays_themselves(app: &TestApp) {
        let ada = app.member("ada");
        let before = books(app, &ada);
        for (payer, payee) in [(&ada.code, &ada.code), (&ada.code, &ada.account_id), (&ada.account_id, &ada.code)] {
            let body = json!({"payer": payer, "payee": payee, "amount": "1.00"});
            ada.post_payment(&fresh_key(), &body).expect_problem(409, "same_account");
        }
        assert_eq!(books(app, &ada), before);
    }

    fn frozen_and_closed_accounts_neither_pay_nor_are_paid(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for status in ["frozen", "closed"] {
            app.set_status(&ben, status);
            let before = books(app, &ada);
            let paying = app.try_pay(&ben, &ada, "1.00").expect_problem(409, "account_not_active");
            assert_eq!(paying.body["detail"], format!("{} is {status}.", ben.code));
            let paid = app.try_pay(&ada, &ben, "1.00").expect_problem(409, "account_not_active");
            assert_eq!(paid.body["detail"], format!("{} is {status}.", ben.code));
            assert_eq!(books(app, &ada), before);
        }
    }

    fn the_credit_limit_is_reached_and_not_passed(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let refused = app.try_pay(&ada, &ben, "100.01").expect_problem(409, "insufficient_credit");
        assert_eq!(refused.body["available"], "100.00");
        assert_eq!(keys(&refused.body), ["available", "code", "detail", "request_id", "status", "title", "type"]);
        assert!(refused.body["detail"].as_str().unwrap().contains("100.01"));
        app.pay(&ada, &ben, "99.99");
        app.try_pay(&ada, &ben, "0.02").expect_problem(409, "insufficient_credit");
        app.pay(&ada, &ben, "0.01");
        assert_eq!((&ada.account()["balance"], &ada.account()["available"]), (&json!("-100.00"), &json!("0.00")));
        let refused = app.try_pay(&ada, &ben, "0.01").expect_problem(409, "insufficient_credit");
        assert_eq!(refused.body["available"], "0.00");
        app.try_pay(&ada, &ben, "10000000000.00").expect_problem(409, "insufficient_credit");
        assert_eq!(ben.balance(), "100.00");
    }

    fn the_ceiling_is_reached_and_not_passed(app: &TestApp) {
        let ada = app.member("ada");
        let ben = app.newcomer("ben").with_ceiling("50.00").join();
        app.try_pay(&ada, &ben, "50.01").expect_problem(409, "ceiling_exceeded");
        app.pay(&ada, &ben, "50.00");
        let refused = app.try_pay(&ada, &ben, "0.01").expect_problem(409, "ceiling_exceeded");
        assert_eq!(refused.body.get("available"), None, "what the payee holds is not the payer's to know");
        app.pay(&ben, &ada, "0.01");
        app.pay(&ada, &ben, "0.01");
        assert_eq!(ben.balance(), "50.00");
        let none = app.newcomer("carla").with_ceiling("0").join();
        app.try_pay(&ada, &none, "0.01").expect_problem(409, "ceiling_exceeded");
    }

    fn the_payers_side_is_judged_first(app: &TestApp) {
        let ada = app.member("ada");
        let ben = app.newcomer("ben").with_ceiling("0").join();
        app.try_pay(&ada, &ben, "100.01").expect_problem(409, "insufficient_credit");
    }

    fn nobody_pays_from_what_is_not_theirs(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let before = books(app, &ada);
        for caller in [&ada, &carla, &app.admin()] {
            caller.post_payment(&fresh_key(), &payment(&ben, &ada, "1.00")).expect_problem(403, "forbidden");
        }
        assert_eq!(books(app, &ada)["transfers"], before["transfers"]);
        assert_eq!(ben.balance(), "0.00");
    }

    fn absent_and_foreign_accounts_look_the_same(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let yan = app.newcomer("yan").of("LAKE").join();
        let pay = |payer: &str, payee: &str| {
            let body = json!({"payer": payer, "payee": payee, "amount": "1.00"});
            ada.post_payment(&fresh_key(), &body).expect_problem(404, "not_found").without_request_id()
        };
        let absent = pay(&ada.code, "RIVER0999");
        for (payer, payee) in [
            (ada.code.as_str(), zoe.code.as_str()),
            (&ada.code, &zoe.account_id),
            (&zoe.code, &ada.code),
            (&zoe.account_id, &ada.code),
            (&zoe.code, &yan.code),
            (&zoe.account_id, &yan.account_id),
            (&zoe.code, &zoe.code),
            (&ada.code, "LAKE0999"),
            (&ada.code, "NOWHERE0001"),
            (&ada.code, "019a0000-0000-7000-8000-000000000001"),
            ("RIVER0999", &ben.code),
        ] {
            assert_eq!(pay(payer, payee), absent, "{payer} to {payee}");
        }
        // Also after those who belong there have been served, and their accounts are remembered.
        app.pay(&zoe, &yan, "1.00");
        let by_id = json!({"payer": zoe.account_id, "payee": yan.account_id, "amount": "1.00"});
        zoe.post_payment(&fresh_key(), &by_id).expect(201);
        assert_eq!(pay(&ada.code, &zoe.account_id), absent);
        assert_eq!(pay(&zoe.account_id, &yan.account_id), absent);
        // A wrong amount tells strangers no more than a right one: not even how many places there are.
        let body = json!({"payer": zoe.code, "payee": yan.code, "amount": "1.001"});
        let reply = ada.post_payment(&fresh_key(), &body).expect_problem(404, "not_found");
        assert_eq!(reply.without_request_id(), absent);
        assert_eq!(app.ledger(&zoe)["transfers"], 2);
    }

    fn money_never_crosses_communities(app: &TestApp) {
        app.found("LAKE", 2);
        let ada = app.member("ada");
        let ada_at_the_lake = app.newcomer("ada").of("LAKE").join();
        let body = json!({"payer": ada.code, "payee": ada_at_the_lake.code, "amount": "1.00"});
        ada.post_payment(&fresh_key(), &body).expect_problem(404, "not_found");
        let body = json!({"payer": ada_at_the_lake.account_id, "payee": ada.account_id, "amount": "1.00"});
        ada.post_payment(&fresh_key(), &body).expect_problem(404, "not_found");
        assert_eq!((ada.balance().as_str(), ada_at_the_lake.balance().as_str()), ("0.00", "0.00"));
    }

    fn a_refusal_is_noted(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.try_pay(&ada, &ben, "100.01").expect_problem(409, "insufficient_credit");
        assert_eq!(app.database.db_texts("SELECT code AS value FROM refusals"), ["insufficient_credit"]);
        assert_eq!(app.database.db_numbers("SELECT amount AS value FROM refusals"), [10_001]);
        assert_eq!(app.database.db_count("payments"), 0, "a refused push makes no payment");
    }
}
