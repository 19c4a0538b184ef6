//! A clock that was ahead for a while: what it put into the future goes on from now, once it is right again.

use counterfoil::jobs::{Cleaning, Contributing, Measuring, PayingIncomes, Stating, Work};
use serde_json::{Value, json};

use crate::mails::{send, write};
use crate::support::{TestApp, both_engines};

const DAY_S: i64 = 86_400;
/// How far the clock is ahead.
const AHEAD_S: i64 = 500 * DAY_S;

fn run(app: &TestApp, work: &dyn Work) {
    while app.block_on(work.do_one()).unwrap() {}
}

fn health_day(app: &TestApp) -> String {
    let report = app.admin().again().get("/api/v1/communities/RIVER/health").expect(200).body;
    report["day"].as_str().unwrap().to_owned()
}

fn today(app: &TestApp) -> String {
    app.community("RIVER").time_zone.day_of(app.now()).unwrap().to_string()
}

/// The statements that were written: which month each tells of, and how many entries.
fn statements(app: &TestApp) -> Vec<(String, i64)> {
    let stored = app.database.db_texts(
        "SELECT parameters AS value FROM mails WHERE kind = 50 AND state = 1 ORDER BY created_at, id",
    );
    let told = |text: String| {
        let letter: Value = serde_json::from_str(&text).unwrap();
        let statement = &letter["monthly_statement"];
        (statement["month"].as_str().unwrap().to_owned(), statement["entries"].as_i64().unwrap())
    };
    stored.into_iter().map(told).collect()
}

both_engines! {
    fn work_goes_on_when_the_clock_is_right_again(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let greta = app.admin();
        let contributions = json!({"every": "month", "amount": "0.10", "reason": "Decided at the meeting"});
        greta.put("/api/v1/communities/RIVER/contributions", &contributions).expect(200);
        let income = json!({"every": "week", "amount": "0.01", "reason": "Decided at the meeting"});
        greta.put("/api/v1/communities/RIVER/fund/income", &income).expect(200);
        let path = format!("/api/v1/accounts/{}/monthly-statement", ada.code);
        ada.put(&path, &json!({"by_mail": true})).expect(200);
        app.pay(&ada, &ben, "1.00");
        // The very same work, as in a process that goes on meanwhile.
        let (cleaning, measuring, stating) =
            (Cleaning::new(app.services()), Measuring::new(app.services()), Stating::new(app.services()));
        let (contributing, paying) = (Contributing::new(app.services()), PayingIncomes::new(app.services()));
        let all: [&dyn Work; 5] = [&cleaning, &measuring, &stating, &contributing, &paying];
        all.iter().for_each(|work| run(app, *work));
        let first_day = today(app);
        assert_eq!(health_day(app), first_day);

        app.clock.advance(AHEAD_S);
        all.iter().for_each(|work| run(app, *work));
        assert!(health_day(app) > first_day);
        assert!(!statements(app).is_empty());
        write(app, &ada.email, Some(ada.user_id));

        app.clock.advance(-AHEAD_S + 60);
        all.iter().for_each(|work| run(app, *work));
        assert_eq!(health_day(app), first_day);
        let waiting = "SELECT COUNT(*) AS value FROM mails WHERE state = 1";
        let folder = tempfile::tempdir().unwrap();
        send(app, &format!("file:{}", folder.path().display()));
        assert_eq!(app.database.db_numbers(waiting), [0], "no mail waits for a year to come");
        let next = ada.again().get(&path).expect(200).body;
        assert_eq!(next["next_month"].as_str().unwrap()[..7], first_day[..7]);

        // No more than a few months were taken, and what comes next is what would.
        let taken = "SELECT COUNT(*) AS value FROM entries WHERE kind = 6 AND amount < 0";
        assert_eq!(app.database.db_numbers(taken), [9], "three months of three members");
        let seen = |what: &str| greta.again().get(&format!("/api/v1/communities/RIVER/{what}")).expect(200).body;
        assert_eq!(seen("contributions")["next_month"].as_str().unwrap(), &first_day[..7]);
        assert!(seen("fund/income")["next_period"].as_str().unwrap() <= first_day.as_str());

        // A day later everything is as if nothing had been.
        app.clock.advance(DAY_S);
        app.pay(&ada.again(), &ben, "2.00");
        all.iter().for_each(|work| run(app, *work));
        assert_eq!(health_day(app), today(app));
        app.clock.advance(32 * DAY_S);
        all.iter().for_each(|work| run(app, *work));
        assert_eq!(app.database.db_numbers(taken), [12], "and the month in which the clock was ahead, once");
        let told = statements(app);
        assert!(first_day.starts_with(&told[0].0), "{told:?}");
        assert_eq!(told.iter().map(|(_, entries)| entries).sum::<i64>(), 2, "{told:?}");
    }
}
