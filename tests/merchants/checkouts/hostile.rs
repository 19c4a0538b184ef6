//! What must be refused, and who must not be told.

use serde_json::{Value, json};

use super::{approve, asked_with, create, create_with, path_of, step};
use crate::support::{both_engines, fresh_key};

both_engines! {
    fn admins_see_what_is_asked_for_and_not_what_is_the_shops_own(app: &TestApp) {
        let (shop, admin, ada) = (app.member("shop"), app.admin(), app.member("ada"));
        let made = create(&shop, "1", "75.00");
        let list = format!("/api/v1/checkouts?account={}", shop.code);
        for seen in [admin.get(&path_of(&made)).expect(200).body, admin.get(&list).expect(200).data()[0].clone()] {
            assert_eq!((&seen["amount"], &seen["order_reference"], &seen["state"]), (&json!("75.00"), &json!("1"), &json!("open")));
            assert_eq!((seen.get("url"), &seen["metadata"]), (None, &json!({})));
            assert_eq!((&seen["return_url"], &seen["cancel_url"]), (&Value::Null, &Value::Null));
        }
        let links = format!("/api/v1/payment-links?account={}", shop.code);
        shop.post("/api/v1/payment-links", &json!({"account": shop.code, "title": "Coffee"})).expect(201);
        admin.get(&links).expect_problem(404, "not_found");
        // Whom the owner lets take payments at the till sees all of it.
        let teller = format!("/api/v1/accounts/{}/tellers/{}", shop.code, ada.user_id);
        shop.put(&teller, &json!({"rights": ["take"], "per_payment": null, "per_day": null})).expect(200);
        for looking in [&shop, &ada] {
            let seen = looking.get(&path_of(&made)).expect(200).body;
            assert_eq!((&seen["metadata"], &seen["url"]), (&made["metadata"], &made["url"]));
            assert_eq!(looking.get(&list).expect(200).data()[0]["metadata"], made["metadata"]);
            assert_eq!(looking.get(&links).expect(200).data().len(), 1);
        }
        // An admin's own shop is theirs.
        let own = create(&admin, "1", "5.00");
        assert_eq!(admin.get(&path_of(&own)).expect(200).body["metadata"], own["metadata"]);
        assert_eq!(admin.get("/api/v1/checkouts").expect(200).data()[0]["url"], own["url"]);
    }

    fn nonsense_is_refused_field_by_field(app: &TestApp) {
        let shop = app.member("shop");
        let long = |chars: usize| "x".repeat(chars);
        let many: Value = (0..21).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
        let heavy: Value = (0..9).map(|n| (format!("k{n}"), json!(long(500)))).collect::<serde_json::Map<_, _>>().into();
        for (pointer, change) in [
            ("/amount", json!({"amount": "0.00"})),
            ("/amount", json!({"amount": "1.001"})),
            ("/amount", json!({"amount": 5})),
            ("/amount", json!({"amount": null})),
            ("/account", json!({"account": "x"})),
            ("/order_reference", json!({"order_reference": " "})),
            ("/order_reference", json!({"order_reference": "a\nb"})),
            ("/order_reference", json!({"order_reference": "a\u{200b}"})),
            ("/order_reference", json!({"order_reference": long(101)})),
            ("/description", json!({"description": long(501)})),
            ("/description", json!({"description": "a\u{7}"})),
            ("/return_url", json!({"return_url": "javascript:alert(1)"})),
            ("/return_url", json!({"return_url": "http://shop.example/ok"})),
            ("/return_url", json!({"return_url": "//evil.example"})),
            ("/return_url", json!({"return_url": "https://a@evil.example/"})),
            ("/return_url", json!({"return_url": "https://shop.example/\r\nX: y"})),
            ("/cancel_url", json!({"cancel_url": "data:text/html,x"})),
            ("/metadata", json!({"metadata": many})),
            ("/metadata", json!({"metadata": heavy})),
            ("/metadata", json!({"metadata": {"": "v"}})),
            ("/metadata", json!({"metadata": {"k": long(501)}})),
            ("/metadata/k", json!({"metadata": {"k": 1}})),
            ("/metadata", json!({"metadata": []})),
            ("/expires_at", json!({"expires_at": "tomorrow"})),
            ("/capture", json!({"capture": "never"})),
            ("/split", json!({"split": []})),
        ] {
            let reply = create_with(&shop, &asked_with(&shop, "1", &change), &fresh_key());
            assert!(reply.status == 400, "{change}: {}", reply.status);
            let pointers = reply.pointers();
            assert!(pointers.iter().any(|one| one.starts_with(pointer)), "{change}: {pointers:?}");
        }
        for seconds in [0, -1, 31 * 86_400] {
            let expires_at = app.now().plus_seconds(seconds).rfc3339();
            let reply = create_with(&shop, &asked_with(&shop, "1", &json!({"expires_at": expires_at})), &fresh_key());
            assert_eq!(super::reason(reply), "bad_expiry");
        }
        shop.post("/api/v1/checkouts", &asked_with(&shop, "1", &json!({}))).expect_problem(400, "idempotency_key_missing");
        assert_eq!(app.database.db_count("checkouts"), 0);
        // What is odd and harmless stands as it was said.
        let odd = json!({"description": "<script>alert(1)</script>", "metadata": {"a\\b": "c\nd", "ключ": ""}});
        let made = create_with(&shop, &asked_with(&shop, "1", &odd), &fresh_key()).expect(201).body;
        app.restart();
        let shop = shop.again();
        let read = shop.get(&path_of(&made)).expect(200).body;
        assert_eq!((&read["description"], &read["metadata"]), (&odd["description"], &odd["metadata"]));
    }

    fn others_checkouts_are_not_there(app: &TestApp) {
        app.found("LAKE", 2);
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let stranger = app.newcomer("lena").of("LAKE").join();
        let open = create(&shop, "1", "10.00");
        ada.get(&path_of(&open)).expect_problem(404, "not_found");
        stranger.get(&path_of(&open)).expect_problem(404, "not_found");
        for (name, body) in [("approve", json!({"payer": stranger.code})), ("decline", json!({})), ("cancel", json!({}))] {
            step(&stranger, &open, name, &body).expect_problem(404, "not_found");
        }
        // With the link a stranger is shown what it is, and can still do nothing.
        let token = open["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let path = format!("/api/v1/checkouts/{token}/approve");
        stranger.post_with(&path, &[("Idempotency-Key", "s")], &json!({"payer": stranger.code})).expect_problem(404, "not_found");
        step(&ada, &open, "approve", &json!({"payer": shop.code})).expect_problem(403, "forbidden");
        step(&ada, &open, "cancel", &json!({})).expect_problem(403, "forbidden");
        approve(&shop, &open).expect_problem(409, "same_account");
        create_with(&ada, &super::asked(&shop, "2", "1.00"), &fresh_key()).expect_problem(403, "forbidden");
        create_with(&stranger, &super::asked(&shop, "2", "1.00"), &fresh_key()).expect_problem(404, "not_found");
        let wrong = ["x", "AAAAAAAAAAAAAAAAAAAAAA", "019a0000-0000-7000-8000-000000000001"];
        for id in wrong {
            ada.post_with(&format!("/api/v1/checkouts/{id}/approve"), &[("Idempotency-Key", &fresh_key())], &json!({"payer": ada.code}))
                .expect_problem(404, "not_found");
        }
        assert_eq!(shop.get(&path_of(&open)).expect(200).body["state"], "open");
    }

    fn a_token_does_what_its_scopes_say(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let open = create(&shop, "1", "10.00");
        let key = || fresh_key();
        // What a shop's key has: it receives, and never spends.
        let receiving = app.db_with_scopes(&shop, "requests:write payments:read");
        let made = receiving.post_with("/api/v1/checkouts", &[("Idempotency-Key", &key())], &super::asked(&shop, "2", "1.00")).expect(201);
        receiving.get(&path_of(&made.body)).expect(200);
        let other = create(&ada, "3", "1.00");
        receiving.post_with(&format!("{}/approve", path_of(&other)), &[("Idempotency-Key", &key())], &json!({"payer": shop.code}))
            .expect_problem(403, "forbidden");
        let reading = app.db_with_scopes(&shop, "payments:read");
        reading.get(&path_of(&open)).expect(200);
        reading.post_with("/api/v1/checkouts", &[("Idempotency-Key", &key())], &super::asked(&shop, "4", "1.00")).expect_problem(403, "forbidden");
        reading.post_with(&format!("{}/cancel", path_of(&open)), &[("Idempotency-Key", &key())], &json!({})).expect_problem(403, "forbidden");
        app.db_with_scopes(&shop, "requests:write").get(&path_of(&open)).expect_problem(403, "forbidden");
    }

    fn a_large_payment_needs_a_fresh_proof(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        ada.put(&format!("/api/v1/accounts/{}/step-up", ada.code), &json!({"above": "5.00"})).expect(200);
        let (small, large) = (create(&shop, "1", "5.00"), create(&shop, "2", "5.01"));
        let old = app.db_with_old_proof(&ada);
        let send = |checkout: &Value| {
            old.post_with(&format!("{}/approve", path_of(checkout)), &[("Idempotency-Key", &fresh_key())], &json!({"payer": ada.code}))
        };
        send(&small).expect(200);
        send(&large).expect_problem(403, "step_up_required");
        assert_eq!(shop.get(&path_of(&large)).expect(200).body["state"], "open");
        approve(&ada.again(), &large).expect(200);
    }
}
