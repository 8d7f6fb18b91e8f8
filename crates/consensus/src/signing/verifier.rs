use std::sync::Arc;

use async_trait::async_trait;
use bulla_crypto::{PublicKey, Signature};
use bulla_types::{CommitCertificate, LedgerId, ValidatorSet};
use malachitebft_core_types::{ValidatorProof, VoteExtensionScope};
use malachitebft_signing::{Error, VerificationResult, Verifier};

use super::preimage;
use super::votes_ahead::VotesAhead;
use crate::context::{Bulla, Proposal, Vote};
use crate::equivocation::EquivocationWatch;
use crate::votes::VoteWatch;

/// Verifies one signature at a time by the strict rules (`verify_strict`), so that every certificate that
/// passes here passes any RFC 8032 tool.
///
/// Every vote and proposal that the engine takes into account goes through here first, alone or in a
/// certificate, live, from its log or synced. That makes this the place where the adapter learns what has
/// been voted and by whom twice, and where it keeps from the engine a proposal that contradicts its own first
/// part: see [`VoteWatch`] and [`EquivocationWatch`].
#[derive(Clone)]
pub(crate) struct StrictVerifier {
    ledger: LedgerId,
    votes: Arc<VoteWatch>,
    equivocations: Arc<EquivocationWatch>,
    ahead: Arc<VotesAhead>,
}

impl StrictVerifier {
    pub(crate) fn new(
        ledger: LedgerId,
        votes: Arc<VoteWatch>,
        equivocations: Arc<EquivocationWatch>,
    ) -> Self {
        Self { ledger, votes, equivocations, ahead: Arc::default() }
    }

    /// Whether these validators decided the block of a certificate. What it says of votes is not noted.
    pub(crate) fn is_decided(&self, certificate: &CommitCertificate, validators: &ValidatorSet) -> bool {
        certificate.verify(&self.ledger, validators).is_ok()
    }

    /// As [`is_decided`](Self::is_decided), and remembers what it has verified, so that it is not verified again when
    /// the engine comes to this certificate.
    pub(crate) fn verify_ahead(&self, certificate: &CommitCertificate, validators: &ValidatorSet) -> bool {
        let decided = self.is_decided(certificate, validators);
        if decided {
            self.ahead.remember(certificate, validators);
        }
        decided
    }

    pub(crate) fn proves_validator(&self, proof: &ValidatorProof<Bulla>) -> Option<PublicKey> {
        let key = proof.decoded_public_key().ok()?;
        let claim = bulla_types::ValidatorProof {
            ledger_id: self.ledger,
            key: key.clone(),
            network_identity: proof.peer_id.clone(),
        };
        key.verify_strict(&claim.preimage(), &proof.signature).is_ok().then_some(key)
    }
}

#[async_trait]
impl Verifier<Bulla> for StrictVerifier {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        let valid = self.ahead.take(vote, signature, key) || {
            let message = preimage::vote(&self.ledger, vote);
            message.is_some_and(|message| key.verify_strict(&message.preimage(), signature).is_ok())
        };
        if valid {
            self.votes.count(vote);
            self.equivocations.see(vote, signature);
        }
        Ok(VerificationResult::from_bool(valid))
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        let Some(round) = proposal.round.as_u32() else { return Ok(VerificationResult::Invalid) };
        let message = preimage::proposal(&self.ledger, proposal);
        if message.is_none_or(|message| key.verify_strict(&message.preimage(), signature).is_err()) {
            return Ok(VerificationResult::Invalid);
        }
        let pol_round = proposal.pol_round.as_u32();
        let agrees = self.votes.claim(proposal.height.0, round, proposal.value.0, pol_round);
        if !agrees {
            tracing::warn!(
                height = proposal.height.0, round, ?pol_round, proposer = %proposal.proposer,
                "dropped a proposal whose proof-of-lock round differs from its first part's"
            );
        }
        Ok(VerificationResult::from_bool(agrees))
    }

    /// No height of ours has vote extensions.
    async fn verify_signed_vote_extension(
        &self,
        _scope: &VoteExtensionScope<Bulla>,
        (): &(),
        _signature: &Signature,
        _key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::Invalid)
    }

    async fn verify_validator_proof(
        &self,
        proof: &ValidatorProof<Bulla>,
    ) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::from_bool(self.proves_validator(proof).is_some()))
    }
}
