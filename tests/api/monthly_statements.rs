//! `/accounts/{account}/monthly-statement`: each month's statement by mail, once to each who wants it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil::domain::language::Language;
use counterfoil::jobs::{Stating, Work};
use counterfoil::storage::{Engine, users};
use serde_json::{Value, json};

use crate::mails::send;
use crate::statement_formats::pdf_texts;
use crate::support::{Person, TestApp, TestDatabase, both_engines};

const DAY_S: i64 = 86_400;

/// Writes all that is due, without a memory of when it looked last.
fn state(app: &TestApp) {
    let stating = Stating::new(app.services());
    while app.block_on(stating.do_one()).unwrap() {}
}

fn path(account: &str) -> String {
    format!("/api/v1/accounts/{account}/monthly-statement")
}

fn choose(person: &Person, by_mail: bool) -> Value {
    person.again().put(&path(&person.code), &json!({"by_mail": by_mail})).expect(200).body
}

/// What the statements' mails say that were not sent yet, in the order in which they were written.
fn written(app: &TestApp) -> Vec<Value> {
    let stored = app
        .database
        .db_texts("SELECT parameters AS value FROM mails WHERE kind = 50 ORDER BY created_at, id");
    stored
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap()["monthly_statement"].clone())
        .collect()
}

fn told(letter: &Value) -> [String; 4] {
    ["month", "opening", "entries", "closing"].map(|name| letter[name].to_string().replace('"', ""))
}

/// The statement of a month as the API tells it.
fn asked(person: &Person, from: &str, to: &str) -> Value {
    let path = format!("/api/v1/accounts/{}/statement?from={from}&to={to}", person.code);
    person.again().get(&path).expect(200).body
}

/// How many entries are on the page that a mail brings, if it brings one.
fn enclosed_lines(mail: &str) -> Option<usize> {
    let (_, behind) = mail.split_once("application/pdf")?;
    let encoded: String =
        behind.split("\r\n\r\n").nth(1)?.split("\r\n--").next()?.split_whitespace().collect();
    let texts = pdf_texts(&STANDARD.decode(encoded).unwrap());
    Some(texts.iter().filter(|text| *text == "Rye loaves").count())
}

both_engines! {
    fn each_month_is_told_once_and_agrees_with_the_statement(app: &TestApp) {
        app.found_in("RIVER", 2, "Europe/Berlin");
        app.until("2027-03-20T10:00:00Z");
        let (ada, ben) = (app.member("Ada Brook"), app.member("Ben Ford"));
        assert_eq!(choose(&ada, true), json!({"by_mail": true, "next_month": "2027-03-01"}));
        app.pay(&ada.again(), &ben, "12.50");
        // The month ends at midnight in Berlin, by summer time: 22:00 UTC.
        app.until("2027-03-31T21:50:00Z");
        app.pay(&ben.again(), &ada, "2.00");
        app.until("2027-03-31T22:00:01Z");
        app.pay(&ada.again(), &ben, "1.00");
        state(app);
        assert!(written(app).is_empty(), "at seven in the morning");
        app.until("2027-04-01T05:00:00Z");
        state(app);
        let letters = written(app);
        let symbol = app.community("RIVER").symbol;
        assert_eq!(letters.iter().map(told).collect::<Vec<_>>(), [["2027-03".to_owned(), format!("0.00 {symbol}"), "2".to_owned(), format!("-10.50 {symbol}")]]);
        assert_eq!((&letters[0]["account"], &letters[0]["is_enclosed"]), (&json!(ada.code), &json!(true)));
        let statement = asked(&ada, "2027-03-01", "2027-04-01");
        assert_eq!(letters[0]["closing"], format!("{} {symbol}", statement["closing_balance"].as_str().unwrap()));
        assert_eq!(app.database.db_texts("SELECT recipient AS value FROM mails WHERE kind = 50"), [ada.email.as_str()]);
        state(app);
        app.clock.advance(2 * DAY_S);
        state(app);
        assert_eq!(written(app).len(), 1, "once");
        // Choosing the same again begins nothing anew, nor does ending it and beginning again repeat a month.
        assert_eq!(choose(&ada, true)["next_month"], "2027-04-01");
        assert_eq!(choose(&ada, false), json!({"by_mail": false, "next_month": null}));
        assert_eq!(choose(&ada, true)["next_month"], "2027-04-01");
        state(app);
        assert_eq!(written(app).len(), 1);
        app.until("2027-05-01T05:00:00Z");
        state(app);
        assert_eq!(written(app).len(), 2);
        assert_eq!(told(&written(app)[1]), ["2027-04".to_owned(), format!("-10.50 {symbol}"), "1".to_owned(), format!("-11.50 {symbol}")]);
        choose(&ada, false);
        app.until("2027-06-01T05:00:00Z");
        state(app);
        assert_eq!(written(app).len(), 2, "who does not want it gets none");
    }

    fn the_last_entries_of_a_closed_account_are_told_too(app: &TestApp) {
        app.until("2027-01-15T12:00:00Z");
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        choose(&ada, true);
        app.pay(&ada.again(), &ben, "10.00");
        // Paid back and closed in the night before January's statement is written.
        app.until("2027-02-01T06:00:00Z");
        app.pay(&ben.again(), &ada, "10.00");
        app.set_status(&ada, "closed");
        for month in ["2027-02-01T07:00:00Z", "2027-03-01T07:00:00Z", "2027-04-01T07:00:00Z", "2028-04-01T07:00:00Z"] {
            app.until(month);
            state(app);
        }
        let symbol = app.community("RIVER").symbol;
        let letters: Vec<_> = written(app).iter().map(told).map(|[month, _, entries, closing]| [month, entries, closing]).collect();
        let expected = [("2027-01", "1", "-10.00"), ("2027-02", "1", "0.00")]
            .map(|(month, entries, closing)| [month.to_owned(), entries.to_owned(), format!("{closing} {symbol}")]);
        assert_eq!(letters, expected);
    }

    fn months_that_were_missed_are_caught_up_with_and_join(app: &TestApp) {
        app.until("2027-01-15T12:00:00Z");
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        choose(&ada, true);
        for amount in ["1.00", "2.00", "3.00"] {
            app.pay(&ada.again(), &ben, amount);
            app.clock.advance(30 * DAY_S);
        }
        state(app);
        let letters: Vec<_> = written(app).iter().map(told).collect();
        assert_eq!(letters.iter().map(|letter| letter[0].as_str()).collect::<Vec<_>>(), ["2027-01", "2027-02", "2027-03"]);
        for pair in letters.windows(2) {
            assert_eq!(pair[0][3], pair[1][1], "periods join");
        }
        // Of what is too long ago nobody wants to hear any more: a year, and the month in progress.
        app.until("2029-07-15T12:00:00Z");
        state(app);
        let months: Vec<_> = written(app)[3..].iter().map(|letter| told(letter)[0].clone()).collect();
        assert_eq!((months.len(), months[0].as_str(), months[11].as_str()), (12, "2028-07", "2029-06"));
        // The first that comes again says so, and the others say nothing of it.
        let none_since: Vec<_> = written(app).iter().map(|letter| letter.get("none_since").cloned()).collect();
        let mut expected = vec![None; 15];
        expected[3] = Some(json!("2027-04"));
        assert_eq!(none_since, expected);
    }

    fn the_mail_brings_the_statement_in_its_readers_language(app: &TestApp) {
        app.until("2027-01-15T12:00:00Z");
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        choose(&ada, true);
        app.pay(&ada.again(), &ben, "1.00");
        let (services, user_id) = (app.services(), ada.user_id);
        app.block_on(services.ledger().write(move |conn| users::set_language(conn, user_id, Language::German))).unwrap();
        app.until("2027-02-01T12:00:00Z");
        state(app);
        let folder = tempfile::tempdir().unwrap();
        send(app, &format!("file:{}", folder.path().display()));
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        let statements: Vec<_> = files.iter().filter(|mail| mail.contains("multipart/mixed")).collect();
        let [mail] = statements[..] else { panic!("{files:?}") };
        assert!(mail.contains("Subject: Ihr Kontoauszug") && mail.contains("application/pdf"), "{mail}");
        assert!(mail.contains(&format!("filename=\"{}-2027-01-01.pdf\"", ada.code)), "{mail}");
        // What a PDF begins with, in base64.
        assert!(mail.contains("\r\nJVBERi0"), "{mail}");
    }

    fn it_is_for_those_whose_account_it_is(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let on = json!({"by_mail": true});
        ben.put(&path(&ada.code), &on).expect_problem(404, "not_found");
        ben.get(&path(&ada.code)).expect_problem(404, "not_found");
        ben.put(&path("RIVER9999"), &on).expect_problem(404, "not_found");
        admin.put(&path(&ada.code), &on).expect_problem(403, "forbidden");
        for body in [json!({}), json!({"by_mail": "yes"}), json!({"by_mail": true, "day": 1})] {
            ada.put(&path(&ada.code), &body).expect_problem(400, "validation_failed");
        }
        assert_eq!(ada.get(&path(&ada.code)).expect(200).body, json!({"by_mail": false, "next_month": null}));
        choose(&ada, true);
        choose(&ben, true);
        // Of a closed account on which nothing happens there is nothing to tell.
        app.set_status(&ben, "closed");
        // Nor to whoever was merged into another: what the one account had is told with the other's.
        let twin = app.member("twin");
        choose(&twin, true);
        app.pay(&twin.again(), &ada, "1.00");
        let merge = json!({"duplicate": twin.code, "kept": ada.code, "reason": "Ada signed up twice"});
        admin.again().post("/api/v1/communities/RIVER/merges", &merge).expect(200);
        app.until("2099-01-01T12:00:00Z");
        state(app);
        let recipients = app.database.db_texts("SELECT DISTINCT recipient AS value FROM mails WHERE kind = 50");
        assert_eq!(recipients, [ada.email.as_str()]);
    }

    fn whatever_the_clocks_are_changed_to_nothing_is_missed_or_told_twice(app: &TestApp) {
        app.found_in("RIVER", 2, "Europe/Berlin");
        app.until("2027-03-20T10:00:00Z");
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        choose(&ada, true);
        let pay = |time: &str| {
            app.until(time);
            app.pay(&ada.again(), &ben.again(), "1.00");
        };
        let live_by = |zone: &str| {
            let zone = json!({"time_zone": zone});
            app.admin().again().put("/api/v1/communities/RIVER/time-zone", &zone).expect(200);
        };
        pay("2027-03-31T21:50:00Z");
        // April in Berlin, and March for ten hours more in Hawaii, by whose clocks they live from noon on.
        pay("2027-04-01T02:00:00Z");
        app.until("2027-04-01T10:00:00Z");
        state(app);
        live_by("Pacific/Honolulu");
        pay("2027-05-01T02:00:00Z");
        // Still April in Hawaii, and May in Auckland, by whose clocks they live once April was told.
        pay("2027-05-01T09:00:00Z");
        app.until("2027-05-01T17:00:00Z");
        state(app);
        live_by("Pacific/Auckland");
        pay("2027-05-31T11:00:00Z");
        app.until("2027-06-01T17:00:00Z");
        state(app);
        let letters = written(app);
        let counts: Vec<_> = letters.iter().map(|letter| (letter["month"].as_str().unwrap(), letter["entries"].as_i64().unwrap())).collect();
        assert_eq!(counts, [("2027-03", 1), ("2027-04", 3), ("2027-05", 1)]);
        for pair in letters.windows(2) {
            assert_eq!(pair[0]["closing"], pair[1]["opening"], "periods join");
        }
        // What is enclosed holds the same entries.
        let folder = tempfile::tempdir().unwrap();
        send(app, &format!("file:{}", folder.path().display()));
        let mails = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let mut lines: Vec<usize> = mails.filter_map(|mail| enclosed_lines(&mail)).collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 1, 3]);
    }

    fn a_change_of_the_time_zone_moves_the_months_end(app: &TestApp) {
        app.until("2027-01-15T12:00:00Z");
        let ada = app.member("ada");
        choose(&ada, true);
        let zone = json!({"time_zone": "Pacific/Honolulu"});
        app.admin().again().put("/api/v1/communities/RIVER/time-zone", &zone).expect(200);
        // Seven in the morning by UTC, where it is the day before in Hawaii.
        app.until("2027-02-01T07:00:00Z");
        state(app);
        assert!(written(app).is_empty());
        app.until("2027-02-01T17:00:00Z");
        state(app);
        assert_eq!(written(app).len(), 1);
    }
}

#[test]
fn of_two_processes_one_writes_each_statement() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(Arc::clone(&database)));
    for app in [&here, &there] {
        app.until("2027-01-15T12:00:00Z");
    }
    let people: Vec<_> = (0..6).map(|number| here.member(&format!("m{number}"))).collect();
    people.iter().for_each(|person| drop(choose(person, true)));
    for app in [&here, &there] {
        app.until("2027-04-02T12:00:00Z");
    }
    std::thread::scope(|scope| {
        for app in [&here, &there] {
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let stating = Stating::new(app.services());
                while runtime.block_on(stating.do_one()).unwrap_or(true) {}
            });
        }
    });
    let each = "SELECT count(*) AS value FROM mails WHERE kind = 50 GROUP BY recipient";
    assert_eq!(database.db_numbers(each), [3; 6], "January, February and March");
}
