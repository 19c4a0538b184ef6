//! Bringing the schema up to date, and telling whether it is.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;

use super::Conn;
use super::connection::on_backend;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The advisory lock under which PostgreSQL's schema is changed: any number, always the same.
const POSTGRES_MIGRATION_LOCK: i64 = 0x636f_756e_7465_7266;

/// Why the schema could not be changed or read.
#[derive(Debug, Error)]
#[error("the schema could not be brought up to date: {0}")]
pub struct MigrationError(String);

impl From<Box<dyn std::error::Error + Send + Sync>> for MigrationError {
    fn from(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self(error.to_string())
    }
}

/// The names of the migrations for an engine's connection, in order.
///
/// # Errors
/// When the embedded migrations cannot be read.
pub fn names(conn: &Conn) -> Result<Vec<String>, MigrationError> {
    Ok(match conn {
        Conn::Postgres(_) => {
            let migrations: Vec<Box<dyn Migration<diesel::pg::Pg>>> = POSTGRES.migrations()?;
            migrations.iter().map(|migration| migration.name().to_string()).collect()
        }
        Conn::Sqlite(_) => {
            let migrations: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations()?;
            migrations.iter().map(|migration| migration.name().to_string()).collect()
        }
    })
}

/// Whether some migration has not been run.
///
/// # Errors
/// When the database cannot tell.
pub fn are_pending(conn: &mut Conn) -> Result<bool, MigrationError> {
    Ok(match conn {
        Conn::Postgres(c) => c.has_pending_migration(POSTGRES)?,
        Conn::Sqlite(c) => c.has_pending_migration(SQLITE)?,
    })
}

/// Runs what is missing and gives the names of what was run. Several processes at once wait for each other.
///
/// # Errors
/// When a migration fails; those before it stay.
pub fn run(conn: &mut Conn) -> Result<Vec<String>, MigrationError> {
    under_lock(conn, |conn| {
        Ok(match conn {
            Conn::Postgres(c) => to_texts(&c.run_pending_migrations(POSTGRES)?),
            Conn::Sqlite(c) => to_texts(&c.run_pending_migrations(SQLITE)?),
        })
    })
    .and_then(|versions| {
        let names = names(conn)?;
        Ok(names.into_iter().filter(|name| versions.contains(&version_of(name))).collect())
    })
}

/// Takes everything back, down to an empty database. For tests of the down scripts.
///
/// # Errors
/// When a down script fails.
pub fn revert_all(conn: &mut Conn) -> Result<(), MigrationError> {
    under_lock(conn, |conn| {
        match conn {
            Conn::Postgres(c) => drop(c.revert_all_migrations(POSTGRES)?),
            Conn::Sqlite(c) => drop(c.revert_all_migrations(SQLITE)?),
        }
        Ok(())
    })
}

/// Runs what is missing, up to a migration and with it. For tests with what older versions left.
///
/// # Errors
/// When a migration fails, or there is no such one that was not run.
pub fn run_to(conn: &mut Conn, last: &str) -> Result<(), MigrationError> {
    under_lock(conn, |conn| {
        loop {
            let run = match conn {
                Conn::Postgres(c) => c.run_next_migration(POSTGRES)?.to_string(),
                Conn::Sqlite(c) => c.run_next_migration(SQLITE)?.to_string(),
            };
            if run == version_of(last) {
                return Ok(());
            }
        }
    })
}

/// Takes back what was run behind a migration. For tests of the scripts with rows in the tables.
///
/// # Errors
/// When a down script fails, or the migration was not run.
pub fn revert_to(conn: &mut Conn, last: &str) -> Result<(), MigrationError> {
    under_lock(conn, |conn| {
        loop {
            let run = match conn {
                Conn::Postgres(c) => to_texts(&c.applied_migrations()?),
                Conn::Sqlite(c) => to_texts(&c.applied_migrations()?),
            };
            if run.iter().max() == Some(&version_of(last)) {
                return Ok(());
            }
            match conn {
                Conn::Postgres(c) => drop(c.revert_last_migration(POSTGRES)?),
                Conn::Sqlite(c) => drop(c.revert_last_migration(SQLITE)?),
            }
        }
    })
}

/// The version that diesel makes of a migration's name: what is before the underscore, without hyphens.
fn version_of(name: &str) -> String {
    name.split('_').next().unwrap_or_default().replace('-', "")
}

fn to_texts(versions: &[diesel::migration::MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

fn under_lock<T>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, MigrationError>,
) -> Result<T, MigrationError> {
    let sql = |function: &str| format!("SELECT {function}({POSTGRES_MIGRATION_LOCK})");
    let lock = |conn: &mut Conn, function: &str| match conn {
        Conn::Postgres(_) => on_backend!(conn, |c| c.batch_execute(&sql(function)))
            .map_err(|error| MigrationError(error.to_string())),
        Conn::Sqlite(_) => Ok(()),
    };
    lock(conn, "pg_advisory_lock")?;
    let result = work(conn);
    lock(conn, "pg_advisory_unlock")?;
    result
}
