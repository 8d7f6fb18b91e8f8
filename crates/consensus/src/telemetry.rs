//! What the engine logs and measures.

/// Directives of a `tracing` filter that keep the engine's own log readable. Put them before directives of
/// one's own, which override them.
///
/// At `info` the engine logs every vote.
pub const LOG_FILTER: &str = "arc_malachitebft_engine=warn,arc_malachitebft_core_consensus=warn,\
    arc_malachitebft_core_driver=warn,arc_malachitebft_sync=warn,arc_malachitebft_app=warn,\
    libp2p=warn,ractor=warn";

/// The engine's metrics in Prometheus' text format, of every node in this process, each under its label as
/// `moniker`.
#[must_use]
pub fn metrics() -> String {
    let mut text = String::new();
    malachitebft_app::metrics::export(&mut text);
    text
}
