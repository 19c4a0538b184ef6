//! Migrations: the same names on both sides, up and down and up again, and never edited once they are published.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use counterfoil::storage::{Engine, migrations};
use sha2::{Digest, Sha256};

use crate::by_hand::ByHand;
use crate::introspection::{dump, tables};
use crate::support::{TestDatabase, both_engines};

/// Writes the list anew, for a new migration: `COUNTERFOIL_TEST_UPDATE=1 tests/run --test storage migrations`.
const UPDATE: &str = "COUNTERFOIL_TEST_UPDATE";
const LIST: &str = "tests/storage/migrations.sha256";

fn at_home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(at_home(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn both_engines_have_migrations_of_the_same_names() {
    let (sqlite, postgres) = (names_in("migrations/sqlite"), names_in("migrations/postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres);
    for engine in ["sqlite", "postgres"] {
        for name in &sqlite {
            assert_eq!(
                names_in(&format!("migrations/{engine}/{name}")),
                ["down.sql", "up.sql"],
                "{engine}/{name}"
            );
        }
    }
}

#[test]
fn published_migrations_stay_as_they_are() {
    let mut present = BTreeMap::new();
    for engine in ["postgres", "sqlite"] {
        for name in names_in(&format!("migrations/{engine}")) {
            for script in ["down.sql", "up.sql"] {
                let path = format!("migrations/{engine}/{name}/{script}");
                present.insert(path.clone(), hex::encode(Sha256::digest(fs::read(at_home(&path)).unwrap())));
            }
        }
    }
    let text: String = present.iter().map(|(path, hash)| format!("{hash}  {path}\n")).collect();
    if std::env::var_os(UPDATE).is_some() {
        fs::write(at_home(LIST), &text).unwrap();
    }
    let listed = fs::read_to_string(at_home(LIST)).unwrap_or_default();
    assert_eq!(
        listed, text,
        "a published migration must not change: write a new one. If none of these is published yet, or one is new, \
         write the list anew with {UPDATE}=1"
    );
}

/// A database without schema, made by the engine's own means.
fn empty(engine: Engine) -> TestDatabase {
    TestDatabase::empty(engine)
}

fn up_down_up(engine: Engine) {
    let database = empty(engine);
    let opened = database.open();
    let mut conn = opened.connect_writer().unwrap();
    let nothing = dump(engine, &mut ByHand::on(&database));
    assert_eq!(nothing, Vec::<String>::new());
    assert!(migrations::are_pending(&mut conn).unwrap());

    let run = migrations::run(&mut conn).unwrap();
    assert_eq!(run.len(), migrations::names(&conn).unwrap().len());
    assert!(!migrations::are_pending(&mut conn).unwrap());
    let first = dump(engine, &mut ByHand::on(&database));
    assert!(first.len() > 20, "{first:?}");
    assert_eq!(migrations::run(&mut conn).unwrap(), Vec::<String>::new(), "the second run has nothing to do");

    migrations::revert_all(&mut conn).unwrap();
    assert!(migrations::are_pending(&mut conn).unwrap());
    assert_eq!(dump(engine, &mut ByHand::on(&database)), nothing, "down takes everything back");
    assert!(tables(engine, &mut ByHand::on(&database)).is_empty());

    migrations::run(&mut conn).unwrap();
    assert_eq!(dump(engine, &mut ByHand::on(&database)), first, "up again gives the same schema");
}

#[test]
fn sqlite_goes_up_and_down_and_up() {
    up_down_up(Engine::Sqlite);
}

#[test]
fn postgres_goes_up_and_down_and_up() {
    up_down_up(Engine::Postgres);
}

#[test]
fn processes_that_migrate_at_once_wait_for_each_other() {
    let database = empty(Engine::Postgres);
    let opened = database.open();
    let run: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| migrations::run(&mut opened.connect_writer().unwrap()).unwrap().len()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(run, names_in("migrations/postgres").len(), "each migration was run once");
}

both_engines! {
    fn a_copy_of_the_template_is_up_to_date(database: &TestDatabase) {
        assert!(!migrations::are_pending(&mut database.inspect()).unwrap());
    }
}
