//! Which database the service runs on: its connections for reading and writing, and who else may have it open.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::sql_types::Integer;
use diesel::{QueryableByName, RunQueryDsl};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::connection::on_backend;
use super::{Conn, StorageError};

/// How long a reader waits for a free connection.
const POOL_WAIT: Duration = Duration::from_secs(5);
/// How long SQLite waits for another connection's lock, in milliseconds.
const SQLITE_BUSY_TIMEOUT_MS: u32 = 5_000;
/// After how many pages SQLite copies its write-ahead log back: large, because the pages are scattered.
const SQLITE_CHECKPOINT_PAGES: u32 = 20_000;
/// How much of the file each SQLite connection keeps in memory, in KiB.
const SQLITE_CACHE_KIB: u32 = 16_000;
/// How long one statement may take on PostgreSQL, in milliseconds. A statement that is cancelled has done nothing.
const POSTGRES_STATEMENT_TIMEOUT_MS: u32 = 10_000;
/// How long PostgreSQL may leave unacknowledged what was sent to it, in milliseconds, before the connection is lost.
const POSTGRES_SILENCE_MAX_MS: u32 = 10_000;
/// After how long without a word from PostgreSQL, and then how often, it is asked whether it is still there, in seconds.
const POSTGRES_KEEPALIVE_S: u32 = 5;
/// After how many unanswered such questions the connection is lost.
const POSTGRES_KEEPALIVES_MAX: u32 = 2;
/// A writer's statements are few, prepared once, and find every row by its key. Planning them anew for each batch
/// took a millisecond, and a plan made while a table was small would read the whole table when it has grown.
const POSTGRES_WRITER_SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off";
/// How long establishing a connection to PostgreSQL may take, in seconds.
const POSTGRES_CONNECT_TIMEOUT_S: u32 = 5;

/// What SQLite says of a checkpoint.
#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// A server, any number of processes.
    Postgres,
}

/// Where the database is: `sqlite:PATH` or `postgres://…`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server, with its password in the URL.
    Postgres(SecretString),
}

/// A text that names no database.
#[derive(Debug, Error)]
#[error("a database URL begins with sqlite: and a path, or with postgres://")]
pub struct BadDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = BadDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, BadDatabaseUrl> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            // A bare or in-memory database would be forgotten, and with it what was acknowledged.
            return if path.is_empty() || path.contains(":memory:") {
                Err(BadDatabaseUrl)
            } else {
                Ok(Self::Sqlite(path.into()))
            };
        }
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        if is_postgres { Ok(Self::Postgres(SecretString::from(text))) } else { Err(BadDatabaseUrl) }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has the SQLite file.
    #[error("{} is in use by another process; stop that one first", .0.display())]
    InUse(PathBuf),
    /// The lock file could not be made.
    #[error("cannot make the lock file {}", .0.display())]
    LockFile(PathBuf, #[source] std::io::Error),
    /// No connection.
    #[error("cannot connect to the database: {0}")]
    Connect(String),
    /// Connected, but the settings could not be made.
    #[error("cannot set up the database connection")]
    Setup(#[from] StorageError),
}

/// A database with a pool of connections for reading.
#[derive(Clone)]
pub struct Database {
    url: DatabaseUrl,
    readers: Pool<Connector>,
    /// Held as long as the database is open; on SQLite it keeps other processes out.
    _lock: Option<Arc<File>>,
}

/// A connection for reading, which goes back to the pool.
pub type PooledConn = PooledConnection<Connector>;

impl Database {
    /// Opens the database with at most `readers_max` connections for reading. On SQLite this makes the file where
    /// it is absent and takes its lock.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn open(url: &DatabaseUrl, readers_max: u32) -> Result<Self, OpenError> {
        let lock = match url {
            DatabaseUrl::Sqlite(path) => Some(Arc::new(lock_out_others(path)?)),
            DatabaseUrl::Postgres(_) => None,
        };
        if let DatabaseUrl::Sqlite(path) = url {
            make_for_owner_alone(path).map_err(|error| OpenError::Connect(error.to_string()))?;
        }
        // The first connection makes the write-ahead log, so that readers find it.
        connect(url, Purpose::Write)?;
        let connector = Connector { url: url.clone() };
        let readers = Pool::builder()
            .max_size(readers_max)
            .min_idle(Some(1))
            .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
            .connection_timeout(POOL_WAIT)
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build(connector)
            .map_err(|error| OpenError::Connect(error.to_string()))?;
        Ok(Self { url: url.clone(), readers, _lock: lock })
    }

    /// One connection that only reads, beside a service that may be running. Makes no file and takes no lock.
    ///
    /// # Errors
    /// Why there is none.
    pub fn connect_for_inspection(url: &DatabaseUrl) -> Result<Conn, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) if !path.exists() => {
                Err(OpenError::Connect(format!("there is no {}", path.display())))
            }
            _ => connect(url, Purpose::Inspect),
        }
    }

    /// Which engine it is.
    pub const fn engine(&self) -> Engine {
        match self.url {
            DatabaseUrl::Sqlite(_) => Engine::Sqlite,
            DatabaseUrl::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection for reading. On PostgreSQL it may also write; on SQLite the engine refuses that.
    ///
    /// # Errors
    /// [`StorageError::PoolExhausted`] when none is free in time.
    pub fn reader(&self) -> Result<PooledConn, StorageError> {
        self.readers.get().map_err(|_| StorageError::PoolExhausted)
    }

    /// Leaves nothing readable of rows that were deleted or overwritten. SQLite's file is written anew, for pages that
    /// were split may hold copies that `secure_delete` does not know of, and its write-ahead log emptied; PostgreSQL gets
    /// its free space back, and its log and files forget in their own time.
    ///
    /// # Errors
    /// When the database refuses, as it does while others read: it may be tried again.
    pub fn scrub(&self) -> Result<(), StorageError> {
        let mut conn = self.connect_for_maintenance().map_err(|error| match error {
            OpenError::Setup(error) => error,
            _ => StorageError::PoolExhausted,
        })?;
        match self.engine() {
            Engine::Sqlite => {
                conn.execute_batch("VACUUM")?;
                let emptied: Checkpoint =
                    on_backend!(&mut conn, |c| diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)")
                        .get_result(c))?;
                // Somebody reads a state that only the log still has.
                if emptied.busy == 0 { Ok(()) } else { Err(StorageError::Contention) }
            }
            Engine::Postgres => conn.execute_batch("VACUUM"),
        }
    }

    /// A new connection for migrations and checks of the whole, which may take their time.
    ///
    /// # Errors
    /// Why there is none.
    pub fn connect_for_maintenance(&self) -> Result<Conn, OpenError> {
        connect(&self.url, Purpose::Maintain)
    }

    /// A new connection for a writer of its own. No statement takes longer there than a caller would wait.
    ///
    /// # Errors
    /// Why there is none.
    pub fn connect_writer(&self) -> Result<Conn, OpenError> {
        connect(&self.url, Purpose::Write)
    }
}

/// Makes the file where it is absent, for its owner's eyes alone: it holds secrets. SQLite gives the files beside it
/// the same permissions.
fn make_for_owner_alone(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Takes the lock file beside the SQLite file, for as long as the returned handle lives.
fn lock_out_others(path: &Path) -> Result<File, OpenError> {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let lock_path = PathBuf::from(lock_path);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|error| OpenError::LockFile(lock_path.clone(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::LockFile(lock_path, error)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Short reads, bounded in time.
    Read,
    /// Long reads of the whole.
    Inspect,
    /// Short writes, bounded in time.
    Write,
    /// Long work on the whole.
    Maintain,
}

fn connect(url: &DatabaseUrl, purpose: Purpose) -> Result<Conn, OpenError> {
    match url {
        DatabaseUrl::Sqlite(path) => connect_sqlite(path, purpose),
        DatabaseUrl::Postgres(url) => connect_postgres(url, purpose),
    }
}

fn connect_sqlite(path: &Path, purpose: Purpose) -> Result<Conn, OpenError> {
    let path = path.to_str().ok_or_else(|| OpenError::Connect("the path is not UTF-8".into()))?;
    // What is erased is overwritten and not just unlinked (secure_delete).
    // Without recursive triggers, INSERT OR REPLACE would delete rows of append-only tables unseen.
    let mut conn = Conn::connect_sqlite(path).map_err(|error| OpenError::Connect(error.to_string()))?;
    conn.execute_batch(&format!(
        "PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS};
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -{SQLITE_CACHE_KIB};
         PRAGMA wal_autocheckpoint = {SQLITE_CHECKPOINT_PAGES};"
    ))?;
    if matches!(purpose, Purpose::Read | Purpose::Inspect) {
        conn.execute_batch("PRAGMA query_only = ON;")?;
    }
    Ok(conn)
}

fn connect_postgres(url: &SecretString, purpose: Purpose) -> Result<Conn, OpenError> {
    let url = url.expose_secret();
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!(
        "{url}{separator}connect_timeout={POSTGRES_CONNECT_TIMEOUT_S}&application_name=counterfoil\
         &tcp_user_timeout={POSTGRES_SILENCE_MAX_MS}&keepalives_idle={POSTGRES_KEEPALIVE_S}\
         &keepalives_interval={POSTGRES_KEEPALIVE_S}&keepalives_count={POSTGRES_KEEPALIVES_MAX}"
    );
    let mut conn = Conn::connect_postgres(&url)
        .map_err(|error| OpenError::Connect(without_secrets(&error.to_string())))?;
    if matches!(purpose, Purpose::Read | Purpose::Write) {
        conn.execute_batch(&format!("SET statement_timeout = {POSTGRES_STATEMENT_TIMEOUT_MS}"))?;
    }
    if purpose == Purpose::Write {
        conn.execute_batch(POSTGRES_WRITER_SETTINGS)?;
    }
    Ok(conn)
}

/// libpq repeats parts of a malformed URL in its errors; nothing that could hold the password goes on.
fn without_secrets(message: &str) -> String {
    let quotes_url = ["postgres://", "postgresql://", "URI"].iter().any(|word| message.contains(word));
    if quotes_url { "the URL is malformed".into() } else { message.to_owned() }
}

/// Makes the pool's connections.
#[derive(Debug)]
pub struct Connector {
    url: DatabaseUrl,
}

impl ManageConnection for Connector {
    type Connection = Conn;
    type Error = OpenError;

    fn connect(&self) -> Result<Conn, OpenError> {
        connect(&self.url, Purpose::Read)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), OpenError> {
        Ok(conn.execute_batch("SELECT 1")?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_an_engine_and_hide_their_secrets() {
        assert!(matches!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite(path)) if path == Path::new("a.db")));
        assert!(
            matches!("sqlite:///var/a.db".parse(), Ok(DatabaseUrl::Sqlite(path)) if path == Path::new("/var/a.db"))
        );
        for bad in ["", "a.db", "sqlite:", "sqlite::memory:", "mysql://x"] {
            assert!(bad.parse::<DatabaseUrl>().is_err(), "{bad}");
        }
        let postgres: DatabaseUrl = "postgres://u:secret@h/d".parse().unwrap();
        assert!(!format!("{postgres:?}").contains("secret"));
    }
}
