//! The command line: one file for each command. Knows services and HTTP, and decides nothing about money.

mod demo;
mod doctor;
mod export;
mod import;
mod init;
mod migrate;
mod openapi;
mod progress;
mod runtime;
mod serve;
mod superadmin;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Settings;

/// A mutual-credit service for local currencies.
///
/// Settings come from counterfoil.toml in the working directory and from COUNTERFOIL_* in the environment.
#[derive(Debug, Parser)]
#[command(name = "counterfoil", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve,
    /// Serve a throw-away community with members, logins and history, and say what to try.
    Demo(demo::DemoArguments),
    /// Found a community with its first admin.
    Init(init::InitArguments),
    /// Bring a community along from another system: members, accounts, limits, balances and history.
    Import(import::ImportArguments),
    /// Write a community as the files that an import reads.
    Export(export::ExportArguments),
    /// Say who may found communities over the API.
    Superadmin(superadmin::SuperadminArguments),
    /// Bring the database's schema up to date.
    Migrate,
    /// Re-derive everything from the ledger's records; exit 1 on any difference.
    Verify(verify::VerifyArguments),
    /// Check a deployment: settings, mail, database, schema, ledger heads.
    Doctor(doctor::DoctorArguments),
    /// Print the API's description (OpenAPI 3.1).
    Openapi(openapi::OpenapiArguments),
}

/// Runs the command line and gives the process's exit code.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("counterfoil: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> anyhow::Result<ExitCode> {
    if let Command::Openapi(arguments) = &command {
        return openapi::run(arguments);
    }
    let settings = Settings::load()?;
    match command {
        Command::Serve => serve::run(&settings),
        Command::Demo(arguments) => demo::run(settings, &arguments),
        Command::Init(arguments) => init::run(&settings, &arguments),
        Command::Export(arguments) => export::run(&settings, &arguments),
        Command::Import(arguments) => import::run(&settings, &arguments),
        Command::Superadmin(arguments) => superadmin::run(&settings, &arguments),
        Command::Migrate => migrate::run(&settings),
        Command::Verify(arguments) => verify::run(&settings, &arguments),
        Command::Doctor(arguments) => doctor::run(&settings, &arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
