//! `GET /accounts/{account}/balances`: the balance over time, by the community's clocks.

use serde_json::{Value, json};

use crate::support::{Person, TestApp, both_engines, keys};

fn in_berlin(app: &TestApp) {
    let zone = json!({"time_zone": "Europe/Berlin"});
    app.admin().put("/api/v1/communities/RIVER/time-zone", &zone).expect(200);
}

fn series(person: &Person, query: &str) -> Value {
    person.again().get(&format!("/api/v1/accounts/{}/balances{query}", person.code)).expect(200).body
}

/// Each step's day and balance.
fn points(series: &Value) -> Vec<(&str, &str)> {
    series["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (point["date"].as_str().unwrap(), point["balance"].as_str().unwrap()))
        .collect()
}

both_engines! {
    fn days_are_those_of_the_community_also_when_the_clocks_change(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        in_berlin(app);
        for (time, amount) in [
            ("2027-03-27T22:30:00Z", "1.00"),
            // The day of which an hour is skipped ends one hour early.
            ("2027-03-28T21:59:00Z", "2.00"),
            ("2027-03-28T22:01:00Z", "4.00"),
        ] {
            app.until(time);
            app.pay(&ada.again(), &ben, amount);
        }
        app.until("2027-04-15T10:00:00Z");
        let days = series(&ada, "?from=2027-03-26&to=2027-03-30");
        assert_eq!(keys(&days), ["account", "data", "interval", "time_zone"]);
        assert_eq!((&days["account"], &days["time_zone"]), (&json!(ada.code), &json!("Europe/Berlin")));
        let expected = [("2027-03-26", "0.00"), ("2027-03-27", "-1.00"), ("2027-03-28", "-3.00"), ("2027-03-29", "-7.00")];
        assert_eq!(points(&days), expected);
        let ends: Vec<_> = days["data"].as_array().unwrap().iter().map(|point| point["until"].as_str().unwrap()).collect();
        assert_eq!(ends[1..3], ["2027-03-27T23:00:00.000000Z", "2027-03-28T22:00:00.000000Z"]);
        let weeks = series(&ada, "?from=2027-03-24&to=2027-04-05&interval=week");
        assert_eq!(points(&weeks), [("2027-03-22", "-3.00"), ("2027-03-29", "-7.00")]);
        let months = series(&ada, "?from=2027-02-28&interval=month");
        assert_eq!(points(&months), [("2027-02-01", "0.00"), ("2027-03-01", "-7.00"), ("2027-04-01", "-7.00")]);
        let latest = series(&ben, "");
        let latest = points(&latest);
        assert_eq!((latest.len(), latest.first().unwrap().0, *latest.last().unwrap()), (30, "2027-03-17", ("2027-04-15", "7.00")));
    }

    fn each_point_is_what_the_last_entry_before_it_left(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.until("2027-01-01T12:00:00Z");
        let mut expected = Vec::new();
        let mut balance = 0;
        for day in 0..20 {
            // None on some days, many on others.
            let payments = (day * 7) % 5;
            for _ in 0..payments {
                app.pay(&ada.again(), &ben, "0.01");
            }
            balance += payments;
            expected.push(format!("-0.{balance:02}").replace("-0.00", "0.00"));
            app.clock.advance(86_400);
        }
        let found = series(&ada, "?from=2027-01-01&to=2027-01-21");
        let found: Vec<_> = points(&found).into_iter().map(|(_, balance)| balance.to_owned()).collect();
        assert_eq!(found, expected);
    }

    fn a_series_has_bounds_and_is_one_s_own(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let path = format!("/api/v1/accounts/{}/balances", ada.code);
        for (query, pointer) in [
            ("from=yesterday", "from"),
            ("to=2027-02-30", "to"),
            ("interval=year", "interval"),
            ("from=2020-01-01", "from"),
            ("from=0001-01-01&interval=month", "from"),
        ] {
            ada.get(&format!("{path}?{query}")).expect_fault(pointer);
        }
        assert!(ada.get(&format!("{path}?from=2999-01-01")).expect(200).data().is_empty(), "it has not begun");
        ben.get(&path).expect_problem(404, "not_found");
        assert_eq!(app.admin().get(&path).expect(200).data().len(), 30);
    }
}
