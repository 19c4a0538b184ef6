//! `/me/totp`, and signing in with it.

use std::sync::Barrier;

use counterfoil::auth::totp;
use serde_json::{Value, json};

use crate::passwords::bad_bodies;
use crate::support::{PASSWORD, Person, Reply, TestApp, Tokens, both_engines, keys};

/// Longer than wrong codes are counted, in seconds.
const QUARTER_SECONDS: i64 = 901;

/// The bytes of a secret as apps read it.
fn decode(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = text.chars().map(|letter| format!("{:05b}", letters.find(letter).unwrap())).collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

/// What the authenticator shows now.
pub fn code(app: &TestApp, secret: &[u8]) -> String {
    totp::code(secret, app.now())
}

/// Turns a second factor on and gives its secret and its recovery codes.
pub fn turn_on(app: &TestApp, person: &Person) -> (Vec<u8>, Vec<String>) {
    let started = person.post("/api/v1/me/totp", &json!({})).expect(200);
    let secret = decode(started.body["secret"].as_str().unwrap());
    let confirmed = person.post("/api/v1/me/totp/confirm", &json!({"code": code(app, &secret)})).expect(200);
    let codes = confirmed.body["recovery_codes"].as_array().unwrap();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

pub fn sign_in(app: &TestApp, person: &Person, password: &str, code: Option<&str>) -> Reply {
    let mut body = json!({"email": person.email, "password": password});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    app.anonymous().post("/api/v1/sessions", &body)
}

fn statuses(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

/// Signs in sixteen times at once.
fn race(app: &TestApp, person: &Person, code: &str) -> Vec<Reply> {
    let start = Barrier::new(16);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    sign_in(app, person, PASSWORD, Some(code))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

both_engines! {
    fn a_second_factor_is_asked_for_after_the_right_password_only(app: &TestApp) {
        let ada = app.member("ada");
        let started = ada.post("/api/v1/me/totp", &json!({})).expect(200);
        assert_eq!(keys(&started.body), ["otpauth_url", "secret"]);
        assert_eq!(started.header("cache-control"), Some("no-store"));
        let text = started.body["secret"].as_str().unwrap();
        assert!(started.body["otpauth_url"].as_str().unwrap().starts_with(&format!("otpauth://totp/river.example:ada%40river.example?secret={text}&")));
        sign_in(app, &ada, PASSWORD, None).expect(201);
        let secret = decode(text);
        ada.post("/api/v1/me/totp/confirm", &json!({"code": "000000"})).expect_fault("/code");
        let confirmed = ada.post("/api/v1/me/totp/confirm", &json!({"code": code(app, &secret)})).expect(200);
        assert_eq!(confirmed.body["recovery_codes"].as_array().unwrap().len(), 10);
        assert_eq!(confirmed.header("cache-control"), Some("no-store"));

        let missing = sign_in(app, &ada, PASSWORD, None).expect_problem(401, "unauthenticated");
        assert_eq!(missing.body["second_factor_required"], true);
        let wrong = sign_in(app, &ada, "wrong horse battery staple", None).expect_problem(401, "unauthenticated");
        assert_eq!(wrong.body.get("second_factor_required"), None);
        let wrong = sign_in(app, &ada, "wrong horse battery staple", Some(&code(app, &secret))).expect_problem(401, "unauthenticated");
        assert_eq!(wrong.body.get("second_factor_required"), None);
        app.clock.advance(30);
        let tokens = Tokens::of(&sign_in(app, &ada, PASSWORD, Some(&code(app, &secret))).expect(201));
        app.anonymous().with_token(&tokens.access).get("/api/v1/me").expect(200);
        ada.get("/api/v1/me").expect(200);
        ada.post("/api/v1/me/totp", &json!({})).expect_problem(409, "conflict");
        ada.post("/api/v1/me/totp/confirm", &json!({"code": "000000"})).expect_problem(404, "not_found");
    }

    fn a_code_works_once_and_the_step_only_rises(app: &TestApp) {
        let ada = app.member("ada");
        let (secret, _) = turn_on(app, &ada);
        let used = code(app, &secret);
        sign_in(app, &ada, PASSWORD, Some(&used)).expect_problem(401, "unauthenticated");
        app.clock.advance(90);
        let (older, present) = (totp::code(&secret, app.now().plus_seconds(-30)), code(app, &secret));
        sign_in(app, &ada, PASSWORD, Some(&present)).expect(201);
        sign_in(app, &ada, PASSWORD, Some(&present)).expect_problem(401, "unauthenticated");
        sign_in(app, &ada, PASSWORD, Some(&older)).expect_problem(401, "unauthenticated");
        let next = totp::code(&secret, app.now().plus_seconds(30));
        sign_in(app, &ada, PASSWORD, Some(&next)).expect(201);
        app.clock.advance(120);
        let early = totp::code(&secret, app.now().plus_seconds(-60));
        sign_in(app, &ada, PASSWORD, Some(&early)).expect_problem(401, "unauthenticated");
        app.restart();
        sign_in(app, &ada, PASSWORD, Some(&format!(" {} ", code(app, &secret)))).expect(201);
    }

    fn of_many_uses_of_a_code_at_once_one_wins(app: &TestApp) {
        let ada = app.member("ada");
        let (secret, recovery) = turn_on(app, &ada);
        for recovery_code in recovery.iter().take(5) {
            app.clock.advance(QUARTER_SECONDS);
            let present = code(app, &secret);
            for code in [present.as_str(), recovery_code] {
                let replies = race(app, &ada, code);
                // The others were wrong, until they were too many.
                let others = statuses(&replies, 401) + statuses(&replies, 429);
                assert_eq!((statuses(&replies, 201), others), (1, 15));
                app.clock.advance(QUARTER_SECONDS);
            }
        }
    }

    fn recovery_codes_work_once_each(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (_, recovery) = turn_on(app, &ada);
        let (_, bens) = turn_on(app, &ben);
        sign_in(app, &ada, PASSWORD, Some(&bens[0])).expect_problem(401, "unauthenticated");
        for (place, code) in recovery.iter().enumerate() {
            let typed = if place % 2 == 0 { code.to_lowercase() } else { code.replace('-', " ") };
            sign_in(app, &ada, PASSWORD, Some(&typed)).expect(201);
            sign_in(app, &ada, PASSWORD, Some(code)).expect_problem(401, "unauthenticated");
        }
        sign_in(app, &ben, PASSWORD, Some(&bens[0])).expect(201);
    }

    fn neither_secret_nor_codes_are_stored_in_the_clear(app: &TestApp) {
        let ada = app.member("ada");
        let (secret, recovery) = turn_on(app, &ada);
        let as_hex = if is_sqlite(app) { "lower(hex(sealed_secret))" } else { "encode(sealed_secret, 'hex')" };
        let stored = app.database.db_texts(&format!("SELECT {as_hex} AS value FROM second_factors")).remove(0);
        assert!(!stored.contains(&hex::encode(&secret)));
        assert_eq!(stored.len(), 2 * (1 + 12 + 20 + 16));
        let hashes = if is_sqlite(app) { "lower(hex(hash))" } else { "encode(hash, 'hex')" };
        let stored = app.database.db_texts(&format!("SELECT {hashes} AS value FROM recovery_codes"));
        assert_eq!(stored.len(), 10);
        assert!(stored.iter().all(|hash| !hash.contains(&hex::encode(&recovery[0]))));
    }

    fn starting_and_ending_need_a_fresh_proof(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        app.clock.advance(200);
        ada.refresh().expect(200);
        app.clock.advance(101);
        ada.post("/api/v1/me/totp", &json!({})).expect_problem(403, "step_up_required");
        ada.delete("/api/v1/me/totp").expect_problem(403, "step_up_required");
        ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        ada.delete("/api/v1/me/totp").expect_problem(404, "not_found");
        ada.post("/api/v1/me/totp/confirm", &json!({"code": "000000"})).expect_problem(404, "not_found");
        let abandoned = ada.post("/api/v1/me/totp", &json!({})).expect(200);
        let (secret, recovery) = turn_on(app, &ada);
        assert_ne!(decode(abandoned.body["secret"].as_str().unwrap()), secret);
        app.clock.advance(200);
        ada.refresh().expect(200);
        app.clock.advance(101);
        ada.delete("/api/v1/me/totp").expect_problem(403, "step_up_required");
        let missing = ada.step_up_with(&json!({"password": PASSWORD})).expect_problem(401, "unauthenticated");
        assert_eq!(missing.body["second_factor_required"], true);
        ada.step_up_with(&json!({"code": code(app, &secret)})).expect(200);
        ada.delete("/api/v1/me/totp").expect(204);
        ada.delete("/api/v1/me/totp").expect_problem(404, "not_found");
        sign_in(app, &ada, PASSWORD, None).expect(201);
        assert_eq!(app.database.db_count("recovery_codes"), 0);
        // A code for what is no longer there says nothing.
        sign_in(app, &ada, PASSWORD, Some(&recovery[0])).expect(201);
    }

    fn a_short_password_does_not_outlive_its_second_factor(app: &TestApp) {
        let ada = app.member("ada");
        let change = |current: &str, new: &str| ada.post("/api/v1/me/password", &json!({"current_password": current, "new_password": new}));
        change(PASSWORD, "tb8Qz!mm").expect_fault("/new_password");
        turn_on(app, &ada);
        change(PASSWORD, "tb8Qz!m").expect_fault("/new_password");
        change(PASSWORD, "tb8Qz!mm").expect(204);
        let refused = ada.delete("/api/v1/me/totp").expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "password_too_short");
        change("tb8Qz!mm", "pelican rudder quilt").expect(204);
        ada.delete("/api/v1/me/totp").expect(204);
        sign_in(app, &ada, "pelican rudder quilt", None).expect(201);
    }

    fn nothing_of_the_wrong_shape_gets_in(app: &TestApp) {
        let ada = app.member("ada");
        ada.post("/api/v1/me/totp", &json!({})).expect(200);
        for body in &bad_bodies(&["code"], &[]) {
            ada.post("/api/v1/me/totp/confirm", body).expect_problem(400, "validation_failed");
        }
        let mut wrong: Vec<String> = (0..200).map(|number| format!("{:06}", number * 4_999)).collect();
        wrong.extend(["", " ", "12345", "1234567", "٠٠٠٠٠٠", "000 000", "-00001", "0x0000", "1e5", "\u{0}"].map(str::to_owned));
        let started = ada.post("/api/v1/me/totp", &json!({})).expect(200);
        let secret = decode(started.body["secret"].as_str().unwrap());
        let near: Vec<_> = [-30, 0, 30].map(|seconds| totp::code(&secret, app.now().plus_seconds(seconds))).into();
        for code in wrong.iter().filter(|code| !near.contains(code)) {
            ada.post("/api/v1/me/totp/confirm", &json!({"code": code})).expect_fault("/code");
        }
        for (method, path) in [("POST", "/api/v1/me/totp"), ("POST", "/api/v1/me/totp/confirm"), ("DELETE", "/api/v1/me/totp")] {
            let body = (method == "POST").then(|| json!({"code": "000000"}).to_string().into_bytes());
            app.anonymous().send(method, path, &[], body).expect_problem(401, "unauthenticated");
        }
        let bad: Vec<Value> = bad_bodies(&["email", "password"], &["code"]);
        assert!(bad.len() >= 200);
        for body in &bad {
            app.anonymous().post("/api/v1/sessions", body).expect_problem(400, "validation_failed");
        }
    }
}

fn is_sqlite(app: &TestApp) -> bool {
    app.database.engine() == counterfoil::storage::Engine::Sqlite
}
