//! Webhooks: endpoints, deliveries, their order and their end.

mod attempts;
mod endpoints;
mod hostile;
mod messages;
mod privacy;
mod repeating;
mod setters;

use counterfoil::webhook::{WebhookSecret, sign};
use serde_json::{Value, json};

use crate::support::{Person, Received, Receiver, TestApp};

const ENDPOINTS: &str = "/api/v1/webhook-endpoints";

/// An endpoint as its owner made it.
struct Endpoint {
    id: String,
    secret: String,
}

impl Endpoint {
    /// A person's endpoint at a receiver, for these events.
    #[track_caller]
    fn at(person: &Person, receiver: &Receiver, events: &Value) -> Self {
        Self::for_url(person, &receiver.url(), events)
    }

    #[track_caller]
    fn for_url(person: &Person, url: &str, events: &Value) -> Self {
        let made = person.post(ENDPOINTS, &json!({"url": url, "events": events})).expect(201).body;
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Self { id: text("id"), secret: text("secret") }
    }

    fn path(&self) -> String {
        format!("{ENDPOINTS}/{}", self.id)
    }

    #[track_caller]
    fn view(&self, person: &Person) -> Value {
        person.get(&self.path()).expect(200).body
    }

    /// The deliveries in its log, newest first.
    #[track_caller]
    fn log(&self, person: &Person) -> Vec<Value> {
        person.get(&format!("{}/deliveries?limit=100", self.path())).expect(200).data().to_vec()
    }

    /// Waits until something is so in its log of exactly these many deliveries.
    #[track_caller]
    fn log_until(&self, person: &Person, is_so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let since = std::time::Instant::now();
        loop {
            let log = self.log(person);
            if is_so(&log) {
                return log;
            }
            assert!(since.elapsed().as_secs() < 30, "waited in vain: {log:#?}");
            std::thread::yield_now();
        }
    }

    /// The only delivery, once it stands there after so many attempts.
    #[track_caller]
    fn settled(&self, person: &Person, state: &str, attempts: i64) -> Value {
        let is_so =
            |log: &[Value]| log.len() == 1 && log[0]["state"] == state && log[0]["attempts"] == attempts;
        self.log_until(person, is_so).remove(0)
    }

    /// Whether a message is signed with its secret, and by nothing else.
    #[track_caller]
    fn expect_signed(&self, received: &Received) {
        assert_eq!(received.header("webhook-signature"), signature(&self.secret, received));
    }
}

/// What a message is signed with under this secret.
fn signature(secret: &str, received: &Received) -> String {
    let secret = WebhookSecret::parse(secret).unwrap();
    let time = received.header("webhook-timestamp").parse().unwrap();
    sign(&[secret], received.id(), time, &received.bytes)
}

/// The mails that say that an endpoint was switched off.
fn mails_about_endpoints(app: &TestApp) -> Vec<String> {
    let sql = "SELECT parameters AS value FROM mails WHERE kind = 101 ORDER BY id";
    app.database.db_texts(sql)
}
