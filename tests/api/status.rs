//! `PUT /accounts/{account}/status`.

use serde_json::json;

use crate::ACCOUNT;
use crate::support::{both_engines, keys};

both_engines! {
    fn an_admin_freezes_and_thaws(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let frozen = app.set_status(&ada, "frozen");
        assert_eq!(keys(&frozen.body), ACCOUNT);
        assert_eq!(frozen.body["status"], "frozen");
        app.try_pay(&ada, &ben, "1.00").expect_problem(409, "account_not_active");
        app.set_status(&ada, "active");
        app.pay(&ada, &ben, "1.00");
        let lines = app.database.db_texts("SELECT action || ' ' || before || ' ' || after AS value FROM audits ORDER BY created_at");
        assert_eq!(lines[0], r#"account.status {"status":"active"} {"status":"frozen"}"#);
        assert_eq!(lines.len(), 2);
    }

    fn only_a_settled_account_can_be_closed_and_stays_so(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        app.pay(&ada, &ben, "1.00");
        let path = format!("/api/v1/accounts/{}/status", ada.code);
        let closing = json!({"status": "closed", "reason": "Moved away"});
        let refused = admin.put(&path, &closing).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "not_settled");
        app.pay(&ben, &ada, "1.00");
        admin.put(&path, &closing).expect(200);
        let reopened = admin.put(&path, &json!({"status": "active", "reason": "Came back"}));
        reopened.expect_problem(409, "account_not_active");
        assert_eq!(ada.account()["status"], "closed");
    }

    fn members_may_not(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = json!({"status": "frozen", "reason": "x"});
        for target in [&ada, &ben] {
            ada.put(&format!("/api/v1/accounts/{}/status", target.code), &body).expect_problem(403, "forbidden");
        }
        app.anonymous().put(&format!("/api/v1/accounts/{}/status", ada.code), &body).expect_problem(401, "unauthenticated");
        assert_eq!(ada.account()["status"], "active");
    }

    fn nonsense_is_refused_and_the_foreign_is_absent(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, zoe, admin) = (app.member("ada"), app.newcomer("zoe").of("LAKE").join(), app.admin());
        let path = format!("/api/v1/accounts/{}/status", ada.code);
        for status in ["", "Frozen", "applied", "deleted"] {
            admin.put(&path, &json!({"status": status, "reason": "x"})).expect_fault("/status");
        }
        admin.put(&path, &json!({"status": 1, "reason": "x"})).expect_fault("/status");
        admin.put(&path, &json!({"status": "frozen", "reason": ""})).expect_fault("/reason");
        admin.put(&path, &json!({"status": "frozen"})).expect_problem(400, "validation_failed");
        admin.put(&path, &json!({"status": "frozen", "reason": "x", "until": null})).expect_problem(400, "validation_failed");
        let body = json!({"status": "frozen", "reason": "x"});
        let absent = admin.put("/api/v1/accounts/RIVER0999/status", &body).expect_problem(404, "not_found");
        let foreign = admin.put(&format!("/api/v1/accounts/{}/status", zoe.code), &body).expect_problem(404, "not_found");
        assert_eq!(foreign.without_request_id(), absent.without_request_id());
        assert_eq!(zoe.account()["status"], "active");
    }
}
