//! What one admin asks for and another one has to agree to: `/communities/{code}/approval-rules` and `…/approvals`.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, both_engines, keys};
use crate::{is_id, is_time};

const RULES: &str = "/api/v1/communities/RIVER/approval-rules";
const APPROVALS: &str = "/api/v1/communities/RIVER/approvals";
/// A week.
const LIFE_S: i64 = 7 * 86_400;

fn rules(limits_above: Option<&str>, reversals_above: Option<&str>) -> Value {
    json!({"limits_above": limits_above, "reversals_above": reversals_above, "reason": "Decided at the meeting"})
}

/// Asks for a credit limit.
fn ask(admin: &Person, person: &Person, credit_limit: &str) -> Reply {
    let body = json!({"credit_limit": credit_limit, "ceiling": null, "reason": "Good trader for a year"});
    admin.put(&format!("/api/v1/accounts/{}/limits", person.code), &body)
}

/// Asks for a credit limit that needs another admin; the approval's id.
fn asked(admin: &Person, person: &Person, credit_limit: &str) -> String {
    ask(admin, person, credit_limit).expect(202).body["id"].as_str().unwrap().to_owned()
}

fn settle(admin: &Person, id: &str, verb: &str) -> Reply {
    admin.post(&format!("{APPROVALS}/{id}/{verb}"), &json!({"reason": "Talked it over"}))
}

/// Two admins, and a rule above 500.00.
fn two_admins(app: &TestApp) -> (Person, Person) {
    let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
    greta.put(RULES, &rules(Some("500.00"), None)).expect(200);
    (greta, otto)
}

/// To whom mails of a kind wait, by address.
fn mails(app: &TestApp, kind: i64) -> Vec<String> {
    app.database.db_texts(&format!("SELECT recipient AS value FROM mails WHERE kind = {kind} ORDER BY id"))
}

fn conflict(reply: Reply, reason: &str) {
    assert_eq!(reply.expect_problem(409, "conflict").body["reason"], reason);
}

both_engines! {
    fn a_high_limit_takes_two_admins(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        // Up to the amount, one is enough.
        ask(&greta, &ada, "500.00").expect(200);
        let reply = ask(&greta, &ada, "500.01").expect(202);
        let members = ["asked_at", "asked_by", "expires_at", "id", "income", "kind", "limit_policy", "limits", "merge", "payout", "reason", "reversal", "rules", "settled_at", "settled_by", "state", "step_up_above", "write_off"];
        assert_eq!(keys(&reply.body), members);
        assert!(is_id(&reply.body["id"]) && is_time(&reply.body["asked_at"]) && is_time(&reply.body["expires_at"]), "{}", reply.body);
        assert_eq!((&reply.body["state"], &reply.body["kind"], &reply.body["asked_by"]), (&json!("pending"), &json!("limits"), &json!("greta")));
        assert_eq!(reply.body["limits"], json!({"account": ada.code, "name": "ada",
            "wanted": {"credit_limit": "500.01", "ceiling": null}, "present": {"credit_limit": "500.00", "ceiling": null}}));
        assert_eq!(ada.account()["credit_limit"], "500.00", "nothing is done yet");
        assert_eq!(mails(app, 10), ["otto@river.example"], "the other admins are told");
        let id = reply.body["id"].as_str().unwrap();
        conflict(settle(&greta, id, "approve"), "own_request");
        ada.post(&format!("{APPROVALS}/{id}/approve"), &json!({})).expect_problem(403, "forbidden");
        assert_eq!(ada.account()["credit_limit"], "500.00");
        let told = mails(app, 7).len();
        let agreed = settle(&otto, id, "approve").expect(200);
        assert_eq!((&agreed.body["state"], &agreed.body["settled_by"]), (&json!("approved"), &json!("otto")));
        assert_eq!(agreed.body["limits"]["present"]["credit_limit"], "500.01");
        assert_eq!(ada.account()["credit_limit"], "500.01");
        assert_eq!(mails(app, 7)[told..], ["ada@river.example"], "and so is whoever has the account");
        conflict(settle(&otto, id, "approve"), "already_settled");
        conflict(settle(&otto, id, "refuse"), "already_settled");
        // A cut needs no second admin, wherever it starts.
        ask(&greta, &ada, "500.00").expect(200);
    }

    fn everything_is_in_the_audit_log(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        let id = asked(&greta, &ada, "900.00");
        settle(&otto, &id, "approve").expect(200);
        let id = asked(&otto, &ada, "901.00");
        settle(&otto, &id, "refuse").expect(200);
        let lines = greta.get("/api/v1/communities/RIVER/audit?limit=100").expect(200);
        // Lines of one millisecond have no order.
        let mut told: Vec<_> = lines.data().iter()
            .map(|line| format!("{} {} {}", line["action"].as_str().unwrap(), line["actor"]["name"].as_str().unwrap(), line["reason"].as_str().unwrap_or("-")))
            .collect();
        told.sort();
        assert_eq!(told, [
            "account.limits greta Good trader for a year",
            "approval.approved otto Talked it over",
            "approval.asked greta Good trader for a year",
            "approval.asked otto Good trader for a year",
            "approval.refused otto Talked it over",
            "community.approval_rules greta Decided at the meeting",
        ]);
    }

    fn a_proof_is_needed_and_it_is_for_people_themselves(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        let id = asked(&greta, &ada, "900.00");
        let stale = app.db_with_old_proof(&otto);
        for verb in ["approve", "refuse"] {
            stale.post(&format!("{APPROVALS}/{id}/{verb}"), &json!({})).expect_problem(403, "step_up_required");
            otto.post(&format!("{APPROVALS}/019a0000-0000-7000-8000-000000000001/{verb}"), &json!({})).expect_problem(404, "not_found");
            otto.post(&format!("{APPROVALS}/x/{verb}"), &json!({})).expect_problem(404, "not_found");
            otto.post(&format!("{APPROVALS}/{id}/{verb}"), &json!({"reason": "x".repeat(501)})).expect_fault("/reason");
        }
        stale.put(RULES, &rules(Some("1.00"), None)).expect_problem(403, "step_up_required");
        ada.put(RULES, &rules(Some("1.00"), None)).expect_problem(403, "forbidden");
        ada.get(APPROVALS).expect_problem(403, "forbidden");
        assert_eq!(ada.get(RULES).expect(200).body, json!({"limits_above": "500.00", "reversals_above": null}));
        let faulty = json!({"limits_above": "-1", "reversals_above": "1e3", "reason": " "});
        assert_eq!(greta.put(RULES, &faulty).expect_problem(400, "validation_failed").pointers(), ["/limits_above", "/reversals_above", "/reason"]);
        greta.put(RULES, &json!({"limits_above": null, "reason": "x"})).expect_problem(400, "validation_failed");
        assert_eq!(ada.account()["credit_limit"], "100.00");
        settle(&otto, &id, "refuse").expect(200);
        assert_eq!(ada.account()["credit_limit"], "100.00");
    }

    fn what_nobody_agrees_to_lapses(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        let id = asked(&greta, &ada, "900.00");
        app.clock.advance(LIFE_S);
        let (greta, otto) = (greta.again(), otto.again());
        let state_of = |query: &str| -> Vec<String> {
            let page = greta.get(&format!("{APPROVALS}{query}")).expect(200);
            page.data().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(state_of(""), ["expired"]);
        assert_eq!(state_of("?state=expired"), ["expired"]);
        assert!(state_of("?state=pending").is_empty());
        conflict(settle(&otto, &id, "approve"), "approval_expired");
        conflict(settle(&otto, &id, "refuse"), "approval_expired");
        assert_eq!(ada.again().account()["credit_limit"], "100.00");
    }

    fn who_asked_must_still_be_an_admin(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        let id = asked(&greta, &ada, "900.00");
        let me = greta.get("/api/v1/me").expect(200).body;
        let member = me["memberships"][0]["member"]["id"].as_str().unwrap();
        let role = json!({"role": "member", "reason": "Moved away"});
        otto.put(&format!("/api/v1/communities/RIVER/members/{member}/role"), &role).expect(200);
        conflict(settle(&otto, &id, "approve"), "asker_gone");
        app.restart();
        conflict(settle(&otto, &id, "approve"), "asker_gone");
        settle(&otto, &id, "refuse").expect(200);
        assert_eq!(ada.account()["credit_limit"], "100.00");
    }

    fn loosening_the_rules_takes_two_and_tightening_one(app: &TestApp) {
        let (greta, otto) = two_admins(app);
        greta.put(RULES, &rules(Some("400.00"), Some("50.00"))).expect(200);
        let reply = greta.put(RULES, &rules(None, None)).expect(202);
        assert_eq!((&reply.body["kind"], &reply.body["limits"]), (&json!("rules"), &Value::Null));
        assert_eq!(reply.body["rules"], json!({"limits_above": null, "reversals_above": null}));
        assert_eq!(greta.get(RULES).body, json!({"limits_above": "400.00", "reversals_above": "50.00"}));
        greta.put(RULES, &rules(Some("400.01"), Some("1.00"))).expect(202);
        // The memory of the rules is not all that there is.
        app.restart();
        settle(&otto, reply.body["id"].as_str().unwrap(), "approve").expect(200);
        assert_eq!(greta.get(RULES).body, json!({"limits_above": null, "reversals_above": null}));
        ask(&greta, &app.member("ada"), "90000.00").expect(200);
    }

    fn the_list_has_its_pages_and_its_filter(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        let ids: Vec<_> = ["901.00", "902.00", "903.00"].map(|limit| { app.clock.advance(1); asked(&greta, &ada, limit) }).into();
        settle(&otto, &ids[1], "refuse").expect(200);
        let first = otto.get(&format!("{APPROVALS}?limit=2")).expect(200);
        let listed = |reply: &Reply| -> Vec<String> { reply.data().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect() };
        assert_eq!(listed(&first), [ids[2].clone(), ids[1].clone()]);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let rest = otto.get(&format!("{APPROVALS}?limit=2&cursor={cursor}")).expect(200);
        assert_eq!((listed(&rest), &rest.body["next_cursor"]), (vec![ids[0].clone()], &Value::Null));
        assert_eq!(listed(&otto.get(&format!("{APPROVALS}?state=pending"))), [ids[2].clone(), ids[0].clone()]);
        assert_eq!(listed(&otto.get(&format!("{APPROVALS}?state=refused"))), [ids[1].clone()]);
        otto.get(&format!("{APPROVALS}?state=done")).expect_problem(400, "validation_failed");
        greta.get(&format!("{APPROVALS}?limit=2&cursor={cursor}")).expect_problem(400, "validation_failed");
    }

    fn of_many_who_agree_at_once_one_does(app: &TestApp) {
        let ((greta, otto), ada) = (two_admins(app), app.member("ada"));
        let id = asked(&greta, &ada, "900.00");
        let start = Barrier::new(16);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|number| {
                    let (start, otto, id) = (&start, &otto, &id);
                    scope.spawn(move || {
                        start.wait();
                        settle(otto, id, if number % 2 == 0 { "approve" } else { "refuse" })
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let settled: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!((settled.len(), replies.iter().filter(|reply| reply.status == 409).count()), (1, 15));
        let is_done = settled[0].body["state"] == "approved";
        assert_eq!(ada.account()["credit_limit"], if is_done { "900.00" } else { "100.00" });
        assert_eq!(app.database.db_texts("SELECT action AS value FROM audits WHERE action = 'account.limits'").len(), usize::from(is_done));
    }

    fn letting_somebody_in_is_no_way_around(app: &TestApp) {
        let (greta, otto) = two_admins(app);
        let policy = json!({"joining": "open", "members_may_invite": false, "reason": "Decided"});
        let asked = greta.patch("/api/v1/communities/RIVER", &policy).expect(202).body;
        let path = format!("/api/v1/communities/RIVER/approvals/{}/approve", asked["id"].as_str().unwrap());
        otto.post(&path, &json!({"reason": ""})).expect(200);
        app.found("HILL", 2);
        let nia = app.newcomer("nia").of("HILL").join();
        let applied = nia.post("/api/v1/communities/RIVER/applications", &json!({"name": "Nia"})).expect(201);
        let path = format!("/api/v1/communities/RIVER/applications/{}/approve", applied.body["id"].as_str().unwrap());
        conflict(greta.post(&path, &json!({"credit_limit": "500.01"})), "approval_needed");
        greta.post(&path, &json!({"credit_limit": "500.00"})).expect(200);
    }

    fn a_large_reversal_takes_two_admins(app: &TestApp) {
        let (greta, otto) = two_admins(app);
        greta.put(RULES, &rules(Some("500.00"), Some("10.00"))).expect(200);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let paid = app.pay(&ada, &ben, "12.50");
        let path = format!("/api/v1/payments/{}/reversal", paid["id"].as_str().unwrap());
        let body = json!({"reason": "Paid to the wrong account"});
        let asked = greta.post_with(&path, &[("Idempotency-Key", "r-1")], &body).expect(202);
        assert_eq!((&asked.body["kind"], &asked.body["state"]), (&json!("reversal"), &json!("pending")));
        assert_eq!(asked.body["reversal"], json!({"payment_id": paid["id"], "allow_beyond_limit": false}));
        assert_eq!((ada.balance(), ben.balance()), ("-12.50".into(), "12.50".into()));
        assert_eq!(mails(app, 10), ["otto@river.example"], "the other admins are told");
        let id = asked.body["id"].as_str().unwrap();
        conflict(settle(&greta, id, "approve"), "own_request");
        settle(&otto, id, "approve").expect(200);
        assert_eq!((ada.balance(), ben.balance()), ("0.00".into(), "0.00".into()));
        let again = greta.post_with(&path, &[("Idempotency-Key", "r-1")], &body).expect(202);
        assert_eq!((&again.body["id"], &again.body["state"]), (&asked.body["id"], &json!("approved")));
        // Up to the amount, one is enough.
        let small = app.pay(&ada, &ben, "10.00");
        let path = format!("/api/v1/payments/{}/reversal", small["id"].as_str().unwrap());
        otto.post_with(&path, &[("Idempotency-Key", "r-2")], &body).expect(201);
    }
}
