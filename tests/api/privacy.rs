//! `/me/export` and `/me/erasure`: everything that is held, and nothing of it afterwards.

use counterfoil::domain::member::Role;
use counterfoil::jobs::{Erasing, Work};

use serde_json::json;

use crate::support::{PASSWORD, Person, TestApp, Tokens, both_engines, payment};

pub const WAIT_S: i64 = 14 * 86_400;
const NAME: &str = "zanzibar";
const WRITTEN: &str = "canary-bread-5187";

/// All rows of an export, as text.
pub fn exported(person: &Person) -> String {
    let (mut all, mut cursor) = (String::new(), String::new());
    loop {
        let page = person.get(&format!("/api/v1/me/export{cursor}")).expect(200);
        all.push_str(&page.body.to_string());
        let Some(next) = page.body["next_cursor"].as_str() else { return all };
        cursor = format!("?cursor={next}");
    }
}

/// Everything that the database holds, as text in lower case; on SQLite the files themselves.
pub fn held(app: &TestApp) -> Vec<u8> {
    let url = format!("{:?}", app.database.url());
    if let Some(path) = url.strip_prefix("sqlite:") {
        let wal = std::fs::read(format!("{path}-wal")).unwrap_or_default();
        return [std::fs::read(path).unwrap(), wal].concat().to_ascii_lowercase();
    }
    let tables = "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public'";
    let mut all = String::new();
    for table in app.database.db_texts(tables) {
        let rows = format!("SELECT t::text AS value FROM {table} AS t");
        all.push_str(&app.database.db_texts(&rows).join("\n"));
        if table == "idempotency_keys" {
            let bodies =
                "SELECT convert_from(body, 'UTF8') AS value FROM idempotency_keys WHERE body IS NOT NULL";
            all.push_str(&app.database.db_texts(bodies).join("\n"));
        }
    }
    all.into_bytes().to_ascii_lowercase()
}

pub fn count(haystack: &[u8], needle: &str) -> usize {
    haystack.windows(needle.len()).filter(|window| *window == needle.as_bytes()).count()
}

pub fn erase_what_is_due(app: &TestApp) {
    let erasing = Erasing::new(app.services());
    while app.block_on(erasing.do_one()).unwrap() {}
}

both_engines! {
    fn who_is_erased_was_exported_and_leaves_no_byte(app: &TestApp) {
        let (zoe, ben, admin) = (app.newcomer(NAME).join(), app.member("ben"), app.admin());
        let body = json!({"allow_duplicate": true, "payer": zoe.code, "payee": ben.code, "amount": "5.00", "description": WRITTEN});
        zoe.post_payment("k1", &body).expect(201);
        let back = ben.post_payment("k2", &payment(&ben, &zoe, "5.00")).expect(201);
        app.try_pay(&zoe, &ben, "999999.00").expect(409);
        let canaries = [NAME, WRITTEN, zoe.email.as_str()];
        let all = exported(&zoe);
        for canary in canaries {
            assert!(count(all.as_bytes(), canary) > 0 && count(&held(app), canary) > 0, "{canary}");
        }
        for table in ["users", "members", "accounts", "entries", "payments", "refusals", "sessions", "user_audits", "communities"] {
            assert!(all.contains(&format!(r#""table":"{table}""#)), "{table}");
        }
        assert_eq!(count(all.as_bytes(), &ben.email), 0, "others' things are not in it");
        let csv = zoe.send("GET", "/api/v1/me/export?format=csv", &[], None);
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));

        let ask = json!({"reason": "canary-reason"});
        let open = zoe.post("/api/v1/me/erasure", &ask).expect_problem(409, "conflict");
        assert_eq!(open.body["reason"], "account_open");
        let path = format!("/api/v1/accounts/{}/status", zoe.code);
        admin.put(&path, &json!({"status": "closed", "reason": "canary-moved"})).expect(200);
        zoe.post("/api/v1/me/erasure", &ask).expect(202);
        zoe.delete("/api/v1/me/erasure").expect(204);
        zoe.delete("/api/v1/me/erasure").expect_problem(404, "not_found");
        let asked = zoe.post("/api/v1/me/erasure", &ask).expect(202);
        assert_eq!(zoe.post("/api/v1/me/erasure", &ask).expect(202).body, asked.body);
        erase_what_is_due(app);
        assert!(count(&held(app), NAME) > 0, "there is time for second thoughts");
        app.clock.advance(WAIT_S);
        erase_what_is_due(app);

        let held = held(app);
        for canary in canaries.into_iter().chain(["canary-reason", "canary-moved"]) {
            assert_eq!(count(&held, canary), 0, "{canary}");
        }
        app.prove();
        let ben = ben.again();
        let again = ben.post_payment("k2", &payment(&ben, &zoe, "5.00")).expect(201);
        assert_eq!(again.body["id"], back.body["id"]);
        let name = again.body["payee"]["name"].as_str().unwrap();
        assert!(name.starts_with("former member "), "{name}");
        app.anonymous().post("/api/v1/sessions", &json!({"email": zoe.email, "password": PASSWORD})).expect_problem(401, "unauthenticated");
        zoe.get("/api/v1/me").expect_problem(401, "unauthenticated");
    }

    fn what_is_due_is_not_taken_back_any_more(app: &TestApp) {
        let zoe = app.newcomer("zoe").join();
        app.set_status(&zoe, "closed");
        zoe.post("/api/v1/me/erasure", &json!({})).expect(202);
        app.clock.advance(WAIT_S - 61);
        zoe.again().delete("/api/v1/me/erasure").expect(204);
        zoe.again().post("/api/v1/me/erasure", &json!({})).expect(202);
        app.clock.advance(WAIT_S - 60);
        let zoe = zoe.again();
        zoe.delete("/api/v1/me/erasure").expect_problem(404, "not_found");
        app.clock.advance(60);
        erase_what_is_due(app);
        zoe.get("/api/v1/me").expect_problem(401, "unauthenticated");
    }

    fn both_need_a_fresh_proof(app: &TestApp) {
        let ada = app.member("ada");
        app.anonymous().get("/api/v1/me/export").expect_problem(401, "unauthenticated");
        ada.get("/api/v1/me/export?format=xml").expect_fault("format");
        ada.get("/api/v1/me/export?cursor=x").expect_fault("cursor");
        app.clock.advance(301);
        let stale = ada.with_token(&Tokens::of(&ada.refresh().expect(200)).access);
        stale.get("/api/v1/me/export").expect_problem(403, "step_up_required");
        stale.post("/api/v1/me/erasure", &json!({})).expect_problem(403, "step_up_required");
    }

    fn what_would_be_left_to_others_is_settled_first(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "5.00");
        let ask = |person: &Person| person.post("/api/v1/me/erasure", &json!({}));
        for person in [&ada, &ben] {
            let refused = ask(person).expect_problem(409, "conflict");
            assert_eq!(refused.body["reason"], "not_settled");
            assert!(refused.body["detail"].as_str().unwrap().contains("to zero"), "{}", refused.body);
        }
        app.pay(&ben, &ada, "5.00");
        assert_eq!(ask(&ada).expect_problem(409, "conflict").body["reason"], "account_open");
        app.set_status(&ada, "closed");
        ask(&ada).expect(202);
        // What changes in the two weeks counts: here, she is let in once more.
        let again = app.newcomer("ada").join();
        app.clock.advance(WAIT_S);
        erase_what_is_due(app);
        let ada = ada.again();
        ada.get("/api/v1/me").expect(200);
        let path = format!("/api/v1/accounts/{}/status", again.code);
        app.admin().again().put(&path, &json!({"status": "closed", "reason": "Once more"})).expect(200);
        app.clock.advance(86_400);
        erase_what_is_due(app);
        ada.get("/api/v1/me").expect_problem(401, "unauthenticated");
    }

    fn a_community_keeps_an_admin(app: &TestApp) {
        let (greta, _ben) = (app.admin(), app.member("ben"));
        let ask = |person: &Person| person.post("/api/v1/me/erasure", &json!({}));
        app.set_status(&greta, "closed");
        let refused = ask(&greta).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "last_admin");
        assert!(refused.body["detail"].as_str().unwrap().contains("somebody else"), "{}", refused.body);
        let hugo = app.newcomer("hugo").with_admin_rights().join();
        ask(&greta).expect(202);
        // The other one asks as well, as long as there are two: only one of them goes.
        app.set_status(&hugo, "closed");
        ask(&hugo).expect(202);
        app.clock.advance(WAIT_S);
        erase_what_is_due(app);
        let left: Vec<_> = [&greta, &hugo].into_iter().filter(|person| {
            let login = json!({"email": person.email, "password": PASSWORD});
            app.anonymous().post("/api/v1/sessions", &login).status == 201
        }).collect();
        let [last] = left.as_slice() else { panic!("{} are left", left.len()) };
        let roles = app.database.db_texts("SELECT CAST(role AS TEXT) AS value FROM members WHERE status = 5 OR name LIKE 'former%'");
        assert_eq!(roles, [i16::from(Role::Member.code()).to_string()], "who is gone is no admin");
        app.newcomer("ida").with_admin_rights().join();
        app.clock.advance(86_400);
        erase_what_is_due(app);
        let login = json!({"email": last.email, "password": PASSWORD});
        app.anonymous().post("/api/v1/sessions", &login).expect_problem(401, "unauthenticated");
    }
}
