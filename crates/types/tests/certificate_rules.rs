//! When a certificate shows that a block was decided.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_crypto::Signature;
use bulla_types::*;
use samples::*;

/// Validators with the consensus keys of founders 0, 1, … and these powers.
fn validators(powers: &[u64]) -> ValidatorSet {
    let validator =
        |(n, &power): (u8, &u64)| Validator::new(consensus_secret(n).public_key().clone(), power).unwrap();
    ValidatorSet::new((0..).zip(powers).map(validator).collect()).unwrap()
}

fn verify(signers: &[u8], powers: &[u64]) -> Result<(), CertificateError> {
    certificate_of(&header(), signers).verify(&genesis().ledger_id(), &validators(powers))
}

fn address(n: u8) -> Address {
    Address::of(consensus_secret(n).public_key())
}

#[test]
fn more_than_two_thirds_of_the_power_decide() {
    assert_eq!(verify(&[0, 1, 2], &[1, 1, 1, 1]), Ok(()));
    assert_eq!(verify(&[0, 1], &[1, 1, 1, 1]), Err(CertificateError::NoQuorum { signed: 2, total: 4 }));
    assert_eq!(verify(&[0, 1], &[1, 1, 1]), Err(CertificateError::NoQuorum { signed: 2, total: 3 }));
    assert_eq!(verify(&[0], &[7, 1, 1, 1]), Ok(()));
    assert_eq!(verify(&[0], &[1]), Ok(()));
}

#[test]
fn no_signature_is_superfluous() {
    assert!(matches!(verify(&[0, 1, 2, 3], &[1, 1, 1, 1]), Err(CertificateError::Superfluous(_))));
    assert_eq!(verify(&[0, 1], &[7, 1, 1, 1]), Err(CertificateError::Superfluous(address(1))));
}

#[test]
fn signatures_are_of_known_validators_in_rising_order() {
    assert_eq!(verify(&[0, 1, 3], &[1, 1, 1]), Err(CertificateError::UnknownValidator(address(3))));
    let mut certificate = certificate();
    certificate.signatures.swap(0, 1);
    let verdict = certificate.verify(&genesis().ledger_id(), &validators(&[1, 1, 1, 1]));
    assert_eq!(verdict, Err(CertificateError::NotRising(certificate.signatures[1].0)));
    assert!(CommitCertificate::decode(&certificate.encode()).is_err());
    certificate.signatures[1] = certificate.signatures[0];
    let verdict = certificate.verify(&genesis().ledger_id(), &validators(&[1, 1, 1, 1]));
    assert!(matches!(verdict, Err(CertificateError::NotRising(_))));
}

#[test]
fn every_signature_is_over_this_ledger_height_round_and_block() {
    let set = validators(&[1, 1, 1, 1]);
    let (good, ledger) = (certificate(), genesis().ledger_id());
    let forged = |certificate: &CommitCertificate, ledger: &LedgerId| {
        matches!(certificate.verify(ledger, &set), Err(CertificateError::SignatureInvalid(_)))
    };
    assert_eq!(good.verify(&ledger, &set), Ok(()));
    assert!(forged(&good, &LedgerId::from_bytes([0; 32])));
    assert!(forged(&CommitCertificate { height: Height(3), ..good.clone() }, &ledger));
    assert!(forged(&CommitCertificate { round: 1, ..good.clone() }, &ledger));
    assert!(forged(&CommitCertificate { block_hash: first_header().hash(), ..good.clone() }, &ledger));
    for index in 0..3 {
        let mut bad = good.clone();
        let address = bad.signatures[index].0;
        bad.signatures[index].1 = Signature([7; 64]);
        assert_eq!(bad.verify(&ledger, &set), Err(CertificateError::SignatureInvalid(address)));
    }
}

#[test]
fn only_a_signature_that_stands_in_a_verified_certificate_of_the_same_decision_is_not_verified_again() {
    let (set, ledger) = (validators(&[1, 1, 1, 1]), genesis().ledger_id());
    let good = certificate_of(&header(), &[0, 1, 2]);
    let mut bad = good.clone();
    bad.signatures[1].1 = Signature([7; 64]);
    let wrong = Err(CertificateError::SignatureInvalid(bad.signatures[1].0));
    assert_eq!(
        bad.verify_beside(Some(&good), &ledger, &set),
        wrong,
        "another signature than the one verified"
    );
    assert_eq!(bad.verify_beside(Some(&bad), &ledger, &set), Ok(()), "what is given as verified is believed");
    let of_other_round = CommitCertificate { round: 1, ..bad.clone() };
    assert_eq!(bad.verify_beside(Some(&of_other_round), &ledger, &set), wrong);
    let of_other_block = CommitCertificate { block_hash: first_header().hash(), ..bad.clone() };
    assert_eq!(bad.verify_beside(Some(&of_other_block), &ledger, &set), wrong);
    let others = certificate_of(&header(), &[1, 2, 3]);
    assert_eq!(
        others.verify_beside(Some(&good), &ledger, &set),
        Ok(()),
        "two of three are known, one is new"
    );
    let few = CommitCertificate { signatures: good.signatures[..2].to_vec(), ..good.clone() };
    let verdict = few.verify_beside(Some(&good), &ledger, &set);
    assert!(matches!(verdict, Err(CertificateError::NoQuorum { .. })), "the other rules hold all the same");
}

#[test]
fn a_prevote_does_not_count_as_a_precommit() {
    let ledger_id = genesis().ledger_id();
    let mut certificate = certificate();
    for (n, address) in [(0, address(0)), (1, address(1)), (2, address(2))] {
        let vote = Vote { vote_type: VoteType::Prevote, ..certificate.vote(ledger_id, address) };
        let entry = certificate.signatures.iter_mut().find(|(found, _)| *found == address).unwrap();
        entry.1 = consensus_secret(n).sign(&vote.preimage());
    }
    let verdict = certificate.verify(&ledger_id, &validators(&[1, 1, 1, 1]));
    assert!(matches!(verdict, Err(CertificateError::SignatureInvalid(_))));
}

#[test]
fn a_minimised_certificate_verifies_whatever_was_collected() {
    let ledger = genesis().ledger_id();
    for powers in [&[1, 1, 1, 1][..], &[7, 1, 1, 1], &[3, 2, 2, 1], &[5, 4, 3, 2]] {
        let set = validators(powers);
        let mut collected = certificate_of(&header(), &[3, 1, 0, 2, 5]);
        collected.signatures.reverse();
        collected.signatures.push(collected.signatures[0]);
        let minimised = collected.minimised(&set);
        assert_eq!(minimised.verify(&ledger, &set), Ok(()), "{powers:?}");
        assert_eq!(minimised.minimised(&set), minimised);
    }
}

#[test]
fn a_validator_set_is_sorted_unique_and_not_empty() {
    let set = validators(&[1, 2, 3]);
    assert!(set.validators().is_sorted_by_key(Validator::address));
    assert_eq!(set.get(&address(1)).map(Validator::power), Some(2));
    let twice = vec![set.validators()[0].clone(); 2];
    assert_eq!(ValidatorSet::new(twice), Err(Fault::Duplicate));
    assert_eq!(ValidatorSet::new(vec![]), Err(Fault::Missing));
    assert!(Validator::new(public(1), 0).is_err());
}

#[test]
fn a_ticket_verifies_under_its_note_key_only() {
    assert_eq!(ticket().verify(&public(4)), Ok(()));
    assert!(ticket().verify(&public(5)).is_err());
    let later = Ticket { expires_at: BlockTime(1), ..ticket() };
    assert!(later.verify(&public(4)).is_err());
}
