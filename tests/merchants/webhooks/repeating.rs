//! Tests, messages once more, everything again since a time, and secrets that change meanwhile.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Endpoint, signature};
use crate::support::{Answer, Received, Receiver, both_engines, keys};

both_engines! {
    fn a_test_message_tells_whether_it_works(app: &TestApp) {
        let ada = app.member("ada");
        let receiver = Receiver::new();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["account.limits_changed"]));
        let test = || ada.post(&format!("{}/test", endpoint.path()), &json!({}));
        let made = test().expect(202).body;
        assert_eq!((&made["type"], &made["state"], &made["event_seq"]), (&json!("webhook.test"), &json!("waiting"), &json!(null)));
        for _ in 1..20 {
            test().expect(202);
        }
        assert_eq!(test().expect_problem(409, "conflict").body["reason"], "too_many");
        let _sending = app.send_webhooks();
        let received: Vec<_> = (0..20).map(|_| receiver.next()).collect();
        let ids: BTreeSet<_> = received.iter().map(|one| one.id().to_owned()).collect();
        assert!(ids.len() == 20 && ids.contains(made["message_id"].as_str().unwrap()));
        for one in &received {
            assert_eq!((&one.body["type"], &one.body["data"]), (&json!("webhook.test"), &json!({"id": endpoint.id})));
            assert_eq!(keys(&one.body), ["data", "event_seq", "timestamp", "type"]);
            endpoint.expect_signed(one);
        }
    }

    fn while_a_secret_changes_both_sign_for_a_day(app: &TestApp) {
        let ada = app.member("ada");
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        let rotated = ada.post(&format!("{}/rotate-secret", endpoint.path()), &json!({})).expect(200);
        assert_eq!(rotated.header("etag"), Some("\"v2\""));
        assert_eq!(keys(&rotated.body), ["id", "old_secret_until", "secret"]);
        let new = rotated.body["secret"].as_str().unwrap();
        assert_ne!(new, endpoint.secret);
        let test = |owner: &crate::support::Person| {
            owner.post(&format!("{}/test", endpoint.path()), &json!({})).expect(202);
            receiver.next()
        };
        let both = test(&ada);
        let [old, fresh] = [endpoint.secret.as_str(), new].map(|secret| signature(secret, &both));
        assert_eq!(both.header("webhook-signature"), format!("{fresh} {old}"));
        let log = endpoint.settled(&ada, "delivered", 1);
        assert!(log["last_attempt"]["request"].as_str().unwrap().contains("webhook-signature: v1,… v1,…\n"));
        // Once more, because the answer was lost: what the receiver has signs on.
        let path = format!("{}/rotate-secret", endpoint.path());
        let lost = ada.post(&path, &json!({})).expect(200).body["secret"].as_str().unwrap().to_owned();
        let three = test(&ada);
        let signed = [lost.as_str(), new, endpoint.secret.as_str()].map(|secret| signature(secret, &three));
        assert_eq!(three.header("webhook-signature"), signed.join(" "));
        app.clock.advance(86_401);
        let one = test(&ada.again());
        assert_eq!(one.header("webhook-signature"), signature(&lost, &one));
    }

    fn a_message_is_sent_once_more_under_its_id(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        app.pay(&ben, &ada, "1.00");
        let first = receiver.next();
        let id = endpoint.settled(&ada, "delivered", 1)["id"].as_str().unwrap().to_owned();
        let again = |person: &crate::support::Person| {
            person.post(&format!("/api/v1/webhook-deliveries/{id}/redeliver"), &json!({}))
        };
        again(&ben).expect_problem(404, "not_found");
        let answered = again(&ada).expect(202).body;
        assert_eq!((&answered["id"], &answered["message_id"]), (&json!(id), &json!(first.id())));
        assert_eq!(receiver.next().id(), first.id());
        endpoint.settled(&ada, "delivered", 1);
        receiver.usually(Answer::Status(500, "", ""));
        again(&ada).expect(202);
        receiver.next();
        endpoint.settled(&ada, "waiting", 1);
        assert_eq!(again(&ada).expect(202).body["attempts"], 1, "it is tried within moments in any case");
        app.clock.advance(7);
        receiver.next();
        let waiting = endpoint.settled(&ada, "waiting", 2);
        let statuses = |one: &Value| one["earlier_attempts"].as_array().unwrap().iter().map(|each| each["status"].clone()).collect::<Vec<_>>();
        assert_eq!(statuses(&waiting), [json!(204), json!(204), json!(500)], "each attempt is in the log");
        // It would wait for five minutes; and it is told again with everything else.
        receiver.usually(Answer::TAKEN);
        assert_eq!(again(&ada).expect(202).body["attempts"], 0);
        assert_eq!(receiver.next().id(), first.id());
        let mut taken = endpoint.settled(&ada, "delivered", 1);
        for _ in 0..22 {
            again(&ada).expect(202);
            receiver.next();
            taken = endpoint.settled(&ada, "delivered", 1);
        }
        assert_eq!(taken["earlier_attempts"].as_array().unwrap().len(), 20);
        assert!(statuses(&taken).iter().all(|status| *status == 204), "the oldest go: {taken}");
        let one = ada.get(&format!("/api/v1/webhook-deliveries/{id}")).expect(200).body;
        assert_eq!(one["earlier_attempts"][0]["request"], json!(null));
        ada.patch(&endpoint.path(), &json!({"enabled": false})).expect(200);
        assert_eq!(again(&ada).expect_problem(409, "conflict").body["reason"], "endpoint_off");
    }

    fn what_waits_for_a_later_try_comes_at_once_where_all_is_told_again(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
        receiver.usually(Answer::Status(503, "", ""));
        app.pay(&ben, &ada, "1.00");
        let first = receiver.next();
        endpoint.settled(&ada, "waiting", 1);
        app.clock.advance(7);
        receiver.next();
        let waiting = endpoint.settled(&ada, "waiting", 2);
        receiver.usually(Answer::TAKEN);
        let since = app.now().plus_seconds(-3_600).rfc3339();
        ada.post(&format!("{}/replay", endpoint.path()), &json!({"since": since})).expect(202);
        // The message that waited, and the one that tells it anew.
        assert_eq!([0; 2].map(|_| receiver.next().id().to_owned()), [first.id(), first.id()]);
        let log = endpoint.log_until(&ada, |log| log.len() == 2 && log.iter().all(|one| one["state"] == "delivered"));
        assert_eq!((&log[1]["id"], &log[1]["attempts"]), (&waiting["id"], &json!(3)));
    }

    fn everything_since_a_time_is_told_again_in_its_order(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let _sending = app.send_webhooks();
        app.pay(&ada, &ben, "1.00");
        app.clock.advance(10);
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["payment.completed"]));
        let mut told = Vec::new();
        for _ in 0..3 {
            app.clock.advance(10);
            for _ in 0..5 {
                app.pay(&ada, &ben, "0.10");
                told.push(receiver.next());
            }
        }
        let replay = |since: &str| {
            ada.post(&format!("{}/replay", endpoint.path()), &json!({"since": since})).expect(202).body
        };
        let heard = |number: usize| {
            let mut heard: Vec<_> = (0..number).map(|_| receiver.next()).collect();
            heard.sort_by_key(Received::event_seq);
            heard.iter().map(|one| (one.id().to_owned(), one.body.clone())).collect::<Vec<_>>()
        };
        let known: Vec<_> = told.iter().map(|one| (one.id().to_owned(), one.body.clone())).collect();
        // The second ten seconds on, and all; what was there before the endpoint is not told.
        let middle = told[5].body["timestamp"].as_str().unwrap();
        let answered = replay(middle);
        assert_eq!(answered["from_event_seq"], told[5].event_seq());
        assert_eq!(heard(10), known[5..]);
        let month_ago = app.now().plus_seconds(-29 * 86_400).rfc3339();
        replay(&month_ago);
        assert_eq!(heard(15), known);
        assert!(receiver.waiting().is_none());
        let log = endpoint.log_until(&ada, |log| log.len() == 40 && log.iter().all(|one| one["state"] == "delivered"));
        // Pages go on where they ended, and filters hold.
        let (mut paged, mut path) = (Vec::new(), format!("{}/deliveries?limit=15", endpoint.path()));
        loop {
            let page = ada.get(&path).expect(200);
            paged.extend(page.data().to_vec());
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            path = format!("{}/deliveries?limit=15&cursor={cursor}", endpoint.path());
        }
        assert_eq!(paged, log);
        let only = |query: &str| ada.get(&format!("{}/deliveries?{query}", endpoint.path())).expect(200).data().to_vec();
        let subject = told[0].body["data"]["id"].as_str().unwrap();
        assert_eq!(only(&format!("subject={subject}")).len(), 2);
        assert_eq!(only("state=failed").len() + only("type=webhook.test").len(), 0);
        let ids = |log: &[Value]| log.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&only("state=delivered&type=payment.completed&limit=40")), ids(&log));
    }
}
