//! One connection to either engine. Every query is one body, checked against both.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, PgConnection, SqliteConnection};

use super::StorageError;

/// How many rows one statement inserts where there may be many: far fewer values than either engine takes.
pub(super) const ROWS_PER_INSERT: usize = 500;

/// A connection to PostgreSQL or SQLite.
pub enum Conn {
    /// To PostgreSQL.
    Postgres(Box<PgConnection>),
    /// To SQLite.
    Sqlite(Box<SqliteConnection>),
}

/// Runs one query body on whichever engine the connection leads to.
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::storage::Conn::Postgres($c) => {
                let $c: &mut diesel::PgConnection = $c;
                $body
            }
            $crate::storage::Conn::Sqlite($c) => {
                let $c: &mut diesel::SqliteConnection = $c;
                $body
            }
        }
    };
}

pub(super) use on_backend;

impl Conn {
    /// A write transaction: all of `work` is committed, or, where it fails, none.
    ///
    /// # Errors
    /// What `work` failed with, or that the engine could not begin or commit.
    pub fn transaction<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within("BEGIN", "BEGIN IMMEDIATE", work)
    }

    /// Reads that all see one state of the database.
    ///
    /// # Errors
    /// What `work` failed with, or that the engine could not begin or end.
    pub fn snapshot<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN", work)
    }

    /// A part of a transaction that can fail by itself.
    ///
    /// # Errors
    /// What `work` failed with; its writes are undone, the transaction around it goes on.
    pub fn savepoint<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        on_backend!(self, |c| AnsiTransactionManager::begin_transaction(c)).map_err(StorageError::from)?;
        self.settle(work)
    }

    fn within<T, E: From<StorageError>>(
        &mut self,
        postgres_begin: &str,
        sqlite_begin: &str,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Self::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(&mut **c, postgres_begin),
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(&mut **c, sqlite_begin),
        }
        .map_err(StorageError::from)?;
        self.settle(work)
    }

    fn settle<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        match work(self) {
            Ok(value) => {
                on_backend!(self, |c| AnsiTransactionManager::commit_transaction(c)).map_err(|error| {
                    match StorageError::from(error) {
                        StorageError::Other(error) => StorageError::CommitFailed(error),
                        known => known,
                    }
                })?;
                Ok(value)
            }
            Err(error) => {
                // A failed rollback leaves the transaction manager broken, and the connection is thrown away.
                drop(on_backend!(self, |c| AnsiTransactionManager::rollback_transaction(c)));
                Err(error)
            }
        }
    }

    /// Whether the connection must not be used again: it is lost, or a transaction was left open by a panic.
    pub fn is_broken(&mut self) -> bool {
        on_backend!(self, |c| {
            let status = AnsiTransactionManager::transaction_manager_status_mut(c);
            !matches!(status.transaction_depth(), Ok(None))
        })
    }

    /// Statements without parameters or results.
    pub(super) fn execute_batch(&mut self, sql: &str) -> Result<(), StorageError> {
        on_backend!(self, |c| c.batch_execute(sql)).map_err(StorageError::from)
    }

    pub(super) fn connect_postgres(url: &str) -> Result<Self, diesel::ConnectionError> {
        PgConnection::establish(url).map(|connection| Self::Postgres(Box::new(connection)))
    }

    pub(super) fn connect_sqlite(path: &str) -> Result<Self, diesel::ConnectionError> {
        SqliteConnection::establish(path).map(|connection| Self::Sqlite(Box::new(connection)))
    }
}
