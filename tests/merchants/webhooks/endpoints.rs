//! Endpoints: made, seen, changed, removed; whose they are.

use std::sync::{Arc, Barrier};

use counterfoil::services::webhooks::WebhookCleaning;
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use super::{ENDPOINTS, Endpoint};
use crate::by_hand::ByHand;
use crate::support::{Receiver, TestApp, TestDatabase, both_engines, keys, rounds};

const URL: &str = "https://shop.example/hooks";

/// Asked at once, at two processes.
#[test]
fn nobody_gets_one_endpoint_or_key_more_than_there_may_be() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let apps = [0; 2].map(|_| TestApp::on(Arc::clone(&database)));
    let ada = apps[0].member("ada");
    let hook = json!({"url": URL, "events": ["webhook.test"]});
    let key = json!({"name": "Till", "account": ada.code, "role": "read_only"});
    for (path, body, most) in [(ENDPOINTS, &hook, 10), ("/api/v1/api-keys", &key, 20)] {
        for _ in 1..most {
            ada.post(path, body).expect(201);
        }
        for _ in 0..rounds(6) {
            let barrier = Barrier::new(8);
            let made: Vec<_> = std::thread::scope(|scope| {
                let asking = (0..8).map(|number: usize| {
                    let caller = apps[number % 2].anonymous().with_token(&ada.tokens().access);
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        caller.post(path, body)
                    })
                });
                let asking: Vec<_> = asking.collect();
                asking
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .filter(|reply| reply.status == 201)
                    .collect()
            });
            assert_eq!(made.len(), 1, "{path}");
            assert_eq!(ada.get(path).expect(200).data().len(), most);
            ada.delete(&format!("{path}/{}", made[0].body["id"].as_str().unwrap())).expect(204);
        }
    }
}

fn clean(app: &TestApp) {
    let mut cleaning = WebhookCleaning::default();
    while app.block_on(app.services().clean_webhooks(&mut cleaning)).unwrap() {}
}

both_engines! {
    fn an_endpoint_is_made_with_a_secret_that_is_shown_once(app: &TestApp) {
        let ada = app.member("ada");
        let made = ada.post(ENDPOINTS, &json!({"url": URL, "events": ["*"]})).expect(201);
        assert_eq!(made.header("etag"), Some("\"v1\""));
        let names = ["account", "created_at", "description", "enabled", "events", "failing_since", "id", "old_secret_until", "secret", "set_by", "state", "state_since", "url"];
        assert_eq!(keys(&made.body), names);
        assert_eq!((&made.body["url"], &made.body["events"]), (&json!(URL), &json!(["*"])));
        assert_eq!((&made.body["account"], &made.body["state"]), (&json!(ada.code), &json!("enabled")));
        let secret = made.body["secret"].as_str().unwrap();
        assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
        let id = made.body["id"].as_str().unwrap();
        let seen = ada.get(&format!("{ENDPOINTS}/{id}")).expect(200);
        assert_eq!(seen.header("etag"), Some("\"v1\""));
        let without: Vec<_> = names.into_iter().filter(|name| *name != "secret").collect();
        assert_eq!(keys(&seen.body), without);
        let list = ada.get(ENDPOINTS).expect(200);
        assert_eq!(list.data(), [seen.body]);
        assert!(!String::from_utf8_lossy(&list.bytes).contains("whsec_"));
        // Nor does it stand in the database.
        let column = if app.database.engine() == counterfoil::storage::Engine::Sqlite { "hex(sealed_secret)" } else { "encode(sealed_secret, 'hex')" };
        let sealed = app.database.db_texts(&format!("SELECT {column} AS value FROM webhook_endpoints"));
        let plain: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!sealed[0].to_lowercase().contains(&plain));
        let lines = ada.get("/api/v1/me/audit").expect(200);
        assert!(lines.data().iter().any(|line| line["action"] == "webhook_endpoint.created"), "{}", lines.body);
    }

    fn what_is_wrong_is_named(app: &TestApp) {
        let ada = app.member("ada");
        let with = |name: &str, value: Value| {
            let mut body = json!({"url": URL, "events": ["*"]});
            body[name] = value;
            ada.post(ENDPOINTS, &body)
        };
        for url in ["", "shop", "ftp://shop.example/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://a:b@shop.example/",
            "https://shop.example:22/", "https://shop.example/#x", "https://[::1]/", "https://[::ffff:10.0.0.1]/"] {
            with("url", json!(url)).expect_fault("/url");
        }
        with("events", json!([])).expect_fault("/events");
        with("events", json!(["payment.*", "nonsense"])).expect_fault("/events/1");
        with("events", json!(["schedule.changed"])).expect_fault("/events/0");
        // What can be chosen arrives; of what cannot it is said what can.
        let unknown = with("events", json!(["member.joined"])).expect_fault("/events/0");
        let known = unknown.body["errors"][0]["detail"].as_str().unwrap().to_owned();
        for name in ["payment.refunded", "member.status_changed", "checkout.completed", "webhook.test"] {
            assert!(known.contains(name), "{known}");
            with("events", json!([name])).expect(201);
        }
        with("events", json!("*")).expect_fault("/events");
        with("description", json!("x".repeat(201))).expect_fault("/description");
        with("description", json!("a\u{202e}b")).expect_fault("/description");
        with("secret", json!("whsec_AAAA")).expect_fault("/secret");
        with("account", json!("LAKE0001")).expect_problem(404, "not_found");
        with("account", json!("?")).expect_problem(404, "not_found");
        let ben = app.member("ben");
        with("account", json!(ben.code)).expect_problem(403, "forbidden");
        with("account", json!(ada.code)).expect(201);
        let endpoint = Endpoint::for_url(&ada, URL, &json!(["*"]));
        for (body, pointer) in [
            (json!({"url": "http://192.168.0.1/"}), "/url"),
            (json!({"events": ["x"]}), "/events/0"),
            (json!({"url": null}), "/url"),
            (json!({"enabled": "yes"}), "/enabled"),
            (json!({"account": ada.code}), "/account"),
        ] {
            ada.patch(&endpoint.path(), &body).expect_fault(pointer);
        }
        for since in ["", "yesterday", "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"] {
            ada.post(&format!("{}/replay", endpoint.path()), &json!({"since": since})).expect_fault("/since");
        }
        for (query, name) in [("state=lost", "state"), ("type=x", "type"), ("subject=x", "subject"), ("cursor=x", "cursor"), ("limit=0", "limit")] {
            ada.get(&format!("{}/deliveries?{query}", endpoint.path())).expect_fault(name);
        }
    }

    fn who_has_several_accounts_names_one(app: &TestApp) {
        app.found("LAKE", 0);
        let (river, lake) = (app.newcomer("ada").join(), app.newcomer("ada").of("LAKE").join());
        river.post(ENDPOINTS, &json!({"url": URL, "events": ["*"]})).expect_fault("/account");
        for person in [&river, &lake] {
            let made = river.post(ENDPOINTS, &json!({"url": URL, "events": ["*"], "account": person.code})).expect(201);
            assert_eq!(made.body["account"], person.code);
            let found = river.get(&format!("{ENDPOINTS}?account={}", person.code)).expect(200);
            assert_eq!(found.data().len(), 1);
        }
        assert_eq!(river.get(ENDPOINTS).expect(200).data().len(), 2);
        river.get(&format!("{ENDPOINTS}?account=LAKE9999")).expect_problem(404, "not_found");
    }

    fn changes_are_based_on_a_version_and_others_see_nothing(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let endpoint = Endpoint::for_url(&ada, URL, &json!(["*"]));
        let body = json!({"events": ["payment.*"], "description": "Till 2"});
        let changed = ada.patch_with(&endpoint.path(), &[("If-Match", "\"v1\"")], &body).expect(200);
        assert_eq!(changed.header("etag"), Some("\"v2\""));
        assert_eq!((&changed.body["events"], &changed.body["description"]), (&json!(["payment.*"]), &json!("Till 2")));
        assert_eq!(changed.body["url"], URL);
        ada.patch_with(&endpoint.path(), &[("If-Match", "\"v1\"")], &body).expect_problem(412, "precondition_failed");
        assert_eq!(ada.patch(&endpoint.path(), &json!({"description": null})).expect(200).body["description"], json!(null));
        let off = ada.patch(&endpoint.path(), &json!({"enabled": false})).expect(200).body;
        assert_eq!((&off["enabled"], &off["state"]), (&json!(false), &json!("disabled")));
        for stranger in [&ben, &app.admin()] {
            stranger.get(&endpoint.path()).expect_problem(404, "not_found");
            stranger.patch(&endpoint.path(), &json!({"url": "no"})).expect_problem(404, "not_found");
            stranger.post(&format!("{}/rotate-secret", endpoint.path()), &json!({})).expect_problem(404, "not_found");
            stranger.post(&format!("{}/test", endpoint.path()), &json!({})).expect_problem(404, "not_found");
            stranger.get(&format!("{}/deliveries", endpoint.path())).expect_problem(404, "not_found");
            stranger.delete(&endpoint.path()).expect_problem(404, "not_found");
            assert!(stranger.get(ENDPOINTS).expect(200).data().is_empty());
        }
        let reader = app.db_with_scopes(&ada, "payments:read payments:write");
        reader.get(&endpoint.path()).expect_problem(403, "forbidden");
        let manager = app.db_with_scopes(&ada, "webhooks:manage");
        manager.get(&endpoint.path()).expect(200);
        // Where events are sent is not to be read by who may not read them.
        let [all, payments] = [json!({"events": ["*"]}), json!({"events": ["payment.*", "checkout.*"]})];
        manager.patch(&endpoint.path(), &payments).expect_problem(403, "forbidden");
        let till = app.db_with_scopes(&ada, "webhooks:manage payments:read");
        till.patch(&endpoint.path(), &payments).expect(200);
        till.patch(&endpoint.path(), &all).expect_problem(403, "forbidden");
        till.post(ENDPOINTS, &json!({"url": URL, "events": ["account.*"]})).expect_problem(403, "forbidden");
        // Nor does who may not read them lead them elsewhere.
        let elsewhere = json!({"url": "https://evil.example/"});
        manager.patch(&endpoint.path(), &elsewhere).expect_problem(403, "forbidden");
        assert_eq!(ada.get(&endpoint.path()).expect(200).body["url"], URL);
        manager.patch(&endpoint.path(), &json!({"url": "https://evil.example/", "events": ["webhook.test"]})).expect(200);
        manager.patch(&endpoint.path(), &json!({"url": URL, "events": ["*"]})).expect_problem(403, "forbidden");
        ada.patch(&endpoint.path(), &json!({"url": URL, "events": ["*"]})).expect(200);
        ada.send("DELETE", &endpoint.path(), &[("If-Match", "\"v1\"")], None).expect_problem(412, "precondition_failed");
        ada.delete(&endpoint.path()).expect(204);
        ada.get(&endpoint.path()).expect_problem(404, "not_found");
        ada.delete(&endpoint.path()).expect_problem(404, "not_found");
    }

    fn an_account_has_so_many_endpoints_and_removed_ones_go(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let sending = app.send_webhooks();
        let first = Endpoint::at(&ada, &receiver, &json!(["*"]));
        app.pay(&ben, &ada, "1.00");
        first.settled(&ada, "delivered", 1);
        for _ in 0..9 {
            Endpoint::for_url(&ada, URL, &json!(["webhook.test"]));
        }
        let more = ada.post(ENDPOINTS, &json!({"url": URL, "events": ["*"]})).expect_problem(409, "conflict");
        assert_eq!(more.body["reason"], "too_many");
        ada.delete(&first.path()).expect(204);
        ada.post(ENDPOINTS, &json!({"url": URL, "events": ["*"]})).expect(201);
        drop(sending);
        clean(app);
        assert_eq!(app.database.db_count("webhook_deliveries"), 0, "its log went");
        clean(app);
        assert_eq!(app.database.db_count("webhook_endpoints"), 10);
    }

    fn a_log_has_a_bound_and_keeps_what_waits(app: &TestApp) {
        let ada = app.member("ada");
        let endpoint = Endpoint::for_url(&ada, URL, &json!(["*"]));
        let engine = app.database.engine();
        // Five wait, and are the oldest; three have failed; then come more than a log has. The bodies of a few are kept.
        let millis = app.now().unix_millis();
        let (id, endpoint_id, numbers) = match engine {
            Engine::Sqlite => (
                format!("unhex(printf('%012x70008000%012x', {millis}, n))"),
                format!("unhex(replace('{}', '-', ''))", endpoint.id),
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100020)",
            ),
            Engine::Postgres => (
                format!("(lpad(to_hex({millis}), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid"),
                format!("'{}'::uuid", endpoint.id),
                "WITH numbers AS (SELECT n FROM generate_series(1, 100020) AS n)",
            ),
        };
        let mut by_hand = ByHand::on(&app.database);
        by_hand.run(&format!(
            "INSERT INTO webhook_deliveries (community_id, endpoint_id, id, event_seq, kind, subject_id, happened_at, state, attempts, due_at, created_at, request) \
             {numbers} SELECT own.community_id, own.id, {id}, n, 1, own.account_id, 0, CASE WHEN n <= 5 THEN 1 WHEN n <= 8 THEN 3 ELSE 2 END, 1, 9000000000000000, 0, \
             CASE WHEN n <= 25 OR n BETWEEN 90010 AND 90030 OR n = 100020 THEN 'sent' END FROM numbers CROSS JOIN webhook_endpoints AS own WHERE own.id = {endpoint_id}"
        ));
        clean(app);
        let count = |condition: &str| app.database.db_numbers(&format!("SELECT count(*) AS value FROM webhook_deliveries WHERE {condition}"));
        assert_eq!((count("state = 1"), count("state = 2")), (vec![5], vec![100_000]));
        assert_eq!(app.database.db_numbers("SELECT min(event_seq) AS value FROM webhook_deliveries WHERE state = 2"), [21], "the newest are kept");
        assert_eq!(count("state IN (1, 3) AND request IS NOT NULL"), [8], "what waits, and why it failed");
        let kept = "SELECT event_seq AS value FROM webhook_deliveries WHERE state = 2 AND request IS NOT NULL ORDER BY event_seq";
        let expected: Vec<i64> = (90_021..=90_030).chain([100_020]).collect();
        assert_eq!(app.database.db_numbers(kept), expected);
    }

    fn deliveries_are_kept_for_thirty_days(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let receiver = Receiver::new();
        let sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        app.pay(&ben, &ada, "1.00");
        endpoint.settled(&ada, "delivered", 1);
        drop(sending);
        for (days, kept) in [(29, 1), (2, 0)] {
            app.clock.advance(days * 86_400);
            clean(app);
            assert_eq!(app.database.db_count("webhook_deliveries"), kept);
        }
    }
}
