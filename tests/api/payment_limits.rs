//! How much and how often accounts pay, where the community's limit policy bounds it, and who is warned before a limit.

use std::sync::Barrier;

use counterfoil::jobs::{Limiting, Work};
use serde_json::{Value, json};

use crate::payment_requests::ask;
use crate::support::{Person, TestApp, both_engines, fresh_key, payment};

const POLICY: &str = "/api/v1/communities/RIVER/limit-policy";
const PREVIEW: &str = "/api/v1/communities/RIVER/limit-policy/preview";
const DAY_S: i64 = 86_400;

fn fixed(base: &str) -> Value {
    json!({"base": base, "terms": [], "minimum": "0", "maximum": base})
}

/// All may go 100.00 below zero, and are warned at 80 %; they pay so much and so often.
fn policy(limits: &Value) -> Value {
    json!({"rules": [], "default": {
        "credit_limit": fixed("100"), "ceiling": null, "warn_at": "0.8", "payment_limits": limits,
    }})
}

fn adopt(app: &TestApp, limits: &Value) -> Value {
    let mut policy = policy(limits);
    policy["reason"] = json!("Decided at the meeting");
    let adopted = app.admin().again().put(POLICY, &policy).expect(200).body;
    let limiting = Limiting::new(app.services());
    while app.block_on(limiting.do_one()).unwrap() {}
    adopted
}

fn explained(of: &Person) -> Value {
    of.again().get(&format!("/api/v1/accounts/{}/limits/explain", of.code)).expect(200).body
}

/// Lets time pass until noon of the next Wednesday by UTC.
fn until_wednesday_noon(app: &TestApp) {
    let wednesday = app.now().unix_seconds().rem_euclid(7 * DAY_S);
    // 1970-01-01 was a Thursday: its Wednesday is six days later.
    app.clock.advance((6 * DAY_S + DAY_S / 2 - wednesday).rem_euclid(7 * DAY_S));
}

both_engines! {
    fn payments_are_bounded_in_a_day_and_a_week(app: &TestApp) {
        until_wednesday_noon(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "5.00");
        let adopted = adopt(app, &json!([{"period": "day", "amount": "20", "payments": 3}, {"period": "week", "amount": "30.00", "payments": null}]));
        assert_eq!(adopted["default"]["payment_limits"], json!([
            {"period": "day", "amount": "20.00", "payments": 3}, {"period": "week", "amount": "30.00", "payments": null},
        ]));
        assert_eq!(adopted["default"]["warn_at"], "0.8000");
        let ada = ada.again();
        // What was paid before is not counted.
        app.pay(&ada, &ben, "12.00");
        let refused = app.try_pay(&ada, &ben, "8.01").expect_problem(409, "payment_limit_reached");
        assert_eq!((&refused.body["reason"], &refused.body["available"]), (&json!("day"), &json!("8.00")));
        let quote = ada.post("/api/v1/quotes", &payment(&ada, &ben, "8.01")).expect(200).body;
        assert_eq!(quote["refusal"]["code"], "payment_limit_reached");
        app.pay(&ada, &ben, "1.00");
        // A bill that she accepts counts as any payment.
        let bill = ask(&ben.again(), &ada, "1.00");
        let path = format!("/api/v1/payments/{}/accept", bill["id"].as_str().unwrap());
        ada.post_with(&path, &[("idempotency-key", &fresh_key())], &json!({})).expect(200);
        let refused = app.try_pay(&ada, &ben, "1.00").expect_problem(409, "payment_limit_reached");
        assert_eq!(refused.body["detail"], "No more payments may be made in this day.", "and nothing of how much");
        assert_eq!(explained(&ada)["payment_limits"], json!([
            {"period": "day", "amount": "20.00", "payments": 3, "paid_amount": "14.00", "paid_payments": 3},
            {"period": "week", "amount": "30.00", "payments": null, "paid_amount": "14.00", "paid_payments": 3},
        ]));
        // Others are bounded by what they pay themselves; the next day begins anew, the week goes on.
        app.pay(&ben.again(), &ada, "20.00");
        app.clock.advance(DAY_S);
        let ada = ada.again();
        let refused = app.try_pay(&ada, &ben, "16.01").expect_problem(409, "payment_limit_reached");
        assert_eq!((&refused.body["reason"], &refused.body["available"]), (&json!("week"), &json!("16.00")));
        app.pay(&ada, &ben, "16.00");
        app.clock.advance(4 * DAY_S);
        app.pay(&ada.again(), &ben, "20.00");
        // A restart forgets nothing.
        app.restart();
        app.try_pay(&ada.again(), &ben, "0.01").expect_problem(409, "payment_limit_reached");
    }

    fn of_two_at_once_one_is_the_last(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        adopt(app, &json!([{"period": "month", "amount": null, "payments": 2}]));
        let callers: Vec<_> = (0..6).map(|_| ada.again()).collect();
        let (barrier, ben) = (Barrier::new(callers.len()), &ben);
        let replies: Vec<u16> = std::thread::scope(|scope| {
            let pay = |(place, caller): (usize, Person)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    caller.pay_keyed(ben, &format!("1.0{place}"), &fresh_key()).status
                })
            };
            let waiting: Vec<_> = callers.into_iter().enumerate().map(pay).collect();
            waiting.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(replies.iter().filter(|status| **status == 201).count(), 2, "{replies:?}");
    }

    fn what_would_have_been_refused_is_seen_beforehand(app: &TestApp) {
        until_wednesday_noon(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "10.00");
        let second = app.pay(&ada, &ben, "11.00");
        app.pay(&ada, &ben, "9.00");
        let limits = json!([{"period": "day", "amount": "20", "payments": null}]);
        let preview = app.admin().again().post(PREVIEW, &policy(&limits)).expect(200).body;
        // Without the second, which would have been refused, the third would have been one of 19.00.
        assert_eq!(preview["refused"], 1);
        assert_eq!(preview["refused_payments"], json!([
            {"payment_id": second["id"], "account": ada.code, "amount": "11.00", "refusal": "payment_limit_reached"},
        ]));
    }

    fn every_fault_is_named(app: &TestApp) {
        let bad = json!([
            {"period": "year", "amount": "1", "payments": null},
            {"period": "day", "amount": null, "payments": null},
            {"period": "day", "amount": "0", "payments": 0},
        ]);
        let mut policy = policy(&bad);
        policy["default"]["warn_at"] = json!("1.5");
        policy["reason"] = json!("Decided");
        let reply = app.admin().again().put(POLICY, &policy).expect_problem(400, "validation_failed");
        let mut pointers = reply.pointers();
        pointers.sort();
        assert_eq!(pointers, [
            "/default/payment_limits/0/period", "/default/payment_limits/1", "/default/payment_limits/2/amount",
            "/default/payment_limits/2/payments", "/default/payment_limits/2/period", "/default/warn_at",
        ]);
    }

    fn whoever_comes_near_a_limit_hears_of_it(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        adopt(app, &json!([]));
        let ada = ada.again();
        let mut to_ada = app.listen(&ada, None).opened();
        app.pay(&ada, &ben, "79.99");
        to_ada.expect("payment.completed");
        app.pay(&ada, &ben, "0.01");
        assert_eq!(to_ada.expect("account.near_limit")["code"], ada.code.as_str());
        to_ada.expect("payment.completed");
        app.pay(&ada, &ben, "1.00");
        to_ada.expect("payment.completed");
        assert_eq!(explained(&ada)["warn_at"], "0.8000");
    }
}
