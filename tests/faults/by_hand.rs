//! SQL by hand, past the service and its rules.
#![allow(dead_code, reason = "each test binary uses its own part")]

use counterfoil::storage::{Conn, DatabaseUrl, Engine};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use secrecy::ExposeSecret;

use crate::support::{self, TestDatabase};

/// A connection with the engine's own defaults, on which everything is permitted.
pub struct ByHand(pub Conn);

impl ByHand {
    /// On a test's database. On SQLite it passes by the service's lock file.
    pub fn on(database: &TestDatabase) -> Self {
        Self::at(&database.url())
    }

    /// On a database by its address.
    pub fn at(url: &DatabaseUrl) -> Self {
        let mut conn = match url {
            DatabaseUrl::Sqlite(path) => {
                Conn::Sqlite(Box::new(SqliteConnection::establish(path.to_str().unwrap()).unwrap()))
            }
            DatabaseUrl::Postgres(url) => {
                Conn::Postgres(Box::new(PgConnection::establish(url.expose_secret()).unwrap()))
            }
        };
        if matches!(conn, Conn::Sqlite(_)) {
            execute(&mut conn, "PRAGMA busy_timeout = 10000").unwrap();
        }
        Self(conn)
    }

    /// Runs statements, which must succeed.
    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        self.attempt(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Runs statements, or gives the engine's words.
    pub fn attempt(&mut self, sql: &str) -> Result<(), String> {
        execute(&mut self.0, sql)
    }

    /// The texts in the column `value`.
    pub fn texts(&mut self, sql: &str) -> Vec<String> {
        support::texts(&mut self.0, sql)
    }

    /// The one number in the column `value`.
    pub fn number(&mut self, sql: &str) -> i64 {
        let numbers = support::numbers(&mut self.0, sql);
        assert_eq!(numbers.len(), 1, "{sql}");
        numbers[0]
    }
}

/// Runs statements on any connection, or gives the engine's words.
pub fn execute(conn: &mut Conn, sql: &str) -> Result<(), String> {
    match conn {
        Conn::Postgres(c) => c.batch_execute(sql),
        Conn::Sqlite(c) => c.batch_execute(sql),
    }
    .map_err(|error| error.to_string())
}

/// The texts of the one engine, or of the other.
pub fn either<'a>(engine: Engine, sqlite: &'a str, postgres: &'a str) -> &'a str {
    match engine {
        Engine::Sqlite => sqlite,
        Engine::Postgres => postgres,
    }
}
