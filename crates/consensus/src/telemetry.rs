//! What the engine logs and measures.

/// Directives of a `tracing` filter that keep the engine's own log readable. Put them before directives of
/// one's own, which override them.
///
/// At `info` the engine logs every vote. Its network and discovery layers log at `error` each second that a
/// peer is down, which is no error of this node: [`ConsensusStatus::peers`](crate::ConsensusStatus::peers)
/// says who is connected, and `spawn` itself says when a node cannot listen. Raise them to look into the
/// network itself.
pub const LOG_FILTER: &str = "arc_malachitebft_engine=warn,arc_malachitebft_core_consensus=warn,\
    arc_malachitebft_core_driver=warn,arc_malachitebft_sync=warn,arc_malachitebft_app=warn,\
    arc_malachitebft_network=off,arc_malachitebft_discovery=off,libp2p=warn,ractor=warn";

/// The engine's metrics in Prometheus' text format, of every node in this process, each under its label as
/// `moniker`.
#[must_use]
pub fn metrics() -> String {
    let mut text = String::new();
    malachitebft_app::metrics::export(&mut text);
    text
}
