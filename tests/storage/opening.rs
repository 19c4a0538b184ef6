//! Who may have a database open, and in which state it must be.

use std::fs;

use counterfoil::storage::{Database, DatabaseUrl, Engine, OpenError};

use crate::by_hand::execute;
use crate::program::{self, Program, finish};
use crate::support::{TestDatabase, both_engines};

fn sqlite_path(database: &TestDatabase) -> std::path::PathBuf {
    match database.url() {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::Postgres(_) => panic!("not a file"),
    }
}

#[test]
fn an_sqlite_file_has_one_owner_at_a_time() {
    let database = TestDatabase::new(Engine::Sqlite);
    let first = database.open();
    assert!(matches!(Database::open(&database.url(), 1), Err(OpenError::InUse(_))));
    let clone = first.clone();
    drop(first);
    assert!(matches!(Database::open(&database.url(), 1), Err(OpenError::InUse(_))), "a clone keeps it open");
    drop(clone);
    Database::open(&database.url(), 1).unwrap();
}

#[test]
fn a_second_process_on_one_sqlite_file_is_refused() {
    let database = TestDatabase::new(Engine::Sqlite);
    let (first, _) = Program::serve(program::serve(&database));
    for second in [program::serve(&database), program::command_on(&database, &["migrate"])] {
        let ended = finish(second).expect_code(1);
        assert!(ended.err.contains("in use by another process"), "{ended:?}");
    }
    // Looking at it is permitted meanwhile.
    finish(program::command_on(&database, &["verify"])).expect_code(0);
    finish(program::command_on(&database, &["doctor"])).expect_code(0);
    // The lock ends with the process, however that ends, and leaves nothing to be cleaned up.
    first.kill();
    let (second, _) = Program::serve(program::serve(&database));
    second.signal("TERM");
    second.wait().expect_code(0);
}

#[test]
fn several_processes_may_serve_one_postgres() {
    let database = TestDatabase::new(Engine::Postgres);
    let (first, here) = Program::serve(program::serve(&database));
    let (second, there) = Program::serve(program::serve(&database));
    assert_ne!(here, there);
    for program in [first, second] {
        program.signal("TERM");
        program.wait().expect_code(0);
    }
}

#[test]
fn serve_migrates_sqlite_and_refuses_an_unmigrated_postgres() {
    let database = TestDatabase::empty(Engine::Sqlite);
    let (served, _) = Program::serve(program::serve(&database));
    served.signal("TERM");
    served.wait().expect_code(0);
    assert_eq!(database.db_count("communities"), 0);

    let database = TestDatabase::empty(Engine::Postgres);
    let ended = finish(program::serve(&database)).expect_code(1);
    assert!(ended.err.contains("run `counterfoil migrate`"), "{ended:?}");
    let ended = finish(program::command_on(&database, &["doctor"])).expect_code(1);
    assert!(ended.out.contains("FAILURE  schema"), "{ended:?}");
    let ended = finish(program::command_on(&database, &["migrate"])).expect_code(0);
    assert!(ended.out.contains("_ledger"), "{ended:?}");
    let ended = finish(program::command_on(&database, &["migrate"])).expect_code(0);
    assert!(ended.out.starts_with("0 migrations run"), "{ended:?}");
    let (served, _) = Program::serve(program::serve(&database));
    served.signal("TERM");
    served.wait().expect_code(0);
}

#[test]
fn inspection_makes_no_file() {
    let database = TestDatabase::empty(Engine::Sqlite);
    assert!(Database::connect_for_inspection(&database.url()).is_err());
    assert!(!sqlite_path(&database).exists());
    for looked in ["verify", "doctor"] {
        finish(program::command_on(&database, &[looked])).expect_code(1);
        assert!(!sqlite_path(&database).exists(), "{looked}");
    }
    assert_eq!(fs::read_dir(sqlite_path(&database).parent().unwrap()).unwrap().count(), 0);
}

#[test]
fn sqlite_readers_cannot_write() {
    let database = TestDatabase::new(Engine::Sqlite);
    let opened = database.open();
    execute(&mut database.inspect(), "INSERT INTO server_secrets VALUES ('a', x'00', 0)")
        .expect_err("a connection for inspection");
    execute(&mut opened.reader().unwrap(), "INSERT INTO server_secrets VALUES ('a', x'00', 0)")
        .expect_err("a reader");
    execute(&mut opened.connect_writer().unwrap(), "INSERT INTO server_secrets VALUES ('a', x'00', 0)")
        .unwrap();
}

#[cfg(unix)]
#[test]
fn a_new_sqlite_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("new.db").display());
    let _opened = Database::open(&url.parse().unwrap(), 1).unwrap();
    for name in ["new.db", "new.db-wal", "new.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} holds secrets");
    }
}

#[test]
fn unreachable_and_malformed_databases_tell_no_secrets() {
    let unreachable = "postgres://someone:s3cret@127.0.0.1:1/nothing";
    let malformed = "postgres://someone:s3cret@127.0.0.1:port/nothing";
    for url in
        [unreachable, malformed, "postgres://someone:s3cret@[::1/x", "s3cret", "sqlite:", "sqlite::memory:"]
    {
        for looked in ["serve", "doctor", "migrate", "verify"] {
            let mut command = program::command(&[looked]);
            command.env("COUNTERFOIL_DATABASE_URL", url);
            let ended = finish(command).expect_code(1);
            assert!(!ended.err.contains("s3cret") && !ended.out.contains("s3cret"), "{looked}: {ended:?}");
        }
    }
}

both_engines! {
    fn who_finds_no_free_reader_waits_for_a_bounded_time(database: &TestDatabase) {
        let opened = Database::open(&database.url(), 1).unwrap();
        let taken = opened.reader().unwrap();
        let since = std::time::Instant::now();
        assert!(matches!(opened.reader(), Err(counterfoil::storage::StorageError::PoolExhausted)));
        assert!(since.elapsed() < std::time::Duration::from_secs(8), "{:?}", since.elapsed());
        drop(taken);
        opened.reader().unwrap();
    }

    fn broken_connections_leave_the_pool(database: &TestDatabase) {
        let opened = database.open();
        let mut conn = opened.reader().unwrap();
        assert!(!conn.is_broken());
        let failed: Result<(), counterfoil::storage::StorageError> = conn.snapshot(|conn| {
            execute(conn, "SELECT nonsense FROM nowhere").unwrap_err();
            Err(counterfoil::storage::StorageError::PoolExhausted)
        });
        assert!(failed.is_err());
        assert!(!conn.is_broken(), "a refused statement does not harm the connection");
        crate::support::numbers(&mut conn, "SELECT CAST(1 AS BIGINT) AS value");
    }
}

#[test]
fn a_statement_ends_on_postgres_with_the_time_of_a_request_and_maintenance_has_its_own() {
    const BOUND: &str = "SELECT current_setting('statement_timeout') AS value";
    let database = TestDatabase::new(Engine::Postgres);
    let opened = database.open();
    assert_eq!(crate::support::texts(&mut opened.reader().unwrap(), BOUND), ["10s"]);
    assert_eq!(crate::support::texts(&mut opened.connect_writer().unwrap(), BOUND), ["10s"]);
    assert_eq!(crate::support::texts(&mut opened.connect_for_maintenance().unwrap(), BOUND), ["0"]);
}
