//! The one guard before every consensus key.

use std::sync::Arc;

use bulla_crypto::{PublicKey, Signature};
use bulla_storage::{SignError, SignedGuard, SignedStep, SignedVote};
use bulla_types::{ConsensusMessage, FirstPart, ValidatorProof, Vote, VoteType};

use crate::key::{KeyFailure, SigningKey};

/// A key that signs only what the record of votes, synced first, allows.
pub struct GuardedKey<G> {
    key: Arc<dyn SigningKey>,
    guard: G,
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    /// The record of votes forbids it.
    #[error(transparent)]
    Guard(#[from] SignError),
    /// The key did not sign.
    #[error(transparent)]
    Key(#[from] KeyFailure),
}

impl<G: AsRef<SignedGuard>> GuardedKey<G> {
    /// Puts a guard before a key.
    pub fn new(key: Arc<dyn SigningKey>, guard: G) -> Self {
        Self { key, guard }
    }

    /// The key that its signatures verify under.
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The guard.
    pub fn guard(&self) -> &SignedGuard {
        self.guard.as_ref()
    }

    /// Records a message of consensus, then signs it.
    ///
    /// # Errors
    /// [`Unsigned`]; nothing leaves then.
    pub fn sign(&self, message: &ConsensusMessage) -> Result<Signature, Unsigned> {
        self.guard().check_and_record(&place_of(message))?;
        Ok(self.key.sign(message)?)
    }

    /// Signs that a node of the network is this validator's.
    ///
    /// # Errors
    /// [`KeyFailure`]; nothing leaves then.
    pub fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, KeyFailure> {
        self.key.sign_validator_proof(proof)
    }
}

/// What the record says of a message. A proposal and the first part of its stream stand at one place.
fn place_of(message: &ConsensusMessage) -> SignedVote {
    match *message {
        ConsensusMessage::Vote(Vote { vote_type, height, round, value, .. }) => {
            let step = match vote_type {
                VoteType::Prevote => SignedStep::Prevote,
                VoteType::Precommit => SignedStep::Precommit,
            };
            SignedVote { height, round, step, value }
        }
        ConsensusMessage::Proposal(proposal) | ConsensusMessage::FirstPart(FirstPart { proposal, .. }) => {
            let (height, round, value) = (proposal.height, proposal.round, Some(proposal.block_hash));
            SignedVote { height, round, step: SignedStep::Proposal, value }
        }
    }
}
