//! Proving again who one is, and what asks for it.

use serde_json::{Value, json};

use crate::passwords::bad_bodies;
use crate::second_factors::{code, turn_on};
use crate::support::{PASSWORD, Person, Reply, TestApp, both_engines, claims, keys};

/// The session goes on, and its proof is no longer fresh.
fn grow_stale(app: &TestApp, person: &Person) {
    person.tokens();
    app.clock.advance(200);
    person.refresh().expect(200);
    app.clock.advance(101);
}

fn set_own(person: &Person, above: Value) -> Reply {
    person.put(&format!("/api/v1/accounts/{}/step-up", person.code), &json!({"above": above}))
}

fn set_common(person: &Person, above: Value) -> Reply {
    person.put("/api/v1/communities/RIVER/step-up", &json!({"above": above}))
}

both_engines! {
    fn a_step_up_gives_a_token_with_a_fresh_proof(app: &TestApp) {
        let ada = app.member("ada");
        let first = claims(&ada.tokens().access);
        assert_eq!(first["auth_time"], first["iat"]);
        app.clock.advance(200);
        ada.refresh().expect(200);
        assert_eq!(claims(&ada.tokens().access)["auth_time"], first["auth_time"], "a refresh proves nothing");
        let reply = ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        assert_eq!(keys(&reply.body), ["access_token", "expires_in", "token_type"]);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let stepped_up = claims(&ada.tokens().access);
        assert_eq!(stepped_up["auth_time"], stepped_up["iat"]);
        assert_eq!((&stepped_up["sid"], &stepped_up["sub"]), (&first["sid"], &first["sub"]));
        ada.refresh().expect(200);
        assert_eq!(claims(&ada.tokens().access)["auth_time"], stepped_up["auth_time"], "the session remembers it");
    }

    fn it_takes_the_right_proof(app: &TestApp) {
        let ada = app.member("ada");
        ada.step_up_with(&json!({})).expect_fault("/password");
        ada.step_up_with(&json!({"password": null, "code": null})).expect_fault("/password");
        ada.step_up_with(&json!({"code": "123456"})).expect_fault("/password");
        ada.step_up_with(&json!({"password": "wrong horse battery staple"})).expect_fault("/password");
        ada.step_up_with(&json!({"password": ""})).expect_fault("/password");
        ada.step_up_with(&json!({"password": "x".repeat(60_000)})).expect_fault("/password");
        app.anonymous().post("/api/v1/sessions/current/step-up", &json!({"password": PASSWORD})).expect_problem(401, "unauthenticated");
        for body in &bad_bodies(&[], &["password", "code"]) {
            ada.post("/api/v1/sessions/current/step-up", body).expect_problem(400, "validation_failed");
        }
        let (secret, recovery) = turn_on(app, &ada);
        app.clock.advance(30);
        let missing = ada.step_up_with(&json!({"password": PASSWORD})).expect_problem(401, "unauthenticated");
        assert_eq!(missing.body["second_factor_required"], true);
        ada.step_up_with(&json!({"password": "wrong", "code": code(app, &secret)})).expect_fault("/password");
        ada.step_up_with(&json!({"code": "000000"})).expect_fault("/code");
        let shown = code(app, &secret);
        ada.step_up_with(&json!({"password": PASSWORD, "code": shown})).expect(200);
        ada.step_up_with(&json!({"password": PASSWORD, "code": shown})).expect_fault("/code");
        ada.step_up_with(&json!({"code": recovery[0]})).expect(200);
        ada.step_up_with(&json!({"code": recovery[0]})).expect_fault("/code");
        ada.delete("/api/v1/sessions/current").expect(204);
        ada.step_up_with(&json!({"code": recovery[1]})).expect_problem(401, "unauthenticated");
    }

    fn limits_ask_for_it(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        grow_stale(app, &admin);
        let (path, body) = (format!("/api/v1/accounts/{}/limits", ada.code), json!({"credit_limit": "7.00", "ceiling": null, "reason": "x"}));
        admin.put(&path, &body).expect_problem(403, "step_up_required");
        ada.again().put(&path, &body).expect_problem(403, "forbidden");
        assert_eq!(admin.get(&format!("/api/v1/accounts/{}", ada.code)).body["credit_limit"], "100.00");
        admin.step_up_with(&json!({"password": PASSWORD})).expect(200);
        admin.put(&path, &body).expect(200);
        // Stopping somebody does not wait for a password.
        grow_stale(app, &admin);
        admin.put(&format!("/api/v1/accounts/{}/status", ada.code), &json!({"status": "frozen", "reason": "x"})).expect(200);
    }

    fn payments_above_the_members_amount_ask_for_it(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let set = set_own(&ada, json!("10.00")).expect(200);
        assert_eq!(set.body, json!({"above": "10.00", "community_above": null}));
        assert_eq!(ada.get(&format!("/api/v1/accounts/{}/step-up", ada.code)).expect(200).body, set.body);
        app.pay(&ada, &ben, "10.01");
        grow_stale(app, &ada);
        app.pay(&ada, &ben, "10.00");
        let refused = ada.pay_keyed(&ben, "10.01", "large").expect_problem(403, "step_up_required");
        assert_eq!(refused.header("idempotency-replayed"), None);
        app.restart();
        ada.pay_keyed(&ben, "10.01", "large").expect_problem(403, "step_up_required");
        ada.pay_keyed(&ben, "9999.00", "too-large").expect_problem(403, "step_up_required");
        ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        ada.pay_keyed(&ben, "10.01", "large").expect(201);
        // What is paid already is answered without a new proof.
        grow_stale(app, &ada);
        assert_eq!(ada.pay_keyed(&ben, "10.01", "large").expect(201).header("idempotency-replayed"), Some("true"));
        app.pay(&ben.again(), &ada, "10.01");
    }

    fn only_tightening_is_free(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        ada.tokens();
        grow_stale(app, &ada);
        set_own(&ada, json!("50.00")).expect(200);
        set_own(&ada, json!("10")).expect(200);
        set_own(&ada, json!("10.01")).expect_problem(403, "step_up_required");
        set_own(&ada, json!(null)).expect_problem(403, "step_up_required");
        ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        set_own(&ada, json!(null)).expect(200);
        let path = format!("/api/v1/accounts/{}/step-up", ada.code);
        for other in [&ben, &admin] {
            other.again().put(&path, &json!({"above": "1.00"})).expect_problem(403, "forbidden");
        }
        ben.again().get(&path).expect_problem(404, "not_found");
        admin.again().get(&path).expect(200);
        for bad in [json!("-1"), json!("x"), json!("1.001"), json!(""), json!(1), json!(["1"])] {
            set_own(&ada, bad).expect_fault("/above");
        }
        ada.put(&path, &json!({})).expect_problem(400, "validation_failed");
        ada.put("/api/v1/accounts/RIVER0999/step-up", &json!({"above": null})).expect_problem(404, "not_found");
        let lines = app.database.db_texts("SELECT action || ' ' || before || ' ' || after AS value FROM audits ORDER BY created_at");
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1], r#"account.step_up {"step_up_above_minor":5000} {"step_up_above_minor":1000}"#);
    }

    fn the_communitys_amount_counts_at_once_for_all(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        app.pay(&ada, &ben, "1.00");
        grow_stale(app, &ada);
        app.pay(&ada, &ben, "20.01");
        set_common(&ada, json!("20.00")).expect_problem(403, "forbidden");
        admin.tokens();
        assert_eq!(set_common(&admin, json!("20.00")).expect(200).body, json!({"above": "20.00"}));
        app.try_pay(&ada, &ben, "20.01").expect_problem(403, "step_up_required");
        app.pay(&ada, &ben, "20.00");
        assert_eq!(ada.get(&format!("/api/v1/accounts/{}/step-up", ada.code)).body, json!({"above": null, "community_above": "20.00"}));
        app.restart();
        app.try_pay(&ada, &ben, "20.01").expect_problem(403, "step_up_required");
        grow_stale(app, &admin);
        set_common(&admin, json!("10.00")).expect_problem(403, "step_up_required");
        admin.step_up_with(&json!({"password": PASSWORD})).expect(200);
        set_common(&admin, json!(null)).expect(200);
        ada.refresh().expect(200);
        app.pay(&ada, &ben, "20.01");
        app.anonymous().put("/api/v1/communities/RIVER/step-up", &json!({"above": null})).expect_problem(401, "unauthenticated");
        admin.put("/api/v1/communities/NOWHERE/step-up", &json!({"above": null})).expect_problem(404, "not_found");
    }
}

#[test]
fn another_process_judges_by_the_new_amount_at_once() {
    let one = TestApp::new(counterfoil::storage::Engine::Postgres);
    let other = TestApp::on(std::sync::Arc::clone(&one.database));
    let (ada, ben, admin) = (one.member("ada"), one.member("ben"), one.admin());
    grow_stale(&one, &ada);
    other.clock.advance(301);
    let elsewhere = other.anonymous().with_token(&ada.tokens().access);
    let pay = |key: &str, amount: &str| {
        let body = crate::support::payment(&ada, &ben, amount);
        elsewhere.post_with("/api/v1/payments", &[("Idempotency-Key", key)], &body)
    };
    pay("a", "20.00").expect(201);
    admin.tokens();
    set_common(&admin, json!("10.00")).expect(200);
    pay("b", "10.01").expect_problem(403, "step_up_required");
    pay("c", "10.00").expect(201);
    set_common(&admin, json!(null)).expect(200);
    pay("b", "10.01").expect(201);
}
