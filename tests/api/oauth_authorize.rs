//! `/oauth/authorize` and `/oauth/grants`: what apps ask, and what members decide, in a browser without JavaScript.

use serde_json::json;

use crate::support::{
    PASSWORD, REDIRECT_URI, Reply, VERIFIER, address, both_engines, challenge, form_token, html, parameter,
};

const STATE: &str = "a state/+&=é";

#[track_caller]
fn assert_guarded(page: &Reply) {
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let policy = page.header("content-security-policy").unwrap();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    // Where people sign in there is one script, of our own and for passkeys; elsewhere there is none.
    let text = html(page);
    let own = text.contains(r#"<script src="/oauth/passkey.js" defer></script>"#);
    assert_eq!(own, text.contains(r#"value="sign_in""#), "{text}");
    assert_eq!(text.matches("<script").count(), usize::from(own), "{text}");
    assert_eq!(policy.contains(" script-src 'self'; connect-src 'self';"), own, "{policy}");
    assert_eq!(policy.matches("script-src").count(), usize::from(own), "{policy}");
}

/// The app is told this error, at its own address, with its state and our name.
#[track_caller]
fn assert_told(reply: &Reply, error: &str) {
    assert_eq!(reply.status, 303);
    let location = reply.header("location").unwrap();
    assert!(location.starts_with(&format!("{REDIRECT_URI}?")), "{location}");
    assert_eq!(parameter(location, "error").as_deref(), Some(error), "{location}");
    assert_eq!(parameter(location, "state").as_deref(), Some(STATE));
    assert_eq!(parameter(location, "iss").as_deref(), Some("https://river.example"));
    assert_eq!(parameter(location, "code"), None);
}

both_engines! {
    fn pages_speak_five_languages_and_keep_to_the_one_that_was_chosen(app: &TestApp) {
        let ada = app.member("ada");
        let path = app.register(&ada, true).address("accounts:read payments:write");
        for (language, sign_in, allow) in [
            ("es", "pide actuar en su nombre", "Permitir"),
            ("fr", "demande à agir en votre nom", "Autoriser"),
            ("de", "möchte für Sie handeln", "Erlauben"),
            ("nl", "wil namens u handelen", "Toestaan"),
        ] {
            let by_header = app.anonymous().get_with(&path, &[("Accept-Language", language)]).expect(200);
            assert_guarded(&by_header);
            assert!(html(&by_header).contains(sign_in) && html(&by_header).contains(&format!("<html lang=\"{language}\">")));
            let named = format!("{path}&lang={language}");
            let browser = app.browser();
            let text = html(&browser.get(&named).expect(200));
            assert!(text.contains(sign_in), "{text}");
            // Each of the others is a link away, with all that the app asked; and none is named twice.
            assert_eq!(text.matches("hreflang=").count(), 4, "{text}");
            assert!(text.contains(&format!("{}&amp;lang=en", path.replace('&', "&amp;"))), "{text}");
            let signed_in = browser.sign_in(&named, &ada).expect(303);
            assert_eq!(signed_in.header("location"), Some(named.as_str()));
            let text = html(&browser.get(&named).expect(200));
            assert!(text.contains(allow) && !text.contains("Allow"), "{text}");
            for page in ["/oauth/grants", "/oauth/passkeys"] {
                let text = html(&browser.get(&format!("{page}?lang={language}")).expect(200));
                assert!(text.contains(&format!("<html lang=\"{language}\">")) && text.contains(&format!("{page}?lang=en")), "{text}");
            }
        }
    }

    fn a_member_signs_in_and_allows(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let path = shop.address("accounts:read payments:write");
        let browser = app.browser();
        let page = browser.get(&path).expect(200);
        assert_guarded(&page);
        let cookie = page.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Host-counterfoil=") && cookie.contains("; Path=/"), "{cookie}");
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let before = browser.cookie.borrow().clone();
        let signed_in = browser.sign_in(&path, &ben).expect(303);
        assert_eq!(signed_in.header("location"), Some(path.as_str()), "back to the same question");
        assert_ne!(*browser.cookie.borrow(), before, "a cookie from before the sign-in is worth nothing");
        let page = browser.get(&path).expect(200);
        assert_guarded(&page);
        let policy = page.header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("form-action 'self' https://shop.example;"), "{policy}");
        let text = html(&page);
        for part in ["Mill Bakery&#39;s shop", "see your balances", "pay from your accounts", &ben.code, &ben.email, "shop.example"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("see the names of"), "only what was asked");
        let answer = browser.submit(&path, "allow", &[]).expect(303);
        let location = answer.header("location").unwrap();
        assert!(location.starts_with(&format!("{REDIRECT_URI}?code=cfa_")), "{location}");
        assert_eq!(parameter(location, "state").as_deref(), Some(STATE));
        assert_eq!(parameter(location, "iss").as_deref(), Some("https://river.example"));
        let tokens = shop.exchange(app, &parameter(location, "code").unwrap()).expect(200).body;
        assert_eq!(tokens["scope"], "accounts:read payments:write");
        assert_eq!(app.bearer(&tokens).get("/api/v1/me").expect(200).body["user"]["email"], ben.email.as_str());
    }

    fn a_member_can_say_no(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let denied = app.browser_of(&ben).submit(&shop.address("accounts:read"), "deny", &[]);
        assert_told(&denied, "access_denied");
        assert!(ben.get("/api/v1/me/grants").expect(200).data().is_empty());
    }

    fn nobody_is_sent_to_an_address_that_is_not_certain(app: &TestApp) {
        let shop = app.register(&app.member("ada"), true);
        let other = |name: &str, value: &str| {
            let mut request = shop.request("accounts:read");
            request.iter_mut().filter(|(own, _)| *own == name).for_each(|(_, own)| *own = value.to_owned());
            address(&request)
        };
        let mut bad = vec![
            "/oauth/authorize".to_owned(),
            other("client_id", "nobody"),
            other("client_id", ""),
            other("redirect_uri", ""),
            format!("{}&client_id={}", shop.address("accounts:read"), shop.id),
            format!("{}&redirect_uri=x", shop.address("accounts:read")),
        ];
        for uri in [
            "https://evil.example/signed-in", "https://shop.example/signed-in/", "https://shop.example/signed-in?x=1",
            "https://shop.example/signed-in#x", "http://shop.example/signed-in", "https://shop.example:8443/signed-in",
            "https://shop.example/Signed-in", "https://shop.example/signed-in/../evil", "http://127.0.0.1:1/other",
            "http://localhost/cb", "javascript:alert(1)",
        ] {
            bad.push(other("redirect_uri", uri));
        }
        for path in bad {
            let page = app.browser().get(&path).expect(400);
            assert_eq!(page.header("location"), None, "{path}");
            assert_guarded(&page);
        }
        for port in ["http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"] {
            app.browser().get(&other("redirect_uri", port)).expect(200);
        }
    }

    fn what_an_app_got_wrong_is_told_to_it(app: &TestApp) {
        let shop = app.register(&app.member("ada"), true);
        let with = |name: &str, value: &str| {
            let mut request = shop.request("accounts:read");
            request.retain(|(own, _)| *own != name);
            request.push((name, value.to_owned()));
            app.browser().get(&address(&request))
        };
        assert_told(&with("response_type", "token"), "unsupported_response_type");
        assert_told(&with("response_type", ""), "invalid_request");
        assert_told(&with("response_mode", "fragment"), "invalid_request");
        assert_told(&with("scope", ""), "invalid_scope");
        assert_told(&with("scope", "everything"), "invalid_scope");
        assert_told(&with("scope", "accounts:read limits:write"), "invalid_scope");
        assert_told(&with("code_challenge", ""), "invalid_request");
        assert_told(&with("code_challenge", "short"), "invalid_request");
        assert_told(&with("code_challenge_method", ""), "invalid_request");
        assert_told(&with("code_challenge_method", "plain"), "invalid_request");
        assert_told(&with("ceiling_per_day", "-1"), "invalid_request");
        assert_told(&app.browser().get(&format!("{}&scope=accounts%3Aread", shop.address("accounts:read"))), "invalid_request");
        let machine = app.register_as(&app.member("ada"), true, &["client_credentials"]);
        assert_told(&app.browser().get(&machine.address("accounts:read")), "unauthorized_client");
        with("nonce", "ignored").expect(200);
    }

    fn forms_of_other_pages_are_refused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let path = shop.address("payments:write");
        let (browser, others) = (app.browser_of(&ben), app.browser_of(&ada));
        let foreign = form_token(&others.get(&path));
        for form in [vec![("do", "allow")], vec![("do", "allow"), ("form_token", "")], vec![("do", "allow"), ("form_token", foreign.as_str())]] {
            let refused = browser.post(&path, &form).expect(403);
            assert_eq!(refused.header("location"), None);
            assert_guarded(&refused);
            browser.post("/oauth/grants", &form).expect(403);
        }
        let own = form_token(&browser.get(&path));
        app.browser().post(&path, &[("do", "allow"), ("form_token", &own)]).expect(403);
        let json = app.anonymous().send("POST", &path, &[("Content-Type", "application/json")], Some(b"{}".to_vec()));
        assert_eq!(json.status, 403);
        browser.post(&path, &[("do", "allow"), ("form_token", &own)]).expect(303);
    }

    fn a_wrong_sign_in_signs_nobody_in(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let path = app.register(&ada, true).address("accounts:read");
        let browser = app.browser();
        let wrong = browser.submit(&path, "sign_in", &[("email", &ben.email), ("password", "wrong")]).expect(403);
        assert!(html(&wrong).contains("do not belong together") && !html(&wrong).contains("wrong"));
        assert_guarded(&wrong);
        let unknown = browser.submit(&path, "sign_in", &[("email", "nobody@river.example"), ("password", PASSWORD)]).expect(403);
        assert_eq!(html(&unknown), html(&wrong), "strangers and wrong passwords look alike");
        // Who is not signed in cannot decide.
        let asked_again = browser.submit(&path, "allow", &[]).expect(303);
        assert_eq!(asked_again.header("location"), Some(path.as_str()));
        let cookie = browser.cookie.borrow().clone();
        *browser.cookie.borrow_mut() = Some("__Host-counterfoil=nonsense".into());
        assert!(html(&browser.get(&path)).contains("type=\"password\""));
        assert_ne!(*browser.cookie.borrow(), cookie);
    }

    fn a_sign_in_on_the_pages_ends(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let path = app.register(&ada, true).address("accounts:read");
        let browser = app.browser_of(&ben);
        let stolen = browser.cookie.borrow().clone();
        browser.submit(&path, "sign_out", &[]).expect(303);
        *browser.cookie.borrow_mut() = stolen;
        assert!(html(&browser.get(&path)).contains("type=\"password\""), "the cookie is worth nothing");
        browser.sign_in(&path, &ben).expect(303);
        assert!(!html(&browser.get(&path)).contains("type=\"password\""));
        app.clock.advance(8 * 3_600);
        assert!(html(&browser.get(&path)).contains("type=\"password\""), "it lasts eight hours");
    }

    fn an_old_sign_in_allows_an_app_nothing_but_to_look(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let (paying, looking) = (shop.address("accounts:read payments:write"), shop.address("accounts:read payments:read"));
        let browser = app.browser_of(&ben);
        app.clock.advance(299);
        let open = form_token(&browser.get(&paying).expect(200));
        assert!(html(&browser.get(&paying)).contains(r#"value="allow""#), "it is fresh for five minutes");
        app.clock.advance(1);
        // Whoever finds the browser open neither sees the question nor answers one that stood there.
        let page = browser.get(&paying).expect(200);
        assert_guarded(&page);
        let text = html(&page);
        assert!(text.contains("fresh proof") && !text.contains(r#"value="allow""#), "{text}");
        assert!(text.contains(&format!(r#"value="{}""#, ben.email)), "who it is needs no typing: {text}");
        let late = browser.post(&paying, &[("do", "allow"), ("form_token", open.as_str())]).expect(403);
        assert_guarded(&late);
        assert!(late.header("location").is_none() && html(&late).contains("fresh proof"));
        assert!(ben.get("/api/v1/me/grants").expect(200).data().is_empty());
        // To look it is enough, and to say no always.
        let looked = browser.submit(&looking, "allow", &[]).expect(303);
        assert!(parameter(looked.header("location").unwrap(), "code").is_some());
        assert_told(&browser.post(&paying, &[("do", "deny"), ("form_token", open.as_str())]), "access_denied");
        let wrong = browser.submit(&paying, "sign_in", &[("email", &ben.email), ("password", "wrong")]).expect(403);
        assert!(wrong.header("location").is_none());
        browser.sign_in(&paying, &ben).expect(303);
        let allowed = browser.submit(&paying, "allow", &[]).expect(303);
        let code = parameter(allowed.header("location").unwrap(), "code").unwrap();
        assert_eq!(shop.exchange(app, &code).expect(200).body["scope"], "accounts:read payments:write");
    }

    fn the_page_of_grants_shows_and_takes_back(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ben, &shop, "payments:write accounts:read", &[("ceiling_per_day", "12.5")]);
        let browser = app.browser_of(&ben);
        let page = browser.get("/oauth/grants").expect(200);
        assert_guarded(&page);
        let text = html(&page);
        assert!(text.contains("Mill Bakery&#39;s shop") && text.contains("12.50") && text.contains("no ceiling"), "{text}");
        let id = text.split(r#"name="grant" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
        app.browser_of(&ada).submit("/oauth/grants", "revoke", &[("grant", &id)]).expect(303);
        app.bearer(&tokens).get("/api/v1/me").expect(200);
        browser.submit("/oauth/grants", "revoke", &[("grant", &id)]).expect(303);
        app.bearer(&tokens).get("/api/v1/me").expect_problem(401, "unauthenticated");
        assert!(html(&browser.get("/oauth/grants")).contains("You have allowed no app"));
        browser.submit("/oauth/grants", "revoke", &[("grant", &id)]).expect(303);
    }

    fn whatever_an_app_is_called_stays_text(app: &TestApp) {
        let ada = app.member("ada");
        let body = json!({"name": "<b onload='x'>\"&", "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code"],
            "scopes": ["accounts:read"], "confidential": false});
        let id = ada.post("/api/v1/oauth-clients", &body).expect(201).body["client_id"].as_str().unwrap().to_owned();
        let mut request = crate::support::App { id, secret: None }.request("accounts:read").into_iter()
            .map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>();
        request.push(("\"><script>".to_owned(), "\"><script>".to_owned()));
        let pairs: Vec<_> = request.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let page = html(&app.browser_of(&ada).get(&address(&pairs)).expect(200));
        assert!(page.contains("&lt;b onload=&#39;x&#39;&gt;&quot;&amp;") && !page.contains("<b ") && !page.contains("<script"), "{page}");
    }

    fn ceilings_are_proposed_shown_and_changed(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let mut request = shop.request("payments:write");
        request.push(("ceiling_per_payment", "20".into()));
        let browser = app.browser_of(&ben);
        let page = html(&browser.get(&address(&request)).expect(200));
        assert!(page.contains(r#"name="ceiling_per_payment" value="20""#) && page.contains(r#"name="ceiling_per_day" value="""#), "{page}");
        let wrong = browser.submit(&address(&request), "allow", &[("ceiling_per_payment", "lots"), ("ceiling_per_day", "5")]).expect(400);
        assert!(html(&wrong).contains("A ceiling is a number") && html(&wrong).contains(r#"value="lots""#));
        let answer = browser.submit(&address(&request), "allow", &[("ceiling_per_payment", ""), ("ceiling_per_day", "5")]).expect(303);
        let code = parameter(answer.header("location").unwrap(), "code").unwrap();
        let tokens = shop.exchange(app, &code).expect(200).body;
        assert_eq!((tokens.get("ceiling_per_payment"), &tokens["ceiling_per_day"]), (None, &json!("5")));
        // Who cannot pay needs no ceiling.
        assert!(!html(&browser.get(&shop.address("accounts:read"))).contains("ceiling"));
        assert_eq!(challenge(VERIFIER).len(), 43);
    }
}
