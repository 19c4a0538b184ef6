//! Where the parts of signing in meet: mails that finish what began, guesses that are counted, apps that are kept out.

use std::path::Path;
use std::sync::Arc;

use counterfoil::domain::language::Language;
use counterfoil::storage::users;
use serde_json::{Value, json};

use crate::mails::send;
use crate::passwords::{NEW, assert_ended, sign_in};
use crate::second_factors::{code, turn_on};
use crate::support::{App, PASSWORD, Person, Reply, TestApp, both_engines, html, keys, parameter};

const WRONG: &str = "wrong horse battery staple";
const EVERYTHING: &str = "accounts:read payments:read payments:write members:read";

/// Sends what is due and gives the mails of a folder, decoded as far as tests need it.
fn delivered(app: &TestApp, folder: &Path) -> Vec<String> {
    send(app, &format!("file:{}", folder.display()));
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    let text = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    paths.iter().map(|path| text(path).replace("=\r\n", "").replace("=3D", "=")).collect()
}

/// The token of a mail's link.
fn token_in(mail: &str) -> String {
    let (_, rest) = mail.split_once("/reset-password?token=").unwrap_or_else(|| panic!("no link: {mail}"));
    rest.chars()
        .take_while(|character| character.is_ascii_alphanumeric() || "-_".contains(*character))
        .collect()
}

fn ask_reset(app: &TestApp, email: &str) -> Reply {
    app.anonymous().post("/api/v1/password-resets", &json!({"email": email}))
}

fn complete(app: &TestApp, body: &Value) -> Reply {
    app.anonymous().post("/api/v1/password-resets/complete", body)
}

/// What happened to logins, oldest first.
fn actions(app: &TestApp) -> Vec<String> {
    app.database.db_texts("SELECT action AS value FROM user_audits ORDER BY id")
}

#[track_caller]
fn is_limited(reply: Reply, policy: &str) {
    let reply = reply.expect_problem(429, "rate_limited");
    assert_eq!(reply.body["violated-policies"], json!([policy]));
}

fn password_grant(app: &TestApp, person: &Person, code: Option<&str>) -> Reply {
    let wallet = App { id: "komunitin-app".into(), secret: None };
    let mut form =
        vec![("grant_type", "password"), ("username", person.email.as_str()), ("password", PASSWORD)];
    form.extend(code.map(|code| ("second_factor", code)));
    wallet.ask(app, "/oauth/token", &form)
}

both_engines! {
    fn a_forgotten_password_is_replaced_from_the_mail(app: &TestApp) {
        let (ada, folder) = (app.member("ada"), tempfile::tempdir().unwrap());
        ada.tokens();
        let user_id = ada.user_id;
        let services = app.services();
        app.block_on(services.ledger().write(move |conn| users::set_language(conn, user_id, Language::Spanish))).unwrap();
        ask_reset(app, "nobody@river.example").expect(202);
        ask_reset(app, " ADA@river.example").expect(202);
        let mails = delivered(app, folder.path());
        let [mail] = &mails[..] else { panic!("one mail: {mails:?}") };
        assert!(mail.contains("To: ada@river.example") && mail.contains("contrase"), "{mail}");
        let token = token_in(mail);
        let kept = app.database.db_numbers("SELECT count(*) AS value FROM mails WHERE parameters IS NOT NULL");
        assert_eq!(kept, [0], "what was sent is not kept");
        complete(app, &json!({"token": token, "new_password": NEW})).expect(204);
        assert_ended(app, &ada);
        sign_in(app, &ada, NEW).expect(201);
        let mails = delivered(app, folder.path());
        assert_eq!(mails.len(), 2, "and is told of it: {mails:?}");
    }

    fn a_resets_mail_dies_with_its_token(app: &TestApp) {
        let (ada, folder) = (app.member("ada"), tempfile::tempdir().unwrap());
        ask_reset(app, &ada.email).expect(202);
        app.clock.advance(1_201);
        assert!(delivered(app, folder.path()).is_empty());
        assert_eq!(app.database.db_texts("SELECT last_error AS value FROM mails").len(), 1);
    }

    fn whoever_has_a_login_hears_of_what_protects_it(app: &TestApp) {
        let (ada, folder) = (app.member("ada"), tempfile::tempdir().unwrap());
        let (_, recovery) = turn_on(app, &ada);
        ada.delete("/api/v1/sessions").expect(204);
        ada.step_up_with(&json!({"code": recovery[0]})).expect(200);
        ada.post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": NEW})).expect(204);
        ada.delete("/api/v1/me/totp").expect(204);
        assert_eq!(delivered(app, folder.path()).len(), 5);
        let expected = ["session.begun", "second_factor.added", "sessions.ended", "recovery_code.used", "password.changed", "second_factor.removed"];
        assert_eq!(actions(app), expected);
        let page = ada.get("/api/v1/me/audit").expect(200);
        assert_eq!(page.data().len(), expected.len());
    }

    fn resets_are_asked_for_only_so_often(app: &TestApp) {
        let ada = app.member("ada");
        for email in [ada.email.as_str(), "nobody@river.example"] {
            for _ in 0..5 {
                ask_reset(app, email).expect(202);
            }
            is_limited(ask_reset(app, email), "password-reset-account");
        }
        app.clock.advance(3_601);
        ask_reset(app, &ada.email).expect(202);
    }

    fn resets_tokens_are_not_guessed(app: &TestApp) {
        let ada = app.member("ada");
        let token = crate::password_resets::db_token(app, &ada, 1);
        let guess = |token: &str| complete(app, &json!({"token": token, "new_password": NEW}));
        for _ in 0..20 {
            guess("cfo_guess").expect_fault("/token");
        }
        is_limited(guess(&token), "confirmation-address");
        app.clock.advance(61);
        guess(&token).expect(204);
    }

    fn a_stolen_session_does_not_guess_the_password(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        let step_up = |password: &str| ada.step_up_with(&json!({"password": password}));
        for _ in 0..5 {
            step_up(WRONG).expect_fault("/password");
            ada.post("/api/v1/me/password", &json!({"current_password": WRONG, "new_password": NEW})).expect_fault("/current_password");
        }
        is_limited(step_up(PASSWORD), "sign-in-account");
        assert_eq!(actions(app).last().unwrap(), "sign_in.limit_reached");
        app.clock.advance(901);
        ada.refresh().expect(200);
        step_up(PASSWORD).expect(200);
    }

    fn codes_are_guessed_only_so_often_wherever_they_are_asked_for(app: &TestApp) {
        let ada = app.member("ada");
        let (secret, _) = turn_on(app, &ada);
        let token = crate::password_resets::db_token(app, &ada, 1);
        let by_sign_in = |code: &str| crate::second_factors::sign_in(app, &ada, PASSWORD, Some(code));
        for _ in 0..4 {
            by_sign_in("000000").expect_problem(401, "unauthenticated");
            ada.step_up_with(&json!({"code": "000000"})).expect_fault("/code");
        }
        for _ in 0..2 {
            complete(app, &json!({"token": token, "new_password": NEW, "code": "000000"})).expect_fault("/code");
        }
        app.clock.advance(60);
        is_limited(by_sign_in(&code(app, &secret)), "second-factor-account");
        is_limited(complete(app, &json!({"token": token, "new_password": NEW, "code": code(app, &secret)})), "second-factor-account");
        // The password was right each time: it is not what has to wait.
        let missing = sign_in(app, &ada, PASSWORD).expect_problem(401, "unauthenticated");
        assert_eq!(missing.body["second_factor_required"], true);
        app.clock.advance(900);
        by_sign_in(&code(app, &secret)).expect(201);
    }

    fn a_recovery_begins_the_count_anew(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..10 {
            sign_in(app, &ada, WRONG).expect_problem(401, "unauthenticated");
        }
        is_limited(sign_in(app, &ada, PASSWORD), "sign-in-account");
        let token = crate::password_resets::db_token(app, &ada, 1);
        complete(app, &json!({"token": token, "new_password": NEW})).expect(204);
        sign_in(app, &ada, NEW).expect(201);
    }

    fn clients_secrets_are_not_guessed(app: &TestApp) {
        let ada = app.member("ada");
        let machine = app.register_as(&ada, true, &["client_credentials"]);
        let form = [("grant_type", "client_credentials")];
        let guess = App { secret: Some("cfs_guess".into()), ..machine.clone() };
        for _ in 0..3 {
            machine.ask(app, "/oauth/token", &form).expect(200);
        }
        for _ in 0..20 {
            assert_eq!(guess.ask(app, "/oauth/token", &form).expect(401).body["error"], "invalid_client");
        }
        let limited = machine.ask(app, "/oauth/token", &form).expect(429);
        assert_eq!(limited.body["error"], "temporarily_unavailable");
        assert_eq!(limited.header("ratelimit-policy"), Some(r#""client-secret-address";q=20;w=60"#));
        assert!(limited.header("retry-after").is_some());
        app.clock.advance(61);
        machine.ask(app, "/oauth/token", &form).expect(200);
    }

    fn every_way_in_asks_for_the_second_factor(app: &TestApp) {
        app.stop();
        let app = &TestApp::with(Arc::clone(&app.database), |settings| settings.first_party_clients = "komunitin-app".into());
        let ada = app.member("ada");
        let (secret, recovery) = turn_on(app, &ada);
        app.clock.advance(60);
        let refused = password_grant(app, &ada, None).expect(400);
        assert_eq!(refused.body["error"], "invalid_grant");
        assert!(refused.body["error_description"].as_str().unwrap().contains("second_factor"));
        assert_eq!(password_grant(app, &ada, Some("000000")).expect(400).body["error"], "invalid_grant");
        let tokens = password_grant(app, &ada, Some(&code(app, &secret))).expect(200).body;
        app.bearer(&tokens).get("/api/v1/me").expect(200);
        assert_eq!(password_grant(app, &ada, Some(&code(app, &secret))).expect(400).body["error"], "invalid_grant", "once");

        let browser = app.browser();
        browser.get("/oauth/grants").expect(200);
        let page = browser.sign_in("/oauth/grants", &ada).expect(403);
        assert!(html(&page).contains("has a second factor"), "{}", html(&page));
        let with = |code: &str| browser.submit("/oauth/grants", "sign_in", &[("email", &ada.email), ("password", PASSWORD), ("second_factor", code)]);
        with("000000").expect(403);
        assert!(!html(&browser.get("/oauth/grants").expect(200)).contains("Signed in as"));
        with(&recovery[0]).expect(303);
        assert!(html(&browser.get("/oauth/grants").expect(200)).contains("Signed in as"));
    }

    fn what_opens_a_login_is_not_for_apps(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ben, &shop, EVERYTHING, &[]);
        let bearer = app.bearer(&tokens);
        bearer.get("/api/v1/payments").expect(200);
        let own = ben.get("/api/v1/sessions").expect(200).data()[0]["id"].as_str().unwrap().to_owned();
        for path in ["/api/v1/sessions", "/api/v1/me/audit", "/api/v1/me/grants", "/api/v1/oauth-clients"] {
            bearer.get(path).expect_problem(403, "forbidden");
        }
        for path in ["/api/v1/sessions".to_owned(), format!("/api/v1/sessions/{own}"), "/api/v1/me/totp".to_owned()] {
            bearer.delete(&path).expect_problem(403, "forbidden");
        }
        bearer.post("/api/v1/me/totp", &json!({})).expect_problem(403, "forbidden");
        bearer.post("/api/v1/me/totp/confirm", &json!({"code": "000000"})).expect_problem(403, "forbidden");
        bearer.post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": NEW})).expect_problem(403, "forbidden");
        bearer.post("/api/v1/sessions/current/step-up", &json!({"password": PASSWORD})).expect_problem(403, "forbidden");
        ben.get("/api/v1/me").expect(200);
    }

    fn apps_pay_nothing_that_needs_a_fresh_proof(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ben, &shop, EVERYTHING, &[]);
        ben.put(&format!("/api/v1/accounts/{}/step-up", ben.code), &json!({"above": "10.00"})).expect(200);
        let pay = |amount: &str, key: &str| {
            let body = json!({"allow_duplicate": true, "payer": ben.code, "payee": ada.code, "amount": amount});
            app.bearer(&tokens).post_with("/api/v1/payments", &[("Idempotency-Key", key)], &body)
        };
        pay("10.00", "one").expect(201);
        pay("10.01", "two").expect_problem(403, "step_up_required");
    }

    fn a_new_password_ends_apps_and_browsers_too(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        ben.tokens();
        let tokens = app.allowed(&ben, &shop, EVERYTHING, &[]);
        let browser = app.browser_of(&ben);
        let listed = ben.get("/api/v1/sessions").expect(200);
        let mut clients: Vec<_> = listed.data().iter().map(|session| session["client_id"].as_str().unwrap_or("none").to_owned()).collect();
        clients.sort();
        let mut expected = vec!["none".to_owned(), "pages".to_owned(), "pages".to_owned(), shop.id.clone()];
        expected.sort();
        assert_eq!(clients, expected);
        let unused = app.allow(&ben, &shop, EVERYTHING, &[]);
        ben.post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": NEW})).expect(204);
        app.bearer(&tokens).get("/api/v1/me").expect_problem(401, "unauthenticated");
        let body = json!({"allow_duplicate": true, "payer": ben.code, "payee": ada.code, "amount": "1.00"});
        app.bearer(&tokens).post_with("/api/v1/payments", &[("Idempotency-Key", "k")], &body).expect_problem(401, "unauthenticated");
        assert_eq!(shop.refresh(app, tokens["refresh_token"].as_str().unwrap()).expect(400).body["error"], "invalid_grant");
        assert_eq!(shop.exchange(app, &unused).expect(400).body["error"], "invalid_grant");
        assert!(!html(&browser.get("/oauth/grants").expect(200)).contains("Signed in as"));
        assert_eq!(ben.get("/api/v1/sessions").expect(200).data().len(), 1);
    }

    fn what_apps_are_allowed_is_on_record(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        ben.tokens();
        let shop = app.register(&ada, true);
        let browser = app.browser_of(&ben);
        let answer = browser.submit(&shop.address(EVERYTHING), "allow", &[]).expect(303);
        let code = parameter(answer.header("location").unwrap(), "code").unwrap();
        shop.exchange(app, &code).expect(200);
        let grant = ben.get("/api/v1/me/grants").expect(200).body["data"][0]["id"].as_str().unwrap().to_owned();
        ben.delete(&format!("/api/v1/me/grants/{grant}")).expect(204);
        app.allowed(&ben, &shop, EVERYTHING, &[]);
        ada.delete(&format!("/api/v1/oauth-clients/{}", shop.id)).expect(204);
        let expected = ["session.begun", "session.begun", "app.registered", "session.begun", "grant.given", "grant.revoked", "session.begun", "grant.given", "grant.ended", "app.removed"];
        assert_eq!(actions(app), expected);
        let page = ben.get("/api/v1/me/audit").expect(200);
        let (ended, nowhere) = (&page.data()[0], json!({"address": null, "user_agent": null}));
        assert_eq!((&ended["action"], &ended["is_own"], &ended["origin"]), (&json!("grant.ended"), &json!(false), &nowhere));
        assert_eq!(ended["after"], json!({"client_id": shop.id}));
    }

    fn oauth_has_limits_of_its_own(app: &TestApp) {
        app.stop();
        let app = &TestApp::with(Arc::clone(&app.database), |settings| settings.limit_oauth_requests_per_minute = 2);
        let unknown = App { id: "x".into(), secret: None };
        for left in ["1", "0"] {
            let reply = unknown.ask(app, "/oauth/token", &[("grant_type", "refresh_token")]).expect(401);
            assert_eq!(reply.header("ratelimit-policy"), Some(r#""oauth";q=2;w=60"#));
            assert!(reply.header("ratelimit").unwrap().starts_with(&format!(r#""oauth";r={left};t="#)));
        }
        let refused = unknown.ask(app, "/oauth/token", &[]).expect(429);
        assert!(refused.header("retry-after").is_some());
        app.anonymous().get("/api/v1/communities/RIVER").expect(404);
        app.clock.advance(61);
        app.browser().get("/oauth/grants").expect(200);
    }

    fn what_admins_do_names_its_request(app: &TestApp) {
        let admin = app.admin();
        admin.tokens();
        let set = admin.put("/api/v1/communities/RIVER/step-up", &json!({"above": "500.00"})).expect(200);
        let page = admin.get("/api/v1/communities/RIVER/audit").expect(200);
        let line = &page.data()[0];
        assert_eq!(line["request_id"], set.header("x-request-id").unwrap());
        assert_eq!(line["origin"]["address"], "127.0.0.1");
        assert_eq!(keys(&line["origin"]), ["address", "user_agent"]);
        let mail = crate::mails::write(app, "zoe@lake.example", None);
        send(app, "log");
        admin.post(&format!("/api/v1/communities/RIVER/mails/{mail}/retry"), &Value::Null).expect(200);
        assert_eq!(actions(app), ["session.begun", "mail.retried"]);
    }
}
