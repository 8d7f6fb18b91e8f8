//! The signer of a validator's messages, which never signs twice.

use std::error::Error;
use std::fmt;

use bulla_crypto::{PublicKey, Signature};
use bulla_types::{Address, BlockHash, ConsensusMessage, FirstPart, ValidatorProof, Vote, VoteType};

/// A step of a round, in the order in which a validator takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Proposes a block.
    Propose,
    /// Votes that a block may be locked, or for none.
    Prevote,
    /// Votes to commit a block, or none.
    Precommit,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Propose => "propose",
            Self::Prevote => "prevote",
            Self::Precommit => "precommit",
        })
    }
}

/// One message to sign, with what a guard against signing twice must know of it.
///
/// A proposer signs two messages at [`Step::Propose`] of a round: the proposal itself and the first part of
/// its stream. Both name the same block.
#[derive(Clone, Debug)]
pub struct SigningRequest {
    /// Height of the message.
    pub height: u64,
    /// Round of the message.
    pub round: u32,
    /// Step of the message.
    pub step: Step,
    /// What it is for; `None` for a vote for no block.
    pub block_hash: Option<BlockHash>,
    /// The message; its preimage is what is signed.
    pub message: ConsensusMessage,
}

impl From<ConsensusMessage> for SigningRequest {
    fn from(message: ConsensusMessage) -> Self {
        let (height, round, step, block_hash) = match message {
            ConsensusMessage::Vote(Vote { vote_type, height, round, value, .. }) => {
                let step = match vote_type {
                    VoteType::Prevote => Step::Prevote,
                    VoteType::Precommit => Step::Precommit,
                };
                (height, round, step, value)
            }
            ConsensusMessage::Proposal(proposal)
            | ConsensusMessage::FirstPart(FirstPart { proposal, .. }) => {
                (proposal.height, proposal.round, Step::Propose, Some(proposal.block_hash))
            }
        };
        Self { height: height.0, round, step, block_hash, message }
    }
}

/// Why a message was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// Signing it could contradict an earlier signature. The node stays silent in this step and goes on.
    #[error("refused to sign {step} of height {height}, round {round}: {reason}")]
    Refused {
        /// Height of the message.
        height: u64,
        /// Round of the message.
        round: u32,
        /// Step of the message.
        step: Step,
        /// What stands against it.
        reason: String,
    },
    /// The signer knows better than the engine what this validator may vote for in this step: the engine lost
    /// its log. The other vote is signed in the place of the one asked for.
    #[error("only a vote for {} is signed at {step} of height {height}, round {round}", block_hash.map_or_else(|| "no block".to_owned(), |hash| format!("block {hash}")))]
    Bound {
        /// Height of the message.
        height: u64,
        /// Round of the message.
        round: u32,
        /// Step of the message.
        step: Step,
        /// What may be voted for; `None` is no block.
        block_hash: Option<BlockHash>,
    },
    /// The signer does not work: its file, its device or its process. The node stays silent in this step and goes on.
    #[error("the signer failed: {0}")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Holds a validator's consensus key. It must record, durably, what it signs before it returns, and refuse
/// whatever could contradict that: a lower (height, round, step), or the same with another block.
///
/// Calls may block; they come from a thread that may wait. An error produces no message: peers hear
/// nothing from this node in that step.
pub trait VoteSigner: Send + Sync + 'static {
    /// The validator's address.
    fn address(&self) -> Address;

    /// The key that its signatures verify under.
    fn public_key(&self) -> PublicKey;

    /// Signs a message of consensus.
    ///
    /// # Errors
    /// The message was refused, or the signer failed.
    fn sign(&self, request: &SigningRequest) -> Result<Signature, SignerError>;

    /// Signs the statement that the node with this network identity is this validator's. It has its own
    /// domain and no order, so nothing can be signed twice here.
    ///
    /// # Errors
    /// The signer failed.
    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, SignerError>;
}
