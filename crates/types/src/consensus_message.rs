//! What validators sign beside votes: proposals, first parts, network identities. `docs/formats/proposal.md`.

use bulla_crypto::{Domain, Hash, PublicKey, frame};

use crate::ids::{Address, BlockHash, LedgerId};
use crate::number::Height;
use crate::vote::Vote;

/// What each statement of a validator's network identity begins with.
const PROOF_TAG: &[u8; 3] = b"PoV";

/// A message that a validator signs at a place of a height: a height, a round and a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsensusMessage {
    /// A vote.
    Vote(Vote),
    /// A proposal.
    Proposal(Proposal),
    /// The first part of a proposed block.
    FirstPart(FirstPart),
}

/// A proposer's word that it proposes a block in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// The height that is decided.
    pub height: Height,
    /// The round, from 0.
    pub round: u32,
    /// Round in which more than two thirds of the power prevoted for the block; none for a fresh proposal.
    pub pol_round: Option<u32>,
    /// The block.
    pub block_hash: BlockHash,
    /// The proposer.
    pub proposer: Address,
}

/// What the stream of a proposed block begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstPart {
    /// What is proposed.
    pub proposal: Proposal,
    /// Bytes of the block's encoding.
    pub size: u32,
    /// BLAKE3 of the block's encoding.
    pub digest: Hash,
}

/// A validator's claim that a node of the network is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorProof {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// The validator's consensus key.
    pub key: PublicKey,
    /// The node's network identity, as its network protocol encodes it.
    pub network_identity: Vec<u8>,
}

impl ConsensusMessage {
    /// The bytes that the validator signs.
    #[must_use]
    pub fn preimage(&self) -> Vec<u8> {
        match self {
            Self::Vote(vote) => vote.preimage(),
            Self::Proposal(proposal) => proposal.preimage(),
            Self::FirstPart(first) => first.preimage(),
        }
    }

    /// The ledger that it is for.
    #[must_use]
    pub const fn ledger_id(&self) -> LedgerId {
        match self {
            Self::Vote(vote) => vote.ledger_id,
            Self::Proposal(proposal) | Self::FirstPart(FirstPart { proposal, .. }) => proposal.ledger_id,
        }
    }

    /// The validator that signs it.
    #[must_use]
    pub const fn address(&self) -> Address {
        match self {
            Self::Vote(vote) => vote.address,
            Self::Proposal(proposal) | Self::FirstPart(FirstPart { proposal, .. }) => proposal.proposer,
        }
    }
}

impl Proposal {
    /// frame(proposal) ‖ what the message says.
    #[must_use]
    pub fn preimage(&self) -> Vec<u8> {
        let mut message = frame(Domain::Proposal);
        self.put_claim(&mut message);
        message.extend_from_slice(self.proposer.as_bytes());
        message
    }

    /// ledger id ‖ u64 height ‖ u32 round ‖ u8 has proof-of-lock round ‖ u32 proof-of-lock round, zero for none ‖
    /// block hash.
    fn put_claim(&self, message: &mut Vec<u8>) {
        message.extend_from_slice(self.ledger_id.as_bytes());
        message.extend_from_slice(&self.height.0.to_be_bytes());
        message.extend_from_slice(&self.round.to_be_bytes());
        message.push(u8::from(self.pol_round.is_some()));
        message.extend_from_slice(&self.pol_round.unwrap_or(0).to_be_bytes());
        message.extend_from_slice(self.block_hash.as_bytes());
    }
}

impl FirstPart {
    /// frame(proposal-part) ‖ what the proposal says ‖ u32 size ‖ BLAKE3 of the block ‖ address.
    #[must_use]
    pub fn preimage(&self) -> Vec<u8> {
        let mut message = frame(Domain::ProposalPart);
        self.proposal.put_claim(&mut message);
        message.extend_from_slice(&self.size.to_be_bytes());
        message.extend_from_slice(self.digest.as_bytes());
        message.extend_from_slice(self.proposal.proposer.as_bytes());
        message
    }
}

impl ValidatorProof {
    /// frame(validator-proof) ‖ ledger id ‖ `PoV` ‖ key and network identity, each with its length as u32.
    #[must_use]
    pub fn preimage(&self) -> Vec<u8> {
        let mut message = frame(Domain::ValidatorProof);
        message.extend_from_slice(self.ledger_id.as_bytes());
        message.extend_from_slice(PROOF_TAG);
        for part in [self.key.to_bytes().as_slice(), &self.network_identity] {
            // No identity is near that long.
            let bytes = u32::try_from(part.len()).unwrap_or(u32::MAX);
            message.extend_from_slice(&bytes.to_be_bytes());
            message.extend_from_slice(part);
        }
        message
    }
}
