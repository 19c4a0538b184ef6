//! Mails about what happens, as soon as each chose: written once, whatever happens in between.

use std::sync::Arc;
use std::time::Duration;

use counterfoil::jobs::{Limiting, Telling, Work};
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::support::{Person, TestApp, TestDatabase, both_engines, texts};

const PATH: &str = "/api/v1/me/notifications";

/// Does all telling that is due.
fn tell(app: &TestApp) {
    let telling = Telling::new(app.services());
    while app.block_on(telling.do_one()).unwrap() {}
}

/// The letters to somebody that wait, oldest first.
fn letters(app: &TestApp, to: &Person) -> Vec<Value> {
    let sql = format!(
        "SELECT parameters AS value FROM mails WHERE kind = 30 AND recipient = '{}' ORDER BY id",
        to.email
    );
    let stored = texts(&mut app.database.inspect(), &sql);
    stored.iter().map(|text| serde_json::from_str::<Value>(text).unwrap()["news"].clone()).collect()
}

fn whats(letter: &Value) -> Vec<&str> {
    letter["items"].as_array().unwrap().iter().map(|item| item["what"].as_str().unwrap()).collect()
}

fn choose(person: &Person, choices: &Value) -> Value {
    person.put(PATH, &json!({"community": "RIVER", "choices": choices})).expect(200).body
}

both_engines! {
    fn what_nobody_chose_is_sensible(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "9.00");
        // What happened before the service began to tell is nobody's to be told.
        tell(app);
        app.pay(&ada, &ben, "1.00");
        tell(app);
        assert!(letters(app, &ben).is_empty(), "what was received comes with the day");
        app.set_status(&ben, "frozen");
        tell(app);
        assert!(letters(app, &ben).is_empty(), "it has a mail of its own");
        assert_eq!(crate::leaving::told(app, &ben), ["frozen"], "one, whatever else is told");
        app.clock.advance(86_400);
        tell(app);
        let all = letters(app, &ben);
        assert_eq!(all.len(), 1);
        let digest = &all[0];
        assert_eq!((whats(digest), &digest["period"]), (vec!["received"], &json!("day")));
        let item = &digest["items"][0];
        assert_eq!((&item["amount"], &item["other"], &item["description"]), (&json!("1.00 shell"), &json!("ada"), &json!("Rye loaves")));
        assert!(letters(app, &ada).is_empty(), "of what one did oneself there is nothing to tell");
        app.clock.advance(86_400);
        tell(app);
        assert_eq!(letters(app, &ben).len(), 1, "a day without news has no mail");
    }

    fn who_comes_near_a_limit_hears_at_once_and_admins_with_the_day(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        tell(app);
        let limit = json!({"base": "100", "terms": [], "minimum": "0", "maximum": "100"});
        let terms = json!({"credit_limit": limit, "ceiling": null, "warn_at": "0.8"});
        let policy = json!({"rules": [], "default": terms, "reason": "Decided"});
        app.admin().again().put("/api/v1/communities/RIVER/limit-policy", &policy).expect(200);
        let limiting = Limiting::new(app.services());
        while app.block_on(limiting.do_one()).unwrap() {}
        app.pay(&ada, &ben, "80.00");
        tell(app);
        assert_eq!(letters(app, &ada).iter().map(whats).collect::<Vec<_>>(), [["near_limit"]]);
        assert!(letters(app, &app.admin()).is_empty());
        app.clock.advance(86_400);
        tell(app);
        let [letter] = &letters(app, &app.admin())[..] else { panic!("one letter") };
        assert_eq!(whats(letter), ["member_near_limit"]);
        assert_eq!(letter["items"][0]["other"], format!("ada ({})", ada.code));
        assert_eq!(letters(app, &ada).len(), 1, "she was told");
    }

    fn each_chooses_how_soon(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        tell(app);
        let all = ada.get(PATH).expect(200).body;
        let defaults = json!({"payment_received": "daily", "payment_sent": "off", "request_received": "at_once",
            "payment_changed": "at_once", "account_changed": "at_once", "near_limit": "at_once", "member_near_limit": "daily"});
        assert_eq!(all, json!({"data": [{"community": "RIVER", "choices": defaults}]}));
        let chosen = choose(&ada, &json!({"payment_sent": "at_once", "payment_received": "weekly"}));
        assert_eq!((&chosen["choices"]["payment_sent"], &chosen["choices"]["account_changed"]), (&json!("at_once"), &json!("at_once")));
        choose(&ben, &json!({"payment_received": "off", "account_changed": "off"}));
        app.pay(&ada, &ben, "1.00");
        app.pay(&ben, &ada, "2.00");
        app.set_status(&ben, "frozen");
        app.set_status(&ben, "active");
        tell(app);
        assert!(letters(app, &ben).is_empty());
        assert_eq!(letters(app, &ada).iter().map(whats).collect::<Vec<_>>(), [["sent"]]);
        app.clock.advance(7 * 86_400);
        tell(app);
        let all = letters(app, &ada);
        assert_eq!((all.len(), whats(&all[1]), &all[1]["period"]), (2, vec!["received"], &json!("week")));
        assert!(letters(app, &ben).is_empty());
        // A choice holds for what comes: nothing is told twice.
        let (ada, ben) = (ada.again(), ben.again());
        app.pay(&ben, &ada, "3.00");
        choose(&ada, &json!({"payment_received": "at_once"}));
        tell(app);
        app.pay(&ben, &ada, "4.00");
        tell(app);
        app.clock.advance(7 * 86_400);
        tell(app);
        let all = letters(app, &ada);
        assert_eq!((all.len(), &all[2]["items"][0]["amount"]), (3, &json!("4.00 shell")));
    }

    fn wrong_choices_are_named(app: &TestApp) {
        let ada = app.member("ada");
        let put = |body: Value| ada.put(PATH, &body);
        put(json!({"community": "RIVER", "choices": {"payment_lost": "off"}})).expect_fault("/choices");
        put(json!({"community": "RIVER", "choices": {"payment_sent": "hourly"}})).expect_fault("/choices/payment_sent");
        put(json!({"choices": {}})).expect(400);
        app.found("LAKE", 2);
        for foreign in ["LAKE", "NOWHERE"] {
            put(json!({"community": foreign, "choices": {}})).expect_problem(404, "not_found");
        }
    }

    fn digests_are_written_once_wherever_it_stops(app: &TestApp) {
        let payer = app.newcomer("payer").with_credit_limit("1000.00").join();
        // More than one transaction writes.
        let people: Vec<_> = (0..130).map(|number| app.member(&format!("m{number}"))).collect();
        tell(app);
        for person in &people {
            app.pay_often(&payer, person, 2);
        }
        choose(&people[0], &json!({"payment_received": "off"}));
        app.clock.advance(86_400);
        let telling = Telling::new(app.services());
        for tries in 0..60 {
            // Cut off at any place, as by a crash: what was written stays, and the rest is due again.
            let patience = Duration::from_millis(tries % 12);
            drop(app.block_on(async { tokio::time::timeout(patience, telling.do_one()).await }));
        }
        tell(app);
        for person in &people[1..] {
            let all = letters(app, person);
            assert_eq!((all.len(), whats(&all[0])), (1, vec!["received", "received"]), "{}", person.name);
        }
        assert!(letters(app, &people[0]).is_empty());
    }

    fn a_mail_tells_no_more_than_twenty_things(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        tell(app);
        app.pay_often(&ada, &ben, 450);
        app.clock.advance(86_400);
        tell(app);
        let all = letters(app, &ben);
        assert_eq!((all.len(), whats(&all[0]).len(), &all[0]["more"]), (1, 20, &json!(430)));
    }
}

#[test]
fn of_two_processes_one_writes_each_mail() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let (ada, ben) = (here.member("ada"), here.member("ben"));
    tell(&here);
    choose(&ben, &json!({"payment_received": "at_once"}));
    choose(&ada, &json!({"payment_sent": "daily"}));
    std::thread::scope(|scope| {
        for app in [&here, &there] {
            let services = app.services();
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let telling = Telling::new(services);
                for _ in 0..200 {
                    // Who came second tries again, as the runner does.
                    drop(runtime.block_on(telling.do_one()));
                }
            });
        }
        for _ in 0..30 {
            here.pay(&ada, &ben, "0.01");
        }
    });
    here.clock.advance(86_400);
    there.clock.advance(86_400);
    std::thread::scope(|scope| {
        for app in [&here, &there] {
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let telling = Telling::new(app.services());
                while runtime.block_on(telling.do_one()).unwrap_or(true) {}
            });
        }
    });
    assert_eq!(letters(&here, &ben).len(), 30);
    let digests = letters(&here, &ada);
    assert_eq!((digests.len(), &digests[0]["more"]), (1, &json!(10)));
}
