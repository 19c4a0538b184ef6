//! Merging two memberships of one person: what would come of it, what stands in the way, and where the old account leads.

use serde_json::{Value, json};

use crate::leaving::told;
use crate::privacy::exported;
use crate::schedules::{daily, make};
use crate::support::{Person, Reply, both_engines, fresh_key};

const MERGES: &str = "/api/v1/communities/RIVER/merges";

fn body(duplicate: &Person, kept: &Person) -> Value {
    json!({"duplicate": duplicate.code, "kept": kept.code, "reason": "Ada signed up twice"})
}

fn merge(admin: &Person, duplicate: &Person, kept: &Person) -> Reply {
    admin.again().post(MERGES, &body(duplicate, kept))
}

fn preview(admin: &Person, duplicate: &Person, kept: &Person) -> Value {
    let body = json!({"duplicate": duplicate.code, "kept": kept.code});
    admin.again().post(&format!("{MERGES}/preview"), &body).expect(200).body
}

/// What stands in the way: where, and what.
fn obstacles(list: &Value) -> Vec<String> {
    let name =
        |fault: &Value| format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap());
    list.as_array().unwrap().iter().map(name).collect()
}

fn blocked(reply: Reply) -> Vec<String> {
    let problem = reply.expect_problem(409, "conflict").body;
    assert_eq!(problem["reason"], "merge_blocked");
    obstacles(&problem["errors"])
}

fn account(person: &Person, code: &str) -> Value {
    person.again().get(&format!("/api/v1/accounts/{code}")).expect(200).body
}

fn two_agree(admin: &Person) {
    let rules = json!({"limits_above": "5000.00", "reversals_above": null, "reason": "Decided"});
    admin.again().put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
}

both_engines! {
    fn what_one_account_has_moves_to_the_other_and_the_old_one_leads_there(app: &TestApp) {
        let (ada, twin, ben, greta) = (app.member("ada"), app.member("ada-lin"), app.member("ben"), app.admin());
        app.pay(&ben, &twin, "30.00");
        app.pay(&ada, &ben, "12.50");
        let tried = preview(&greta, &twin, &ada);
        assert_eq!(tried, json!({"balance_after": "17.50", "needs_another_admin": false, "obstacles": [],
            "duplicate": {"code": twin.code, "name": "ada-lin", "status": "active", "balance": "30.00"},
            "kept": {"code": ada.code, "name": "ada", "status": "active", "balance": "-12.50"}}));
        assert_eq!(twin.again().balance(), "30.00", "nothing is done yet");
        app.clock.advance(1);
        let made = merge(&greta, &twin, &ada).expect(200).body;
        assert_eq!((&made["amount"], &made["kept"]["code"], &made["duplicate"]["code"]),
            (&json!("30.00"), &json!(ada.code), &json!(twin.code)));
        assert_eq!(ada.again().balance(), "17.50");
        // The statement of the kept one says what it was.
        let entries = ada.again().get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
        let entry = &entries.data()[0];
        assert_eq!((&entry["kind"], &entry["amount"], &entry["counterparty"]["code"]), (&json!("merge"), &json!("30.00"), &json!(twin.code)));
        assert_eq!(entry["payment_id"], made["payment_id"]);
        // The old code and the old name lead to it, for members and admins.
        for reader in [&ben, &greta] {
            let old = account(reader, &twin.code);
            assert_eq!((&old["status"], &old["merged_into"]["code"]), (&json!("closed"), &json!(ada.code)));
            let found = reader.again().get("/api/v1/communities/RIVER/members?q=lin").expect(200);
            assert_eq!((found.data().len(), &found.data()[0]["name"]), (1, &json!("ada")));
        }
        assert!(account(&ben, &ada.code).get("merged_into").is_none());
        app.try_pay(&ben.again(), &twin, "1.00").expect_problem(409, "account_not_active");
        // Its login sees nothing of the community any more, and takes its own data along.
        twin.again().get(&format!("/api/v1/accounts/{}", twin.code)).expect_problem(404, "not_found");
        assert!(exported(&twin.again()).contains(made["payment_id"].as_str().unwrap()));
        // Both are told, once each.
        assert_eq!((told(app, &twin), told(app, &ada)), (vec!["merged".to_owned()], vec!["merged".to_owned()]));
        // Asked for again, it is as it was; merged into another one, it is not.
        app.clock.advance(1);
        assert_eq!(merge(&greta, &twin, &ada).expect(200).body, made);
        assert_eq!(blocked(merge(&greta, &twin, &ben)), ["/duplicate account_not_active"]);
        assert_eq!((ada.again().balance(), told(app, &ada).len()), ("17.50".to_owned(), 1));
        // The log says who and why.
        let log = greta.again().get("/api/v1/communities/RIVER/audit").expect(200);
        let line = log.data().iter().find(|line| line["action"] == "member.merged").unwrap();
        assert_eq!((&line["reason"], &line["after"]["balance"]), (&json!("Ada signed up twice"), &json!("30.00")));
    }

    fn everything_that_stands_in_the_way_is_named(app: &TestApp) {
        let (ada, twin, ben, greta) = (app.member("ada"), app.member("twin"), app.member("ben"), app.admin());
        let hold = |payer: &Person, payee: &Person| {
            let body = json!({"payer": payer.code, "payee": payee.code, "amount": "2.00", "description": "", "capture": "manual"});
            payer.again().post_payment(&fresh_key(), &body).expect(201).body["id"].as_str().unwrap().to_owned()
        };
        let ask = |payer: &Person, payee: &Person| {
            let body = json!({"payer": payer.code, "payee": payee.code, "amount": "2.00", "description": ""});
            let key = fresh_key();
            let path = "/api/v1/payment-requests";
            payee.again().post_with(path, &[("idempotency-key", &key)], &body).expect(201).body["id"].as_str().unwrap().to_owned()
        };
        let plan = |payer: &Person, payee: &Person| {
            make(payer, &daily(app, payer, payee, "2.00", &json!({})))["id"].as_str().unwrap().to_owned()
        };
        app.pay(&ben, &twin, "50.00");
        let limits = app.set_limits(&ada, "100.00", Some("37.50"));
        limits.expect(200);
        let held = [hold(&twin, &ben), hold(&ben, &twin)];
        let asked = [ask(&twin, &ben), ask(&ben, &twin)];
        let planned = [plan(&twin, &ben), plan(&ben, &twin)];
        app.clock.advance(1);
        let tried = preview(&greta, &twin, &ada);
        assert_eq!(obstacles(&tried["obstacles"]), ["/kept ceiling_exceeded", "/duplicate open_hold", "/duplicate open_hold",
            "/duplicate open_request", "/duplicate open_request", "/duplicate live_schedule", "/duplicate live_schedule"]);
        let words = tried["obstacles"].to_string();
        assert!(words.contains("12.50 § above its ceiling"), "{words}");
        for id in held.iter().chain(&asked).chain(&planned) {
            assert!(words.contains(id), "{id}: {words}");
        }
        assert_eq!(blocked(merge(&greta, &twin, &ada)).len(), 7);
        assert_eq!(twin.again().balance(), "50.00");
        // Settled one after the other, they do not.
        for id in &held {
            let key = fresh_key();
            let who = if *id == held[0] { &ben } else { &twin };
            who.again().post_with(&format!("/api/v1/payments/{id}/void"), &[("idempotency-key", &key)], &json!({})).expect(200);
        }
        for (id, who) in asked.iter().zip([&ben, &twin]) {
            let key = fresh_key();
            who.again().post_with(&format!("/api/v1/payments/{id}/cancel"), &[("idempotency-key", &key)], &json!({})).expect(200);
        }
        for (id, who) in planned.iter().zip([&twin, &ben]) {
            let key = fresh_key();
            who.again().post_with(&format!("/api/v1/schedules/{id}/cancel"), &[("idempotency-key", &key)], &json!({})).expect(200);
        }
        assert_eq!(blocked(merge(&greta, &twin, &ada)), ["/kept ceiling_exceeded"]);
        app.set_limits(&ada, "100.00", None).expect(200);
        app.clock.advance(1);
        // Who is leaving is merged, too, and its leaving is over with it.
        twin.again().put("/api/v1/me/memberships/RIVER/leaving", &json!({})).expect(200);
        merge(&greta, &twin, &ada).expect(200);
        assert_eq!(ada.again().balance(), "50.00");
        assert_eq!(greta.again().get("/api/v1/communities/RIVER/leavings").expect(200).data().len(), 0);
        // Where it owes more than the other may, it says by how much.
        let cyd = app.member("cyd");
        app.pay(&cyd, &ben, "90.00");
        app.set_limits(&ada, "30.00", None).expect(200);
        let tried = preview(&greta, &cyd, &ada);
        assert_eq!(tried["obstacles"][0]["detail"], "would be 10.00 § below what its credit limit allows");
    }

    fn two_admins_agree_where_two_ever_do_and_none_of_them_gains_by_it(app: &TestApp) {
        let (ada, twin, ben, greta) = (app.member("ada"), app.member("twin"), app.member("ben"), app.admin());
        let otto = app.newcomer("otto").with_admin_rights().join();
        app.pay(&ada, &twin, "20.00");
        assert_eq!(blocked(merge(&greta, &twin, &greta)), ["/kept own_account"]);
        two_agree(&greta);
        assert_eq!(preview(&greta, &twin, &ada)["needs_another_admin"], true);
        let asked = merge(&greta, &twin, &ada).expect(202).body;
        assert_eq!((&asked["kind"], &asked["merge"]["duplicate"]["balance"]), (&json!("merge"), &json!("20.00")));
        assert_eq!((twin.again().balance(), told(app, &twin).len()), ("20.00".to_owned(), 0));
        let path = format!("/api/v1/communities/RIVER/approvals/{}/approve", asked["id"].as_str().unwrap());
        let agree = |who: &Person| who.again().post(&path, &json!({"reason": null}));
        assert_eq!(agree(&greta).expect_problem(409, "conflict").body["reason"], "own_request");
        // What stands in the way since is named to who agrees.
        app.set_limits(&ada, "0.00", Some("0.00")).expect(200);
        app.pay(&ben, &ada, "20.00");
        assert_eq!(blocked(agree(&otto)), ["/kept ceiling_exceeded"]);
        app.set_limits(&ada, "0.00", Some("100.00")).expect(200);
        app.clock.advance(1);
        assert_eq!(agree(&otto).expect(200).body["state"], "approved");
        assert_eq!((ada.again().balance(), told(app, &twin), told(app, &ada)),
            ("20.00".to_owned(), vec!["merged".to_owned()], vec!["merged".to_owned()]));
        // Merged on, the first one leads to the last.
        let last = app.member("last");
        let asked = merge(&greta, &ada, &last).expect(202).body["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/communities/RIVER/approvals/{asked}/approve");
        otto.again().post(&path, &json!({"reason": null})).expect(200);
        for code in [&twin.code, &ada.code] {
            assert_eq!(account(&ben, code)["merged_into"]["code"], json!(last.code));
        }
        let found = ben.again().get("/api/v1/communities/RIVER/members?q=twin").expect(200);
        assert_eq!(found.data()[0]["name"], "last");
    }

    fn what_moves_is_what_was_agreed_to(app: &TestApp) {
        let (ada, twin, ben, greta) = (app.member("ada"), app.member("twin"), app.member("ben"), app.admin());
        let otto = app.newcomer("otto").with_admin_rights().join();
        app.pay(&ada, &twin, "20.00");
        two_agree(&greta);
        let asked = merge(&greta, &twin, &ada).expect(202).body;
        assert_eq!(asked["merge"]["amount"], "20.00");
        let path = format!("/api/v1/communities/RIVER/approvals/{}/approve", asked["id"].as_str().unwrap());
        app.pay(&ben, &twin, "0.01");
        let seen = greta.again().get("/api/v1/communities/RIVER/approvals").expect(200).data()[0].clone();
        assert_eq!((&seen["merge"]["amount"], &seen["merge"]["duplicate"]["balance"]), (&json!("20.00"), &json!("20.01")));
        let refused = otto.again().post(&path, &json!({"reason": null})).expect_problem(409, "conflict");
        assert_eq!((&refused.body["reason"], twin.again().balance()), (&json!("balance_changed"), "20.01".into()));
        // Asked anew, it is agreed to anew.
        let asked = merge(&greta, &twin, &ada).expect(202).body;
        let path = format!("/api/v1/communities/RIVER/approvals/{}/approve", asked["id"].as_str().unwrap());
        otto.again().post(&path, &json!({"reason": null})).expect(200);
        assert_eq!(ada.again().balance(), "0.01");
        let list = greta.again().get(MERGES).expect(200);
        let told = |merge: &Value| format!("{} {} {}", merge["duplicate"]["code"].as_str().unwrap(), merge["kept"]["code"].as_str().unwrap(), merge["amount"].as_str().unwrap());
        let expected = format!("{} {} 20.01", twin.code, ada.code);
        assert_eq!(list.data().iter().map(told).collect::<Vec<_>>(), [expected]);
        ben.again().get(MERGES).expect_problem(403, "forbidden");
    }

    fn two_admins_who_agree_at_once_merge_once(app: &TestApp) {
        let (ada, twin, greta) = (app.member("ada"), app.member("twin"), app.admin());
        let admins: Vec<_> = ["otto", "paul", "rosa", "sue"].iter().map(|name| app.newcomer(name).with_admin_rights().join()).collect();
        let traders: Vec<_> = ["t1", "t2"].iter().map(|name| app.member(name)).collect();
        app.pay(&ada, &twin, "20.00");
        two_agree(&greta);
        // Two requests for the same merge, each of which all the others agree to.
        let asked = [&greta, &admins[0]].map(|admin| merge(admin, &twin, &ada).expect(202).body["id"].as_str().unwrap().to_owned());
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let start = std::sync::Barrier::new(6);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            for pair in [[0, 1], [1, 0]] {
                let (is_over, [payer, payee]) = (&is_over, pair.map(|place: usize| &traders[place]));
                scope.spawn(move || {
                    while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                        app.try_pay(payer, payee, "0.01");
                    }
                });
            }
            let tries: Vec<_> = admins[1..].iter().flat_map(|admin| asked.iter().map(move |id| (admin, id))).map(|(admin, id)| {
                let start = &start;
                scope.spawn(move || {
                    let admin = admin.again();
                    start.wait();
                    let path = format!("/api/v1/communities/RIVER/approvals/{id}/approve");
                    admin.post(&path, &json!({"reason": null})).status
                })
            }).collect();
            let statuses = tries.into_iter().map(|tried| tried.join().unwrap()).collect();
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
            statuses
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        assert_eq!(ada.again().balance(), "0.00");
        assert_eq!(greta.again().get(MERGES).expect(200).data().len(), 1);
        assert_eq!((told(app, &twin), told(app, &ada)), (vec!["merged".to_owned()], vec!["merged".to_owned()]));
    }

    fn bad_merges_are_refused(app: &TestApp) {
        let (ada, twin, ben, greta) = (app.member("ada"), app.member("twin"), app.member("ben"), app.admin());
        assert_eq!(blocked(merge(&greta, &ada, &ada)), ["/kept same_account"]);
        let to_fund = json!({"duplicate": ada.code, "kept": "RIVER0000", "reason": "x"});
        assert_eq!(blocked(greta.again().post(MERGES, &to_fund)), ["/kept no_member"]);
        greta.again().post(MERGES, &json!({"duplicate": ada.code, "kept": twin.code, "reason": " "})).expect_fault("/reason");
        greta.again().post(MERGES, &json!({"duplicate": ada.code, "kept": "RIVER0999", "reason": "x"})).expect_problem(404, "not_found");
        merge(&ben, &twin, &ada).expect_problem(403, "forbidden");
        ben.again().post(&format!("{MERGES}/preview"), &json!({"duplicate": ada.code, "kept": twin.code})).expect_problem(403, "forbidden");
        let stale = app.db_with_old_proof(&greta);
        stale.post(MERGES, &body(&twin, &ada)).expect_problem(403, "step_up_required");
        app.set_status(&ada, "frozen").expect(200);
        assert_eq!(blocked(merge(&greta, &twin, &ada)), ["/kept account_not_active"]);
        assert_eq!(merge(&greta, &ada, &twin).expect(200).body["payment_id"], Value::Null);
    }
}
