//! Checkpoints as notes.
#![allow(clippy::unwrap_used)]

use bulla_crypto::{Hash, PublicKey, SecretKey};
use bulla_merkle::{
    checkpoint::{
        Checkpoint, CheckpointError, NOTE_BYTES_MAX, origin, parse_and_verify, parse_verifier_key, sign,
        verifier_key,
    },
    log::TreeHead,
};
use proptest::prelude::*;
use signed_note::{Note, NoteError, StandardVerifier, VerifierList};

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn public(seed: u8) -> PublicKey {
    key(seed).public_key().clone()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: origin(&Hash([0xab; 32])), head: TreeHead { size: 70_000, root: Hash([7; 32]) } }
}

/// A note with the lines of both: the same checkpoint signed twice.
fn joined(note: &str, other: &str) -> String {
    format!("{note}{}", other.rsplit_once("\n\n").unwrap().1)
}

#[test]
fn a_checkpoint_reads_as_the_specification_writes_it() {
    let note = sign(&checkpoint(), &key(1)).unwrap();
    let lines: Vec<_> = note.split('\n').collect();
    let origin = format!("bulla/ledger/{}", "ab".repeat(32));
    assert_eq!(lines[..4], [&origin, "70000", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", ""]);
    assert!(lines[4].starts_with(&format!("— {origin} ")));
    assert_eq!(lines[5..], [""]);
}

#[test]
fn a_signed_checkpoint_is_read_back_with_its_signer() {
    let note = sign(&checkpoint(), &key(1)).unwrap();
    let trusted = [public(2), public(1), public(1)];
    let verified = parse_and_verify(note.as_bytes(), &checkpoint().origin, &trusted).unwrap();
    assert_eq!(verified.checkpoint, checkpoint());
    assert_eq!(verified.signers, [public(1)]);
}

#[test]
fn another_implementation_accepts_note_and_verifier_key() {
    let vkey = verifier_key(&checkpoint().origin, &public(1));
    let verifier = StandardVerifier::new(&vkey).unwrap();
    let note = Note::from_bytes(sign(&checkpoint(), &key(1)).unwrap().as_bytes()).unwrap();
    assert!(note.verify(&VerifierList::new(vec![Box::new(verifier)])).is_ok());
    assert!(parse_verifier_key(&vkey).is_ok_and(|read| read == (checkpoint().origin, public(1))));
}

#[test]
fn signatures_of_strangers_are_passed_over_and_count_for_nothing() {
    let (ours, theirs) = (sign(&checkpoint(), &key(1)).unwrap(), sign(&checkpoint(), &key(2)).unwrap());
    let both = joined(&ours, &theirs);
    let read = |trusted: &[PublicKey]| parse_and_verify(both.as_bytes(), &checkpoint().origin, trusted);
    assert_eq!(read(&[public(2)]).unwrap().signers, [public(2)]);
    assert_eq!(read(&[public(2), public(1)]).unwrap().signers.len(), 2);
    assert!(matches!(read(&[public(3)]), Err(CheckpointError::Note(NoteError::UnverifiedNote))));
    assert!(matches!(read(&[]), Err(CheckpointError::Note(NoteError::UnverifiedNote))));
}

#[test]
fn a_wrong_signature_in_the_name_of_a_trusted_key_refuses_the_note() {
    let other = Checkpoint { head: TreeHead { size: 70_001, ..checkpoint().head }, ..checkpoint() };
    let moved = joined(&sign(&checkpoint(), &key(2)).unwrap(), &sign(&other, &key(1)).unwrap());
    let trusted = [public(1), public(2)];
    let refused = parse_and_verify(moved.as_bytes(), &checkpoint().origin, &trusted);
    assert!(matches!(refused, Err(CheckpointError::Note(NoteError::InvalidSignature { .. }))));
}

#[test]
fn the_checkpoint_of_another_log_is_refused() {
    let note = sign(&checkpoint(), &key(1)).unwrap();
    let other = origin(&Hash([0xcd; 32]));
    assert!(parse_and_verify(note.as_bytes(), &other, &[public(1)]).is_err());
    // Even when it is signed under the name of the log that was asked for.
    let text = note.replacen(&checkpoint().origin, &other, 1).split_once("\n\n").unwrap().0.to_owned() + "\n";
    let signature = key(1).sign(text.as_bytes()).0.to_vec();
    let note_key = [&[1], &public(1).to_bytes()[..]].concat();
    let id = signed_note::key_id(&checkpoint().origin, &note_key);
    let signature = signed_note::Signature::new(checkpoint().origin, id, signature).unwrap();
    let note = Note::new(text.as_bytes(), &[signature]).unwrap().to_bytes();
    let refused = parse_and_verify(&note, &checkpoint().origin, &[public(1)]);
    assert!(matches!(refused, Err(CheckpointError::OtherLog { found, .. }) if found == other));
}

#[test]
fn every_single_byte_mutation_of_a_note_is_refused() {
    let note = sign(&checkpoint(), &key(1)).unwrap().into_bytes();
    for place in 0..note.len() {
        for change in [0x01, 0x20, 0x80] {
            let mut mutated = note.clone();
            mutated[place] ^= change;
            let read = parse_and_verify(&mutated, &checkpoint().origin, &[public(1)]);
            assert!(read.is_err(), "byte {place} changed by {change:02x}");
        }
        let cut = parse_and_verify(&note[..place], &checkpoint().origin, &[public(1)]);
        assert!(cut.is_err());
    }
}

#[test]
fn a_note_that_is_too_long_is_not_read() {
    let note = vec![b'a'; NOTE_BYTES_MAX + 1];
    assert!(matches!(parse_and_verify(&note, "a", &[]), Err(CheckpointError::TooLong(_))));
}

#[test]
fn an_origin_that_cannot_name_a_key_is_not_signed() {
    for origin in ["", "a b", "a+b", "a\nb"] {
        let checkpoint = Checkpoint { origin: origin.into(), ..checkpoint() };
        assert!(matches!(sign(&checkpoint, &key(1)), Err(CheckpointError::Origin(_))));
    }
}

#[test]
fn other_spellings_of_a_verifier_key_are_refused() {
    let vkey = verifier_key("log", &public(1));
    let (name, rest) = vkey.split_once('+').unwrap();
    let (id, data) = rest.split_once('+').unwrap();
    for text in [
        String::new(),
        "log".into(),
        format!("other+{id}+{data}"),
        format!("{name}+{}+{data}", id.to_uppercase() + "0"),
        format!("{name}+00000000+{data}"),
        format!("{name}+{id}+{}", &data[..data.len() - 4]),
        format!("{name}+{id}+{data}="),
        format!("{name}+{id}+A{}", &data[1..].replacen('A', "B", 1)),
        format!(" {vkey}"),
        format!("{vkey}\n"),
    ] {
        assert!(matches!(parse_verifier_key(&text), Err(CheckpointError::VerifierKey)), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, text in "\\PC{0,20}\n[0-9]{0,25}\n[A-Za-z0-9+/=]{0,50}\n\n(— a [A-Za-z0-9+/=]{0,100}\n){0,3}") {
        prop_assert!(parse_and_verify(&bytes, "a", &[public(1)]).is_err());
        prop_assert!(parse_and_verify(text.as_bytes(), "a", &[public(1)]).is_err());
        prop_assert!(parse_verifier_key(&text).is_err());
    }
}
