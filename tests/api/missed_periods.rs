//! Months and weeks that have no turn because the service was off for too long: nobody is asked or paid for them, and everybody
//! whom it concerns learns of it.

use counterfoil::jobs::{Contributing, PayingIncomes, Work};
use serde_json::{Value, json};

use crate::exporting::{assert_same, export, import};
use crate::support::{Person, TestApp, both_engines, fresh_key};

const CONTRIBUTIONS: &str = "/api/v1/communities/RIVER/contributions";
const INCOME: &str = "/api/v1/communities/RIVER/fund/income";

/// Does all that is due, without a memory of when it looked last.
fn settle(app: &TestApp) {
    let contributing = Contributing::new(app.services());
    while app.block_on(contributing.do_one()).unwrap() {}
    let paying = PayingIncomes::new(app.services());
    while app.block_on(paying.do_one()).unwrap() {}
}

fn see(person: &Person, path: &str) -> Value {
    person.again().get(path).expect(200).body
}

/// The lines of the audit log of one sort, without their ids and times.
fn lines(app: &TestApp, action: &str) -> Vec<Value> {
    let page = see(&app.admin(), &format!("/api/v1/communities/RIVER/audit?action={action}"));
    let told = |line: &Value| json!([line["actor"], line["after"]]);
    page["data"].as_array().unwrap().iter().map(told).collect()
}

/// What was missed, without when that was found.
fn missed(person: &Person, path: &str) -> Vec<[String; 3]> {
    let told = |periods: &Value| {
        assert!(periods["noted_at"].as_str().unwrap().starts_with("2028-06-"), "{periods}");
        ["every", "from", "until"].map(|name| periods[name].as_str().unwrap().to_owned())
    };
    see(person, path)["missed"].as_array().unwrap().iter().map(told).collect()
}

/// Recipient and content of the mails about it.
fn mails(app: &TestApp) -> Vec<(String, Value)> {
    let read = |column: &str| {
        app.database.db_texts(&format!("SELECT {column} AS value FROM mails WHERE kind = 71 ORDER BY id"))
    };
    let letters = read("parameters")
        .into_iter()
        .map(|text| serde_json::from_str::<Value>(&text).unwrap()["periods_missed"].clone());
    read("recipient").into_iter().zip(letters).collect()
}

fn letter(app: &TestApp, work: &str, first: &str, last: &str) -> (String, Value) {
    let community = app.community("RIVER").name.to_string();
    let told = json!({"community": community, "work": work, "first": first, "last": last});
    ("greta@river.example".to_owned(), told)
}

both_engines! {
    fn months_for_which_nobody_contributed_are_told(app: &TestApp) {
        app.until("2027-10-20T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        let monthly = json!({"every": "month", "amount": "1.00", "reason": "Decided at the meeting"});
        greta.again().put(CONTRIBUTIONS, &monthly).expect(200);
        app.until("2028-01-10T10:00:00Z");
        settle(app);
        assert_eq!((missed(&ada, CONTRIBUTIONS), mails(app)), (Vec::new(), Vec::new()), "three months are caught up with");
        app.until("2028-06-10T10:00:00Z");
        settle(app);
        assert_eq!(missed(&ada, CONTRIBUTIONS), [["month", "2028-01-01", "2028-03-01"]]);
        assert_eq!(missed(&ada, INCOME), Vec::<[String; 3]>::new());
        let line = json!([null, {"every": "month", "from": "2028-01-01", "until": "2028-03-01", "version": 1}]);
        assert_eq!(lines(app, "contributions.missed"), [line]);
        assert_eq!(mails(app), [letter(app, "contributions", "2028-01", "2028-02")]);
        settle(app);
        app.restart();
        settle(app);
        assert_eq!((mails(app).len(), missed(&ada, CONTRIBUTIONS).len()), (1, 1), "once");
        assert_eq!(ada.again().balance(), "-6.00", "three months, and three");
    }

    fn months_in_which_nothing_was_due_are_no_news(app: &TestApp) {
        app.until("2027-01-20T10:00:00Z");
        let greta = app.admin();
        let yearly = json!({"every": "year", "amount": "1.00", "reason": "Decided at the meeting"});
        greta.again().put(CONTRIBUTIONS, &yearly).expect(200);
        app.until("2027-11-10T10:00:00Z");
        settle(app);
        assert_eq!((missed(&greta, CONTRIBUTIONS), mails(app)), (Vec::new(), Vec::new()), "a year has one December");
        app.until("2028-06-10T10:00:00Z");
        settle(app);
        assert_eq!(missed(&greta, CONTRIBUTIONS), [["month", "2027-11-01", "2028-03-01"]], "and that was in it");
    }

    fn periods_that_nobody_was_paid_for_are_told(app: &TestApp) {
        app.until("2027-03-02T10:00:00Z");
        let (greta, ada) = (app.admin(), app.member("ada"));
        let gift = json!({"payer": ada.code, "payee": "RIVER0000", "amount": "90.00", "description": "For all"});
        ada.again().post_payment(&fresh_key(), &gift).expect(201);
        let weekly = json!({"every": "week", "amount": "1.00", "reason": "Decided at the meeting"});
        greta.again().put(INCOME, &weekly).expect(200);
        app.until("2028-06-07T10:00:00Z");
        settle(app);
        assert_eq!(missed(&ada, INCOME), [["week", "2027-03-01", "2028-05-15"]]);
        let runs = see(&ada, INCOME)["runs"].clone();
        assert_eq!((runs.as_array().unwrap().len(), &runs[2]["period"]), (3, &json!("2028-05-15")));
        let line = json!([null, {"every": "week", "from": "2027-03-01", "until": "2028-05-15", "version": 1}]);
        assert_eq!(lines(app, "fund.income_missed"), [line]);
        assert_eq!(mails(app), [letter(app, "income", "2027-03-01", "2028-05-08")]);
        settle(app);
        app.restart();
        settle(app);
        assert_eq!((mails(app).len(), missed(&ada, INCOME).len()), (1, 1), "once");
        // And comes along to another place.
        let files = export(&app.database);
        let other = TestApp::new(app.database.engine());
        other.until("2028-06-08T10:00:00Z");
        import(&other, &files);
        let line = "income,week,2027-03-01,2028-05-15,2028-06-07T10:00:00";
        assert!(files["missed.csv"].contains(line), "{}", files["missed.csv"]);
        assert_same(&files, &export(&other.database));
    }
}
