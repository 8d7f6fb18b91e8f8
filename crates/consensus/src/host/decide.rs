//! A height is decided: it is committed, then the next may start.

use std::sync::Arc;

use bulla_types::{CommitCertificate, ValidatorSet};
use malachitebft_app::engine::host::Next;
use malachitebft_app::types::MisbehaviorEvidence;
use malachitebft_core_types::CommitCertificate as EngineCertificate;
use ractor::RpcReplyPort;

use super::{ApplicationLoop, Outcome, reply};
use crate::context::Bulla;
use crate::error::ConsensusFailure;

impl ApplicationLoop {
    /// Commits the block. The answer tells the engine to offer the height to others, so it comes after.
    pub(super) fn decided(
        &mut self,
        certificate: EngineCertificate<Bulla>,
        reply_to: RpcReplyPort<()>,
    ) -> Result<(), ConsensusFailure> {
        let height = certificate.height.0;
        let running = self.state.running.as_ref().filter(|running| running.height == height);
        let running = running.ok_or(ConsensusFailure::Protocol("it decided a height that does not run"))?;
        let certificate = minimal_certificate(certificate, running.validators.set())
            .ok_or(ConsensusFailure::Protocol("it decided without a round"))?;
        self.state.decided = height;
        let app = Arc::clone(&self.app);
        let commit = self.state.tasks.spawn(async move {
            match app.commit(certificate).await {
                Ok(()) => {
                    reply(reply_to, ());
                    Outcome::Committed(height)
                }
                Err(error) => Outcome::Uncommitted(height, error),
            }
        });
        self.state.committing = Some(commit);
        Ok(())
    }

    pub(super) fn committed(&mut self, height: u64) {
        self.state.committed = height;
        self.board.change(|status| status.committed = height);
        // Of others nobody need hear: who decides tells.
        if self.key.is_some() {
            self.publisher.committed(height, self.app.history_min());
        }
        if let Some((finalized, reply_to)) = self.state.finalized.take() {
            self.finalized(finalized, reply_to);
        }
    }

    /// Holds the answer until the height is committed and the next one wanted.
    pub(super) fn finalized(&mut self, height: u64, reply_to: RpcReplyPort<Next<Bulla>>) {
        if self.state.committed >= height {
            self.hold_next(height, reply_to);
        } else {
            self.state.finalized = Some((height, reply_to));
        }
    }
}

/// The engine's certificate as the ledger keeps it: sorted, and none superfluous.
fn minimal_certificate(
    certificate: EngineCertificate<Bulla>,
    validators: &ValidatorSet,
) -> Option<CommitCertificate> {
    let signatures =
        certificate.commit_signatures.into_iter().map(|signed| (signed.address.0, signed.signature));
    let whole = CommitCertificate {
        height: bulla_types::Height(certificate.height.0),
        round: certificate.round.as_u32()?,
        block_hash: certificate.value_id,
        signatures: signatures.collect(),
    };
    Some(whole.minimised(validators))
}

/// Conflicting proposals have no place on the ledger: what they could cause shows in votes, and who votes
/// twice is [caught](crate::equivocation) when it does.
pub(super) fn log_proposed_twice(evidence: &MisbehaviorEvidence<Bulla>) {
    for (address, pairs) in evidence.proposals.iter() {
        tracing::warn!(validator = %address, pairs = pairs.len(), "proposed two blocks in one round");
    }
}
