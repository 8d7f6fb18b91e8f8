#![allow(clippy::unwrap_used)]

use bulla_crypto::{Hash, Signature};
use bulla_types::{Address, BlockHash};
use bytes::Bytes;
use malachitebft_app::consensus::LivenessMsg;
use malachitebft_app::streaming::{StreamContent, StreamId, StreamMessage};
use malachitebft_app::types::PeerId;
use malachitebft_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, PolkaSignature, Round, RoundCertificate,
    RoundCertificateType, RoundSignature, SignedMessage, ValidatorProof, Validity, VoteType,
};
use malachitebft_sync::{RawDecidedValue, ValueRequest, ValueResponse};
use proptest::prelude::*;

use super::*;
use crate::context::{Height, Proposal, ValidatorAddress, Value, Vote};
use crate::limits::{PART_BYTES, SYNC_BATCH_BLOCKS};
use crate::parts::{FirstPart, Part, StreamKey};

fn height() -> impl Strategy<Value = Height> {
    (0..1u64 << 62).prop_map(Height)
}

fn round() -> impl Strategy<Value = Round> {
    (0..u32::MAX).prop_map(Round::new)
}

fn any_round() -> impl Strategy<Value = Round> {
    prop_oneof![Just(Round::Nil), round()]
}

fn block_hash() -> impl Strategy<Value = BlockHash> {
    any::<[u8; 32]>().prop_map(BlockHash::from_bytes)
}

fn address() -> impl Strategy<Value = ValidatorAddress> {
    any::<[u8; 32]>().prop_map(|bytes| ValidatorAddress(Address::from_bytes(bytes)))
}

fn signature() -> impl Strategy<Value = Signature> {
    prop::array::uniform32(1u8..).prop_map(|half| {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&half);
        bytes[32..].copy_from_slice(&half);
        Signature(bytes)
    })
}

fn bytes(max: usize) -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..max).prop_map(Bytes::from)
}

fn vote_kind() -> impl Strategy<Value = VoteType> {
    prop_oneof![Just(VoteType::Prevote), Just(VoteType::Precommit)]
}

fn vote_value() -> impl Strategy<Value = NilOrVal<BlockHash>> {
    prop_oneof![Just(NilOrVal::Nil), block_hash().prop_map(NilOrVal::Val)]
}

fn vote() -> impl Strategy<Value = Vote> {
    (vote_kind(), height(), round(), vote_value(), address())
        .prop_map(|(kind, height, round, value, voter)| Vote { kind, height, round, value, voter })
}

fn proposal() -> impl Strategy<Value = Proposal> {
    (height(), round(), block_hash(), any_round(), address()).prop_map(
        |(height, round, block, pol_round, proposer)| Proposal {
            height,
            round,
            value: Value(block),
            pol_round,
            proposer,
        },
    )
}

fn signed<M: std::fmt::Debug>(
    message: impl Strategy<Value = M>,
) -> impl Strategy<Value = SignedMessage<Bulla, M>> {
    (message, signature()).prop_map(|(message, signature)| SignedMessage::new(message, signature))
}

fn consensus_message() -> impl Strategy<Value = SignedConsensusMsg<Bulla>> {
    prop_oneof![
        signed(vote()).prop_map(SignedConsensusMsg::Vote),
        signed(proposal()).prop_map(SignedConsensusMsg::Proposal),
    ]
}

fn polka() -> impl Strategy<Value = PolkaCertificate<Bulla>> {
    let signatures = prop::collection::vec((address(), signature()), 0..8);
    (height(), round(), block_hash(), signatures).prop_map(|(height, round, value_id, signatures)| {
        let polka_signatures = signatures.into_iter().map(|(a, s)| PolkaSignature::new(a, s)).collect();
        PolkaCertificate { height, round, value_id, polka_signatures }
    })
}

fn round_certificate() -> impl Strategy<Value = RoundCertificate<Bulla>> {
    let kind = prop_oneof![Just(RoundCertificateType::Skip), Just(RoundCertificateType::Precommit)];
    let signatures = prop::collection::vec((vote_kind(), vote_value(), address(), signature()), 0..8);
    (height(), round(), kind, signatures).prop_map(|(height, round, cert_type, signatures)| {
        let round_signatures = signatures
            .into_iter()
            .map(|(kind, value, a, s)| RoundSignature::new(kind, value, a, s))
            .collect();
        RoundCertificate { height, round, cert_type, round_signatures }
    })
}

fn liveness_message() -> impl Strategy<Value = LivenessMsg<Bulla>> {
    prop_oneof![
        signed(vote()).prop_map(LivenessMsg::Vote),
        polka().prop_map(LivenessMsg::PolkaCertificate),
        round_certificate().prop_map(LivenessMsg::SkipRoundCertificate),
    ]
}

fn first_part() -> impl Strategy<Value = FirstPart> {
    (height(), any::<u32>(), any::<Option<u32>>(), address(), block_hash(), any::<[u8; 32]>(), signature())
        .prop_map(|(height, round, pol_round, proposer, block_hash, digest, signature)| FirstPart {
            height: height.0,
            round,
            pol_round,
            proposer: proposer.0,
            block_hash,
            size: round ^ 7,
            digest: Hash::from_bytes(digest),
            signature,
        })
}

fn stream_message() -> impl Strategy<Value = StreamMessage<Part>> {
    let part = prop_oneof![first_part().prop_map(Part::First), bytes(400).prop_map(Part::Data)];
    (any::<(u64, u32, u64)>(), any::<u64>(), part).prop_map(|((height, round, serial), sequence, part)| {
        let id = StreamKey { height, round, serial }.to_id();
        StreamMessage::new(id, sequence, StreamContent::Data(part))
    })
}

fn certificate() -> impl Strategy<Value = ExtendedCommitCertificate<Bulla>> {
    let signatures = prop::collection::vec((address(), signature()), 0..8);
    (height(), round(), block_hash(), signatures).prop_map(|(height, round, value_id, signatures)| {
        let commit_signatures =
            signatures.into_iter().map(|(a, s)| ExtendedCommitSignature::new(a, s, None)).collect();
        ExtendedCommitCertificate { height, round, value_id, commit_signatures }
    })
}

fn response() -> impl Strategy<Value = Response<Bulla>> {
    let values = prop::collection::vec((bytes(300), certificate()), 0..SYNC_BATCH_BLOCKS);
    (height(), values).prop_map(|(start, values)| {
        let values = values.into_iter().map(|(bytes, cert)| RawDecidedValue::new(bytes, cert)).collect();
        Response::ValueResponse(ValueResponse::new(start, values))
    })
}

fn proposed_value() -> impl Strategy<Value = ProposedValue<Bulla>> {
    (height(), round(), any_round(), address(), block_hash(), any::<bool>()).prop_map(
        |(height, round, valid_round, proposer, block, valid)| ProposedValue {
            height,
            round,
            valid_round,
            proposer,
            value: Value(block),
            validity: Validity::from_bool(valid),
        },
    )
}

fn comes_back<T: Wire + PartialEq + std::fmt::Debug>(value: &T) -> Result<(), TestCaseError> {
    let encoded = encode(value);
    prop_assert_eq!(encoded.len(), value.size());
    prop_assert_eq!(&decode::<T>(encoded.clone()).unwrap(), value);
    for cut in [encoded.len() / 2, encoded.len() - 1] {
        prop_assert!(decode::<T>(encoded.slice(..cut)).is_err(), "a message cut short is refused");
    }
    let mut longer = encoded.to_vec();
    longer.push(0);
    prop_assert_eq!(decode::<T>(longer.into()), Err(CodecError::Trailing(1)));
    Ok(())
}

proptest! {
    #[test]
    fn votes_and_proposals_come_back(message in consensus_message()) {
        comes_back(&message)?;
    }

    #[test]
    fn liveness_messages_come_back(message in liveness_message()) {
        comes_back(&message)?;
    }

    #[test]
    fn parts_come_back(message in stream_message()) {
        comes_back(&message)?;
    }

    #[test]
    fn synced_blocks_come_back_and_their_length_is_known_beforehand(message in response()) {
        prop_assert_eq!(BullaCodec.encoded_len(&message).unwrap(), encode(&message).len());
        comes_back(&message)?;
    }

    #[test]
    fn log_entries_come_back(value in proposed_value(), polka in polka()) {
        comes_back(&value)?;
        comes_back(&polka)?;
    }

    #[test]
    fn random_bytes_never_panic(noise in prop::collection::vec(any::<u8>(), 0..600)) {
        let noise = Bytes::from(noise);
        let _ = decode::<SignedConsensusMsg<Bulla>>(noise.clone());
        let _ = decode::<LivenessMsg<Bulla>>(noise.clone());
        let _ = decode::<StreamMessage<Part>>(noise.clone());
        let _ = decode::<Part>(noise.clone());
        let _ = decode::<ValidatorProof<Bulla>>(noise.clone());
        let _ = decode::<Status<Bulla>>(noise.clone());
        let _ = decode::<Request<Bulla>>(noise.clone());
        let _ = decode::<Response<Bulla>>(noise.clone());
        let _ = decode::<ProposedValue<Bulla>>(noise.clone());
        let _ = decode::<PolkaCertificate<Bulla>>(noise);
    }

    #[test]
    fn a_changed_byte_never_panics(message in response(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = encode(&message).to_vec();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = decode::<Response<Bulla>>(bytes.into());
    }
}

#[test]
fn a_status_and_a_request_come_back() {
    let peer_id = bulla_network::NodeKey::from_seed(&mut [1; 32]).peer_id();
    let peer_id = PeerId::from_bytes(&peer_id.to_bytes()).unwrap();
    let status = Status::<Bulla> { peer_id, tip_height: Height(7), history_min_height: Height(1) };
    assert_eq!(decode::<Status<Bulla>>(encode(&status)).unwrap(), status);
    let request = Request::<Bulla>::ValueRequest(ValueRequest::new(Height(3)..=Height(9)));
    assert_eq!(decode::<Request<Bulla>>(encode(&request)).unwrap(), request);
}

#[test]
fn a_length_beyond_its_limit_is_refused_before_anything_is_allocated() {
    let mut part = vec![2];
    part.extend_from_slice(&u32::MAX.to_be_bytes());
    let found = usize::try_from(u32::MAX).unwrap();
    let refused = CodecError::TooMany { what: "bytes of a part", found, max: PART_BYTES };
    assert_eq!(decode::<Part>(part.into()), Err(refused));
}

#[test]
fn a_vote_without_a_round_is_refused() {
    let vote = Vote {
        kind: VoteType::Prevote,
        height: Height(1),
        round: Round::Nil,
        value: NilOrVal::Nil,
        voter: ValidatorAddress::of_observer(),
    };
    assert_eq!(decode::<Vote>(encode(&vote)), Err(CodecError::NoRound));
}

#[test]
fn a_height_beyond_any_ledger_is_refused() {
    assert_eq!(decode::<Height>(Bytes::from_static(&[0xff; 8])), Err(CodecError::Height(u64::MAX)));
}

#[test]
fn a_message_that_was_not_signed_does_not_leave() {
    let vote = Vote {
        kind: VoteType::Prevote,
        height: Height(1),
        round: Round::new(0),
        value: NilOrVal::Nil,
        voter: ValidatorAddress::of_observer(),
    };
    let abstained = SignedMessage::new(vote, ABSTAINED);
    let message = SignedConsensusMsg::Vote(abstained);
    assert_eq!(BullaCodec.encode(&message), Err(CodecError::Abstained));
}

#[test]
fn a_stream_name_of_another_length_is_refused() {
    let id = StreamId::new(Bytes::from_static(&[0; 21]));
    let message = StreamMessage::new(id, 0, StreamContent::Data(Part::Data(Bytes::from_static(b"x"))));
    assert!(decode::<StreamMessage<Part>>(encode(&message)).is_err());
}

/// `docs/formats/data-folder.md`: the check of a data folder finds this node's votes in the engine's log.
#[test]
fn a_vote_stands_in_the_log_as_the_format_of_the_data_folder_says() {
    let vote = Vote {
        kind: VoteType::Precommit,
        height: Height(0x0102_0304_0506_0708),
        round: Round::new(0x0a0b_0c0d),
        value: NilOrVal::Val(BlockHash::from_bytes([0xbb; 32])),
        voter: ValidatorAddress(Address::from_bytes([0xaa; 32])),
    };
    let message = SignedConsensusMsg::Vote(SignedMessage::new(vote.clone(), Signature([0x55; 64])));
    let mut expected = vec![1];
    expected.extend([0x55; 64]);
    expected.extend([2, 1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 0x0b, 0x0c, 0x0d, 1]);
    expected.extend([0xbb; 32]);
    expected.extend([0xaa; 32]);
    assert_eq!(encode(&message), expected);

    let nil = Vote { kind: VoteType::Prevote, value: NilOrVal::Nil, ..vote };
    let message = SignedConsensusMsg::Vote(SignedMessage::new(nil, Signature([0x55; 64])));
    expected[65] = 1;
    expected[78] = 0;
    expected.drain(79..111);
    assert_eq!(encode(&message), expected);
}
