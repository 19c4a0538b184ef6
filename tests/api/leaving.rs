//! Leaving a community: towards zero only, by a plan that both sides agree to, reminded of by mail, and out at zero.

use counterfoil::domain::time::Timestamp;
use counterfoil::jobs::{Leaving, Work};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both_engines, fresh_key};

const LEAVING: &str = "/api/v1/me/memberships/RIVER/leaving";

/// Lets time pass until then.
fn until(app: &TestApp, time: &str) {
    let target = Timestamp::parse_rfc3339(time).unwrap();
    app.clock.advance(target.unix_seconds() - app.now().unix_seconds());
}

/// Does all that is due, without a memory of when it looked last.
fn look(app: &TestApp) {
    let leaving = Leaving::new(app.services());
    while app.block_on(leaving.do_one()).unwrap() {}
}

fn member_id(person: &Person) -> String {
    let me = person.again().get("/api/v1/me").expect(200).body;
    me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned()
}

fn path(member: &str) -> String {
    format!("/api/v1/communities/RIVER/members/{member}/leaving")
}

fn set_status(admin: &Person, member: &str, status: &str) -> Reply {
    let body = json!({"status": status, "reason": "Decided at the meeting"});
    admin.again().put(&format!("/api/v1/communities/RIVER/members/{member}/status"), &body)
}

/// What a person was written about where somebody stands: the event, the date and the amount.
fn told(app: &TestApp, person: &Person) -> Vec<String> {
    let sql = format!(
        "SELECT parameters AS value FROM mails WHERE kind = 55 AND recipient = '{}' ORDER BY created_at, id",
        person.email
    );
    let part = |value: &Value| value.as_str().map(|text| format!(" {text}")).unwrap_or_default();
    let letters = app.database.db_texts(&sql).into_iter().map(|text| {
        let letter = serde_json::from_str::<Value>(&text).unwrap()["standing"].clone();
        format!("{}{}{}", letter["event"].as_str().unwrap(), part(&letter["date"]), part(&letter["amount"]))
    });
    letters.collect()
}

fn plan(parts: &[(&str, &str)], target: &str, version: i64) -> Value {
    let parts: Vec<_> =
        parts.iter().map(|(due_on, amount)| json!({"due_on": due_on, "amount": amount})).collect();
    json!({"target_on": target, "instalments": parts, "version": version, "reason": "As we said"})
}

fn conflict(reply: Reply, reason: &str) {
    assert_eq!(reply.expect_problem(409, "conflict").body["reason"], reason);
}

both_engines! {
    fn a_member_leaves_settles_by_a_plan_and_is_closed_at_zero(app: &TestApp) {
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        until(app, "2027-03-01T12:00:00Z");
        app.pay(&ada.again(), &ben, "80.00");
        let member = member_id(&ada);
        ada.again().get(&path(&member)).expect_problem(404, "not_found");
        // Ada says that she leaves; she and the admins are told.
        let gone = ada.again().put(LEAVING, &json!({"reason": "Moving to the coast"})).expect(200);
        assert_eq!(gone.body["data"][0]["status"], "leaving");
        assert_eq!(ada.again().account()["status"], "leaving");
        assert_eq!((told(app, &ada), told(app, &greta)), (vec!["leaving".to_owned()], vec!["leaving".to_owned()]));
        // From now on it only goes towards zero.
        app.try_pay(&ada.again(), &ben, "0.01").expect_problem(409, "insufficient_credit");
        assert_eq!(ada.again().account()["available"], "-80.00");
        app.try_pay(&ben.again(), &ada, "80.01").expect_problem(409, "ceiling_exceeded");
        look(app);
        // She proposes a plan, and an admin agrees to what they saw.
        let parts = [("2027-03-20", "30.00"), ("2027-04-10", "50.00")];
        let proposed = ada.again().put(&format!("{}/plan", path(&member)), &plan(&parts, "2027-04-10", 1)).expect(200);
        assert_eq!(proposed.body["plan"], json!({"target_on": "2027-04-10", "proposed_by": "member", "is_agreed": false,
            "instalments": [{"due_on": "2027-03-20", "amount": "30.00"}, {"due_on": "2027-04-10", "amount": "50.00"}]}));
        assert_eq!(proposed.body["accounts"], json!([{"code": ada.code, "balance": "-80.00", "reserved": "0.00"}]));
        let agree = format!("{}/plan/agree", path(&member));
        conflict(ada.again().post(&agree, &json!({"version": 2})), "own_request");
        conflict(greta.again().post(&agree, &json!({"version": 1})), "outdated");
        let agreed = greta.again().post(&agree, &json!({"version": 2})).expect(200);
        assert_eq!(agreed.body["plan"]["is_agreed"], true);
        conflict(greta.again().post(&agree, &json!({"version": 3})), "already_settled");
        let list = greta.again().get("/api/v1/communities/RIVER/leavings").expect(200);
        assert_eq!((list.data().len(), &list.data()[0]["member"]["name"]), (1, &json!("ada")));
        assert_eq!(told(app, &ada)[1..], ["plan_agreed 2027-04-10"]);
        assert_eq!(told(app, &greta)[1..], ["plan_proposed 2027-04-10", "plan_agreed 2027-04-10"]);
        // A week before each date and on the day she is reminded, once, whoever looks.
        for (time, expected) in [
            ("2027-03-13T08:59:00Z", &[] as &[&str]),
            ("2027-03-13T09:00:00Z", &["due_soon 2027-03-20 30.00 §"]),
            ("2027-03-20T09:00:00Z", &["due 2027-03-20 30.00 §"]),
            // After downtime, too.
            ("2027-04-05T09:00:00Z", &["due_soon 2027-04-10", "due_soon 2027-04-10 50.00 §"]),
        ] {
            let before = told(app, &ada).len();
            until(app, time);
            look(app);
            look(app);
            assert_eq!(told(app, &ada)[before..], *expected, "{time}");
        }
        assert_eq!(told(app, &greta).len(), 3);
        app.pay(&ben.again(), &ada, "30.00");
        until(app, "2027-04-10T09:00:00Z");
        look(app);
        assert_eq!(told(app, &greta)[3..], ["due 2027-04-10"], "the community looks at it when all is due");
        assert_eq!(ada.again().account()["status"], "leaving");
        // At zero it is over, by itself.
        app.pay(&ben.again(), &ada, "50.00");
        let told_before = told(app, &ada).len();
        look(app);
        assert_eq!(told(app, &ada)[told_before..], ["closed"]);
        app.try_pay(&ben.again(), &ada, "1.00").expect_problem(409, "account_not_active");
        let ended = greta.again().get(&path(&member)).expect(200).body;
        assert_eq!((&ended["ended_as"], &ended["member"]["status"]), (&json!("closed"), &json!("closed")));
        assert!(greta.again().get("/api/v1/communities/RIVER/leavings").expect(200).data().is_empty());
        let lines = greta.again().get("/api/v1/communities/RIVER/audit?limit=100").expect(200);
        let actions: Vec<_> = lines.data().iter().map(|line| line["action"].as_str().unwrap()).collect();
        for action in ["member.status", "account.status", "member.leaving_plan", "member.leaving_plan_agreed"] {
            assert!(actions.contains(&action), "{action}: {actions:?}");
        }
    }

    fn who_leaves_may_stay_and_leave_again(app: &TestApp) {
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        app.pay(&ben, &ada, "20.00");
        let member = member_id(&ada);
        conflict(ada.delete(LEAVING), "not_leaving");
        ada.put(LEAVING, &json!({"reason": null})).expect(200);
        let proposed = greta.put(&format!("{}/plan", path(&member)), &plan(&[], "2027-12-31", 1)).expect(200);
        assert_eq!(proposed.body["plan"]["proposed_by"], "admin");
        // From above zero she spends down to it.
        app.try_pay(&ada, &ben, "20.01").expect_problem(409, "insufficient_credit");
        app.try_pay(&ben, &ada, "0.01").expect_problem(409, "ceiling_exceeded");
        app.pay(&ada, &ben, "5.00");
        ada.delete(LEAVING).expect(204);
        assert_eq!((&ada.account()["status"], &ada.account()["available"]), (&json!("active"), &json!("115.00")));
        let ended = ada.get(&path(&member)).expect(200).body;
        assert_eq!(ended["ended_as"], "stayed");
        conflict(greta.put(&format!("{}/plan", path(&member)), &plan(&[], "2027-12-31", 2)), "not_leaving");
        // An earlier plan is no plan of the next time.
        set_status(&greta, &member, "leaving").expect(200);
        let again = ada.get(&path(&member)).expect(200).body;
        assert_eq!((&again["plan"], &again["ended_as"], &again["version"]), (&Value::Null, &Value::Null, &json!(3)));
        // Frozen meanwhile, she goes on leaving once she is thawed so.
        set_status(&greta, &member, "frozen").expect(200);
        assert_eq!(told(app, &ada).last().unwrap(), "frozen");
        ada.delete(LEAVING).expect_problem(403, "forbidden");
        set_status(&greta, &member, "leaving").expect(200);
        app.try_pay(&ben, &ada, "0.01").expect_problem(409, "ceiling_exceeded");
        app.pay(&ada, &ben, "15.00");
        look(app);
        // Who comes back is a new member, with a new account; the old one stays closed.
        set_status(&greta, &member, "active").expect_problem(409, "conflict");
    }

    fn bad_plans_are_refused_as_a_whole_with_every_problem(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let member = member_id(&ada);
        let plan_path = format!("{}/plan", path(&member));
        ada.put(&plan_path, &plan(&[], "2027-12-31", 1)).expect_problem(404, "not_found");
        ada.put(LEAVING, &json!({"reason": "x".repeat(501)})).expect_fault("/reason");
        ada.put(LEAVING, &json!({})).expect(200);
        let today = crate::schedules::day(app, 0);
        let parts = [("2027-02-30", "1"), ("2028-01-01", "0"), ("2028-01-01", "1e3"), (today.as_str(), "-1")];
        let bad = ada.put(&plan_path, &plan(&parts, "2100-01-01", 1)).expect_problem(400, "validation_failed");
        assert_eq!(bad.pointers(), ["/target_on", "/instalments/0/due_on", "/instalments/1/amount", "/instalments/2/due_on",
            "/instalments/2/amount", "/instalments/3/due_on", "/instalments/3/amount"]);
        let late = plan(&[("2028-01-02", "1.00")], "2028-01-01", 1);
        ada.put(&plan_path, &late).expect_fault("/instalments/0/due_on");
        let many: Vec<_> = (0..61).map(|_| ("2028-01-01", "1.00")).collect();
        assert!(ada.put(&plan_path, &plan(&many, "2028-01-01", 1)).expect(400).pointers().contains(&"/instalments".to_owned()));
        assert_eq!(ada.get(&path(&member)).expect(200).body["plan"], Value::Null);
        let stale = app.db_with_old_proof(&ada);
        stale.put(&plan_path, &plan(&[], "2028-01-01", 1)).expect_problem(403, "step_up_required");
        stale.delete(LEAVING).expect_problem(403, "step_up_required");
        // What is another's looks absent.
        for reply in [ben.get(&path(&member)), ben.put(&plan_path, &plan(&[], "2028-01-01", 1)),
            ben.post(&format!("{plan_path}/agree"), &json!({"version": 1}))] {
            reply.expect_problem(404, "not_found");
        }
        ben.get("/api/v1/communities/RIVER/leavings").expect_problem(403, "forbidden");
        let account = format!("/api/v1/accounts/{}/status", ada.code);
        app.admin().put(&account, &json!({"status": "leaving", "reason": "x"})).expect_fault("/status");
    }

    fn of_a_payment_and_the_closing_one_comes_first(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for round in 0..4 {
            let cyd = app.member(&format!("cyd{round}"));
            app.pay(&cyd, &ben, "1.00");
            cyd.put(LEAVING, &json!({})).expect(200);
            // The last of what is owed, and the clock, at once; and somebody stays while they are closed.
            std::thread::scope(|scope| {
                scope.spawn(|| app.pay(&ben.again(), &cyd, "1.00"));
                scope.spawn(|| look(app));
                scope.spawn(|| cyd.again().delete(LEAVING));
            });
            look(app);
            let states = app.database.db_numbers(&format!(
                "SELECT CAST(m.status AS BIGINT) AS value FROM members AS m WHERE m.name = 'cyd{round}'"
            ));
            assert!(states == [5] || states == [2], "{states:?}");
        }
        // A hold that was made before is captured, and the leaver owes it.
        let key = fresh_key();
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "7.00", "description": "", "capture": "manual"});
        let held = ada.again().post_payment(&key, &body).expect(201).body["id"].as_str().unwrap().to_owned();
        ada.again().put(LEAVING, &json!({})).expect(200);
        look(app);
        assert_eq!(ada.again().account()["status"], "leaving", "something is reserved");
        let capture = format!("/api/v1/payments/{held}/capture");
        let key = fresh_key();
        ben.again().post_with(&capture, &[("idempotency-key", &key)], &json!({})).expect(200);
        assert_eq!(ada.again().balance(), "-7.00");
    }
}
