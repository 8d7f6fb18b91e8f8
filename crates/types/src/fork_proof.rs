//! One file that shows offline that a ledger has forked. `docs/formats/fork-proof.md`.

use bulla_crypto::{Domain, Hash, framed};
use bytes::Bytes;

use crate::bundle::{TRANSITION_SHAPE, ValidatorTransition};
use crate::canonical::{self, Canonical};
use crate::certificate::CommitCertificate;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list, rising};
use crate::genesis::Genesis;
use crate::header::Header;
use crate::limits::{
    CERTIFICATE_BYTES_MAX, FORK_PROOF_BYTES_MAX, FORK_PROOF_KIND_BYTES_MAX, GENESIS_BYTES_MAX,
    TRANSITION_BYTES_MAX, TRANSITIONS_MAX,
};
use crate::number::Height;
use crate::proto;
use crate::wire::{Field, Shape};

/// Format version of fork proofs.
const VERSION: u32 = 1;

const FILE_SHAPE: Shape = Shape(&[
    Field::one(1, "kind", FORK_PROOF_KIND_BYTES_MAX),
    Field::one(3, "genesis", GENESIS_BYTES_MAX),
    Field::list(4, "transitions", TRANSITIONS_MAX, TRANSITION_BYTES_MAX).of(&TRANSITION_SHAPE),
    Field::list(5, "blocks", 2, Header::BYTES + CERTIFICATE_BYTES_MAX + 16).of(&BLOCK_SHAPE),
]);
const BLOCK_SHAPE: Shape =
    Shape(&[Field::one(1, "header", Header::BYTES), Field::one(2, "certificate", CERTIFICATE_BYTES_MAX)]);

/// Two different blocks of one height, each with its certificate, and what leads from the genesis to the validators of
/// that height (分叉证明). Nothing in it is verified by reading it.
///
/// Whoever has seen the same two blocks with the same certificates makes the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    genesis: Genesis,
    transitions: Vec<ValidatorTransition>,
    blocks: [(Header, CommitCertificate); 2],
}

impl ForkProof {
    /// Joins two blocks, in any order, with what shows who was to decide them. `transitions` rise by height; those
    /// that are no earlier than the blocks are left out.
    ///
    /// # Errors
    /// The blocks are of different heights, or one and the same.
    pub fn new(
        genesis: Genesis,
        mut transitions: Vec<ValidatorTransition>,
        mut blocks: [(Header, CommitCertificate); 2],
    ) -> Result<Self, DecodeError> {
        blocks.sort_by_key(|(header, _)| header.hash());
        transitions.retain(|transition| transition.header.height < blocks[0].0.height);
        let proof = Self { genesis, transitions, blocks };
        proof.check()?;
        Ok(proof)
    }

    /// Whether these bytes begin as every such file does; all other files begin otherwise.
    #[must_use]
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        let kind = Domain::ForkProof.as_str().as_bytes();
        let begin = [1 << 3 | 2, u8::try_from(kind.len()).unwrap_or(u8::MAX)];
        bytes.strip_prefix(&begin).is_some_and(|rest| rest.starts_with(kind))
    }

    /// Reads a canonical encoding; bytes from anywhere.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, FORK_PROOF_BYTES_MAX)?;
        FILE_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(bytes, FORK_PROOF_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.to_message())
    }

    /// framed(fork-proof, canonical file).
    #[must_use]
    pub fn digest(&self) -> Hash {
        framed(Domain::ForkProof, &[&self.encode()])
    }

    /// The genesis of the ledger.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Every change of validators before the height of the blocks, rising.
    #[must_use]
    pub fn transitions(&self) -> &[ValidatorTransition] {
        &self.transitions
    }

    /// The two blocks, rising by hash.
    #[must_use]
    pub fn blocks(&self) -> &[(Header, CommitCertificate); 2] {
        &self.blocks
    }

    /// The height that has two blocks.
    #[must_use]
    pub fn height(&self) -> Height {
        self.blocks[0].0.height
    }

    fn from_message(message: proto::ForkProof) -> Result<Self, DecodeError> {
        if message.kind != Domain::ForkProof.as_str() {
            return Err(Fault::Rule("a file of this kind says that it is a fork proof")).at("kind");
        }
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let blocks: [_; 2] = list(message.blocks, "blocks", 2..=2, block_from_message)?
            .try_into()
            .map_err(|_| Fault::Missing)
            .at("blocks")?;
        let proof = Self {
            genesis: Genesis::decode(&message.genesis).at("genesis")?,
            transitions: list(
                message.transitions,
                "transitions",
                0..=TRANSITIONS_MAX,
                ValidatorTransition::from_message,
            )?,
            blocks,
        };
        proof.check()?;
        Ok(proof)
    }

    fn to_message(&self) -> proto::ForkProof {
        proto::ForkProof {
            kind: Domain::ForkProof.as_str().to_owned(),
            version: VERSION,
            genesis: self.genesis.encode().into(),
            transitions: self.transitions.iter().map(ValidatorTransition::to_message).collect(),
            blocks: self.blocks.iter().map(block_to_message).collect(),
        }
    }

    fn check(&self) -> Result<(), DecodeError> {
        rising(&self.blocks, "blocks", |(header, _)| header.hash())?;
        if self.blocks[1].0.height != self.height() {
            return Err(Fault::Rule("the two blocks are of one height")).at_item("blocks", 1);
        }
        rising(&self.transitions, "transitions", |transition| transition.header.height)?;
        match self.transitions.last() {
            Some(last) if last.header.height >= self.height() => {
                let late = Fault::Rule("only changes of validators before the height of the blocks");
                Err(late).at_item("transitions", self.transitions.len() - 1)
            }
            _ => Ok(()),
        }
    }
}

fn block_from_message(message: proto::ForkedBlock) -> Result<(Header, CommitCertificate), DecodeError> {
    let header = Header::decode(&message.header).at("header")?;
    Ok((header, message.certificate.required("certificate", CommitCertificate::from_message)?))
}

fn block_to_message((header, certificate): &(Header, CommitCertificate)) -> proto::ForkedBlock {
    proto::ForkedBlock {
        header: Bytes::copy_from_slice(&header.encode()),
        certificate: Some(certificate.to_message()),
    }
}
