//! Bad input to every operation of the description, made from the description itself: an operation that is added is
//! covered by being described. Whatever is sent, the answer is a problem with a listed code and never our own fault; and
//! where what was sent cannot be right, nothing has changed.

mod samples;

use std::collections::BTreeSet;
use std::sync::Arc;

use counterfoil::http::problem::ProblemCode;
use serde_json::Value;

use crate::support::{Caller, Reply, TestApp, TestDatabase, both_engines, fresh_key, is_campaign};
use samples::{BAD_SEGMENTS, BAD_TOKENS, BAD_VALUES, HOSTILE, NO_OBJECTS, STRANGE_MEMBERS};

/// At least so many bad requests for each operation with a body, where all are sent.
const BAD_REQUESTS_MIN: usize = 200;
/// Every so many of them are sent in a commit where there is no secret to guess: each operation gets others.
const STEP: usize = 4;
/// What is in the names of members that hold secrets.
const SECRETS: [&str; 7] = ["password", "token", "code", "secret", "credential", "passkey", "invitation"];
/// Tables that tell of requests and not of what they did.
const BOOKKEEPING: [&str; 5] =
    ["attempts", "request_origins", "user_audits", "user_audit_details", "refresh_tokens"];

/// An operation with what it takes.
struct Operation {
    id: String,
    method: String,
    path: String,
    queries: Vec<String>,
    fields: Vec<Field>,
    has_body: bool,
    is_guarded: bool,
}

/// A member of a body.
struct Field {
    name: String,
    /// One that fits, as JSON text.
    good: String,
    /// The JSON types that it may have; none known where it may be anything.
    types: Vec<String>,
    is_required: bool,
}

/// The operations that take JSON.
fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(counterfoil::http::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|_| path.starts_with("/api/v1/")) {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let queries = parameters.iter().filter(|one| one["in"] == "query");
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                queries: queries.map(|one| one["name"].as_str().unwrap().to_owned()).collect(),
                fields: fields(&document, schema),
                has_body: !schema.is_null(),
                is_guarded: operation["security"].as_array().is_some_and(|all| !all.is_empty()),
            });
        }
    }
    all
}

fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let schema = document["components"]["schemas"].get(name).unwrap_or(schema);
    let required: BTreeSet<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let to_field = |(name, property): (&String, &Value)| {
        let types: Vec<String> = match &property["type"] {
            Value::String(one) => vec![one.clone()],
            Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let good = match (property.get("example"), types.first().map(String::as_str)) {
            (Some(example), _) => example.to_string(),
            (None, Some("string")) => "\"x\"".to_owned(),
            (None, Some("integer" | "number")) => "1".to_owned(),
            (None, Some("boolean")) => "false".to_owned(),
            (None, Some("array")) => "[]".to_owned(),
            _ => "null".to_owned(),
        };
        Field { name: name.clone(), good, types, is_required: required.contains(name.as_str()) }
    };
    properties.iter().map(to_field).collect()
}

impl Field {
    /// Values that cannot be right, as JSON texts.
    fn bad_values(&self) -> Vec<&'static str> {
        if self.types.is_empty() {
            return Vec::new();
        }
        let of_types = [
            ("null", vec!["null"]),
            ("boolean", vec!["true", "false"]),
            ("string", vec!["\"\\ud83d\\ude00\"", "\"1\"", "\"\""]),
            ("array", vec!["[]", "[1]", "[null]", "[[]]"]),
            ("object", vec!["{}", "{\"a\":1}", "{\"$ne\":null}"]),
            ("number", vec!["1.5", "-0.1", "1e3"]),
            ("integer", vec!["7", "-7", "99999999999999999999999999"]),
        ];
        let may_be =
            |kind: &str| self.types.iter().any(|own| own == kind || (own == "number" && kind == "integer"));
        of_types.into_iter().filter(|(kind, _)| !may_be(kind)).flat_map(|(_, values)| values).collect()
    }
}

impl Operation {
    /// Whether somebody who guesses would try here.
    fn bears_secrets(&self) -> bool {
        let is_secret = |name: &str| SECRETS.iter().any(|word| name.contains(word));
        self.fields.iter().any(|field| is_secret(&field.name))
    }

    /// Every so many of the samples are sent: all in a campaign, and where there are secrets.
    fn step(&self) -> usize {
        if is_campaign() || self.bears_secrets() { 1 } else { STEP }
    }

    /// The samples that are sent, others for each operation.
    fn of<T>(&self, samples: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        let offset = self.id.len() % self.step();
        samples.into_iter().skip(offset).step_by(self.step())
    }

    /// A body of these members.
    fn body(&self, change: impl Fn(&Field) -> Option<String>, more: &str) -> String {
        let mut members: Vec<_> = self
            .fields
            .iter()
            .filter_map(|field| change(field).map(|value| format!("\"{}\":{value}", field.name)))
            .collect();
        members.extend((!more.is_empty()).then(|| more.to_owned()));
        format!("{{{}}}", members.join(","))
    }

    fn good_body(&self) -> String {
        self.body(|field| Some(field.good.clone()), "")
    }

    /// Bodies that cannot be right.
    fn bad_bodies(&self) -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = NO_OBJECTS.iter().map(|text| text.as_bytes().to_vec()).collect();
        for name in STRANGE_MEMBERS {
            for value in ["null", "\"x\"", "{}", "[1]"] {
                let more = format!("\"{name}\":{value}");
                all.push(self.body(|field| Some(field.good.clone()), &more).into_bytes());
            }
        }
        for field in &self.fields {
            let with = |value: &str| {
                let change = |own: &Field| {
                    Some(if own.name == field.name { value.to_owned() } else { own.good.clone() })
                };
                self.body(change, "").into_bytes()
            };
            all.extend(field.bad_values().into_iter().map(with));
            let twice = format!("\"{}\":{}", field.name, field.good);
            all.push(self.body(|field| Some(field.good.clone()), &twice).into_bytes());
            if field.is_required {
                let without = |own: &Field| (own.name != field.name).then(|| own.good.clone());
                all.push(self.body(without, "").into_bytes());
            }
        }
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        all.push(format!("{{\"a\":{deep}}}").into_bytes());
        all.push(format!("[{}]", self.good_body()).into_bytes());
        all.push([b"{\"a\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat());
        all.push(self.good_body().encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(vec![b' '; 70_000]);
        all
    }

    /// The path, with something in each place.
    fn path(&self, fill: impl Fn(&str) -> String) -> String {
        let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => fill(name),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    fn good_path(&self) -> String {
        self.path(good_segment)
    }

    /// Sends what cannot be right. How many requests that were.
    fn refuses_everything(&self, caller: &Caller) -> usize {
        let mut count = 0;
        let mut refused = |what: &str, reply: &Reply| {
            self.check(what, reply);
            assert!((400..500).contains(&reply.status), "{} took {what}: {}", self.id, reply.status);
            count += 1;
        };
        let good = self.has_body.then(|| self.good_body().into_bytes());
        for token in self.of(BAD_TOKENS.iter()).filter(|_| self.is_guarded) {
            let headers = [("Authorization", *token), ("Idempotency-Key", "k")];
            // An empty one means to the test's caller that there is none.
            let reply = caller.send(&self.method, &self.good_path(), &headers, good.clone());
            refused(token, &reply);
        }
        let key = fresh_key();
        let keyed = [("Idempotency-Key", key.as_str())];
        let names: Vec<_> = self.path.split('/').filter(|part| part.starts_with('{')).collect();
        for place in names {
            for bad in self.of(BAD_SEGMENTS) {
                let fill = |name: &str| {
                    if place == format!("{{{name}}}") { bad.to_owned() } else { good_segment(name) }
                };
                refused(bad, &caller.send(&self.method, &self.path(fill), &keyed, good.clone()));
            }
        }
        if self.has_body {
            for body in self.of(self.bad_bodies()) {
                let what = String::from_utf8_lossy(&body).chars().take(200).collect::<String>();
                refused(&what, &caller.send(&self.method, &self.good_path(), &keyed, Some(body)));
            }
            for media_type in
                ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x", "", "text/json"]
            {
                let headers = [keyed[0], ("Content-Type", media_type)];
                refused(media_type, &caller.send(&self.method, &self.good_path(), &headers, good.clone()));
            }
            for coding in ["gzip", "br", "deflate", "x"] {
                let headers = [keyed[0], ("Content-Encoding", coding)];
                refused(coding, &caller.send(&self.method, &self.good_path(), &headers, good.clone()));
            }
        }
        count
    }

    /// Sends what may be right or wrong: only to be understood or refused. Reading changes nothing.
    fn survives(&self, caller: &Caller) {
        let key = fresh_key();
        let keyed = [("Idempotency-Key", key.as_str())];
        for name in self.queries.iter().map(String::as_str).chain(["x", "%00", "limit%00"]) {
            for value in self.of(BAD_VALUES) {
                let path = format!("{}?{name}={value}", self.good_path());
                if self.method == "GET" {
                    self.check(&path, &caller.send(&self.method, &path, &[], None));
                }
            }
        }
        for field in self.fields.iter().filter(|field| field.types.iter().any(|own| own == "string")) {
            let long = "x".repeat(20_000);
            for text in self.of(HOSTILE.into_iter().chain([long.as_str()])) {
                let change = |own: &Field| {
                    Some(if own.name == field.name { format!("\"{text}\"") } else { own.good.clone() })
                };
                let body = self.body(change, "").into_bytes();
                let what = format!("{} as {}", text.chars().take(40).collect::<String>(), field.name);
                self.check(&what, &caller.send(&self.method, &self.good_path(), &keyed, Some(body)));
            }
        }
    }

    /// An answer that is no refusal, or a problem in full with a code of the table.
    fn check(&self, what: &str, reply: &Reply) {
        let text = String::from_utf8_lossy(&reply.bytes);
        assert!(reply.status < 500, "{} failed over {what}: {text}", self.id);
        if reply.status < 400 {
            return;
        }
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json"),
            "{} {what}: {text}",
            self.id
        );
        let code = reply.body["code"].as_str().unwrap_or_default();
        let row = ProblemCode::ALL.iter().find(|row| row.code() == code);
        let row = row.unwrap_or_else(|| panic!("{} over {what}: no listed code: {text}", self.id));
        assert_eq!(row.status(), reply.status, "{} {what}: {text}", self.id);
        assert!(!text.contains("diesel") && !text.contains("SQL") && !text.contains("src/"), "{text}");
    }
}

/// Something that is there, for a place in a path; of ids nothing is.
fn good_segment(name: &str) -> String {
    match name {
        "code" => "RIVER".to_owned(),
        "account" => "RIVER0001".to_owned(),
        "version" => "1".to_owned(),
        _ => "019a0000-0000-7000-8000-000000000001".to_owned(),
    }
}

/// How many rows each table has that tells of more than requests.
pub fn rows(app: &TestApp) -> Vec<(&'static str, i64)> {
    let tables = counterfoil::storage::privacy::INVENTORY.iter().map(|table| table.table);
    let telling: Vec<_> = tables.filter(|table| !BOOKKEEPING.contains(table)).collect();
    let counts = telling.iter().enumerate();
    let counts =
        counts.map(|(place, table)| format!("SELECT {place} AS place, count(*) AS value FROM {table}"));
    let counts: Vec<_> = counts.collect();
    let sql = format!("SELECT value FROM ({}) AS counts ORDER BY place", counts.join(" UNION ALL "));
    telling.into_iter().zip(app.database.db_numbers(&sql)).collect()
}

/// An app without limits on requests, and an admin of `RIVER` who founds communities, too.
pub fn app_of(database: &TestDatabase) -> (TestApp, Caller) {
    let app = TestApp::with(Arc::new(TestDatabase::new(database.engine())), |settings| {
        settings.limit_requests_per_minute = 0;
        settings.limit_payments_per_minute = 0;
        settings.limit_address_requests_per_minute = 0;
    });
    let admin = app.admin();
    assert!(app.block_on(app.services().set_superadmin(&admin.email, true)).unwrap());
    admin.tokens();
    let caller = (*admin).clone();
    (app, caller)
}

both_engines! {
    fn what_cannot_be_right_is_refused_and_changes_nothing(database: &TestDatabase) {
        let (app, caller) = app_of(database);
        for operation in operations() {
            // On a slow machine all of them take longer than a token lives.
            caller.refresh().expect(200);
            let before = rows(&app);
            let count = operation.refuses_everything(&caller);
            let wanted = BAD_REQUESTS_MIN / operation.step();
            assert!(!operation.has_body || operation.fields.is_empty() || count >= wanted, "{}: {count}", operation.id);
            assert_eq!(rows(&app), before, "{} changed something", operation.id);
        }
        caller.get("/api/v1/me").expect(200);
    }

    fn hostile_texts_are_understood_or_refused(database: &TestDatabase) {
        let (app, caller) = app_of(database);
        // A stream of events would go on for ever.
        for operation in operations().into_iter().filter(|operation| !operation.path.ends_with("/events")) {
            caller.refresh().expect(200);
            operation.survives(&caller);
        }
        app.prove();
    }
}
