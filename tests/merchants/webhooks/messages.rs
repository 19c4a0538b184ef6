//! What is told, to whom, and in which order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use counterfoil::storage::Engine;
use serde_json::json;

use super::Endpoint;
use crate::support::{Receiver, TestApp, TestDatabase, both_engines, keys};

both_engines! {
    fn a_payment_arrives_signed_and_says_what_streams_say(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        let mut stream = app.listen(&ada, None).opened();
        let payment = app.pay(&ben, &ada, "12.50");
        let told = stream.next().unwrap();
        let received = receiver.next();
        assert_eq!(received.path, "/hook");
        for (name, value) in [("content-type", "application/json"), ("user-agent", "Counterfoil")] {
            assert_eq!(received.header(name), value);
        }
        assert_eq!(received.header("host"), format!("127.0.0.1:{}", receiver.port));
        assert_eq!(keys(&received.body), ["data", "event_seq", "timestamp", "type"]);
        for name in ["type", "timestamp", "data"] {
            assert_eq!(received.body[name], told.data[name], "{name}");
        }
        assert_eq!(received.body["data"], payment);
        assert_eq!(stream.last_id, Some(received.event_seq().to_string()));
        assert!(received.id().starts_with("msg_") && !received.id().contains('.'));
        let sent_at: i64 = received.header("webhook-timestamp").parse().unwrap();
        assert!((app.now().unix_seconds() - sent_at).abs() <= 30, "the attempt's time, by the service's clock");
        endpoint.expect_signed(&received);

        let log = endpoint.settled(&ada, "delivered", 1);
        assert_eq!(log["message_id"], received.id());
        assert_eq!(log["type"], "payment.completed");
        assert_eq!((&log["subject_id"], &log["event_seq"]), (&payment["id"], &received.body["event_seq"]));
        assert_eq!((&log["next_attempt_at"], &log["last_attempt"]["status"]), (&json!(null), &json!(204)));
        let request = log["last_attempt"]["request"].as_str().unwrap();
        assert!(request.ends_with(str::from_utf8(&received.bytes).unwrap()), "{request}");
        assert!(request.contains("webhook-signature: v1,…\n"), "no signature in the log: {request}");
        assert!(!request.contains(received.header("webhook-signature")));
        let one = ada.get(&format!("/api/v1/webhook-deliveries/{}", log["id"].as_str().unwrap()));
        assert_eq!(one.expect(200).body, log);
    }

    fn each_is_told_of_their_own_account_and_of_what_they_want(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let [to_ada, to_ben, to_carla, to_limits] = [0; 4].map(|_| Receiver::new());
        let _sending = app.send_webhooks();
        Endpoint::at(&ada, &to_ada, &json!(["payment.*"]));
        Endpoint::at(&ben, &to_ben, &json!(["payment.completed"]));
        Endpoint::at(&carla, &to_carla, &json!(["*"]));
        Endpoint::at(&ada, &to_limits, &json!(["account.limits_changed"]));
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": ""});
        let asked = ben.post_with("/api/v1/payment-requests", &[("Idempotency-Key", "asked")], &body).expect(201).body;
        assert_eq!(to_ada.next().body["type"], "payment.requested");
        let path = format!("/api/v1/payments/{}/accept", asked["id"].as_str().unwrap());
        ada.post_with(&path, &[("Idempotency-Key", "accepted")], &json!({})).expect(200);
        let (first, second) = (to_ada.next(), to_ben.next());
        assert_eq!((&first.body["type"], &second.body["type"]), (&json!("payment.completed"), &json!("payment.completed")));
        assert_eq!((first.event_seq(), &first.body["data"]["id"]), (second.event_seq(), &asked["id"]));
        assert_ne!(first.id(), second.id(), "each endpoint has messages of its own");
        app.set_limits(&ada, "7.00", None).expect(200);
        let limits = to_limits.next();
        assert_eq!((&limits.body["type"], &limits.body["data"]), (&json!("account.limits_changed"), &ada.account()));
        // What comes last is heard last: nobody heard anything else.
        app.pay(&carla, &ada, "1.00");
        assert_eq!(to_carla.next().body["type"], "payment.completed");
        to_ada.next();
        for receiver in [&to_ada, &to_ben, &to_carla, &to_limits] {
            assert!(receiver.waiting().is_none());
        }
    }

    fn what_is_given_back_and_who_may_act_are_told_by_their_names(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let [to_shop, to_payer, to_till] = [0; 3].map(|_| Receiver::new());
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &to_shop, &json!(["payment.refunded", "member.*"]));
        Endpoint::at(&ben, &to_payer, &json!(["payment.refunded"]));
        Endpoint::at(&ada, &to_till, &json!(["payment.completed"]));
        let paid = app.pay(&ben, &ada, "5.00");
        let payment = format!("/api/v1/payments/{}", paid["id"].as_str().unwrap());
        let mut stream = app.listen(&ada, None).opened();
        let give = |amount: &str| {
            let (path, key) = (format!("{payment}/refunds"), crate::support::fresh_key());
            ada.post_with(&path, &[("Idempotency-Key", &key)], &json!({"amount": amount})).expect(201).body
        };
        let mut last_seq = to_till.next().event_seq();
        for (amount, together) in [("2.00", "2.00"), ("1.50", "3.50")] {
            let refund = give(amount);
            let heard = [&to_shop, &to_payer].map(Receiver::next);
            for one in &heard {
                // The payment that the shop knows, with how much of it is left, and what gave it back.
                assert_eq!((&one.body["type"], &one.body["data"]["id"]), (&json!("payment.refunded"), &paid["id"]));
                assert_eq!((&one.body["data"]["refunded"], &one.body["data"]["refund"]), (&json!(together), &refund));
                assert!(one.event_seq() > last_seq, "it can be put in order");
            }
            last_seq = heard[0].event_seq();
            assert_eq!(stream.expect("payment.refunded"), heard[0].body["data"]);
        }
        let undo = json!({"reason": "Sold twice"});
        let path = format!("{payment}/reversal");
        app.admin().post_with(&path, &[("Idempotency-Key", "undo")], &undo).expect(201);
        let undone = to_shop.next();
        assert_eq!((&undone.body["type"], &undone.body["data"]["refunded"]), (&json!("payment.refunded"), &json!("5.00")));
        to_payer.next();
        let log = ada.get(&format!("{}/deliveries?type=payment.refunded", endpoint.path())).expect(200);
        assert_eq!(log.data().len(), 3);

        let me = ada.get("/api/v1/me").expect(200).body;
        let member = me["memberships"][0]["member"]["id"].as_str().unwrap();
        for status in ["frozen", "active"] {
            let body = json!({"status": status, "reason": "Decided"});
            app.admin().put(&format!("/api/v1/communities/RIVER/members/{member}/status"), &body).expect(200);
            let told = to_shop.next();
            assert_eq!((&told.body["type"], &told.body["data"]["status"]), (&json!("member.status_changed"), &json!(status)));
            assert_eq!(told.body["data"]["id"], member);
        }
        for receiver in [&to_shop, &to_payer, &to_till] {
            assert!(receiver.waiting().is_none(), "nothing is told under two names, or to others");
        }
    }

    fn what_is_told_can_be_put_in_order_and_nothing_is_missing(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
        let paid: Vec<_> = (0..60).map(|_| app.pay(&ada, &ben, "0.10")["id"].clone()).collect();
        let mut received: Vec<_> = paid.iter().map(|_| receiver.next()).collect();
        received.sort_by_key(crate::support::Received::event_seq);
        let told: Vec<_> = received.iter().map(|one| one.body["data"]["id"].clone()).collect();
        assert_eq!(told, paid);
        let ids: BTreeSet<_> = received.iter().map(|one| one.id().to_owned()).collect();
        assert_eq!(ids.len(), paid.len());
        assert!(receiver.waiting().is_none());
        assert!(receiver.connections() <= 16, "connections are used again: {}", receiver.connections());
    }

    fn what_happens_while_nothing_is_sent_is_told_later(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
        // More than waits for one endpoint at a time.
        let lines: String = (1..=300).map(|number| format!("{},{},0.01,{number}\n", ada.code, ben.code)).collect();
        let csv = format!("payer,payee,amount,description\n{lines}").into_bytes();
        let bulk = ada.send("POST", "/api/v1/payments/bulk", &[("Content-Type", "text/csv"), ("Idempotency-Key", "300")], Some(csv)).expect(201);
        let paid: Vec<_> = bulk.body["payments"].as_array().unwrap().iter().map(|one| one["payment_id"].clone()).collect();
        // Told again from now on, it is still told of what it was not told yet.
        let since = json!({"since": app.now().rfc3339()});
        ada.post(&format!("{}/replay", endpoint.path()), &since).expect(202);
        app.restart();
        let _sending = app.send_webhooks();
        let mut told: Vec<_> = paid.iter().map(|_| receiver.next()).collect();
        told.sort_by_key(crate::support::Received::event_seq);
        assert_eq!(told.iter().map(|one| one.body["data"]["id"].clone()).collect::<Vec<_>>(), paid);
    }

    fn a_message_leaves_within_moments(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        Endpoint::at(&ada, &receiver, &json!(["*"]));
        let mut took: Vec<_> = (0..21).map(|_| {
            app.pay(&ada, &ben, "0.10");
            let committed = Instant::now();
            receiver.next();
            committed.elapsed()
        }).collect();
        took.sort_unstable();
        assert!(took[10] < Duration::from_millis(200), "{took:?}");
    }
}

#[test]
fn two_processes_share_the_work() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let apps = [0; 2].map(|_| TestApp::on(Arc::clone(&database)));
    let (ada, ben) = (apps[0].member("ada"), apps[0].member("ben"));
    let receiver = Receiver::new();
    let _sending = apps.each_ref().map(TestApp::send_webhooks);
    let endpoint = Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
    let paid: BTreeSet<_> =
        (0..80).map(|_| apps[0].pay(&ada, &ben, "0.10")["id"].as_str().unwrap().to_owned()).collect();
    let mut told = BTreeSet::new();
    let mut messages = 0;
    while told != paid {
        told.insert(receiver.next().body["data"]["id"].as_str().unwrap().to_owned());
        messages += 1;
    }
    assert_eq!(messages, paid.len(), "no message is made or taken twice");
    endpoint.log_until(&ada, |log| log.len() == 80 && log.iter().all(|one| one["state"] == "delivered"));
}
