//! Leaving a community: towards zero only, by a plan that both sides agree to, reminded of by mail, and out at zero.

use counterfoil::jobs::{Leaving, Work};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both_engines, fresh_key};

const REGISTER: &str = "/api/v1/communities/RIVER/write-offs";
const EXPECTED: &str = "/api/v1/communities/RIVER/expected-loss";
const LEAVING: &str = "/api/v1/me/memberships/RIVER/leaving";

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
pub fn told(app: &TestApp, person: &Person) -> Vec<String> {
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

fn write_off(admin: &Person, person: &Person, category: &str) -> Reply {
    let body = json!({"account": person.code, "category": category, "reason": "Decided at the meeting"});
    admin.again().post(REGISTER, &body)
}

fn approval_path(id: &str) -> String {
    format!("/api/v1/communities/RIVER/approvals/{id}/approve")
}

fn approve(admin: &Person, id: &str) -> Reply {
    admin.again().post(&approval_path(id), &json!({"reason": null}))
}

fn conflict(reply: Reply, reason: &str) {
    assert_eq!(reply.expect_problem(409, "conflict").body["reason"], reason);
}

both_engines! {
    fn a_member_leaves_settles_by_a_plan_and_is_closed_at_zero(app: &TestApp) {
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        app.until("2027-03-01T12:00:00Z");
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
        app.clock.advance(1);
        // She proposes a plan, and an admin agrees to what they saw.
        let parts = [("2027-03-20", "30.00"), ("2027-04-10", "50.00")];
        let proposed = ada.again().put(&format!("{}/plan", path(&member)), &plan(&parts, "2027-04-10", 1)).expect(200);
        assert_eq!(proposed.body["plan"], json!({"target_on": "2027-04-10", "proposed_by": "member", "is_agreed": false,
            "instalments": [{"due_on": "2027-03-20", "amount": "30.00"}, {"due_on": "2027-04-10", "amount": "50.00"}]}));
        assert_eq!(proposed.body["accounts"], json!([{"code": ada.code, "balance": "-80.00", "reserved": "0.00"}]));
        let agree = format!("{}/plan/agree", path(&member));
        conflict(ada.again().post(&agree, &json!({"version": 2})), "own_request");
        conflict(greta.again().post(&agree, &json!({"version": 1})), "outdated");
        app.clock.advance(1);
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
            app.until(time);
            // By two at once, and once more.
            std::thread::scope(|scope| {
                scope.spawn(|| look(app));
                scope.spawn(|| look(app));
            });
            look(app);
            // Mails of one moment have no order.
            let mut new = told(app, &ada)[before..].to_vec();
            new.sort();
            assert_eq!(new, *expected, "{time}");
        }
        assert_eq!(told(app, &greta).len(), 3);
        app.pay(&ben.again(), &ada, "30.00");
        app.until("2027-04-10T09:00:00Z");
        look(app);
        assert_eq!(told(app, &greta)[3..], ["due 2027-04-10"], "the community looks at it when all is due");
        assert_eq!(ada.again().account()["status"], "leaving");
        // At zero it is over, by itself.
        app.pay(&ben.again(), &ada, "50.00");
        let told_before = told(app, &ada).len();
        app.clock.advance(60);
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
        app.clock.advance(1);
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

    fn what_nobody_settles_is_written_off_by_two_admins_and_shown_without_a_name(app: &TestApp) {
        app.until("2027-03-10T12:00:00Z");
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        let otto = app.newcomer("otto").with_admin_rights().join();
        app.pay(&ada.again(), &ben, "80.00");
        write_off(&greta, &ada, "unreachable").expect_problem(409, "conflict");
        ada.again().put(LEAVING, &json!({"reason": "Moving to the coast"})).expect(200);
        // What to expect of it, before.
        let expected = greta.again().get(EXPECTED).expect(200).body;
        assert_eq!((&expected["expected_loss"], &expected["written_off"]), (&json!("40.00"), &json!("0.00")));
        assert_eq!(expected["buckets"][4], json!({"name": "frozen_or_leaving", "accounts": 1, "owed": "80.00", "rate_bp": 5000, "expected_loss": "40.00"}));
        assert_eq!((&expected["reserve"], &expected["covered_bp"]), (&json!("0.00"), &json!(0)));
        // One admin asks, and another one agrees.
        let asked = write_off(&greta, &ada, "unreachable").expect(202).body;
        assert_eq!((&asked["kind"], &asked["state"]), (&json!("write_off"), &json!("pending")));
        assert_eq!(asked["write_off"], json!({"account": ada.code, "name": "ada", "balance": "-80.00",
            "present_balance": "-80.00", "category": "unreachable"}));
        assert_eq!(ada.again().balance(), "-80.00", "nothing is done yet");
        let id = asked["id"].as_str().unwrap();
        conflict(approve(&greta, id), "own_request");
        approve(&ben, id).expect_problem(403, "forbidden");
        app.pay(&ben.again(), &ada, "5.00");
        app.clock.advance(1);
        let agreed = approve(&otto, id).expect(200).body;
        assert_eq!(agreed["state"], "approved");
        assert_eq!(ada.again().balance(), "0.00");
        assert_eq!(told(app, &ada).last().unwrap(), "written_off -75.00 §");
        let entries = ada.again().get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
        assert_eq!((&entries.data()[0]["kind"], &entries.data()[0]["amount"]), (&json!("write_off"), &json!("75.00")));
        // At zero, she is out.
        app.clock.advance(1);
        look(app);
        assert_eq!(told(app, &ada).last().unwrap(), "closed");
        // Admins see whose it was; members do not, and only once the month is over.
        let seen = greta.again().get(REGISTER).expect(200).body;
        assert_eq!((&seen["borne"], &seen["data"][0]["account"], &seen["data"][0]["category"]), (&json!("75.00"), &json!(ada.code), &json!("unreachable")));
        assert_eq!(ben.again().get(REGISTER).expect(200).body, json!({"year": 2027, "borne": "0.00", "given_up": "0.00", "data": []}));
        app.until("2027-04-01T00:00:00Z");
        let line = json!({"month": "2027-03", "amount": "-75.00", "taken_back": "0.00", "category": null,
            "created_at": null, "account": null, "name": null, "payment_id": null});
        let members = ben.again().get(REGISTER).expect(200).body;
        assert_eq!(members, json!({"year": 2027, "borne": "75.00", "given_up": "0.00", "data": [line]}));
        // With three of a kind, the reason tells of nobody any more.
        for name in ["cyd", "dan"] {
            let person = app.member(name);
            app.pay(&person.again(), &ben, "9.00");
            person.again().put(LEAVING, &json!({})).expect(200);
            let id = write_off(&otto, &person, "unreachable").expect(202).body["id"].as_str().unwrap().to_owned();
            approve(&greta, &id).expect(200);
        }
        app.until("2027-05-01T00:00:00Z");
        let members = ben.again().get(REGISTER).expect(200).body;
        let told: Vec<_> = members["data"].as_array().unwrap().iter().map(|line| line["category"].as_str()).collect();
        assert_eq!(told, [Some("unreachable"); 3]);
        assert_eq!(ben.again().get(&format!("{REGISTER}?year=2026")).expect(200).body["data"], json!([]));
        ben.again().get(&format!("{REGISTER}?year=99")).expect_problem(400, "validation_failed");
        ben.again().get(EXPECTED).expect_problem(403, "forbidden");
        let expected = greta.again().get(EXPECTED).expect(200).body;
        assert_eq!((&expected["expected_loss"], &expected["written_off"], &expected["covered_bp"]), (&json!("0.00"), &json!("-93.00"), &Value::Null));
    }

    fn bad_write_offs_are_refused(app: &TestApp) {
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        let otto = app.newcomer("otto").with_admin_rights().join();
        app.pay(&ada, &ben, "10.00");
        set_status(&greta, &member_id(&ada), "frozen").expect(200);
        let body = json!({"account": ada.code, "category": "because", "reason": " "});
        assert_eq!(greta.post(REGISTER, &body).expect_problem(400, "validation_failed").pointers(), ["/reason", "/category"]);
        write_off(&greta, &ada, "given_up").expect_fault("/category");
        write_off(&ben, &ada, "other").expect_problem(403, "forbidden");
        let body = json!({"account": "RIVER0999", "category": "other", "reason": "x"});
        greta.post(REGISTER, &body).expect_problem(404, "not_found");
        let stale = app.db_with_old_proof(&greta);
        stale.post(REGISTER, &json!({"account": ada.code, "category": "other", "reason": "x"})).expect_problem(403, "step_up_required");
        // Of one's own account others decide.
        app.pay(&otto, &ben, "10.00");
        set_status(&greta, &member_id(&otto), "frozen").expect(200);
        let iris = app.newcomer("iris").with_admin_rights().join();
        let id = write_off(&greta, &otto, "hardship").expect(202).body["id"].as_str().unwrap().to_owned();
        set_status(&greta, &member_id(&otto), "leaving").expect(200);
        conflict(approve(&otto.again(), &id), "own_account");
        approve(&iris, &id).expect(200);
    }

    fn of_two_who_agree_at_once_one_does(app: &TestApp) {
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        let (otto, iris) = (app.newcomer("otto").with_admin_rights().join(), app.newcomer("iris").with_admin_rights().join());
        app.pay(&ada, &ben, "30.00");
        set_status(&greta, &member_id(&ada), "leaving").expect(200);
        let ids: Vec<String> = (0..2)
            .map(|_| write_off(&greta, &ada, "other").expect(202).body["id"].as_str().unwrap().to_owned())
            .collect();
        let barrier = std::sync::Barrier::new(5);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let agreeing: Vec<_> = [(&otto, 0), (&iris, 0), (&otto, 1), (&iris, 1)]
                .map(|(admin, which)| {
                    let (barrier, id) = (&barrier, &ids[which]);
                    scope.spawn(move || {
                        barrier.wait();
                        admin.post(&approval_path(id), &json!({"reason": null})).status
                    })
                })
                .into_iter()
                .collect();
            barrier.wait();
            app.try_pay(&ben, &ada, "30.00");
            agreeing.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let done = statuses.iter().filter(|status| **status == 200).count();
        assert!(done <= 1 && statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        assert_eq!(ada.again().balance(), "0.00");
        let register = greta.get(REGISTER).expect(200).body["data"].as_array().unwrap().len();
        assert_eq!(register, done);
    }

    fn who_comes_back_has_a_new_place_and_a_history(app: &TestApp) {
        let (ada, ben, greta) = (app.member("ada"), app.member("ben"), app.admin());
        let otto = app.newcomer("otto").with_admin_rights().join();
        app.pay(&ada, &ben, "12.00");
        ada.put(LEAVING, &json!({})).expect(200);
        let id = write_off(&greta, &ada, "hardship").expect(202).body["id"].as_str().unwrap().to_owned();
        approve(&otto, &id).expect(200);
        look(app);
        let policy = json!({"joining": "open", "members_may_invite": false, "reason": "Decided"});
        greta.send("PATCH", "/api/v1/communities/RIVER", &[], Some(policy.to_string().into_bytes())).expect(200);
        let back = ada.again().post("/api/v1/communities/RIVER/applications", &json!({"name": "Ada again"}));
        assert!([201, 202].contains(&back.status), "{} {}", back.status, back.body);
        let seen = greta.get("/api/v1/communities/RIVER/applications").expect(200);
        assert_eq!(seen.data()[0]["earlier"], json!({"members": 1, "written_off": "12.00"}));
        let id = seen.data()[0]["id"].as_str().unwrap();
        greta.post(&format!("/api/v1/communities/RIVER/applications/{id}/approve"), &json!({"reason": "Welcome back"})).expect(200);
        let me = ada.again().get("/api/v1/me").expect(200).body;
        let accounts: Vec<_> = me["memberships"].as_array().unwrap().iter()
            .flat_map(|place| place["accounts"].as_array().unwrap())
            .filter(|account| account["status"] == "active").collect();
        assert!(accounts.len() == 1 && accounts[0]["code"] != json!(ada.code), "{me}");
    }
}
