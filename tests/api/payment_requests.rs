//! `/payment-requests`, `/payments/{id}/accept`, `/decline` and `/cancel`: bills, and what becomes of them.

use std::sync::Barrier;

use counterfoil::jobs::{Notifying, Work};
use serde_json::{Value, json};

use crate::payments_held::{expire_what_is_overdue, path_of, reason, step, step_keyed};
use crate::support::{PASSWORD, Person, Reply, TestApp, both_engines, fresh_key, keys};
use crate::{PAYMENT, is_time};

const DAY_S: i64 = 86_400;

fn bill(payee: &Person, payer: &Person, amount: &str) -> Value {
    json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": "Bread in September"})
}

fn ask_with(payee: &Person, body: &Value, key: &str) -> Reply {
    payee.post_with("/api/v1/payment-requests", &[("Idempotency-Key", key)], body)
}

#[track_caller]
pub fn ask(payee: &Person, payer: &Person, amount: &str) -> Value {
    ask_with(payee, &bill(payee, payer, amount), &fresh_key()).expect(201).body
}

fn write_what_is_due(app: &TestApp) {
    let notifying = Notifying::new(app.services());
    while app.block_on(notifying.do_one()).unwrap() {}
}

/// The mails about payments so far: to whom, and what of, in the order of the alphabet.
fn mails(app: &TestApp) -> Vec<String> {
    let all = "SELECT recipient || ' ' || parameters AS value FROM mails WHERE kind = 11";
    let told = |text: String| {
        let (recipient, parameters) = text.split_once(' ').unwrap();
        let parameters: Value = serde_json::from_str(parameters).unwrap();
        let name = recipient.split_once('@').unwrap().0.to_owned();
        format!("{name} {}", parameters["payment_notice"]["event"].as_str().unwrap())
    };
    let mut all: Vec<_> = app.database.db_texts(all).into_iter().map(told).collect();
    all.sort();
    all
}

both_engines! {
    fn the_story_of_a_bill(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let reply = ask_with(&ben, &bill(&ben, &ada, "30.00"), "r").expect(201);
        let asked = reply.body.clone();
        assert_eq!(reply.header("location"), Some(path_of(&asked).as_str()));
        assert_eq!(keys(&asked), PAYMENT);
        assert_eq!((&asked["state"], &asked["completed_at"], &asked["transfer"]), (&json!("requested"), &Value::Null, &Value::Null));
        assert_eq!((&asked["payer"]["code"], &asked["payee"]["code"]), (&json!(ada.code), &json!(ben.code)));
        let [soonest, latest] = [-60, 0].map(|moved| app.now().plus_seconds(14 * DAY_S + moved).rfc3339());
        let expires_at = asked["expires_at"].as_str().unwrap();
        assert!(*soonest < *expires_at && *expires_at <= *latest, "{expires_at}");
        assert_eq!((ada.balance().as_str(), ada.account()["reserved"].as_str()), ("0.00", Some("0.00")));
        for sees in [&ada, &ben, &app.admin()] {
            assert_eq!(sees.get(&path_of(&asked)).expect(200).body, asked);
        }
        assert_eq!(ada.get("/api/v1/payments?state=requested").expect(200).data(), std::slice::from_ref(&asked));

        app.clock.advance(60);
        let paid = step(&ada, &asked, "accept", &json!({})).expect(200).body;
        assert_eq!((&paid["id"], &paid["state"], &paid["created_at"]), (&asked["id"], &json!("completed"), &asked["created_at"]));
        assert!(is_time(&paid["completed_at"]) && paid["completed_at"] != paid["created_at"]);
        assert_eq!(ben.get(&path_of(&asked)).expect(200).body, paid);
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("-30.00", "30.00"));
        let entries = ada.get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
        assert_eq!((&entries.data()[0]["payment_id"], &entries.data()[0]["description"]), (&asked["id"], &json!("Bread in September")));
        for (who, name) in [(&ada, "accept"), (&ada, "decline"), (&ben, "cancel")] {
            assert_eq!(reason(step(who, &asked, name, &json!({}))), "not_requested");
        }
        step(&ben, &asked, "refunds", &json!({"amount": "30.00"})).expect(201);
        assert_eq!(ada.get(&path_of(&asked)).expect(200).body["refunded"], "30.00");
    }

    fn the_story_of_a_bill_that_is_not_paid(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let [declined, cancelled, forgotten] = ["1.00", "2.00", "3.00"].map(|amount| ask(&ben, &ada, amount));
        let told = step(&ada, &declined, "decline", &json!({"reason": "This was paid in cash"})).expect(200).body;
        assert_eq!((&told["state"], &told["reason"]), (&json!("declined"), &json!("This was paid in cash")));
        assert_eq!(ben.get(&path_of(&declined)).expect(200).body, told);
        let told = step(&ben, &cancelled, "cancel", &json!({})).expect(200).body;
        assert_eq!((&told["state"], &told["reason"]), (&json!("cancelled"), &Value::Null));
        for ended in [&declined, &cancelled] {
            assert_eq!(reason(step(&ada, ended, "accept", &json!({}))), "not_requested");
        }
        app.clock.advance(14 * DAY_S);
        let (ada, ben) = (ada.again(), ben.again());
        assert_eq!(reason(step(&ada, &forgotten, "accept", &json!({}))), "request_expired", "before any job has run");
        expire_what_is_overdue(app);
        assert_eq!(ben.get(&path_of(&forgotten)).expect(200).body["state"], "expired");
        assert_eq!(reason(step(&ada, &forgotten, "accept", &json!({}))), "not_requested");
        expire_what_is_overdue(app);
        assert_eq!((ada.balance().as_str(), app.database.db_count("records")), ("0.00", app.database.db_count("accounts")));
    }

    fn each_side_has_its_own_steps(app: &TestApp) {
        let (ada, ben, carla, admin) = (app.member("ada"), app.member("ben"), app.member("carla"), app.admin());
        let asked = ask(&ben, &ada, "5.00");
        for name in ["accept", "decline"] {
            step(&ben, &asked, name, &json!({})).expect_problem(403, "forbidden");
            step(&admin, &asked, name, &json!({})).expect_problem(403, "forbidden");
        }
        for other in [&ada, &admin] {
            step(other, &asked, "cancel", &json!({})).expect_problem(403, "forbidden");
        }
        for name in ["accept", "decline", "cancel"] {
            step(&carla, &asked, name, &json!({})).expect_problem(404, "not_found");
            let path = format!("{}/{name}", path_of(&asked));
            app.anonymous().post(&path, &json!({})).expect_problem(401, "unauthenticated");
            app.db_with_scopes(&ada, "payments:read").post_with(&path, &[("Idempotency-Key", "k")], &json!({})).expect_problem(403, "forbidden");
        }
        ask_with(&carla, &bill(&ben, &ada, "5.00"), "k").expect_problem(403, "forbidden");
        ask_with(&ada, &bill(&ben, &ada, "5.00"), "k").expect_problem(403, "forbidden");
        let paying = app.db_with_scopes(&ben, "payments:write payments:read");
        let body = bill(&ben, &ada, "5.00");
        paying.post_with("/api/v1/payment-requests", &[("Idempotency-Key", "k")], &body).expect_problem(403, "forbidden");
        let asking = app.db_with_scopes(&ben, "requests:write");
        asking.post_with("/api/v1/payment-requests", &[("Idempotency-Key", "k")], &body).expect(201);
    }

    fn to_accept_is_to_pay(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let asked = ask(&ben, &ada, "100.01");
        step(&ada, &asked, "accept", &json!({})).expect_problem(409, "insufficient_credit");
        assert_eq!(ada.get(&path_of(&asked)).expect(200).body["state"], "requested", "it stays open");
        assert_eq!(app.database.db_count("refusals"), 0, "a refusal of what exists leaves no note");
        app.set_limits(&ada, "200.00", None);
        app.set_limits(&ben, "0.00", Some("50.00"));
        step(&ada, &asked, "accept", &json!({})).expect_problem(409, "ceiling_exceeded");
        app.set_limits(&ben, "0.00", None);
        app.set_status(&ben, "frozen");
        step(&ada, &asked, "accept", &json!({})).expect_problem(409, "account_not_active");
        app.set_status(&ben, "active");
        // A fresh proof is asked for as with any payment of that size.
        ada.put(&format!("/api/v1/accounts/{}/step-up", ada.code), &json!({"above": "50.00"})).expect(200);
        app.clock.advance(301);
        for person in [&ada, &ben] {
            person.refresh().expect(200);
        }
        let small = ask(&ben, &ada, "50.00");
        step(&ada, &asked, "accept", &json!({})).expect_problem(403, "step_up_required");
        step(&ada, &small, "accept", &json!({})).expect(200);
        ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        step(&ada, &asked, "accept", &json!({})).expect(200);
        // And what an app may spend.
        let client = app.register(&ada, false);
        let asked = ask(&ben, &ada, "3.00");
        let spending = app.bearer(&app.allowed(&ada, &client, "payments:write", &[("ceiling_per_day", "5")]));
        let accept = |payment: &Value| {
            spending.post_with(&format!("{}/accept", path_of(payment)), &[("Idempotency-Key", &fresh_key())], &json!({}))
        };
        accept(&asked).expect(200);
        assert_eq!(accept(&ask(&ben, &ada, "3.00")).expect_problem(403, "forbidden").body["available"], "2.00");
    }

    fn a_key_asks_once_and_keeps_what_was_said(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = bill(&ben, &ada, "5.00");
        let first = ask_with(&ben, &body, "r").expect(201);
        let accepted = step_keyed(&ada, &first.body, "accept", &json!({}), "a").expect(200);
        let refused = step_keyed(&ada, &first.body, "decline", &json!({}), "d").expect_problem(409, "conflict");
        app.restart();
        let again = ask_with(&ben.again(), &body, "r").expect(201);
        assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &first.bytes));
        let again = step_keyed(&ada, &first.body, "accept", &json!({}), "a").expect(200);
        assert_eq!((again.header("idempotency-replayed"), &again.bytes), (Some("true"), &accepted.bytes));
        assert_eq!(step_keyed(&ada, &first.body, "decline", &json!({}), "d").expect(409).bytes, refused.bytes);
        ask_with(&ben, &bill(&ben, &ada, "6.00"), "r").expect_problem(422, "idempotency_key_reused");
        step_keyed(&ada, &first.body, "decline", &json!({}), "a").expect_problem(422, "idempotency_key_reused");
        ben.post("/api/v1/payment-requests", &body).expect_problem(400, "idempotency_key_missing");
        assert_eq!((ada.balance().as_str(), app.database.db_count("payments")), ("-5.00", 1));
    }

    fn what_makes_no_sense_is_refused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let with = |name: &str, value: Value| {
            let mut body = bill(&ben, &ada, "5.00");
            body[name] = value;
            ask_with(&ben, &body, &fresh_key())
        };
        for (name, bad) in [("amount", "0"), ("amount", "1.001"), ("payer", "nobody"), ("payee", ""), ("expires_at", "soon"), ("description", "\u{7}")] {
            with(name, json!(bad)).expect_fault(&format!("/{name}"));
        }
        with("capture", json!("manual")).expect_fault("/capture");
        with("payer", json!("RIVER0999")).expect_problem(404, "not_found");
        with("payer", json!(ben.code)).expect_problem(409, "same_account");
        for seconds in [0, -1, 90 * DAY_S + 1] {
            assert_eq!(reason(with("expires_at", json!(app.now().plus_seconds(seconds).rfc3339()))), "bad_expiry");
        }
        let asked = ask(&ben, &ada, "5.00");
        step(&ada, &asked, "decline", &json!({"reason": "x".repeat(501)})).expect_fault("/reason");
        step(&ada, &asked, "decline", &json!({"why": "x"})).expect_fault("/why");
        step(&ada, &asked, "accept", &json!({"amount": "1.00"})).expect_fault("/amount");
        app.set_status(&ada, "frozen");
        with("amount", json!("1.00")).expect_problem(409, "account_not_active");
        assert_eq!(app.database.db_count("payments"), 1);
    }

    fn what_is_planned_is_called_off_by_the_payer(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let tomorrow = app.now().plus_seconds(DAY_S).rfc3339();
        let mut body = json!({"payer": ada.code, "payee": ben.code, "amount": "5.00", "scheduled_for": tomorrow});
        let planned = ada.post_payment("p", &body).expect(201).body;
        assert_eq!(planned["state"], "scheduled");
        step(&ben, &planned, "cancel", &json!({})).expect_problem(403, "forbidden");
        for (who, name) in [(&ada, "accept"), (&ada, "decline")] {
            assert_eq!(reason(step(who, &planned, name, &json!({}))), "not_requested");
        }
        assert_eq!(reason(step(&ben, &planned, "capture", &json!({}))), "not_authorised");
        for _ in 0..2 {
            let told = step_keyed(&ada, &planned, "cancel", &json!({}), "c").expect(200).body;
            assert_eq!(told["state"], "cancelled");
        }
        body["capture"] = json!("manual");
        ada.post_payment("h", &body).expect_fault("/capture");
    }

    fn both_sides_are_written_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let [accepted, declined, open, quick] = ["1.00", "2.00", "3.00", "4.00"].map(|amount| ask(&ben, &ada, amount));
        // Decided before anybody was written to: nobody is asked to look at it any more.
        step(&ben, &quick, "cancel", &json!({})).expect(200);
        write_what_is_due(app);
        let mut expected = vec!["ada request_received"; 3];
        assert_eq!(mails(app), expected);
        step(&ada, &accepted, "accept", &json!({})).expect(200);
        step(&ada, &declined, "decline", &json!({"reason": "Too much"})).expect(200);
        write_what_is_due(app);
        write_what_is_due(app);
        expected.extend(["ben request_accepted", "ben request_declined"]);
        assert_eq!(mails(app), expected);
        app.clock.advance(13 * DAY_S);
        write_what_is_due(app);
        expected.insert(3, "ada request_reminder");
        assert_eq!(mails(app), expected, "of the one that is open");
        app.clock.advance(DAY_S);
        expire_what_is_overdue(app);
        write_what_is_due(app);
        assert_eq!((mails(app).len(), app.database.db_count("payment_notices")), (6, 0));
        assert_eq!(ben.again().get(&path_of(&open)).expect(200).body["state"], "expired");
    }

    fn of_all_who_act_at_once_one_wins(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let sign_in = || -> Vec<(Person, Person)> { (0..8).map(|_| (ada.again(), ben.again())).collect() };
        let (mut sessions, mut accepted) = (sign_in(), 0);
        for round in 0..6 {
            let asked = ask(&sessions[0].1, &ada, "1.00");
            let start = Barrier::new(32);
            let expires = round % 3 == 2;
            if expires {
                app.clock.advance(14 * DAY_S);
                sessions = sign_in();
            }
            let replies: Vec<Option<u16>> = std::thread::scope(|scope| {
                let (start, sessions, asked, app) = (&start, &sessions, &asked, &app);
                let threads: Vec<_> = (0..32)
                    .map(|number| {
                        let (ada, ben) = &sessions[number / 4];
                        scope.spawn(move || {
                            start.wait();
                            match number % 4 {
                                0 => Some(step(ada, asked, "accept", &json!({})).status),
                                1 => Some(step(ada, asked, "decline", &json!({})).status),
                                2 => Some(step(ben, asked, "cancel", &json!({})).status),
                                _ => {
                                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                                    runtime.block_on(app.services().expire_overdue()).unwrap();
                                    None
                                }
                            }
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let won = replies.iter().filter(|status| **status == Some(200)).count();
            let told = replies.iter().filter(|status| **status == Some(409)).count();
            let state = sessions[0].0.get(&path_of(&asked)).expect(200).body["state"].as_str().unwrap().to_owned();
            assert_eq!((won, told), if state == "expired" { (0, 24) } else { (1, 23) }, "{state}: {replies:?}");
            assert!(!expires || state != "completed", "nothing is accepted after its time");
            accepted += usize::from(state == "completed");
        }
        assert_eq!(sessions[0].1.balance(), format!("{accepted}.00"));
    }

    fn who_leaves_takes_back_and_is_asked_no_more(app: &TestApp) {
        let (zoe, ben, admin) = (app.member("zoe"), app.member("ben"), app.admin());
        let (from_zoe, to_zoe) = (ask(&zoe, &ben, "1.00"), ask(&ben, &zoe, "2.00"));
        let declined = ask(&ben, &zoe, "3.00");
        step(&zoe, &declined, "decline", &json!({"reason": "canary-quarrel"})).expect(200);
        let body = json!({"payer": ben.code, "payee": zoe.code, "amount": "4.00", "capture": "manual"});
        let held = ben.post_payment("h", &body).expect(201).body;
        let trust = format!("/api/v1/accounts/{}/trusted-payees/{}", ben.code, zoe.code);
        ben.put(&trust, &json!({"up_to": "1.00"})).expect(200);
        app.set_status(&zoe, "closed");
        zoe.post("/api/v1/me/erasure", &json!({"reason": "Moving away"})).expect(202);
        app.clock.advance(crate::privacy::WAIT_S);
        crate::privacy::erase_what_is_due(app);
        let (ben, admin) = (ben.again(), admin.again());
        for (payment, state) in [(&from_zoe, "cancelled"), (&to_zoe, "cancelled"), (&declined, "declined"), (&held, "cancelled")] {
            let shown = admin.get(&path_of(payment)).expect(200).body;
            assert_eq!((&shown["state"], &shown["reason"]), (&json!(state), &Value::Null), "{shown}");
        }
        assert_eq!(ben.account()["reserved"], "0.00");
        ben.get(&trust).expect_problem(404, "not_found");
        assert_eq!(crate::privacy::count(&crate::privacy::held(app), "canary-quarrel"), 0);
        app.prove();
    }
}
