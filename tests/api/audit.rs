//! `/communities/{code}/audit` and `/me/audit`: who did what, when, from where and why.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Tokens, both_engines, keys};
use crate::{is_id, is_time};

const LINE: [&str; 10] =
    ["action", "actor", "after", "before", "created_at", "id", "origin", "reason", "request_id", "subject"];
const OWN_LINE: [&str; 9] =
    ["action", "after", "before", "created_at", "id", "is_own", "origin", "reason", "session_id"];

fn actions(page: &[Value]) -> Vec<&str> {
    page.iter().map(|line| line["action"].as_str().unwrap()).collect()
}

both_engines! {
    fn admins_read_who_changed_what_and_why(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        let body = json!({"credit_limit": "250.00", "ceiling": "900", "reason": "Good trader for a year"});
        let changed = admin.put_with(&path, &[("User-Agent", "RiverAdmin/1")], &body).expect(200);
        app.set_status(&ada, "frozen");
        let page = admin.get("/api/v1/communities/RIVER/audit").expect(200);
        assert_eq!(keys(&page.body), ["data", "next_cursor"]);
        assert_eq!(actions(page.data()), ["account.status", "account.limits"]);
        let line = &page.data()[1];
        assert_eq!(keys(line), LINE);
        assert!(is_id(&line["id"]) && is_time(&line["created_at"]), "{line}");
        assert_eq!(line["actor"]["user_id"], admin.user_id.to_string());
        assert_eq!(line["actor"]["name"], "greta");
        assert!(is_id(&line["actor"]["member_id"]), "{line}");
        assert_eq!(line["subject"], json!({"id": ada.account_id, "code": ada.code, "name": "ada"}));
        assert_eq!(line["before"], json!({"credit_limit": "100.00", "ceiling": null}));
        assert_eq!(line["after"], json!({"credit_limit": "250.00", "ceiling": "900.00"}));
        assert_eq!(line["reason"], "Good trader for a year");
        assert_eq!(line["request_id"], changed.header("x-request-id").unwrap());
        assert_eq!(line["origin"], json!({"address": "127.0.0.1", "user_agent": "RiverAdmin/1"}));
    }

    fn only_admins_of_the_community_read_it(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, zoe) = (app.member("ada"), app.newcomer("zoe").of("LAKE").with_admin_rights().join());
        let path = "/api/v1/communities/RIVER/audit";
        ada.get(path).expect_problem(403, "forbidden");
        zoe.get(path).expect_problem(404, "not_found");
        app.anonymous().get(path).expect_problem(401, "unauthenticated");
        app.set_limits(&ada, "1.00", None);
        assert!(zoe.get("/api/v1/communities/LAKE/audit").expect(200).data().is_empty());
    }

    fn lines_are_found_and_paged(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        for limit in ["1.00", "2.00", "3.00"] {
            app.set_limits(&ada, limit, None);
        }
        let between = app.now().rfc3339();
        app.clock.advance(10);
        app.set_status(&ben, "frozen");
        let find = |query: &str| admin.get(&format!("/api/v1/communities/RIVER/audit?{query}")).expect(200).data().len();
        assert_eq!(find("action=account.limits"), 3);
        assert_eq!(find("action=account"), 0);
        assert_eq!(find(&format!("from={between}")), 1);
        assert_eq!(find(&format!("to={between}")), 3);
        assert_eq!(find(&format!("subject={}", ada.code)), 3);
        assert_eq!(find(&format!("subject={}", ben.account_id)), 1);
        assert_eq!(find("subject=RIVER0999"), 0);
        assert_eq!(find(&format!("actor={}", admin.user_id)), 4);
        assert_eq!(find(&format!("actor={}", ada.user_id)), 0);
        let first = admin.get("/api/v1/communities/RIVER/audit?limit=3").expect(200);
        let member_id = first.data()[0]["actor"]["member_id"].as_str().unwrap();
        assert_eq!(find(&format!("actor={member_id}")), 4);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let rest = admin.get(&format!("/api/v1/communities/RIVER/audit?limit=3&cursor={cursor}")).expect(200);
        assert_eq!((rest.data().len(), &rest.body["next_cursor"]), (1, &Value::Null));
        assert_eq!(rest.data()[0]["after"]["credit_limit"], "1.00");
        let other = format!("/api/v1/communities/RIVER/audit?action=account.limits&cursor={cursor}");
        admin.get(&other).expect_fault("cursor");
        for (query, pointer) in [("from=yesterday", "from"), ("to=x", "to"), ("actor=greta", "actor"), ("subject=x", "subject"), ("limit=101", "limit"), ("cursor=x", "cursor")] {
            admin.get(&format!("/api/v1/communities/RIVER/audit?{query}")).expect_fault(pointer);
        }
        admin.get("/api/v1/communities/RIVER/audit?what=x").expect_problem(400, "validation_failed");
        assert_eq!(find("action=%00"), 0);
    }

    fn one_reads_what_happened_to_ones_login(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ben.tokens();
        let first = ada.tokens();
        let credentials = json!({"email": ada.email, "password": PASSWORD});
        let elsewhere = app.anonymous().post_with("/api/v1/sessions", &[("User-Agent", "RiverWallet/3.1")], &credentials).expect(201);
        let elsewhere = app.anonymous().with_token(&Tokens::of(&elsewhere).access);
        let refresh = || app.anonymous().post("/api/v1/sessions/refresh", &json!({"refresh_token": first.refresh}));
        refresh().expect(200);
        app.clock.advance(11);
        refresh().expect_problem(401, "unauthenticated");
        refresh().expect_problem(401, "unauthenticated");
        let wrong = json!({"email": ada.email, "password": "wrong horse battery staple"});
        for _ in 0..10 {
            app.anonymous().post("/api/v1/sessions", &wrong).expect_problem(401, "unauthenticated");
        }
        app.anonymous().post("/api/v1/sessions", &wrong).expect_problem(429, "rate_limited");
        let page = elsewhere.get("/api/v1/me/audit").expect(200);
        let expected = ["sign_in.limit_reached", "session.refresh_reused", "session.begun", "session.begun"];
        assert_eq!(actions(page.data()), expected);
        for line in page.data() {
            assert_eq!(keys(line), OWN_LINE);
            assert!(is_id(&line["id"]) && is_time(&line["created_at"]), "{line}");
            assert_eq!(line["origin"]["address"], "127.0.0.1");
        }
        assert_eq!(page.data()[2]["origin"]["user_agent"], "RiverWallet/3.1");
        let own: Vec<_> = page.data().iter().map(|line| line["is_own"].as_bool().unwrap()).collect();
        assert_eq!(own, [false, false, true, true]);
        assert_eq!(page.data()[1]["session_id"], page.data()[3]["session_id"]);
        let part = elsewhere.get("/api/v1/me/audit?limit=3").expect(200);
        let cursor = part.body["next_cursor"].as_str().unwrap();
        let rest = elsewhere.get(&format!("/api/v1/me/audit?limit=3&cursor={cursor}")).expect(200);
        assert_eq!(rest.data(), &page.data()[3..]);
        assert_eq!(actions(ben.get("/api/v1/me/audit").expect(200).data()), ["session.begun"]);
        elsewhere.delete("/api/v1/sessions/current").expect(204);
        let last = app.database.db_texts("SELECT action AS value FROM user_audits ORDER BY id DESC LIMIT 1");
        assert_eq!(last, ["session.ended"]);
    }
}
