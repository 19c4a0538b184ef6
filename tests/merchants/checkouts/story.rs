//! Each kind from its creation to its end, as shop and payer see it.

use serde_json::{Value, json};

use super::{
    approve, asked, asked_with, create, create_with, expire_what_is_overdue, path_of, payment_step, reason,
    seen, step,
};
use crate::support::{Person, TestApp, both_engines, fresh_key, keys};

const CHECKOUT: [&str; 19] = [
    "account",
    "amount",
    "cancel_url",
    "capture",
    "captured",
    "community",
    "created_at",
    "currency",
    "description",
    "expires_at",
    "id",
    "metadata",
    "order_reference",
    "payment_id",
    "refunded",
    "return_url",
    "split",
    "state",
    "url",
];
const PUBLIC_CHECKOUT: [&str; 14] = [
    "account",
    "amount",
    "cancel_url",
    "community",
    "currency",
    "description",
    "expires_at",
    "id",
    "order_reference",
    "payee",
    "payment_id",
    "return_url",
    "split",
    "state",
];

fn cast(app: &TestApp) -> (Person, Person) {
    (app.member("shop"), app.member("ada"))
}

fn sums(checkout: &Value) -> [&str; 3] {
    ["state", "captured", "refunded"].map(|name| checkout[name].as_str().unwrap())
}

both_engines! {
    fn the_story_of_a_purchase(app: &TestApp) {
        let (shop, ada) = cast(app);
        let reply = create_with(&shop, &asked(&shop, "shop-1042", "75.00"), "shop-1042-1").expect(201);
        let open = reply.body.clone();
        assert_eq!(reply.header("location"), Some(path_of(&open).as_str()));
        assert_eq!(keys(&open), CHECKOUT);
        assert_eq!((&open["state"], &open["amount"], &open["currency"]), (&json!("open"), &json!("75.00"), &json!("RIVER")));
        assert_eq!((&open["payment_id"], &open["captured"], &open["refunded"]), (&Value::Null, &json!("0.00"), &json!("0.00")));
        assert_eq!(open["metadata"], json!({"order_key": "k"}));
        assert!(open["url"].as_str().unwrap().starts_with("https://river.example/c/"));
        assert_eq!(seen(&shop, &open), open);
        // Money moves when the payer says so, and not before.
        assert_eq!((shop.balance(), ada.balance()), ("0.00".into(), "0.00".into()));

        let reply = approve(&ada, &open).expect(200);
        assert_eq!(keys(&reply.body), PUBLIC_CHECKOUT);
        assert_eq!((&reply.body["state"], &reply.body["payee"]), (&json!("completed"), &json!("shop")));
        let paid = seen(&shop, &open);
        assert_eq!(sums(&paid), ["completed", "75.00", "0.00"]);
        assert_eq!(paid["payment_id"], reply.body["payment_id"]);
        assert_eq!((shop.balance(), ada.balance()), ("75.00".into(), "-75.00".into()));
        let payment = ada.get(&format!("/api/v1/payments/{}", paid["payment_id"].as_str().unwrap())).expect(200).body;
        assert_eq!((&payment["description"], &payment["state"]), (&json!("Order 1042"), &json!("completed")));

        payment_step(&shop, &paid, "refunds", &json!({"amount": "20.00"})).expect(201);
        assert_eq!(sums(&seen(&shop, &open)), ["completed", "75.00", "20.00"]);
        payment_step(&shop, &paid, "refunds", &json!({"amount": "55.00"})).expect(201);
        assert_eq!(sums(&seen(&shop, &open)), ["completed", "75.00", "75.00"]);
        assert_eq!(reason(payment_step(&shop, &paid, "refunds", &json!({"amount": "0.01"}))), "refund_too_large");
        for (who, name, body) in [(&ada, "approve", json!({"payer": ada.code})), (&ada, "decline", json!({})), (&shop, "cancel", json!({}))] {
            assert_eq!(reason(step(who, &open, name, &body)), "checkout_not_open");
        }
    }

    fn the_story_of_one_that_is_captured_later(app: &TestApp) {
        let (shop, ada) = cast(app);
        let manual = |order: &str| {
            let body = asked_with(&shop, order, &json!({"capture": "manual", "amount": "60.00"}));
            create_with(&shop, &body, &fresh_key()).expect(201).body
        };
        let first = manual("1");
        let held = approve(&ada, &first).expect(200).body;
        assert_eq!(held["state"], "authorised");
        let held = seen(&shop, &first);
        assert_eq!(sums(&held), ["authorised", "0.00", "0.00"]);
        assert_eq!((ada.balance().as_str(), ada.account()["reserved"].as_str()), ("0.00", Some("60.00")));
        assert_eq!(reason(step(&shop, &first, "cancel", &json!({}))), "checkout_not_open");
        payment_step(&shop, &held, "capture", &json!({"amount": "45.00"})).expect(200);
        assert_eq!(sums(&seen(&shop, &first)), ["completed", "45.00", "0.00"]);
        assert_eq!((ada.balance().as_str(), ada.account()["reserved"].as_str()), ("-45.00", Some("0.00")));
        assert_eq!(reason(payment_step(&shop, &held, "capture", &json!({}))), "not_authorised");

        let second = manual("2");
        approve(&ada, &second).expect(409);
        app.set_limits(&ada, "200.00", None);
        approve(&ada, &second).expect(200);
        let held = seen(&shop, &second);
        payment_step(&shop, &held, "void", &json!({})).expect(200);
        assert_eq!(sums(&seen(&shop, &second)), ["cancelled", "0.00", "0.00"]);

        let third = manual("3");
        approve(&ada, &third).expect(200);
        app.clock.advance(8 * 86_400);
        let (shop, ada) = (shop.again(), ada.again());
        expire_what_is_overdue(app);
        assert_eq!(sums(&seen(&shop, &third)), ["expired", "0.00", "0.00"]);
        assert_eq!(ada.account()["reserved"], "0.00");
    }

    fn the_story_of_one_that_is_not_paid(app: &TestApp) {
        let (shop, ada) = cast(app);
        let first = create(&shop, "1", "10.00");
        assert_eq!(step(&ada, &first, "decline", &json!({})).expect(200).body["state"], "declined");
        let second = create(&shop, "1", "10.00");
        let reply = step(&shop, &second, "cancel", &json!({})).expect(200);
        assert_eq!((keys(&reply.body), &reply.body["state"]), (CHECKOUT.to_vec(), &json!("cancelled")));
        let third = create(&shop, "1", "10.00");
        app.clock.advance(15 * 60);
        let (shop, ada) = (shop.again(), ada.again());
        assert_eq!(reason(approve(&ada, &third)), "checkout_expired");
        // The clock has judged, though nothing has been written of it yet.
        expire_what_is_overdue(app);
        assert_eq!(seen(&shop, &third)["state"], "expired");
        for checkout in [&first, &second, &third] {
            assert_eq!(reason(approve(&ada, checkout)), "checkout_not_open");
        }
        assert_eq!((shop.balance(), ada.balance()), ("0.00".into(), "0.00".into()));
    }

    fn a_wallet_pays_by_the_token_of_the_page(app: &TestApp) {
        let (shop, ada) = cast(app);
        let open = create(&shop, "1", "10.00");
        let token = open["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let path = format!("/api/v1/checkouts/{token}/approve");
        let send = || ada.post_with(&path, &[("Idempotency-Key", "w")], &json!({"payer": ada.code}));
        let first = send().expect(200);
        let again = send().expect(200);
        assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
        assert_eq!(ada.balance(), "-10.00");
        let poor = create(&shop, "2", "500.00");
        approve(&ada, &poor).expect_problem(409, "insufficient_credit");
        assert_eq!(seen(&shop, &poor)["state"], "open");
    }

    fn a_price_in_two_moneys(app: &TestApp) {
        let (shop, ada) = cast(app);
        let split = |order: &str, amount: Option<&str>, split: Value| {
            let mut body = asked_with(&shop, order, &json!({"split": split}));
            match amount {
                Some(amount) => body["amount"] = json!(amount),
                None => drop(body.as_object_mut().unwrap().remove("amount")),
            }
            create_with(&shop, &body, &fresh_key())
        };
        let both = json!({"currency": "EUR", "amount": "225.00", "total": "300.00"});
        for (order, amount, asked) in [
            ("a", Some("75.00"), json!({"currency": "EUR", "amount": "225.00", "total": "300.00"})),
            ("b", Some("75.00"), json!({"currency": "EUR", "total": "300.00"})),
            ("c", None, json!({"currency": "EUR", "total": "300.00", "local_percent": "25"})),
        ] {
            let made = split(order, amount, asked).expect(201).body;
            assert_eq!((&made["amount"], &made["split"]), (&json!("75.00"), &both));
        }
        for (amount, asked, pointer) in [
            (Some("75.00"), json!({"currency": "EUR", "amount": "225.00", "total": "300.01"}), "/split/total"),
            (None, json!({"currency": "EUR", "total": "300.00"}), "/split"),
            (None, json!({"currency": "EUR", "total": "300.00", "local_percent": "101"}), "/split/local_percent"),
            (Some("75.00"), json!({"currency": "eur", "total": "300.00"}), "/split/currency"),
            (Some("75.00"), json!({"currency": "XTS", "total": "300.00"}), "/split/currency"),
            (None, json!({"currency": "JPY", "total": "1000000000000", "local_percent": "100"}), "/split/total"),
            (Some("300.00"), json!({"currency": "EUR", "total": "300.00"}), "/split"),
            (Some("75.00"), json!({"currency": "JPY", "amount": "225.50"}), "/split/amount"),
        ] {
            split("d", amount, asked).expect_fault(pointer);
        }
        let open = split("e", Some("75.00"), json!({"currency": "EUR", "amount": "225.00"})).expect(201).body;
        approve(&ada, &open).expect(200);
        // The ledger moves what is the community's own money, and no more.
        assert_eq!((ada.balance(), shop.balance()), ("-75.00".into(), "75.00".into()));
    }
}
