//! Databases that are full when a migration comes to them: what older versions left, and what stands in the present schema. Then
//! nothing is lost or found different, and life goes on.
//!
//! `rows/` holds what a version left, named after its newest migration: nobody who adds a migration has to write another one, and each
//! that is there goes through all later ones. To keep what the present version leaves:
//! `COUNTERFOIL_TEST_UPDATE=1 tests/run --test storage upgrades::what_this_version_leaves`.

mod rows;
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use counterfoil::ledger::verify;
use counterfoil::storage::{Conn, Engine, migrations};
use serde_json::json;

use crate::by_hand::either;
use crate::support::{PASSWORD, TestApp, TestDatabase, fresh_key};

const FOLDER: &str = "tests/storage/upgrades/rows";
const UPDATE: &str = "COUNTERFOIL_TEST_UPDATE";
/// The most that one version's rows take, in bytes.
const ROWS_BYTES_MAX: usize = 300 * 1_024;
/// Some time after everything that happened.
const LATER: &str = "2027-06-01T10:00:00Z";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER)
}

/// What older versions left: after which migration, and the rows. The oldest first.
fn left() -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap();
        assert!(text.len() <= ROWS_BYTES_MAX, "{name} is too long to be kept");
        (name, text)
    };
    files.iter().map(read).collect()
}

#[track_caller]
fn prove(conn: &mut Conn, after: &str) {
    let report = verify::verify(conn, &mut |_| {}).unwrap();
    assert_eq!(report.differences_total, 0, "after {after}: {:?}", report.differences);
}

/// People come back with their passwords, pay, and the service goes on with its work. The app proves the ledger at its end.
fn live_on(database: TestDatabase) {
    let app = TestApp::on(Arc::new(database));
    app.until(LATER);
    let [ada, ben] =
        ["ada", "ben"].map(|name| app.who_joined(name, &format!("{name}@river.example"), PASSWORD));
    let before = ben.balance();
    app.pay(&ada, &ben, "1.00");
    assert_ne!(ben.balance(), before);
    story::work(&app);
    let ada = ada.again();
    // What was sold before can still be given back.
    let list = ada.get("/api/v1/payments?state=completed&limit=100").expect(200);
    let sold = list.data().iter().find(|one| one["payee"]["name"] == "mill" && one["refunded"] == "0.00");
    let sold = sold.unwrap_or_else(|| panic!("{}", list.body));
    let mill = app.who_joined("mill", "mill@river.example", PASSWORD);
    let path = format!("/api/v1/payments/{}/refunds", sold["id"].as_str().unwrap());
    mill.post_with(&path, &[("Idempotency-Key", &fresh_key())], &json!({"amount": "0.50"})).expect(201);
    let greta = app.who_joined("greta", "greta@river.example", PASSWORD);
    for path in [
        "contributions",
        "fund/income",
        "health",
        "settings",
        "write-offs",
        "merges",
        "balance-sheet?date=2027-05-31",
    ] {
        greta.get(&format!("/api/v1/communities/RIVER/{path}")).expect(200);
    }
    app.prove();
}

fn is_brought_along(engine: Engine) {
    let all = left();
    assert!(!all.is_empty());
    for (name, text) in all {
        let database = TestDatabase::empty(engine);
        let opened = database.open();
        let mut conn = opened.connect_writer().unwrap();
        migrations::run_to(&mut conn, &name).unwrap();
        rows::load(&database, &text);
        let run = migrations::run(&mut conn).unwrap();
        assert!(!migrations::are_pending(&mut conn).unwrap());
        prove(&mut conn, &format!("{} migrations behind {name}", run.len()));
        drop((conn, opened));
        live_on(database);
    }
}

/// Each migration since the oldest rows that are kept is taken back, with those behind it, and run again where there are rows.
fn goes_back_and_forth(engine: Engine) {
    let (oldest, _) = left().swap_remove(0);
    let database = Arc::new(TestDatabase::new(engine));
    let app = TestApp::on(Arc::clone(&database));
    story::live(&app);
    drop(app);
    let opened = database.open();
    let mut conn = opened.connect_writer().unwrap();
    let names = migrations::names(&conn).unwrap();
    let place = names.iter().position(|name| *name == oldest).unwrap();
    let hashes = either(
        engine,
        "SELECT hex(hash) AS value FROM records ORDER BY 1",
        "SELECT encode(hash, 'hex') AS value FROM records ORDER BY 1",
    );
    let records = || database.db_texts(hashes);
    let before = records();
    for back in names[place..names.len() - 1].iter().rev() {
        migrations::revert_to(&mut conn, back).unwrap();
        let run = migrations::run(&mut conn).unwrap();
        assert_eq!(run, names[names.len() - run.len()..], "those behind {back}");
        prove(&mut conn, &format!("going back to {back}"));
    }
    assert_eq!(records(), before);
    drop((conn, opened));
    live_on(Arc::into_inner(database).unwrap());
}

#[test]
fn sqlite_brings_along_what_older_versions_left() {
    is_brought_along(Engine::Sqlite);
}

#[test]
fn postgres_brings_along_what_older_versions_left() {
    is_brought_along(Engine::Postgres);
}

#[test]
fn sqlite_goes_back_and_forth_with_rows() {
    goes_back_and_forth(Engine::Sqlite);
}

#[test]
fn postgres_goes_back_and_forth_with_rows() {
    goes_back_and_forth(Engine::Postgres);
}

/// That the history can be kept; and where it is asked for, it is.
#[test]
fn what_this_version_leaves_fits_into_its_schema() {
    let database = Arc::new(TestDatabase::new(Engine::Sqlite));
    let app = TestApp::on(Arc::clone(&database));
    story::live(&app);
    drop(app);
    let text = rows::dump(&database);
    assert!(text.len() <= ROWS_BYTES_MAX, "{}", text.len());
    if std::env::var_os(UPDATE).is_some() {
        let names = migrations::names(&database.inspect()).unwrap();
        fs::write(folder().join(format!("{}.tsv", names.last().unwrap())), &text).unwrap();
    }
    let again = TestDatabase::new(Engine::Sqlite);
    rows::load(&again, &text);
    assert_eq!(rows::dump(&again), text);
}
