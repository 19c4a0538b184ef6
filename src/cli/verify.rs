//! `counterfoil verify`: everything re-derived from the ledger's records.

use std::process::ExitCode;

use clap::Args;

use crate::config::Settings;
use crate::ledger::verify::{self, Report};
use crate::storage::Database;
use crate::telemetry;

/// How to tell the result.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Print one JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

/// Verifies one snapshot; the service may run meanwhile. Exit code 1 on any difference.
pub fn run(settings: &Settings, arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs("warn", settings.log_format);
    let mut conn = Database::connect_for_inspection(&settings.database()?)?;
    let report = verify::verify(&mut conn, &mut |progress| eprintln!("{progress}"))?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print_lines(&report);
    }
    Ok(if report.differences_total == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_lines(report: &Report) {
    for community in &report.communities {
        println!("{community}");
    }
    for difference in &report.differences {
        println!("DIFFERENCE {difference}");
    }
    println!("{} differences", report.differences_total);
}
