//! `/accounts/{account}/tellers`: some rights at an account, up to a ceiling, until they are taken back.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both_engines, fresh_key, keys, session_of};

const DAY_SECONDS: i64 = 86_400;

fn path(owner: &Person, teller: &Person) -> String {
    format!("/api/v1/accounts/{}/tellers/{}", owner.code, teller.user_id)
}

#[track_caller]
fn let_act(owner: &Person, teller: &Person, rights: &[&str], per_payment: Value, per_day: Value) -> Value {
    let terms = json!({"rights": rights, "per_payment": per_payment, "per_day": per_day});
    owner.put(&path(owner, teller), &terms).expect(200).body
}

/// A payment from the owner's account, made by somebody else.
fn pay_for(teller: &Person, owner: &Person, payee: &Person, amount: &str) -> Reply {
    let body = json!({"allow_duplicate": true, "payer": owner.code, "payee": payee.code, "amount": amount});
    teller.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &body)
}

#[track_caller]
fn assert_ceiling(reply: Reply, reason: &str, left: &str) {
    let reply = reply.expect_problem(403, "forbidden");
    assert_eq!((&reply.body["reason"], &reply.body["available"]), (&json!(reason), &json!(left)));
}

/// A user with a login and a place in another community only.
fn outsider(app: &TestApp, name: &str) -> Person {
    if app.database.db_numbers("SELECT count(*) AS value FROM communities WHERE code = 'LAKE'") == [0] {
        app.found("LAKE", 2);
    }
    app.newcomer(name).of("LAKE").join()
}

both_engines! {
    fn a_teller_does_what_the_rights_say(app: &TestApp) {
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let account = format!("/api/v1/accounts/{}", shop.code);
        till.get(&account).expect_problem(404, "not_found");
        pay_for(&till, &shop, &ben, "1.00").expect_problem(404, "not_found");
        let view = let_act(&shop, &till, &["see"], json!(null), json!(null));
        assert_eq!(keys(&view), ["name", "per_day", "per_payment", "rights", "user_id"]);
        assert_eq!((&view["name"], &view["rights"]), (&json!("till"), &json!(["see"])));
        assert_eq!(till.get(&account).expect(200).body["balance"], "0.00");
        till.get(&format!("{account}/entries")).expect(200);
        till.get(&format!("/api/v1/payments?account={}", shop.code)).expect(200);
        pay_for(&till, &shop, &ben, "1.00").expect_problem(403, "forbidden");
        let_act(&shop, &till, &["pay"], json!("5"), json!(null));
        till.get(&account).expect_problem(404, "not_found");
        let made = pay_for(&till, &shop, &ben, "5.00").expect(201);
        assert_eq!(made.body["payer"]["code"], shop.code);
        assert_ceiling(pay_for(&till, &shop, &ben, "5.01"), "teller_ceiling_per_payment", "5.00");
        assert_eq!(till.get(&path(&shop, &till)).expect_problem(404, "not_found").status, 404, "without seeing it");
        let creators = app.database.db_numbers("SELECT count(DISTINCT created_by) AS value FROM payments");
        assert_eq!(creators, [1]);
    }

    fn a_teller_is_no_member_and_no_owner(app: &TestApp) {
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let_act(&shop, &till, &["see", "take", "pay"], json!(null), json!(null));
        for what in ["members", "ledger"] {
            till.get(&format!("/api/v1/communities/RIVER/{what}")).expect_problem(404, "not_found");
        }
        till.get(&format!("/api/v1/accounts/{}", ben.code)).expect_problem(404, "not_found");
        pay_for(&till, &ben, &shop, "1.00").expect_problem(404, "not_found");
        till.get(&format!("/api/v1/accounts/{}/delegates", shop.code)).expect_problem(403, "forbidden");
        let body = json!({"rights": ["pay"], "per_payment": null, "per_day": null});
        till.put(&path(&shop, &ben), &body).expect_problem(403, "forbidden");
        till.put(&format!("/api/v1/accounts/{}/step-up", shop.code), &json!({"above": "1.00"})).expect_problem(403, "forbidden");
        assert_eq!(till.get(&path(&shop, &till)).expect(200).body["rights"], json!(["see", "take", "pay"]));
    }

    fn what_is_taken_back_is_gone_at_the_next_request(app: &TestApp) {
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let_act(&shop, &till, &["see", "pay"], json!(null), json!(null));
        pay_for(&till, &shop, &ben, "1.00").expect(201);
        shop.delete(&path(&shop, &till)).expect(204);
        pay_for(&till, &shop, &ben, "1.00").expect_problem(404, "not_found");
        till.get(&format!("/api/v1/accounts/{}", shop.code)).expect_problem(404, "not_found");
        shop.delete(&path(&shop, &till)).expect_problem(404, "not_found");
        assert_eq!(shop.balance(), "-1.00");
        let lines = app.database.db_texts("SELECT action AS value FROM audits WHERE action LIKE 'account.teller' ORDER BY created_at");
        assert_eq!(lines.len(), 2);
        app.restart();
        pay_for(&till, &shop, &ben, "1.00").expect_problem(404, "not_found");
    }

    fn the_days_ceiling_counts_over_changes_of_the_terms(app: &TestApp) {
        app.clock.advance(DAY_SECONDS - app.now().unix_seconds().rem_euclid(DAY_SECONDS));
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let_act(&shop, &till, &["pay"], json!(null), json!(null));
        pay_for(&till, &shop, &ben, "6.00").expect(201);
        let_act(&shop, &till, &["pay"], json!(null), json!("10"));
        assert_ceiling(pay_for(&till, &shop, &ben, "4.01"), "teller_ceiling_per_day", "4.00");
        app.restart();
        pay_for(&till, &shop, &ben, "4.00").expect(201);
        assert_ceiling(pay_for(&till, &shop, &ben, "0.01"), "teller_ceiling_per_day", "0.00");
        app.pay(&shop, &ben, "1.00");
        app.clock.advance(DAY_SECONDS);
        pay_for(&till.again(), &shop, &ben, "10.00").expect(201);
    }

    fn two_payments_at_once_are_not_both_the_last_that_fits(app: &TestApp) {
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let_act(&shop, &till, &["pay"], json!(null), json!("10"));
        till.tokens();
        let barrier = Barrier::new(8);
        let made = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| { barrier.wait(); pay_for(&till, &shop, &ben, "4.00").status }))
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).filter(|status| *status == 201).count()
        });
        assert_eq!((made, shop.balance().as_str()), (2, "-8.00"));
    }

    fn revoking_races_with_paying_and_wins_or_loses_whole(app: &TestApp) {
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let_act(&shop, &till, &["pay"], json!(null), json!(null));
        till.tokens();
        let barrier = Barrier::new(9);
        let statuses: Vec<_> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| { barrier.wait(); pay_for(&till, &shop, &ben, "1.00").status }))
                .collect();
            barrier.wait();
            shop.delete(&path(&shop, &till)).expect(204);
            // From the answer on, nothing more is posted.
            pay_for(&till, &shop, &ben, "1.00").expect_problem(404, "not_found");
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let made = statuses.iter().filter(|status| **status == 201).count();
        assert!(statuses.iter().all(|status| [201, 404].contains(status)), "{statuses:?}");
        assert_eq!(app.ledger(&ben)["transfers"], made);
    }

    fn a_session_that_ended_before_does_not_become_a_tellers(app: &TestApp) {
        let (shop, ben, till) = (app.member("shop"), app.member("ben"), outsider(app, "till"));
        let ended = till.again();
        let session = session_of(&ended.tokens().access);
        till.again().delete(&format!("/api/v1/sessions/{session}")).expect(204);
        let_act(&shop, &till, &["pay"], json!(null), json!(null));
        pay_for(&ended, &shop, &ben, "1.00").expect_problem(401, "unauthenticated");
        pay_for(&till.again(), &shop, &ben, "1.00").expect(201);
        app.restart();
        pay_for(&ended, &shop, &ben, "1.00").expect_problem(401, "unauthenticated");
    }

    fn a_session_that_ended_before_does_not_become_a_members(app: &TestApp) {
        let (ben, till) = (app.member("ben"), outsider(app, "till"));
        let ended = till.again();
        let session = session_of(&ended.tokens().access);
        till.again().delete(&format!("/api/v1/sessions/{session}")).expect(204);
        let joined = app.newcomer("till").join();
        pay_for(&ended, &joined, &ben, "1.00").expect_problem(401, "unauthenticated");
        pay_for(&till.again(), &joined, &ben, "1.00").expect(201);
    }

    fn nonsense_is_refused(app: &TestApp) {
        let (shop, ben) = (app.member("shop"), app.member("ben"));
        let good = json!({"rights": ["see"], "per_payment": null, "per_day": null});
        let with = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            shop.put(&path(&shop, &ben), &body)
        };
        for rights in [json!([]), json!(["own"]), json!(["see", "See"])] {
            with("rights", rights).expect_fault("/rights");
        }
        for amount in ["0", "-1", "1e3", "x"] {
            with("per_day", json!(amount)).expect_fault("/per_day");
            with("per_payment", json!(amount)).expect_fault("/per_payment");
        }
        with("until", json!(null)).expect_problem(400, "validation_failed");
        shop.put(&path(&shop, &ben), &json!({"rights": ["see"]})).expect_problem(400, "validation_failed");
        shop.put(&format!("/api/v1/accounts/{}/tellers/nobody@river.example", shop.code), &good).expect_problem(404, "not_found");
        shop.put(&format!("/api/v1/accounts/{}/tellers/{}", shop.code, ben.email), &good).expect_problem(404, "not_found");
        shop.put(&path(&shop, &ben), &good).expect(200);
        let listed = shop.get(&format!("/api/v1/accounts/{}/delegates", shop.code)).expect(200).body;
        assert_eq!((listed["tellers"][0]["name"].as_str(), &listed["brokers"]), (Some("ben"), &json!([])));
    }
}
