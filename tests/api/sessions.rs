//! `/sessions`: signing in, staying signed in, signing out.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Caller, PASSWORD, Reply, TestApp, Tokens, both_engines, claims, keys};

const DAY_SECONDS: i64 = 86_400;

fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anonymous().post("/api/v1/sessions", &json!({"email": email, "password": password}))
}

fn refresh(app: &TestApp, token: &str) -> Reply {
    app.anonymous().post("/api/v1/sessions/refresh", &json!({"refresh_token": token}))
}

fn with(app: &TestApp, tokens: &Tokens) -> Caller {
    app.anonymous().with_token(&tokens.access)
}

fn assert_tokens(reply: &Reply) -> Tokens {
    assert_eq!(keys(&reply.body), ["access_token", "expires_in", "refresh_token", "token_type"]);
    assert_eq!((&reply.body["token_type"], &reply.body["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    Tokens::of(reply)
}

/// From its next request on, nothing works any more with these tokens.
#[track_caller]
fn assert_ended(app: &TestApp, tokens: &Tokens) {
    let (ada, ben) = (app.member("ada"), app.member("ben"));
    let caller = with(app, tokens);
    let body = json!({"allow_duplicate": true, "payer": ada.code, "payee": ben.code, "amount": "1.00"});
    let paid = caller.post_with("/api/v1/payments", &[("Idempotency-Key", "after-the-end")], &body);
    assert_eq!(paid.expect_problem(401, "unauthenticated").header("www-authenticate"), Some(INVALID));
    for path in [
        "/api/v1/me",
        "/api/v1/payments",
        "/api/v1/communities/RIVER/ledger",
        "/api/v1/communities/RIVER/members",
    ] {
        let reply = caller.get(path).expect_problem(401, "unauthenticated");
        assert_eq!(reply.header("www-authenticate"), Some(INVALID), "{path}");
    }
    let account = format!("/api/v1/accounts/{}", ada.code);
    caller.get(&account).expect_problem(401, "unauthenticated");
    caller.get(&format!("{account}/entries")).expect_problem(401, "unauthenticated");
    caller
        .get("/api/v1/payments/019a0000-0000-7000-8000-000000000001")
        .expect_problem(401, "unauthenticated");
    caller.delete("/api/v1/sessions/current").expect_problem(401, "unauthenticated");
    refresh(app, &tokens.refresh).expect_problem(401, "unauthenticated");
}

const INVALID: &str = r#"Bearer error="invalid_token""#;

both_engines! {
    fn the_right_password_gives_tokens(app: &TestApp) {
        let ada = app.member("ada");
        let tokens = assert_tokens(&sign_in(app, &ada.email, PASSWORD).expect(201));
        assert!(tokens.refresh.starts_with("cfr_"));
        let claims = claims(&tokens.access);
        assert_eq!(keys(&claims), ["aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "nbf", "scope", "sid", "sub"]);
        assert_eq!(claims["sub"], ada.user_id.to_string());
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
        with(app, &tokens).get("/api/v1/me").expect(200);
    }

    fn addresses_are_compared_without_case(app: &TestApp) {
        app.member("ada");
        sign_in(app, " ADA@River.Example ", PASSWORD).expect(201);
    }

    fn strangers_and_wrong_passwords_look_alike(app: &TestApp) {
        let ada = app.member("ada");
        let wrong = sign_in(app, &ada.email, "wrong horse battery staple").expect_problem(401, "unauthenticated");
        let unknown = [
            sign_in(app, "nobody@river.example", PASSWORD),
            sign_in(app, "", PASSWORD),
            sign_in(app, &format!("{}@river.example", "x".repeat(300)), PASSWORD),
            sign_in(app, "ada@river.example\u{0}", PASSWORD),
            sign_in(app, &ada.email, ""),
            sign_in(app, &ada.email, &"x".repeat(300)),
            sign_in(app, &ada.email, &PASSWORD.to_uppercase()),
        ];
        for reply in unknown {
            let reply = reply.expect_problem(401, "unauthenticated");
            assert_eq!(reply.without_request_id(), wrong.without_request_id());
            assert_eq!(reply.header("www-authenticate"), wrong.header("www-authenticate"));
        }
    }

    fn sign_ins_of_the_wrong_shape_are_refused(app: &TestApp) {
        let nobody = app.anonymous();
        let bad: [Value; 8] = [
            json!({}),
            json!({"email": "a@b.example"}),
            json!({"password": "x"}),
            json!({"email": 1, "password": "x"}),
            json!({"email": "a@b.example", "password": null}),
            json!({"email": "a@b.example", "password": "x", "remember": true}),
            json!(["a@b.example", "x", null, null]),
            json!("a@b.example"),
        ];
        for body in &bad {
            nobody.post("/api/v1/sessions", body).expect_problem(400, "validation_failed");
            nobody.post("/api/v1/sessions/refresh", body).expect_problem(400, "validation_failed");
        }
        for token in ["", "cfr_", "cfr_x", &format!("cfr_{}", "A".repeat(43)), &"x".repeat(10_000), "cfr_\u{0}"] {
            refresh(app, token).expect_problem(401, "unauthenticated");
        }
    }

    fn each_refresh_gives_a_new_pair(app: &TestApp) {
        let first = app.member("ada").tokens();
        let second = assert_tokens(&refresh(app, &first.refresh).expect(200));
        assert_ne!(second.refresh, first.refresh);
        assert_ne!(second.access, first.access);
        with(app, &second).get("/api/v1/me").expect(200);
        with(app, &first).get("/api/v1/me").expect(200);
        let third = assert_tokens(&refresh(app, &second.refresh).expect(200));
        with(app, &third).get("/api/v1/me").expect(200);
    }

    fn a_retry_within_ten_seconds_gets_the_same_successor(app: &TestApp) {
        let first = app.member("ada").tokens();
        let second = Tokens::of(&refresh(app, &first.refresh).expect(200));
        app.clock.advance(8);
        let again = Tokens::of(&refresh(app, &first.refresh).expect(200));
        assert_eq!(again.refresh, second.refresh);
        refresh(app, &second.refresh).expect(200);
    }

    fn parallel_refreshes_agree_on_one_successor(app: &TestApp) {
        let first = app.member("ada").tokens();
        let start = Barrier::new(8);
        let successors: Vec<String> = std::thread::scope(|scope| {
            let exchange = || {
                start.wait();
                Tokens::of(&refresh(app, &first.refresh).expect(200)).refresh
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(exchange)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(successors.iter().all(|successor| *successor == successors[0]));
        refresh(app, &successors[0]).expect(200);
    }

    fn a_token_that_comes_back_late_ends_its_session_at_once(app: &TestApp) {
        let (ada, _) = (app.member("ada"), app.member("ben"));
        let first = ada.tokens();
        let elsewhere = ada.again();
        let second = Tokens::of(&refresh(app, &first.refresh).expect(200));
        app.clock.advance(11);
        with(app, &second).get("/api/v1/me").expect(200);
        refresh(app, &first.refresh).expect_problem(401, "unauthenticated");
        assert_ended(app, &first);
        assert_ended(app, &second);
        elsewhere.get("/api/v1/me").expect(200);
        app.pay(&elsewhere, &app.member("ben"), "1.00");
    }

    fn a_token_from_before_the_newest_ends_its_session_however_soon(app: &TestApp) {
        let (ada, _) = (app.member("ada"), app.member("ben"));
        let first = ada.tokens();
        let second = Tokens::of(&refresh(app, &first.refresh).expect(200));
        let third = Tokens::of(&refresh(app, &second.refresh).expect(200));
        refresh(app, &first.refresh).expect_problem(401, "unauthenticated");
        assert_ended(app, &third);
    }

    fn signing_out_works_at_once_and_for_this_session_only(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let elsewhere = ada.again();
        let kept = ada.pay_keyed(&ben, "1.00", "before-the-end").expect(201);
        let tokens = ada.tokens();
        let reply = ada.delete("/api/v1/sessions/current").expect(204);
        assert!(reply.bytes.is_empty());
        assert_ended(app, &tokens);
        // Also what a key has in store is for live sessions only, and nothing is told of what there is.
        ada.pay_keyed(&ben, "1.00", "before-the-end").expect_problem(401, "unauthenticated");
        ada.pay_keyed(&ben, "2.00", "before-the-end").expect_problem(401, "unauthenticated");
        ada.pay_keyed(&ben, "-1", "k").expect_problem(401, "unauthenticated");
        ada.post_payment("k", &json!({"payer": ada.code, "payee": "RIVER0999", "amount": "1.00"})).expect_problem(401, "unauthenticated");
        let replayed = elsewhere.pay_keyed(&ben, "1.00", "before-the-end").expect(201);
        assert_eq!(replayed.bytes, kept.bytes);
    }

    fn signing_out_lasts_over_a_restart(app: &TestApp) {
        let (ada, _) = (app.member("ada"), app.member("ben"));
        let tokens = ada.tokens();
        ada.delete("/api/v1/sessions/current").expect(204);
        app.restart();
        assert_ended(app, &tokens);
    }

    fn access_tokens_expire_and_sessions_go_on(app: &TestApp) {
        let ada = app.member("ada");
        let first = ada.tokens();
        app.clock.advance(240);
        ada.get("/api/v1/me").expect(200);
        app.clock.advance(61);
        let expired = ada.get("/api/v1/me").expect_problem(401, "unauthenticated");
        assert_eq!(expired.header("www-authenticate"), Some(INVALID));
        ada.pay_keyed(&app.member("ben"), "1.00", "k").expect_problem(401, "unauthenticated");
        let second = Tokens::of(&refresh(app, &first.refresh).expect(200));
        with(app, &second).get("/api/v1/me").expect(200);
    }

    fn an_unused_session_ends_after_thirty_days(app: &TestApp) {
        let first = app.member("ada").tokens();
        app.clock.advance(29 * DAY_SECONDS);
        let second = Tokens::of(&refresh(app, &first.refresh).expect(200));
        app.clock.advance(30 * DAY_SECONDS + 1);
        refresh(app, &second.refresh).expect_problem(401, "unauthenticated");
    }

    fn every_session_ends_after_a_year(app: &TestApp) {
        let mut tokens = app.member("ada").tokens();
        for _ in 0..14 {
            app.clock.advance(26 * DAY_SECONDS);
            tokens = Tokens::of(&refresh(app, &tokens.refresh).expect(200));
        }
        app.clock.advance(2 * DAY_SECONDS);
        refresh(app, &tokens.refresh).expect_problem(401, "unauthenticated");
    }

    fn forged_tokens_prove_nothing(app: &TestApp) {
        use base64::Engine;
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let tokens = ada.tokens();
        let parts: Vec<_> = tokens.access.split('.').collect();
        let mut bens = claims(&tokens.access);
        bens["sub"] = json!(ben.user_id.to_string());
        let unsigned = encode(r#"{"alg":"none","typ":"at+jwt"}"#);
        let other_kid = encode(r#"{"alg":"ES256","typ":"at+jwt","kid":"unknown"}"#);
        let forged = [
            format!("{}.{}.{}", parts[0], encode(&bens.to_string()), parts[2]),
            format!("{unsigned}.{}.", parts[1]),
            format!("{unsigned}.{}.{}", parts[1], parts[2]),
            format!("{other_kid}.{}.{}", parts[1], parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{} {}", tokens.access, tokens.access),
            tokens.refresh.clone(),
            "x".repeat(5_000),
            "a.b.c".to_owned(),
        ];
        for token in &forged {
            let reply = app.anonymous().with_token(token).get("/api/v1/me").expect_problem(401, "unauthenticated");
            assert_eq!(reply.header("www-authenticate"), Some(INVALID), "{token}");
        }
    }

    fn the_challenge_says_what_is_missing(app: &TestApp) {
        let access = app.member("ada").tokens().access;
        let none = app.anonymous().get("/api/v1/me").expect_problem(401, "unauthenticated");
        assert_eq!(none.header("www-authenticate"), Some("Bearer"));
        let token = format!("Token {access}");
        for bad in ["Bearer", "Bearer ", "Basic YTpi", access.as_str(), token.as_str(), "Bearer x y"] {
            let reply = app.anonymous().get_with("/api/v1/me", &[("Authorization", bad)]).expect_problem(401, "unauthenticated");
            assert_eq!(reply.header("www-authenticate"), Some(INVALID), "{bad}");
        }
        let lower = format!("bearer {access}");
        app.anonymous().get_with("/api/v1/me", &[("Authorization", &lower)]).expect(200);
    }
}
