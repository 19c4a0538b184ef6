//! Refuses settings under which an acknowledged payment could be lost.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use thiserror::Error;

use super::{Conn, StorageError};

/// SQLite's number for `synchronous = FULL`; above it is `EXTRA`.
const SQLITE_SYNCHRONOUS_FULL: i64 = 2;
/// PostgreSQL's settings that must hold, each with the values that lose nothing.
const POSTGRES_SAFE: [(&str, &[&str]); 3] =
    [("fsync", &["on"]), ("full_page_writes", &["on"]), ("synchronous_commit", &["on", "remote_apply"])];

/// Why the database is not safe to acknowledge payments on.
#[derive(Debug, Error)]
pub enum DurabilityError {
    /// A setting that loses acknowledged payments at a power cut.
    #[error(
        "the database setting {name} is {value}; acknowledged payments could be lost, so it must be {wanted}"
    )]
    Unsafe {
        /// The setting.
        name: &'static str,
        /// What it is.
        value: String,
        /// What it must be.
        wanted: String,
    },
    /// The settings could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(QueryableByName)]
struct TextSetting {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct NumberSetting {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Checks the settings in force on a writer's connection.
///
/// # Errors
/// The first setting that would lose acknowledged payments.
pub fn check(conn: &mut Conn) -> Result<(), DurabilityError> {
    match conn {
        Conn::Postgres(c) => check_postgres(c),
        Conn::Sqlite(c) => check_sqlite(c),
    }
}

fn check_postgres(conn: &mut PgConnection) -> Result<(), DurabilityError> {
    for (name, safe_values) in POSTGRES_SAFE {
        let setting: TextSetting = diesel::sql_query("SELECT current_setting($1) AS value")
            .bind::<Text, _>(name)
            .get_result(conn)
            .map_err(StorageError::from)?;
        if !safe_values.contains(&setting.value.as_str()) {
            return Err(DurabilityError::Unsafe {
                name,
                value: setting.value,
                wanted: safe_values.join(" or "),
            });
        }
    }
    Ok(())
}

fn check_sqlite(conn: &mut SqliteConnection) -> Result<(), DurabilityError> {
    let journal: TextSetting = diesel::sql_query("SELECT journal_mode AS value FROM pragma_journal_mode")
        .get_result(conn)
        .map_err(StorageError::from)?;
    if journal.value != "wal" {
        return Err(DurabilityError::Unsafe {
            name: "journal_mode",
            value: journal.value,
            wanted: "wal".into(),
        });
    }
    let synchronous: NumberSetting = diesel::sql_query("SELECT synchronous AS value FROM pragma_synchronous")
        .get_result(conn)
        .map_err(StorageError::from)?;
    if synchronous.value < SQLITE_SYNCHRONOUS_FULL {
        return Err(DurabilityError::Unsafe {
            name: "synchronous",
            value: synchronous.value.to_string(),
            wanted: "2 (FULL)".into(),
        });
    }
    Ok(())
}
