//! The frames of the votes lane: one byte says what follows.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use malachitebft_app::consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::ValidatorProof;
use malachitebft_sync::Status;

use crate::codec::{CodecError, Wire, decode};
use crate::context::Bulla;
use crate::signing::ABSTAINED;

const CONSENSUS: u8 = 1;
const LIVENESS: u8 = 2;
const STATUS: u8 = 3;
const PROOF: u8 = 4;

/// What a frame of the votes lane says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum VotesFrame {
    /// A vote or a proposal.
    Consensus(SignedConsensusMsg<Bulla>),
    /// What helps those who fell behind within a height: a vote again, or a certificate.
    Liveness(LivenessMsg<Bulla>),
    /// How far its sender is.
    Status(Status<Bulla>),
    /// Which validator its sender is.
    Proof(ValidatorProof<Bulla>),
}

/// A vote or a proposal; none when this node abstained from signing it.
pub(super) fn consensus(message: &SignedConsensusMsg<Bulla>) -> Option<Bytes> {
    (*message.signature() != ABSTAINED).then(|| frame(CONSENSUS, message))
}

/// As [`consensus`].
pub(super) fn liveness(message: &LivenessMsg<Bulla>) -> Option<Bytes> {
    let abstained = matches!(message, LivenessMsg::Vote(vote) if vote.signature == ABSTAINED);
    (!abstained).then(|| frame(LIVENESS, message))
}

pub(crate) fn status(status: &Status<Bulla>) -> Bytes {
    frame(STATUS, status)
}

pub(super) fn proof(proof: &ValidatorProof<Bulla>) -> Bytes {
    frame(PROOF, proof)
}

fn frame<T: Wire>(kind: u8, value: &T) -> Bytes {
    let mut out = BytesMut::with_capacity(1 + value.size());
    out.put_u8(kind);
    value.put(&mut out);
    out.freeze()
}

/// Reads a frame.
pub(super) fn read(mut frame: Bytes) -> Result<VotesFrame, CodecError> {
    if frame.is_empty() {
        return Err(CodecError::Truncated { needed: 1, left: 0 });
    }
    match frame.get_u8() {
        CONSENSUS => decode(frame).map(VotesFrame::Consensus),
        LIVENESS => decode(frame).map(VotesFrame::Liveness),
        STATUS => decode(frame).map(VotesFrame::Status),
        PROOF => decode(frame).map(VotesFrame::Proof),
        tag => Err(CodecError::Tag { what: "frame of the votes lane", tag }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use malachitebft_app::types::PeerId;
    use malachitebft_core_types::{NilOrVal, Round, SignedMessage, VoteType};

    use super::*;
    use crate::context::{Height, ValidatorAddress, Vote};
    use crate::testing::{block, signature};

    fn vote(signature: bulla_crypto::Signature) -> SignedMessage<Bulla, Vote> {
        let voter = ValidatorAddress(bulla_types::Address::from_bytes([4; 32]));
        let (height, value) = (Height(7), NilOrVal::Val(block(1)));
        let vote = Vote { kind: VoteType::Prevote, height, round: Round::new(0), value, voter };
        SignedMessage::new(vote, signature)
    }

    #[test]
    fn frames_read_back_as_they_were_written() {
        let message = SignedConsensusMsg::Vote(vote(signature(3)));
        assert_eq!(read(consensus(&message).unwrap()).unwrap(), VotesFrame::Consensus(message));
        let message = LivenessMsg::Vote(vote(signature(3)));
        assert_eq!(read(liveness(&message).unwrap()).unwrap(), VotesFrame::Liveness(message));
        let peer_id =
            PeerId::from_bytes(&bulla_network::NodeKey::from_seed(&mut [1; 32]).peer_id().to_bytes())
                .unwrap();
        let said = Status { peer_id, tip_height: Height(9), history_min_height: Height(1) };
        assert_eq!(read(status(&said)).unwrap(), VotesFrame::Status(said));
        let said = ValidatorProof::new(vec![1; 32], peer_id.to_bytes(), signature(5));
        assert_eq!(read(proof(&said)).unwrap(), VotesFrame::Proof(said));
    }

    #[test]
    fn what_this_node_abstained_from_signing_stays_here() {
        assert_eq!(consensus(&SignedConsensusMsg::Vote(vote(ABSTAINED))), None);
        assert_eq!(liveness(&LivenessMsg::Vote(vote(ABSTAINED))), None);
    }

    #[test]
    fn frames_of_no_kind_and_frames_with_a_byte_too_many_are_refused() {
        for bytes in [&[][..], &[0], &[5, 1, 2, 3], &[CONSENSUS]] {
            assert!(read(Bytes::from_static(bytes)).is_err(), "{bytes:?}");
        }
        let mut long = consensus(&SignedConsensusMsg::Vote(vote(signature(3)))).unwrap().to_vec();
        long.push(0);
        assert_eq!(read(long.into()), Err(CodecError::Trailing(1)));
    }
}
