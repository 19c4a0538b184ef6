//! `PUT /accounts/{account}/limits`.

use serde_json::{Value, json};

use crate::ACCOUNT;
use crate::support::{both_engines, keys};

fn limits(credit_limit: &str, ceiling: Option<&str>) -> Value {
    json!({"credit_limit": credit_limit, "ceiling": ceiling, "reason": "Good trader for a year"})
}

both_engines! {
    fn an_admin_sets_limits(app: &TestApp) {
        let ada = app.member("ada");
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        let reply = app.admin().put(&path, &limits("250.00", Some("1000"))).expect(200);
        assert_eq!(keys(&reply.body), ACCOUNT);
        assert_eq!((&reply.body["credit_limit"], &reply.body["ceiling"]), (&json!("250.00"), &json!("1000.00")));
        assert_eq!(reply.body["available"], "250.00");
        assert_eq!(reply.body, ada.account());
        let reply = app.admin().put(&format!("/api/v1/accounts/{}/limits", ada.account_id), &limits("0", None)).expect(200);
        assert_eq!((&reply.body["credit_limit"], &reply.body["ceiling"]), (&json!("0.00"), &Value::Null));
        let highest = app.admin().put(&path, &limits("10000000000000.00", Some("10000000000000.00"))).expect(200);
        assert_eq!(highest.body["credit_limit"], "10000000000000.00");
    }

    fn every_change_leaves_its_reason(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let before = app.ledger(&ada);
        admin.put(&format!("/api/v1/accounts/{}/limits", ada.code), &limits("250.00", Some("900.00"))).expect(200);
        let line = app.database.db_texts("SELECT action || ' ' || before || ' ' || after AS value FROM audits");
        assert_eq!(line, [
            r#"account.limits {"credit_limit_minor":10000,"ceiling_minor":null} {"credit_limit_minor":25000,"ceiling_minor":90000}"#
        ]);
        let reasons = app.database.db_texts("SELECT content AS value FROM texts");
        assert_eq!(reasons, ["Good trader for a year"]);
        let after = app.ledger(&ada);
        assert_eq!(after["head"]["seq"].as_i64().unwrap(), before["head"]["seq"].as_i64().unwrap() + 1, "the chain has it");
        assert_eq!(after["transfers"], before["transfers"]);
    }

    fn members_may_not_and_nothing_changes(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let before = app.ledger(&ada);
        for target in [&ada, &ben] {
            let path = format!("/api/v1/accounts/{}/limits", target.code);
            ada.put(&path, &limits("9999.00", None)).expect_problem(403, "forbidden");
            app.anonymous().put(&path, &limits("9999.00", None)).expect_problem(401, "unauthenticated");
        }
        assert_eq!(ada.account()["credit_limit"], "100.00");
        assert_eq!(app.ledger(&ada), before);
        assert_eq!(app.database.db_count("audits"), 0);
    }

    fn other_communities_accounts_look_absent(app: &TestApp) {
        app.found("LAKE", 2);
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let admin = app.admin();
        let absent = admin.put("/api/v1/accounts/RIVER0999/limits", &limits("1.00", None)).expect_problem(404, "not_found");
        for reference in [&zoe.code, &zoe.account_id] {
            let path = format!("/api/v1/accounts/{reference}/limits");
            let foreign = admin.put(&path, &limits("1.00", None)).expect_problem(404, "not_found");
            assert_eq!(foreign.without_request_id(), absent.without_request_id());
        }
        assert_eq!(zoe.account()["credit_limit"], "100.00");
    }

    fn a_forgotten_ceiling_lifts_none(app: &TestApp) {
        let ada = app.newcomer("ada").with_ceiling("500.00").join();
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        let admin = app.admin();
        let missing = admin.put(&path, &json!({"credit_limit": "1.00", "reason": "x"})).expect_problem(400, "validation_failed");
        assert!(missing.body["errors"][0]["detail"].as_str().unwrap().contains("ceiling"), "{}", missing.body);
        assert_eq!(ada.account()["ceiling"], "500.00");
        admin.put(&path, &limits("1.00", None)).expect(200);
        assert_eq!(ada.account()["ceiling"], Value::Null);
    }

    fn every_fault_is_named(app: &TestApp) {
        let ada = app.member("ada");
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        let admin = app.admin();
        let reply = admin.put(&path, &json!({"credit_limit": "-1", "ceiling": "1e3", "reason": " "}));
        assert_eq!(reply.expect_problem(400, "validation_failed").pointers(), ["/credit_limit", "/ceiling", "/reason"]);
        admin.put(&path, &json!({"credit_limit": "1", "ceiling": null, "reason": "x".repeat(501)})).expect_fault("/reason");
        admin.put(&path, &json!({"credit_limit": "1", "ceiling": null, "reason": "a\u{0}b"})).expect_fault("/reason");
        admin.put(&path, &json!({"credit_limit": "1", "ceiling": null})).expect_problem(400, "validation_failed");
        admin.put(&path, &json!({"credit_limit": "1", "ceiling": null, "reason": null})).expect_fault("/reason");
        let more = json!({"credit_limit": "1", "ceiling": null, "reason": "x", "floor": "1"});
        admin.put(&path, &more).expect_problem(400, "validation_failed");
        assert_eq!(ada.account()["credit_limit"], "100.00");
        admin.put(&path, &json!({"credit_limit": "1", "ceiling": null, "reason": "ü".repeat(500)})).expect(200);
    }

    fn a_change_can_say_what_it_is_based_on(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        let account = format!("/api/v1/accounts/{}", ada.code);
        let tag = admin.get(&account).expect(200).header("etag").unwrap().to_owned();
        let changed = admin.put_with(&path, &[("If-Match", &tag)], &limits("1.00", None)).expect(200);
        let newer = changed.header("etag").unwrap().to_owned();
        assert_ne!(newer, tag);
        assert_eq!(admin.get(&account).header("etag"), Some(newer.as_str()));
        admin.put_with(&path, &[("If-Match", &tag)], &limits("2.00", None)).expect_problem(412, "precondition_failed");
        for stale in ["\"v0\"", "\"vx\"", "\"other\"", "v1", "\"p1\"", ""] {
            admin.put_with(&path, &[("If-Match", stale)], &limits("2.00", None)).expect_problem(412, "precondition_failed");
        }
        admin.put_with(&path, &[("If-None-Match", "*")], &limits("2.00", None)).expect_problem(412, "precondition_failed");
        assert_eq!(ada.account()["credit_limit"], "1.00");
        admin.put_with(&path, &[("If-Match", "*")], &limits("2.00", None)).expect(200);
        let tag = admin.get(&account).header("etag").unwrap().to_owned();
        app.pay(&ben, &ada, "1.00");
        admin.put_with(&path, &[("If-Match", &tag)], &limits("3.00", None)).expect_problem(412, "precondition_failed");
        // Who may not change it at all is told that first.
        ada.put_with(&path, &[("If-Match", "\"v0\"")], &limits("3.00", None)).expect_problem(403, "forbidden");
        let absent = "/api/v1/accounts/RIVER0999/limits";
        admin.put_with(absent, &[("If-Match", "\"v0\"")], &limits("3.00", None)).expect_problem(404, "not_found");
    }

    fn a_cut_limit_lets_people_move_towards_zero_only(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "80.00");
        app.set_limits(&ada, "50.00", None);
        app.set_limits(&ben, "50.00", Some("30.00"));
        assert_eq!(ada.account()["available"], "-30.00");
        let refused = app.try_pay(&ada, &ben, "0.01").expect_problem(409, "insufficient_credit");
        assert_eq!(refused.body["available"], "-30.00");
        // The payer comes down from above the ceiling, the payee comes up from below the limit.
        app.pay(&ben, &ada, "1.00");
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("-79.00", "79.00"));
        let carla = app.member("carla");
        app.try_pay(&carla, &ben, "0.01").expect_problem(409, "ceiling_exceeded");
        app.pay(&carla, &ada, "60.00");
        assert_eq!((&ada.account()["balance"], &ada.account()["available"]), (&json!("-19.00"), &json!("31.00")));
        app.pay(&ada, &carla, "31.00");
        app.try_pay(&ada, &carla, "0.01").expect_problem(409, "insufficient_credit");
    }
}
