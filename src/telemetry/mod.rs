//! Logs and metrics: how the service tells its operator what it does.

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Sends logs to standard error, filtered in the form of `RUST_LOG`. A second call changes nothing.
pub fn init_logs(filter: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(with_quiet_wire(filter)).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Whoever set up logs before, as a test may, keeps them.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// A filter without the HTTP library's errors: they are what strangers sent that is no HTTP, which is no error of ours.
/// Whoever looks for more sees them.
fn with_quiet_wire(filter: &str) -> String {
    if ["debug", "trace", "actix_http"].iter().any(|word| filter.contains(word)) {
        filter.to_owned()
    } else {
        format!("{filter},actix_http::h1=off")
    }
}

/// Starts collecting metrics for the whole process.
///
/// # Errors
/// When something collects them already.
pub fn init_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    metrics::describe_counter!("counterfoil_ledger_records_total", "Records put on the chains");
    metrics::describe_counter!(
        "counterfoil_ledger_turned_away_total",
        "Commands turned away because the queue was full"
    );
    metrics::describe_counter!("counterfoil_mail_attempts_total", "Attempts to hand over a mail");
    metrics::describe_counter!(
        "counterfoil_webhook_attempts_total",
        "Attempts to deliver a webhook's message"
    );
    metrics::describe_histogram!("counterfoil_ledger_batch_size", "Commands and writes in one batch");
    metrics::describe_counter!(
        "counterfoil_mail_attempts_total",
        "Attempts to send mails, by what came of them"
    );
    metrics::describe_counter!(
        "counterfoil_webhook_attempts_total",
        "Attempts to send webhooks, by what came of them"
    );
    metrics::describe_histogram!(
        "counterfoil_webhook_delay_ms",
        "Milliseconds from an event to the answer to the first attempt at telling it"
    );
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_http_is_no_error_of_ours() {
        assert_eq!(with_quiet_wire("info"), "info,actix_http::h1=off");
        for filter in ["debug", "info,actix_http=warn", "warn,counterfoil=trace"] {
            assert_eq!(with_quiet_wire(filter), filter);
        }
        assert!(EnvFilter::try_new(with_quiet_wire("info")).is_ok());
    }
}
