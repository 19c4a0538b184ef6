//! What members contribute after each month: taken once, whoever asks and whatever stops in between; and what is left owing.

use std::sync::{Arc, Barrier};

use counterfoil::jobs::{Contributing, Work};
use counterfoil::storage::contributions::{self, Turn};
use counterfoil::storage::{Engine, communities};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestApp, TestDatabase, both_engines};

const RULES: &str = "/api/v1/communities/RIVER/contributions";
const OWING: &str = "/api/v1/communities/RIVER/contributions/owing";

/// Takes all that is due, without a memory of when it looked last.
fn take(app: &TestApp) {
    let contributing = Contributing::new(app.services());
    while app.block_on(contributing.do_one()).unwrap() {}
}

fn monthly(amount: &str) -> Value {
    json!({"every": "month", "amount": amount, "reason": "Decided at the meeting"})
}

fn set(admin: &Person, rules: &Value) -> Reply {
    admin.again().put(RULES, rules)
}

fn fund(app: &TestApp) -> String {
    let fund = app.admin().get("/api/v1/accounts/RIVER0000").expect(200).body;
    fund["balance"].as_str().unwrap().to_owned()
}

/// Kind, amount and description of the newest entries.
fn entries(person: &Person, count: usize) -> Vec<String> {
    let page = person.again().get(&format!("/api/v1/accounts/{}/entries", person.code)).expect(200);
    let told = |entry: &Value| {
        ["kind", "amount", "description"].map(|name| entry[name].as_str().unwrap().to_owned()).join(" ")
    };
    page.data().iter().take(count).map(told).collect()
}

fn coming(person: &Person) -> Value {
    person.again().get(&format!("/api/v1/accounts/{}/contributions", person.code)).expect(200).body
}

both_engines! {
    fn after_a_month_members_contribute_and_balances_are_charged(app: &TestApp) {
        app.found_in("RIVER", 2, "Europe/Berlin");
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        let rules = json!({"every": "month", "amount": "2.00", "reason": "Decided at the meeting",
            "above": {"allowance": "20.00", "basis_points": 1_200}, "below": {"allowance": "50.00", "basis_points": 600}});
        let told = set(&greta, &rules).expect(200).body;
        assert_eq!((&told["version"], &told["next_month"]), (&json!(1), &json!("2027-03")));
        assert_eq!(told["next_at"], "2027-03-31T22:00:00.000000Z", "the month ends by the community's clocks");
        app.pay(&ada.again(), &ben, "70.00");
        // What is coming is shown beforehand, to admins of everybody.
        let preview = greta.again().get(&format!("{RULES}/preview?limit=2")).expect(200);
        let cursor = preview.body["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!((&preview.body["accounts"], &preview.body["total"]), (&json!(3), &json!({"contribution": "6.00", "holding_charge": "0.60"})));
        let rest = greta.again().get(&format!("{RULES}/preview?limit=2&cursor={cursor}")).expect(200);
        let all: Vec<_> = preview.data().iter().chain(rest.data()).cloned().collect();
        let of_ben = all.iter().find(|item| item["code"] == json!(ben.code)).unwrap();
        assert_eq!((all.len(), &of_ben["balance"], &of_ben["next"]["holding_charge"]), (3, &json!("70.00"), &json!("0.50")));
        ada.again().get(&format!("{RULES}/preview")).expect_problem(403, "forbidden");
        let expected = json!({"contribution": "2.00", "holding_charge": "0.50"});
        assert_eq!((&coming(&ben)["next"], &coming(&ben)["rules"]), (&expected, &told));
        assert_eq!(coming(&ada)["next"], json!({"contribution": "2.00", "holding_charge": "0.10"}));
        take(app);
        assert_eq!(ben.again().balance(), "70.00", "not before the month is over");
        app.until("2027-03-31T21:59:59Z");
        take(app);
        assert_eq!(ben.again().balance(), "70.00");
        app.until("2027-03-31T22:00:00Z");
        // What is paid in the new month does not count.
        app.pay(&ben.again(), &ada, "69.00");
        // Until everything of the old one is written for certain, nobody is asked.
        app.until("2027-03-31T22:09:59Z");
        take(app);
        assert_eq!(ben.again().balance(), "1.00");
        app.until("2027-03-31T22:10:00Z");
        take(app);
        assert_eq!(entries(&ben, 2), ["holding_charge -0.50 2027-03", "contribution -2.00 2027-03"]);
        assert_eq!(entries(&ada, 2), ["holding_charge -0.10 2027-03", "contribution -2.00 2027-03"]);
        assert_eq!((ada.again().balance(), ben.again().balance(), fund(app)), ("-3.10".into(), "-1.50".into(), "6.60".into()));
        take(app);
        assert_eq!(fund(app), "6.60", "once");
        assert_eq!(greta.again().get(RULES).expect(200).body["next_month"], "2027-04");
    }

    fn what_a_limit_does_not_allow_is_left_owing_and_asked_for_again(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada, zoe) = (app.admin(), app.member("ada"), app.newcomer("zoe").with_credit_limit("0").join());
        set(&greta, &monthly("2.00")).expect(200);
        app.until("2027-04-02T10:00:00Z");
        take(app);
        assert_eq!((zoe.again().balance(), fund(app)), ("0.00".into(), "4.00".into()));
        let owes = json!({"contribution": "2.00", "holding_charge": "0.00"});
        assert_eq!(coming(&zoe)["owing"], owes);
        let list = greta.again().get(OWING).expect(200);
        assert_eq!(list.data(), [json!({"code": zoe.code, "name": "zoe", "month": "2027-03", "owing": owes})]);
        ada.again().get(OWING).expect_problem(403, "forbidden");
        app.pay(&ada.again(), &zoe, "5.00");
        app.until("2027-05-02T10:00:00Z");
        take(app);
        assert_eq!(entries(&zoe, 1), ["contribution -4.00 2027-04"]);
        assert!(greta.again().get(OWING).expect(200).data().is_empty());
        assert_eq!(coming(&zoe)["owing"], json!({"contribution": "0.00", "holding_charge": "0.00"}));
    }

    fn after_downtime_the_oldest_month_comes_first_and_a_crash_takes_nothing_twice(app: &TestApp) {
        app.until("2027-10-20T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        set(&greta, &monthly("1.00")).expect(200);
        app.until("2028-01-10T10:00:00Z");
        take(app);
        assert_eq!(entries(&ada, 4), ["contribution -1.00 2027-12", "contribution -1.00 2027-11", "contribution -1.00 2027-10"]);
        // As if the service had been cut off between what it took and the place that it keeps.
        let (services, now) = (app.services(), app.now());
        let rewind = services.ledger().write(move |conn| {
            let community = communities::find_by_code(conn, "RIVER")?.unwrap();
                        let due_at = now.plus_seconds(-86_400);
            let earlier = Turn { month: "2027-10-01".parse().unwrap(), due_at, behind: None };
            contributions::bring_back(conn, community.id, &earlier)
        });
        app.block_on(rewind).unwrap();
        take(app);
        assert_eq!((ada.again().balance(), fund(app)), ("-3.00".into(), "6.00".into()));
        assert_eq!(greta.again().get(RULES).expect(200).body["next_month"], "2028-01");
        // Of what is too long ago nobody is asked any more.
        app.until("2028-06-10T10:00:00Z");
        let late = set(&greta, &monthly("2.00")).expect_problem(409, "conflict");
        assert_eq!(late.body["reason"], "period_under_way", "what is over is taken by the rules of then");
        take(app);
        let newest = entries(&ada, 4).into_iter().map(|entry| entry.rsplit(' ').next().unwrap().to_owned());
        assert_eq!(newest.collect::<Vec<_>>(), ["2028-05", "2028-04", "2028-03", "2027-12"]);
    }

    fn a_month_goes_on_where_it_was_when_the_clocks_of_the_community_change(app: &TestApp) {
        app.found_in("RIVER", 2, "Europe/Berlin");
        app.until("2027-03-20T10:00:00Z");
        let (greta, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        set(&greta, &monthly("1.00")).expect(200);
        app.until("2027-03-31T22:30:00Z");
        // As if half of the accounts had been asked when the time zone is changed: the first of them.
        let ben_id = ben.again().get(&format!("/api/v1/accounts/{}", ben.code)).expect(200).body["id"].clone();
        let (services, now) = (app.services(), app.now());
        let half = services.ledger().write(move |conn| {
            let community = communities::find_by_code(conn, "RIVER")?.unwrap();
            let behind = Some(ben_id.as_str().unwrap().parse().unwrap());
            contributions::bring_back(conn, community.id, &Turn { month: "2027-03-01".parse().unwrap(), due_at: now, behind })
        });
        app.block_on(half).unwrap();
        let zone = json!({"time_zone": "America/Los_Angeles"});
        greta.again().put("/api/v1/communities/RIVER/time-zone", &zone).expect(200);
        let cyd = app.member("cyd");
        take(app);
        assert_eq!(cyd.again().balance(), "0.00", "the month is not over by these clocks");
        app.until("2027-04-01T07:30:00Z");
        take(app);
        assert_eq!((cyd.again().balance(), ada.again().balance()), ("-1.00".into(), "0.00".into()), "from where it was");
        assert_eq!(greta.again().get(RULES).expect(200).body["next_month"], "2027-04");
        // The next one is everybody's.
        app.until("2027-05-01T07:30:00Z");
        take(app);
        assert_eq!([&ada, &ben, &cyd].map(|person| person.again().balance()), ["-1.00", "-1.00", "-2.00"]);
    }

    fn an_account_closes_or_gets_its_contribution_back_and_never_both(app: &TestApp) {
        app.until("2027-03-20T10:00:00Z");
        let (greta, ben) = (app.admin(), app.member("ben"));
        let people: Vec<_> = (0..6).map(|number| app.member(&format!("p{number}"))).collect();
        set(&greta, &monthly("1.00")).expect(200);
        app.until("2027-04-02T10:00:00Z");
        take(app);
        let greta = greta.again();
        for person in people {
            app.pay(&ben.again(), &person, "1.00");
            let page = person.again().get(&format!("/api/v1/accounts/{}/entries", person.code)).expect(200);
            let taken = page.data().iter().find(|entry| entry["kind"] == "contribution").unwrap()["payment_id"].clone();
            let start = Barrier::new(2);
            let [closed, back] = std::thread::scope(|scope| {
                let closes = scope.spawn(|| {
                    start.wait();
                    let path = format!("/api/v1/accounts/{}/status", person.code);
                    greta.put(&path, &json!({"status": "closed", "reason": "They left"})).status
                });
                start.wait();
                let path = format!("/api/v1/payments/{}/reversal", taken.as_str().unwrap());
                let key = format!("back-{}", person.code);
                let back = greta.post_with(&path, &[("Idempotency-Key", key.as_str())], &json!({"reason": "They had left"}));
                [closes.join().unwrap(), back.status]
            });
            assert!([[200, 409], [409, 201]].contains(&[closed, back]), "closed {closed}, back {back}");
        }
    }

    fn a_year_is_asked_for_after_december(app: &TestApp) {
        app.until("2027-10-20T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        let rules = json!({"every": "year", "amount": "12.00", "reason": "Decided"});
        set(&greta, &rules).expect(200);
        app.until("2027-12-31T10:00:00Z");
        take(app);
        assert_eq!(ada.again().balance(), "0.00");
        app.until("2028-01-01T10:00:00Z");
        take(app);
        assert_eq!(entries(&ada, 2), ["contribution -12.00 2027-12"]);
        // Who came after the month was over is not asked for it; who leaves is not asked any more.
        app.until("2028-03-10T10:00:00Z");
        take(app);
        assert_eq!(ada.again().balance(), "-12.00");
    }

    fn rules_are_an_admins_and_every_fault_is_told(app: &TestApp) {
        let (greta, ada) = (app.admin(), app.member("ada"));
        set(&ada, &monthly("1.00")).expect_problem(403, "forbidden");
        let faulty = json!({"every": "week", "amount": "-1", "reason": "",
            "above": {"allowance": "x", "basis_points": 12_001}, "below": {"allowance": "0.001", "basis_points": -1}});
        let pointers = set(&greta, &faulty).expect_problem(400, "validation_failed").pointers();
        let expected = ["/every", "/amount", "/above/allowance", "/below/allowance", "/above/basis_points", "/below/basis_points", "/reason"];
        assert_eq!(pointers, expected);
        assert_eq!(ada.get(RULES).expect(200).body["version"], 0, "nothing is changed");
        let with = |tag: &str| greta.again().put_with(RULES, &[("If-Match", tag)], &monthly("1.00"));
        with("\"v1\"").expect_problem(412, "precondition_failed");
        with("\"v0\"").expect(200);
        with("\"v0\"").expect_problem(412, "precondition_failed");
        let audit = greta.again().get("/api/v1/communities/RIVER/audit").expect(200);
        let line = &audit.data()[0];
        assert_eq!((&line["action"], &line["reason"]), (&json!("community.contributions"), &json!("Decided at the meeting")));
    }
}

#[test]
fn two_servers_that_take_the_same_months_at_once_take_each_once() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let servers: Vec<_> = (0..2).map(|_| TestApp::on(Arc::clone(&database))).collect();
    let app = &servers[0];
    let (greta, ada) = (app.admin(), app.member("ada"));
    set(&greta, &monthly("1.00")).expect(200);
    for server in &servers {
        server.clock.advance(95 * 86_400);
    }
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        for server in &servers {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                take(server);
            });
        }
    });
    let page = ada.again().get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
    let months: Vec<_> = page.data().iter().map(|entry| entry["description"].as_str().unwrap()).collect();
    let mut once = months.clone();
    once.dedup();
    assert!(months.len() >= 3 && once == months, "{months:?}");
}
