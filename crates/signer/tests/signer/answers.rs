//! Requests, one by one.

use bulla_signer::wire::{Answer, FRAME_BYTES_MAX, Refusal, Request};
use bulla_types::{ConsensusMessage, Height, LedgerId, ValidatorProof, Vote};
use proptest::prelude::*;

use super::*;

#[test]
fn votes_proposals_first_parts_and_network_identities_are_signed() {
    let folder = tempfile::tempdir().unwrap();
    let signer = settled(folder.path());
    // A proposer signs the proposal and the first part of its stream at one place.
    signed(&signer, proposal(5, 0, None, 1));
    signed(&signer, first_part(5, 0, None, 1));
    signed(&signer, vote(PREVOTE, 5, 0, Some(1)));
    signed(&signer, vote(PRECOMMIT, 5, 0, Some(1)));
    signed(&signer, vote(PREVOTE, 5, 1, None));
    let Answer::Signature(signature) = ask(&signer, &Request::ProveValidator(proof())) else { panic!() };
    key().public_key().verify_strict(&proof().preimage(), &signature).unwrap();
}

#[test]
fn another_value_at_a_place_is_refused_and_the_same_is_signed_again() {
    let folder = tempfile::tempdir().unwrap();
    let signer = settled(folder.path());
    let messages = [proposal(5, 0, None, 1), vote(PREVOTE, 5, 0, Some(1)), vote(PRECOMMIT, 5, 0, None)];
    let others = [proposal(5, 0, None, 2), vote(PREVOTE, 5, 0, None), vote(PRECOMMIT, 5, 0, Some(1))];
    for (message, other) in messages.into_iter().zip(others) {
        let signature = signed(&signer, message);
        assert_eq!(asked(&signer, other), Answer::Refused(Refusal::WouldEquivocate));
        assert_eq!(signed(&signer, message), signature);
    }
    // The first part stands at the place of its proposal.
    assert_eq!(asked(&signer, first_part(5, 0, None, 2)), Answer::Refused(Refusal::WouldEquivocate));
}

#[test]
fn a_place_that_was_passed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let signer = settled(folder.path());
    signed(&signer, vote(PREVOTE, 5, 2, Some(1)));
    for passed in [
        vote(PRECOMMIT, 4, 9, Some(1)),
        vote(PRECOMMIT, 5, 1, None),
        proposal(5, 2, None, 1),
        vote(PREVOTE, 5, 0, Some(1)),
    ] {
        assert_eq!(asked(&signer, passed), Answer::Refused(Refusal::WouldEquivocate), "{passed:?}");
    }
    signed(&signer, vote(PRECOMMIT, 5, 2, Some(1)));
    signed(&signer, vote(PREVOTE, 6, 0, None));
    assert_eq!(asked(&signer, vote(PRECOMMIT, 5, 3, None)), Answer::Refused(Refusal::WouldEquivocate));
}

#[test]
fn nothing_is_signed_for_another_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let signer = settled(folder.path());
    let other = LedgerId::from_bytes([0x12; 32]);
    let ConsensusMessage::Vote(own) = vote(PREVOTE, 5, 0, None) else { panic!() };
    for request in [
        Request::Hello { ledger_id: other },
        Request::Sign(ConsensusMessage::Vote(Vote { ledger_id: other, ..own })),
        Request::ProveValidator(ValidatorProof { ledger_id: other, ..proof() }),
        Request::NetworkHeight { ledger_id: other, height: Height(9) },
    ] {
        assert_eq!(ask(&signer, &request), Answer::Refused(Refusal::OtherLedger), "{request:?}");
    }
    // And nothing was recorded for it.
    signed(&signer, vote(PREVOTE, 5, 0, Some(1)));
}

/// Whatever address a node has in mind: the signer signs in its own name, or not at all.
#[test]
fn a_signature_is_always_in_the_name_of_the_signers_own_key() {
    let folder = tempfile::tempdir().unwrap();
    let signer = settled(folder.path());
    let ConsensusMessage::Vote(own) = vote(PREVOTE, 5, 0, None) else { panic!() };
    let others = Vote { address: Address::of(SecretKey::from_seed(&[8; 32]).public_key()), ..own };
    let Answer::Signature(signature) = asked(&signer, ConsensusMessage::Vote(others)) else { panic!() };
    assert!(key().public_key().verify_strict(&own.preimage(), &signature).is_ok());
    assert!(key().public_key().verify_strict(&others.preimage(), &signature).is_err());
}

#[test]
fn a_hello_in_another_version_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let signer = settled(folder.path());
    let mut hello = Request::Hello { ledger_id: ledger() }.encode();
    assert!(
        matches!(signer.answer(&hello), Answer::Welcome { public_key, .. } if public_key == key().public_key().to_bytes())
    );
    hello[1] = 2;
    assert_eq!(signer.answer(&hello), Answer::Refused(Refusal::UnknownVersion));
}

fn requests() -> Vec<Request> {
    vec![
        Request::Hello { ledger_id: ledger() },
        Request::Sign(vote(PREVOTE, 1, 2, Some(3))),
        Request::Sign(vote(PRECOMMIT, u64::MAX, u32::MAX, None)),
        Request::Sign(proposal(1, 2, Some(0), 3)),
        Request::Sign(proposal(1, 2, None, 3)),
        Request::Sign(first_part(1, 2, Some(1), 3)),
        Request::ProveValidator(proof()),
        Request::NetworkHeight { ledger_id: ledger(), height: Height(77) },
    ]
}

#[test]
fn every_request_reads_back_and_nothing_shorter_or_longer_does() {
    for request in requests() {
        let bytes = request.encode();
        assert!(bytes.len() <= FRAME_BYTES_MAX);
        assert_eq!(Request::decode(&bytes, key().public_key()).as_ref(), Ok(&request));
        for length in 0..bytes.len() {
            assert!(Request::decode(&bytes[..length], key().public_key()).is_err(), "{request:?} {length}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(Request::decode(&longer, key().public_key()).is_err(), "{request:?}");
    }
}

proptest! {
    /// Bytes from anywhere are refused, or are the one encoding of what they say.
    #[test]
    fn what_reads_as_a_request_is_its_one_encoding(bytes in hostile_requests()) {
        if let Ok(request) = Request::decode(&bytes, key().public_key()) {
            prop_assert_eq!(request.encode(), bytes);
        }
    }

    #[test]
    fn what_reads_as_an_answer_is_its_one_encoding(bytes in hostile_answers()) {
        if let Ok(answer) = Answer::decode(&bytes) {
            prop_assert_eq!(answer.encode(), bytes);
        }
    }
}

/// Noise, and true requests with a byte changed.
fn hostile_requests() -> impl Strategy<Value = Vec<u8>> {
    damaged(requests().iter().map(Request::encode).collect())
}

fn hostile_answers() -> impl Strategy<Value = Vec<u8>> {
    damaged(vectors::answers().iter().map(|(_, answer)| answer.encode()).collect())
}

fn damaged(sound: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let noise = proptest::collection::vec(any::<u8>(), 0..=FRAME_BYTES_MAX);
    let changed = (proptest::sample::select(sound), any::<proptest::sample::Index>(), any::<u8>());
    let changed = changed.prop_map(|(mut bytes, at, byte)| {
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes
    });
    prop_oneof![noise, changed]
}
