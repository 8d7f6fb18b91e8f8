//! Votes, proposals and the statement of who a node is.

use bytes::{BufMut, Bytes, BytesMut};
use malachitebft_app::consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{SignedMessage, ValidatorProof};

use super::base::{get_bytes, put_bytes, size_of_bytes};
use super::{CodecError, Wire, wire_fields};
use crate::context::{Bulla, Proposal, Vote};

/// Of a public key or a network identity.
const IDENTITY_BYTES_MAX: usize = 64;

wire_fields!(in round Vote { kind, height, round, value, voter });
wire_fields!(in round Proposal { height, round, value, pol_round, proposer });

impl<M: Wire> Wire for SignedMessage<Bulla, M> {
    fn size(&self) -> usize {
        self.signature.size() + self.message.size()
    }

    fn put(&self, out: &mut BytesMut) {
        self.signature.put(out);
        self.message.put(out);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let signature = Wire::get(from)?;
        Ok(Self { message: M::get(from)?, signature })
    }
}

impl Wire for SignedConsensusMsg<Bulla> {
    fn size(&self) -> usize {
        1 + match self {
            Self::Vote(vote) => vote.size(),
            Self::Proposal(proposal) => proposal.size(),
        }
    }

    fn put(&self, out: &mut BytesMut) {
        match self {
            Self::Vote(vote) => {
                out.put_u8(1);
                vote.put(out);
            }
            Self::Proposal(proposal) => {
                out.put_u8(2);
                proposal.put(out);
            }
        }
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        match u8::get(from)? {
            1 => Wire::get(from).map(Self::Vote),
            2 => Wire::get(from).map(Self::Proposal),
            tag => Err(CodecError::Tag { what: "consensus message", tag }),
        }
    }
}

impl Wire for LivenessMsg<Bulla> {
    fn size(&self) -> usize {
        1 + match self {
            Self::Vote(vote) => vote.size(),
            Self::PolkaCertificate(certificate) => certificate.size(),
            Self::SkipRoundCertificate(certificate) => certificate.size(),
        }
    }

    fn put(&self, out: &mut BytesMut) {
        match self {
            Self::Vote(vote) => {
                out.put_u8(1);
                vote.put(out);
            }
            Self::PolkaCertificate(certificate) => {
                out.put_u8(2);
                certificate.put(out);
            }
            Self::SkipRoundCertificate(certificate) => {
                out.put_u8(3);
                certificate.put(out);
            }
        }
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        match u8::get(from)? {
            1 => Wire::get(from).map(Self::Vote),
            2 => Wire::get(from).map(Self::PolkaCertificate),
            3 => Wire::get(from).map(Self::SkipRoundCertificate),
            tag => Err(CodecError::Tag { what: "liveness message", tag }),
        }
    }
}

impl Wire for ValidatorProof<Bulla> {
    fn size(&self) -> usize {
        size_of_bytes(&self.public_key) + size_of_bytes(&self.peer_id) + self.signature.size()
    }

    fn put(&self, out: &mut BytesMut) {
        put_bytes(out, &self.public_key);
        put_bytes(out, &self.peer_id);
        self.signature.put(out);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        let public_key = get_bytes(from, "bytes of a key", IDENTITY_BYTES_MAX)?.to_vec();
        let peer_id = get_bytes(from, "bytes of a network identity", IDENTITY_BYTES_MAX)?.to_vec();
        Ok(Self::new(public_key, peer_id, Wire::get(from)?))
    }
}
