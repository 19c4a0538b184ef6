//! `POST /payments` with `"capture":"manual"`, `/payments/{id}/capture` and `/void`: money set aside, and what becomes of it.

use counterfoil::jobs::{Expiring, Work};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both_engines, fresh_key, keys};
use crate::{PAYMENT, is_time};

const WEEK_S: i64 = 7 * 86_400;

pub fn path_of(payment: &Value) -> String {
    format!("/api/v1/payments/{}", payment["id"].as_str().unwrap())
}

/// A payment's next step under a fresh key.
pub fn step(who: &Person, payment: &Value, step: &str, body: &Value) -> Reply {
    step_keyed(who, payment, step, body, &fresh_key())
}

pub fn step_keyed(who: &Person, payment: &Value, step: &str, body: &Value, key: &str) -> Reply {
    who.post_with(&format!("{}/{step}", path_of(payment)), &[("Idempotency-Key", key)], body)
}

/// What a conflict gives as its reason.
#[track_caller]
pub fn reason(reply: Reply) -> String {
    reply.expect_problem(409, "conflict").body["reason"].as_str().unwrap().to_owned()
}

fn order(payer: &Person, payee: &Person, amount: &str) -> Value {
    json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": "A bicycle", "capture": "manual"})
}

#[track_caller]
fn authorise(payer: &Person, payee: &Person, amount: &str) -> Value {
    payer.post_payment(&fresh_key(), &order(payer, payee, amount)).expect(201).body
}

pub fn expire_what_is_overdue(app: &TestApp) {
    let expiring = Expiring::new(app.services());
    while app.block_on(expiring.do_one()).unwrap() {}
}

fn amounts(person: &Person) -> [String; 3] {
    let account = person.account();
    ["balance", "reserved", "available"].map(|name| account[name].as_str().unwrap().to_owned())
}

both_engines! {
    fn the_story_of_a_deposit(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let reply = ada.post_payment("k", &order(&ada, &ben, "60.00")).expect(201);
        let held = reply.body.clone();
        assert_eq!(reply.header("location"), Some(path_of(&held).as_str()));
        assert_eq!(keys(&held), PAYMENT);
        assert_eq!((&held["state"], &held["amount"], &held["transfer"]), (&json!("authorised"), &json!("60.00"), &Value::Null));
        let [soonest, latest] = [-60, 0].map(|moved| app.now().plus_seconds(WEEK_S + moved).rfc3339());
        let expires_at = held["expires_at"].as_str().unwrap();
        assert!(*soonest < *expires_at && *expires_at <= *latest, "{expires_at}");
        assert_eq!(amounts(&ada), ["0.00", "60.00", "40.00"]);
        assert_eq!(amounts(&ben), ["0.00", "0.00", "100.00"]);
        app.try_pay(&ada, &ben, "40.01").expect_problem(409, "insufficient_credit");
        for sees in [&ada, &ben, &app.admin()] {
            assert_eq!(sees.get(&path_of(&held)).expect(200).body, held);
        }
        let listed = ben.get("/api/v1/payments?state=authorised").expect(200);
        assert_eq!(listed.data(), std::slice::from_ref(&held));

        // Ben keeps a part of it for the scratch, and Ada gets the rest back.
        let captured = step(&ben, &held, "capture", &json!({"amount": "12.50"})).expect(200);
        assert_eq!(captured.header("location"), None);
        let captured = captured.body;
        assert_eq!((&captured["state"], &captured["amount"], &captured["id"]), (&json!("completed"), &json!("12.50"), &held["id"]));
        assert!(is_time(&captured["completed_at"]) && captured["transfer"]["seq"].is_number());
        assert_eq!(ada.get(&path_of(&held)).expect(200).body, captured);
        assert_eq!(amounts(&ada), ["-12.50", "0.00", "87.50"]);
        assert_eq!(reason(step(&ben, &held, "capture", &json!({}))), "not_authorised");
        assert_eq!(reason(step(&ben, &held, "void", &json!({}))), "not_authorised");

        // What was captured is refunded as what was paid at once.
        step(&ben, &held, "refunds", &json!({"amount": "12.51"})).expect_problem(409, "conflict");
        step(&ben, &held, "refunds", &json!({"amount": "12.50"})).expect(201);
        assert_eq!(amounts(&ada), ["0.00", "0.00", "100.00"]);
    }

    fn a_void_gives_everything_back(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        for who in [&ben, &admin] {
            let held = authorise(&ada, &ben, "60.00");
            for other in [&ada, &admin] {
                step(other, &held, "capture", &json!({})).expect_problem(403, "forbidden");
            }
            step(&ada, &held, "void", &json!({})).expect_problem(403, "forbidden");
            let voided = step(who, &held, "void", &json!({})).expect(200).body;
            assert_eq!((&voided["state"], &voided["amount"], &voided["completed_at"]), (&json!("cancelled"), &json!("60.00"), &Value::Null));
            assert_eq!(amounts(&ada), ["0.00", "0.00", "100.00"]);
            assert_eq!(reason(step(who, &held, "void", &json!({}))), "not_authorised");
            assert_eq!(reason(step(&ben, &held, "refunds", &json!({"amount": "1.00"}))), "not_completed");
        }
        let held = authorise(&ada, &ben, "60.00");
        let carla = app.member("carla");
        let foreign = step(&carla, &held, "void", &json!({})).expect_problem(404, "not_found");
        let absent = json!({"id": "019a0000-0000-7000-8000-000000000001"});
        assert_eq!(step(&carla, &absent, "void", &json!({})).expect(404).without_request_id(), foreign.without_request_id());
        assert_eq!(reason(step(&ben, &held, "cancel", &json!({}))), "not_requested");
        assert_eq!(reason(step(&ada, &held, "accept", &json!({}))), "not_requested");
        assert_eq!(reason(step(&ada, &held, "decline", &json!({}))), "not_requested");
        assert_eq!(reason(step(&ben, &app.pay(&ada, &ben, "1.00"), "capture", &json!({}))), "not_authorised");
    }

    fn it_expires_by_the_clock_and_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let soon = app.now().plus_seconds(3_600).rfc3339();
        let mut body = order(&ada, &ben, "60.00");
        body["expires_at"] = json!(soon);
        let held = ada.post_payment("k", &body).expect(201).body;
        assert_eq!(held["expires_at"], soon);
        let other = authorise(&ada, &ben, "10.00");
        expire_what_is_overdue(app);
        assert_eq!(amounts(&ada)[1], "70.00");
        app.clock.advance(3_600);
        let (ada, ben) = (ada.again(), ben.again());
        assert_eq!(reason(step(&ben, &held, "capture", &json!({}))), "authorisation_expired", "before any job has run");
        assert_eq!(amounts(&ada)[1], "70.00");
        expire_what_is_overdue(app);
        let expired = ada.get(&path_of(&held)).expect(200).body;
        assert_eq!((&expired["state"], &expired["transfer"]), (&json!("expired"), &Value::Null));
        assert_eq!(amounts(&ada), ["0.00", "10.00", "90.00"]);
        expire_what_is_overdue(app);
        assert_eq!(reason(step(&ben, &held, "void", &json!({}))), "not_authorised");
        // The same request under its key is answered as it was, though its time is over.
        assert_eq!(ada.post_payment("k", &body).expect(201).body, held);
        step(&ben, &other, "capture", &json!({})).expect(200);
        let releases = app.database.db_numbers("SELECT count(*) AS value FROM records WHERE kind = 3");
        assert_eq!(releases, [1]);
    }

    fn a_key_takes_a_step_once_and_keeps_what_was_said(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let held = authorise(&ada, &ben, "60.00");
        let part = json!({"amount": "5.00"});
        let first = step_keyed(&ben, &held, "capture", &part, "c").expect(200);
        let refused = step_keyed(&ben, &held, "capture", &part, "d").expect_problem(409, "conflict");
        step(&ben, &held, "refunds", &json!({"amount": "5.00"})).expect(201);
        for restarted in [false, true] {
            if restarted {
                app.restart();
            }
            // The bytes of then, and not the payment as it is now.
            let again = step_keyed(&ben, &held, "capture", &part, "c").expect(200);
            assert_eq!((again.bytes, again.headers.get("idempotency-replayed").is_some()), (first.bytes.clone(), true));
            let again = step_keyed(&ben, &held, "capture", &part, "d").expect_problem(409, "conflict");
            assert_eq!(again.bytes, refused.bytes);
        }
        step_keyed(&ben, &held, "capture", &json!({"amount": "5"}), "c").expect_problem(422, "idempotency_key_reused");
        step_keyed(&ben, &held, "void", &part, "c").expect_problem(400, "validation_failed");
        step_keyed(&ben, &held, "void", &json!({}), "c").expect_problem(422, "idempotency_key_reused");
        for name in ["capture", "void", "accept", "decline", "cancel"] {
            ben.post(&format!("{}/{name}", path_of(&held)), &json!({})).expect_problem(400, "idempotency_key_missing");
        }
        // A body with nothing to say may be left out.
        let held = authorise(&ada, &ben, "1.00");
        let bare = |name: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>| {
            ben.send("POST", &format!("{}/{name}", path_of(&held)), headers, body)
        };
        bare("capture", &[("Idempotency-Key", "e"), ("Content-Type", "text/plain")], Some(b"{}".to_vec()))
            .expect_problem(415, "unsupported_media_type");
        let bare = bare("capture", &[("Idempotency-Key", "e")], None).expect(200);
        assert_eq!(bare.body["amount"], "1.00");
    }

    fn what_makes_no_sense_is_refused_and_sets_nothing_aside(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let with = |name: &str, value: Value| {
            let mut body = order(&ada, &ben, "1.00");
            body[name] = value;
            ada.post_payment(&fresh_key(), &body)
        };
        with("capture", json!("later")).expect_fault("/capture");
        with("expires_at", json!("tomorrow")).expect_fault("/expires_at");
        with("expires_at", json!(1)).expect_fault("/expires_at");
        for seconds in [0, -1, 30 * 86_400 + 1] {
            let time = app.now().plus_seconds(seconds).rfc3339();
            assert_eq!(reason(with("expires_at", json!(time))), "bad_expiry");
        }
        let mut at_once = order(&ada, &ben, "1.00");
        at_once["capture"] = json!("automatic");
        assert_eq!(ada.post_payment("a", &at_once).expect(201).body["state"], "completed");
        at_once["expires_at"] = json!(app.now().plus_seconds(60).rfc3339());
        ada.post_payment("b", &at_once).expect_fault("/expires_at");
        ada.post_payment("c", &order(&ada, &ben, "99.01")).expect_problem(409, "insufficient_credit");
        assert_eq!(app.database.db_count("refusals"), 4, "three times of expiry and a lack of credit");
        let held = authorise(&ada, &ben, "10.00");
        for bad in ["0", "-1", "1.001", "x", ""] {
            step(&ben, &held, "capture", &json!({"amount": bad})).expect_fault("/amount");
        }
        step(&ben, &held, "capture", &json!({"amount": 1})).expect_fault("/amount");
        step(&ben, &held, "capture", &json!({"sum": "1.00"})).expect_fault("/sum");
        let carla = app.member("carla");
        step(&carla, &held, "capture", &json!({"amount": "1.001"})).expect_problem(404, "not_found");
        assert_eq!(reason(step(&ben, &held, "capture", &json!({"amount": "10.01"}))), "capture_too_large");
        assert_eq!(amounts(&ada), ["-1.00", "10.00", "89.00"]);
    }

    fn an_app_and_a_teller_take_with_the_right_for_it(app: &TestApp) {
        let (ada, shop, till) = (app.member("ada"), app.member("shop"), app.member("till"));
        let held = authorise(&ada, &shop, "10.00");
        let path = format!("{}/capture", path_of(&held));
        let key = [("Idempotency-Key", "k")];
        app.db_with_scopes(&shop, "payments:write payments:read").post_with(&path, &key, &json!({})).expect_problem(403, "forbidden");
        step(&till, &held, "capture", &json!({})).expect_problem(404, "not_found");
        let terms = json!({"rights": ["take"], "per_payment": null, "per_day": null});
        shop.put(&format!("/api/v1/accounts/{}/tellers/{}", shop.code, till.user_id), &terms).expect(200);
        step(&till, &held, "capture", &json!({"amount": "4.00"})).expect(200);
        let held = authorise(&ada, &shop, "10.00");
        let path = format!("{}/void", path_of(&held));
        app.db_with_scopes(&shop, "requests:write").post_with(&path, &key, &json!({})).expect(200);
    }
}
