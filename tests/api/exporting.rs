//! What is handed out comes along again: random histories, exported, imported into an empty database, and compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil::domain::community::CommunityCode;
use counterfoil::export::archive;
use counterfoil::services::exporting::Exporting;
use counterfoil::services::importing::{self, Founding, LimitsFrom, Origin, Request, Source};
use counterfoil::storage::{Database, StorageError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::support::{Person, TestApp, TestDatabase, both_engines, fresh_key};

/// How many histories.
const HISTORIES: u32 = 3;
const PEOPLE: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    Pay { payer: usize, payee: usize, minor: i64, text: &'static str },
    Refund { payment: prop::sample::Index, minor: i64 },
    Reverse { payment: prop::sample::Index },
    Hold { payer: usize, minor: i64, is_captured: bool },
    Limit { person: usize, minor: i64 },
    Wait { hours: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = 0..PEOPLE;
    let text =
        prop::sample::select(vec!["", "Rye loaves", "=1+1", "'=1", "a,b; \"c\"", " two\nlines ", "Łódź 🥖"]);
    let step = prop_oneof![
        8 => (person.clone(), 1..PEOPLE, 1_i64..900, text)
            .prop_map(|(payer, other, minor, text)| Step::Pay { payer, payee: (payer + other) % PEOPLE, minor, text }),
        2 => (any::<prop::sample::Index>(), 1_i64..500).prop_map(|(payment, minor)| Step::Refund { payment, minor }),
        1 => any::<prop::sample::Index>().prop_map(|payment| Step::Reverse { payment }),
        2 => (person.clone(), 1_i64..300, any::<bool>())
            .prop_map(|(payer, minor, is_captured)| Step::Hold { payer, minor, is_captured }),
        1 => (person, 0_i64..300).prop_map(|(person, minor)| Step::Limit { person, minor }),
        3 => (1_i64..60).prop_map(|hours| Step::Wait { hours }),
    ];
    prop::collection::vec(step, 5..25)
}

fn decimal(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// Plays the steps; what is refused on the way is no matter.
fn play(app: &TestApp, steps: &[Step]) {
    let join = |name: &str| app.newcomer(name).with_credit_limit("50.00").join();
    let mut people: Vec<Person> = ["ada", "ben", "cy"].into_iter().map(join).collect();
    let mut admin = app.admin();
    let mut payments: Vec<(String, usize)> = Vec::new();
    let key = fresh_key;
    for step in steps {
        match step {
            Step::Pay { payer, payee, minor, text } => {
                let (from, to) = (&people[*payer], &people[*payee]);
                let body = json!({"payer": from.code, "payee": to.code, "amount": decimal(*minor), "description": text, "allow_duplicate": true});
                let paid = from.post_payment(&key(), &body);
                if paid.status == 201 {
                    payments.push((paid.body["id"].as_str().unwrap().to_owned(), *payee));
                }
            }
            Step::Refund { payment, minor } if !payments.is_empty() => {
                let (id, payee) = &payments[payment.index(payments.len())];
                let body = json!({"amount": decimal(*minor)});
                people[*payee].post_with(
                    &format!("/api/v1/payments/{id}/refunds"),
                    &[("Idempotency-Key", &key())],
                    &body,
                );
            }
            Step::Reverse { payment } if !payments.is_empty() => {
                let (id, _) = &payments[payment.index(payments.len())];
                let body = json!({"reason": "A mistake"});
                admin.post_with(
                    &format!("/api/v1/payments/{id}/reversal"),
                    &[("Idempotency-Key", &key())],
                    &body,
                );
            }
            Step::Refund { .. } | Step::Reverse { .. } => {}
            Step::Hold { payer, minor, is_captured } => {
                let (from, to) = (&people[*payer], &people[(payer + 1) % PEOPLE]);
                let body = json!({"payer": from.code, "payee": to.code, "amount": decimal(*minor), "description": "Later", "capture": "manual", "allow_duplicate": true});
                let held = from.post_payment(&key(), &body);
                if held.status == 201 && *is_captured {
                    let path = format!("/api/v1/payments/{}/capture", held.body["id"].as_str().unwrap());
                    to.post_with(&path, &[("Idempotency-Key", &key())], &json!({}));
                }
            }
            Step::Limit { person, minor } => drop(app.set_limits(&people[*person], &decimal(*minor), None)),
            Step::Wait { hours } => {
                app.clock.advance(hours * 3_600);
                people = people.iter().map(Person::again).collect();
                admin = admin.again();
            }
        }
    }
}

/// The files of a community, by their names.
pub fn export(database: &TestDatabase) -> BTreeMap<&'static str, String> {
    let code: CommunityCode = "RIVER".parse().unwrap();
    let mut conn = Database::connect_for_inspection(&database.url()).unwrap();
    conn.snapshot(|conn| {
        let exporting = Exporting::read(conn, &code)?.unwrap();
        let mut files: BTreeMap<_, _> = archive::files(&exporting.archive).into_iter().collect();
        let mut history = String::from(archive::HISTORY);
        exporting.each_transfer(conn, |moved, _| {
            history.push_str(&archive::history_line(&exporting.archive, moved).unwrap());
            Ok::<_, StorageError>(())
        })?;
        files.insert("history.csv", history);
        Ok::<_, StorageError>(files)
    })
    .unwrap()
}

/// Brings a community along from its files, all of which must be right.
pub fn import(app: &TestApp, files: &BTreeMap<&'static str, String>) {
    let request = Request {
        origin: Origin::Counterfoil,
        founding: Founding::default(),
        admin: None,
        limits_from: LimitsFrom::End,
    };
    let mut sources: Vec<Source> = files
        .iter()
        .map(|(name, content)| Source {
            sheet: request.origin.sheets_of(name.trim_end_matches(".csv"))[0],
            name: Arc::from(*name),
            bytes: content.as_bytes().into(),
        })
        .collect();
    sources.sort_by_key(|source| source.sheet);
    let now = app.now();
    let plan =
        importing::read(&sources, &request, now).unwrap_or_else(|problems| panic!("{problems:?} {files:?}"));
    importing::play(&plan, now, |_| {}).unwrap_or_else(|problems| panic!("{problems:?} {files:?}"));
    let digest = importing::digest(&sources, &request);
    let services = app.services();
    let done = services.carry_out(&plan, None, (digest, now), "nobody's".into(), |_| {});
    let id = app.block_on(done).unwrap();
    let (sum, head) = app.block_on(services.books_of(id)).unwrap();
    assert_eq!((sum.minor(), head.seq), (0, plan.records()));
}

/// What moved, from whom to whom, when and what for: every column but the last two.
fn movements(files: &BTreeMap<&'static str, String>) -> Vec<Vec<String>> {
    let records = csv::Reader::from_reader(files["history.csv"].as_bytes()).into_records();
    records.map(|record| record.unwrap().iter().take(5).map(str::to_owned).collect()).collect()
}

fn compare(app: &TestApp, other: &TestApp) {
    let first = export(&app.database);
    other.clock.advance((app.now().micros() - other.now().micros()) / 1_000_000 + 1);
    import(other, &first);
    let second = export(&other.database);
    for name in ["community.csv", "members.csv", "accounts.csv", "limits.csv"] {
        assert_eq!(first[name], second[name]);
    }
    // The records between them are not the same, and what kind of payment it was does not come along.
    assert_eq!(movements(&first), movements(&second));
    assert_eq!(balances(app), balances(other));
}

/// All balances, in the order of the accounts' codes.
pub fn balances(app: &TestApp) -> Vec<i64> {
    app.database.db_numbers("SELECT b.balance AS value FROM accounts a JOIN balances b ON b.community_id = a.community_id AND b.account_id = a.id ORDER BY a.code")
}

both_engines! {
    fn random_histories_come_along_again(app: &TestApp) {
        let engine = app.database.engine();
        let mut runner = TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 0, ..Config::with_cases(HISTORIES) });
        runner.run(&steps(), |steps| {
            // Both prove their books when they go.
            let (app, other) = (TestApp::new(engine), TestApp::new(engine));
            app.found("RIVER", 2);
            play(&app, &steps);
            compare(&app, &other);
            Ok(())
        }).unwrap();
    }
}
