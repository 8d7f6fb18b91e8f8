//! What shows that the ledger has forked (分叉): this node's block, and another of the same height.

use bulla_types::{BlockHash, CommitCertificate, ForkProof, Header, Height, TrustBundle};

use crate::chain::Chain;
use crate::fault::ChainError;
use crate::receipt::{broken, bundle};
use crate::view::Snapshot;

impl Chain {
    /// Hash of the block that this node has committed at a height; `None` when it has none, or holds it no more.
    ///
    /// # Errors
    /// Storage errors.
    pub fn block_hash(&self, height: Height) -> Result<Option<BlockHash>, ChainError> {
        let tip = self.tip();
        if height.0 >= tip.height {
            return Ok((height.0 == tip.height && height.0 > 0).then_some(tip.block_hash));
        }
        Ok(self.store().view()?.decided(height)?.map(|decided| decided.block_hash))
    }

    /// Joins another block with the one that this node has committed at its height. `None` when that is the same, or
    /// there is none. Nothing of the other block has been verified.
    ///
    /// # Errors
    /// Storage errors.
    pub fn fork_proof(&self, other: (Header, CommitCertificate)) -> Result<Option<ForkProof>, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let view = &snapshot.0;
        let Some(own) = view.decided(other.0.height)? else { return Ok(None) };
        if own.block_hash == other.0.hash() {
            return Ok(None);
        }
        let own = (own.header, own.certificate);
        let TrustBundle { genesis, transitions, .. } = bundle(&snapshot, own.clone(), [])?;
        ForkProof::new(genesis, transitions, [own, other]).map(Some).map_err(broken)
    }
}
