//! `counterfoil init`: a community with its first admin.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::runtime::{self, Schema};
use crate::auth::{password_rules, passwords};
use crate::config::Settings;
use crate::domain::account::Limits;
use crate::domain::amount::{BALANCE_MAX_MINOR, Scale};
use crate::domain::community::CommunityCode;
use crate::domain::member::Role;
use crate::services::setup::{NewCommunity, NewMembership};
use crate::telemetry;

/// The community and its admin.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// The community's short name, in capital letters, such as RIVER.
    #[arg(long)]
    code: CommunityCode,
    /// The community's full name.
    #[arg(long)]
    name: String,
    /// What one unit of the currency is called.
    #[arg(long, default_value = "unit")]
    unit: String,
    /// The sign beside amounts.
    #[arg(long, default_value = "¤")]
    symbol: String,
    /// Decimal places of amounts, 0 to 6.
    #[arg(long, default_value_t = 2)]
    scale: i16,
    /// How far below zero a new member may go.
    #[arg(long, default_value = "100")]
    credit_limit: String,
    /// By which clocks it lives, such as Europe/Berlin.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// The first admin's e-mail address.
    #[arg(long)]
    admin_email: String,
    /// The first admin's name.
    #[arg(long)]
    admin_name: String,
    /// A file whose first line is the first admin's password.
    #[arg(long)]
    admin_password_file: PathBuf,
}

/// Founds the community.
pub fn run(settings: &Settings, arguments: &InitArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs("warn", settings.log_format);
    let scale = Scale::try_from(arguments.scale)?;
    let credit_limit = scale
        .parse(&arguments.credit_limit, BALANCE_MAX_MINOR)
        .context("--credit-limit is no amount of this scale")?;
    let time_zone = arguments.time_zone.parse().context("--time-zone names no time zone")?;
    let password = read_password(arguments)?;
    ensure!(arguments.admin_email.contains('@'), "--admin-email is no e-mail address");
    let password_hash = passwords::hash(&password)?;
    let database = runtime::open_database(settings, Schema::Require)?;
    runtime::block_on(async {
        let services =
            runtime::start_services(&database, settings, "http://localhost", runtime::system_clock())?;
        if services.communities().await?.values().any(|community| community.code == arguments.code) {
            bail!("there is a community {} already", arguments.code);
        }
        let user_id = services
            .create_user(&arguments.admin_email, &arguments.admin_name, password_hash)
            .await
            .context("the admin's login could not be made; the address may have one already")?;
        let community = services
            .found_community(NewCommunity {
                code: arguments.code.clone(),
                name: arguments.name.clone(),
                unit: arguments.unit.clone(),
                symbol: arguments.symbol.clone(),
                scale,
                time_zone,
                default_credit_limit: credit_limit,
            })
            .await?;
        let account = services
            .admit(
                community.id,
                NewMembership {
                    user_id,
                    name: arguments.admin_name.clone(),
                    role: Role::Admin,
                    limits: Limits { credit_limit, ceiling: None },
                },
            )
            .await?;
        println!(
            "The community {} is founded; {} is its admin, with the account {}.",
            community.code, arguments.admin_name, account.code
        );
        let ledger = services.ledger().clone();
        tokio::task::spawn_blocking(move || ledger.stop()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn read_password(arguments: &InitArguments) -> anyhow::Result<String> {
    let path = &arguments.admin_password_file;
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    let personal = [arguments.admin_email.as_str(), &arguments.admin_name, &arguments.name];
    if let Err(fault) = password_rules::check(&password, false, &personal) {
        bail!("the password {}", fault.detail());
    }
    Ok(password)
}
