//! Statements over random histories, beside a model that only knows who paid whom on which day: balances and lines agree, periods
//! that follow each other join, every format carries the same sums, the balance sheet is
//! their sum, and the last balance is what the ledger proves.

use counterfoil::domain::time::Timestamp;
use counterfoil::domain::zone::Day;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::statement_formats::{all_formats, minor};
use crate::support::{Person, TestApp, both_engines, fresh_key};

/// How many histories, each of which goes on where the one before it ended.
const HISTORIES: u32 = 3;
const PEOPLE: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    Pay { payer: usize, payee: usize, minor: i64 },
    Refund { payment: prop::sample::Index, minor: i64 },
    Reverse { payment: prop::sample::Index },
    Hold { payer: usize, minor: i64 },
    Wait { hours: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0..PEOPLE;
    let step = prop_oneof![
        8 => (person.clone(), 1..PEOPLE, 1_i64..900).prop_map(|(payer, other, minor)| Step::Pay { payer, payee: (payer + other) % PEOPLE, minor }),
        2 => (any::<prop::sample::Index>(), 1_i64..500).prop_map(|(payment, minor)| Step::Refund { payment, minor }),
        1 => any::<prop::sample::Index>().prop_map(|payment| Step::Reverse { payment }),
        1 => (person, 1_i64..300).prop_map(|(payer, minor)| Step::Hold { payer, minor }),
        3 => (1_i64..60).prop_map(|hours| Step::Wait { hours }),
    ];
    prop::collection::vec(step, 10..25)
}

/// Whose balance changed, on which day, by how much.
#[derive(Debug, Clone, Copy)]
struct Change {
    person: usize,
    day: Day,
    minor: i64,
}

struct History<'a> {
    app: &'a TestApp,
    people: Vec<Person>,
    admin: Person,
    /// Payments with payer, payee, amount and what was given back.
    payments: Vec<(String, [usize; 2], i64, i64)>,
    changes: Vec<Change>,
}

fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100)
}

impl<'a> History<'a> {
    fn new(app: &'a TestApp) -> Self {
        app.found_in("RIVER", 2, "America/St_Johns");
        let join = |name: &str| app.newcomer(name).with_credit_limit("5000.00").join();
        let people = ["ada", "ben", "cy"].into_iter().map(join).collect();
        Self { app, people, admin: app.admin(), payments: Vec::new(), changes: Vec::new() }
    }

    fn moved(&mut self, payment: &serde_json::Value, [from, to]: [usize; 2], minor: i64) {
        let at = Timestamp::parse_rfc3339(payment["completed_at"].as_str().unwrap()).unwrap();
        let day = self.app.community("RIVER").time_zone.day_of(at).unwrap();
        self.changes.extend([(from, -minor), (to, minor)].map(|(person, minor)| Change {
            person,
            day,
            minor,
        }));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Pay { payer, payee, minor } => {
                let paid = self.app.pay(&self.people[*payer], &self.people[*payee], &decimal(*minor));
                self.moved(&paid, [*payer, *payee], *minor);
                self.payments.push((paid["id"].as_str().unwrap().to_owned(), [*payer, *payee], *minor, 0));
            }
            Step::Refund { payment, minor } => self.give_back(payment, Some(*minor)),
            Step::Reverse { payment } => self.give_back(payment, None),
            Step::Hold { payer, minor } => {
                let (payer, payee) = (&self.people[*payer], &self.people[(payer + 1) % PEOPLE]);
                let body = json!({"payer": payer.code, "payee": payee.code, "amount": decimal(*minor), "description": "Later", "capture": "manual", "allow_duplicate": true});
                payer.post_payment(&fresh_key(), &body).expect(201);
            }
            Step::Wait { hours } => {
                self.app.clock.advance(hours * 3_600);
                self.people = self.people.iter().map(Person::again).collect();
                self.admin = self.admin.again();
            }
        }
    }

    /// A refund of at most so much, or an admin's reversal of what is left.
    fn give_back(&mut self, payment: &prop::sample::Index, most: Option<i64>) {
        if self.payments.is_empty() {
            return;
        }
        let place = payment.index(self.payments.len());
        let (id, [payer, payee], amount, refunded) = self.payments[place].clone();
        let left = amount - refunded;
        if left == 0 {
            return;
        }
        let minor = most.unwrap_or(left).min(left);
        let key = fresh_key();
        let headers = [("Idempotency-Key", key.as_str())];
        let done = match most {
            Some(_) => {
                let body = json!({"amount": decimal(minor)});
                self.people[payee].post_with(&format!("/api/v1/payments/{id}/refunds"), &headers, &body)
            }
            None => {
                let body = json!({"reason": "A mistake"});
                self.admin.post_with(&format!("/api/v1/payments/{id}/reversal"), &headers, &body)
            }
        };
        let done = done.expect(201).body;
        self.payments[place].3 += minor;
        self.moved(&done, [payee, payer], minor);
    }

    /// Compares a person's statement of these days with the model, in every format, and gives its balances.
    fn check(&self, person: usize, [from, until]: [Day; 2]) -> [i64; 2] {
        let reader = &self.people[person];
        let path = format!("/api/v1/accounts/{}/statement?from={from}&to={until}", reader.code);
        let own = || self.changes.iter().filter(move |change| change.person == person);
        let before = |day| own().filter(|change| change.day < day).map(|change| change.minor).sum::<i64>();
        let lines: Vec<_> =
            own().filter(|change| (from..until).contains(&change.day)).map(|change| change.minor).collect();
        let expected = (before(from), lines, before(until));

        assert_eq!(all_formats(reader, &path), expected, "{path}");
        [expected.0, expected.2]
    }

    /// Compares the community's balance sheet at the end of a day with the model.
    fn check_sheet(&self, day: Day) {
        let told = self.admin.get(&format!("/api/v1/communities/RIVER/balance-sheet?date={day}")).expect(200);
        let balance = |person: usize| {
            let until = |change: &&Change| change.person == person && change.day <= day;
            self.changes.iter().filter(until).map(|change| change.minor).sum::<i64>()
        };
        let balances: Vec<_> = (0..PEOPLE).map(balance).collect();
        let number = |name: &str| minor(told.body[name].as_str().unwrap());
        let sum = |sign: i64| balances.iter().filter(|balance| **balance * sign > 0).sum::<i64>();
        assert_eq!(
            [number("positive_balances"), number("negative_balances")],
            [sum(1), sum(-1)],
            "at the end of {day}"
        );
    }
}

both_engines! {
    fn statements_agree_with_a_model_and_with_the_books(app: &TestApp) {
        let history = std::cell::RefCell::new(History::new(app));
        let config = Config { cases: HISTORIES, max_shrink_iters: 0, failure_persistence: None, ..Config::default() };
        let cuts = prop::collection::vec(-1_i64..30, 2..4);
        TestRunner::new(config).run(&(steps(), cuts), |(steps, mut cuts)| {
            let mut history = history.borrow_mut();
            let first = app.community("RIVER").time_zone.day_of(app.now()).unwrap();
            steps.iter().for_each(|step| history.step(step));
            // Whatever the cuts, what lies between them joins, from before the first day to after the last.
            cuts.extend([-3_000, 3_000]);
            cuts.sort_unstable();
            cuts.dedup();
            for person in 0..PEOPLE {
                let mut balance = 0;
                for days in cuts.windows(2) {
                    let days = [days[0], days[1]].map(|days| first.plus_days(days).unwrap());
                    let [opening, closing] = history.check(person, days);
                    assert_eq!(opening, balance, "periods join");
                    balance = closing;
                }
                assert_eq!(decimal(balance), history.people[person].balance());
            }
            for days in &cuts {
                history.check_sheet(first.plus_days(*days).unwrap());
            }
            app.prove();
            Ok(())
        }).unwrap();
    }
}
