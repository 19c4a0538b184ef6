//! `/oauth/token`, `/oauth/revoke` and `/oauth/introspect`.

use std::sync::{Arc, Barrier};

use serde_json::{Value, json};

use crate::support::{
    App, Caller, PASSWORD, REDIRECT_URI, Reply, TestApp, VERIFIER, basic, both_engines, claims, keys,
    post_form,
};

const CODE: &str = "authorization_code";

#[track_caller]
fn assert_error(reply: &Reply, status: u16, error: &str) {
    assert_eq!((reply.status, reply.body["error"].as_str()), (status, Some(error)), "{}", reply.body);
    assert_eq!(keys(&reply.body), ["error", "error_description"]);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("{name}: {body}"))
}

fn ends(caller: &Caller) {
    caller.get("/api/v1/me").expect_problem(401, "unauthenticated");
}

both_engines! {
    fn a_code_gives_tokens_of_the_standard_form(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let code = app.allow(&ben, &shop, "payments:write accounts:read", &[]);
        let reply = shop.exchange(app, &code).expect(200);
        assert_eq!(keys(&reply.body), ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
        assert_eq!((reply.header("cache-control"), reply.header("pragma")), (Some("no-store"), Some("no-cache")));
        assert_eq!(reply.body["scope"], "accounts:read payments:write");
        let claims = claims(text(&reply.body, "access_token"));
        assert_eq!(keys(&claims), ["aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "nbf", "scope", "sid", "sub"]);
        assert_eq!((&claims["client_id"], &claims["sub"]), (&json!(shop.id), &json!(ben.user_id.to_string())));
        assert_eq!(claims["aud"], "https://river.example/api/v1");
        let bearer = app.bearer(&reply.body);
        bearer.get("/api/v1/me").expect(200);
        bearer.get("/api/v1/payments").expect_problem(403, "forbidden");
    }

    fn a_code_works_once_and_its_second_use_ends_what_it_gave(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let code = app.allow(&ben, &shop, "accounts:read payments:write", &[]);
        let first = shop.exchange(app, &code).expect(200).body;
        let second = shop.refresh(app, text(&first, "refresh_token")).expect(200).body;
        app.bearer(&second).get("/api/v1/me").expect(200);
        assert_error(&shop.exchange(app, &code), 400, "invalid_grant");
        ends(&app.bearer(&first));
        ends(&app.bearer(&second));
        assert_error(&shop.refresh(app, text(&second, "refresh_token")), 400, "invalid_grant");
        let body = json!({"allow_duplicate": true, "payer": ben.code, "payee": ada.code, "amount": "1.00"});
        app.bearer(&second).post_with("/api/v1/payments", &[("Idempotency-Key", "k")], &body).expect_problem(401, "unauthenticated");
        assert_error(&shop.exchange(app, &code), 400, "invalid_grant");
    }

    fn a_code_that_is_exchanged_by_many_at_once_gives_one_session_at_most(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let code = app.allow(&ben, &shop, "accounts:read", &[]);
        let start = Barrier::new(6);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..6).map(|_| scope.spawn(|| { start.wait(); shop.exchange(app, &code) })).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let won: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(won.len(), 1);
        ends(&app.bearer(&won[0].body));
    }

    fn a_code_is_bound_to_everything(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (shop, other, wallet) = (app.register(&ada, true), app.register(&ada, true), app.register(&ada, false));
        let code = app.allow(&ben, &shop, "accounts:read", &[]);
        let ask = |client: &App, code: &str, uri: &str, verifier: &str| {
            client.ask(app, "/oauth/token", &[("grant_type", CODE), ("code", code), ("redirect_uri", uri), ("code_verifier", verifier)])
        };
        let challenge = crate::support::challenge(VERIFIER);
        for (client, code, uri, verifier) in [
            (&other, code.as_str(), REDIRECT_URI, VERIFIER),
            (&wallet, code.as_str(), REDIRECT_URI, VERIFIER),
            (&shop, "cfa_nonsense", REDIRECT_URI, VERIFIER),
            (&shop, &format!("cfa_{}", "A".repeat(43)), REDIRECT_URI, VERIFIER),
            (&shop, code.as_str(), "http://127.0.0.1/cb", VERIFIER),
            (&shop, code.as_str(), "https://shop.example/signed-in/", VERIFIER),
            (&shop, code.as_str(), REDIRECT_URI, &VERIFIER.to_lowercase()),
            (&shop, code.as_str(), REDIRECT_URI, &challenge),
            (&shop, code.as_str(), REDIRECT_URI, "short"),
        ] {
            assert_error(&ask(client, code, uri, verifier), 400, "invalid_grant");
        }
        for missing in ["code", "redirect_uri", "code_verifier"] {
            let form = [("grant_type", CODE), ("code", code.as_str()), ("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
            let without: Vec<_> = form.into_iter().filter(|(name, _)| *name != missing).collect();
            assert_error(&shop.ask(app, "/oauth/token", &without), 400, "invalid_request");
        }
        shop.exchange(app, &code).expect(200);
        let late = app.allow(&ben, &shop, "accounts:read", &[]);
        app.clock.advance(60);
        assert_error(&shop.exchange(app, &late), 400, "invalid_grant");
    }

    fn refresh_tokens_rotate_and_belong_to_their_client(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (shop, wallet) = (app.register(&ada, true), app.register(&ada, false));
        let first = app.allowed(&ben, &shop, "accounts:read payments:write", &[]);
        let token = text(&first, "refresh_token").to_owned();
        assert_error(&wallet.refresh(app, &token), 400, "invalid_grant");
        app.anonymous().post("/api/v1/sessions/refresh", &json!({"refresh_token": token})).expect_problem(401, "unauthenticated");
        assert_error(&shop.refresh(app, &ben.tokens().refresh), 400, "invalid_grant");
        ben.get("/api/v1/me").expect(200);
        let second = shop.refresh(app, &token).expect(200).body;
        assert_eq!(second["scope"], first["scope"]);
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        let repeated = shop.refresh(app, &token).expect(200).body;
        assert_eq!(repeated["refresh_token"], second["refresh_token"], "phones retry");
        app.clock.advance(11);
        assert_error(&shop.refresh(app, &token), 400, "invalid_grant");
        ends(&app.bearer(&second));
        assert_error(&shop.refresh(app, text(&second, "refresh_token")), 400, "invalid_grant");
    }

    fn scopes_get_narrower_and_never_wider(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let first = app.allowed(&ben, &shop, "accounts:read payments:read", &[]);
        let token = text(&first, "refresh_token");
        let ask = |token: &str, scope: &str| {
            shop.ask(app, "/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)])
        };
        assert_error(&ask(token, "accounts:read payments:write"), 400, "invalid_scope");
        assert_error(&ask(token, "nonsense"), 400, "invalid_scope");
        let narrow = ask(token, "payments:read").expect(200).body;
        assert_eq!(narrow["scope"], "payments:read");
        app.bearer(&narrow).get("/api/v1/me").expect_problem(403, "forbidden");
        app.bearer(&narrow).get("/api/v1/payments").expect(200);
        let whole = shop.refresh(app, text(&narrow, "refresh_token")).expect(200).body;
        assert_eq!(whole["scope"], first["scope"], "the grant itself stays as it was");
    }

    fn clients_prove_who_they_are(app: &TestApp) {
        let ada = app.member("ada");
        let (shop, wallet) = (app.register(&ada, true), app.register(&ada, false));
        let secret = shop.secret.clone().unwrap();
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", "cfr_x")];
        let nobody = app.anonymous();
        let by_header = |credentials: &str| post_form(&nobody, "/oauth/token", &[("Authorization", credentials)], &refresh);
        assert_error(&by_header(&basic(&shop.id, &secret)), 400, "invalid_grant");
        // Both parts are form-encoded before base64.
        let encoded: String = shop.id.bytes().map(|byte| format!("%{byte:02x}")).collect();
        assert_error(&by_header(&basic(&encoded, &secret.replace('_', "%5F"))), 400, "invalid_grant");
        for bad in [
            basic(&shop.id, "wrong"), basic(&shop.id, ""), basic("nobody", &secret), basic(&wallet.id, &secret),
            "Basic !".to_owned(), "Basic".to_owned(), format!("Bearer {secret}"), basic(&format!("{}&x=y", shop.id), &secret),
        ] {
            let reply = by_header(&bad);
            assert_error(&reply, 401, "invalid_client");
            assert!(reply.header("www-authenticate").unwrap().starts_with("Basic "), "{bad}");
        }
        let by_body = |more: &[(&str, &str)]| {
            let mut form = refresh.to_vec();
            form.extend_from_slice(more);
            post_form(&nobody, "/oauth/token", &[], &form)
        };
        assert_error(&by_body(&[("client_id", &shop.id), ("client_secret", &secret)]), 400, "invalid_grant");
        assert_error(&by_body(&[("client_id", &wallet.id)]), 400, "invalid_grant");
        for bad in [
            vec![], vec![("client_id", shop.id.as_str())], vec![("client_id", "nobody")],
            vec![("client_id", &shop.id), ("client_secret", "wrong")], vec![("client_id", &wallet.id), ("client_secret", &secret)],
        ] {
            let reply = by_body(&bad);
            assert_error(&reply, 401, "invalid_client");
            assert_eq!(reply.header("www-authenticate"), None, "{bad:?}");
        }
        let credentials = basic(&shop.id, &secret);
        let both = |more: (&str, &str)| {
            let form = [refresh[0], refresh[1], more];
            post_form(&nobody, "/oauth/token", &[("Authorization", &credentials)], &form)
        };
        assert_error(&both(("client_secret", &secret)), 400, "invalid_request");
        assert_error(&both(("client_id", &wallet.id)), 400, "invalid_request");
        assert_error(&both(("client_id", &shop.id)), 400, "invalid_grant");
    }

    fn requests_of_the_wrong_shape_are_refused(app: &TestApp) {
        let shop = app.register(&app.member("ada"), true);
        assert_error(&shop.ask(app, "/oauth/token", &[]), 400, "invalid_request");
        assert_error(&shop.ask(app, "/oauth/token", &[("grant_type", "")]), 400, "invalid_request");
        for unknown in ["implicit", "urn:ietf:params:oauth:grant-type:device_code", "Authorization_Code"] {
            assert_error(&shop.ask(app, "/oauth/token", &[("grant_type", unknown)]), 400, "unsupported_grant_type");
        }
        let password = [("grant_type", "password"), ("username", "ada@river.example"), ("password", PASSWORD)];
        assert_error(&shop.ask(app, "/oauth/token", &password), 400, "unauthorized_client");
        assert_error(&shop.ask(app, "/oauth/token", &[("grant_type", "client_credentials")]), 400, "unauthorized_client");
        let twice = [("grant_type", "refresh_token"), ("refresh_token", "a"), ("refresh_token", "a")];
        assert_error(&shop.ask(app, "/oauth/token", &twice), 400, "invalid_request");
        assert_error(&shop.ask(app, "/oauth/token", &[("x", "1"), ("x", "2"), ("grant_type", "refresh_token")]), 400, "invalid_request");
        for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
            assert_error(&app.anonymous().post(path, &json!({"grant_type": CODE})), 400, "invalid_request");
            let long = app.anonymous().send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], Some(vec![b'a'; 70_000]));
            assert_error(&long, 400, "invalid_request");
            app.anonymous().get(path).expect_problem(405, "method_not_allowed");
            let in_query = post_form(&app.anonymous(), &format!("{path}?client_id={}", shop.id), &[], &[("token", "x")]);
            assert_error(&in_query, 401, "invalid_client");
        }
    }

    fn machines_act_for_who_registered_them(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let machine = app.register_as(&ada, true, &["client_credentials"]);
        let ask = |form: &[(&str, &str)]| {
            let mut all = vec![("grant_type", "client_credentials")];
            all.extend_from_slice(form);
            machine.ask(app, "/oauth/token", &all)
        };
        let reply = ask(&[]).expect(200);
        assert_eq!(keys(&reply.body), ["access_token", "expires_in", "scope", "token_type"], "no refresh token");
        let claims = claims(text(&reply.body, "access_token"));
        assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(machine.id), &json!(machine.id)));
        let bearer = app.bearer(&reply.body);
        assert_eq!(bearer.get("/api/v1/me").expect(200).body["user"]["email"], ada.email.as_str());
        let pay = |payer: &str, payee: &str, key: &str| {
            bearer.post_with("/api/v1/payments", &[("Idempotency-Key", key)], &json!({"allow_duplicate": true, "payer": payer, "payee": payee, "amount": "1.00"}))
        };
        pay(&ada.code, &ben.code, "one").expect(201);
        pay(&ben.code, &ada.code, "two").expect_problem(403, "forbidden");
        let narrow = ask(&[("scope", "accounts:read")]).expect(200).body;
        app.bearer(&narrow).get("/api/v1/payments").expect_problem(403, "forbidden");
        assert_error(&ask(&[("scope", "limits:write")]), 400, "invalid_scope");
        // It goes with its owner's rights, and with its registration.
        app.set_status(&ada, "frozen");
        pay(&ada.code, &ben.code, "three").expect_problem(409, "account_not_active");
        assert!(ada.get("/api/v1/me/grants").expect(200).data().is_empty(), "it is no grant");
        ada.delete(&format!("/api/v1/oauth-clients/{}", machine.id)).expect(204);
        ends(&bearer);
        ends(&app.bearer(&narrow));
        assert_error(&ask(&[]), 401, "invalid_client");
    }

    fn tokens_are_given_back(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (shop, wallet) = (app.register(&ada, true), app.register(&ada, false));
        for which in ["refresh_token", "access_token"] {
            let tokens = app.allowed(&ben, &shop, "accounts:read", &[]);
            let token = text(&tokens, which);
            for (client, foreign) in [(&wallet, token), (&shop, "nonsense"), (&shop, "cfr_x"), (&shop, ben.tokens().access.as_str())] {
                let reply = client.ask(app, "/oauth/revoke", &[("token", foreign)]).expect(200);
                assert!(reply.bytes.is_empty());
            }
            app.bearer(&tokens).get("/api/v1/me").expect(200);
            ben.get("/api/v1/me").expect(200);
            shop.ask(app, "/oauth/revoke", &[("token", token), ("token_type_hint", "nonsense")]).expect(200);
            ends(&app.bearer(&tokens));
            assert_error(&shop.refresh(app, text(&tokens, "refresh_token")), 400, "invalid_grant");
            shop.ask(app, "/oauth/revoke", &[("token", token)]).expect(200);
        }
        assert_error(&shop.ask(app, "/oauth/revoke", &[]), 400, "invalid_request");
        assert_error(&post_form(&app.anonymous(), "/oauth/revoke", &[], &[("token", "x")]), 401, "invalid_client");
        let tokens = app.allowed(&ben, &wallet, "accounts:read", &[]);
        wallet.ask(app, "/oauth/revoke", &[("token", text(&tokens, "refresh_token"))]).expect(200);
        ends(&app.bearer(&tokens));
    }

    fn clients_ask_about_their_own_tokens(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (shop, other, wallet) = (app.register(&ada, true), app.register(&ada, true), app.register(&ada, false));
        let tokens = app.allowed(&ben, &shop, "accounts:read payments:write", &[("ceiling_per_day", "5")]);
        let ask = |client: &App, token: &str| client.ask(app, "/oauth/introspect", &[("token", token)]);
        let access = ask(&shop, text(&tokens, "access_token")).expect(200).body;
        assert_eq!(keys(&access), ["active", "ceiling_per_day", "client_id", "exp", "iss", "scope", "sub", "token_type"]);
        assert_eq!((&access["active"], &access["client_id"], &access["sub"]), (&json!(true), &json!(shop.id), &json!(ben.user_id.to_string())));
        assert_eq!(access["scope"], "accounts:read payments:write");
        assert_eq!(ask(&shop, text(&tokens, "refresh_token")).expect(200).body["active"], true);
        let inactive = json!({"active": false});
        for token in ["nonsense", "cfr_x", ben.tokens().access.as_str(), ben.tokens().refresh.as_str()] {
            assert_eq!(ask(&shop, token).expect(200).body, inactive);
        }
        for name in ["access_token", "refresh_token"] {
            assert_eq!(ask(&other, text(&tokens, name)).expect(200).body, inactive, "another client's");
        }
        assert_error(&ask(&wallet, text(&tokens, "access_token")), 401, "invalid_client");
        assert_error(&shop.ask(app, "/oauth/introspect", &[]), 400, "invalid_request");
        app.clock.advance(300);
        assert_eq!(ask(&shop, text(&tokens, "access_token")).expect(200).body, inactive, "expired");
        let next = shop.refresh(app, text(&tokens, "refresh_token")).expect(200).body;
        assert_eq!(ask(&shop, text(&tokens, "refresh_token")).expect(200).body, inactive, "retired");
        shop.ask(app, "/oauth/revoke", &[("token", text(&next, "refresh_token"))]).expect(200);
        for name in ["access_token", "refresh_token"] {
            assert_eq!(ask(&shop, text(&next, name)).expect(200).body, inactive, "ended");
        }
    }

    fn only_listed_wallets_take_passwords(app: &TestApp) {
        app.stop();
        let app = TestApp::with(Arc::clone(&app.database), |settings| settings.first_party_clients = "komunitin-app".into());
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let wallet = App { id: "komunitin-app".into(), secret: None };
        let sign_in = |client: &App, password: &str, scope: &str| {
            let form = [("grant_type", "password"), ("username", ada.email.as_str()), ("password", password), ("scope", scope)];
            client.ask(&app, "/oauth/token", &form)
        };
        let tokens = sign_in(&wallet, PASSWORD, "komunitin_social komunitin_accounting email offline_access openid profile").expect(200).body;
        let claims = claims(text(&tokens, "access_token"));
        assert_eq!(claims["client_id"], "komunitin-app");
        let bearer = app.bearer(&tokens);
        let body = json!({"allow_duplicate": true, "payer": ada.code, "payee": ben.code, "amount": "1.00"});
        bearer.post_with("/api/v1/payments", &[("Idempotency-Key", "k")], &body).expect(201);
        let next = wallet.refresh(&app, text(&tokens, "refresh_token")).expect(200).body;
        app.bearer(&next).get("/api/v1/me").expect(200);
        assert_eq!(sign_in(&wallet, PASSWORD, "accounts:read").expect(200).body["scope"], "accounts:read");
        assert_error(&sign_in(&wallet, "wrong", ""), 400, "invalid_grant");
        let shop = app.register(&ada, true);
        assert_error(&sign_in(&shop, PASSWORD, ""), 400, "unauthorized_client");
        assert_error(&sign_in(&App { id: "other-app".into(), secret: None }, PASSWORD, ""), 401, "invalid_client");
        assert_error(&sign_in(&App { id: "first-party".into(), secret: None }, PASSWORD, ""), 401, "invalid_client");
        assert_error(&wallet.ask(&app, "/oauth/token", &[("grant_type", "client_credentials")]), 400, "unauthorized_client");
        // A wallet is no registered app: nobody is asked for it.
        app.browser().get(&wallet.address("accounts:read")).expect(400);
    }
}
