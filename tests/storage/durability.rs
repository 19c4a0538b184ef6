//! Settings under which acknowledged payments could be lost are refused.

use counterfoil::storage::durability::{self, DurabilityError};
use counterfoil::storage::{Conn, Engine};

use crate::by_hand::{ByHand, execute};
use crate::program::{self, finish};
use crate::support::{TestDatabase, both_engines};

/// What the check says of a connection on which these statements were run.
fn judge(conn: &mut Conn, sql: &str) -> Option<(&'static str, String)> {
    execute(conn, sql).unwrap();
    match durability::check(conn) {
        Ok(()) => None,
        Err(DurabilityError::Unsafe { name, value, .. }) => Some((name, value)),
        Err(error) => panic!("{error}"),
    }
}

both_engines! {
    fn the_services_connections_are_durable(database: &TestDatabase) {
        let opened = database.open();
        durability::check(&mut opened.connect_writer().unwrap()).unwrap();
        durability::check(&mut opened.reader().unwrap()).unwrap();
        durability::check(&mut database.inspect()).unwrap();
    }
}

#[test]
fn sqlite_writes_ahead_and_syncs_fully() {
    let database = TestDatabase::new(Engine::Sqlite);
    let mut writer = database.open().connect_writer().unwrap();
    let mut setting = |name: &str| {
        crate::support::texts(
            &mut writer,
            &format!("SELECT CAST({name} AS TEXT) AS value FROM pragma_{name}"),
        )
    };
    assert_eq!(setting("journal_mode"), ["wal"]);
    assert_eq!(setting("synchronous"), ["2"]);
    assert_eq!(setting("foreign_keys"), ["1"]);
    assert_eq!(setting("recursive_triggers"), ["1"]);
    assert_eq!(setting("query_only"), ["0"]);
}

#[test]
fn lossy_sqlite_settings_are_found() {
    let database = TestDatabase::new(Engine::Sqlite);
    let mut conn = ByHand::on(&database).0;
    assert_eq!(judge(&mut conn, "PRAGMA synchronous = FULL"), None);
    assert_eq!(judge(&mut conn, "PRAGMA synchronous = EXTRA"), None);
    assert_eq!(judge(&mut conn, "PRAGMA synchronous = NORMAL"), Some(("synchronous", "1".into())));
    assert_eq!(judge(&mut conn, "PRAGMA synchronous = OFF"), Some(("synchronous", "0".into())));
    for journal in ["delete", "truncate", "persist", "memory", "off"] {
        let found = judge(&mut conn, &format!("PRAGMA journal_mode = {journal}; PRAGMA synchronous = FULL"));
        assert_eq!(found, Some(("journal_mode", journal.into())));
    }
}

#[test]
fn lossy_postgres_settings_are_found() {
    let database = TestDatabase::new(Engine::Postgres);
    let mut conn = ByHand::on(&database).0;
    for safe in ["on", "remote_apply"] {
        assert_eq!(judge(&mut conn, &format!("SET synchronous_commit = {safe}")), None);
    }
    for lossy in ["off", "local", "remote_write"] {
        let found = judge(&mut conn, &format!("SET synchronous_commit = {lossy}"));
        assert_eq!(found, Some(("synchronous_commit", lossy.into())));
    }
}

#[test]
fn a_lossy_postgres_is_not_served() {
    let database = TestDatabase::new(Engine::Postgres);
    let mut by_hand = ByHand::on(&database);
    let name = by_hand.texts("SELECT current_database()::text AS value").remove(0);
    by_hand.run(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    assert!(durability::check(&mut database.open().connect_writer().unwrap()).is_err());
    for refused in [
        program::serve(&database),
        program::command_on(&database, &["demo", "--json", "--listen", "127.0.0.1:0"]),
    ] {
        let ended = finish(refused).expect_code(1);
        assert!(ended.err.contains("synchronous_commit is off"), "{ended:?}");
        assert_eq!(ended.out, "");
    }
    let ended = finish(program::command_on(&database, &["doctor"])).expect_code(1);
    assert!(ended.out.contains("FAILURE  durability"), "{ended:?}");
    by_hand.run(&format!("ALTER DATABASE {name} RESET synchronous_commit"));
    finish(program::command_on(&database, &["doctor"])).expect_code(0);
}
