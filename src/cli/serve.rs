//! `counterfoil serve`: the API.

use std::process::ExitCode;

use super::runtime::{self, Schema};
use crate::config::Settings;
use crate::telemetry;

/// What it means that the operator set no key.
pub(super) const NO_SECRET_KEY: &str = "COUNTERFOIL_SECRET_KEY is not set: whoever reads the database, or a backup of it, can sign access tokens and make second factors' codes; set it, or COUNTERFOIL_SECRET_KEY_FILE, to a random text that is kept elsewhere";

/// Serves until told to stop.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    telemetry::init_logs(&settings.log, settings.log_format);
    let database = runtime::open_database(settings, Schema::Require)?;
    let (listener, public_url) = runtime::listen(settings, settings.listen)?;
    runtime::block_on(async {
        let services = runtime::start_services(&database, settings, &public_url, runtime::system_clock())?;
        if services.communities().await?.is_empty() {
            tracing::warn!("there is no community yet; `counterfoil init` founds one");
        }
        if settings.secret_key()?.is_none() {
            tracing::warn!("{NO_SECRET_KEY}");
        }
        let address = listener.local_addr()?;
        let ready = || tracing::info!(http.address = %address, url = public_url, "serving");
        runtime::serve(settings, services, public_url.clone(), listener, ready).await
    })
}
