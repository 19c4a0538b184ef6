//! What comes of a schedule's run that cannot be: by its rule, and who is told.

use counterfoil::domain::time::Timestamp;
use serde_json::{Value, json};

use crate::schedules::{
    DAY_S, HOUR_S, SCHEDULES, daily, day, go_to, mails_about_plans, make, path, plan, run_what_is_due, see,
};
use crate::support::{Person, TestApp, both_engines, fresh_key};

/// What a schedule's runs came to, oldest first: state and reason of failure.
pub fn outcomes(person: &Person, schedule: &Value) -> Vec<(String, Value)> {
    let reply = person.again().get(&format!("{}/payments?limit=100", path(schedule))).expect(200);
    let told = |payment: &Value| {
        assert_eq!(payment["schedule"], schedule["id"]);
        (payment["state"].as_str().unwrap().to_owned(), payment["failure"]["code"].clone())
    };
    reply.data().iter().rev().map(told).collect()
}

pub fn completed() -> (String, Value) {
    ("completed".to_owned(), Value::Null)
}

fn failed(code: &str) -> (String, Value) {
    ("failed".to_owned(), json!(code))
}

fn set_status(app: &TestApp, person: &Person, status: &str) {
    let body = json!({"status": status, "reason": "Decided at the meeting"});
    app.admin().again().put(&format!("/api/v1/accounts/{}/status", person.code), &body).expect(200);
}

both_engines! {
    fn a_failed_run_is_skipped_tried_again_or_pauses_the_schedule(app: &TestApp) {
        let (ada, ben) = (app.newcomer("ada").with_credit_limit("0").join(), app.member("ben"));
        let rule = |rule: Value| make(&ada, &daily(app, &ada, &ben, "5.00", &json!({"on_failure": rule})));
        let skips = rule(json!({"rule": "skip"}));
        let retries = rule(json!({"rule": "retry", "retries": 2, "wait_hours": 6}));
        let pauses = rule(json!({"rule": "pause", "after": 2}));
        go_to(app, &skips["next_run_at"]);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &skips), [failed("insufficient_credit")]);
        assert_eq!(outcomes(&ada, &retries), []);
        let waits = see(&ada, &retries);
        assert_eq!((&waits["state"], &waits["runs"], &waits["last_failure"]["code"]), (&json!("active"), &json!(0), &json!("insufficient_credit")));
        let due = Timestamp::parse_rfc3339(waits["next_run_at"].as_str().unwrap()).unwrap();
        assert!(due > app.now().plus_seconds(5 * HOUR_S) && due <= app.now().plus_seconds(6 * HOUR_S));
        assert_eq!(outcomes(&ada, &pauses), [failed("insufficient_credit")]);
        assert_eq!(mails_about_plans(app), 2);
        // The second try still finds nothing, the third has enough.
        app.clock.advance(6 * HOUR_S);
        run_what_is_due(app);
        assert_eq!(see(&ada, &retries)["runs"], 0);
        app.pay(&ben.again(), &ada, "5.00");
        app.clock.advance(6 * HOUR_S);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &retries), [completed()]);
        assert_eq!((&see(&ada, &retries)["last_failure"], mails_about_plans(app)), (&Value::Null, 2));
        // The next day nobody has anything: what is tried again is noted as failed after its last try.
        app.clock.advance(12 * HOUR_S);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &skips).len(), 2);
        let paused = see(&ada, &pauses);
        assert_eq!((&paused["state"], &paused["failed_runs"], &paused["next_run_at"]), (&json!("paused"), &json!(2), &Value::Null));
        let told = app.database.db_texts("SELECT COALESCE(parameters, '') AS value FROM mails WHERE kind = 20");
        assert_eq!(told.iter().filter(|text| text.contains("paused")).count(), 1, "{told:?}");
        for _ in 0..2 {
            app.clock.advance(6 * HOUR_S);
            run_what_is_due(app);
        }
        assert_eq!(outcomes(&ada, &retries), [completed(), failed("insufficient_credit")]);
        // Resumed, it counts anew.
        app.pay(&ben.again(), &ada, "50.00");
        ada.again().post(&format!("{}/resume", path(&pauses)), &json!({})).expect(200);
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &pauses).last(), Some(&completed()));
        assert_eq!(see(&ada, &pauses)["state"], "active");
    }

    fn closed_accounts_end_what_is_planned(app: &TestApp) {
        let (ada, ben, cyd) = (app.member("ada"), app.member("ben"), app.member("cyd"));
        let to_ben = make(&ada, &daily(app, &ada, &ben, "1.00", &json!({})));
        let by_cyd = make(&cyd, &daily(app, &cyd, &ada, "1.00", &json!({})));
        let once = plan(&cyd, &ada, "1.00", &day(app, 2), "k").expect(201).body;
        app.set_status(&ben, "closed");
        app.set_status(&cyd, "closed");
        // The payer's end at once, and what is paid to somebody when it would have been paid.
        let ended = see(&cyd, &by_cyd);
        assert_eq!((&ended["state"], &ended["end_reason"]), (&json!("ended"), &json!("payer_closed")));
        let failed = cyd.get(&format!("/api/v1/payments/{}", once["id"].as_str().unwrap())).expect(200).body;
        assert_eq!((&failed["state"], &failed["failure"]["code"]), (&json!("failed"), &json!("account_not_active")));
        assert_eq!(see(&ada, &to_ben)["state"], "active");
        app.clock.advance(3 * DAY_S);
        run_what_is_due(app);
        let ended = see(&ada, &to_ben);
        assert_eq!((&ended["state"], &ended["end_reason"], &ended["runs"]), (&json!("ended"), &json!("payee_closed"), &json!(0)));
        assert_eq!((&ended["last_failure"]["code"], mails_about_plans(app)), (&json!("account_not_active"), 3));
    }

    fn who_may_not_pay_any_more_pays_nothing(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let made = make(&ada, &daily(app, &ada, &ben, "1.00", &json!({})));
        // That the session ended in which it was made changes nothing.
        ada.delete("/api/v1/sessions/current").expect(204);
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &made), [completed()]);
        set_status(app, &ada, "frozen");
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &made)[1..], [failed("account_not_active")]);
        set_status(app, &ada, "active");
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        assert_eq!(outcomes(&ada, &made)[2..], [completed()]);

        // A teller's plans come by the teller's right, within the teller's ceilings, and end with it.
        let (ada, tom) = (ada.again(), app.member("tom"));
        let teller = |per_day: &str| {
            let terms = json!({"rights": ["see", "pay"], "per_payment": null, "per_day": per_day});
            let teller_path = format!("/api/v1/accounts/{}/tellers/{}", ada.code, tom.user_id);
            ada.put(&teller_path, &terms)
        };
        let reply = teller("5");
        assert!([200, 201, 204].contains(&reply.status), "{}", reply.body);
        let mut body = daily(app, &ada, &ben, "3.00", &json!({}));
        let of_tom = make(&tom, &body);
        body["amount"] = json!("5.01");
        tom.post_with(SCHEDULES, &[("Idempotency-Key", &fresh_key())], &body).expect_problem(403, "forbidden");
        body["amount"] = json!("3.00");
        let second = make(&tom, &body);
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        let mut told = [outcomes(&ada, &of_tom), outcomes(&ada, &second)].concat();
        told.sort_by_key(|(state, _)| state.clone());
        assert_eq!(told, [completed(), failed("forbidden")], "the day's ceiling has room for one");
        ada.again().delete(&format!("/api/v1/accounts/{}/tellers/{}", ada.code, tom.user_id)).expect(204);
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        for schedule in [&of_tom, &second] {
            let ended = see(&ada, schedule);
            assert_eq!((&ended["state"], &ended["end_reason"], &ended["runs"]), (&json!("ended"), &json!("not_permitted"), &json!(1)));
        }
        assert_eq!(see(&ada, &made)["state"], "active");
    }

    fn of_what_is_made_up_for_one_mail_tells(app: &TestApp) {
        let (ada, ben) = (app.newcomer("ada").with_credit_limit("0").join(), app.member("ben"));
        let made = make(&ada, &daily(app, &ada, &ben, "5.00", &json!({})));
        go_to(app, &made["next_run_at"]);
        app.clock.advance(29 * DAY_S + 2 * HOUR_S);
        run_what_is_due(app);
        let seen = see(&ada, &made);
        assert_eq!((&seen["failed_runs"], mails_about_plans(app)), (&json!(30), 1));
        // From then on each failure is told in its time.
        go_to(app, &seen["next_run_at"]);
        run_what_is_due(app);
        assert_eq!(mails_about_plans(app), 2);
        // What succeeds breaks the row.
        app.pay(&ben.again(), &ada, "5.00");
        app.clock.advance(3 * DAY_S + 2 * HOUR_S);
        run_what_is_due(app);
        let nothing = failed("insufficient_credit");
        assert_eq!(outcomes(&ada, &made)[31..], [completed(), nothing.clone(), nothing]);
        assert_eq!(mails_about_plans(app), 3);
    }
}
