//! What a node asks of a signer.

use bulla_crypto::{Hash, PublicKey};
use bulla_types::{
    Address, BlockHash, ConsensusMessage, FirstPart, Height, LedgerId, Proposal, ValidatorProof, Vote,
    VoteType,
};

use super::fields::Fields;
use super::{NETWORK_IDENTITY_BYTES_MAX, VERSION};

const HELLO: u8 = 1;
const VOTE: u8 = 2;
const PROPOSAL: u8 = 3;
const FIRST_PART: u8 = 4;
const VALIDATOR_PROOF: u8 = 5;
const NETWORK_HEIGHT: u8 = 6;

/// One request. Who signs is not said: the signer's own address and key stand in what it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Comes first, and says which ledger it is about.
    Hello {
        /// The ledger.
        ledger_id: LedgerId,
    },
    /// To sign a message of consensus.
    Sign(ConsensusMessage),
    /// To sign that a node of the network is the validator's.
    ProveValidator(ValidatorProof),
    /// How far the network is, for a signer whose record is in doubt. One that is not takes no notice.
    NetworkHeight {
        /// The ledger.
        ledger_id: LedgerId,
        /// The highest height that anybody has decided.
        height: Height,
    },
}

/// Why bytes are no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A hello in another version; the rest of it may mean anything.
    #[error("version {0} of the signer's protocol is not known here")]
    UnknownVersion(u8),
    /// No request, or not in its one encoding.
    #[error("the request cannot be read: {0}")]
    Malformed(&'static str),
}

impl Request {
    /// The ledger that it is for.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        match self {
            Self::Hello { ledger_id } | Self::NetworkHeight { ledger_id, .. } => *ledger_id,
            Self::Sign(message) => message.ledger_id(),
            Self::ProveValidator(proof) => proof.ledger_id,
        }
    }

    /// The bytes of its frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Hello { ledger_id } => {
                bytes.extend([HELLO, VERSION]);
                bytes.extend_from_slice(ledger_id.as_bytes());
            }
            Self::Sign(ConsensusMessage::Vote(vote)) => {
                bytes.push(VOTE);
                bytes.extend_from_slice(vote.ledger_id.as_bytes());
                bytes.push(vote.vote_type.number());
                bytes.extend_from_slice(&vote.height.0.to_be_bytes());
                bytes.extend_from_slice(&vote.round.to_be_bytes());
                bytes.push(u8::from(vote.value.is_some()));
                bytes.extend_from_slice(&vote.value.map_or([0; 32], |value| *value.as_bytes()));
            }
            Self::Sign(ConsensusMessage::Proposal(proposal)) => {
                bytes.push(PROPOSAL);
                put_proposal(&mut bytes, proposal);
            }
            Self::Sign(ConsensusMessage::FirstPart(FirstPart { proposal, size, digest })) => {
                bytes.push(FIRST_PART);
                put_proposal(&mut bytes, proposal);
                bytes.extend_from_slice(&size.to_be_bytes());
                bytes.extend_from_slice(digest.as_bytes());
            }
            Self::ProveValidator(ValidatorProof { ledger_id, network_identity, .. }) => {
                bytes.push(VALIDATOR_PROOF);
                bytes.extend_from_slice(ledger_id.as_bytes());
                // A longer one is refused by whoever reads it.
                let length = u16::try_from(network_identity.len()).unwrap_or(u16::MAX);
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(network_identity);
            }
            Self::NetworkHeight { ledger_id, height } => {
                bytes.push(NETWORK_HEIGHT);
                bytes.extend_from_slice(ledger_id.as_bytes());
                bytes.extend_from_slice(&height.0.to_be_bytes());
            }
        }
        bytes
    }

    /// Reads the bytes of a frame, as what this key is asked for.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn decode(bytes: &[u8], key: &PublicKey) -> Result<Self, RequestError> {
        let mut fields = Fields::of(bytes);
        let kind = fields.u8().ok_or(RequestError::Malformed("it is empty"))?;
        if kind == HELLO {
            match fields.u8() {
                Some(VERSION) => {}
                Some(version) => return Err(RequestError::UnknownVersion(version)),
                None => return Err(RequestError::Malformed("a hello without a version")),
            }
        }
        let ledger_id = fields.array().map(LedgerId::from_bytes);
        let ledger_id = ledger_id.ok_or(RequestError::Malformed("no ledger id"))?;
        let address = Address::of(key);
        let what = match kind {
            HELLO => Some(Self::Hello { ledger_id }),
            VOTE => vote(&mut fields, ledger_id, address).map(ConsensusMessage::Vote).map(Self::Sign),
            PROPOSAL => {
                proposal(&mut fields, ledger_id, address).map(ConsensusMessage::Proposal).map(Self::Sign)
            }
            FIRST_PART => {
                first_part(&mut fields, ledger_id, address).map(ConsensusMessage::FirstPart).map(Self::Sign)
            }
            VALIDATOR_PROOF => validator_proof(&mut fields, ledger_id, key).map(Self::ProveValidator),
            NETWORK_HEIGHT => {
                fields.u64().map(|height| Self::NetworkHeight { ledger_id, height: Height(height) })
            }
            _ => return Err(RequestError::Malformed("an unknown kind")),
        };
        let request = what.ok_or(RequestError::Malformed("a field is missing or out of range"))?;
        fields.end().ok_or(RequestError::Malformed("something stands behind it"))?;
        Ok(request)
    }
}

fn put_proposal(bytes: &mut Vec<u8>, proposal: &Proposal) {
    bytes.extend_from_slice(proposal.ledger_id.as_bytes());
    bytes.extend_from_slice(&proposal.height.0.to_be_bytes());
    bytes.extend_from_slice(&proposal.round.to_be_bytes());
    bytes.push(u8::from(proposal.pol_round.is_some()));
    bytes.extend_from_slice(&proposal.pol_round.unwrap_or(0).to_be_bytes());
    bytes.extend_from_slice(proposal.block_hash.as_bytes());
}

fn vote(fields: &mut Fields<'_>, ledger_id: LedgerId, address: Address) -> Option<Vote> {
    let vote_type = match fields.u8()? {
        1 => VoteType::Prevote,
        2 => VoteType::Precommit,
        _ => return None,
    };
    let (height, round) = (Height(fields.u64()?), fields.u32()?);
    let value = fields.option(Fields::array)?.map(BlockHash::from_bytes);
    Some(Vote { ledger_id, vote_type, height, round, value, address })
}

fn proposal(fields: &mut Fields<'_>, ledger_id: LedgerId, proposer: Address) -> Option<Proposal> {
    let (height, round) = (Height(fields.u64()?), fields.u32()?);
    let pol_round = fields.option(Fields::u32)?;
    let block_hash = fields.array().map(BlockHash::from_bytes)?;
    Some(Proposal { ledger_id, height, round, pol_round, block_hash, proposer })
}

fn first_part(fields: &mut Fields<'_>, ledger_id: LedgerId, proposer: Address) -> Option<FirstPart> {
    let proposal = proposal(fields, ledger_id, proposer)?;
    Some(FirstPart { proposal, size: fields.u32()?, digest: fields.array().map(Hash::from_bytes)? })
}

fn validator_proof(fields: &mut Fields<'_>, ledger_id: LedgerId, key: &PublicKey) -> Option<ValidatorProof> {
    let length = usize::from(fields.u16()?);
    let fits = (1..=NETWORK_IDENTITY_BYTES_MAX).contains(&length);
    let network_identity = fits.then(|| fields.bytes(length))??.to_vec();
    Some(ValidatorProof { ledger_id, key: key.clone(), network_identity })
}
