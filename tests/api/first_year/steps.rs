//! What the chapters are told with: the calendar, the service's own work, and what members and admins do.

use counterfoil::domain::time::Timestamp;
use counterfoil::domain::zone::{Day, Zone};
use counterfoil::jobs::{
    Expiring, Leaving, Limiting, Measuring, Notifying, Scheduling, Stating, Telling, Work,
};
use serde_json::{Value, json};

use crate::joining::{NEW_PASSWORD, RIVER, apply, confirm, db_mailed};
use crate::support::{Person, Reply, TestApp, fresh_key};

/// A community of two admins and six neighbours, once they have joined.
pub struct River<'a> {
    pub app: &'a TestApp,
    pub greta: Person,
    pub otto: Person,
    pub mill: Person,
    pub ada: Person,
    pub ben: Person,
    pub cleo: Person,
    pub dan: Person,
    pub edda: Person,
}

impl River<'_> {
    /// Everybody in new sessions: the old ones are over.
    fn sign_in(&mut self) {
        let all = [&mut self.greta, &mut self.otto, &mut self.mill, &mut self.ada];
        let others = [&mut self.ben, &mut self.cleo, &mut self.dan, &mut self.edda];
        for person in all.into_iter().chain(others) {
            *person = person.again();
        }
    }

    /// Lets time pass until a day at eleven by Berlin's clocks, while the service does its work: on the first of each month, and
    /// then.
    pub fn until(&mut self, day: &str) {
        self.at(&format!("{day}T10:00:00Z"));
    }

    /// The same until a moment.
    pub fn at(&mut self, time: &str) {
        let target = Timestamp::parse_rfc3339(time).unwrap();
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        loop {
            let first = berlin.day_of(self.app.now()).unwrap().first_of_month().plus_months(1).unwrap();
            let next = Timestamp::parse_rfc3339(&format!("{first}T10:00:00Z")).unwrap();
            if next >= target {
                break;
            }
            go_to(self.app, next);
            work(self.app);
        }
        go_to(self.app, target);
        work(self.app);
        self.sign_in();
    }

    /// The members' balances, in the order in which they are named, and the fund's.
    pub fn balances(&self) -> [String; 7] {
        let of = |code: &str| {
            let account = self.greta.get(&format!("/api/v1/accounts/{code}")).expect(200).body;
            account["balance"].as_str().unwrap().to_owned()
        };
        let [mill, ada, ben, cleo, dan, edda] = self.members().map(|person| of(&person.code));
        [mill, ada, ben, cleo, dan, edda, of(FUND)]
    }

    pub fn members(&self) -> [&Person; 6] {
        [&self.mill, &self.ada, &self.ben, &self.cleo, &self.dan, &self.edda]
    }
}

pub const FUND: &str = "RIVER0000";

/// Moves the clock to a time.
pub fn go_to(app: &TestApp, time: Timestamp) {
    app.clock.advance(time.unix_seconds() - app.now().unix_seconds());
}

/// Everything that the service does by itself and that is due, as after a start.
pub fn work(app: &TestApp) {
    let services = app.services();
    let works: [&dyn Work; 8] = [
        &Scheduling::new(services.clone()),
        &Expiring::new(services.clone()),
        &Leaving::new(services.clone()),
        &Limiting::new(services.clone()),
        &Measuring::new(services.clone()),
        &Notifying::new(services.clone()),
        &Stating::new(services.clone()),
        &Telling::new(services),
    ];
    for work in works {
        while app.block_on(work.do_one()).unwrap() {}
    }
}

/// Somebody asks to join and confirms their address; the application's id.
pub fn ask_to_join(app: &TestApp, admin: &Person, name: &str) -> String {
    let email = email_of(name);
    let body =
        json!({"email": email, "password": NEW_PASSWORD, "name": name, "message": "I live by the river."});
    apply(app, &body).expect(202);
    confirm(app, &json!({"token": db_mailed(app, &email, "confirm_address", "token")})).expect(204);
    let waiting = admin.get(&format!("{RIVER}/applications?state=waiting")).expect(200);
    let own = waiting.data().iter().find(|application| application["name"] == name).unwrap();
    own["id"].as_str().unwrap().to_owned()
}

fn email_of(name: &str) -> String {
    format!("{}@lake.example", name.to_lowercase())
}

/// Somebody asks to join, and an admin lets them in.
pub fn let_in(app: &TestApp, admin: &Person, name: &str) -> Person {
    let id = ask_to_join(app, admin, name);
    let reason = json!({"reason": "Known to us"});
    let approved = admin.post(&format!("{RIVER}/applications/{id}/approve"), &reason).expect(200);
    assert_eq!(approved.body["state"], "approved");
    app.who_joined(name, &email_of(name), NEW_PASSWORD)
}

pub fn member_id(person: &Person) -> String {
    let me = person.get("/api/v1/me").expect(200).body;
    me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned()
}

#[track_caller]
pub fn pay(payer: &Person, payee: &Person, amount: &str, what_for: &str) -> Value {
    payer.post_payment(&fresh_key(), &order(payer, payee, amount, what_for)).expect(201).body
}

pub fn order(payer: &Person, payee: &Person, amount: &str, what_for: &str) -> Value {
    json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": what_for})
}

/// A payment's next step under a fresh key.
pub fn step(who: &Person, payment: &Value, verb: &str, body: &Value) -> Reply {
    let path = format!("/api/v1/payments/{}/{verb}", payment["id"].as_str().unwrap());
    who.post_with(&path, &[("Idempotency-Key", &fresh_key())], body)
}

/// What one admin asked for, another one agrees to; and the first one cannot.
pub fn agree(asker: &Person, other: &Person, asked: &Value) {
    let path = format!("{RIVER}/approvals/{}/approve", asked["id"].as_str().unwrap());
    let own = asker.post(&path, &json!({"reason": null})).expect_problem(409, "conflict");
    assert_eq!(own.body["reason"], "own_request");
    assert_eq!(other.post(&path, &json!({"reason": "Seen"})).expect(200).body["state"], "approved");
}

/// The statement of the days from one to before another.
pub fn statement_path(person: &Person, from: &str, to: &str) -> String {
    format!("/api/v1/accounts/{}/statement?from={from}&to={to}", person.code)
}

/// The first days of a year's months, and of the next year's first.
pub fn months_of(year: &str) -> Vec<String> {
    let first: Day = format!("{year}-01-01").parse().unwrap();
    (0..=12).map(|month| first.plus_months(month).unwrap().to_string()).collect()
}

/// The mails of a kind to somebody, oldest first.
pub fn db_letters(app: &TestApp, person: &Person, kind: i64, name: &str) -> Vec<Value> {
    let sql = format!(
        "SELECT parameters AS value FROM mails WHERE kind = {kind} AND recipient = '{}' ORDER BY created_at, id",
        person.email
    );
    let letters = app.database.db_texts(&sql);
    letters.iter().map(|text| serde_json::from_str::<Value>(text).unwrap()[name].clone()).collect()
}
