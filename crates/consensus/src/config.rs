//! What a node's consensus is started with.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bulla_types::LedgerId;
use malachitebft_app::types::Keypair;
use zeroize::Zeroizing;

use crate::error::ConsensusError;
use crate::signer::VoteSigner;

/// An address of the network, such as `/ip4/192.0.2.7/tcp/7101/p2p/12D3Koo…`.
pub type Multiaddr = malachitebft_app::net::Multiaddr;

/// What a node's consensus is started with. Everything here is this node's own business; what nodes must
/// agree on comes from the ledger, in [`HeightInputs`](crate::HeightInputs).
#[derive(Clone)]
pub struct ConsensusConfig {
    /// The ledger. It separates messages and network topics of one ledger from those of another.
    pub ledger_id: LedgerId,
    /// The node's name in logs and metrics.
    pub label: String,
    /// Where this node listens.
    pub listen: Multiaddr,
    /// The node's identity on the network, which is not its voting key.
    pub identity: NodeIdentity,
    /// The nodes to be connected with, each pinned by `/p2p/<id>`. No other node is let in.
    pub peers: Vec<Multiaddr>,
    /// The engine's write-ahead log, a file.
    pub log_path: PathBuf,
    /// How often this node tells its peers how far it is; so long a node may lag before it notices that it
    /// missed a block.
    pub status_interval: Duration,
    /// How long the first height waits for validators with a quorum of power to be connected. Messages of
    /// a round that starts alone are lost, which costs its timeouts.
    pub quorum_wait: Duration,
}

impl ConsensusConfig {
    /// A configuration with the measured defaults: status every second, 5 s for the first quorum.
    #[must_use]
    pub fn new(
        ledger_id: LedgerId,
        label: impl Into<String>,
        listen: Multiaddr,
        identity: NodeIdentity,
        log_path: impl Into<PathBuf>,
    ) -> Self {
        Self {
            ledger_id,
            label: label.into(),
            listen,
            identity,
            peers: Vec::new(),
            log_path: log_path.into(),
            status_interval: Duration::from_secs(1),
            quorum_wait: Duration::from_secs(5),
        }
    }
}

/// The secret key of a node's identity on the network (Ed25519). Erased from memory when dropped.
#[derive(Clone)]
pub struct NodeIdentity(Zeroizing<[u8; 32]>);

impl NodeIdentity {
    /// The identity of the key with this seed (RFC 8032 §5.1.5).
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Zeroizing::new(seed))
    }

    /// The name that others pin this node by: what stands after `/p2p/` in its address.
    ///
    /// # Errors
    /// The network library refuses the seed.
    pub fn peer_id(&self) -> Result<String, ConsensusError> {
        Ok(self.keypair()?.public().to_peer_id().to_string())
    }

    pub(crate) fn keypair(&self) -> Result<Keypair, ConsensusError> {
        Keypair::ed25519_from_bytes(*self.0).map_err(|error| ConsensusError::Identity(error.to_string()))
    }
}

impl fmt::Debug for NodeIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeIdentity(…)")
    }
}

/// What a node does in consensus.
#[derive(Clone)]
pub enum Role {
    /// Proposes and votes at heights whose validator set holds the signer's address.
    Validator(Arc<dyn VoteSigner>),
    /// Follows, checks every block and certificate, signs nothing.
    Observer,
}
