//! Checkouts: from their creation by a shop to their end.
//!
//! | file | what lives there |
//! |---|---|
//! | `story.rs` | each kind from its creation to its end, as shop and payer see it |
//! | `orders.rs` | one live checkout for each order, and lists |
//! | `links.rs` | buttons and donation links |
//! | `pages.rs` | a checkout's page, and the till |
//! | `races.rs` | several who want different things of one checkout at once |
//! | `hostile.rs` | what must be refused, and who must not be told |
//! | `takings.rs` | takings day by day, and receipts |
//! | `waiting.rs` | waiting for a checkout's end |

mod hostile;
mod links;
mod orders;
mod pages;
mod races;
mod story;
mod takings;
mod waiting;

use counterfoil::jobs::{Expiring, Work};
use serde_json::{Value, json};

use crate::support::{Caller, Person, Reply, TestApp, fresh_key};

/// A request for a checkout, as a shop's plugin makes it.
pub fn asked(shop: &Person, order: &str, amount: &str) -> Value {
    json!({
        "account": shop.code, "amount": amount, "order_reference": order, "description": "Order 1042",
        "return_url": "https://shop.example/ok", "cancel_url": "https://shop.example/cancel",
        "metadata": {"order_key": "k"},
    })
}

/// The same request with some members set otherwise.
pub fn asked_with(shop: &Person, order: &str, members: &Value) -> Value {
    let mut body = asked(shop, order, "75.00");
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub fn create_with(shop: &Person, body: &Value, key: &str) -> Reply {
    shop.post_with("/api/v1/checkouts", &[("Idempotency-Key", key)], body)
}

#[track_caller]
pub fn create(shop: &Person, order: &str, amount: &str) -> Value {
    create_with(shop, &asked(shop, order, amount), &fresh_key()).expect(201).body
}

pub fn path_of(checkout: &Value) -> String {
    format!("/api/v1/checkouts/{}", checkout["id"].as_str().unwrap())
}

/// What becomes of a checkout, under a fresh key.
pub fn step(who: &Caller, checkout: &Value, step: &str, body: &Value) -> Reply {
    who.post_with(&format!("{}/{step}", path_of(checkout)), &[("Idempotency-Key", &fresh_key())], body)
}

pub fn approve(payer: &Person, checkout: &Value) -> Reply {
    step(payer, checkout, "approve", &json!({"payer": payer.code}))
}

/// What becomes of a checkout's payment.
pub fn payment_step(who: &Caller, checkout: &Value, step: &str, body: &Value) -> Reply {
    let path = format!("/api/v1/payments/{}/{step}", checkout["payment_id"].as_str().unwrap());
    who.post_with(&path, &[("Idempotency-Key", &fresh_key())], body)
}

#[track_caller]
pub fn seen(shop: &Person, checkout: &Value) -> Value {
    shop.get(&path_of(checkout)).expect(200).body
}

/// What a conflict gives as its reason.
#[track_caller]
pub fn reason(reply: Reply) -> String {
    reply.expect_problem(409, "conflict").body["reason"].as_str().unwrap().to_owned()
}

pub fn expire_what_is_overdue(app: &TestApp) {
    let expiring = Expiring::new(app.services());
    while app.block_on(expiring.do_one()).unwrap() {}
}
