//! `counterfoil serve`: the API.

use std::process::ExitCode;

use super::runtime::{self, Schema};
use crate::config::Settings;
use crate::telemetry;

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
        let address = listener.local_addr()?;
        let ready = || tracing::info!(http.address = %address, url = public_url, "serving");
        runtime::serve(settings, services, public_url.clone(), listener, ready).await
    })
}
