//! What a node's consensus is started with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bulla_types::LedgerId;

use crate::signer::VoteSigner;

/// What a node's consensus is started with. Everything here is this node's own business; what nodes must
/// agree on comes from the ledger, in [`HeightInputs`](crate::HeightInputs). Who its peers are is the business
/// of the members' network.
#[derive(Clone, Debug)]
pub struct ConsensusConfig {
    /// The ledger. It separates what is signed for one ledger from what is signed for another.
    pub ledger_id: LedgerId,
    /// The node's name in logs and metrics.
    pub label: String,
    /// The engine's write-ahead log, a file. A node without a vote writes none.
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
    pub fn new(ledger_id: LedgerId, label: impl Into<String>, log_path: impl Into<PathBuf>) -> Self {
        Self {
            ledger_id,
            label: label.into(),
            log_path: log_path.into(),
            status_interval: Duration::from_secs(1),
            quorum_wait: Duration::from_secs(5),
        }
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
