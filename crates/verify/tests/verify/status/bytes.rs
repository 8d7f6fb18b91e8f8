//! No byte of a status proof can be changed unnoticed.

use bulla_merkle::log::TreeHead;
use bulla_types::limits::STATUS_PROOF_BYTES_MAX;
use bulla_types::{CertificateStatus, ReasonCode, StatusProofFile};
use bulla_verify::{Anchor, TrustedCheckpoint, verify, verify_status};
use proptest::prelude::*;

use super::Register;
use crate::anchor;

/// A file with everything in it: a change of validators, several steps, an extension.
fn file() -> (Vec<u8>, Anchor) {
    let mut register = Register::issue(Some(4500));
    let labels = ["member 1 consensus", "member 3 consensus", "member 4 consensus", "member 7 consensus"];
    register.ledger.change_validators(&labels.map(|label| (label, 1)));
    register.step(CertificateStatus::InForce, Some(9000));
    register.step(CertificateStatus::Void, Some(9000));
    (register.proof().encode(), anchor(&register.ledger))
}

fn refused(bytes: &[u8], anchor: &Anchor, what: &str) {
    let refused = verify_status(bytes, anchor, None).expect_err(what);
    assert!(!(refused.place.is_empty() && refused.detail.is_empty()), "{what}: refused without a word");
}

#[test]
fn the_file_itself_verifies() {
    let (file, anchor) = file();
    verify_status(&file, &anchor, None).unwrap();
}

#[test]
fn any_bit_flipped_in_any_byte_is_refused() {
    let (mut file, anchor) = file();
    for position in 0..file.len() {
        for bits in [0x01, 0x80] {
            file[position] ^= bits;
            refused(&file, &anchor, &format!("byte {position} with {bits:#04x} flipped"));
            file[position] ^= bits;
        }
    }
}

#[test]
fn any_byte_left_out_doubled_or_cut_off_is_refused() {
    let (file, anchor) = file();
    for position in 0..file.len() {
        let mut shorter = file.clone();
        shorter.remove(position);
        refused(&shorter, &anchor, &format!("byte {position} left out"));
        let mut longer = file.clone();
        longer.insert(position, file[position]);
        refused(&longer, &anchor, &format!("byte {position} doubled"));
        refused(&file[..position], &anchor, &format!("cut off before byte {position}"));
    }
    for byte in 0..=u8::MAX {
        refused(&[&file[..], &[byte]].concat(), &anchor, &format!("{byte:#04x} after the end"));
    }
}

#[test]
fn with_the_ledger_id_or_a_checkpoint_alone_a_change_of_any_byte_is_refused() {
    let mut register = Register::issue(Some(4500));
    register.step(CertificateStatus::Void, Some(4500));
    let (ledger, mut file) = (&register.ledger, register.proof().encode());
    let head = TreeHead { size: ledger.header(3).log_size_after, root: ledger.header(3).log_root };
    let checkpoint = TrustedCheckpoint::as_given(ledger.id, head);
    for anchor in [Anchor::Ledger(ledger.id), Anchor::Checkpoint { checkpoint, genesis: None }] {
        verify_status(&file, &anchor, None).unwrap();
        for position in 0..file.len() {
            file[position] ^= 1;
            refused(&file, &anchor, &format!("byte {position} changed"));
            file[position] ^= 1;
        }
    }
}

#[test]
fn each_kind_of_file_is_told_by_how_it_begins() {
    let register = Register::issue(None);
    let (status, receipt) = (register.proof().encode(), register.ledger.file(&[0]).encode());
    assert!(StatusProofFile::is_begun_by(&status) && !StatusProofFile::is_begun_by(&receipt));
    assert!(!StatusProofFile::is_begun_by(&status[..21]) && !StatusProofFile::is_begun_by(&[]));
    let anchor = anchor(&register.ledger);
    assert!(verify(&status, &anchor, &[]).is_err() && verify_status(&receipt, &anchor, None).is_err());
}

#[test]
fn what_claims_to_be_huge_is_refused_before_it_grows() {
    let register = Register::issue(None);
    let anchor = anchor(&register.ledger);
    let reason = |file: &[u8]| verify_status(file, &anchor, None).unwrap_err().reason;
    assert_eq!(reason(&vec![0; STATUS_PROOF_BYTES_MAX + 1]), ReasonCode::TooLarge);
    assert_eq!(reason(&[0x22, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), ReasonCode::Malformed);
    // A bundle of 100,000 empty records.
    let records = [0x32, 0x00].repeat(100_000);
    let bundle = [&[0x22, 0xc0, 0x9a, 0x0c][..], &records].concat();
    assert_eq!(reason(&bundle), ReasonCode::TooLarge);
    assert_eq!(reason(&[]), ReasonCode::Malformed);
}

proptest! {
    #[test]
    fn bytes_from_anyone_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let anchor = anchor(&bulla_fixtures::Ledger::found());
        prop_assert!(verify_status(&bytes, &anchor, None).is_err());
    }
}
