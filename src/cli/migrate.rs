//! `counterfoil migrate`: the database's schema.

use std::process::ExitCode;

use crate::config::Settings;
use crate::storage::{Database, migrations};

/// Runs what is missing and says so.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let database = Database::open(&settings.database()?, 1)?;
    let names = migrations::run(&mut database.connect_for_maintenance()?)?;
    for name in &names {
        println!("{name}");
    }
    println!("{} migrations run; the schema is up to date", names.len());
    Ok(ExitCode::SUCCESS)
}
