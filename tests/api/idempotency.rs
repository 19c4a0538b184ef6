//! The `Idempotency-Key` of payments: the same key pays at most once, and answers the same bytes.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Reply, both_engines, fresh_key, payment};

#[track_caller]
fn assert_replay(first: &Reply, again: &Reply) {
    assert_eq!(again.status, first.status, "{}", again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(String::from_utf8_lossy(&again.bytes), String::from_utf8_lossy(&first.bytes));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(again.header("location"), first.header("location"));
}

both_engines! {
    fn without_a_key_nobody_pays(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.post("/api/v1/payments", &payment(&ada, &ben, "1.00")).expect_problem(400, "idempotency_key_missing");
        assert_eq!(ada.balance(), "0.00");
    }

    fn a_key_is_one_printable_text(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = payment(&ada, &ben, "1.00");
        let long = "x".repeat(256);
        for bad in ["", " ", "\"\"", "\"open", "\"a\"b", "\"a\\n\"", "ключ", "tab\tinside", &long, &format!("\"{long}\"")] {
            ada.post_payment(bad, &body).expect_fault("Idempotency-Key");
        }
        let twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "a")];
        ada.post_with("/api/v1/payments", &twice, &body).expect_fault("Idempotency-Key");
        assert_eq!(ada.balance(), "0.00");
        for good in ["x", &"x".repeat(255), "!#$%&'()*+,-./:;<=>?@[]^_`{|}~ with spaces", "\"quoted \\\" and \\\\\""] {
            ada.post_payment(good, &body).expect(201);
        }
    }

    fn both_forms_of_the_header_are_one_key(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = ada.pay_keyed(&ben, "1.00", "k-42").expect(201);
        assert_replay(&first, &ada.pay_keyed(&ben, "1.00", "\"k-42\""));
        assert_replay(&first, &ada.pay_keyed(&ben, "1.00", "  k-42 "));
        assert_eq!(ada.balance(), "-1.00");
    }

    fn a_repeated_request_pays_once_and_answers_the_same_bytes(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = ada.pay_keyed(&ben, "12.50", "k").expect(201);
        assert_eq!(first.header("idempotency-replayed"), None);
        app.clock.advance(60);
        app.pay(&ada, &ben, "1.00");
        for _ in 0..3 {
            assert_replay(&first, &ada.pay_keyed(&ben, "12.50", "k"));
        }
        assert_eq!(ada.balance(), "-13.50");
        assert_eq!(app.ledger(&ada)["transfers"], 2);
    }

    fn another_request_under_the_key_is_refused(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let first = ada.pay_keyed(&ben, "12.50", "k").expect(201);
        ada.pay_keyed(&ben, "12.51", "k").expect_problem(422, "idempotency_key_reused");
        ada.pay_keyed(&carla, "12.50", "k").expect_problem(422, "idempotency_key_reused");
        let other_text = json!({"payer": ada.code, "payee": ben.code, "amount": "12.50", "description": "Other"});
        ada.post_payment("k", &other_text).expect_problem(422, "idempotency_key_reused");
        // The same meaning in other bytes is another request, and so are the same bytes on another path.
        let spaced = format!("{} ", payment(&ada, &ben, "12.50"));
        let headers = [("Idempotency-Key", "k")];
        ada.send("POST", "/api/v1/payments", &headers, Some(spaced.into_bytes())).expect_problem(422, "idempotency_key_reused");
        let other_path = ada.post_with("/api/v1/%70ayments", &headers, &payment(&ada, &ben, "12.50"));
        other_path.expect_problem(422, "idempotency_key_reused");
        assert_replay(&first, &ada.pay_keyed(&ben, "12.50", "k"));
        assert_eq!(ada.balance(), "-12.50");
    }

    fn a_refusal_is_final_for_its_key(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let refused = ada.pay_keyed(&ben, "100.01", "k").expect_problem(409, "insufficient_credit");
        app.set_limits(&ada, "200.00", None);
        let again = ada.pay_keyed(&ben, "100.01", "k").expect_problem(409, "insufficient_credit");
        assert_replay(&refused, &again);
        assert_eq!(again.body["request_id"], refused.body["request_id"], "the first request's");
        ada.pay_keyed(&ben, "100.02", "k").expect_problem(422, "idempotency_key_reused");
        app.restart();
        assert_replay(&refused, &ada.pay_keyed(&ben, "100.01", "k"));
        ada.pay_keyed(&ben, "100.01", "k-2").expect(201);
        assert_eq!(app.database.db_count("refusals"), 1);
    }

    fn every_business_refusal_is_kept(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.newcomer("carla").with_ceiling("0").join());
        let same = ada.pay_keyed(&ada, "1.00", "same").expect_problem(409, "same_account");
        assert_replay(&same, &ada.pay_keyed(&ada, "1.00", "same"));
        let ceiling = ada.pay_keyed(&carla, "1.00", "ceiling").expect_problem(409, "ceiling_exceeded");
        app.set_limits(&carla, "0.00", None);
        assert_replay(&ceiling, &ada.pay_keyed(&carla, "1.00", "ceiling"));
        app.set_status(&ben, "frozen");
        let frozen = ada.pay_keyed(&ben, "1.00", "frozen").expect_problem(409, "account_not_active");
        app.set_status(&ben, "active");
        assert_replay(&frozen, &ada.pay_keyed(&ben, "1.00", "frozen"));
        assert_eq!(ada.balance(), "0.00");
    }

    fn other_refusals_leave_the_key_usable(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let send = |amount: &str, payer: &str, payee: &str| {
            ada.post_payment("k", &json!({"payer": payer, "payee": payee, "amount": amount}))
        };
        send("-1", &ada.code, &ben.code).expect_problem(400, "validation_failed");
        send("0.001", &ada.code, &ben.code).expect_problem(400, "validation_failed");
        send("1.00", &ada.code, "RIVER0999").expect_problem(404, "not_found");
        send("1.00", &ben.code, &ada.code).expect_problem(403, "forbidden");
        app.anonymous().post_with("/api/v1/payments", &[("Idempotency-Key", "k")], &payment(&ada, &ben, "1.00")).expect_problem(401, "unauthenticated");
        let headers = [("Idempotency-Key", "k"), ("Content-Type", "text/plain")];
        ada.post_with("/api/v1/payments", &headers, &payment(&ada, &ben, "1.00")).expect_problem(415, "unsupported_media_type");
        let paid = ada.pay_keyed(&ben, "1.00", "k").expect(201);
        assert_eq!(paid.header("idempotency-replayed"), None);
        // Neither do they disturb a key that is used already.
        send("-1", &ada.code, &ben.code).expect_problem(400, "validation_failed");
        assert_replay(&paid, &ada.pay_keyed(&ben, "1.00", "k"));
    }

    fn sixteen_at_once_post_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        for round in 1..=4 {
            let key = fresh_key();
            let start = Barrier::new(16);
            let replies: Vec<Reply> = std::thread::scope(|scope| {
                let send = || {
                    start.wait();
                    ada.pay_keyed(&ben, "1.00", &key)
                };
                let threads: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(replies.iter().all(|reply| reply.status == 201), "{replies:?}");
            assert!(replies.iter().all(|reply| reply.bytes == replies[0].bytes), "{replies:?}");
            let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none()).count();
            assert_eq!(fresh, 1);
            assert_eq!(app.ledger(&ada)["transfers"], round);
            assert_eq!(ada.balance(), format!("-{round}.00"));
        }
    }

    fn sixteen_refusals_at_once_are_one_refusal(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let start = Barrier::new(16);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let send = || {
                start.wait();
                ada.pay_keyed(&ben, "100.01", "k")
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(replies.iter().all(|reply| reply.status == 409 && reply.bytes == replies[0].bytes), "{replies:?}");
        assert_eq!(app.database.db_count("refusals"), 1);
    }

    fn two_requests_under_one_key_at_once_are_one_payment(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let start = Barrier::new(16);
        let statuses: Vec<(u16, Value)> = std::thread::scope(|scope| {
            let send = |cents: usize| {
                let (start, ada, ben) = (&start, &ada, &ben);
                move || {
                    start.wait();
                    let reply = ada.pay_keyed(ben, &format!("1.0{cents}"), "k");
                    (reply.status, reply.body["amount"].clone())
                }
            };
            let threads: Vec<_> = (0..16).map(|number| scope.spawn(send(number % 2))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let paid: Vec<_> = statuses.iter().filter(|(status, _)| *status == 201).collect();
        let reused = statuses.iter().filter(|(status, _)| *status == 422).count();
        assert_eq!((paid.len(), reused), (8, 8), "{statuses:?}");
        assert!(paid.iter().all(|reply| *reply == paid[0]));
        assert_eq!(app.ledger(&ada)["transfers"], 1);
    }

    fn a_key_outlives_the_session(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = ada.pay_keyed(&ben, "1.00", "k").expect(201);
        ada.delete("/api/v1/sessions/current").expect(204);
        assert_replay(&first, &ada.again().pay_keyed(&ben, "1.00", "k"));
        assert_eq!(ben.balance(), "1.00");
    }

    fn a_key_outlives_the_process(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = ada.pay_keyed(&ben, "1.00", "k").expect(201);
        app.restart();
        assert_replay(&first, &ada.pay_keyed(&ben, "1.00", "k"));
        ada.pay_keyed(&ben, "1.01", "k").expect_problem(422, "idempotency_key_reused");
        assert_eq!(ben.balance(), "1.00");
        assert_eq!(app.ledger(&ben)["transfers"], 1);
    }

    fn a_key_is_one_persons_in_one_community(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let ada_at_the_lake = app.newcomer("ada").of("LAKE").join();
        let ben_at_the_lake = app.newcomer("ben").of("LAKE").join();
        for reply in [
            ada.pay_keyed(&ben, "1.00", "k"),
            ben.pay_keyed(&ada, "1.00", "k"),
            ada_at_the_lake.pay_keyed(&ben_at_the_lake, "1.00", "k"),
        ] {
            assert_eq!(reply.expect(201).header("idempotency-replayed"), None);
        }
    }

    fn a_replay_needs_no_more_than_the_key(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = ada.pay_keyed(&ben, "100.00", "k").expect(201);
        app.set_status(&ada, "frozen");
        assert_replay(&first, &ada.pay_keyed(&ben, "100.00", "k"));
    }

    fn an_erased_answer_is_replayed_as_the_payment_is_now(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = ada.pay_keyed(&ben, "1.00", "k").expect(201);
        app.stop();
        {
            use diesel::connection::SimpleConnection;
            let sql = "UPDATE idempotency_keys SET body = NULL";
            match &mut app.database.open().connect_writer().unwrap() {
                counterfoil::storage::Conn::Postgres(c) => c.batch_execute(sql).unwrap(),
                counterfoil::storage::Conn::Sqlite(c) => c.batch_execute(sql).unwrap(),
            }
        }
        app.restart();
        let again = ada.pay_keyed(&ben, "1.00", "k").expect(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.body, first.body);
    }
}
