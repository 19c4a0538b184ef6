//! The few kinds of things that go wrong in a database, the same for both engines.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

/// What went wrong, in the kinds that callers treat differently.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Another row has this unique value.
    #[error("a unique value is taken: {constraint}")]
    Taken {
        /// The constraint's name, or the columns, as the engine tells it.
        constraint: String,
    },
    /// The engine gave way to another transaction. Nothing was done; it can be tried again.
    #[error("the database gave way to another transaction")]
    Contention,
    /// The connection is gone. What was under way may or may not have been committed.
    #[error("the connection to the database is lost")]
    ConnectionLost(#[source] DieselError),
    /// The commit itself failed. On SQLite, what is on disk is known only after a restart.
    #[error("the commit failed")]
    CommitFailed(#[source] DieselError),
    /// No connection was free in time.
    #[error("no database connection was free in time")]
    PoolExhausted,
    /// Work was cut off by a panic: a bug, not load.
    #[error("work on the database was cut off by a panic")]
    CutOff,
    /// A row holds what it must not.
    #[error("a stored row is damaged: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the database reported an error")]
    Other(#[source] DieselError),
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(kind, information) => match kind {
                DatabaseErrorKind::UniqueViolation => Self::Taken {
                    constraint: information
                        .constraint_name()
                        .unwrap_or_else(|| information.message())
                        .to_owned(),
                },
                DatabaseErrorKind::SerializationFailure => Self::Contention,
                DatabaseErrorKind::ClosedConnection => Self::ConnectionLost(error),
                _ => {
                    let message = information.message().to_owned();
                    Self::from_message(&message, error)
                }
            },
            DieselError::BrokenTransactionManager => Self::ConnectionLost(error),
            _ => Self::Other(error),
        }
    }
}

impl StorageError {
    /// Tells apart what diesel reports as unknown, by the engines' own words.
    fn from_message(message: &str, error: DieselError) -> Self {
        // PostgreSQL, SQLSTATE 40P01.
        if message.contains("deadlock detected") {
            return Self::Contention;
        }
        // PostgreSQL, SQLSTATE class 57P and libpq's own words for a broken connection.
        let lost = [
            "terminating connection",
            "server closed the connection",
            "no connection to the server",
            "the database system is",
            "could not receive data",
            "could not send data",
            "connection to server",
            "read-only transaction",
        ];
        if lost.iter().any(|words| message.contains(words)) {
            Self::ConnectionLost(error)
        } else {
            Self::Other(error)
        }
    }

    /// Whether the unique value that is taken is an idempotency key's.
    pub fn is_taken_key(&self) -> bool {
        matches!(self, Self::Taken { constraint } if constraint.contains("idempotency_keys"))
    }

    /// Whether SQLite could not read or write its files: nothing it says afterwards can be trusted.
    pub fn is_disk_failure(&self) -> bool {
        let (Self::Other(error) | Self::CommitFailed(error)) = self else { return false };
        let DieselError::DatabaseError(_, information) = error else { return false };
        information.message().contains("disk I/O error") || information.message().contains("malformed")
    }
}
