//! What a community's fund pays out: single payments by admins, and an income to members who qualify, all of them or nobody.

use std::sync::{Arc, Barrier};

use counterfoil::domain::command::{Action, Command};
use counterfoil::domain::fund::PayIncome;
use counterfoil::domain::income_plan::NextIncome;
use counterfoil::domain::time::Timestamp;
use counterfoil::jobs::{Contributing, PayingIncomes, Work};
use counterfoil::storage::{Engine, communities, fund};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, TestDatabase, both_engines, fresh_key};

const PAYOUTS: &str = "/api/v1/communities/RIVER/fund/payouts";
const INCOME: &str = "/api/v1/communities/RIVER/fund/income";
const APPROVALS: &str = "/api/v1/communities/RIVER/approvals";

/// Pays all that is due, without a memory of when it looked last.
fn pay_incomes(app: &TestApp) {
    let paying = PayingIncomes::new(app.services());
    while app.block_on(paying.do_one()).unwrap() {}
}

fn fund(app: &TestApp) -> String {
    let fund = app.admin().again().get("/api/v1/accounts/RIVER0000").expect(200).body;
    fund["balance"].as_str().unwrap().to_owned()
}

/// A member gives the fund something.
fn give(giver: &Person, amount: &str) {
    let gift = json!({"payer": giver.code, "payee": "RIVER0000", "amount": amount, "description": "For all of us", "allow_duplicate": true});
    giver.again().post_payment(&fresh_key(), &gift).expect(201);
}

fn payout(payee: &str, amount: &str) -> Value {
    json!({"payee": payee, "amount": amount, "description": "Mending the roof"})
}

fn pay_out(admin: &Person, key: &str, payee: &str, amount: &str) -> Reply {
    admin.again().post_with(PAYOUTS, &[("Idempotency-Key", key)], &payout(payee, amount))
}

fn income(every: &str, amount: &str) -> Value {
    json!({"every": every, "amount": amount, "reason": "Decided at the meeting"})
}

fn set(admin: &Person, rules: &Value) -> Reply {
    admin.again().put(INCOME, rules)
}

fn see(person: &Person) -> Value {
    person.again().get(INCOME).expect(200).body
}

/// Kind, amount and description of the newest entries.
fn entries(person: &Person, count: usize) -> Vec<String> {
    let page = person.again().get(&format!("/api/v1/accounts/{}/entries", person.code)).expect(200);
    let told = |entry: &Value| {
        ["kind", "amount", "description"].map(|name| entry[name].as_str().unwrap().to_owned()).join(" ")
    };
    page.data().iter().take(count).map(told).collect()
}

/// To whom mails that the fund had not enough wait.
fn mails(app: &TestApp) -> Vec<String> {
    app.database.db_texts("SELECT recipient AS value FROM mails WHERE kind = 70 ORDER BY id")
}

both_engines! {
    fn an_admin_pays_out_of_the_fund_as_far_as_it_goes(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        give(&ada, "50.00");
        let paid = pay_out(&greta, "roof", &ada.code, "20.00").expect(201);
        assert_eq!((&paid.body["payer"]["code"], &paid.body["amount"], &paid.body["fees"]), (&json!("RIVER0000"), &json!("20.00"), &json!([])));
        assert_eq!(pay_out(&greta, "roof", &ada.code, "20.00").expect(201).body, paid.body, "and once");
        assert_eq!((ada.balance(), fund(app)), ("-30.00".into(), "30.00".into()));
        assert_eq!(entries(&ada, 1), ["payout 20.00 Mending the roof"]);
        let refused = pay_out(&greta, "more", &ada.code, "30.01").expect_problem(409, "insufficient_credit");
        assert_eq!(refused.body["available"], "30.00");
        assert_eq!(fund(app), "30.00");
        let line = greta.again().get("/api/v1/communities/RIVER/audit").expect(200).data()[0].clone();
        assert_eq!((&line["action"], &line["reason"]), (&json!("fund.paid_out"), &json!("Mending the roof")));
        // A mistake is undone like any other.
        let reversal = format!("/api/v1/payments/{}/reversal", paid.body["id"].as_str().unwrap());
        let reason = json!({"reason": "The wrong roof"});
        greta.again().post_with(&reversal, &[("Idempotency-Key", "undo")], &reason).expect(201);
        assert_eq!((ada.balance(), fund(app)), ("-50.00".into(), "50.00".into()));
    }

    fn only_admins_pay_out_and_only_to_members(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        give(&ada, "50.00");
        pay_out(&ada, "a", &ada.code, "1.00").expect_problem(403, "forbidden");
        let stale = app.db_with_old_proof(&greta);
        let with_key = [("Idempotency-Key", "b")];
        stale.post_with(PAYOUTS, &with_key, &payout(&ada.code, "1.00")).expect_problem(403, "step_up_required");
        pay_out(&greta, "c", "RIVER0000", "1.00").expect_problem(409, "same_account");
        pay_out(&greta, "d", "RIVER0999", "1.00").expect_problem(404, "not_found");
        greta.again().post(PAYOUTS, &payout(&ada.code, "1.00")).expect_problem(400, "idempotency_key_missing");
        let faulty = json!({"payee": ada.code, "amount": "-1", "description": " "});
        let pointers = greta.again().post_with(PAYOUTS, &[("Idempotency-Key", "e")], &faulty).expect_problem(400, "validation_failed").pointers();
        assert_eq!(pointers, ["/amount", "/description"]);
        app.set_status(&ada, "frozen");
        pay_out(&greta, "f", &ada.code, "1.00").expect_problem(409, "account_not_active");
        assert_eq!(fund(app), "50.00");
    }

    fn large_ones_and_those_to_oneself_take_two_admins(app: &TestApp) {
        let (greta, otto, ada) = (app.admin(), app.newcomer("otto").with_admin_rights().join(), app.member("ada"));
        give(&ada, "90.00");
        let settle = |admin: &Person, id: &str| admin.again().post(&format!("{APPROVALS}/{id}/approve"), &json!({"reason": "Talked it over"}));
        // To oneself whatever the amount.
        let asked = pay_out(&greta, "own", &greta.code, "1.00").expect(202).body;
        let payout = json!({"payee": greta.code, "name": "greta", "amount": "1.00"});
        assert_eq!((&asked["kind"], &asked["state"], &asked["payout"]), (&json!("payout"), &json!("pending"), &payout));
        assert_eq!(fund(app), "90.00", "nothing is paid yet");
        let id = asked["id"].as_str().unwrap();
        assert_eq!(settle(&greta, id).expect_problem(409, "conflict").body["reason"], "own_request");
        settle(&otto, id).expect(200);
        assert_eq!((greta.again().balance(), fund(app)), ("1.00".into(), "89.00".into()));
        assert_eq!(entries(&greta, 1), ["payout 1.00 Mending the roof"]);
        let rules = json!({"limits_above": null, "reversals_above": "50.00", "reason": "Decided at the meeting"});
        greta.again().put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        let asked = pay_out(&greta, "large", &ada.code, "50.01").expect(202).body;
        pay_out(&greta, "small", &ada.code, "50.00").expect(201);
        // The fund has not so much any more: whoever agrees is told, and it goes on waiting.
        let id = asked["id"].as_str().unwrap();
        settle(&otto, id).expect_problem(409, "insufficient_credit");
        give(&ada, "20.00");
        settle(&otto, id).expect(200);
        assert_eq!(fund(app), "8.99");
    }

    fn many_small_ones_take_two_admins_as_one_large_one_does(app: &TestApp) {
        let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        give(&ada, "90.00");
        let rules = json!({"limits_above": null, "reversals_above": "20.00", "reason": "Decided at the meeting"});
        greta.again().put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        pay_out(&greta, "1", &ben.code, "12.00").expect(201);
        pay_out(&greta, "2", &ada.code, "8.01").expect(202);
        pay_out(&otto, "3", &ben.code, "8.01").expect(202);
        pay_out(&otto, "4", &ben.code, "8.00").expect(201);
        // The same after a restart.
        app.restart();
        pay_out(&greta, "5", &ada.code, "8.01").expect(202);
        app.clock.advance(30 * 86_400 + 1);
        pay_out(&greta, "6", &ada.code, "20.00").expect(201);
        assert_eq!(fund(app), "50.00");
    }

    fn a_large_income_and_one_to_a_group_of_ones_own_take_two_admins(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, otto, ada) = (app.admin(), app.newcomer("otto").with_admin_rights().join(), app.member("ada"));
        give(&ada, "90.00");
        let rules = json!({"limits_above": null, "reversals_above": "20.00", "reason": "Decided at the meeting"});
        greta.again().put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        let settle = |admin: &Person, id: &Value| admin.again().post(&format!("{APPROVALS}/{}/approve", id.as_str().unwrap()), &json!({"reason": "Talked it over"}));
        let asked = set(&greta, &income("month", "20.01")).expect(202).body;
        let wanted = json!({"every": "month", "amount": "20.01", "kind": null, "group": null, "member_days": 0, "traded_days": null});
        assert_eq!((&asked["kind"], &asked["state"], &asked["income"]), (&json!("income"), &json!("pending"), &wanted));
        assert_eq!(see(&ada)["version"], 0, "nothing is set yet");
        assert_eq!(settle(&greta, &asked["id"]).expect_problem(409, "conflict").body["reason"], "own_request");
        settle(&otto, &asked["id"]).expect(200);
        let seen = see(&greta);
        assert_eq!((&seen["version"], &seen["amount"], &seen["next_period"]), (&json!(1), &json!("20.01"), &json!("2027-03-01")));
        let line = greta.again().get("/api/v1/communities/RIVER/audit").expect(200).data().iter().find(|line| line["action"] == "community.income").unwrap().clone();
        assert_eq!(line["reason"], "Decided at the meeting");
        // One to a group that the admin is in, whatever the amount.
        let groups = "/api/v1/communities/RIVER/groups";
        let group = greta.again().post(groups, &json!({"name": "Neighbours"})).expect(201).body["id"].clone();
        let me = greta.again().get("/api/v1/me").expect(200).body;
        let id = me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned();
        let class = json!({"kind": "person", "group": group, "reason": "They asked"});
        let path = format!("/api/v1/communities/RIVER/members/{id}/class");
        otto.again().put(&path, &class).expect(200);
        let to_group = json!({"every": "week", "amount": "1.00", "qualifies": {"group": group}, "reason": "Decided"});
        let asked = set(&greta, &to_group).expect(202).body;
        assert_eq!(asked["income"]["group"], group);
        // What waits names the group, which stays.
        otto.again().put(&path, &json!({"kind": "person", "group": null, "reason": "They asked"})).expect(200);
        let path = format!("{groups}/{}", group.as_str().unwrap());
        assert_eq!(greta.again().delete(&path).expect_problem(409, "conflict").body["reason"], "group_in_use");
        // Otto is not in it, and sets it alone; what was asked for before is to be asked for anew.
        set(&otto, &to_group).expect(200);
        assert_eq!(settle(&otto, &asked["id"]).expect_problem(409, "conflict").body["reason"], "rules_changed");
    }

    fn a_week_and_a_month_that_begin_on_one_day_have_a_turn_each(app: &TestApp) {
        app.until("2027-03-02T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        give(&ada, "50.00");
        set(&greta, &income("week", "1.00")).expect(200);
        app.until("2027-03-09T10:00:00Z");
        pay_incomes(app);
        set(&greta, &income("month", "2.00")).expect(200);
        app.until("2027-04-02T10:00:00Z");
        pay_incomes(app);
        let told: Vec<_> = see(&ada)["runs"].as_array().unwrap().iter()
            .map(|run| (run["every"].as_str().unwrap().to_owned(), run["period"].as_str().unwrap().to_owned())).collect();
        let same = "2027-03-01".to_owned();
        assert_eq!(told, [("month".to_owned(), same.clone()), ("week".to_owned(), same)]);
        assert_eq!(fund(app), "44.00");
    }

    fn no_more_than_a_few_periods_are_caught_up_with(app: &TestApp) {
        app.until("2027-03-02T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        give(&ada, "90.00");
        set(&greta, &income("month", "1.00")).expect(200);
        app.until("2028-06-02T10:00:00Z");
        pay_incomes(app);
        let runs = see(&ada)["runs"].clone();
        let told: Vec<_> = runs.as_array().unwrap().iter().map(|run| run["period"].as_str().unwrap()).collect();
        assert_eq!(told, ["2028-05-01", "2028-04-01", "2028-03-01"]);
    }

    fn payouts_that_drain_the_fund_beside_an_income_leave_all_or_nobody_paid(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        give(&ada, "30.00");
        set(&greta, &income("month", "5.00")).expect(200);
        app.until("2027-04-02T10:00:00Z");
        let greta = greta.again();
        let start = Barrier::new(3);
        let paid: usize = std::thread::scope(|scope| {
            let drains: Vec<_> = (0..2).map(|number| {
                let (start, greta, ben) = (&start, &greta, &ben);
                scope.spawn(move || {
                    start.wait();
                    let keys = (0..12).map(|turn| format!("drain-{number}-{turn}"));
                    keys.filter(|key| {
                        let reply = greta.post_with(PAYOUTS, &[("Idempotency-Key", key.as_str())], &payout(&ben.code, "2.00"));
                        assert!([201, 409].contains(&reply.status), "{}", reply.body);
                        reply.status == 201
                    }).count()
                })
            }).collect();
            start.wait();
            pay_incomes(app);
            drains.into_iter().map(|drain| drain.join().unwrap()).sum()
        });
        let run = see(&ada)["runs"][0].clone();
        let incomes = match run["outcome"].as_str().unwrap() {
            "paid" => 3,
            "fund_empty" => 0,
            other => panic!("{other}"),
        };
        let left = 3_000 - 200 * i64::try_from(paid).unwrap() - 500 * incomes;
        assert!(left >= 0, "{paid} payouts and {incomes} incomes");
        assert_eq!(fund(app), format!("{}.{:02}", left / 100, left % 100));
        let got = entries(&ada, 1)[0].starts_with("income");
        assert_eq!(got, incomes == 3, "{run}");
    }

    fn nobody_takes_their_own_contribution_back_alone(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
        let contributions = json!({"every": "month", "amount": "5.00", "reason": "Decided at the meeting"});
        greta.again().put("/api/v1/communities/RIVER/contributions", &contributions).expect(200);
        app.until("2027-04-02T10:00:00Z");
        let contributing = Contributing::new(app.services());
        while app.block_on(contributing.do_one()).unwrap() {}
        let page = greta.again().get(&format!("/api/v1/accounts/{}/entries", greta.code)).expect(200);
        let path = format!("/api/v1/payments/{}/reversal", page.data()[0]["payment_id"].as_str().unwrap());
        let reason = json!({"reason": "I changed my mind"});
        let asked = greta.again().post_with(&path, &[("Idempotency-Key", "own")], &reason).expect(202).body;
        assert_eq!((greta.again().balance(), &asked["kind"]), ("-5.00".into(), &json!("reversal")));
        let agree = format!("{APPROVALS}/{}/approve", asked["id"].as_str().unwrap());
        otto.again().post(&agree, &json!({"reason": "Fine"})).expect(200);
        assert_eq!(greta.again().balance(), "0.00");
    }

    fn an_income_is_paid_once_to_all_who_qualify(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        give(&ada, "100.00");
        let told = set(&greta, &income("month", "10.00")).expect(200).body;
        assert_eq!((&told["version"], &told["next_period"], &told["next_at"]), (&json!(1), &json!("2027-03-01"), &json!("2027-04-01T00:00:00.000000Z")));
        let preview = json!({"members": 3, "total": "30.00", "available": "100.00", "is_enough": true});
        assert_eq!((&told["preview"], &see(&ada)["preview"]), (&preview, &Value::Null));
        pay_incomes(app);
        assert_eq!(fund(app), "100.00", "not before the month is over");
        app.until("2027-04-01T00:09:59Z");
        pay_incomes(app);
        assert_eq!(fund(app), "100.00", "not before everything of it is written for certain");
        app.until("2027-04-01T00:10:00Z");
        pay_incomes(app);
        assert_eq!(entries(&ben, 1), ["income 10.00 2027-03"]);
        assert_eq!((ada.again().balance(), ben.again().balance(), fund(app)), ("-90.00".into(), "10.00".into(), "70.00".into()));
        let seen = see(&ben);
        assert_eq!(seen["next_period"], "2027-04-01");
        let run = &seen["runs"][0];
        assert_eq!((&run["period"], &run["outcome"], &run["members"], &run["total"]), (&json!("2027-03-01"), &json!("paid"), &json!(3), &json!("30.00")));
        // As if the service had been cut off between what it paid and the place that it keeps.
        let services = app.services();
        let rewind = services.ledger().write(|conn| {
            let community = communities::find_by_code(conn, "RIVER")?.unwrap();
            fund::find(conn, community.id).map(|plan| (community.id, plan.unwrap()))
        });
        let (community_id, plan) = app.block_on(rewind).unwrap();
        let (version, every, period) = (plan.rules.version, plan.rules.every, plan.next.period);
        let next = NextIncome { period: "2027-03-01".parse().unwrap(), due_at: Timestamp::from_micros(0) };
        let pay = PayIncome { version, every, period, next, payment: None, are_missed: false };
        let back = Command::by_service(community_id, Action::PayIncome(pay));
        app.block_on(services.ledger().submit(back)).unwrap();
        pay_incomes(app);
        assert_eq!((fund(app), see(&greta)["runs"].as_array().unwrap().len()), ("70.00".into(), 1), "once");
    }

    fn a_fund_without_enough_pays_nobody_and_says_so(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        give(&ada, "19.99");
        let told = set(&greta, &income("month", "10.00")).expect(200).body;
        assert_eq!(told["preview"]["is_enough"], false);
        app.until("2027-04-02T10:00:00Z");
        pay_incomes(app);
        assert_eq!((ada.again().balance(), fund(app)), ("-19.99".into(), "19.99".into()), "all or nobody");
        let run = see(&ada)["runs"][0].clone();
        assert_eq!((&run["outcome"], &run["total"], &run["available"]), (&json!("fund_empty"), &json!("20.00"), &json!("19.99")));
        assert_eq!(mails(app), ["greta@river.example"]);
        let line = greta.again().get("/api/v1/communities/RIVER/audit").expect(200).data()[0].clone();
        assert_eq!(line["action"], "fund.income_stopped");
        pay_incomes(app);
        assert_eq!(mails(app).len(), 1, "said once");
        // It is not made up for; the next has its turn.
        give(&ada, "20.01");
        pay_incomes(app);
        assert_eq!(fund(app), "40.00");
        app.until("2027-05-02T10:00:00Z");
        pay_incomes(app);
        assert_eq!((entries(&ada, 1), fund(app)), (vec!["income 10.00 2027-04".to_owned()], "20.00".into()));
        // A frozen fund pays nobody either.
        let freeze = json!({"status": "frozen", "reason": "An audit"});
        greta.again().put("/api/v1/accounts/RIVER0000/status", &freeze).expect(200);
        app.until("2027-06-02T10:00:00Z");
        pay_incomes(app);
        assert_eq!(see(&ada)["runs"][0]["outcome"], "fund_not_active");
        assert_eq!(mails(app).len(), 2);
    }

    fn who_qualifies_is_said_by_kind_group_time_and_trade(app: &TestApp) {
        app.until("2027-01-10T10:00:00Z");
        let (greta, ada, ben, cyd) = (app.admin(), app.member("ada"), app.member("ben"), app.member("cyd"));
        give(&ada, "90.00");
        give(&cyd, "0.50");
        app.pay(&ada.again(), &ben, "1.00");
        let members = |rules: &Value| set(&greta, rules).expect(200).body["preview"]["members"].as_i64().unwrap();
        let with = |qualifies: Value| json!({"every": "week", "amount": "1.00", "qualifies": qualifies, "reason": "Decided"});
        assert_eq!(members(&income("week", "1.00")), 4);
        assert_eq!(members(&with(json!({"traded_days": 7}))), 2, "what goes to the fund is no trade between members");
        assert_eq!(members(&with(json!({"member_days": 1}))), 0);
        app.until("2027-01-11T11:00:00Z");
        // Nobody had been a member for long enough when that week was over.
        pay_incomes(app);
        assert_eq!(see(&ada)["runs"][0]["outcome"], "nobody");
        let zoe = app.newcomer("zoe").with_ceiling("0.50").join();
        assert_eq!(members(&with(json!({"member_days": 1}))), 4);
        let groups = "/api/v1/communities/RIVER/groups";
        let group = greta.again().post(groups, &json!({"name": "Neighbours"})).expect(201).body["id"].clone();
        let classify = |person: &Person, kind: &str| {
            let me = person.again().get("/api/v1/me").expect(200).body;
            let id = me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/communities/RIVER/members/{id}/class");
            greta.again().put(&path, &json!({"kind": kind, "group": group, "reason": "They asked"})).expect(200);
        };
        classify(&cyd, "business");
        classify(&zoe, "person");
        assert_eq!(members(&with(json!({"group": group}))), 2);
        assert_eq!(members(&with(json!({"group": group, "kind": "business"}))), 1);
        let path = format!("{groups}/{}", group.as_str().unwrap());
        assert_eq!(greta.again().delete(&path).expect_problem(409, "conflict").body["reason"], "group_in_use");
        // Zoe's account has no room for it, and is left out; who is frozen does not qualify.
        assert_eq!(members(&with(json!({"group": group}))), 2);
        app.until("2027-01-18T10:00:00Z");
        pay_incomes(app);
        assert_eq!((cyd.again().balance(), zoe.again().balance()), ("0.50".into(), "0.00".into()));
        let run = see(&ada)["runs"][0].clone();
        assert_eq!((&run["period"], &run["members"], &run["left_out"]), (&json!("2027-01-11"), &json!(1), &json!(1)));
        assert_eq!(entries(&cyd, 1), ["income 1.00 2027-01-11"]);
        app.set_status(&cyd, "frozen");
        assert_eq!(members(&with(json!({"kind": "business"}))), 0);
        // Trade a while ago counts no more.
        assert_eq!(members(&with(json!({"traded_days": 7}))), 0);
        assert_eq!(members(&with(json!({"traded_days": 9}))), 2);
    }

    fn rules_are_an_admins_and_every_fault_is_told(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        set(&ada, &income("month", "1.00")).expect_problem(403, "forbidden");
        let faulty = json!({"every": "day", "amount": "-1", "reason": "",
            "qualifies": {"kind": "cat", "group": "x", "member_days": -1, "traded_days": 0}});
        let pointers = set(&greta, &faulty).expect_problem(400, "validation_failed").pointers();
        assert_eq!(pointers, ["/every", "/amount", "/qualifies/kind", "/qualifies/group", "/qualifies/member_days", "/qualifies/traded_days", "/reason"]);
        assert_eq!(see(&ada)["version"], 0, "nothing is changed");
        let with = |tag: &str| greta.again().put_with(INCOME, &[("If-Match", tag)], &income("month", "1.00"));
        with("\"v1\"").expect_problem(412, "precondition_failed");
        with("\"v0\"").expect(200);
        // A period that is over has its turn by the rules as they were.
        app.clock.advance(32 * 86_400);
        assert_eq!(set(&greta, &income("month", "2.00")).expect_problem(409, "conflict").body["reason"], "period_under_way");
        pay_incomes(app);
        set(&greta, &income("month", "2.00")).expect(200);
    }

    fn what_members_contribute_is_there_for_the_income_of_the_same_time(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        let contributions = json!({"every": "month", "amount": "5.00", "reason": "Decided at the meeting"});
        greta.again().put("/api/v1/communities/RIVER/contributions", &contributions).expect(200);
        set(&greta, &income("month", "5.00")).expect(200);
        app.until("2027-04-02T10:00:00Z");
        pay_incomes(app);
        assert_eq!(see(&ada)["runs"], json!([]), "not before");
        let contributing = Contributing::new(app.services());
        while app.block_on(contributing.do_one()).unwrap() {}
        pay_incomes(app);
        assert_eq!((entries(&ada, 2), fund(app)), (vec!["income 5.00 2027-03".to_owned(), "contribution -5.00 2027-03".to_owned()], "0.00".into()));
    }
}

#[test]
fn two_servers_that_pay_the_same_income_at_once_pay_it_once() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let servers: Vec<_> = (0..2).map(|_| TestApp::on(Arc::clone(&database))).collect();
    let app = &servers[0];
    let (greta, ada) = (app.admin(), app.member("ada"));
    give(&ada, "60.00");
    set(&greta, &income("week", "10.00")).expect(200);
    for server in &servers {
        server.clock.advance(22 * 86_400);
    }
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        for server in &servers {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                pay_incomes(server);
            });
        }
    });
    assert_eq!(
        (ada.again().balance(), fund(app)),
        ("-30.00".into(), "0.00".into()),
        "three weeks, each once"
    );
}
