//! What becomes of messages that do not arrive.

use std::time::{Duration, Instant};

use counterfoil::domain::ids::WebhookDeliveryId;
use counterfoil::domain::time::Timestamp;
use counterfoil::domain::webhooks::WAITS_S;
use counterfoil::services::webhooks::{Outcome, Outgoing, Settling};
use counterfoil::webhook::Attempt;
use serde_json::{Value, json};

use super::{Endpoint, mails_about_endpoints};
use crate::support::{Answer, Receiver, TestApp, both_engines};

/// How many seconds from now a delivery is tried again.
fn wait_s(app: &TestApp, delivery: &Value) -> i64 {
    let next = Timestamp::parse_rfc3339(delivery["next_attempt_at"].as_str().unwrap()).unwrap();
    next.unix_seconds() - app.now().unix_seconds()
}

both_engines! {
    fn a_message_that_was_refused_comes_again_under_its_id(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        receiver.first([Answer::Status(500, "", "Out of\u{1b}[31m flour\u{0}")]);
        app.pay(&ben, &ada, "1.00");
        let first = receiver.next();
        let waiting = endpoint.settled(&ada, "waiting", 1);
        assert!((3..=6).contains(&wait_s(app, &waiting)), "{waiting}");
        let last = &waiting["last_attempt"];
        assert_eq!((&last["status"], &last["error"]), (&json!(500), &json!("the answer was 500")));
        assert_eq!(last["answer"], "Out of[31m flour");
        assert_ne!(endpoint.view(&ada)["failing_since"], json!(null));
        app.clock.advance(7);
        let second = receiver.next();
        assert_eq!((second.id(), &second.body), (first.id(), &first.body));
        assert_ne!(second.header("webhook-timestamp"), first.header("webhook-timestamp"));
        endpoint.expect_signed(&second);
        let taken = endpoint.settled(&ada, "delivered", 2);
        let earlier = &taken["earlier_attempts"];
        assert_eq!(earlier.as_array().unwrap().len(), 1);
        for name in ["at", "status", "error", "duration_ms", "answer"] {
            assert_eq!(earlier[0][name], last[name], "{name}");
        }
        assert_eq!((&earlier[0]["request"], &taken["last_attempt"]["status"]), (&json!(null), &json!(204)));
        assert_eq!(endpoint.view(&ada)["failing_since"], json!(null));
    }

    fn gone_is_gone_and_the_owner_is_told(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        receiver.first([Answer::Status(500, "", "")]);
        receiver.usually(Answer::Status(410, "", ""));
        app.pay(&ben, &ada, "1.00");
        receiver.next();
        endpoint.settled(&ada, "waiting", 1);
        app.pay(&ben, &ada, "1.50");
        receiver.next();
        // What waited has failed with the other one.
        let log = endpoint.log_until(&ada, |log| log.len() == 2 && log.iter().all(|one| one["state"] == "failed"));
        assert!(log.iter().all(|one| one["next_attempt_at"] == json!(null)));
        let view = endpoint.view(&ada);
        assert_eq!((&view["state"], &view["enabled"]), (&json!("gone"), &json!(false)));
        let mails = mails_about_endpoints(app);
        assert_eq!(mails.len(), 1);
        let host = format!("127.0.0.1:{}", receiver.port);
        for part in [host.as_str(), ada.code.as_str(), "\"is_gone\":true"] {
            assert!(mails[0].contains(part), "{}", mails[0]);
        }
        let test = ada.post(&format!("{}/test", endpoint.path()), &json!({})).expect_problem(409, "conflict");
        assert_eq!(test.body["reason"], "endpoint_off");
        // Switched on again, it is told what happens from then on, and nothing of before.
        receiver.usually(Answer::TAKEN);
        let missed = app.pay(&ben, &ada, "2.00");
        let on = ada.patch(&endpoint.path(), &json!({"enabled": true})).expect(200).body;
        assert_eq!((&on["state"], &on["enabled"]), (&json!("enabled"), &json!(true)));
        let heard = app.pay(&ben, &ada, "3.00");
        assert_eq!(receiver.next().body["data"]["id"], heard["id"]);
        assert_ne!(missed["id"], heard["id"]);
    }

    fn who_has_too_much_to_do_is_left_alone_for_as_long_as_they_ask(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        receiver.first([Answer::Status(429, "retry-after: 90\r\n", "")]);
        app.pay(&ben, &ada, "1.00");
        let first = receiver.next();
        let waiting = endpoint.settled(&ada, "waiting", 1);
        assert!((85..=100).contains(&wait_s(app, &waiting)), "{waiting}");
        // Nor is anything else sent there meanwhile.
        app.pay(&ben, &ada, "2.00");
        app.clock.advance(60);
        let other = Receiver::new();
        let elsewhere = Endpoint::at(&ben, &other, &json!(["*"]));
        app.pay(&ben, &ada, "3.00");
        other.next();
        elsewhere.settled(&ben, "delivered", 1);
        assert!(receiver.waiting().is_none());
        app.clock.advance(40);
        let mut again: Vec<_> = (0..3).map(|_| receiver.next()).collect();
        again.sort_by_key(crate::support::Received::event_seq);
        assert_eq!(again[0].id(), first.id());
    }

    fn after_three_days_it_is_over_and_the_owner_is_told(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        receiver.usually(Answer::Status(503, "", ""));
        app.pay(&ben, &ada, "1.00");
        let first = receiver.next();
        let mut owner = ada.again();
        for (attempts, wait) in (1..).zip(WAITS_S) {
            let waiting = endpoint.settled(&owner, "waiting", attempts);
            let planned = wait_s(app, &waiting);
            assert!((wait - 5..=wait + wait / 10 + 1).contains(&planned), "{attempts}: {planned}");
            app.clock.advance(wait + wait / 10 + 1);
            assert_eq!(receiver.next().id(), first.id());
            owner = ada.again();
        }
        endpoint.settled(&owner, "failed", 10);
        assert_eq!(endpoint.view(&owner)["state"], "failing");
        let mails = mails_about_endpoints(app);
        assert!(mails.len() == 1 && mails[0].contains("\"is_gone\":false"), "{mails:?}");
    }

    fn one_that_hangs_holds_up_no_other(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let [hanging, stammering, mumbling, sound] = [0; 4].map(|_| Receiver::new());
        hanging.usually(Answer::Silence);
        stammering.usually(Answer::HalfHead);
        mumbling.usually(Answer::HalfBody);
        let _sending = app.send_webhooks();
        let of_ada = Endpoint::at(&ada, &hanging, &json!(["*"]));
        let [half_head, half_body] = [&stammering, &mumbling].map(|receiver| Endpoint::at(&ada, receiver, &json!(["*"])));
        Endpoint::at(&ben, &sound, &json!(["*"]));
        let begun = Instant::now();
        for _ in 0..30 {
            app.pay(&ben, &ada, "0.10");
            sound.next();
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let is_over = |log: &[Value]| log.iter().any(|one| one["attempts"] == 1);
        let tried = [&of_ada, &half_head, &half_body].map(|endpoint| {
            let log = endpoint.log_until(&ada, is_over);
            log.iter().find(|one| one["attempts"] == 1).unwrap().clone()
        });
        for slow in &tried[..2] {
            assert_eq!(slow["last_attempt"]["error"], "there was no answer within 5 seconds");
            assert_eq!((&slow["state"], &slow["last_attempt"]["status"]), (&json!("waiting"), &json!(null)));
            let took_ms = slow["last_attempt"]["duration_ms"].as_i64().unwrap();
            assert!((5_000..15_000).contains(&took_ms), "{took_ms} ms");
        }
        // Who said that they have it has it, however long they talk on.
        assert_eq!((&tried[2]["state"], &tried[2]["last_attempt"]["answer"]), (&json!("delivered"), &json!("we have")));
    }

    fn an_answer_that_nobody_asked_for_is_none_to_the_next_message(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
        // Two answers at once, of which the second would pass for that to the next message.
        receiver.first([Answer::Twice(200, 410), Answer::Twice(200, 410)]);
        let paid: Vec<_> = (0..3).map(|_| {
            let paid = app.pay(&ben, &ada, "0.10")["id"].clone();
            assert_eq!(receiver.next().body["data"]["id"], paid);
            paid
        }).collect();
        let log = endpoint.log_until(&ada, |log| log.len() == 3 && log.iter().all(|one| one["state"] == "delivered"));
        assert_eq!(log.iter().rev().map(|one| one["subject_id"].clone()).collect::<Vec<_>>(), paid);
        assert_eq!(endpoint.view(&ada)["state"], "enabled");
    }

    fn answers_that_are_none_fail_and_long_ones_are_cut(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let _sending = app.send_webhooks();
        let broken = "the connection ended without an answer that is HTTP";
        for (answer, state, error) in [
            (Answer::Close, "waiting", json!(broken)),
            (Answer::Garbage, "waiting", json!(broken)),
            (Answer::EndlessHead, "waiting", json!(broken)),
            (Answer::Status(404, "", ""), "waiting", json!("the answer was 404")),
            (Answer::Status(304, "", ""), "waiting", json!("the answer was 304: redirects are not followed")),
            (Answer::Endless, "delivered", json!(null)),
            (Answer::Status(201, "", "made"), "delivered", json!(null)),
        ] {
            let receiver = Receiver::new();
            receiver.usually(answer.clone());
            let endpoint = Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
            app.pay(&ben, &ada, "0.10");
            let log = endpoint.settled(&ada, state, 1);
            assert_eq!(log["last_attempt"]["error"], error, "{answer:?}");
            let kept = log["last_attempt"]["answer"].as_str().unwrap().len();
            assert_eq!(kept, match answer { Answer::Endless => 1_024, Answer::Status(201, ..) => 4, _ => 0 }, "{answer:?}");
            let took_ms = log["last_attempt"]["duration_ms"].as_i64().unwrap();
            assert!(took_ms < 4_500, "an answer without end is not read to its end: {took_ms} ms");
            ada.delete(&endpoint.path()).expect(204);
        }
    }

    fn what_came_of_an_attempt_counts_for_whoever_has_it_and_one_failure_switches_nobody_off(app: &TestApp) {
        let ada = app.member("ada");
        let endpoint = Endpoint::for_url(&ada, "https://shop.example/hooks", &json!(["*"]));
        let test = ada.post(&format!("{}/test", endpoint.path()), &json!({})).expect(202).body;
        let id: WebhookDeliveryId = test["id"].as_str().unwrap().parse().unwrap();
        let key = (app.community("RIVER").id, endpoint.id.parse().unwrap());
        let due_at = app.database.db_numbers("SELECT due_at AS value FROM webhook_deliveries")[0];
        let outcome = |lease: i64, attempts: i32, status: u16| Outcome {
            outgoing: Outgoing {
                endpoint: key,
                id,
                happened_at: app.now(),
                attempts,
                lease: Timestamp::from_micros(lease),
                message_id: "msg_1".into(),
                body: Vec::new(),
            },
            url: "https://shop.example/hooks".to_owned(),
            at: app.now(),
            request: String::new(),
            attempt: Attempt { status: Ok(status), retry_after_s: None, answer: String::new(), duration_ms: 1 },
        };
        let settle = |settling: Settling| app.block_on(app.services().settle_webhooks(settling)).unwrap();
        let came = |lease, attempts, status| settle(Settling { outcomes: vec![outcome(lease, attempts, status)], ..Settling::default() });
        // Whoever took it, and then for too long, tells nothing of what another one has taken since.
        came(due_at - 1, 0, 204);
        endpoint.settled(&ada, "waiting", 0);
        // A message that has failed for good, where others arrived the other day, is that message's matter.
        settle(Settling { failing: vec![key], ..Settling::default() });
        came(due_at, 9, 503);
        endpoint.settled(&ada, "failed", 1);
        assert_eq!(endpoint.view(&ada)["state"], "enabled");
        app.clock.advance(3 * 86_400);
        came(due_at, 9, 503);
        assert_eq!(endpoint.view(&ada.again())["state"], "failing");
    }
}
