//! The steps singly, as an SDK uses them.

use std::sync::Arc;

use bulla_fixtures::{Ledger, SERVICE, validator_keys};
use bulla_types::{Content, MemberNumber, ReasonCode, StateKey};
use bulla_verify::{HeaderVerifier, ValidatorHistory, verify_inclusion_of, verify_record};
use bytes::Bytes;

#[test]
fn a_header_is_verified_once_and_recognised_after() {
    let ledger = Ledger::with_deposits();
    let mut verifier = HeaderVerifier::new(ValidatorHistory::of(&ledger.genesis));
    let (header, certificate) = &ledger.blocks[1];
    let first = verifier.verify(header, certificate).unwrap();
    assert!(Arc::ptr_eq(&first, &verifier.verify(header, certificate).unwrap()));
    assert_eq!(first.hash(), header.hash());
    // The certificate belongs to what was verified.
    let mut forged = certificate.clone();
    forged.signatures[0].1.0[0] ^= 1;
    assert_eq!(verifier.verify(header, &forged).unwrap_err().reason, ReasonCode::CertificateSignatureInvalid);
}

#[test]
fn a_change_of_validators_makes_the_verifier_forget() {
    let mut ledger = Ledger::with_deposits();
    ledger.change_validators(&[("member 9 consensus", 1)]);
    ledger.block(vec![]);
    let mut verifier = HeaderVerifier::new(ValidatorHistory::of(&ledger.genesis));
    let (header, certificate) = &ledger.blocks[5];
    assert_eq!(verifier.verify(header, certificate).unwrap_err().reason, ReasonCode::ValidatorsMismatch);
    // The old validators' own continuation passes until the change is known.
    let mut forged = header.clone();
    forged.validators_hash = ledger.genesis.validators().hash();
    let old = validator_keys(ledger.genesis.validators());
    let by_old = bulla_fixtures::certificate(&forged, &old[..3]);
    verifier.verify(&forged, &by_old).unwrap();
    verifier.follow(&ledger.transitions[0]).unwrap();
    assert_eq!(verifier.verify(&forged, &by_old).unwrap_err().reason, ReasonCode::ValidatorsMismatch);
    verifier.verify(header, certificate).unwrap();
}

#[test]
fn an_entry_is_shown_to_stand_in_a_certified_header() {
    let ledger = Ledger::with_deposits();
    let mut verifier = HeaderVerifier::new(ValidatorHistory::of(&ledger.genesis));
    let (receipts, _) = ledger.receipts(&[2], 4);
    let header = verifier.verify(&receipts[0].header, &receipts[0].certificate).unwrap();
    let entry = verify_inclusion_of(&header, &receipts[0].entry, 2, &receipts[0].inclusion_path).unwrap();
    assert!(matches!(entry.content, Content::Transaction(_)));
    let refused =
        |entry: &Bytes, index| verify_inclusion_of(&header, entry, index, &receipts[0].inclusion_path);
    assert_eq!(refused(&receipts[0].entry, 1).unwrap_err().reason, ReasonCode::InclusionInvalid);
    assert_eq!(refused(&Bytes::from_static(b"\xff"), 2).unwrap_err().reason, ReasonCode::Malformed);
}

#[test]
fn a_record_is_shown_present_or_absent() {
    let ledger = Ledger::with_deposits();
    let mut verifier = HeaderVerifier::new(ValidatorHistory::of(&ledger.genesis));
    let (header, certificate) = &ledger.blocks[3];
    let header = verifier.verify(header, certificate).unwrap();
    let present = ledger.prove(StateKey::Member(SERVICE), 4);
    let absent = ledger.prove(StateKey::Member(MemberNumber(7)), 4);
    assert!(present.value.is_some() && absent.value.is_none());
    verify_record(&header, &present).unwrap();
    verify_record(&header, &absent).unwrap();
    let mut denied = present;
    denied.value = None;
    assert_eq!(verify_record(&header, &denied).unwrap_err().reason, ReasonCode::StateProofInvalid);
}
