//! `counterfoil demo`: a throw-away community, served.

mod seed;
mod site;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use secrecy::SecretString;

use super::runtime::{self, Schema};
use crate::config::Settings;
use crate::mail::Delivery;
use crate::telemetry;
use site::{Announcement, Site};

/// The most members of a demonstration.
const MEMBERS_MAX: u32 = 1_000_000;
/// The most payments of its history.
const PAYMENTS_MAX: u32 = 10_000_000;

/// What to demonstrate.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Print one line of JSON instead of the guide.
    #[arg(long)]
    json: bool,
    /// Where to listen; port 0 takes a free one.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Keep the data (and the logins' passwords) in this folder, and serve what is there already.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many members, the merchant and the admin among them.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(3..=i64::from(MEMBERS_MAX)))]
    members: u32,
    /// How many payments of history.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(0..=i64::from(PAYMENTS_MAX)))]
    payments: u32,
}

/// Seeds what is not there yet, and serves it until told to stop.
pub fn run(mut settings: Settings, arguments: &DemoArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs(if settings.log == "info" { "warn" } else { &settings.log }, settings.log_format);
    let site = Site::open(arguments.data.as_deref())?;
    if std::env::var_os("COUNTERFOIL_DATABASE_URL").is_none_or(|value| value.is_empty()) {
        settings.database_url = SecretString::from(site.sqlite_url()?);
    }
    if matches!(settings.mail()?.delivery, Delivery::Log) {
        settings.smtp_url = SecretString::from(site.mail_url()?);
    }
    // A demonstration's database is its own, so its schema can be brought up to date on both engines.
    let database = runtime::open_database(&settings, Schema::Migrate)?;
    let (listener, public_url) = runtime::listen(&settings, arguments.listen.unwrap_or(settings.listen))?;
    runtime::block_on(async {
        let logins = if let Some(logins) = site.logins()? {
            logins
        } else {
            let logins = seed::seed(&database, &settings, arguments.members, arguments.payments).await?;
            site.keep_logins(&logins)?;
            logins
        };
        let services = runtime::start_services(&database, &settings, &public_url, runtime::system_clock())?;
        let announcement = Announcement::new(public_url.clone(), logins);
        let delivery = settings.mail()?.delivery;
        let say = || {
            if arguments.json {
                announcement.print_json();
            } else {
                announcement.print_guide(arguments.data.as_deref(), &delivery);
            }
        };
        runtime::serve(&settings, services, public_url, listener, say).await
    })
}
