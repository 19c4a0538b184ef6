//! One live checkout for each order, and lists.

use serde_json::{Value, json};

use super::{approve, asked, asked_with, create, create_with, path_of, reason, step};
use crate::support::{both_engines, fresh_key};

both_engines! {
    fn the_same_request_finds_the_same_checkout(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let body = asked(&shop, "1", "75.00");
        let first = create_with(&shop, &body, "a").expect(201);
        let replayed = create_with(&shop, &body, "a").expect(201);
        assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &first.body));
        let found = create_with(&shop, &body, "b").expect(200);
        assert_eq!((found.header("idempotency-replayed"), &found.body), (None, &first.body));
        // Under its key it is the answer for ever, whatever comes of the checkout.
        approve(&ada, &first.body).expect(200);
        let replayed = create_with(&shop, &body, "b").expect(200);
        assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &first.body));
        let paid = create_with(&shop, &body, "c").expect(200).body;
        assert_eq!((&paid["id"], &paid["state"], &paid["captured"]), (&first.body["id"], &json!("completed"), &json!("75.00")));
        create_with(&shop, &asked(&shop, "2", "75.00"), "a").expect_problem(422, "idempotency_key_reused");
        // Metadata has no order.
        let two = |text: &str| create_with(&shop, &serde_json::from_str(text).unwrap(), &fresh_key());
        let one = format!(r#"{{"account":"{}","amount":"1.00","order_reference":"m","metadata":{{"a":"1","b":"2"}}}}"#, shop.code);
        let other = format!(r#"{{"metadata":{{"b":"2","a":"1"}},"order_reference":"m","amount":"1.00","account":"{}"}}"#, shop.account_id);
        let made = two(&one).expect(201).body;
        assert_eq!(two(&other).expect(200).body["id"], made["id"]);
    }

    fn other_terms_for_the_same_order_are_refused_with_its_id(app: &TestApp) {
        let (shop, other_shop) = (app.member("shop"), app.member("other"));
        let first = create(&shop, "1", "75.00");
        for change in [
            json!({"amount": "75.01"}),
            json!({"description": "Order 1043"}),
            json!({"capture": "manual"}),
            json!({"return_url": "https://shop.example/other"}),
            json!({"metadata": {}}),
            json!({"split": {"currency": "EUR", "amount": "1.00"}}),
        ] {
            let reply = create_with(&shop, &asked_with(&shop, "1", &change), &fresh_key());
            assert_eq!(reply.body["checkout_id"], first["id"], "{change}");
            assert_eq!(reason(reply), "order_reference_taken");
        }
        create(&other_shop, "1", "75.01");
        step(&shop, &first, "cancel", &json!({})).expect(200);
        let second = create(&shop, "1", "75.01");
        assert_ne!(second["id"], first["id"]);
        // An expired one can be tried again, also before anybody wrote down that it is.
        app.clock.advance(16 * 60);
        let third = create(&shop.again(), "1", "75.02");
        let shop = shop.again();
        assert_eq!(shop.get(&path_of(&second)).expect(200).body["state"], "expired");
        let found = shop.get("/api/v1/checkouts?order_reference=1").expect(200);
        let ids: Vec<&Value> = found.data().iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, [&third["id"], &second["id"], &first["id"]]);
    }

    fn lists_page_without_gaps(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let made: Vec<Value> = (0..7).map(|order| create(&shop, &order.to_string(), "1.00")).collect();
        approve(&ada, &made[3]).expect(200);
        let mut ids = Vec::new();
        let mut path = "/api/v1/checkouts?limit=3".to_owned();
        loop {
            let page = shop.get(&path).expect(200);
            ids.extend(page.data().iter().map(|one| one["id"].clone()));
            // What is made meanwhile is not in it.
            create(&shop, &format!("new {}", ids.len()), "1.00");
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            assert!(page.header("link").unwrap().contains("rel=\"next\""));
            path = format!("/api/v1/checkouts?limit=3&cursor={cursor}");
        }
        let expected: Vec<Value> = made.iter().rev().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, expected);
        let paid = shop.get("/api/v1/checkouts?state=completed").expect(200);
        assert_eq!((paid.data().len(), &paid.data()[0]["id"]), (1, &made[3]["id"]));
        let named = format!("/api/v1/checkouts?account={}&order_reference=3", shop.code);
        assert_eq!(shop.get(&named).expect(200).data().len(), 1);
        ada.get(&named).expect_problem(404, "not_found");
        assert!(ada.get("/api/v1/checkouts").expect(200).data().is_empty());
        shop.get("/api/v1/checkouts?state=paid").expect_fault("state");
        shop.get("/api/v1/checkouts?account=x").expect_fault("account");
    }

    fn who_has_one_account_need_not_name_it(app: &TestApp) {
        let shop = app.member("shop");
        let mut body = asked(&shop, "1", "1.00");
        body.as_object_mut().unwrap().remove("account");
        assert_eq!(create_with(&shop, &body, "a").expect(201).body["account"], json!(shop.code));
        let minimal = json!({"amount": "1.00", "order_reference": "2"});
        let made = create_with(&shop, &minimal, "b").expect(201).body;
        assert_eq!((&made["return_url"], &made["description"]), (&Value::Null, &json!("")));
    }
}
