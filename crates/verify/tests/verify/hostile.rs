//! Input from anyone: always an answer, never a panic, memory within a small factor of the input.

use bulla_fixtures::Ledger;
use bulla_types::limits::RECEIPT_FILE_BYTES_MAX;
use bulla_types::{LedgerId, ReasonCode};
use bulla_verify::{Anchor, TrustedCheckpoint, TrustedGenesis, verify};
use proptest::prelude::*;

fn anchor() -> Anchor {
    crate::anchor(&Ledger::found())
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut length = content.len();
    let mut bytes = vec![number << 3 | 2];
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    [&bytes, content].concat()
}

#[test]
fn a_length_that_claims_more_than_there_is_allocates_nothing() {
    let anchor = anchor();
    let huge = [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    assert_eq!(verify(&huge, &anchor, &[]).unwrap_err().reason, ReasonCode::Malformed);
    let within_a_receipt = field(2, &[&field(2, b"entry")[..], &huge].concat());
    assert_eq!(verify(&within_a_receipt, &anchor, &[]).unwrap_err().reason, ReasonCode::Malformed);
}

#[test]
fn many_tiny_items_are_refused_before_they_grow_in_memory() {
    let anchor = anchor();
    for number in [2, 3] {
        let file = [&[0x08, 0x01], &field(number, &[]).repeat(100_000)[..]].concat();
        assert_eq!(verify(&file, &anchor, &[]).unwrap_err().reason, ReasonCode::TooLarge);
    }
}

#[test]
fn a_file_beyond_the_limit_is_refused_unread() {
    let file = vec![0; RECEIPT_FILE_BYTES_MAX + 1];
    assert_eq!(verify(&file, &anchor(), &[]).unwrap_err().reason, ReasonCode::TooLarge);
}

#[test]
fn an_empty_file_and_one_without_receipts_prove_nothing() {
    for file in [&[][..], &[0x08, 0x01]] {
        assert!(verify(file, &anchor(), &[]).is_err());
    }
}

#[test]
fn a_genesis_is_trusted_as_a_file_or_by_its_digest() {
    use bulla_types::Canonical;
    let ledger = Ledger::found();
    let bytes = ledger.genesis.encode();
    assert_eq!(TrustedGenesis::with_digest(&bytes, ledger.id).unwrap().ledger_id(), ledger.id);
    let other = LedgerId::from_bytes([1; 32]);
    assert_eq!(TrustedGenesis::with_digest(&bytes, other).unwrap_err().reason, ReasonCode::AnchorMismatch);
    assert_eq!(TrustedGenesis::from_file(&bytes[1..]).unwrap_err().reason, ReasonCode::AnchorInvalid);
}

proptest! {
    #[test]
    fn random_bytes_are_refused(file in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(verify(&file, &anchor(), &[]).is_err());
        prop_assert!(TrustedGenesis::from_file(&file).is_err());
        prop_assert!(TrustedCheckpoint::from_text(&file).is_err());
    }

    #[test]
    fn a_receipt_with_a_random_stretch_is_refused(
        at in 0_usize..3000,
        stretch in proptest::collection::vec(any::<u8>(), 1..40),
    ) {
        let ledger = Ledger::with_deposits();
        let file = ledger.file(&[2]).encode();
        let at = at % (file.len() - 40);
        let mut changed = file.clone();
        changed[at..at + stretch.len()].copy_from_slice(&stretch);
        prop_assume!(changed != file);
        prop_assert!(verify(&changed, &crate::anchor(&ledger), &[]).is_err());
    }
}
