//! One live checkout for each order, and lists.

use counterfoil::domain::amount::Amount;
use counterfoil::domain::checkout::{CaptureMode, CheckoutTerms, Metadata, OrderKey};
use counterfoil::domain::command::{Action, Command, CreateCheckout};
use counterfoil::domain::fold::Outcome;
use serde_json::{Value, json};

use super::{approve, asked, asked_with, create, create_with, path_of, reason, step};
use crate::support::{Person, both_engines, fresh_key};

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

    fn a_search_among_many_ended_ones_goes_on_where_a_request_stops(app: &TestApp) {
        app.found("LAKE", 2);
        let (shop, lake) = (app.newcomer("shop").join(), app.newcomer("shop").of("LAKE").join());
        let cancelled = |person: &Person, order: &str| {
            let made = create(person, order, "1.00");
            step(person, &made, "cancel", &json!({})).expect(200);
            app.clock.advance(1);
            made["id"].clone()
        };
        let mut expected = vec![cancelled(&shop, "old"), cancelled(&lake, "older than most")];
        let terms = CheckoutTerms {
            amount: Amount::from_minor(1), capture: CaptureMode::Automatic, order_reference: String::new(), description: String::new(),
            return_url: None, cancel_url: None, metadata: Metadata::new(), national: None,
        };
        let (river, account_id) = (app.community("RIVER"), shop.account_id.parse().unwrap());
        let many = (0..4_100).map(|order| {
            let order = format!("many {order}");
            let new = CreateCheckout {
                account_id, order_key: OrderKey::new(account_id, &order), digest: terms.digest(None), follower: None,
                terms: CheckoutTerms { order_reference: order, ..terms.clone() }, expires_at: app.now().plus_seconds(60),
            };
            Command::by_service(river.id, Action::CreateCheckout(Box::new(new)))
        });
        for made in many.collect::<Vec<_>>().chunks(200) {
            let made = app.block_on(app.services().ledger().submit_all(made.to_vec()));
            assert!(made.iter().all(|one| matches!(one, Ok(Outcome::MadeCheckout(_)))));
        }
        app.clock.advance(60);
        super::expire_what_is_overdue(app);
        expected.extend([cancelled(&lake, "new"), cancelled(&shop, "newest")]);
        expected.reverse();
        for (person, query, expected) in [
            (&shop, "state=cancelled&limit=2".to_owned(), expected.clone()),
            (&lake, format!("state=cancelled&account={}", shop.code), vec![expected[0].clone(), expected[3].clone()]),
            (&shop, format!("state=declined&account={}", shop.code), Vec::new()),
            (&shop, format!("state=cancelled&account={}", lake.code), vec![expected[1].clone(), expected[2].clone()]),
        ] {
            let (mut found, mut pages, mut cursor) = (Vec::new(), 0, String::new());
            loop {
                let page = person.get(&format!("/api/v1/checkouts?{query}{cursor}")).expect(200);
                found.extend(page.data().iter().map(|one| one["id"].clone()));
                pages += 1;
                let Some(next) = page.body["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(found, expected, "{query}");
            let is_long = !query.contains(&lake.code);
            assert_eq!(pages > 1, is_long, "{query}: no request looks at all of them ({pages})");
        }
        // What an index leads to is found at once.
        let all = shop.get(&format!("/api/v1/checkouts?state=cancelled&order_reference=old&account={}", shop.code)).expect(200);
        assert_eq!((all.data().len(), &all.body["next_cursor"]), (1, &Value::Null));
        assert_eq!(shop.get("/api/v1/checkouts?state=open").expect(200).body["next_cursor"], Value::Null);
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
