//! Statements over random histories, beside a model that only knows whose balance changed on which day: balances and lines agree,
//! periods that follow each other join, every format carries the same sums, the balance sheet and the figures of the currency's
//! health are their sums, and the last balance is what the ledger proves.

use counterfoil::domain::zone::Day;
use counterfoil::jobs::{Measuring, Work};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::random_history::{Change, History, Trade, Whose, decimal, steps};
use crate::statement_formats::{all_formats, minor};
use crate::support::both_engines;

/// How many histories, each of which goes on where the one before it ended.
const HISTORIES: u32 = 3;
/// After how long the figures of the day in progress are due again, in seconds; more than that.
const MEASURED_ANEW_S: i64 = 120;

impl History<'_> {
    /// Compares a person's statement of these days with the model, in every format, and gives its balances.
    fn check(&self, person: usize, [from, until]: [Day; 2]) -> [i64; 2] {
        let path = format!("/api/v1/accounts/{}/statement?from={from}&to={until}", self.people[person].code);
        let own = || self.changes.iter().filter(move |change| change.whose == Whose::Person(person));
        let before = |day| own().filter(|change| change.day < day).map(|change| change.minor).sum::<i64>();
        let lines: Vec<_> =
            own().filter(|change| (from..until).contains(&change.day)).map(|change| change.minor).collect();
        let expected = (before(from), lines, before(until));
        assert_eq!(all_formats(&self.admins[0], &path), expected, "{path}");
        [expected.0, expected.2]
    }

    /// The balances at the end of a day: of each person and admin, of the fund, and of what bears the losses.
    fn balances_after(&self, day: Day) -> (Vec<i64>, i64, i64) {
        let of = |whose: Whose| {
            let until = |change: &&Change| change.whose == whose && change.day <= day;
            self.changes.iter().filter(until).map(|change| change.minor).sum::<i64>()
        };
        (
            (0..self.people.len())
                .map(Whose::Person)
                .chain((0..self.admins.len()).map(Whose::Admin))
                .map(of)
                .collect(),
            of(Whose::Fund),
            of(Whose::Losses),
        )
    }

    /// Compares the community's balance sheet at the end of a day with the model.
    fn check_sheet(&self, day: Day) {
        let path = format!("/api/v1/communities/RIVER/balance-sheet?date={day}");
        let told = self.admins[0].get(&path).expect(200).body;
        let (balances, fund, losses) = self.balances_after(day);
        let number = |name: &str| minor(told[name].as_str().unwrap());
        assert_eq!(
            ["positive_balances", "negative_balances", "commons", "write_off"].map(number),
            [positive(&balances), negative(&balances), fund, losses],
            "at the end of {day}"
        );
    }

    /// Compares each day's figures with the model.
    fn check_health(&self, [first, last]: [Day; 2]) {
        let measuring = Measuring::new(self.app.services());
        while self.app.block_on(measuring.do_one()).unwrap() {}
        let query = format!(
            "from={first}&to={}&figures=turnover,given_back,trades,supply,credit_used,commons",
            last.plus_days(1).unwrap()
        );
        let report =
            self.admins[0].get(&format!("/api/v1/communities/RIVER/health?{query}")).expect(200).body;
        let points = report["series"]["data"].as_array().unwrap();
        assert_eq!(points.last().unwrap()["date"], last.to_string(), "{report}");
        for point in points {
            let day: Day = point["date"].as_str().unwrap().parse().unwrap();
            let told = |name: &str| minor(point["values"][name].as_str().unwrap());
            let sum = |is_way_back: bool| {
                let own = |trade: &&Trade| trade.day == day && trade.is_way_back == is_way_back;
                self.trades.iter().filter(own).map(|trade| trade.minor).collect::<Vec<_>>()
            };
            let (balances, fund, losses) = self.balances_after(day);
            let supply = positive(&balances) + fund.max(0) + losses.max(0);
            assert_eq!(
                ["turnover", "given_back", "supply", "credit_used", "commons"].map(told),
                [sum(false).iter().sum(), sum(true).iter().sum(), supply, -negative(&balances), fund],
                "on {day}"
            );
            assert_eq!(point["values"]["trades"], sum(false).len().to_string(), "on {day}");
        }
    }
}

fn positive(balances: &[i64]) -> i64 {
    balances.iter().filter(|balance| **balance > 0).sum()
}

fn negative(balances: &[i64]) -> i64 {
    balances.iter().filter(|balance| **balance < 0).sum()
}

both_engines! {
    fn statements_and_figures_agree_with_a_model_and_with_the_books(app: &TestApp) {
        let history = std::cell::RefCell::new(History::new(app));
        let zone = app.community("RIVER").time_zone;
        let founded = zone.day_of(app.now()).unwrap();
        let config = Config { cases: HISTORIES, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
        let cuts = prop::collection::vec(-1_i64..30, 2..4);
        TestRunner::new(config).run(&(steps(), cuts), |(steps, mut cuts)| {
            let mut history = history.borrow_mut();
            let first = zone.day_of(app.now()).unwrap();
            steps.iter().for_each(|step| history.step(step));
            history.renew();
            // Whatever the cuts, what lies between them joins, from before the first day to after the last.
            cuts.extend([-3_000, 3_000]);
            cuts.sort_unstable();
            cuts.dedup();
            for person in 0..history.people.len() {
                let mut balance = 0;
                for days in cuts.windows(2) {
                    let days = [days[0], days[1]].map(|days| first.plus_days(days).unwrap());
                    let [opening, closing] = history.check(person, days);
                    assert_eq!(opening, balance, "periods join");
                    balance = closing;
                }
                let path = format!("/api/v1/accounts/{}", history.people[person].code);
                assert_eq!(decimal(balance), history.admins[0].get(&path).expect(200).body["balance"]);
            }
            for days in &cuts {
                history.check_sheet(first.plus_days(*days).unwrap());
            }
            // The day in progress is measured anew only some time after it was measured last.
            app.clock.advance(MEASURED_ANEW_S);
            history.renew();
            history.check_health([founded, zone.day_of(app.now()).unwrap()]);
            app.prove();
            Ok(())
        }).unwrap();
    }
}
