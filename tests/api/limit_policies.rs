//! Limits as policy: `/communities/{code}/limit-policy`, groups, and `/accounts/{account}/limits/explain`.

use counterfoil::jobs::{Limiting, Work};
use serde_json::{Value, json};

use crate::support::{Person, TestApp, both_engines, fresh_key, keys};

const POLICY: &str = "/api/v1/communities/RIVER/limit-policy";
const POLICIES: &str = "/api/v1/communities/RIVER/limit-policies";
const PREVIEW: &str = "/api/v1/communities/RIVER/limit-policy/preview";
const GROUPS: &str = "/api/v1/communities/RIVER/groups";
const DAY_S: i64 = 86_400;

/// Has all accounts follow their policies that are due to, without anything in memory.
fn follow(app: &TestApp) {
    let limiting = Limiting::new(app.services());
    while app.block_on(limiting.do_one()).unwrap() {}
}

/// Lets time pass until noon by UTC, so that no midnight comes unasked.
fn until_noon(app: &TestApp) {
    app.clock.advance(DAY_S + DAY_S / 2 - app.now().unix_seconds() % DAY_S);
}

fn fixed(base: &str) -> Value {
    json!({"base": base, "terms": [], "minimum": "0", "maximum": base})
}

/// What the community talks about: 50.00 for all; for businesses more, by what they did.
fn policy() -> Value {
    json!({
        "rules": [{
            "kind": "business", "group": null,
            "credit_limit": {"base": "100", "terms": [
                {"measure": "sales", "days": 90, "share": "0.25", "cap": "400"},
                {"measure": "partners", "each": "5", "cap": "8"},
                {"measure": "membership_months", "each": "1.00", "cap": "120"},
            ], "minimum": "0", "maximum": "1000"},
            "ceiling": {"base": "2000", "terms": [], "minimum": "0", "maximum": "2000"},
        }],
        "default": {"credit_limit": fixed("50"), "ceiling": null},
    })
}

fn with_reason(mut policy: Value) -> Value {
    policy["reason"] = json!("Decided at the meeting");
    policy
}

fn member_id(person: &Person) -> String {
    person.get("/api/v1/me").expect(200).body["memberships"][0]["member"]["id"].as_str().unwrap().to_owned()
}

fn classify(app: &TestApp, person: &Person, kind: &str, group: Option<&str>) -> Value {
    let path = format!("/api/v1/communities/RIVER/members/{}/class", member_id(&person.again()));
    let class = json!({"kind": kind, "group": group, "reason": "Known to us"});
    app.admin().again().put(&path, &class).expect(200).body
}

fn explain(of: &Person, by: &Person) -> Value {
    by.again().get(&format!("/api/v1/accounts/{}/limits/explain", of.code)).expect(200).body
}

fn credit_limit(person: &Person) -> String {
    person.again().account()["credit_limit"].as_str().unwrap().to_owned()
}

/// Sets limits of one account, until then.
fn set_limits(app: &TestApp, person: &Person, credit_limit: &str, until: Option<String>) -> Value {
    let body =
        json!({"credit_limit": credit_limit, "ceiling": null, "until": until, "reason": "A large order"});
    app.admin().again().put(&format!("/api/v1/accounts/{}/limits", person.code), &body).expect(200).body
}

both_engines! {
    fn a_community_finds_its_policy(app: &TestApp) {
        until_noon(app);
        let (mill, ben, cleo) = (app.member("mill"), app.member("ben"), app.member("cleo"));
        let admin = app.admin();
        // In the beginning all have the same, and the first trade happens.
        let first = ben.get(POLICY).expect(200).body;
        assert_eq!(keys(&first), ["adopted_at", "adopted_by", "default", "reason", "rules", "version"]);
        assert_eq!((&first["version"], &first["rules"]), (&json!(0), &json!([])));
        assert_eq!(first["default"]["credit_limit"], json!({"base": "100.00", "terms": [], "minimum": "0.00", "maximum": "100.00"}));
        app.pay(&ben, &mill, "40.00");
        let large = app.pay(&ben, &mill, "60.00");
        app.pay(&cleo, &mill, "30.00");
        assert_eq!(explain(&ben, &ben)["decided_by"], "policy");

        // The mill is a business.
        let class = classify(app, &mill, "business", None);
        assert_eq!((&class["kind"], &class["group"]), (&json!("business"), &Value::Null));
        assert_eq!(credit_limit(&mill), "100.00", "the policy knows no businesses yet");

        // What would it be like?
        let preview = admin.again().post(PREVIEW, &policy()).expect(200).body;
        // Ben, Cleo and Greta have 50.00 less; the mill has 100 + 32.50 (25 % of 130.00) + 8 (two partners, capped).
        assert_eq!((&preview["accounts"], &preview["overridden"], &preview["changed"]), (&json!(4), &json!(0), &json!(4)));
        assert_eq!((&preview["raised"], &preview["lowered"]), (&json!(1), &json!(3)));
        assert_eq!((&preview["granted_before"], &preview["granted_after"]), (&json!("400.00"), &json!("290.50")));
        assert_eq!(preview["changes"].as_array().unwrap().len(), 4);
        let mills = preview["changes"].as_array().unwrap().iter().find(|change| change["account"] == mill.code.as_str()).unwrap();
        assert_eq!((&mills["credit_limit_after"], &mills["ceiling_after"]), (&json!("140.50"), &json!("2000.00")));
        assert_eq!(preview["refused"], 1, "{preview}");
        assert_eq!(preview["refused_payments"], json!([
            {"payment_id": large["id"], "account": ben.code, "amount": "60.00", "refusal": "insufficient_credit"},
        ]));
        assert_eq!(ben.get(POLICY).expect(200).body, first, "nothing is changed by looking");

        // They adopt it, and all follow.
        let adopted = admin.again().put(POLICY, &with_reason(policy())).expect(200);
        assert_eq!((&adopted.body["version"], &adopted.body["adopted_by"], &adopted.body["reason"]), (&json!(1), &json!("greta"), &json!("Decided at the meeting")));
        assert_eq!(adopted.body["rules"][0]["credit_limit"]["terms"][0], json!({"measure": "sales", "days": 90, "share": "0.2500", "each": null, "cap": "400.00"}));
        follow(app);
        assert_eq!([&mill, &ben, &cleo].map(credit_limit), ["140.50", "50.00", "50.00"]);
        app.try_pay(&ben.again(), &cleo, "1.00").expect_problem(409, "insufficient_credit");
        app.pay(&cleo.again(), &ben, "10.00");

        // Why, in numbers.
        let why = explain(&mill, &mill);
        assert_eq!(keys(&why), ["account", "allowance", "ceiling", "credit_limit", "decided_by", "evaluated_at", "override", "payment_limits", "policy", "warn_at"]);
        let credit = &why["policy"]["credit_limit"];
        assert_eq!((&why["policy"]["version"], &why["policy"]["rule"], &why["ceiling"]), (&json!(1), &json!(0), &json!("2000.00")));
        let numbers = |place: usize| {
            let term = &credit["terms"][place];
            [&term["input"], &term["earned"], &term["result"], &term["is_capped"]].map(Value::to_string).join(" ")
        };
        assert_eq!(numbers(0), r#""130.00" "32.50" "32.50" false"#);
        assert_eq!(numbers(1), r#""2" "10.00" "8.00" true"#);
        assert_eq!(numbers(2), r#""0" "0.00" "0.00" false"#);
        assert_eq!((&credit["base"], &credit["sum"], &credit["result"], &credit["bound"]), (&json!("100.00"), &json!("140.50"), &json!("140.50"), &Value::Null));
        assert_eq!(explain(&mill, &admin)["policy"], why["policy"]);
        ben.again().get(&format!("/api/v1/accounts/{}/limits/explain", mill.code)).expect_problem(404, "not_found");

        // Ben gets an exception for ten days, and then it is over.
        let until = app.now().plus_seconds(10 * DAY_S).rfc3339();
        set_limits(app, &ben, "200.00", Some(until.clone()));
        app.clock.advance(2 * DAY_S);
        follow(app);
        let why = explain(&ben, &ben);
        assert_eq!((&why["decided_by"], &why["credit_limit"]), (&json!("override"), &json!("200.00")));
        assert_eq!((&why["override"]["reason"], &why["override"]["author"], &why["override"]["until"]), (&json!("A large order"), &json!("greta"), &json!(until)));
        assert_eq!(why["policy"]["credit_limit"]["result"], "50.00");
        app.clock.advance(8 * DAY_S - 60);
        follow(app);
        assert_eq!(credit_limit(&ben), "200.00");
        app.clock.advance(120);
        follow(app);
        assert_eq!(credit_limit(&ben), "50.00", "at the hour, not at the next midnight");
        assert_eq!(explain(&ben, &ben)["decided_by"], "policy");

        // What is given back is no sale; and history grows.
        let refund = json!({"amount": "20.00", "reason": "Stale"});
        let path = format!("/api/v1/payments/{}/refunds", large["id"].as_str().unwrap());
        mill.again().post_with(&path, &[("idempotency-key", &fresh_key())], &refund).expect(201);
        app.clock.advance(21 * DAY_S);
        follow(app);
        // 100 + 27.50 + 8 + one month.
        assert_eq!(credit_limit(&mill), "136.50");
        app.clock.advance(70 * DAY_S);
        follow(app);
        // Of the last ninety days there are no sales any more, and three months are full.
        let credit = &explain(&mill, &mill)["policy"]["credit_limit"];
        assert_eq!((&credit["terms"][0]["input"], &credit["terms"][2]["input"]), (&json!("0.00"), &json!("3")));
        assert_eq!(credit_limit(&mill), "111.00");

        // A newer version, based on what was seen.
        let tag = ben.again().get(POLICY).expect(200).header("etag").unwrap().to_owned();
        let mut newer = with_reason(policy());
        newer["default"]["credit_limit"] = fixed("60");
        admin.again().put_with(POLICY, &[("if-match", &tag)], &newer).expect(200);
        admin.again().put_with(POLICY, &[("if-match", &tag)], &newer).expect_problem(412, "precondition_failed");
        follow(app);
        assert_eq!(credit_limit(&ben), "60.00");
        let versions = admin.again().get(&format!("{POLICIES}?limit=1")).expect(200);
        assert_eq!((versions.data().len(), &versions.data()[0]["version"]), (1, &json!(2)));
        let next = versions.body["next_cursor"].as_str().unwrap();
        let older = admin.again().get(&format!("{POLICIES}?limit=1&cursor={next}")).expect(200);
        assert_eq!((&older.data()[0]["version"], &older.body["next_cursor"]), (&json!(1), &Value::Null));
        let audit = admin.again().get("/api/v1/communities/RIVER/audit?action=community.limit_policy").expect(200);
        assert_eq!(audit.data().len(), 2);
        // Whoever joins afterwards has what the policy gives.
        let dora = app.member("dora");
        follow(app);
        app.clock.advance(DAY_S);
        follow(app);
        assert_eq!(credit_limit(&dora), "60.00");
    }

    fn exceptions_beat_the_policy_until_somebody_ends_them(app: &TestApp) {
        let (ada, eve) = (app.member("ada"), app.newcomer("eve").with_credit_limit("70.00").join());
        set_limits(app, &ada, "300.00", None);
        app.admin().again().put(POLICY, &with_reason(policy())).expect(200);
        follow(app);
        assert_eq!([&ada, &eve].map(credit_limit), ["300.00", "70.00"], "what was agreed on joining is an exception, too");
        let path = format!("/api/v1/accounts/{}/limits/follow-policy", ada.code);
        let reason = json!({"reason": "The order is paid"});
        ada.again().post(&path, &reason).expect_problem(403, "forbidden");
        app.db_with_old_proof(&app.admin()).post(&path, &reason).expect_problem(403, "step_up_required");
        app.admin().again().post(&path, &json!({"reason": ""})).expect_fault("/reason");
        let ended = app.admin().again().post(&path, &reason).expect(200).body;
        assert_eq!(ended["credit_limit"], "50.00");
        app.admin().again().post(&path, &reason).expect_problem(404, "not_found");
        assert_eq!(explain(&ada, &ada)["override"], Value::Null);
        let past = json!({"credit_limit": "1", "ceiling": null, "until": "2020-01-01T00:00:00Z", "reason": "Late"});
        app.admin().again().put(&format!("/api/v1/accounts/{}/limits", ada.code), &past).expect_fault("/until");
        let bad = json!({"credit_limit": "1", "ceiling": null, "until": "soon", "reason": "Late"});
        app.admin().again().put(&format!("/api/v1/accounts/{}/limits", ada.code), &bad).expect_fault("/until");
        // The community's own accounts follow no policy.
        let commons = app.database.db_texts("SELECT code AS value FROM accounts WHERE kind = 2")[0].clone();
        let why = app.admin().again().get(&format!("/api/v1/accounts/{commons}/limits/explain")).expect(200).body;
        assert_eq!((&why["decided_by"], &why["policy"]), (&json!("community"), &Value::Null));
    }

    fn a_policy_that_cannot_be_evaluated_is_refused_as_a_whole(app: &TestApp) {
        let admin = app.admin().again();
        let before = admin.get(POLICY).expect(200).body;
        let mut bad = policy();
        bad["rules"][0]["kind"] = json!("robot");
        bad["rules"][0]["group"] = json!("019a0000-0000-7000-8000-000000000001");
        bad["rules"][0]["credit_limit"]["minimum"] = json!("1001");
        bad["rules"][0]["credit_limit"]["terms"][0]["share"] = json!("1.5");
        bad["rules"][0]["credit_limit"]["terms"][0]["days"] = json!(0);
        bad["rules"][0]["credit_limit"]["terms"][1] = json!({"measure": "partners", "share": "1", "cap": "1"});
        bad["rules"][0]["credit_limit"]["terms"][2]["measure"] = json!("luck");
        bad["rules"][0]["ceiling"]["terms"] = json!([{"measure": "sales", "share": "1", "cap": "9999999999999"}]);
        bad["default"]["credit_limit"]["base"] = json!("-1");
        bad["default"]["credit_limit"]["maximum"] = json!("99999999999999999");
        let mut wrong = with_reason(bad.clone());
        wrong["reason"] = json!(" ");
        let reply = admin.put(POLICY, &wrong).expect_problem(400, "validation_failed");
        let mut pointers = reply.pointers();
        pointers.sort();
        assert_eq!(pointers, [
            "/default/credit_limit/base",
            "/default/credit_limit/maximum",
            "/reason",
            "/rules/0/ceiling",
            "/rules/0/credit_limit/maximum",
            "/rules/0/credit_limit/terms/0/days",
            "/rules/0/credit_limit/terms/0/share",
            "/rules/0/credit_limit/terms/1/each",
            "/rules/0/credit_limit/terms/1/share",
            "/rules/0/credit_limit/terms/2/measure",
            "/rules/0/group",
            "/rules/0/kind",
        ]);
        admin.post(PREVIEW, &bad).expect_problem(400, "validation_failed");
        let mut long = with_reason(policy());
        long["rules"] = json!(vec![policy()["rules"][0].clone(); 30]);
        admin.put(POLICY, &long).expect_fault("/rules");
        assert_eq!(admin.get(POLICY).expect(200).body, before);
        assert_eq!(app.database.db_count("limit_policies"), 0);
        app.db_with_old_proof(&app.admin()).put(POLICY, &with_reason(policy())).expect_problem(403, "step_up_required");
        app.member("ada").put(POLICY, &with_reason(policy())).expect_problem(403, "forbidden");
        // What no admin may give alone, no policy of one admin's gives.
        let rules = json!({"limits_above": "999.99", "reversals_above": null, "reason": "Decided"});
        admin.put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        let asked = admin.put(POLICY, &with_reason(policy())).expect(202).body;
        assert_eq!((&asked["kind"], &asked["state"]), (&json!("limit_policy"), &json!("pending")));
        assert_eq!(asked["limit_policy"]["rules"][0]["credit_limit"]["maximum"], "1000.00");
        assert_eq!(app.database.db_count("limit_policies"), 0);
        app.db_with_old_proof(&app.admin()).put(POLICY, &with_reason(policy())).expect_problem(403, "step_up_required");
    }

    fn what_gives_more_than_one_admin_may_needs_two(app: &TestApp) {
        let (admin, other, ada) = (app.admin().again(), app.newcomer("otto").with_admin_rights().join(), app.member("ada"));
        let rules = json!({"limits_above": "999.99", "reversals_above": null, "reason": "Decided"});
        admin.put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        let mut small = with_reason(policy());
        small["rules"] = json!([]);
        admin.put(POLICY, &small).expect(200);
        let asked = admin.put(POLICY, &with_reason(policy())).expect(202).body;
        let path = format!("/api/v1/communities/RIVER/approvals/{}", asked["id"].as_str().unwrap());
        let agreed = json!({"reason": "Seen"});
        let own = admin.post(&format!("{path}/approve"), &agreed).expect_problem(409, "conflict");
        assert_eq!(own.body["reason"], "own_request");
        assert_eq!(admin.get(POLICY).expect(200).body["version"], 1);
        other.post(&format!("{path}/approve"), &agreed).expect(200);
        let adopted = ada.again().get(POLICY).expect(200).body;
        assert_eq!((&adopted["version"], &adopted["adopted_by"], &adopted["reason"]), (&json!(2), &json!("greta"), &json!("Decided at the meeting")));
        other.post(&format!("{path}/approve"), &agreed).expect_problem(409, "conflict");
        assert_eq!(app.database.db_count("limit_policies"), 2);
        follow(app);
        assert_eq!(credit_limit(&ada), "50.00");
        // One that another refuses holds for nobody, and what was agreed to is no version to go on from any more.
        let asked = admin.put(POLICY, &with_reason(policy())).expect(202).body;
        let path = format!("/api/v1/communities/RIVER/approvals/{}", asked["id"].as_str().unwrap());
        other.post(&format!("{path}/refuse"), &agreed).expect(200);
        assert_eq!(app.database.db_count("limit_policies"), 2);
    }

    fn what_was_begun_is_gone_on_with(app: &TestApp) {
        let members = 230;
        for number in 0..members {
            app.newcomer(&format!("m{number}")).join();
        }
        app.admin().again().put(POLICY, &with_reason(policy())).expect(200);
        let moved = || app.database.db_numbers("SELECT count(*) AS value FROM accounts WHERE credit_limit = 5000")[0];
        app.block_on(Limiting::new(app.services()).do_one()).unwrap();
        assert_eq!(moved(), 200, "a piece, and then the process ends");
        follow(app);
        assert_eq!(moved(), members + 1);
        let written = app.database.db_numbers("SELECT count(*) AS value FROM audits WHERE action = 'account.limits'")[0];
        assert_eq!(written, members + 1, "nothing is done twice");
        // An adoption on the way begins anew.
        let mut newer = with_reason(policy());
        newer["default"]["credit_limit"] = fixed("60");
        app.admin().again().put(POLICY, &newer).expect(200);
        let limiting = Limiting::new(app.services());
        app.block_on(limiting.do_one()).unwrap();
        newer["default"]["credit_limit"] = fixed("70");
        app.admin().again().put(POLICY, &newer).expect(200);
        while app.block_on(limiting.do_one()).unwrap() {}
        follow(app);
        let sums = app.database.db_numbers("SELECT DISTINCT credit_limit AS value FROM accounts WHERE kind = 1");
        assert_eq!(sums, [7_000]);
    }

    fn groups_tell_members_apart(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin().again());
        let made = admin.post(GROUPS, &json!({"name": "  Founders "})).expect(201).body;
        assert_eq!((&made["name"], &made["members"]), (&json!("Founders"), &json!(0)));
        let id = made["id"].as_str().unwrap();
        let group = format!("{GROUPS}/{id}");
        let taken = admin.post(GROUPS, &json!({"name": "FOUNDERS"})).expect_problem(409, "conflict");
        assert_eq!(taken.body["reason"], "already_exists");
        admin.post(GROUPS, &json!({"name": ""})).expect_fault("/name");
        let other = admin.post(GROUPS, &json!({"name": "Elders"})).expect(201).body;
        admin.put(&group, &json!({"name": "elders"})).expect_problem(409, "conflict");
        assert_eq!(admin.put(&group, &json!({"name": "First ones"})).expect(200).body["name"], "First ones");
        admin.delete(&format!("{GROUPS}/{}", other["id"].as_str().unwrap())).expect(204);
        // Ada is in it, and gets what the policy gives it.
        let mut of_group = with_reason(policy());
        of_group["rules"][0] = json!({"kind": null, "group": id, "credit_limit": fixed("77"), "ceiling": null});
        admin.put(POLICY, &of_group).expect(200);
        follow(app);
        assert_eq!(credit_limit(&ada), "50.00");
        let class = classify(app, &ada, "person", Some(id));
        assert_eq!(class["group"]["name"], "First ones");
        assert_eq!(credit_limit(&ada), "77.00", "at once");
        assert_eq!(explain(&ada, &ada)["policy"]["rule"], 0);
        let path = format!("/api/v1/communities/RIVER/members/{}/class", member_id(&ada.again()));
        assert_eq!(admin.get(&path).expect(200).body, class);
        let listed = admin.get(GROUPS).expect(200).body;
        assert_eq!(listed["data"], json!([{"id": id, "name": "First ones", "members": 1}]));
        // Who that is, is for admins to know.
        let in_group = format!("/api/v1/communities/RIVER/members?group={id}");
        let found = admin.get(&in_group).expect(200);
        assert_eq!((found.data().len(), &found.data()[0]["name"]), (1, &json!("ada")));
        ada.again().get(&in_group).expect_problem(403, "forbidden");
        // Neither while somebody is in it, nor while the policy names it.
        let refused = admin.delete(&group).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "group_in_use");
        classify(app, &ada, "person", None);
        assert_eq!(credit_limit(&ada), "50.00");
        admin.delete(&group).expect_problem(409, "conflict");
        admin.put(POLICY, &with_reason(policy())).expect(200);
        admin.delete(&group).expect(204);
        admin.delete(&group).expect_problem(404, "not_found");
        let bad = json!({"kind": "robot", "group": id, "reason": ""});
        let reply = admin.put(&path, &bad).expect_problem(400, "validation_failed");
        assert_eq!(reply.pointers(), ["/reason", "/kind", "/group"]);
        ada.again().get(GROUPS).expect_problem(403, "forbidden");
        let actions = app.database.db_texts("SELECT DISTINCT action AS value FROM audits WHERE action LIKE 'group.%' OR action = 'member.class' ORDER BY action");
        assert_eq!(actions, ["group.created", "group.deleted", "group.renamed", "member.class"]);
    }
}
