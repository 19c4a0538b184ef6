//! A fresh database for each test: on SQLite a file in a folder of its own; on PostgreSQL a copy of a template, which is
//! migrated once for all tests that run at the same time.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use counterfoil::domain::time::Clock;
use counterfoil::services::world::SystemClock;
use counterfoil::storage::{Conn, Database, DatabaseUrl, Engine, OpenError, migrations};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};
use secrecy::SecretString;
use tempfile::TempDir;

/// The variable that names a PostgreSQL server on which tests may make databases.
const POSTGRES_URL: &str = "COUNTERFOIL_TEST_POSTGRES_URL";
/// Few enough that a hundred apps fit into one server.
const READERS_MAX: u32 = 6;
/// How long one wait for a database that is being closed takes.
const CLOSING_WAIT: Duration = Duration::from_millis(10);
/// How many such waits there are.
const CLOSING_WAITS_MAX: u32 = 500;

/// The name of an SQLite database's file.
const FILE: &str = "counterfoil.db";
/// The variable that names a folder for databases that go with their test.
const FOLDER: &str = "COUNTERFOIL_TEST_FOLDER";

/// An SQLite database with the whole schema and nothing in it: migrated once, and then copied.
static MIGRATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let database = TestDatabase::empty(Engine::Sqlite);
    migrations::run(&mut database.open().connect_writer().unwrap()).unwrap();
    let log = database.file().with_extension("db-wal");
    assert!(!log.exists(), "the last to close a database leaves nothing beside it");
    std::fs::read(database.file()).unwrap()
});

/// An up-to-date database that goes with its last owner.
pub struct TestDatabase {
    url_text: String,
    engine: Engine,
    place: Place,
}

/// What holds the database, and takes it away when it is dropped.
enum Place {
    Folder(TempDir),
    Server(ServerDatabase),
}

impl TestDatabase {
    /// A fresh database with the whole schema and nothing in it.
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let database = Self::empty(engine);
                std::fs::write(database.file(), MIGRATED.as_slice()).unwrap();
                database
            }
            Engine::Postgres => {
                let server = Server::shared();
                let options = format!(" TEMPLATE {}", server.template);
                Self::at(engine, Place::Server(ServerDatabase::create(server, &options)))
            }
        }
    }

    /// A fresh database without any schema.
    pub fn empty(engine: Engine) -> Self {
        let place = match engine {
            Engine::Sqlite => Place::Folder(fresh_folder()),
            Engine::Postgres => Place::Server(ServerDatabase::create(Server::shared(), "")),
        };
        Self::at(engine, place)
    }

    fn at(engine: Engine, place: Place) -> Self {
        let url_text = match &place {
            Place::Folder(folder) => format!("sqlite:{}", folder.path().join(FILE).display()),
            Place::Server(database) => url_of(&database.name),
        };
        Self { url_text, engine, place }
    }

    /// The file that holds it.
    fn file(&self) -> PathBuf {
        match &self.place {
            Place::Folder(folder) => folder.path().join(FILE),
            Place::Server(_) => panic!("it is in no file of its own"),
        }
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The database as settings name it.
    pub fn url_text(&self) -> SecretString {
        SecretString::from(self.url_text.clone())
    }

    /// The database's address.
    pub fn url(&self) -> DatabaseUrl {
        self.url_text.parse().unwrap()
    }

    /// Opens it as a service does. On SQLite only one may have it open; one that is just being closed is waited for.
    pub fn open(&self) -> Database {
        for _ in 0..CLOSING_WAITS_MAX {
            match Database::open(&self.url(), READERS_MAX) {
                Err(OpenError::InUse(_)) => std::thread::sleep(CLOSING_WAIT),
                opened => return opened.unwrap(),
            }
        }
        panic!("the database stays open: {}", self.url_text)
    }

    /// A connection that only reads, beside a service that may be running.
    pub fn inspect(&self) -> Conn {
        Database::connect_for_inspection(&self.url()).unwrap()
    }

    /// The numbers in the first column, named `value`, of what a query finds.
    pub fn db_numbers(&self, sql: &str) -> Vec<i64> {
        numbers(&mut self.inspect(), sql)
    }

    /// The texts in the first column, named `value`, of what a query finds.
    pub fn db_texts(&self, sql: &str) -> Vec<String> {
        texts(&mut self.inspect(), sql)
    }

    /// How many rows a table has.
    pub fn db_count(&self, table: &str) -> i64 {
        self.db_numbers(&format!("SELECT count(*) AS value FROM {table}"))[0]
    }
}

/// A folder that goes with its owner.
fn fresh_folder() -> TempDir {
    match std::env::var_os(FOLDER) {
        Some(parent) => tempfile::tempdir_in(parent).unwrap(),
        None => tempfile::tempdir().unwrap(),
    }
}

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The numbers in the column `value`.
pub fn numbers(conn: &mut Conn, sql: &str) -> Vec<i64> {
    let rows: Vec<NumberRow> = match conn {
        Conn::Postgres(c) => diesel::sql_query(sql).load(&mut **c),
        Conn::Sqlite(c) => diesel::sql_query(sql).load(&mut **c),
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}

/// The texts in the column `value`.
pub fn texts(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<TextRow> = match conn {
        Conn::Postgres(c) => diesel::sql_query(sql).load(&mut **c),
        Conn::Sqlite(c) => diesel::sql_query(sql).load(&mut **c),
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}

/// A database on the server for one test.
struct ServerDatabase {
    name: String,
    server: Arc<Server>,
}

impl ServerDatabase {
    fn create(server: Arc<Server>, options: &str) -> Self {
        let name = fresh_name();
        on_server(&format!("CREATE DATABASE {name}{options}"));
        Self { name, server }
    }
}

impl Drop for ServerDatabase {
    fn drop(&mut self) {
        if let Some(drops) = &self.server.drops {
            // Without the thread, the database goes with the server.
            drop(drops.send(self.name.clone()));
        }
    }
}

/// The migrated database from which the tests' own are copied, and a thread that drops those, so that no test waits for
/// that. It goes with the last of the tests that run at the same time, and then nothing is left on the server.
struct Server {
    template: String,
    drops: Option<Sender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// The one that is there, or a new one.
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return server;
        }
        let server = Arc::new(Self::start());
        *shared = Arc::downgrade(&server);
        server
    }

    fn start() -> Self {
        let template = fresh_name();
        on_server(&format!("CREATE DATABASE {template}"));
        let mut conn =
            Database::open(&url_of(&template).parse().unwrap(), 1).unwrap().connect_writer().unwrap();
        migrations::run(&mut conn).unwrap();
        let (drops, dropped) = mpsc::channel::<String>();
        let thread = std::thread::spawn(move || {
            for name in dropped {
                drop_database(&name);
            }
        });
        Self { template, drops: Some(drops), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.drops = None;
        // A database that could not be dropped has said so; the others still are.
        drop(self.thread.take().map(JoinHandle::join));
        drop_database(&self.template);
    }
}

fn drop_database(name: &str) {
    on_server(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

fn fresh_name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("counterfoil_{}_{}_{number}", std::process::id(), SystemClock.now().micros())
}

/// The server's database with this name.
fn url_of(name: &str) -> String {
    let server = server_url();
    let (base, options) = match server.split_once('?') {
        Some((base, options)) => (base, format!("?{options}")),
        None => (server.as_str(), String::new()),
    };
    let (before_name, _) =
        base.rsplit_once('/').unwrap_or_else(|| panic!("{POSTGRES_URL} names no database"));
    format!("{before_name}/{name}{options}")
}

fn on_server(sql: &str) {
    let mut conn = PgConnection::establish(&server_url()).unwrap();
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn server_url() -> String {
    std::env::var(POSTGRES_URL).unwrap_or_else(|_| {
        panic!(
            "{POSTGRES_URL} is not set: run the tests with tests/run, which starts a throw-away PostgreSQL"
        )
    })
}
