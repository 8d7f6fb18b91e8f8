//! One decided block of one peer, asked for apart from the engine's sync: by whoever wants to see what a peer holds,
//! not to follow it.

use bulla_types::CommitCertificate;
use bytes::Bytes;
use malachitebft_core_types::ExtendedCommitCertificate;
use malachitebft_sync::{RawDecidedValue, Request, Response, ValueRequest, ValueResponse};

use crate::codec::{CodecError, decode, encode};
use crate::context::{Bulla, Height};

/// The bytes are no answer with blocks: no honest node sends them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an answer with blocks: {0}")]
pub struct NoAnswer(CodecError);

/// The question for the decided block of this height, for the sync lane.
#[must_use]
pub fn ask_decided(height: u64) -> Bytes {
    let height = Height(height);
    let request: Request<Bulla> = Request::ValueRequest(ValueRequest::new(height..=height));
    encode(&request)
}

/// The first block of an answer, with its certificate, signatures in rising order of address. Nothing in either has
/// been verified. `None` when the peer has no such block.
///
/// # Errors
/// [`NoAnswer`] when the bytes are something else.
pub fn read_decided(answer: Bytes) -> Result<Option<(CommitCertificate, Bytes)>, NoAnswer> {
    let Response::ValueResponse(ValueResponse { values, .. }) = decode(answer).map_err(NoAnswer)?;
    Ok(values.into_iter().next().and_then(decided))
}

fn decided(value: RawDecidedValue<Bulla>) -> Option<(CommitCertificate, Bytes)> {
    Some((certificate(&value.certificate)?, value.value_bytes))
}

/// As it stands on the ledger. Nothing in it has been verified.
pub(crate) fn certificate(certificate: &ExtendedCommitCertificate<Bulla>) -> Option<CommitCertificate> {
    let signed = certificate.commit_signatures.iter();
    let mut signatures: Vec<_> = signed.map(|signed| (signed.address.0, signed.signature)).collect();
    signatures.sort_by_key(|(address, _)| *address);
    Some(CommitCertificate {
        height: bulla_types::Height(certificate.height.0),
        round: certificate.round.as_u32()?,
        block_hash: certificate.value_id,
        signatures,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::Address;
    use malachitebft_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature, Round};

    use super::*;
    use crate::context::ValidatorAddress;
    use crate::testing::{block, signature};

    fn answer(values: Vec<RawDecidedValue<Bulla>>) -> Bytes {
        encode(&Response::<Bulla>::ValueResponse(ValueResponse::new(Height(7), values)))
    }

    #[test]
    fn a_question_is_two_heights() {
        assert_eq!(ask_decided(7)[..], [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7]);
    }

    #[test]
    fn an_answer_gives_the_block_and_the_certificate_in_order() {
        let signed = |number: u8| {
            let address = ValidatorAddress(Address::from_bytes([number; 32]));
            ExtendedCommitSignature::new(address, signature(number), None)
        };
        let certificate = ExtendedCommitCertificate {
            height: Height(7),
            round: Round::new(2),
            value_id: block(1),
            commit_signatures: vec![signed(9), signed(4)],
        };
        let value = RawDecidedValue::new(Bytes::from_static(b"block"), certificate);
        let (certificate, bytes) = read_decided(answer(vec![value])).unwrap().unwrap();
        assert_eq!((certificate.height.0, certificate.round, certificate.block_hash), (7, 2, block(1)));
        let signers: Vec<u8> =
            certificate.signatures.iter().map(|(address, _)| address.as_bytes()[0]).collect();
        assert_eq!((signers, &bytes[..]), (vec![4, 9], &b"block"[..]));
    }

    #[test]
    fn no_block_is_an_answer_and_junk_is_none() {
        assert_eq!(read_decided(answer(Vec::new())), Ok(None));
        assert!(read_decided(Bytes::from_static(b"junk")).is_err());
    }
}
