//! A checkout's page, and the till: what a person does with a browser, without JavaScript.

use serde_json::{Value, json};

use super::{approve, asked_with, create, create_with, seen, step};
use crate::support::{Browser, Person, Reply, TestApp, both_engines, form_token, fresh_key, html};

const BASE: &str = "https://river.example";

fn page_of(checkout: &Value) -> String {
    checkout["url"].as_str().unwrap().strip_prefix(BASE).unwrap().to_owned()
}

/// A page that no foreign script, frame or place gets into.
#[track_caller]
fn guarded(page: &Reply) -> String {
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "script-src 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = html(page);
    assert_eq!(text.matches("<script").count(), 2, "our own two: {text}");
    text
}

/// What a form of a page has in a hidden field.
#[track_caller]
fn field(text: &str, name: &str) -> String {
    let (_, rest) =
        text.split_once(&format!(r#"name="{name}" value=""#)).unwrap_or_else(|| panic!("no {name}: {text}"));
    rest.split_once('"').unwrap().0.to_owned()
}

/// Signed in at a page.
fn signed_in<'a>(app: &'a TestApp, path: &str, person: &Person) -> Browser<'a> {
    let browser = app.browser();
    browser.sign_in(path, person).expect(303);
    browser
}

fn decide(browser: &Browser<'_>, path: &str, what: &str, more: &[(&str, &str)]) -> Reply {
    let key = field(&html(&browser.get(path)), "key");
    let mut form = vec![("key", key.as_str())];
    form.extend(more);
    browser.submit(path, what, &form)
}

both_engines! {
    fn a_member_signs_in_sees_what_it_is_and_pays(app: &TestApp) {
        let (shop, ada) = (app.member("Mill & Bakery"), app.member("ada"));
        let hostile = json!({
            "description": "<script>alert(1)</script>", "order_reference": "\"><img src=x>",
            "split": {"currency": "EUR", "amount": "225.00", "total": "300.00"},
        });
        let open = create_with(&shop, &asked_with(&shop, "1", &hostile), &fresh_key()).expect(201).body;
        let path = page_of(&open);
        let text = guarded(&app.browser().get(&path).expect(200));
        for part in ["75.00", "Mill &amp; Bakery", "&lt;script&gt;alert(1)", "&quot;&gt;&lt;img src=x&gt;", "225.00 EUR", "300.00 EUR", "class=\"qr\"", "shop.example/cancel?checkout="] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // Before anybody has signed in, the page tells of nobody but the shop.
        assert!(!text.contains(&ada.code) && !text.contains("metadata") && !text.contains("order_key"));
        let browser = signed_in(app, &path, &ada);
        let text = guarded(&browser.get(&path).expect(200));
        assert!(text.contains(&ada.code) && text.contains("value=\"approve\""), "{text}");
        let policy = browser.get(&path).header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("form-action 'self' https://shop.example"), "{policy}");
        let paid = decide(&browser, &path, "approve", &[("payer", &ada.code)]).expect(303);
        let expected = format!("https://shop.example/ok?checkout={}", open["id"].as_str().unwrap());
        assert_eq!(paid.header("location"), Some(expected.as_str()), "nothing but the id");
        assert_eq!(seen(&shop, &open)["state"], "completed");
        assert_eq!(ada.balance(), "-75.00");
        let text = guarded(&app.browser().get(&path).expect(200));
        assert!(text.contains("✓ Paid") && text.contains(&expected.replace('&', "&amp;")) && !text.contains("value=\"approve\""), "{text}");
    }

    fn a_form_from_elsewhere_or_sent_twice_does_nothing(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let open = create(&shop, "1", "10.00");
        let path = page_of(&open);
        let browser = signed_in(app, &path, &ada);
        let key = field(&html(&browser.get(&path)), "key");
        browser.post(&path, &[("form_token", "not-the-token"), ("do", "approve"), ("payer", &ada.code), ("key", &key)]).expect(403);
        assert_eq!(seen(&shop, &open)["state"], "open");
        // Pressed twice, the same form comes twice, though the page has none any more.
        let token = form_token(&browser.get(&path));
        let form = [("form_token", token.as_str()), ("do", "approve"), ("payer", ada.code.as_str()), ("key", key.as_str())];
        let twice: Vec<Reply> = (0..2).map(|_| browser.post(&path, &form)).collect();
        assert!(twice.iter().all(|reply| reply.status == 303), "{twice:?}");
        assert_eq!(ada.balance(), "-10.00");
    }

    fn what_cannot_be_paid_is_told_in_words(app: &TestApp) {
        app.found("LAKE", 2);
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let lena = app.newcomer("lena").of("LAKE").join();
        let dear = create(&shop, "1", "500.00");
        let path = page_of(&dear);
        let browser = signed_in(app, &path, &ada);
        let refused = decide(&browser, &path, "approve", &[("payer", &ada.code)]).expect(409);
        assert!(guarded(&refused).contains("You cannot spend that much"));
        assert!(guarded(&signed_in(app, &path, &lena).get(&path).expect(200)).contains("no account in this community"));
        let declined = decide(&browser, &path, "decline", &[]).expect(303);
        assert!(declined.header("location").unwrap().starts_with("https://shop.example/cancel?checkout="));
        assert!(guarded(&browser.get(&path).expect(200)).contains("Not paid"));
        let cancelled = create(&shop, "2", "5.00");
        step(&shop, &cancelled, "cancel", &json!({})).expect(200);
        assert!(guarded(&browser.get(&page_of(&cancelled)).expect(200)).contains("called this off"));
        let late = create(&shop, "3", "5.00");
        app.clock.advance(900);
        assert!(guarded(&browser.get(&page_of(&late)).expect(200)).contains("time to pay is over"));
        for unknown in ["/c/x", "/c/AAAAAAAAAAAAAAAAAAAAAA", "/c/019a0000-0000-7000-8000-000000000001", "/till/x", "/pay/x"] {
            assert!(guarded(&app.browser().get(unknown).expect(404)).contains("does not work"), "{unknown}");
        }
    }

    fn a_large_payment_asks_who_it_is_once_more(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        ada.put(&format!("/api/v1/accounts/{}/step-up", ada.code), &json!({"above": "5.00"})).expect(200);
        let open = create_with(&shop, &asked_with(&shop, "1", &json!({"amount": "6.00", "expires_at": app.now().plus_seconds(86_400).rfc3339()})), &fresh_key()).expect(201).body;
        let path = page_of(&open);
        let browser = signed_in(app, &path, &ada);
        app.clock.advance(3_600);
        let asked = decide(&browser, &path, "approve", &[("payer", &ada.code)]).expect(403);
        assert!(guarded(&asked).contains("fresh proof") && html(&asked).contains(&ada.email));
        browser.sign_in(&path, &ada).expect(303);
        decide(&browser, &path, "approve", &[("payer", &ada.code)]).expect(303);
        assert_eq!(seen(&shop.again(), &open)["state"], "completed");
        // A small one does, too, where the sign-in is no longer fresh.
        let small = create(&shop.again(), "2", "0.01");
        app.clock.advance(899);
        guarded(&browser.get(&page_of(&small)).expect(200));
        app.clock.advance(1);
        let small = create(&shop.again(), "3", "0.01");
        let asked = decide(&browser, &page_of(&small), "approve", &[("payer", &ada.code)]).expect(403);
        assert!(guarded(&asked).contains("fresh proof"));
        browser.sign_in(&page_of(&small), &ada).expect(303);
        decide(&browser, &page_of(&small), "approve", &[("payer", &ada.code)]).expect(303);
    }

    fn pages_speak_five_languages(app: &TestApp) {
        let shop = app.member("shop");
        let path = page_of(&create(&shop, "1", "10.00"));
        for (language, word) in [("en", "Sign in to pay"), ("es", "Inicie sesión"), ("fr", "Connectez-vous"), ("de", "Melden Sie sich an"), ("nl", "Log in om te betalen")] {
            let by_header = app.anonymous().get_with(&path, &[("Accept-Language", &format!("{language}-XX, xx;q=0.5"))]);
            assert!(guarded(&by_header.expect(200)).contains(word));
            let named = guarded(&app.browser().get(&format!("{path}?lang={language}")).expect(200));
            assert!(named.contains(word) && named.contains(&format!("<html lang=\"{language}\">")), "{named}");
        }
    }

    fn a_wallet_gets_the_object_at_the_same_address(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let open = create(&shop, "1", "10.00");
        let path = page_of(&open);
        let json = |path: &str| app.anonymous().get_with(path, &[("Accept", "application/json")]);
        let object = json(&path).expect(200).body;
        assert_eq!((&object["state"], &object["payee"], &object["amount"]), (&json!("open"), &json!("shop"), &json!("10.00")));
        for hidden in ["metadata", "captured", "url", "balance", "payer"] {
            assert!(object.get(hidden).is_none(), "{hidden}");
        }
        let waited = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| json(&format!("{path}?wait=25")).expect(200));
            approve(&ada, &open).expect(200);
            waiting.join().unwrap()
        });
        assert_eq!(waited.body["state"], "completed");
        assert!(!waited.body.to_string().contains(&ada.code), "nobody learns who paid");
        json("/c/AAAAAAAAAAAAAAAAAAAAAA").expect_problem(404, "not_found");
        json(&format!("{path}?wait=99")).expect_fault("wait");
    }

    fn a_till_shows_a_code_and_turns_green(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let browser = app.browser();
        assert!(guarded(&browser.get("/till").expect(200)).contains("value=\"sign_in\""));
        browser.sign_in("/till", &shop).expect(303);
        let bad = decide(&browser, "/till", "show", &[("account", &shop.code), ("amount", "0"), ("description", "")]).expect(400);
        assert!(guarded(&bad).contains("An amount is a number above zero"));
        let shown = decide(&browser, "/till", "show", &[("account", &shop.code), ("amount", "12,50"), ("description", "Bread")]).expect(303);
        let path = shown.header("location").unwrap().to_owned();
        let path = path.split('?').next().unwrap();
        let text = guarded(&browser.get(path).expect(200));
        assert!(text.contains("12.50") && text.contains("class=\"qr\"") && text.contains("Waiting for the payment"), "{text}");
        let open = shop.get("/api/v1/checkouts").expect(200).data()[0].clone();
        assert_eq!((&open["amount"], &open["description"]), (&json!("12.50"), &json!("Bread")));
        approve(&ada, &open).expect(200);
        let text = guarded(&browser.get(path).expect(200));
        assert!(text.contains("card paid till") && text.contains("✓ Paid") && text.contains("Next customer"), "{text}");
        let shown = decide(&browser, "/till", "show", &[("account", &shop.code), ("amount", "3"), ("description", "")]).expect(303);
        let path = shown.header("location").unwrap().split('?').next().unwrap().to_owned();
        decide(&browser, &path, "cancel", &[]).expect(303);
        assert!(guarded(&browser.get(&path).expect(200)).contains("called this off"));
    }

    fn staff_take_payments_and_pay_where_they_were_let(app: &TestApp) {
        let (shop, ada, ben) = (app.member("shop"), app.member("ada"), app.member("ben"));
        let give = |account: &Person, right: &str| {
            let path = format!("/api/v1/accounts/{}/tellers/{}", account.code, ben.user_id);
            account.put(&path, &json!({"rights": [right], "per_payment": null, "per_day": null})).expect(200);
        };
        give(&shop, "take");
        give(&ada, "pay");
        let browser = signed_in(app, "/till", &ben);
        let text = guarded(&browser.get("/till").expect(200));
        assert!(text.contains(&format!("value=\"{}\"", shop.code)) && !text.contains(&format!("value=\"{}\"", ada.code)), "{text}");
        let shown = decide(&browser, "/till", "show", &[("account", &shop.code), ("amount", "4.00"), ("description", "")]).expect(303);
        let open = shop.get("/api/v1/checkouts").expect(200).data()[0].clone();
        assert_eq!(open["amount"], "4.00");
        assert!(shown.header("location").unwrap().starts_with("/till/"));
        let path = page_of(&open);
        let text = guarded(&browser.get(&path).expect(200));
        assert!(text.contains(&format!("value=\"{}\"", ada.code)) && !text.contains(&format!("value=\"{}\"", shop.code)), "{text}");
        decide(&browser, &path, "approve", &[("payer", &ada.code)]).expect(303);
        assert_eq!((ada.balance(), ben.balance()), ("-4.00".into(), "0.00".into()));
        // A frozen account is not offered.
        app.set_status(&ben, "frozen").expect(200);
        app.set_status(&shop, "frozen").expect(200);
        let text = guarded(&browser.get("/till").expect(200));
        assert!(text.contains("no account here for which you may take payments"), "{text}");
    }

    fn pages_say_what_is_only_a_test_and_what_comes_on_top(app: &TestApp) {
        let (shop, ada, admin) = (app.member("shop"), app.member("ada"), app.admin());
        let none = json!({"fixed": "0.00", "basis_points": 0});
        let fees = json!({"payer": {"fixed": "0.25", "basis_points": 0}, "payee": none, "reason": "Decided"});
        admin.put("/api/v1/communities/RIVER/fees", &fees).expect(200);
        let open = create(&shop, "1", "10.00");
        let browser = signed_in(app, &page_of(&open), &ada);
        let text = guarded(&browser.get(&page_of(&open)).expect(200));
        assert!(text.contains("Fee for the community, on top") && text.contains("Pay now: 10.25"), "{text}");
        assert!(!text.contains("only a test"), "{text}");
        decide(&browser, &page_of(&open), "approve", &[("payer", &ada.code)]).expect(303);
        assert_eq!(ada.balance(), "-10.25");
        let twin = shop.post("/api/v1/communities/RIVER/sandbox", &json!({})).expect(200).body;
        let key = json!({"name": "Till", "account": twin["account"], "scopes": ["requests:write", "payments:read"]});
        let key = shop.post("/api/v1/api-keys", &key).expect(201).body;
        let tries = app.anonymous().with_token(key["key"].as_str().unwrap());
        let asked = json!({"amount": "1.00", "order_reference": "1"});
        let open = tries.post_with("/api/v1/checkouts", &[("Idempotency-Key", "test")], &asked).expect(201).body;
        for path in [page_of(&open), page_of(&open).replace("/c/", "/till/")] {
            let text = guarded(&app.browser().get(&path).expect(200));
            assert!(text.contains("only a test"), "{text}");
        }
    }
}
