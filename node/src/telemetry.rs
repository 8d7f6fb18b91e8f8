//! Logs: to standard error, filtered by `BULLA_LOG` (directives of `tracing`), JSON lines with
//! `BULLA_LOG_FORMAT=json`.

use tracing_subscriber::EnvFilter;

/// Starts logging for this process. A second call changes nothing.
pub fn start() {
    let own = std::env::var("BULLA_LOG").unwrap_or_else(|_| "info".to_owned());
    // Of two directives for one target the last wins: the operator's.
    let filter = EnvFilter::new(format!("{},{own}", bulla_consensus::LOG_FILTER));
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // An error means that logging has been started before.
    let _ = match std::env::var("BULLA_LOG_FORMAT").as_deref() {
        Ok("json") => logs.json().try_init(),
        _ => logs.try_init(),
    };
}
