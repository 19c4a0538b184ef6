//! `counterfoil superadmin`: who may found communities over the API. Nothing else gives this role.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::runtime::{self, Schema};
use crate::config::Settings;
use crate::telemetry;

/// Whose login it is.
#[derive(Debug, Args)]
pub struct SuperadminArguments {
    /// The login's e-mail address.
    #[arg(long)]
    email: String,
    /// Take the role instead of giving it.
    #[arg(long)]
    revoke: bool,
}

/// Gives or takes the role.
pub fn run(settings: &Settings, arguments: &SuperadminArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs("warn", settings.log_format);
    let database = runtime::open_database(settings, Schema::Require)?;
    runtime::block_on(async {
        let services =
            runtime::start_services(&database, settings, "http://localhost", runtime::system_clock())?;
        let is_known = services.set_superadmin(&arguments.email, !arguments.revoke).await?;
        let ledger = services.ledger().clone();
        tokio::task::spawn_blocking(move || ledger.stop()).await?;
        if !is_known {
            bail!("{} has no login", arguments.email);
        }
        let what = if arguments.revoke { "is no superadmin any more" } else { "is a superadmin" };
        println!("{} {what}.", arguments.email);
        Ok(ExitCode::SUCCESS)
    })
}
