//! A height is decided: it is committed, then the next may start.

use std::sync::Arc;

use bulla_types::{CommitCertificate, Equivocation, SignedValue, ValidatorSet};
use malachitebft_app::engine::host::Next;
use malachitebft_app::types::MisbehaviorEvidence;
use malachitebft_core_types::{CommitCertificate as EngineCertificate, SignedVote};
use ractor::RpcReplyPort;

use super::{ApplicationLoop, Outcome, reply};
use crate::context::{Bulla, Height};
use crate::error::ConsensusFailure;
use crate::signing::preimage;

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
        if let Some((finalized, reply_to)) = self.state.finalized.take() {
            self.finish(finalized, reply_to);
        }
    }

    /// Hands evidence on, and holds the answer until the height is committed and the next one wanted.
    pub(super) fn finalized(
        &mut self,
        height: Height,
        evidence: &MisbehaviorEvidence<Bulla>,
        reply_to: RpcReplyPort<Next<Bulla>>,
    ) {
        let proofs = equivocations(evidence);
        if !proofs.is_empty() {
            self.app.equivocation(proofs);
        }
        self.finish(height.0, reply_to);
    }

    fn finish(&mut self, height: u64, reply_to: RpcReplyPort<Next<Bulla>>) {
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

/// Pairs of conflicting votes as the ledger takes them. Conflicting proposals have no place on it: their
/// proposer is logged, and what they could cause shows in votes.
fn equivocations(evidence: &MisbehaviorEvidence<Bulla>) -> Vec<Equivocation> {
    for (address, pairs) in evidence.proposals.iter() {
        tracing::warn!(validator = %address, pairs = pairs.len(), "proposed two blocks in one round");
    }
    let pairs = evidence.votes.iter().flat_map(|(_, pairs)| pairs);
    pairs.filter_map(|(one, other)| equivocation(one, other)).collect()
}

fn equivocation(one: &SignedVote<Bulla>, other: &SignedVote<Bulla>) -> Option<Equivocation> {
    let vote = &one.message;
    let signed = |vote: &SignedVote<Bulla>| SignedValue {
        value: preimage::voted_block(&vote.message),
        signature: vote.signature,
    };
    let votes = [signed(one), signed(other)];
    let (height, round) = (bulla_types::Height(vote.height.0), vote.round.as_u32()?);
    Equivocation::new(vote.voter.0, height, round, preimage::vote_type(vote), votes).ok()
}
