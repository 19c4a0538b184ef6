//! Random histories of a community, and beside them a model that only knows whose balance changed on which day by how much:
//! payments with fees, holds, refunds, reversals, freezes, leavings, write-offs, contributions, payouts, incomes and merges. What is
//! refused on the way changes nothing.

use std::collections::HashSet;

use counterfoil::domain::time::Timestamp;
use counterfoil::domain::zone::Day;
use counterfoil::jobs::{Contributing, Leaving, PayingIncomes, Work};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::statement_formats::minor;
use crate::support::{Person, Reply, TestApp, fresh_key};

/// How many members trade at a time.
pub const PEOPLE: usize = 3;
const RIVER: &str = "/api/v1/communities/RIVER";

#[derive(Debug, Clone)]
pub enum Step {
    Pay {
        payer: usize,
        other: usize,
        minor: i64,
        text: &'static str,
    },
    Refund {
        payment: prop::sample::Index,
        minor: i64,
    },
    Reverse {
        payment: prop::sample::Index,
    },
    Hold {
        payer: usize,
        minor: i64,
        is_captured: bool,
    },
    Limit {
        person: usize,
        minor: i64,
    },
    Fees {
        fixed: [i64; 2],
        basis_points: [i64; 2],
    },
    Freeze {
        person: usize,
        is_over: bool,
    },
    Leave {
        person: usize,
        is_over: bool,
    },
    Plan {
        person: usize,
        days: i64,
        minor: i64,
        is_agreed: bool,
    },
    Classify {
        person: usize,
        is_business: bool,
        group: Option<usize>,
    },
    WriteOff {
        person: usize,
    },
    /// What members contribute each month, and the charge on what they hold and owe.
    Contribute {
        minor: i64,
        basis_points: [i64; 2],
    },
    /// What the fund pays each of them.
    Income {
        weekly: bool,
        minor: i64,
    },
    PayOut {
        person: usize,
        minor: i64,
    },
    Merge {
        person: usize,
        other: usize,
    },
    Wait {
        hours: i64,
    },
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = || 0..PEOPLE;
    let text =
        prop::sample::select(vec!["", "Rye loaves", "=1+1", "'=1", "a,b; \"c\"", " two\nlines ", "Łódź 🥖"]);
    let payment = any::<prop::sample::Index>;
    let two = |most: i64| prop::array::uniform2(0..=most);
    let step = prop_oneof![
        8 => (person(), 1..PEOPLE, 1_i64..900, text)
            .prop_map(|(payer, other, minor, text)| Step::Pay { payer, other, minor, text }),
        2 => (payment(), 1_i64..500).prop_map(|(payment, minor)| Step::Refund { payment, minor }),
        2 => payment().prop_map(|payment| Step::Reverse { payment }),
        2 => (person(), 1_i64..300, any::<bool>())
            .prop_map(|(payer, minor, is_captured)| Step::Hold { payer, minor, is_captured }),
        1 => (person(), 0_i64..9_000).prop_map(|(person, minor)| Step::Limit { person, minor }),
        1 => (two(20), two(300)).prop_map(|(fixed, basis_points)| Step::Fees { fixed, basis_points }),
        1 => (person(), any::<bool>()).prop_map(|(person, is_over)| Step::Freeze { person, is_over }),
        2 => (person(), any::<bool>()).prop_map(|(person, is_over)| Step::Leave { person, is_over }),
        1 => (person(), 30_i64..90, 1_i64..2_000, any::<bool>())
            .prop_map(|(person, days, minor, is_agreed)| Step::Plan { person, days, minor, is_agreed }),
        1 => (person(), any::<bool>(), prop::option::of(0_usize..2))
            .prop_map(|(person, is_business, group)| Step::Classify { person, is_business, group }),
        2 => person().prop_map(|person| Step::WriteOff { person }),
        1 => (0_i64..200, two(12_000))
            .prop_map(|(minor, basis_points)| Step::Contribute { minor, basis_points }),
        1 => (any::<bool>(), 0_i64..60).prop_map(|(weekly, minor)| Step::Income { weekly, minor }),
        2 => (person(), 1_i64..120).prop_map(|(person, minor)| Step::PayOut { person, minor }),
        1 => (person(), 1..PEOPLE).prop_map(|(person, other)| Step::Merge { person, other }),
        4 => (1_i64..60).prop_map(|hours| Step::Wait { hours }),
        1 => (200_i64..500).prop_map(|hours| Step::Wait { hours }),
    ];
    prop::collection::vec(step, 10..30)
}

/// Whose balance it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// That of who came at this place.
    Person(usize),
    /// That of an admin, who is asked to contribute as everybody is.
    Admin(usize),
    /// The community's fund, which gets the fees.
    Fund,
    /// What bears the losses.
    Losses,
}

/// Whose balance changed, on which day, by how much.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    pub whose: Whose,
    pub day: Day,
    pub minor: i64,
}

/// What one member paid another, or gave back.
#[derive(Debug, Clone, Copy)]
pub struct Trade {
    pub day: Day,
    pub minor: i64,
    pub is_way_back: bool,
}

pub struct History<'a> {
    pub app: &'a TestApp,
    /// All who ever came.
    pub people: Vec<Person>,
    /// Those who trade now: who is closed makes room for a newcomer.
    present: [usize; PEOPLE],
    pub admins: [Person; 2],
    /// Payments that can be given back, with payer and payee.
    payments: Vec<(String, [usize; 2])>,
    /// What the service took and paid for periods, and is noted already.
    of_periods: HashSet<String>,
    pub changes: Vec<Change>,
    pub trades: Vec<Trade>,
}

pub fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100)
}

fn newcomer(app: &TestApp, number: usize) -> Person {
    app.newcomer(&format!("n{number}")).with_credit_limit("60.00").join()
}

impl<'a> History<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        app.found_in("RIVER", 2, "America/St_Johns");
        let people = (0..PEOPLE).map(|number| newcomer(app, number)).collect();
        let admins = [app.admin(), app.newcomer("otto").with_admin_rights().join()];
        let present = std::array::from_fn(|place| place);
        Self {
            app,
            people,
            present,
            admins,
            payments: Vec::new(),
            of_periods: HashSet::new(),
            changes: Vec::new(),
            trades: Vec::new(),
        }
    }

    pub fn balance(&self, whose: Whose) -> i64 {
        self.changes.iter().filter(|change| change.whose == whose).map(|change| change.minor).sum()
    }

    fn day_of(&self, at: Timestamp) -> Day {
        self.app.community("RIVER").time_zone.day_of(at).unwrap()
    }

    /// Notes what a payment moved that was completed, in the order of its entries.
    fn moved(&mut self, payment: &Value, [from, to]: [usize; 2], minor_units: i64) {
        let at = Timestamp::parse_rfc3339(payment["completed_at"].as_str().unwrap()).unwrap();
        let day = self.day_of(at);
        let is_way_back = payment["refund_of"].is_string() || payment["reversal_of"].is_string();
        self.trades.push(Trade { day, minor: minor_units, is_way_back });
        let (from, to) = (Whose::Person(from), Whose::Person(to));
        let mut changes = vec![(from, -minor_units), (to, minor_units)];
        for fee in payment["fees"].as_array().unwrap() {
            let borne = minor(fee["amount"].as_str().unwrap());
            let side = if fee["side"] == "payer" { from } else { to };
            changes.extend([(side, -borne), (Whose::Fund, borne)]);
        }
        self.changes.extend(changes.into_iter().map(|(whose, minor)| Change { whose, day, minor }));
    }

    /// The same of an answer, where it is no refusal.
    fn noted(&mut self, reply: Reply, sides: [usize; 2]) -> Option<Value> {
        if reply.status >= 300 {
            assert!([403, 404, 409].contains(&reply.status), "{}", reply.body);
            return None;
        }
        let paid = reply.body;
        self.moved(&paid, sides, minor(paid["amount"].as_str().unwrap()));
        Some(paid)
    }

    fn keep(&mut self, paid: Option<Value>, sides: [usize; 2]) {
        self.payments.extend(paid.map(|paid| (paid["id"].as_str().unwrap().to_owned(), sides)));
    }

    pub fn step(&mut self, step: &Step) {
        let key = fresh_key();
        let keyed = [("Idempotency-Key", key.as_str())];
        match *step {
            Step::Pay { payer, other, minor, text } => {
                let sides = [self.present[payer], self.present[(payer + other) % PEOPLE]];
                let reply = self.people[sides[0]].post_payment(&key, &self.order(sides, minor, text));
                let paid = self.noted(reply, sides);
                self.keep(paid, sides);
            }
            Step::Hold { payer, minor, is_captured } => {
                let sides = [self.present[payer], self.present[(payer + 1) % PEOPLE]];
                let mut order = self.order(sides, minor, "Later");
                order["capture"] = json!("manual");
                let held = self.people[sides[0]].post_payment(&key, &order);
                if held.status == 201 && is_captured {
                    let path = format!("/api/v1/payments/{}/capture", held.body["id"].as_str().unwrap());
                    let reply = self.people[sides[1]].post_with(&path, &keyed, &json!({}));
                    let paid = self.noted(reply, sides);
                    self.keep(paid, sides);
                }
            }
            Step::Refund { payment, minor } => self.give_back(&payment, Some(minor)),
            Step::Reverse { payment } => self.give_back(&payment, None),
            Step::Limit { person, minor } => {
                let path = format!("/api/v1/accounts/{}/limits", self.who(person).code);
                let limits = json!({"credit_limit": decimal(minor), "ceiling": null, "reason": "Decided"});
                self.decide(self.admins[0].put(&path, &limits));
            }
            Step::Fees { fixed, basis_points } => {
                let fee =
                    |side: usize| json!({"fixed": decimal(fixed[side]), "basis_points": basis_points[side]});
                let rules = json!({"payer": fee(0), "payee": fee(1), "reason": "Decided"});
                self.admins[0].put(&format!("{RIVER}/fees"), &rules).expect(200);
            }
            Step::Freeze { person, is_over } => {
                let status = if is_over { "active" } else { "frozen" };
                let path = format!("/api/v1/accounts/{}/status", self.who(person).code);
                self.decide(self.admins[0].put(&path, &json!({"status": status, "reason": "Decided"})));
            }
            Step::Leave { person, is_over } => {
                let path = "/api/v1/me/memberships/RIVER/leaving";
                let who = self.who(person);
                self.decide(if is_over { who.delete(path) } else { who.put(path, &json!({})) });
            }
            Step::Plan { person, days, minor, is_agreed } => self.plan(person, days, minor, is_agreed),
            Step::Classify { person, is_business, group } => self.classify(person, is_business, group),
            Step::WriteOff { person } => self.write_off(self.present[person]),
            Step::Contribute { minor, basis_points } => {
                let [above, below] = basis_points
                    .map(|basis_points| json!({"allowance": "1.00", "basis_points": basis_points}));
                let rules = json!({"every": "month", "amount": decimal(minor), "above": above, "below": below, "reason": "Decided"});
                self.decide(self.admins[0].put(&format!("{RIVER}/contributions"), &rules));
            }
            Step::Income { weekly, minor } => {
                let every = if weekly { "week" } else { "month" };
                let rules = json!({"every": every, "amount": decimal(minor), "reason": "Decided"});
                self.decide(self.admins[0].put(&format!("{RIVER}/fund/income"), &rules));
            }
            Step::PayOut { person, minor } => {
                let payee = self.present[person];
                let order = json!({"payee": self.people[payee].code, "amount": decimal(minor), "description": "The roof"});
                let paid = self.admins[0].post_with(&format!("{RIVER}/fund/payouts"), &keyed, &order);
                self.decide_about(&paid);
                if paid.status == 201 {
                    self.shift(Whose::Fund, Whose::Person(payee), minor);
                }
            }
            Step::Merge { person, other } => {
                let sides = [self.present[person], self.present[(person + other) % PEOPLE]];
                let [duplicate, kept] = sides.map(|place| &self.people[place].code);
                let merge = json!({"duplicate": duplicate, "kept": kept, "reason": "One person"});
                let made = self.admins[0].post(&format!("{RIVER}/merges"), &merge);
                self.decide_about(&made);
                if made.status == 200 {
                    let [from, to] = sides.map(Whose::Person);
                    let all = self.balance(from);
                    assert_eq!(made.body["amount"], decimal(all));
                    if all != 0 {
                        self.shift(from, to, all);
                    }
                }
            }
            Step::Wait { hours } => self.wait(hours),
        }
    }

    fn member_id(&self, person: usize) -> Option<String> {
        let me = self.who(person).get("/api/v1/me").expect(200).body;
        me["memberships"][0]["member"]["id"].as_str().map(str::to_owned)
    }

    /// Somebody who is leaving proposes a plan, to which the admins may agree.
    fn plan(&self, person: usize, days: i64, minor: i64, is_agreed: bool) {
        let Some(id) = self.member_id(person) else { return };
        let path = format!("{RIVER}/members/{id}/leaving");
        let leaving = self.who(person).get(&path);
        if leaving.status != 200 {
            return;
        }
        let version = leaving.body["version"].as_i64().unwrap();
        let day = |days: i64| self.day_of(self.app.now()).plus_days(days).unwrap().to_string();
        let parts = json!([{"due_on": day(days / 2), "amount": decimal(minor)}]);
        let plan =
            json!({"target_on": day(days), "instalments": parts, "version": version, "reason": "As we said"});
        let proposed = self.who(person).put(&format!("{path}/plan"), &plan);
        if proposed.status == 200 && is_agreed {
            self.decide(self.admins[0].post(&format!("{path}/plan/agree"), &json!({"version": version + 1})));
        }
    }

    /// The groups are made when they are first named.
    fn classify(&self, person: usize, is_business: bool, group: Option<usize>) {
        let Some(id) = self.member_id(person) else { return };
        let group = group.map(|number| {
            let name = ["Founders", "=Bakers"][number];
            self.admins[0].post(&format!("{RIVER}/groups"), &json!({"name": name}));
            let groups = self.admins[0].get(&format!("{RIVER}/groups")).expect(200);
            groups.data().iter().find(|group| group["name"] == name).unwrap()["id"].clone()
        });
        let kind = if is_business { "business" } else { "person" };
        let class = json!({"kind": kind, "group": group, "reason": "Known to us"});
        self.decide(self.admins[0].put(&format!("{RIVER}/members/{id}/class"), &class));
    }

    /// The account of who trades at this place.
    pub fn code(&self, place: usize) -> &str {
        &self.who(place).code
    }

    fn who(&self, place: usize) -> &Person {
        &self.people[self.present[place]]
    }

    /// What was decided, or waits for another admin, or could not be as things stand.
    fn decide(&self, reply: Reply) {
        self.decide_about(&reply);
    }

    fn decide_about(&self, reply: &Reply) {
        assert!([200, 201, 202, 204, 403, 404, 409].contains(&reply.status), "{}", reply.body);
    }

    /// Something moved now that is no trade.
    fn shift(&mut self, from: Whose, to: Whose, minor: i64) {
        let day = self.day_of(self.app.now());
        let both = [(from, -minor), (to, minor)];
        self.changes.extend(both.map(|(whose, minor)| Change { whose, day, minor }));
    }

    /// Takes and pays what is due for periods, and notes what each account got and gave by it.
    fn have_periods_their_turn(&mut self) {
        let (contributing, paying) =
            (Contributing::new(self.app.services()), PayingIncomes::new(self.app.services()));
        let both: [&dyn Work; 2] = [&contributing, &paying];
        for work in both {
            while self.app.block_on(work.do_one()).unwrap() {}
        }
        let people =
            self.people.iter().enumerate().map(|(place, person)| (Whose::Person(place), &person.code));
        let admins = self.admins.iter().enumerate().map(|(place, admin)| (Whose::Admin(place), &admin.code));
        let all: Vec<_> = people.chain(admins).map(|(whose, code)| (whose, code.clone())).collect();
        for (whose, code) in all {
            let entries =
                self.admins[0].get(&format!("/api/v1/accounts/{code}/entries?limit=100")).expect(200);
            // The oldest first, as they were made.
            for entry in entries.data().iter().rev() {
                let is_of_period =
                    ["contribution", "holding_charge", "income"].contains(&entry["kind"].as_str().unwrap());
                if is_of_period && self.of_periods.insert(entry["id"].as_str().unwrap().to_owned()) {
                    let made_at = Timestamp::parse_rfc3339(entry["created_at"].as_str().unwrap()).unwrap();
                    let (day, got) = (self.day_of(made_at), minor(entry["amount"].as_str().unwrap()));
                    let both = [(whose, got), (Whose::Fund, -got)];
                    self.changes.extend(both.map(|(whose, minor)| Change { whose, day, minor }));
                }
            }
        }
    }

    fn order(&self, [payer, payee]: [usize; 2], minor: i64, text: &str) -> Value {
        let [payer, payee] = [payer, payee].map(|place| &self.people[place].code);
        json!({"payer": payer, "payee": payee, "amount": decimal(minor), "description": text, "allow_duplicate": true})
    }

    /// A refund of so much, or an admin's reversal of what is left.
    fn give_back(&mut self, payment: &prop::sample::Index, refund: Option<i64>) {
        if self.payments.is_empty() {
            return;
        }
        let (id, [payer, payee]) = self.payments[payment.index(self.payments.len())].clone();
        let key = fresh_key();
        let headers = [("Idempotency-Key", key.as_str())];
        let reply = match refund {
            Some(minor) => {
                let body = json!({"amount": decimal(minor)});
                self.people[payee].post_with(&format!("/api/v1/payments/{id}/refunds"), &headers, &body)
            }
            None => {
                let body = json!({"reason": "A mistake"});
                self.admins[0].post_with(&format!("/api/v1/payments/{id}/reversal"), &headers, &body)
            }
        };
        self.noted(reply, [payee, payer]);
    }

    /// What somebody owes, or leaves behind, goes to the account that bears the losses, if both admins may decide so.
    fn write_off(&mut self, place: usize) {
        let balance = self.balance(Whose::Person(place));
        let category = if balance < 0 { "other" } else { "given_up" };
        let what = json!({"account": self.people[place].code, "category": category, "reason": "Decided"});
        let asked = self.admins[0].post(&format!("{RIVER}/write-offs"), &what);
        if asked.status != 202 {
            assert!([400, 409].contains(&asked.status), "{}", asked.body);
            return;
        }
        let path = format!("{RIVER}/approvals/{}/approve", asked.body["id"].as_str().unwrap());
        let agreed = self.admins[1].post(&path, &json!({"reason": null}));
        if agreed.status != 200 {
            assert_eq!(agreed.status, 409, "{}", agreed.body);
            return;
        }
        let day = self.day_of(self.app.now());
        let both = [(Whose::Person(place), -balance), (Whose::Losses, balance)];
        self.changes.extend(both.map(|(whose, minor)| Change { whose, day, minor }));
    }

    /// Everybody in new sessions.
    pub fn renew(&mut self) {
        self.people = self.people.iter().map(Person::again).collect();
        self.admins = self.admins.each_ref().map(Person::again);
    }

    /// Time passes, those who left and came to zero are out, and somebody new comes for each of them.
    fn wait(&mut self, hours: i64) {
        self.app.clock.advance(hours * 3_600);
        self.renew();
        let leaving = Leaving::new(self.app.services());
        while self.app.block_on(leaving.do_one()).unwrap() {}
        self.have_periods_their_turn();
        for place in 0..PEOPLE {
            let account =
                self.admins[0].get(&format!("/api/v1/accounts/{}", self.who(place).code)).expect(200);
            if account.body["status"] == "closed" {
                self.present[place] = self.people.len();
                self.people.push(newcomer(self.app, self.people.len()));
            }
        }
    }
}
