//! Buttons and donation links.

use serde_json::{Value, json};

use crate::support::{Person, both_engines, html};

fn make(shop: &Person, members: &Value) -> crate::support::Reply {
    let mut body = json!({"account": shop.code, "title": "Coffee"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    shop.post("/api/v1/payment-links", &body)
}

fn page_of(link: &Value) -> String {
    link["url"].as_str().unwrap().strip_prefix("https://river.example").unwrap().to_owned()
}

both_engines! {
    fn a_donation_goes_from_a_link_to_a_checkout(app: &TestApp) {
        let (shop, ada) = (app.member("Repair & Roof"), app.member("ada"));
        let open = make(&shop, &json!({"description": "For the roof"})).expect(201).body;
        let fixed = make(&shop, &json!({"amount": "2.50", "return_url": "https://repair.example/thanks"})).expect(201).body;
        assert_eq!((&open["amount"], &fixed["amount"]), (&Value::Null, &json!("2.50")));
        let browser = app.browser();
        let path = page_of(&open);
        let text = html(&browser.get(&path).expect(200));
        assert!(text.contains("Coffee") && text.contains("Repair &amp; Roof") && text.contains("For the roof"), "{text}");
        browser.sign_in(&path, &ada).expect(303);
        browser.submit(&path, "go_on", &[("amount", "-1")]).expect(400);
        let on = browser.submit(&path, "go_on", &[("amount", "7,25")]).expect(303);
        assert!(on.header("location").unwrap().starts_with("/c/"));
        let on = browser.submit(&page_of(&fixed), "go_on", &[("amount", "0.01")]).expect(303);
        assert!(html(&browser.get(on.header("location").unwrap()).expect(200)).contains("2.50"), "a fixed amount is the shop's to say");
        let made = shop.get("/api/v1/checkouts").expect(200);
        let amounts: Vec<&Value> = made.data().iter().map(|one| &one["amount"]).collect();
        assert_eq!(amounts, ["2.50", "7.25"]);
        assert_eq!(made.data()[0]["metadata"]["payment_link"], fixed["id"]);
        assert_eq!(made.data()[0]["return_url"], "https://repair.example/thanks");
        // Each follower has a few open ones at a time: the shop's list is not theirs to fill.
        for _ in 2..10 {
            browser.submit(&path, "go_on", &[("amount", "1")]).expect(303);
        }
        browser.submit(&path, "go_on", &[("amount", "1")]).expect(409);
        let ben = app.member("ben");
        let other = app.browser();
        other.sign_in(&path, &ben).expect(303);
        other.submit(&path, "go_on", &[("amount", "1")]).expect(303);
        app.clock.advance(900);
        super::expire_what_is_overdue(app);
        browser.submit(&path, "go_on", &[("amount", "1")]).expect(303);
    }

    fn links_are_the_shops_and_bounded(app: &TestApp) {
        app.found("LAKE", 2);
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let lena = app.newcomer("lena").of("LAKE").join();
        let link = make(&shop, &json!({"amount": "2.50"})).expect(201).body;
        let id = link["id"].as_str().unwrap();
        assert_eq!(shop.get("/api/v1/payment-links").expect(200).data(), std::slice::from_ref(&link));
        assert!(ada.get("/api/v1/payment-links").expect(200).data().is_empty());
        ada.get(&format!("/api/v1/payment-links?account={}", shop.code)).expect_problem(404, "not_found");
        for other in [&ada, &lena] {
            other.delete(&format!("/api/v1/payment-links/{id}")).expect_problem(404, "not_found");
        }
        ada.post("/api/v1/payment-links", &json!({"account": shop.code, "title": "x"})).expect_problem(403, "forbidden");
        for (pointer, bad) in [
            ("/title", json!({"title": " "})),
            ("/amount", json!({"amount": "0"})),
            ("/amount", json!({"amount": "1.001"})),
            ("/return_url", json!({"return_url": "http://evil.example"})),
        ] {
            make(&shop, &bad).expect_fault(pointer);
        }
        // Only members fill a shop's list.
        let browser = app.browser();
        let path = page_of(&link);
        browser.sign_in(&path, &lena).expect(303);
        browser.submit(&path, "go_on", &[]).expect(404);
        assert_eq!(app.database.db_count("checkouts"), 0);
        shop.delete(&format!("/api/v1/payment-links/{id}")).expect(204);
        shop.delete(&format!("/api/v1/payment-links/{id}")).expect(204);
        let gone = browser.get(&path).expect(410);
        assert!(html(&gone).contains("taken out of use"));
        browser.post(&path, &[("form_token", "x"), ("do", "go_on")]).expect(410);
        for _ in 0..100 {
            make(&shop, &json!({})).expect(201);
        }
        assert_eq!(super::reason(make(&shop, &json!({}))), "too_many");
    }
}
