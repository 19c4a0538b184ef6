//! `/communities/{code}/settings`: what a community's admins chose about it as a whole.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, keys};

const SETTINGS: &str = "/api/v1/communities/RIVER/settings";

fn change(admin: &Person, body: &Value) -> Reply {
    let mut body = body.clone();
    body["reason"] = json!("Decided at the meeting");
    admin.patch(SETTINGS, &body)
}

both_engines! {
    fn an_admin_reads_them_changes_some_and_sees_who_did(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        let first = ada.get(SETTINGS).expect(200);
        assert_eq!(keys(&first.body), ["approval_rules", "defaults", "elsewhere", "name", "scale", "step_up_above", "symbol", "time_zone", "unit", "version"]);
        assert_eq!((&first.body["version"], first.header("etag")), (&json!(1), Some("\"v1\"")));
        for path in first.body["elsewhere"].as_object().unwrap().values() {
            greta.get(path["link"].as_str().unwrap()).expect(200);
        }
        let changed = change(&greta, &json!({"name": "River & \"Shore\"", "symbol": "R", "time_zone": "Europe/Berlin", "step_up_above": "500.00"})).expect(200);
        let told = ["name", "symbol", "time_zone", "step_up_above", "unit"].map(|member| changed.body[member].as_str().unwrap().to_owned());
        assert_eq!(told[..4], ["River & \"Shore\"", "R", "Europe/Berlin", "500.00"]);
        assert_eq!((&changed.body["unit"], &changed.body["version"]), (&first.body["unit"], &json!(2)), "what is not named stays");
        assert_eq!(ada.get(SETTINGS).expect(200).body, changed.body);
        assert_eq!(ada.get("/api/v1/communities/RIVER").expect(200).body["name"], "River & \"Shore\"");
        // Null takes away, what is left out stays, and what is as it was is no version.
        let changed = change(&greta, &json!({"step_up_above": null})).expect(200);
        assert_eq!((&changed.body["step_up_above"], &changed.body["symbol"]), (&Value::Null, &json!("R")));
        assert_eq!(change(&greta, &json!({"symbol": "R"})).expect(200).body["version"], 3);
        let lines = greta.get("/api/v1/communities/RIVER/audit?limit=100").expect(200);
        let told: Vec<_> = lines.data().iter().filter(|line| line["action"] == "community.settings").collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!((&told[1]["actor"]["name"], &told[1]["reason"]), (&json!("greta"), &json!("Decided at the meeting")));
        assert_eq!((&told[1]["before"]["symbol"], &told[1]["after"]["name"]), (&first.body["symbol"], &json!("River & \"Shore\"")));
        // The old ways change the same settings.
        greta.put("/api/v1/communities/RIVER/step-up", &json!({"above": "9.00"})).expect(200);
        greta.put("/api/v1/communities/RIVER/time-zone", &json!({"time_zone": "UTC"})).expect(200);
        let last = ada.get(SETTINGS).expect(200).body;
        assert_eq!((&last["version"], &last["step_up_above"], &last["time_zone"]), (&json!(5), &json!("9.00"), &json!("UTC")));
    }

    fn what_is_wrong_is_said_all_at_once_and_nothing_changes(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        let before = ada.get(SETTINGS).expect(200).body;
        let wrong = json!({"name": " ", "unit": "x".repeat(33), "symbol": "", "time_zone": "Middle/Earth", "step_up_above": "1.234", "reason": "x".repeat(501)});
        let pointers = ["/reason", "/name", "/unit", "/symbol", "/time_zone", "/step_up_above"];
        assert_eq!(greta.patch(SETTINGS, &wrong).expect_problem(400, "validation_failed").pointers(), pointers);
        for body in [json!({}), json!({"scale": 3, "reason": "x"}), json!({"name": null, "reason": "x"}), json!({"unit": null, "reason": "x"}), json!({"symbol": null, "reason": "x"}), json!({"time_zone": null, "reason": "x"}), json!({"time_zone": 5, "reason": "x"}), json!([]), json!(null)] {
            greta.patch(SETTINGS, &body).expect_problem(400, "validation_failed");
        }
        change(&ada, &json!({"name": "Ada's"})).expect_problem(403, "forbidden");
        app.db_with_old_proof(&greta).patch(SETTINGS, &json!({"step_up_above": "1.00", "reason": "x"})).expect_problem(403, "step_up_required");
        app.anonymous().get(SETTINGS).expect_problem(401, "unauthenticated");
        greta.get("/api/v1/communities/LAKE/settings").expect_problem(404, "not_found");
        let stale = [("if-match", "\"v7\"")];
        greta.patch_with(SETTINGS, &stale, &json!({"name": "Late", "reason": "x"})).expect_problem(412, "precondition_failed");
        assert_eq!(ada.get(SETTINGS).expect(200).body, before);
        let fitting = [("if-match", "\"v1\"")];
        greta.patch_with(SETTINGS, &fitting, &json!({"name": "In time", "reason": ""})).expect(200);
    }

    fn protecting_payments_less_takes_two_admins_where_there_are_rules(app: &TestApp) {
        let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
        change(&greta, &json!({"step_up_above": "500.00"})).expect(200);
        change(&greta, &json!({"step_up_above": "600.00"})).expect(200);
        let rules = json!({"limits_above": "500.00", "reversals_above": null, "reason": "Decided"});
        greta.put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        let mixed = change(&greta, &json!({"step_up_above": null, "name": "Mixed"})).expect_problem(409, "conflict");
        assert_eq!(mixed.body["reason"], "approval_needed");
        let asked = change(&greta, &json!({"step_up_above": "700.00"})).expect(202);
        assert_eq!((&asked.body["kind"], &asked.body["step_up_above"], &asked.body["state"]), (&json!("step_up"), &json!("700.00"), &json!("pending")));
        assert_eq!(otto.get(SETTINGS).expect(200).body["step_up_above"], "600.00");
        let path = format!("/api/v1/communities/RIVER/approvals/{}/approve", asked.body["id"].as_str().unwrap());
        greta.post(&path, &json!({"reason": ""})).expect_problem(409, "conflict");
        otto.post(&path, &json!({"reason": "Yes"})).expect(200);
        assert_eq!(otto.get(SETTINGS).expect(200).body["step_up_above"], "700.00");
        greta.put("/api/v1/communities/RIVER/step-up", &json!({"above": null})).expect(202);
    }

    fn opening_a_community_takes_two_admins_where_there_are_rules(app: &TestApp) {
        const RIVER: &str = "/api/v1/communities/RIVER";
        let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
        let open = json!({"joining": "open", "reason": "Decided"});
        greta.patch(RIVER, &open).expect(200);
        greta.patch(RIVER, &json!({"joining": "closed", "reason": "Decided"})).expect(200);
        let rules = json!({"limits_above": "500.00", "reversals_above": null, "reason": "Decided"});
        greta.put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        // Less than open is for one admin, and open comes by itself.
        greta.patch(RIVER, &json!({"joining": "invitation", "reason": "Decided"})).expect(200);
        let mixed = json!({"joining": "open", "members_may_invite": true, "reason": "Decided"});
        assert_eq!(greta.patch(RIVER, &mixed).expect_problem(409, "conflict").body["reason"], "approval_needed");
        app.db_with_old_proof(&greta).patch(RIVER, &open).expect_problem(403, "step_up_required");
        let before = greta.get(SETTINGS).expect(200).body["elsewhere"]["joining"]["version"].as_i64().unwrap();
        let asked = greta.patch(RIVER, &open).expect(202).body;
        assert_eq!((&asked["kind"], &asked["state"]), (&json!("joining"), &json!("pending")));
        assert_eq!(greta.get(RIVER).expect(200).body["joining"], "invitation");
        let path = format!("{RIVER}/approvals/{}/approve", asked["id"].as_str().unwrap());
        greta.post(&path, &json!({"reason": ""})).expect_problem(409, "conflict");
        otto.post(&path, &json!({"reason": "Yes"})).expect(200);
        assert_eq!(greta.get(RIVER).expect(200).body["joining"], "open");
        assert_eq!(greta.get(SETTINGS).expect(200).body["elsewhere"]["joining"]["version"], before + 1);
        // What is open already stays so.
        greta.patch(RIVER, &open).expect(200);
        let log = greta.get("/api/v1/communities/RIVER/audit?action=community.joining").expect(200);
        assert_eq!(log.data()[1]["after"]["joining"], "open");
    }

    fn of_two_changes_of_one_version_one_is_made(app: &TestApp) {
        let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
        let start = Barrier::new(2);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let admins = [(&greta, "Greta's"), (&otto, "Otto's")];
            let racers = admins.map(|(admin, name)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    let body = json!({"name": name, "reason": "First come"});
                    admin.patch_with(SETTINGS, &[("if-match", "\"v1\"")], &body).status
                })
            });
            racers.map(|racer| racer.join().unwrap()).into()
        });
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [200, 412]);
        assert_eq!(greta.get(SETTINGS).expect(200).body["version"], 2);
    }
}
