//! The configuration of a founder's node.

use std::net::SocketAddr;
use std::path::PathBuf;

use bulla_node::config::{ApiConfig, KeyPaths, NodeConfig, NodeLimits, PeerNetwork, SnapshotConfig};
use bulla_types::{KeyPurpose, PlannedNode};

use super::keys::KeyFolders;

/// Where a node has its files and listens. Paths are relative to the folder of its configuration.
pub(crate) struct NodePlace {
    pub(crate) genesis: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) keys: KeyFolders,
    /// On the members' network, a multiaddr.
    pub(crate) listen: String,
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
}

/// `node.toml` of a node that was just founded.
pub(crate) fn node_config(
    label: &str,
    node: PlannedNode,
    place: NodePlace,
    peers: Vec<String>,
) -> NodeConfig {
    let NodePlace { genesis, data, keys, listen, grpc, http } = place;
    let votes = node.purposes().contains(&KeyPurpose::Consensus);
    NodeConfig {
        label: label.to_owned(),
        genesis,
        data,
        keys: KeyPaths {
            consensus: votes.then(|| keys.file(KeyPurpose::Consensus)),
            note: keys.file(KeyPurpose::Note),
            peer: keys.file(KeyPurpose::Peer),
            consensus_besides: Vec::new(),
            consensus_signers: Vec::new(),
            consensus_tokens: Vec::new(),
        },
        network: PeerNetwork { listen, peers },
        api: ApiConfig { grpc, http, tls: None },
        limits: NodeLimits::default(),
        trust_copied_data: false,
        backup: None,
        snapshots: SnapshotConfig::default(),
        clock: None,
    }
}
