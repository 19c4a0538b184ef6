//! Each step of each payment, wherever it stands: a step that does not fit is refused with the reason, by whoever may take
//! it, and for everybody else there is no payment.

use std::fmt::Write;

use counterfoil::jobs::{Expiring, Work};
use serde_json::{Value, json};

use super::Picture;
use crate::payment_requests::ask;
use crate::payments_held::{path_of, step};
use crate::schedules::{plan, run_what_is_due};
use crate::support::{Person, TestApp, both_engines, fresh_key, payment};

/// The steps, each by whoever may take it.
const STEPS: [&str; 7] = ["accept", "decline", "cancel", "capture", "void", "refunds", "reversal"];
/// What each step is refused with, in the order of [`STEPS`]; `yes` where it fits, which is not tried here.
const EXPECTED: &str = "
asked                 yes             yes             yes             not_authorised         not_authorised         not_completed    not_completed
asked, over           request_expired yes             yes             not_authorised         not_authorised         not_completed    not_completed
asked and declined    not_requested   not_requested   not_requested   not_authorised         not_authorised         not_completed    not_completed
asked and taken back  not_requested   not_requested   not_requested   not_authorised         not_authorised         not_completed    not_completed
asked and expired     not_requested   not_requested   not_requested   not_authorised         not_authorised         not_completed    not_completed
asked and accepted    not_requested   not_requested   not_requested   not_authorised         not_authorised         yes              yes
held                  not_requested   not_requested   not_requested   yes                    yes                    not_completed    not_completed
held, over            not_requested   not_requested   not_requested   authorisation_expired  yes                    not_completed    not_completed
held and captured     not_requested   not_requested   not_requested   not_authorised         not_authorised         yes              yes
held and voided       not_requested   not_requested   not_requested   not_authorised         not_authorised         not_completed    not_completed
held and expired      not_requested   not_requested   not_requested   not_authorised         not_authorised         not_completed    not_completed
paid                  not_requested   not_requested   not_requested   not_authorised         not_authorised         yes              yes
paid and given back   not_requested   not_requested   not_requested   not_authorised         not_authorised         refund_too_large nothing_left
a refund              not_requested   not_requested   not_requested   not_authorised         not_authorised         refund_of_refund reversal_of_refund
paid and reversed     not_requested   not_requested   not_requested   not_authorised         not_authorised         refund_too_large nothing_left
a reversal            not_requested   not_requested   not_requested   not_authorised         not_authorised         refund_of_refund reversal_of_refund
planned               not_requested   not_requested   yes             not_authorised         not_authorised         not_completed    not_completed
planned and paid      not_requested   not_requested   schedule_ended  not_authorised         not_authorised         yes              yes
planned and failed    not_requested   not_requested   schedule_ended  not_authorised         not_authorised         not_completed    not_completed
planned, called off   not_requested   not_requested   yes             not_authorised         not_authorised         not_completed    not_completed
";

fn body_of(step: &str) -> Value {
    match step {
        "refunds" => json!({"amount": "1.00"}),
        "reversal" => json!({"reason": "Wrong"}),
        _ => json!({}),
    }
}

/// Ada, who can pay all of it but what is planned to fail.
fn of_means(app: &TestApp) -> Person {
    app.newcomer("ada").with_credit_limit("1000.00").join()
}

/// Payments over 2.00 from Ada to Ben, one in each place where a payment can stand.
fn payments_everywhere(app: &TestApp, ada: &Person, ben: &Person) -> Vec<(&'static str, Value)> {
    let soon = |seconds: i64| app.now().plus_seconds(seconds).rfc3339();
    let asking = |until: i64| {
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "2.00", "expires_at": soon(until)});
        ben.post_with("/api/v1/payment-requests", &[("Idempotency-Key", &fresh_key())], &body)
            .expect(201)
            .body
    };
    let holding = |until: i64| {
        let mut body = payment(ada, ben, "2.00");
        (body["capture"], body["expires_at"]) = (json!("manual"), json!(soon(until)));
        ada.post_payment(&fresh_key(), &body).expect(201).body
    };
    let then = |payment: Value, who: &Person, name: &str| {
        let reply = step(who, &payment, name, &body_of(name));
        assert!(reply.status < 300, "{name}: {}", reply.body);
        (payment, reply.body)
    };
    let planning =
        |amount: &str, seconds: i64| plan(ada, ben, amount, &soon(seconds), &fresh_key()).expect(201).body;
    // What is over or has had its turn when the jobs ran, and what is over before they run again.
    let (asked_and_expired, held_and_expired) = (asking(40), holding(40));
    let (asked_over, held_over) = (asking(80), holding(80));
    let (planned_and_paid, planned_and_failed) = (planning("2.00", 40), planning("2000.00", 40));
    app.clock.advance(45);
    let expiring = Expiring::new(app.services());
    while app.block_on(expiring.do_one()).unwrap() {}
    run_what_is_due(app);
    app.clock.advance(45);
    let whole = |payment: Value| {
        let back = step(ben, &payment, "refunds", &json!({"amount": "2.00"})).expect(201).body;
        (payment, back)
    };
    let (given_back, a_refund) = whole(app.pay(ada, ben, "2.00"));
    let (reversed, a_reversal) = then(app.pay(ada, ben, "2.00"), &app.admin(), "reversal");
    let (_, accepted) = then(ask(ben, ada, "2.00"), ada, "accept");
    vec![
        ("asked", ask(ben, ada, "2.00")),
        ("asked, over", asked_over),
        ("asked and declined", then(ask(ben, ada, "2.00"), ada, "decline").0),
        ("asked and taken back", then(ask(ben, ada, "2.00"), ben, "cancel").0),
        ("asked and expired", asked_and_expired),
        ("asked and accepted", accepted),
        ("held", holding(200)),
        ("held, over", held_over),
        ("held and captured", then(holding(200), ben, "capture").0),
        ("held and voided", then(holding(200), ben, "void").0),
        ("held and expired", held_and_expired),
        ("paid", app.pay(ada, ben, "2.00")),
        ("paid and given back", given_back),
        ("a refund", a_refund),
        ("paid and reversed", reversed),
        ("a reversal", a_reversal),
        ("planned", planning("2.00", 200)),
        ("planned and paid", planned_and_paid),
        ("planned and failed", planned_and_failed),
        ("planned, called off", then(planning("2.00", 200), ada, "cancel").0),
    ]
}

both_engines! {
    fn a_step_that_does_not_fit_is_refused_with_its_reason(app: &TestApp) {
        let (ada, ben, admin) = (of_means(app), app.member("ben"), app.admin());
        let all = payments_everywhere(app, &ada, &ben);
        let before = Picture::of(app, true);
        let mut table = String::from("\n");
        let expected: Vec<Vec<&str>> = EXPECTED.lines().skip(1).map(|line| line[22..].split_whitespace().collect()).collect();
        for ((name, payment), expected) in all.iter().zip(&expected) {
            let mut cells = Vec::new();
            for (step_name, expected) in STEPS.iter().zip(expected) {
                let is_planned = !payment["scheduled_for"].is_null();
                let is_to_ben = payment["payee"]["code"] == ben.code.as_str();
                let (payer, payee) = if is_to_ben { (&ada, &ben) } else { (&ben, &ada) };
                let who = match *step_name {
                    "accept" | "decline" => payer,
                    "cancel" if is_planned => payer,
                    "reversal" => &admin,
                    _ => payee,
                };
                if *expected == "yes" {
                    cells.push("yes".to_owned());
                    continue;
                }
                let reply = step(who, payment, step_name, &body_of(step_name));
                let told = reply.body["reason"].as_str().or(reply.body["code"].as_str()).unwrap_or("done").to_owned();
                if reply.status == 409 {
                    reply.expect_problem(409, "conflict");
                }
                cells.push(told);
            }
            let widths = [16, 16, 16, 23, 23, 17, 0];
            let line: String = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(table, "{name:22}{line}").unwrap();
        }
        assert_eq!(table, EXPECTED, "{table}");
        assert_eq!(Picture::of(app, true), before);
    }

    fn for_everybody_else_there_is_no_payment(app: &TestApp) {
        let (ada, ben, carla) = (of_means(app), app.member("ben"), app.member("carla"));
        app.found("LAKE", 2);
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let all = payments_everywhere(app, &ada, &ben);
        for outsider in [&carla, &zoe] {
            outsider.tokens();
        }
        let before = Picture::of(app, false);
        let absent = json!({"id": "019a0000-0000-7000-8000-000000000001"});
        for step_name in STEPS {
            let body = body_of(step_name);
            let expected = step(&carla, &absent, step_name, &body).expect_problem(404, "not_found").without_request_id();
            for (name, payment) in &all {
                for who in [&carla, &zoe] {
                    let told = step(who, payment, step_name, &body).expect_problem(404, "not_found");
                    assert_eq!(told.without_request_id(), expected, "{step_name} of {name}");
                }
            }
        }
        for (name, payment) in &all {
            for of_it in ["", "/receipt", "/note"] {
                let told = carla.get(&format!("{}{of_it}", path_of(payment)));
                assert_eq!(told.status, 404, "{of_it} of {name}: {}", told.body);
            }
        }
        assert_eq!(Picture::of(app, false), before);
    }

    fn no_more_is_taken_or_given_back_than_there_was(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let mut manual = payment(&ada, &ben, "2.00");
        manual["capture"] = json!("manual");
        let held = ada.post_payment(&fresh_key(), &manual).expect(201).body;
        let paid = app.pay(&ada, &ben, "2.00");
        step(&ben, &paid, "refunds", &json!({"amount": "1.50"})).expect(201);
        let before = Picture::of(app, true);
        for (payment, name, amount, reason) in [
            (&held, "capture", "2.01", "capture_too_large"),
            (&held, "capture", "10000000000.00", "capture_too_large"),
            (&paid, "refunds", "0.51", "refund_too_large"),
            (&paid, "refunds", "2.00", "refund_too_large"),
            (&paid, "refunds", "10000000000.00", "refund_too_large"),
        ] {
            let reply = step(&ben, payment, name, &json!({"amount": amount})).expect_problem(409, "conflict");
            assert_eq!(reply.body["reason"], reason, "{name} {amount}");
            assert!(reply.body["detail"].as_str().unwrap().len() > 20, "{}", reply.body);
        }
        assert_eq!(Picture::of(app, true), before);
        step(&ben, &paid, "refunds", &json!({"amount": "0.50"})).expect(201);
        step(&ben, &held, "capture", &json!({"amount": "2.00"})).expect(200);
        assert_eq!((ada.balance(), ada.account()["reserved"].as_str()), ("-2.00".into(), Some("0.00")));
    }
}
