//! What the node knows of its own health; the node supplies it.

use bulla_types::ReasonCode;
use bulla_types::{Address, proto};

/// The node's health at one moment.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The verdict.
    pub health: proto::NodeHealth,
    /// Why it is not ready.
    pub reason: Option<ReasonCode>,
    /// The peers and what is heard of them.
    pub peers: Vec<proto::PeerStatus>,
    /// The highest block that enough other validators have named as theirs, or one after it; 0 when none.
    pub confirmed_height: u64,
    /// What is wrong between this node's chain and what its peers say of theirs.
    pub head_alarms: Vec<proto::HeadAlarm>,
    /// Entries of which the node lacks openings that it may read and seeks; a field that its owner keeps to itself is
    /// among them until enough validators have said that they do not have it.
    pub entries_lacking_openings: u64,
}

/// Gives the node's health.
pub trait Vitals: Send + Sync + 'static {
    /// The health now.
    fn assess(&self) -> Assessment;

    /// This node's validator address, if it validates.
    fn address(&self) -> Option<Address>;

    /// All metrics in the Prometheus text format.
    fn metrics(&self) -> String;
}
