//! Planned payments, again and again: each kind's story. What happens when a run fails is in `schedules_failures.rs`.

use counterfoil::domain::time::Timestamp;
use counterfoil::domain::zone::Zone;
use counterfoil::jobs::{Scheduling, Work};
use serde_json::{Value, json};

use crate::schedules_failures::{completed, outcomes};
use crate::support::{Person, Reply, TestApp, both_engines, fresh_key, payment};
use crate::{is_id, is_time};

pub const SCHEDULES: &str = "/api/v1/schedules";
pub const HOUR_S: i64 = 3_600;
pub const DAY_S: i64 = 86_400;

/// What the jobs of a running service do: everything that is due by the app's clock.
pub fn run_what_is_due(app: &TestApp) {
    let scheduling = Scheduling::new(app.services());
    while app.block_on(scheduling.do_one()).unwrap() {}
}

/// The day on which the app lives, so many days later, by the clocks of a zone without summer time.
pub fn day(app: &TestApp, later: i64) -> String {
    app.now().plus_seconds(later * DAY_S).rfc3339()[..10].to_owned()
}

/// The year in which the app lives, so many years later.
fn year(app: &TestApp, later: i64) -> i64 {
    day(app, 0)[..4].parse::<i64>().unwrap() + later
}

/// Moves the app's clock to a time.
pub fn go_to(app: &TestApp, time: &Value) {
    let time = Timestamp::parse_rfc3339(time.as_str().unwrap()).unwrap();
    app.clock.advance((time.micros() - app.now().micros()) / 1_000_000 + 1);
}

pub fn plan(payer: &Person, payee: &Person, amount: &str, scheduled_for: &str, key: &str) -> Reply {
    let mut body = payment(payer, payee, amount);
    body["scheduled_for"] = json!(scheduled_for);
    payer.post_payment(key, &body)
}

/// A daily schedule from tomorrow on, with what else is said.
pub fn daily(app: &TestApp, payer: &Person, payee: &Person, amount: &str, more: &Value) -> Value {
    let mut body = payment(payer, payee, amount);
    // Runs are alike on purpose.
    body.as_object_mut().unwrap().remove("allow_duplicate");
    body["starts_on"] = json!(day(app, 1));
    body["unit"] = json!("day");
    // At midnight, so that a day later it is due whatever time of day the test runs at.
    body["time"] = json!("00:00");
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub fn make(payer: &Person, body: &Value) -> Value {
    payer.post_with(SCHEDULES, &[("Idempotency-Key", &fresh_key())], body).expect(201).body
}

/// A schedule as it is now, in a session that is alive whatever the time is.
pub fn see(person: &Person, schedule: &Value) -> Value {
    person.again().get(&path(schedule)).expect(200).body
}

pub fn path(schedule: &Value) -> String {
    format!("{SCHEDULES}/{}", schedule["id"].as_str().unwrap())
}

/// Changes what a schedule does from its next run on.
pub fn edit(by: &Person, schedule: &Value, body: &Value) -> Reply {
    by.patch(&path(schedule), body)
}

pub fn mails_about_plans(app: &TestApp) -> i64 {
    app.database.db_numbers("SELECT COUNT(*) AS value FROM mails WHERE kind = 20")[0]
}

both_engines! {
    fn rent_is_paid_month_by_month_until_it_ends(app: &TestApp) {
        app.found_in("HAFEN", 2, "Europe/Berlin");
        let (ada, ben) = (app.newcomer("ada").of("HAFEN").join(), app.newcomer("ben").of("HAFEN").join());
        let year = year(app, 1);
        let body = json!({
            "payer": ada.code, "payee": ben.code, "amount": "7.00", "description": "Rent of the barn",
            "starts_on": format!("{year}-01-31"), "time": "02:30", "unit": "month", "count": 4,
        });
        let reply = ada.post_with(SCHEDULES, &[("Idempotency-Key", "rent")], &body).expect(201);
        let made = reply.body.clone();
        assert_eq!(reply.header("location"), Some(path(&made).as_str()));
        assert!(is_id(&made["id"]) && is_time(&made["created_at"]));
        assert_eq!((&made["state"], &made["time_zone"], &made["every"]), (&json!("active"), &json!("Europe/Berlin"), &json!(1)));
        assert_eq!(made["on_failure"]["rule"], "skip");
        let leap = i64::from(year % 4 == 0 && year % 100 != 0);
        let planned = [("01-31", 1), (if leap == 1 { "02-29" } else { "02-28" }, 1), ("03-31", 0), ("04-30", 0)];
        let mut planned = planned.map(|(day, hour)| format!("{year}-{day}T0{hour}:30:00.000000Z"));
        // Where the clocks go forward on the 31st of March itself, they skip this time.
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let skipped = zone.moment(format!("{year}-03-31").parse().unwrap(), "02:00".parse().unwrap()).unwrap();
        if skipped.rfc3339().contains("T01:00") {
            planned[2] = skipped.rfc3339();
        }
        assert_eq!(made["next_run_at"], json!(planned[0]));
        assert_eq!(made["upcoming"], json!(planned[..3].to_vec()));
        let again = ada.post_with(SCHEDULES, &[("Idempotency-Key", "rent")], &body).expect(201);
        assert_eq!((&again.body, again.header("idempotency-replayed")), (&made, Some("true")));
        assert_eq!(ada.get(SCHEDULES).expect(200).data(), std::slice::from_ref(&made));
        // Whoever is paid does not see what others plan.
        assert!(ben.get(SCHEDULES).expect(200).data().is_empty());
        ben.get(&path(&made)).expect_problem(404, "not_found");
        ben.post(&format!("{}/cancel", path(&made)), &json!({})).expect_problem(404, "not_found");

        for (number, time) in (1..).zip(&planned) {
            run_what_is_due(app);
            let seen = see(&ada, &made);
            assert_eq!((&seen["runs"], &seen["next_run_at"]), (&json!(number - 1), &json!(time)));
            go_to(app, &json!(time));
            run_what_is_due(app);
        }
        let (ada, ben) = (ada.again(), ben.again());
        let seen = see(&ada, &made);
        assert_eq!((&seen["state"], &seen["end_reason"], &seen["runs"], &seen["failed_runs"]), (&json!("ended"), &json!("completed"), &json!(4), &json!(0)));
        assert_eq!((&seen["next_run_at"], &seen["upcoming"]), (&Value::Null, &json!([])));
        assert!(is_time(&seen["ended_at"]));
        assert_eq!(ben.balance(), "28.00");
        let runs = ada.get(&format!("{}/payments", path(&made))).expect(200);
        let times: Vec<_> = runs.data().iter().rev().map(|run| run["scheduled_for"].as_str().unwrap()).collect();
        assert_eq!(times, planned);
        assert!(runs.data().iter().all(|run| run["state"] == "completed" && run["description"] == "Rent of the barn"));
        let page = ada.get(&format!("{}/payments?limit=3", path(&made))).expect(200);
        assert_eq!((page.data().len(), page.data()[2]["id"] == runs.data()[2]["id"]), (3, true));
        let next = format!("{}/payments?limit=3&cursor={}", path(&made), page.body["next_cursor"].as_str().unwrap());
        assert_eq!(ada.get(&next).expect(200).data(), &runs.data()[3..]);
        // The payee sees the payments, as any, and of which schedule they are.
        let got = ben.get("/api/v1/payments").expect(200);
        assert!(got.data().len() == 4 && got.data().iter().all(|run| run["schedule"] == made["id"]));
        assert_eq!(ada.get(&format!("{SCHEDULES}?state=ended&account={}", ada.code)).expect(200).data().len(), 1);
        assert_eq!(ada.get(&format!("{SCHEDULES}?state=active")).expect(200).data().len(), 0);
        ada.post(&format!("{}/resume", path(&made)), &json!({})).expect_problem(409, "conflict");
    }

    fn years_of_downtime_are_made_up_for_once_and_oldest_first(app: &TestApp) {
        let (ada, ben, cyd) = (app.newcomer("ada").with_credit_limit("2000").join(), app.member("ben"), app.member("cyd"));
        let of_days = make(&ada, &daily(app, &ada, &ben, "1.00", &json!({"time": "10:00"})));
        let of_weeks = make(&ada, &daily(app, &ada, &cyd, "2.00", &json!({"unit": "week", "time": "09:00"})));
        let end = day(app, 30);
        let ending = make(&ada, &daily(app, &ada, &ben, "0.50", &json!({"every": 7, "ends_on": end, "time": "11:00"})));
        app.restart();
        app.clock.advance(900 * DAY_S);
        run_what_is_due(app);
        run_what_is_due(app);
        let ada = ada.again();
        let runs = |schedule: &Value| see(&ada, schedule)["runs"].as_i64().unwrap();
        let told = (runs(&of_days), runs(&of_weeks), runs(&ending));
        assert!((899..=900).contains(&told.0), "{told:?}");
        assert_eq!((told.1, told.2), ((told.0 + 6) / 7, 5), "{told:?}");
        assert_eq!(see(&ada, &ending)["end_reason"], "completed");
        let expected = told.0 * 100 + told.1 * 200 + told.2 * 50;
        assert_eq!(ada.balance(), format!("-{}.{:02}", expected / 100, expected % 100));
        // In the order of what was planned, over all schedules.
        let order = "SELECT planned_at AS value FROM planned_payments JOIN payments ON id = payment_id ORDER BY transfer_seq";
        let planned = app.database.db_numbers(order);
        assert!(planned.len() > 1_000 && planned.is_sorted());
        let next = see(&ada, &of_days)["next_run_at"].clone();
        assert!(Timestamp::parse_rfc3339(next.as_str().unwrap()).unwrap() > app.now());
    }

    fn what_was_missed_in_a_pause_is_not_made_up_for(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let made = make(&ada, &daily(app, &ada, &ben, "1.00", &json!({})));
        let act = |verb: &str| ada.again().post(&format!("{}/{verb}", path(&made)), &json!({}));
        assert_eq!(act("resume").expect(200).body["state"], "active");
        let paused = act("pause").expect(200).body;
        assert_eq!((&paused["state"], &paused["next_run_at"], &paused["upcoming"]), (&json!("paused"), &Value::Null, &json!([])));
        assert_eq!(act("pause").expect(200).body, paused);
        app.clock.advance(5 * DAY_S);
        run_what_is_due(app);
        assert_eq!(see(&ada, &made)["runs"], 0);
        let resumed = act("resume").expect(200).body;
        let next = Timestamp::parse_rfc3339(resumed["next_run_at"].as_str().unwrap()).unwrap();
        assert!(next > app.now() && next <= app.now().plus_seconds(DAY_S));
        app.clock.advance(2 * DAY_S);
        run_what_is_due(app);
        assert_eq!((see(&ada, &made)["runs"].clone(), ben.again().balance().as_str()), (json!(2), "2.00"));
        let ended = act("cancel").expect(200).body;
        assert_eq!((&ended["state"], &ended["end_reason"]), (&json!("ended"), &json!("cancelled")));
        assert_eq!(act("cancel").expect(200).body, ended);
        for verb in ["pause", "resume"] {
            assert_eq!(act(verb).expect_problem(409, "conflict").body["reason"], "schedule_ended");
        }
        app.clock.advance(5 * DAY_S);
        run_what_is_due(app);
        assert_eq!(ben.again().balance(), "2.00");
        let audits = app.admin().again().get(&format!("/api/v1/communities/RIVER/audit?subject={}", made["id"].as_str().unwrap())).expect(200);
        let told: Vec<_> = audits.data().iter().rev().map(|line| line["action"].as_str().unwrap()).collect();
        assert_eq!(told, ["schedule.created", "schedule.paused", "schedule.resumed", "schedule.cancelled"]);
    }

    fn terms_change_from_the_next_run_on(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let ends = json!({"ends_on": day(app, 9), "count": 9, "time": "10:00"});
        let made = make(&ada, &daily(app, &ada, &ben, "1.00", &ends));
        let run_next = || {
            go_to(app, &see(&ada, &made)["next_run_at"]);
            run_what_is_due(app);
            ada.again()
        };
        let now = run_next();
        let body = json!({"amount": "2.50", "description": "Bread and rolls", "count": null});
        let edited = edit(&now, &made, &body).expect(200).body;
        assert_eq!((&edited["amount"], &edited["description"], &edited["count"]), (&json!("2.50"), &json!("Bread and rolls"), &Value::Null));
        let kept = (&edited["ends_on"], &edited["runs"], &edited["on_failure"], &edited["created_at"]);
        assert_eq!(kept, (&made["ends_on"], &json!(1), &made["on_failure"], &made["created_at"]), "what is not named stays");
        for nothing in [json!({}), json!({"amount": "2.5"}), json!({"amount": null, "on_failure": null})] {
            assert_eq!(edit(&now, &made, &nothing).expect(200).body, edited, "{nothing}");
        }
        app.restart();
        let now = run_next();
        let rule = json!({"rule": "retry", "retries": 2, "wait_hours": 3});
        let skipping = json!({"skip_until": day(app, 3), "on_failure": rule, "ends_on": null});
        let edited = edit(&now, &made, &skipping).expect(200).body;
        assert_eq!((&edited["ends_on"], &edited["on_failure"]["retries"]), (&Value::Null, &json!(2)));
        assert_eq!(edited["next_run_at"], format!("{}T10:00:00.000000Z", day(app, 3)));
        edit(&now, &made, &json!({"amount": "4.00"})).expect(200);
        let now = run_next();
        let runs = now.get(&format!("{}/payments", path(&made))).expect(200);
        let told: Vec<_> = runs.data().iter().map(|run| (run["amount"].as_str().unwrap(), run["description"].as_str().unwrap())).collect();
        assert_eq!(told, [("4.00", "Bread and rolls"), ("2.50", "Bread and rolls"), ("1.00", "Rye loaves")]);
        // What was is what it was: each run is proved by the terms of its time.
        app.prove();
        assert_eq!(app.database.db_numbers("SELECT amount AS value FROM schedule_terms ORDER BY before"), [100, 250]);
        let audits = app.admin().again().get(&format!("/api/v1/communities/RIVER/audit?subject={}", made["id"].as_str().unwrap())).expect(200);
        assert_eq!(audits.data().iter().filter(|line| line["action"] == "schedule.edited").count(), 3);
        let ended = edit(&now, &made, &json!({"ends_on": day(app, -1)})).expect(200).body;
        assert_eq!((&ended["state"], &ended["end_reason"], &ended["next_run_at"]), (&json!("ended"), &json!("completed"), &Value::Null));
        assert_eq!(edit(&now, &made, &json!({"ends_on": null})).expect_problem(409, "conflict").body["reason"], "schedule_ended");
        assert_eq!(ben.again().balance(), "7.50");
    }

    fn other_terms_take_what_making_them_takes(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let made = make(&ada, &daily(app, &ada, &ben, "1.00", &json!({})));
        let before = see(&ada, &made);
        for other in [&ben, &carla] {
            edit(other, &made, &json!({"amount": "2.00"})).expect_problem(404, "not_found");
        }
        edit(&app.admin(), &made, &json!({"amount": "2.00"})).expect_problem(403, "forbidden");
        ada.put(&format!("/api/v1/accounts/{}/step-up", ada.code), &json!({"above": "10.00"})).expect(200);
        let stale = app.db_with_old_proof(&ada);
        let try_with = |body: &Value| stale.patch(&path(&made), body);
        try_with(&json!({"amount": "10.01"})).expect_problem(403, "step_up_required");
        let reading = app.db_with_scopes(&ada, "payments:read");
        reading.send("PATCH", &path(&made), &[], Some(b"{}".to_vec())).expect_problem(403, "forbidden");
        let cases = [
            ("/amount", json!("0"), "not_positive"),
            ("/amount", json!("1.001"), "too_many_places"),
            ("/amount", json!(1), "wrong_shape"),
            ("/description", json!("x".repeat(501)), "too_long"),
            ("/description", json!("a\u{7}b"), "control_character"),
            ("/ends_on", json!("2027-02-30"), "malformed_date"),
            ("/ends_on", json!(day(app, 0)), "before_first"),
            ("/ends_on", json!(20_270_101), "wrong_shape"),
            ("/count", json!(0), "out_of_range"),
            ("/count", json!(10_001), "out_of_range"),
            ("/count", json!("2"), "wrong_shape"),
            ("/skip_until", json!("soon"), "malformed_date"),
            ("/skip_until", json!(day(app, 0)), "not_in_future"),
            ("/skip_until", json!("9999-12-31"), "too_far_ahead"),
            ("/on_failure/rule", json!({"rule": "cry"}), "unknown_value"),
            ("/on_failure", json!({"rule": "skip", "after": 1}), "wrong_rule"),
            ("/payee", json!(carla.code), "wrong_shape"),
            ("/starts_on", json!(day(app, 3)), "wrong_shape"),
        ];
        for (pointer, value, code) in cases {
            let field = pointer[1..].split('/').next().unwrap();
            let reply = edit(&ada, &made, &json!({field: value})).expect_fault(pointer);
            let faults = reply.body["errors"].as_array().unwrap();
            assert!(faults.iter().any(|fault| fault["code"] == code), "{pointer}: {}", reply.body);
        }
        assert_eq!(see(&ada, &made), before, "nothing is half done");
        try_with(&json!({"amount": "10.00"})).expect(200);
        edit(&ada, &made, &json!({"amount": "10.01"})).expect(200);
    }

    fn a_large_amount_is_proved_when_it_is_planned(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.put(&format!("/api/v1/accounts/{}/step-up", ada.code), &json!({"above": "10.00"})).expect(200);
        let stale = app.db_with_old_proof(&ada);
        let post = |body: &Value| stale.post_with(SCHEDULES, &[("Idempotency-Key", &fresh_key())], body);
        post(&daily(app, &ada, &ben, "10.01", &json!({}))).expect_problem(403, "step_up_required");
        let small = post(&daily(app, &ada, &ben, "10.00", &json!({}))).expect(201).body;
        let large = make(&ada, &daily(app, &ada, &ben, "10.01", &json!({})));
        stale.post(&format!("{}/pause", path(&large)), &json!({})).expect(200);
        stale.post(&format!("{}/resume", path(&large)), &json!({})).expect_problem(403, "step_up_required");
        ada.post(&format!("{}/resume", path(&large)), &json!({})).expect(200);
        app.clock.advance(DAY_S);
        run_what_is_due(app);
        assert_eq!((outcomes(&ada, &small), outcomes(&ada, &large)), (vec![completed()], vec![completed()]));
    }

    fn each_bad_input_is_told_in_its_place(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let good = daily(app, &ada, &ben, "1.00", &json!({}));
        let post = |body: &Value| ada.post_with(SCHEDULES, &[("Idempotency-Key", &fresh_key())], body);
        let cases = [
            ("/starts_on", json!("31.12.2026"), "malformed_date"),
            ("/starts_on", json!("2027-02-30"), "malformed_date"),
            ("/starts_on", json!(day(app, -1)), "not_in_future"),
            ("/starts_on", json!(format!("{}-01-01", year(app, 7))), "too_far_ahead"),
            ("/time", json!("9:00"), "malformed_time"),
            ("/time", json!("24:00"), "malformed_time"),
            ("/unit", json!("year"), "unknown_value"),
            ("/every", json!(0), "out_of_range"),
            ("/every", json!(367), "out_of_range"),
            ("/count", json!(0), "out_of_range"),
            ("/count", json!(10_001), "out_of_range"),
            ("/ends_on", json!("never"), "malformed_date"),
            ("/ends_on", json!(day(app, 0)), "before_first"),
            ("/on_failure/rule", json!({"rule": "cry"}), "unknown_value"),
            ("/on_failure", json!({"rule": "skip", "after": 1}), "wrong_rule"),
            ("/on_failure", json!({"rule": "pause", "after": 1, "retries": 1}), "wrong_rule"),
            ("/on_failure/retries", json!({"rule": "retry", "wait_hours": 1}), "out_of_range"),
            ("/on_failure/retries", json!({"rule": "retry", "retries": 6, "wait_hours": 1}), "out_of_range"),
            ("/on_failure/wait_hours", json!({"rule": "retry", "retries": 1, "wait_hours": 169}), "out_of_range"),
            ("/on_failure/after", json!({"rule": "pause", "after": 11}), "out_of_range"),
            ("/amount", json!("0.00"), "not_positive"),
            ("/description", json!("x".repeat(501)), "too_long"),
        ];
        for (pointer, value, code) in cases {
            let mut body = good.clone();
            let field = pointer[1..].split('/').next().unwrap();
            body[field] = value;
            let reply = post(&body).expect_fault(pointer);
            let faults = reply.body["errors"].as_array().unwrap();
            assert!(faults.iter().any(|fault| fault["code"] == code), "{pointer}: {}", reply.body);
        }
        for (time, code) in [("tomorrow", "malformed_time"), ("2020-01-01", "not_in_future"), ("2099-01-01T00:00:00Z", "too_far_ahead")] {
            let reply = plan(&ada, &ben, "1.00", time, &fresh_key()).expect_fault("/scheduled_for");
            assert!(reply.body.to_string().contains(code), "{}", reply.body);
        }
        ada.post(SCHEDULES, &good).expect_problem(400, "idempotency_key_missing");
        let mut unknown = good.clone();
        unknown["colour"] = json!("red");
        post(&unknown).expect_problem(400, "validation_failed");
        let mut own = good.clone();
        own["payee"] = json!(ada.code);
        post(&own).expect_problem(409, "same_account");
        let mut foreign = good.clone();
        foreign["payer"] = json!(ben.code);
        post(&foreign).expect_problem(403, "forbidden");
        foreign["payer"] = json!("RIVER0999");
        post(&foreign).expect_problem(404, "not_found");
        app.set_status(&ben, "frozen");
        post(&good).expect_problem(409, "account_not_active");
        for missing in ["019a0000-0000-7000-8000-000000000001", "nonsense"] {
            ada.get(&format!("{SCHEDULES}/{missing}")).expect_problem(404, "not_found");
            ada.get(&format!("{SCHEDULES}/{missing}/payments")).expect_problem(404, "not_found");
            ada.post(&format!("{SCHEDULES}/{missing}/cancel"), &json!({})).expect_problem(404, "not_found");
        }
        ada.get(&format!("{SCHEDULES}?state=asleep")).expect_fault("state");
        ada.get(&format!("{SCHEDULES}?account=x")).expect_fault("account");
        ada.get(&format!("{SCHEDULES}?cursor=x")).expect_fault("cursor");
        ada.get(&format!("{SCHEDULES}?account={}", ben.code)).expect_problem(404, "not_found");
        assert_eq!(app.database.db_count("schedules"), 0);
    }

    fn a_communitys_clocks_are_its_admins_to_set(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let set = |by: &Person, name: &str| by.put("/api/v1/communities/RIVER/time-zone", &json!({"time_zone": name}));
        let year = year(app, 1);
        let noon = json!({"starts_on": format!("{year}-07-01"), "time": "12:00"});
        let made = make(&ada, &daily(app, &ada, &ben, "1.00", &noon));
        assert_eq!(made["upcoming"][1], format!("{year}-07-02T12:00:00.000000Z"));
        set(&ada, "Asia/Tokyo").expect_problem(403, "forbidden");
        set(&admin, "Asia/Nowhere").expect_fault("/time_zone");
        assert_eq!(set(&admin, "Asia/Tokyo").expect(200).body["time_zone"], "Asia/Tokyo");
        app.restart();
        assert_eq!(ada.get("/api/v1/communities/RIVER").expect(200).body["time_zone"], "Asia/Tokyo");
        // What comes next stays where it is.
        let seen = see(&ada, &made);
        let planned = ["01T12", "02T03", "03T03"].map(|at| format!("{year}-07-{at}:00:00.000000Z"));
        assert_eq!((&seen["next_run_at"], &seen["upcoming"]), (&json!(planned[0]), &json!(planned)));
        let later = make(&ada, &daily(app, &ada, &ben, "1.00", &noon));
        assert_eq!(later["next_run_at"], format!("{year}-07-01T03:00:00.000000Z"));
    }

    fn so_much_is_planned_from_an_account_and_no_more(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = daily(app, &ada, &ben, "0.01", &json!({}));
        let first = make(&ada, &body);
        for _ in 1..100 {
            make(&ada, &body);
        }
        let refused = ada.post_with(SCHEDULES, &[("Idempotency-Key", "one-more")], &body).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "too_many");
        plan(&ada, &ben, "0.01", &day(app, 2), &fresh_key()).expect_problem(409, "conflict");
        ada.post(&format!("{}/cancel", path(&first)), &json!({})).expect(200);
        plan(&ada, &ben, "0.01", &day(app, 2), &fresh_key()).expect(201);
        // Refused for good under its key.
        let again = ada.post_with(SCHEDULES, &[("Idempotency-Key", "one-more")], &body).expect_problem(409, "conflict");
        assert_eq!(again.body, refused.body);
        let page = ada.get(&format!("{SCHEDULES}?limit=60")).expect(200);
        let next = ada.get(&format!("{SCHEDULES}?limit=60&cursor={}", page.body["next_cursor"].as_str().unwrap())).expect(200);
        assert_eq!((page.data().len(), next.data().len(), next.data()[39]["id"] == first["id"]), (60, 40, true));
    }
}
