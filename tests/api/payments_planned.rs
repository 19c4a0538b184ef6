//! Payments for a later time: made when it comes, or failed, or called off before.

use counterfoil::domain::zone::Zone;
use serde_json::{Value, json};

use crate::schedules::{HOUR_S, day, mails_about_plans, plan, run_what_is_due};
use crate::support::{Person, both_engines, keys};
use crate::{PAYMENT, is_time};

both_engines! {
    fn a_payment_for_later_is_made_when_its_time_comes(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let time = app.now().plus_seconds(HOUR_S).rfc3339();
        let reply = plan(&ada, &ben, "12.50", &time, "k").expect(201);
        let planned = reply.body.clone();
        assert_eq!(keys(&planned), PAYMENT);
        assert_eq!((&planned["state"], &planned["scheduled_for"]), (&json!("scheduled"), &json!(time)));
        assert_eq!((&planned["transfer"], &planned["completed_at"], &planned["schedule"]), (&Value::Null, &Value::Null, &Value::Null));
        let its_path = format!("/api/v1/payments/{}", planned["id"].as_str().unwrap());
        assert_eq!(reply.header("location"), Some(its_path.as_str()));
        run_what_is_due(app);
        for sees in [&ada, &ben, &app.admin()] {
            assert_eq!(sees.get(&its_path).expect(200).body, planned);
        }
        assert_eq!(ada.get("/api/v1/payments?state=scheduled").expect(200).data(), std::slice::from_ref(&planned));
        assert_eq!((ada.balance().as_str(), ada.account()["available"].as_str().unwrap()), ("0.00", "100.00"));

        app.clock.advance(HOUR_S + 1);
        run_what_is_due(app);
        run_what_is_due(app);
        let (ada, ben) = (ada.again(), ben.again());
        let made = ada.get(&its_path).expect(200).body;
        assert_eq!((&made["state"], &made["scheduled_for"], &made["failure"]), (&json!("completed"), &json!(time), &Value::Null));
        assert!(is_time(&made["completed_at"]) && made["transfer"]["seq"].is_i64());
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("-12.50", "12.50"));
        assert_eq!(ada.get("/api/v1/payments").expect(200).data(), [made]);

        // The key answers as it did, also now that its time is past, and to no other request.
        let again = plan(&ada, &ben, "12.50", &time, "k").expect(201);
        assert_eq!((&again.body, again.header("idempotency-replayed")), (&planned, Some("true")));
        plan(&ada, &ben, "12.51", &time, "k").expect_problem(422, "idempotency_key_reused");
        plan(&ada, &ben, "12.51", &time, "other").expect_fault("/scheduled_for");
        assert_eq!(mails_about_plans(app), 0);
    }

    fn a_payment_for_later_that_cannot_be_made_has_failed(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let time = app.now().plus_seconds(HOUR_S).rfc3339();
        let planned = plan(&ada, &ben, "80.00", &time, "k").expect(201).body;
        app.pay(&ada, &ben, "50.00");
        app.clock.advance(HOUR_S + 1);
        run_what_is_due(app);
        let (ada, ben) = (ada.again(), ben.again());
        let its_path = format!("/api/v1/payments/{}", planned["id"].as_str().unwrap());
        let made = ben.get(&its_path).expect(200).body;
        assert_eq!((&made["state"], &made["failure"]), (&json!("failed"), &json!({"code": "insufficient_credit"})));
        assert_eq!(ada.balance(), "-50.00");
        // Its maker is told, with what was posted.
        let told = "SELECT COALESCE(parameters, '') AS value FROM mails WHERE kind = 20 AND recipient = 'ada@river.example'";
        let told = app.database.db_texts(told);
        assert!(told.len() == 1 && told[0].contains("run_failed") && told[0].contains("insufficient_credit"), "{told:?}");
        assert!(told[0].contains("80.00") && told[0].contains("ben"), "{told:?}");
        // It has had its turn: room that comes later changes nothing.
        app.pay(&ben, &ada, "50.00");
        app.clock.advance(HOUR_S);
        run_what_is_due(app);
        let ada = ada.again();
        assert_eq!((ada.get(&its_path).expect(200).body, ada.balance().as_str()), (made, "0.00"));
    }

    fn a_planned_payment_can_be_called_off_until_its_turn(app: &TestApp) {
        let (ada, ben, cyd) = (app.member("ada"), app.member("ben"), app.member("cyd"));
        let time = app.now().plus_seconds(HOUR_S).rfc3339();
        let [off, on] = ["k1", "k2"].map(|key| plan(&ada, &ben, "1.00", &time, key).expect(201).body);
        let cancel = |by: &Person, payment: &Value, key: &str| {
            let its_path = format!("/api/v1/payments/{}/cancel", payment["id"].as_str().unwrap());
            by.post_with(&its_path, &[("Idempotency-Key", key)], &json!({}))
        };
        cancel(&ben, &off, "c0").expect_problem(403, "forbidden");
        cancel(&cyd, &off, "c0").expect_problem(404, "not_found");
        let first = cancel(&ada, &off, "c1").expect(200);
        assert_eq!((&first.body["state"], &first.body["id"]), (&json!("cancelled"), &off["id"]));
        let again = cancel(&ada, &off, "c1").expect(200);
        assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
        assert_eq!(cancel(&ada, &off, "c2").expect(200).body, first.body);
        app.clock.advance(HOUR_S + 1);
        run_what_is_due(app);
        let (ada, ben) = (ada.again(), ben.again());
        assert_eq!(ben.balance(), "1.00");
        assert_eq!(cancel(&ada, &on, "c3").expect_problem(409, "conflict").body["reason"], "schedule_ended");
        assert_eq!(cancel(&ada, &off, "c4").expect(200).body["state"], "cancelled");
    }

    fn a_date_is_the_beginning_of_the_communitys_day(app: &TestApp) {
        app.found_in("APIA", 2, "Pacific/Apia");
        let (ada, ben) = (app.newcomer("ada").of("APIA").join(), app.newcomer("ben").of("APIA").join());
        let planned = plan(&ada, &ben, "1.00", &day(app, 3), "k").expect(201).body;
        let zone: Zone = "Pacific/Apia".parse().unwrap();
        let expected = zone.moment(day(app, 3).parse().unwrap(), "00:00".parse().unwrap()).unwrap();
        assert_eq!(planned["scheduled_for"], json!(expected.rfc3339()));
        assert_eq!(ada.get("/api/v1/communities/APIA").expect(200).body["time_zone"], "Pacific/Apia");
    }
}
