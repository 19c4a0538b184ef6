//! One field of a good body at a time, with what it must not hold: refused at its place, whatever the operation.

use serde_json::{Value, json};

use super::{Operation, Picture, operations};
use crate::amounts::never_amounts;
use crate::bad_inputs::app_of;
use crate::support::{TestApp, TestDatabase, both_engines, is_campaign};

/// Where amounts stand; a list's are told by their place in it.
const AMOUNTS: [&str; 6] =
    ["/amount", "/payments/1/amount", "/up_to", "/per_month", "/limits_above", "/reversals_above"];
const TEXTS: [&str; 5] = ["/description", "/payments/1/description", "/reason", "/category", "/note"];
const ACCOUNTS: [&str; 4] = ["/payer", "/payee", "/payments/1/payer", "/payments/1/payee"];
/// Every so many bad amounts are tried with each operation in a commit, others with each; in a campaign all are.
const STEP: usize = 6;

fn is_list_that_takes_bad_lines(operation: &Operation) -> bool {
    ["preview", "valid lines"].contains(&operation.name)
}

/// What no operation takes in these fields, whichever has them.
fn bad_fields() -> Vec<(&'static str, Vec<Value>)> {
    let times = [
        "",
        " ",
        "x",
        "tomorrow",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2027-02-29T00:00:00Z",
        "2027-01-01T24:00:00Z",
        "2027-01-01T00:60:00Z",
        "2027-01-01T00:00:00",
        "2027-01-01T00:00:00+25:00",
        "1790000000",
        "٢٠٢٧-01-01T00:00:00Z",
        "2027-01-01T00:00:00Z ",
        "99999-01-01T00:00:00Z",
        "2027-01-01T00:00:00Z; DROP TABLE payments",
    ];
    let times = times
        .map(Value::from)
        .into_iter()
        .chain([json!(1), json!(1.5), json!(true), json!([]), json!({})])
        .collect::<Vec<_>>();
    let days = [
        "",
        "x",
        "2026-02-30",
        "2027-02-29",
        "2026-00-10",
        "2026-13-01",
        "20261231",
        "2026-1-1",
        "31.12.2026",
        "2026-12-31T00:00:00Z",
        " 2026-12-31",
        "２０２６-12-31",
        "-2026-12-31",
        "99999-12-31",
    ];
    let days = days
        .map(Value::from)
        .into_iter()
        .chain([json!(20_261_231), json!(true), json!([])])
        .collect::<Vec<_>>();
    let texts = |all: &[&str]| all.iter().map(|text| json!(text)).collect::<Vec<_>>();
    vec![
        ("/expires_at", times.clone()),
        ("/scheduled_for", times),
        ("/starts_on", days.clone()),
        ("/ends_on", days.clone()),
        ("/skip_until", days),
        (
            "/time",
            texts(&[
                "",
                "9:00",
                "24:00",
                "09:60",
                "09:00:00",
                "9am",
                "09:00Z",
                "-1:00",
                "０９:00",
                "09:0",
                "0900",
            ]),
        ),
        (
            "/unit",
            [texts(&["", "year", "Day", "days", "day ", "hour"]), vec![json!(1), json!(null)]].concat(),
        ),
        (
            "/every",
            vec![json!(0), json!(-1), json!(367), json!(1.5), json!("1"), json!(u64::MAX), json!(null)],
        ),
        ("/count", vec![json!(0), json!(-1), json!(10_001), json!(1.5), json!("3"), json!(u64::MAX)]),
        ("/on_failure/rule", [texts(&["", "Skip", "cry"]), vec![json!(1), json!(null)]].concat()),
        (
            "/on_failure/retries",
            vec![json!(0), json!(-1), json!(6), json!(i64::MIN), json!(null), json!("1")],
        ),
        ("/on_failure/wait_hours", vec![json!(0), json!(169), json!(i64::MAX), json!(null), json!("1")]),
        ("/on_failure/colour", vec![json!("red")]),
        (
            "/time_zone",
            [
                texts(&[
                    "",
                    "Mars/Phobos",
                    "UTC+25",
                    "../../etc/passwd",
                    "Europe/Berlin\u{0}",
                    "Europe Berlin",
                    "٠",
                ]),
                vec![json!("x".repeat(300)), json!(1), json!(null)],
            ]
            .concat(),
        ),
        ("/allow_duplicate", vec![json!("true"), json!(1), json!(null)]),
        ("/allow_beyond_limit", vec![json!("yes"), json!(0), json!(null)]),
        ("/capture", [texts(&["", "later", "MANUAL"]), vec![json!(1), json!(null), json!(true)]].concat()),
    ]
}

/// Sends every operation that has one of the fields each of the values, which must be refused in that place. How many.
fn refuses(all: &[Operation], pointers: &[&str], values: impl Fn(&Operation) -> Vec<Value>) -> usize {
    let mut count = 0;
    for operation in all {
        operation.by.refresh().expect(200);
        for pointer in pointers.iter().filter(|pointer| operation.has(pointer)) {
            for value in values(operation) {
                let reply = operation.send(&operation.with(pointer, &value));
                let shown: String = value.to_string().chars().take(60).collect();
                let (status, pointers) = (reply.status, reply.pointers());
                assert!(
                    status == 400 && pointers == [*pointer],
                    "{} {pointer} {shown}: {status} {}",
                    operation.name,
                    reply.body
                );
                reply.expect_problem(400, "validation_failed");
                count += 1;
            }
        }
    }
    count
}

fn ready(database: &TestDatabase) -> (TestApp, Vec<Operation>) {
    let app = app_of(database).0;
    let all = operations(&app);
    (app, all)
}

both_engines! {
    fn amounts_that_are_none(database: &TestDatabase) {
        let (app, mut all) = ready(database);
        let before = Picture::of(&app, false);
        let never = never_amounts();
        let (texts, others): (Vec<_>, Vec<_>) = never.into_iter().partition(Value::is_string);
        let step = if is_campaign() { 1 } else { STEP };
        let count = refuses(&all, &AMOUNTS, |_| others.clone());
        all.retain(|operation| !is_list_that_takes_bad_lines(operation));
        let some = |operation: &Operation| texts.iter().skip(operation.name.len() % step).step_by(step).cloned().collect();
        let count = count + refuses(&all, &AMOUNTS, some);
        all.retain(|operation| operation.name != "rules");
        let none_or_too_much = ["0", "0.00", "10000000000.01", "99999999999"].map(Value::from).to_vec();
        let count = count + refuses(&all, &AMOUNTS, |_| none_or_too_much.clone());
        assert!(count > 700, "{count}");
        assert_eq!(Picture::of(&app, false), before);
    }

    fn texts_that_are_too_long_or_hold_control_characters(database: &TestDatabase) {
        let (app, mut all) = ready(database);
        let before = Picture::of(&app, false);
        let count = refuses(&all, &TEXTS, |_| vec![json!(1), json!(true), json!([]), json!({"a": 1})]);
        all.retain(|operation| !is_list_that_takes_bad_lines(operation));
        let texts = ["a\u{0}b", "a\u{7}b", "\u{1b}[31m", "a\u{7f}b", "a\u{85}b", "tab\there", "a\rb"].map(Value::from);
        let long = [json!("x".repeat(1_001)), json!("é".repeat(1_001)), json!("🥖".repeat(1_001))];
        let count = count + refuses(&all, &TEXTS, |_| [texts.as_slice(), &long].concat());
        assert!(count > 150, "{count}");
        // Bytes that are no text, and halves of characters.
        for operation in &all {
            let body = operation.good.to_string();
            for bad in [b"\"\xff\xfe\"".as_slice(), b"\"\\ud800\"", b"\"\\ud83d\\u0041\"", b"\"a\nb\"", b"'a'"] {
                let at = body.find(":\"").unwrap() + 1;
                let end = at + 1 + body[at + 1..].find('"').unwrap() + 1;
                let bytes = [&body.as_bytes()[..at], bad, &body.as_bytes()[end..]].concat();
                let headers = [("Idempotency-Key", "bytes")];
                let reply = operation.by.send(operation.method, &operation.path, &headers, Some(bytes));
                assert_eq!(reply.status, 400, "{}: {}", operation.name, reply.body);
                reply.expect_problem(400, "validation_failed");
            }
        }
        assert_eq!(Picture::of(&app, false), before);
    }

    fn times_days_numbers_and_words_that_are_none(database: &TestDatabase) {
        let (app, all) = ready(database);
        let before = Picture::of(&app, false);
        let mut count = 0;
        for (pointer, values) in bad_fields() {
            let found = refuses(&all, &[pointer], |_| values.clone());
            assert!(found > 0 || pointer.ends_with("colour"), "no operation has {pointer}");
            count += found;
        }
        assert!(count > 250, "{count}");
        // A member that nobody knows is told by its name, in each place where it could be.
        for operation in &all {
            for pointer in ["/colour", "/payments/1/colour", "/on_failure/colour"] {
                let parent = pointer.rsplit_once('/').unwrap().0;
                if parent.is_empty() || operation.good.pointer(parent).is_some() {
                    operation.send(&operation.with(pointer, &json!("red"))).expect_fault(pointer);
                }
            }
        }
        assert_eq!(Picture::of(&app, false), before);
    }

    fn times_that_do_not_fit(database: &TestDatabase) {
        let (app, all) = ready(database);
        let before = Picture::of(&app, true);
        let by_name = |name: &str| all.iter().find(|operation| operation.name == name).unwrap();
        let after = |seconds: i64| json!(app.now().plus_seconds(seconds).rfc3339());
        let (day, year_s) = (|later: i64| json!(crate::schedules::day(&app, later)), 366 * 86_400);
        // Moments that are over or too far ahead: at places that the ledger judges, a conflict that is kept.
        for (name, furthest_s) in [("authorise", 30 * 86_400), ("ask", 90 * 86_400)] {
            for seconds in [0, -1, -year_s, furthest_s + 60, 100 * year_s] {
                let operation = by_name(name);
                let reply = operation.send(&operation.with("/expires_at", &after(seconds))).expect_problem(409, "conflict");
                assert_eq!(reply.body["reason"], "bad_expiry", "{name} {seconds}");
            }
        }
        let cases = [
            ("plan", "/scheduled_for", after(-1), "not_in_future"),
            ("plan", "/scheduled_for", day(0), "not_in_future"),
            ("plan", "/scheduled_for", json!("1969-12-31T23:59:59Z"), "not_in_future"),
            ("plan", "/scheduled_for", after(6 * year_s), "too_far_ahead"),
            ("plan", "/scheduled_for", json!("9999-12-31T23:59:59Z"), "too_far_ahead"),
            ("quote", "/scheduled_for", after(-1), "not_in_future"),
            ("quote", "/scheduled_for", after(6 * year_s), "too_far_ahead"),
            ("schedule", "/starts_on", day(-1), "not_in_future"),
            ("schedule", "/starts_on", json!("0001-01-01"), "not_in_future"),
            ("schedule", "/ends_on", day(1), "before_first"),
            ("schedule", "/ends_on", day(-400), "before_first"),
            ("edit", "/ends_on", day(1), "before_first"),
            ("edit", "/skip_until", day(0), "not_in_future"),
            ("edit", "/skip_until", day(-400), "not_in_future"),
            ("edit", "/skip_until", day(6 * 366), "too_far_ahead"),
            ("edit", "/skip_until", json!("9999-12-31"), "too_far_ahead"),
            ("pay", "/expires_at", after(60), "not_allowed"),
            ("quote", "/expires_at", after(60), "not_allowed"),
        ];
        for (name, pointer, value, code) in cases {
            let operation = by_name(name);
            let reply = operation.send(&operation.with(pointer, &value)).expect_fault(pointer);
            assert_eq!(reply.body["errors"][0]["code"], code, "{name} {pointer} {value}");
        }
        let starting_far_off = by_name("schedule").with("/starts_on", &day(6 * 366));
        let mut without_end = starting_far_off.clone();
        without_end["ends_on"] = json!(null);
        by_name("schedule").send(&without_end).expect_fault("/starts_on");
        by_name("schedule").send(&starting_far_off).expect_fault("/ends_on");
        let held_later = by_name("plan").with("/capture", &json!("manual"));
        by_name("plan").send(&held_later).expect_fault("/capture");
        assert_eq!(Picture::of(&app, true), before);
    }

    fn accounts_that_are_none_or_not_ones_own(database: &TestDatabase) {
        let (app, all) = ready(database);
        app.found("LAKE", 2);
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let (ada, ben, carla, dora) = (app.member("ada"), app.member("ben"), app.member("carla"), app.member("dora"));
        app.set_status(&dora, "closed");
        let before = Picture::of(&app, true);
        let malformed = [
            "", " ", "x", "RIVER", "0001", "RIVER0001'--", "RIVER-0001", "RIVER0001 ", "ΡIVER0001", "RIVER0001\u{0}", "RIVER٠٠٠١",
            "019a0000-0000-7000-8000", "../RIVER0001", "*",
        ];
        let others = [json!(1), json!(null), json!([]), json!({"code": "RIVER0001"}), json!(true)];
        let mut count = refuses(&all, &ACCOUNTS, |_| others.to_vec());
        for operation in all.iter().filter(|operation| !is_list_that_takes_bad_lines(operation)) {
            operation.by.refresh().expect(200);
            for pointer in ACCOUNTS.iter().filter(|pointer| operation.has(pointer)) {
                for text in malformed {
                    operation.send(&operation.with(pointer, &json!(text))).expect_fault(pointer);
                }
                let strangers =
                    ["RIVER0999", "NOWHERE0001", &zoe.code, &zoe.account_id, "019a0000-0000-7000-8000-000000000001"];
                let mut bad = strangers.map(|text| (text, "not_found")).to_vec();
                let is_asking = operation.name == "ask";
                if is_asking == pointer.ends_with("payee") {
                    bad.extend([(carla.code.as_str(), "forbidden"), (dora.account_id.as_str(), "forbidden")]);
                } else {
                    let own = if is_asking { &ben } else { &ada };
                    bad.extend([(own.code.as_str(), "same_account"), (own.account_id.as_str(), "same_account")]);
                    bad.push((&dora.code, "account_not_active"));
                }
                count += malformed.len() + bad.len();
                for (text, code) in bad {
                    let reply = operation.send(&operation.with(pointer, &json!(text)));
                    assert_eq!(told(&reply.body), code, "{} {pointer} {text}: {}", operation.name, reply.body);
                }
            }
        }
        assert!(count > 250, "{count}");
        assert_eq!(Picture::of(&app, true), before);
    }
}

/// With which code something was refused: by itself, as the one line of a list, or in a quote.
fn told(body: &Value) -> &str {
    let code = body["code"].as_str();
    match code {
        Some("lines_refused") => body["errors"][0]["code"].as_str().unwrap_or_default(),
        Some(code) => code,
        None => body["refusal"]["code"].as_str().unwrap_or_default(),
    }
}
