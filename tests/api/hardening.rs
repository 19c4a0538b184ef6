//! What an attack found, each by the request that showed it.

use std::sync::Arc;

use counterfoil::domain::amount::{Amount, Scale};
use counterfoil::domain::zone::Zone;
use counterfoil::services::setup::NewCommunity;
use serde_json::{Value, json};

use crate::joining::{application, apply, opened};
use crate::mails::send;
use crate::support::{
    PASSWORD, TestApp, TestDatabase, both_engines, encode, form_token, fresh_key, html, post_form,
};

/// Names that look like another, or like nothing.
const HIDDEN: [&str; 8] = [
    "\u{202e}adA",
    "Ada\u{200b}",
    "\u{2066}Ada\u{2069}",
    "Ad\u{ad}a",
    "\u{3164}",
    "\u{2800}",
    "\u{a0}",
    "Ada\u{feff}",
];

fn app_with(database: &TestDatabase, requests_per_minute: u32) -> TestApp {
    TestApp::with(Arc::new(TestDatabase::new(database.engine())), |settings| {
        settings.limit_oauth_requests_per_minute = requests_per_minute;
        settings.limit_address_requests_per_minute = requests_per_minute;
    })
}

both_engines! {
    fn a_list_is_no_object(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let payment = json!([ada.code, ben.code, "1.00", "Rye loaves"]);
        ada.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &payment).expect_fault("");
        let anyone = app.anonymous();
        anyone.post("/api/v1/sessions", &json!([ada.email, PASSWORD, null])).expect_fault("");
        anyone.post("/api/v1/password-resets", &json!([ada.email])).expect_fault("");
        let bytes = b" \n\t[\"x\"]".to_vec();
        anyone.send("POST", "/api/v1/password-resets", &[], Some(bytes)).expect_fault("");
        let limits = json!(["9999.00", null, "x"]);
        app.admin().put(&format!("/api/v1/accounts/{}/limits", ada.code), &limits).expect_fault("");
        assert_eq!((ada.balance().as_str(), &ada.account()["credit_limit"]), ("0.00", &json!("100.00")));
    }

    fn two_tokens_are_none(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let [first, second] = [&ada, &ben].map(|person| format!("Bearer {}", person.tokens().access));
        for pair in [[&first, &second], [&second, &first], [&first, &first]] {
            let headers = pair.map(|token| ("Authorization", token.as_str()));
            app.anonymous().get_with("/api/v1/me", &headers).expect_problem(401, "unauthenticated");
        }
        let headers = [("Authorization", first.as_str()), ("Authorization", "Basic eDp5")];
        app.anonymous().get_with("/api/v1/me", &headers).expect_problem(401, "unauthenticated");
        app.anonymous().get_with("/api/v1/me", &[("Authorization", &first)]).expect(200);
    }

    fn names_are_what_they_look_like(app: &TestApp) {
        let admin = opened(app, "open", false);
        assert!(app.block_on(app.services().set_superadmin(&admin.email, true)).unwrap());
        let river = "/api/v1/communities/RIVER";
        let client = |name: &str| json!({"name": name, "redirect_uris": ["https://shop.example/"],
            "grant_types": ["authorization_code"], "scopes": ["payments:read"], "confidential": false});
        let founding = |name: &str| json!({"code": "MEADOW", "name": name, "unit": "leaf", "symbol": "l", "scale": 2,
            "default_credit_limit": "0", "admin_email": "max@meadow.example", "admin_name": "Max"});
        for name in HIDDEN {
            let mut asked = application("zoe@lake.example");
            asked["name"] = json!(name);
            apply(app, &asked).expect_fault("/name");
            admin.post("/api/v1/oauth-clients", &client(name)).expect_fault("/name");
            admin.post(&format!("{river}/invitations"), &json!({"email": "nils@lake.example", "name": name})).expect_fault("/name");
            admin.post("/api/v1/communities", &founding(name)).expect_fault("/name");
        }
        // What looks the same is kept the same.
        let made = admin.post("/api/v1/oauth-clients", &client(" Ｍｉｌｌ\u{a0} Cafe\u{301} ")).expect(201);
        assert_eq!(made.body["name"], "Mill Café");
    }

    fn a_field_that_comes_twice_is_refused_on_pages(app: &TestApp) {
        let ben = app.member("ben");
        let shop = app.register(&app.member("ada"), true);
        let path = shop.address("payments:write");
        let browser = app.browser_of(&ben);
        let token = form_token(&browser.get(&path).expect(200));
        let form = [("form_token", token.as_str()), ("do", "deny"), ("do", "allow"), ("ceiling_per_day", "1"), ("ceiling_per_day", "")];
        browser.post(&path, &form).expect(403);
        assert_eq!(app.database.db_count("oauth_codes"), 0);
        post_form(&app.anonymous(), "/reset-password", &[], &[("token", "x"), ("token", "y")]).expect(400);
    }

    fn the_consent_page_promises_what_an_app_can_do(app: &TestApp) {
        let admin = app.admin();
        let office = app.register_office(&admin);
        let page = app.browser_of(&admin).get(&office.address("limits:write")).expect(200);
        assert!(html(&page).contains("freeze members' accounts") && !html(&page).contains("set members"), "{}", html(&page));
        // An app never has a fresh proof, so it freezes and does not set limits.
        let tokens = app.allowed(&admin, &office, "limits:write", &[]);
        let (ada, caller) = (app.member("ada"), app.bearer(&tokens));
        let limits = json!({"credit_limit": "7.00", "ceiling": null, "reason": "x"});
        caller.put(&format!("/api/v1/accounts/{}/limits", ada.code), &limits).expect_problem(403, "step_up_required");
        caller.put(&format!("/api/v1/accounts/{}/status", ada.code), &json!({"status": "frozen", "reason": "x"})).expect(200);
    }

    fn a_new_password_is_another_one(app: &TestApp) {
        let ada = app.member("ada");
        let change = |new: &str| ada.post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": new}));
        let refused = change(PASSWORD).expect_problem(400, "validation_failed");
        assert_eq!((refused.pointers(), &refused.body["errors"][0]["code"]), (vec!["/new_password".to_owned()], &json!("same")));
        change(&PASSWORD.replace('o', "ｏ")).expect_fault("/new_password");
        ada.get("/api/v1/me").expect(200);
        change("another horse battery staple").expect(204);
    }

    fn a_wrong_password_is_called_wrong(app: &TestApp) {
        let ada = app.member("ada");
        let refused = app.anonymous().post("/api/v1/sessions", &json!({"email": ada.email, "password": "wrong horse battery staple"}));
        let detail = refused.expect_problem(401, "unauthenticated").body["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("password") && !detail.contains("refresh"), "{detail}");
    }

    fn a_queries_faults_name_their_parameter(app: &TestApp) {
        let ada = app.member("ada");
        for (query, pointer, code) in [("limit=abc", "limit", "not_a_number"), ("limit=", "limit", "not_a_number"),
            ("limit=1.5", "limit", "not_a_number"), ("limit=99999999999999999999", "limit", "not_a_number"),
            ("page=2", "page", "unknown_parameter"), ("limit=0", "limit", "out_of_range")] {
            let refused = ada.get(&format!("/api/v1/payments?{query}")).expect_problem(400, "validation_failed");
            let fault = &refused.body["errors"][0];
            assert_eq!((&fault["pointer"], &fault["code"]), (&json!(pointer), &json!(code)), "{query}: {}", refused.body);
        }
        let both = ada.get("/api/v1/payments?limit=x&page=2").expect_problem(400, "validation_failed");
        assert_eq!(both.pointers(), ["limit", "page"]);
        ada.get("/api/v1/payments?limit=1&limit=2").expect_problem(400, "validation_failed");
    }

    fn people_see_a_page_where_they_come_too_often(database: &TestDatabase) {
        let app = &app_with(database, 3);
        let shop = app.register(&app.member("ada"), true);
        let path = shop.address("payments:read");
        let pages = [path.as_str(), "/reset-password?token=x"];
        for page in pages {
            let mut last = app.anonymous().get(page);
            for _ in 0..4 {
                last = app.anonymous().get(page);
            }
            assert_eq!(last.status, 429, "{page}");
            assert!(last.header("content-type").unwrap().starts_with("text/html"), "{page}");
            let wait: i64 = last.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait) && last.header("ratelimit-policy").is_some());
            assert!(html(&last).contains("Too many"), "{}", html(&last));
        }
        app.anonymous().get("/oauth/token").expect_problem(429, "rate_limited");
    }

    fn a_page_for_signing_in_says_when_to_try_again(app: &TestApp) {
        let ben = app.member("ben");
        let browser = app.browser();
        let mut last = browser.submit("/oauth/grants", "sign_in", &[("email", &ben.email), ("password", "wrong")]);
        for _ in 0..10 {
            last = browser.submit("/oauth/grants", "sign_in", &[("email", &ben.email), ("password", "wrong")]);
        }
        assert_eq!(last.status, 429);
        assert!(last.header("retry-after").unwrap().parse::<i64>().unwrap() > 0);
    }

    fn links_lead_to_the_configured_place_whatever_host_is_named(app: &TestApp) {
        let ada = app.member("ada");
        opened(app, "open", false);
        let headers = [("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example"), ("Referer", "https://evil.example/")];
        let ask = |path: &str, body: &Value| app.anonymous().post_with(path, &headers, body);
        ask("/api/v1/password-resets", &json!({"email": ada.email})).expect(202);
        ask("/api/v1/communities/RIVER/applications", &application("zoe@lake.example")).expect(202);
        let raw = format!("POST /api/v1/password-resets HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
            br#"{"email":"ada@river.example"}"#.len(), r#"{"email":"ada@river.example"}"#);
        assert_eq!(app.raw(raw.as_bytes()).status, 202);
        let folder = tempfile::tempdir().unwrap();
        send(app, &format!("file:{}", folder.path().display()));
        let mails: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap().replace("=\r\n", "")).collect();
        assert!(mails.len() >= 3, "{}", mails.len());
        for mail in mails {
            assert!(!mail.contains("evil") && mail.contains("https://river.example"), "{mail}");
        }
    }

    fn a_founding_that_was_cut_off_is_taken_up_again(app: &TestApp) {
        let admin = app.admin();
        assert!(app.block_on(app.services().set_superadmin(&admin.email, true)).unwrap());
        let new = NewCommunity { code: "MEADOW".parse().unwrap(), name: "Meadow".into(), unit: "leaf".into(), symbol: "l".into(),
            scale: Scale::try_from(2).unwrap(), time_zone: Zone::UTC, default_credit_limit: Amount::ZERO };
        app.block_on(app.services().found_community(new)).unwrap();
        let body = |name: &str| json!({"code": "MEADOW", "name": name, "unit": "leaf", "symbol": "l", "scale": 2,
            "default_credit_limit": "0", "admin_email": "max@meadow.example", "admin_name": "Max"});
        admin.post("/api/v1/communities", &body("Another")).expect_problem(409, "conflict");
        admin.post("/api/v1/communities", &body("Meadow")).expect(201);
        admin.post("/api/v1/communities", &body("Meadow")).expect_problem(409, "conflict");
        let accounts = "SELECT count(*) AS value FROM accounts JOIN communities ON communities.id = accounts.community_id WHERE communities.code = 'MEADOW'";
        assert_eq!(app.database.db_numbers(accounts), [2], "the commons and the admin's");
    }

    fn who_is_signed_out_registers_nothing(app: &TestApp) {
        let ada = app.member("ada").again();
        ada.delete("/api/v1/sessions/current").expect(204);
        let client = json!({"name": "Shop", "redirect_uris": ["https://shop.example/"], "grant_types": ["authorization_code"],
            "scopes": ["payments:read"], "confidential": false});
        ada.post("/api/v1/oauth-clients", &client).expect_problem(401, "unauthenticated");
        assert_eq!(app.database.db_count("oauth_clients"), 0);
        assert!(encode(&[("a", "b")]) == "a=b");
    }
}
