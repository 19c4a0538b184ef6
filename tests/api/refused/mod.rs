//! What fools and attackers send to everything that payments can do: each is refused with its code and its place, and
//! nothing is ever half done. Who may do what is `access_matrix`; shapes that no field can have are `bad_inputs`.
//!
//! | file | what is bad |
//! |---|---|
//! | `states.rs` | the step, because the payment is where it is |
//! | `fields.rs` | one field of a good body: amounts, texts, times, accounts, numbers |
//! | `lists.rs` | one line of many, or the file |
//! | `reading.rs` | filters, cursors, places in the stream, keys |

mod fields;
mod lists;
mod reading;
mod states;

use serde_json::{Value, json};

use crate::bad_inputs::rows;
use crate::support::{Person, Reply, TestApp, fresh_key, payment};

/// Tables that tell of requests, not of what they did. A refusal by the rules is kept under its key.
const KEPT_REFUSALS: [&str; 2] = ["idempotency_keys", "refusals"];
/// Whoever sends something signs in before.
const SESSIONS: &str = "sessions";

/// All that a refused request must leave as it was.
#[derive(Debug, PartialEq)]
struct Picture {
    rows: Vec<(&'static str, i64)>,
    heads: Vec<i64>,
    amounts: Vec<i64>,
    states: Vec<i64>,
    schedules: Vec<String>,
}

impl Picture {
    /// How everything is now. `keeps` says whether a refusal may be kept under its key.
    fn of(app: &TestApp, keeps: bool) -> Self {
        let numbers = |sql: &str| app.database.db_numbers(sql);
        let mut rows = rows(app);
        rows.retain(|(table, _)| *table != SESSIONS && !(keeps && KEPT_REFUSALS.contains(table)));
        let accounts = ["balance", "reserved"].map(|column| {
            numbers(&format!("SELECT {column} AS value FROM balances ORDER BY community_id, account_id"))
        });
        let heads = ["seq", "event_seq"]
            .map(|column| numbers(&format!("SELECT {column} AS value FROM heads ORDER BY community_id")));
        let states = "SELECT CAST(state AS BIGINT) AS value FROM payments ORDER BY community_id, id";
        let schedules = "SELECT COALESCE(description, '') || ' ' || amount || ' ' || next || ' ' || state AS value FROM schedules ORDER BY id";
        Self {
            rows,
            heads: heads.concat(),
            amounts: accounts.concat(),
            states: numbers(states),
            schedules: app.database.db_texts(schedules),
        }
    }
}

/// Something that can be done, with a good body for it.
struct Operation {
    name: &'static str,
    method: &'static str,
    path: String,
    good: Value,
    by: Person,
}

impl Operation {
    /// Sends it with this body.
    fn send(&self, body: &Value) -> Reply {
        let key = fresh_key();
        let headers = [("Idempotency-Key", key.as_str())];
        self.by.send(self.method, &self.path, &headers, Some(body.to_string().into_bytes()))
    }

    /// The good body with another value in this place, a JSON pointer.
    fn with(&self, pointer: &str, value: &Value) -> Value {
        let mut body = self.good.clone();
        let (parents, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parents).unwrap_or_else(|| panic!("{pointer} of {}", self.name))[name] =
            value.clone();
        body
    }

    /// Whether a good body has this member, or may have it.
    fn has(&self, pointer: &str) -> bool {
        self.good.pointer(pointer).is_some()
    }
}

/// Everything that makes a payment, sets one in motion or gives one back, ready to be done by whoever may.
fn operations(app: &TestApp) -> Vec<Operation> {
    let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
    let held = {
        let mut body = payment(&ada, &ben, "5.00");
        body["capture"] = json!("manual");
        ada.post_payment(&fresh_key(), &body).expect(201).body
    };
    let paid = app.pay(&ada, &ben, "5.00");
    let asked = crate::payment_requests::ask(&ben, &ada, "5.00");
    let of = |payment: &Value, step: &str| format!("{}/{step}", crate::payments_held::path_of(payment));
    let plain = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Rye", "scheduled_for": null,
        "capture": "automatic", "expires_at": null, "allow_duplicate": true});
    let mut manual = plain.clone();
    (manual["capture"], manual["expires_at"]) =
        (json!("manual"), json!(app.now().plus_seconds(60).rfc3339()));
    let mut planned = plain.clone();
    planned["scheduled_for"] = json!(app.now().plus_seconds(86_400).rfc3339());
    let request = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Rye",
        "expires_at": app.now().plus_seconds(86_400).rfc3339()});
    let daily = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Rye",
        "starts_on": crate::schedules::day(app, 2), "ends_on": crate::schedules::day(app, 9), "time": "09:00", "unit": "day",
        "every": 1, "count": 3, "on_failure": {"rule": "retry", "retries": 1, "wait_hours": 1, "after": null}});
    let schedule = crate::schedules::make(&ada, &daily);
    let edit = json!({"amount": "1.50", "description": "Oats", "ends_on": crate::schedules::day(app, 8), "count": 2,
        "on_failure": daily["on_failure"], "skip_until": null});
    let list = json!({"payments": [
        {"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Rye"},
        {"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Oats"},
    ]});
    let payments = "/api/v1/payments".to_owned();
    let lists = |kind: &str| format!("/api/v1/payments/{kind}");
    let trust = format!("/api/v1/accounts/{}/trusted-payees/{}", ada.code, ben.code);
    let rules = json!({"limits_above": "1.00", "reversals_above": "1.00", "reason": "Decided"});
    let note = json!({"category": "Food", "note": "Good"});
    let operation = |name, method, path, good: &Value, by: &Person| Operation {
        name,
        method,
        path,
        good: good.clone(),
        by: by.clone(),
    };
    vec![
        operation("pay", "POST", payments.clone(), &plain, &ada),
        operation("authorise", "POST", payments.clone(), &manual, &ada),
        operation("plan", "POST", payments, &planned, &ada),
        operation("quote", "POST", "/api/v1/quotes".into(), &plain, &ada),
        operation("ask", "POST", "/api/v1/payment-requests".into(), &request, &ben),
        operation("decline", "POST", of(&asked, "decline"), &json!({"reason": "Paid"}), &ada),
        operation("capture", "POST", of(&held, "capture"), &json!({"amount": "1.00"}), &ben),
        operation(
            "refund",
            "POST",
            of(&paid, "refunds"),
            &json!({"amount": "1.00", "reason": "Stale"}),
            &ben,
        ),
        operation(
            "reverse",
            "POST",
            of(&paid, "reversal"),
            &json!({"reason": "Wrong", "allow_beyond_limit": false}),
            &admin,
        ),
        operation("schedule", "POST", crate::schedules::SCHEDULES.into(), &daily, &ada),
        operation("edit", "PATCH", crate::schedules::path(&schedule), &edit, &ada),
        operation("batch", "POST", lists("batch"), &list, &ada),
        operation("bulk", "POST", lists("bulk"), &list, &ada),
        operation("valid lines", "POST", lists("bulk?mode=valid_lines"), &list, &ada),
        operation("preview", "POST", lists("bulk/preview"), &list, &ada),
        operation("trust", "PUT", trust, &json!({"up_to": "1.00", "per_month": "2.00"}), &ada),
        operation("rules", "PUT", "/api/v1/communities/RIVER/approval-rules".into(), &rules, &admin),
        operation("note", "PUT", of(&paid, "note"), &note, &ada),
        operation(
            "zone",
            "PUT",
            "/api/v1/communities/RIVER/time-zone".into(),
            &json!({"time_zone": "Europe/Berlin"}),
            &admin,
        ),
    ]
}
