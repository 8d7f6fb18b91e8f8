//! No byte of a receipt file can be changed unnoticed.

use bulla_fixtures::{Ledger, SERVICE};
use bulla_merkle::log::TreeHead;
use bulla_verify::{Anchor, Refused, TrustedCheckpoint, verify};

use crate::anchor;

/// A file with everything in it: two receipts in two blocks, a change of validators, several signers.
fn file() -> (Vec<u8>, Anchor) {
    let mut ledger = Ledger::with_deposits();
    let labels = ["member 1 consensus", "member 3 consensus", "member 4 consensus", "member 7 consensus"];
    ledger.change_validators(&labels.map(|label| (label, 1)));
    let late = ledger.deposit(b"late", &[(SERVICE, "member 5 operate")]);
    ledger.block(vec![late]);
    (ledger.file(&[3, 4]).encode(), anchor(&ledger))
}

fn refused(bytes: &[u8], anchor: &Anchor, what: &str) {
    let Refused { place, detail, .. } = verify(bytes, anchor, &[]).expect_err(what);
    assert!(!(place.is_empty() && detail.is_empty()), "{what}: refused without a word");
}

#[test]
fn the_file_itself_verifies() {
    let (file, anchor) = file();
    verify(&file, &anchor, &[]).unwrap();
}

#[test]
fn a_flipped_lowest_bit_of_any_byte_is_refused() {
    flip(0x01);
}

#[test]
fn a_flipped_highest_bit_of_any_byte_is_refused() {
    flip(0x80);
}

fn flip(bits: u8) {
    let (mut file, anchor) = file();
    for position in 0..file.len() {
        file[position] ^= bits;
        refused(&file, &anchor, &format!("byte {position} with {bits:#04x} flipped"));
        file[position] ^= bits;
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
}

#[test]
fn bytes_after_the_end_are_refused() {
    let (file, anchor) = file();
    for byte in 0..=u8::MAX {
        refused(&[&file[..], &[byte]].concat(), &anchor, &format!("{byte:#04x} after the end"));
        refused(&[&file[..], &[byte, 0]].concat(), &anchor, &format!("{byte:#04x} 0 after the end"));
    }
}

/// The digest of the genesis, or a checkpoint whose origin holds it, binds as much as the genesis itself.
#[test]
fn with_the_ledger_id_or_a_checkpoint_alone_a_change_of_any_byte_is_refused() {
    let ledger = Ledger::with_deposits();
    let head = TreeHead { size: ledger.header(3).log_size_after, root: ledger.header(3).log_root };
    let checkpoint = TrustedCheckpoint::as_given(ledger.id, head);
    let mut file = ledger.file(&[3]).encode();
    for anchor in [Anchor::Ledger(ledger.id), Anchor::Checkpoint { checkpoint, genesis: None }] {
        verify(&file, &anchor, &[]).unwrap();
        for position in 0..file.len() {
            file[position] ^= 1;
            refused(&file, &anchor, &format!("byte {position} changed"));
            file[position] ^= 1;
        }
    }
}
