//! Who may do what: every operation of the API, asked by every role about what is its own, another member's, another
//! community's and nobody's, held to the table `matrix.txt`. An operation that the table lacks fails the test, and so
//! does one that it lists and that is not there.
//!
//! | file | what lives there |
//! |---|---|
//! | `matrix.txt` | the table: one verdict for each operation, object and role |
//! | `passing.rs` | what is made for one request alone |
//! | `requests.rs` | what each operation is asked with |
//! | `table.rs` | reading, writing and comparing tables |
//! | `world.rs` | the roles, and what belongs to them |

mod passing;
mod requests;
mod table;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil::storage::Engine;
use serde_json::Value;

use crate::support::{Reply, TestApp, TestDatabase};
use requests::{Operation, Request};
use table::{Table, differences};
use world::{ROLES, World};

/// Set to rewrite the table, for the author to read what changed.
const UPDATE: &str = "COUNTERFOIL_TEST_UPDATE";
const COMMITTED: &str = include_str!("matrix.txt");

#[test]
fn sqlite() {
    holds_on(Engine::Sqlite);
}

#[test]
fn postgres() {
    holds_on(Engine::Postgres);
}

fn holds_on(engine: Engine) {
    let app = TestApp::with(Arc::new(TestDatabase::new(engine)), |settings| {
        settings.limit_requests_per_minute = 0;
        settings.limit_payments_per_minute = 0;
        settings.limit_address_requests_per_minute = 0;
        // Tokens outlive the whole table, whose pauses take minutes.
        settings.access_token_life_s = 600;
    });
    let found = ask_all(&app);
    if engine == Engine::Sqlite && std::env::var_os(UPDATE).is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/access_matrix/matrix.txt");
        std::fs::write(path, found.write(&table::introduction(COMMITTED))).unwrap();
        return;
    }
    let differing = differences(&Table::parse(COMMITTED), &found);
    assert!(differing.is_empty(), "{}\n{UPDATE}=1 rewrites the table", differing.join("\n"));
}

/// Asks everything of every role.
fn ask_all(app: &TestApp) -> Table {
    let world = World::new(app);
    let mut table = Table::new(&ROLES);
    // Those that end sessions come last, each time with a session of its own.
    let mut operations = requests::operations();
    operations.sort_by_key(|operation| (operation.ends_sessions(), operation.pause()));
    for operation in &operations {
        let mut refusals = BTreeMap::new();
        for object in operation.objects() {
            for role in ROLES {
                app.clock.advance(operation.pause());
                let request = Request::new(&world, operation, object, role);
                let caller =
                    if operation.ends_sessions() { world.fresh_caller(role) } else { world.caller(role) };
                let reply = request.send(&caller);
                table.set(operation, object, role, verdict(&reply));
                if operation.id == "begin_leaving" && reply.status == 200 {
                    world.stay(role);
                }
                refusals.insert((object.name(), role), reply);
            }
        }
        foreign_looks_absent(operation, &refusals);
    }
    table
}

/// What the table says of an answer: `yes`, `step` where a fresh proof is missing, or else the status.
fn verdict(reply: &Reply) -> String {
    match (reply.status, reply.body["code"].as_str()) {
        (200..400, _) => "yes".to_owned(),
        (403, Some("step_up_required")) => "step".to_owned(),
        (status, _) => status.to_string(),
    }
}

/// What is not there for a caller says so in the same words whether or not it exists.
fn foreign_looks_absent(operation: &Operation, replies: &BTreeMap<(&str, &str), Reply>) {
    for role in ROLES {
        let Some(absent) = replies.get(&("absent", role)) else { continue };
        for object in ["own", "group", "other", "mixed"] {
            let Some(foreign) = replies.get(&(object, role)).filter(|reply| reply.status == 404) else {
                continue;
            };
            assert_eq!(
                (foreign.status, without_request_id(foreign)),
                (absent.status, without_request_id(absent)),
                "{} of {object} for {role} does not look absent",
                operation.id
            );
        }
    }
}

fn without_request_id(reply: &Reply) -> Value {
    reply.without_request_id()
}

#[test]
fn a_flipped_cell_is_found() {
    let committed = Table::parse(COMMITTED);
    assert!(differences(&committed, &Table::parse(COMMITTED)).is_empty());
    let flipped = COMMITTED.replacen(" 404 ", " yes ", 1);
    assert_ne!(flipped, COMMITTED);
    assert_eq!(differences(&Table::parse(&flipped), &committed).len(), 1);
}

#[test]
fn an_operation_that_is_not_listed_is_found_and_one_that_does_not_exist_too() {
    let committed = Table::parse(COMMITTED);
    let (gone, rest): (Vec<_>, Vec<_>) = COMMITTED.lines().partition(|line| line.starts_with("set_limits "));
    assert_eq!(gone.len(), 5);
    let shorter = Table::parse(&rest.join("\n"));
    let missing = differences(&shorter, &committed);
    assert!(missing.iter().all(|line| line.contains("is not listed")), "{missing:?}");
    let surplus = differences(&committed, &shorter);
    assert!(surplus.iter().all(|line| line.contains("does not exist")), "{surplus:?}");
    assert_eq!((missing.len(), surplus.len()), (5, 5));
}

#[test]
fn the_table_lists_every_operation_of_the_description() {
    let listed = Table::parse(COMMITTED).operations();
    let mut described: Vec<_> = requests::operations().into_iter().map(|operation| operation.id).collect();
    described.sort_unstable();
    assert_eq!(listed, described);
}
