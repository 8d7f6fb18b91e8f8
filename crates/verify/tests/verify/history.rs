//! The validators from the genesis on.

use bulla_fixtures::{Ledger, SERVICE, certificate, key, validator_keys, validator_set};
use bulla_types::{Canonical, Genesis, Height, ReasonCode, ReceiptFile};
use bulla_verify::{ValidatorHistory, verify};

use crate::anchor;

const FIRST_CHANGE: [(&str, u64); 3] =
    [("member 1 consensus", 1), ("member 7 consensus", 1), ("member 8 consensus", 2)];
const SECOND_CHANGE: [(&str, u64); 1] = [("member 9 consensus", 5)];

/// Changes of validators at heights 5 and 7, deposits before, between and after: entries 2, 4 and 5.
fn ledger() -> Ledger {
    let mut ledger = Ledger::with_deposits();
    for labels in [&FIRST_CHANGE[..], &SECOND_CHANGE[..]] {
        ledger.change_validators(labels);
        let deposit = ledger.deposit(b"document", &[(SERVICE, "member 5 operate")]);
        ledger.block(vec![deposit]);
    }
    ledger
}

#[test]
fn receipts_of_every_set_of_validators_verify_from_the_genesis() {
    let ledger = ledger();
    let report = verify(&ledger.file(&[2, 4, 5]).encode(), &anchor(&ledger), &[]).unwrap();
    let report = serde_json::to_value(report).unwrap();
    for (receipt, (changes, validators)) in [(0, 4), (1, 3), (2, 1)].into_iter().enumerate() {
        let receipt = &report["receipts"][receipt];
        assert_eq!(receipt["anchored"]["validator_changes"], changes);
        assert_eq!(receipt["votes"]["validators"], validators);
    }
}

#[test]
fn each_height_has_its_validators() {
    let ledger = ledger();
    let mut history = ValidatorHistory::of(&Genesis::decode(&ledger.genesis.encode()).unwrap());
    for transition in &ledger.transitions {
        history.follow(transition).unwrap();
    }
    let in_force = |height| history.in_force_at(Height(height));
    assert_eq!(in_force(1), ledger.genesis.validators());
    assert_eq!(in_force(5), ledger.genesis.validators());
    assert_eq!(*in_force(6), validator_set(&FIRST_CHANGE));
    assert_eq!(*in_force(7), validator_set(&FIRST_CHANGE));
    assert_eq!(*in_force(8), validator_set(&SECOND_CHANGE));
    assert_eq!(*in_force(u64::MAX), validator_set(&SECOND_CHANGE));
}

#[test]
fn a_change_cannot_be_skipped_repeated_or_taken_out_of_order() {
    let ledger = ledger();
    let [first, second] = &ledger.transitions[..] else { panic!("two changes") };
    let follow = |transitions: &[&bulla_types::ValidatorTransition]| {
        let mut history = ValidatorHistory::of(&ledger.genesis);
        transitions.iter().try_for_each(|t| history.follow(t).map(drop)).unwrap_err()
    };
    for transitions in [&[second][..], &[first, first], &[second, first]] {
        assert_eq!(follow(transitions).reason, ReasonCode::ValidatorsMismatch);
    }
}

#[test]
fn retired_validators_decide_nothing_more() {
    let ledger = ledger();
    let (mut receipts, bundle) = ledger.receipts(&[5], ledger.height());
    let old = validator_keys(ledger.genesis.validators());
    // The old validators certify block 8, in which they are no longer in force.
    receipts[0].certificate = certificate(&receipts[0].header, &old[..3]);
    let file = ReceiptFile::new(receipts.clone(), vec![bundle.clone()]).unwrap().encode();
    let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::CertificateUnknownValidator);
    // A header of theirs, which names them.
    receipts[0].header.validators_hash = ledger.genesis.validators().hash();
    receipts[0].certificate = certificate(&receipts[0].header, &old[..3]);
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::ValidatorsMismatch);
    assert_eq!(refused.place, "receipts[0].header.validators_hash");
}

#[test]
fn a_change_that_changes_nothing_is_refused() {
    let mut ledger = Ledger::with_deposits();
    let same = [1, 2, 3, 4].map(|n| format!("member {n} consensus"));
    ledger.change_validators(&same.each_ref().map(|label| (label.as_str(), 1)));
    let refused = verify(&ledger.file(&[2]).encode(), &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::ValidatorsMismatch);
    assert_eq!(refused.place, "bundles[0].transitions[0].next_validators");
}

#[test]
fn a_change_after_the_header_of_the_records_is_refused() {
    let ledger = ledger();
    let (mut receipts, mut bundle) = ledger.receipts(&[2], 4);
    bundle.transitions = ledger.transitions[..1].to_vec();
    receipts[0].bundle_digest = bundle.digest();
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.place, "bundles[0].transitions[0].header.height");
}

#[test]
fn power_counts_and_not_heads() {
    // Member 8 has two of four: with either of the others it has three, a quorum; the others alone do not.
    let ledger = ledger();
    let set = validator_set(&FIRST_CHANGE);
    let by = |labels: &[&str]| {
        let (mut receipts, bundle) = ledger.receipts(&[4], ledger.height());
        let signers: Vec<_> = labels.iter().map(|label| key(label)).collect();
        receipts[0].certificate = certificate(&receipts[0].header, &signers);
        let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
        verify(&file, &anchor(&ledger), &[]).map(drop).map_err(|refused| refused.reason)
    };
    assert_eq!(set.total_power(), 4);
    assert_eq!(by(&["member 8 consensus", "member 1 consensus"]), Ok(()));
    assert_eq!(by(&["member 8 consensus", "member 7 consensus"]), Ok(()));
    assert_eq!(by(&["member 7 consensus", "member 1 consensus"]), Err(ReasonCode::CertificateNoQuorum));
    let all = ["member 1 consensus", "member 7 consensus", "member 8 consensus"];
    assert_eq!(by(&all), Err(ReasonCode::CertificateSuperfluousSignature));
}
