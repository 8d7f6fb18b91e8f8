//! Certificates: what many validators signed alike.

use bulla_types::limits::VALIDATORS_MAX;
use bytes::{Bytes, BytesMut};
use malachitebft_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, PolkaCertificate, PolkaSignature, RoundCertificate,
    RoundCertificateType, RoundSignature,
};

use super::base::Item;
use super::{CodecError, Wire, wire_fields};
use crate::context::Bulla;

wire_fields!(PolkaSignature<Bulla> { address, signature });
wire_fields!(in round PolkaCertificate<Bulla> { height, round, value_id, polka_signatures });
wire_fields!(RoundSignature<Bulla> { vote_type, value_id, address, signature });
wire_fields!(in round RoundCertificate<Bulla> { height, round, cert_type, round_signatures });
wire_fields!(in round ExtendedCommitCertificate<Bulla> { height, round, value_id, commit_signatures });

impl Item for PolkaSignature<Bulla> {
    const WHAT: &'static str = "prevotes of a certificate";
    const MAX: usize = VALIDATORS_MAX;
}

impl Item for RoundSignature<Bulla> {
    const WHAT: &'static str = "votes of a round certificate";
    // A prevote and a precommit of each validator.
    const MAX: usize = 2 * VALIDATORS_MAX;
}

impl Item for ExtendedCommitSignature<Bulla> {
    const WHAT: &'static str = "precommits of a certificate";
    const MAX: usize = VALIDATORS_MAX;
}

/// Without an extension, which no height of ours has.
impl Wire for ExtendedCommitSignature<Bulla> {
    fn size(&self) -> usize {
        self.address.size() + self.signature.size()
    }

    fn put(&self, out: &mut BytesMut) {
        self.address.put(out);
        self.signature.put(out);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        Ok(Self::new(Wire::get(from)?, Wire::get(from)?, None))
    }
}

impl Wire for RoundCertificateType {
    fn size(&self) -> usize {
        1
    }

    fn put(&self, out: &mut BytesMut) {
        let tag: u8 = match self {
            Self::Precommit => 1,
            Self::Skip => 2,
        };
        tag.put(out);
    }

    fn get(from: &mut Bytes) -> Result<Self, CodecError> {
        match u8::get(from)? {
            1 => Ok(Self::Precommit),
            2 => Ok(Self::Skip),
            tag => Err(CodecError::Tag { what: "round certificate type", tag }),
        }
    }
}
