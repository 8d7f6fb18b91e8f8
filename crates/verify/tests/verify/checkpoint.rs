//! Checkpoints as anchors: they renew old receipts.

use bulla_crypto::Hash;
use bulla_fixtures::{Ledger, SERVICE, key};
use bulla_merkle::checkpoint::{Checkpoint, origin, sign, verifier_key};
use bulla_merkle::log::TreeHead;
use bulla_types::{Attestation, AttestationKind, LaterInclusion, ReasonCode, ReceiptFile};
use bulla_verify::{Anchor, Refused, Report, TrustedCheckpoint, verify};
use serde_json::{Value, json};

use crate::{anchor, trusted_genesis};

const NOTE: &str = "member 1 note";

/// 20 entries; a receipt for entry 2 as it was made in block 2, with proofs to these later sizes.
fn renewed(later: &[u64]) -> (Ledger, Vec<u8>) {
    let mut ledger = Ledger::with_deposits();
    for n in 0..16 {
        let deposit = ledger.deposit(&[n], &[(SERVICE, "member 5 operate")]);
        ledger.block(vec![deposit]);
    }
    let (mut receipts, bundle) = ledger.receipts(&[2], 4);
    receipts[0].later_inclusions = later
        .iter()
        .map(|&log_size| LaterInclusion { log_size, inclusion_path: ledger.path(2, log_size) })
        .collect();
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    (ledger, file)
}

fn checkpoint(ledger: &Ledger, size: u64) -> TrustedCheckpoint {
    TrustedCheckpoint::as_given(ledger.id, TreeHead { size, root: ledger.root(size) })
}

fn alone(checkpoint: TrustedCheckpoint) -> Anchor {
    Anchor::Checkpoint { checkpoint, genesis: None }
}

fn with_genesis(ledger: &Ledger, checkpoint: TrustedCheckpoint) -> Anchor {
    Anchor::Checkpoint { checkpoint, genesis: Some(trusted_genesis(ledger)) }
}

fn json_of(report: Report) -> Value {
    serde_json::to_value(report).unwrap()
}

fn reason(result: Result<Report, Refused>) -> ReasonCode {
    result.unwrap_err().reason
}

#[test]
fn a_checkpoint_alone_proves_the_entry_and_its_time_and_says_what_hangs_on_the_validators() {
    let (ledger, file) = renewed(&[20]);
    let report = json_of(verify(&file, &alone(checkpoint(&ledger, 20)), &[]).unwrap());
    assert_eq!(report["ledger"]["class"], "test");
    assert_eq!(report["anchor"]["kind"], "checkpoint");
    assert_eq!(report["anchor"]["log_size"], 20);
    assert_eq!(report["anchor"]["with_genesis"], false);
    let receipt = &report["receipts"][0];
    assert_eq!(receipt["anchored"], json!({ "by": "checkpoint", "later_entries": 17 }));
    assert_eq!(receipt["later_inclusions"][0]["proved"], true);
    assert_eq!(receipt["claims"]["proved"], json!(["integrity_since_storage", "time", "signed_by_keys"]));
    assert_eq!(receipt["claims"]["conditional"], json!(["signers_in_force", "decided_by_quorum"]));
    assert_eq!(receipt["claims"]["not_examined"], json!([]));
    assert_eq!(receipt["content"]["signers"][0]["enrolment"]["name"], "某某存证服务有限公司");
    assert_eq!(receipt["votes"]["signatures"], 3);
}

#[test]
fn under_a_checkpoint_alone_certificates_and_records_are_examined_too() {
    let (ledger, file) = renewed(&[20]);
    let file = ReceiptFile::decode(&file.into()).unwrap();
    let refused = |receipts, bundle| {
        let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
        reason(verify(&file, &alone(checkpoint(&ledger, 20)), &[]))
    };
    let (mut receipts, mut bundle) = (file.receipts().to_vec(), file.bundles()[0].clone());
    receipts[0].certificate.round = 1;
    assert_eq!(refused(receipts, bundle.clone()), ReasonCode::CertificateSignatureInvalid);
    let mut receipts = file.receipts().to_vec();
    bundle.records[0].value = None;
    receipts[0].bundle_digest = bundle.digest();
    assert_eq!(refused(receipts, bundle), ReasonCode::StateProofInvalid);
}

#[test]
fn a_checkpoint_with_the_genesis_proves_everything() {
    let (ledger, file) = renewed(&[20]);
    let report = json_of(verify(&file, &with_genesis(&ledger, checkpoint(&ledger, 20)), &[]).unwrap());
    assert_eq!(report["ledger"]["class"], "test");
    let receipt = &report["receipts"][0];
    assert_eq!(receipt["anchored"]["by"], "checkpoint");
    assert_eq!(receipt["content"]["signers"][0]["enrolment"]["name"], "某某存证服务有限公司");
    assert_eq!(receipt["claims"]["conditional"], json!([]));
    assert_eq!(receipt["claims"]["not_examined"], json!([]));
}

#[test]
fn a_checkpoint_of_the_receipts_own_size_needs_no_renewal() {
    let (ledger, file) = renewed(&[]);
    for anchor in [alone(checkpoint(&ledger, 3)), with_genesis(&ledger, checkpoint(&ledger, 3))] {
        verify(&file, &anchor, &[]).unwrap();
    }
}

#[test]
fn the_signature_of_a_note_is_verified_under_the_trusted_keys() {
    let (ledger, file) = renewed(&[20]);
    let name = origin(&ledger.id.0);
    let head = TreeHead { size: 20, root: ledger.root(20) };
    let note = sign(&Checkpoint { origin: name.clone(), head }, &key(NOTE)).unwrap();
    let trusted = verifier_key(&name, key(NOTE).public_key());
    let other = verifier_key(&name, key("member 2 note").public_key());
    let read = TrustedCheckpoint::from_note(note.as_bytes(), &[&other, &trusted]).unwrap();
    assert_eq!(read.signers(), [key(NOTE).public_key().clone()]);
    let report = json_of(verify(&file, &alone(read), &[]).unwrap());
    assert_eq!(report["anchor"]["signed_by"], json!([key(NOTE).public_key().to_string()]));
    let refused =
        |note: &str, keys: &[&str]| TrustedCheckpoint::from_note(note.as_bytes(), keys).unwrap_err().reason;
    assert_eq!(refused(&note, &[&other]), ReasonCode::CheckpointInvalid);
    assert_eq!(refused(&note.replacen("\n20\n", "\n21\n", 1), &[&trusted]), ReasonCode::CheckpointInvalid);
    assert_eq!(refused(&note, &[]), ReasonCode::AnchorInvalid);
    assert_eq!(refused(&note, &["not a key"]), ReasonCode::AnchorInvalid);
    let foreign = verifier_key("bulla/ledger/none", key(NOTE).public_key());
    assert_eq!(refused(&note, &[&foreign]), ReasonCode::AnchorInvalid);
}

#[test]
fn the_founders_note_keys_are_in_the_genesis() {
    let (ledger, _) = renewed(&[]);
    let head = TreeHead { size: 20, root: ledger.root(20) };
    let checkpoint = Checkpoint { origin: origin(&ledger.id.0), head };
    let read = |label| {
        let note = sign(&checkpoint, &key(label)).unwrap();
        TrustedCheckpoint::from_note_of_founders(note.as_bytes(), &trusted_genesis(&ledger))
            .map(|read| read.head())
    };
    assert_eq!(read(NOTE), Ok(head));
    assert_eq!(read("a stranger's").unwrap_err().reason, ReasonCode::CheckpointInvalid);
}

#[test]
fn a_printed_checkpoint_is_read_by_its_three_lines() {
    let (ledger, file) = renewed(&[20]);
    let head = TreeHead { size: 20, root: ledger.root(20) };
    let note = sign(&Checkpoint { origin: origin(&ledger.id.0), head }, &key(NOTE)).unwrap();
    let read = TrustedCheckpoint::from_text(note.as_bytes()).unwrap();
    assert_eq!((read.ledger_id(), read.head(), read.signers().len()), (ledger.id, head, 0));
    verify(&file, &alone(read), &[]).unwrap();
    for text in
        ["", "bulla/ledger/00\n20\n", &note.replacen("\n20\n", "\n020\n", 1), &note.replacen("bulla", "b", 1)]
    {
        assert_eq!(
            TrustedCheckpoint::from_text(text.as_bytes()).unwrap_err().reason,
            ReasonCode::AnchorInvalid
        );
    }
}

#[test]
fn a_checkpoint_that_the_receipt_does_not_reach_is_refused() {
    let (ledger, file) = renewed(&[20]);
    let both = |size| {
        let given = checkpoint(&ledger, size);
        let with = reason(verify(&file, &with_genesis(&ledger, given.clone()), &[]));
        assert_eq!(with, reason(verify(&file, &alone(given), &[])));
        with
    };
    assert_eq!(both(1), ReasonCode::AnchorTooOld);
    assert_eq!(both(2), ReasonCode::AnchorTooOld);
    assert_eq!(both(15), ReasonCode::AnchorMismatch);
}

#[test]
fn a_checkpoint_of_another_history_or_ledger_is_refused() {
    let (ledger, file) = renewed(&[20]);
    let fork = TrustedCheckpoint::as_given(ledger.id, TreeHead { size: 20, root: Hash::from_bytes([7; 32]) });
    assert_eq!(reason(verify(&file, &alone(fork.clone()), &[])), ReasonCode::LaterInclusionInvalid);
    assert_eq!(reason(verify(&file, &with_genesis(&ledger, fork), &[])), ReasonCode::LaterInclusionInvalid);
    // At the size of a certified header, the checkpoint must not contradict it.
    let fork = TrustedCheckpoint::as_given(ledger.id, TreeHead { size: 3, root: Hash::from_bytes([7; 32]) });
    assert_eq!(reason(verify(&file, &alone(fork.clone()), &[])), ReasonCode::AnchorMismatch);
    assert_eq!(reason(verify(&file, &with_genesis(&ledger, fork), &[])), ReasonCode::AnchorMismatch);
    let other = Ledger::found_as("另一账本", bulla_types::LedgerClass::Test);
    let foreign = TrustedCheckpoint::as_given(other.id, TreeHead { size: 20, root: ledger.root(20) });
    assert_eq!(reason(verify(&file, &alone(foreign.clone()), &[])), ReasonCode::AnchorMismatch);
    assert_eq!(reason(verify(&file, &with_genesis(&ledger, foreign), &[])), ReasonCode::AnchorMismatch);
}

#[test]
fn renewals_whose_root_is_unknown_are_reported_with_the_root_that_they_claim() {
    let (ledger, file) = renewed(&[4, 9, 20]);
    let report = json_of(verify(&file, &anchor(&ledger), &[]).unwrap());
    let receipt = &report["receipts"][0];
    // Size 4 is that of the bundle's header; of the others nothing is known here.
    let later = |size: u64, proved| json!({ "log_size": size, "root": ledger.root(size).to_string(), "proved": proved });
    assert_eq!(receipt["later_inclusions"], json!([later(4, true), later(9, false), later(20, false)]));
    assert_eq!(receipt["claims"]["not_examined"], json!(["later_inclusions"]));
}

#[test]
fn a_wrong_renewal_is_refused_where_it_can_be_told() {
    let (ledger, _) = renewed(&[]);
    let refused = |log_size, edit: fn(&mut Vec<Hash>)| {
        let (mut receipts, bundle) = ledger.receipts(&[2], 4);
        let mut inclusion_path = ledger.path(2, log_size);
        edit(&mut inclusion_path);
        receipts[0].later_inclusions = vec![LaterInclusion { log_size, inclusion_path }];
        let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
        let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
        assert_eq!(refused.place, "receipts[0].later_inclusions[0].inclusion_path");
        refused.reason
    };
    assert_eq!(refused(4, |path| path[0] = Hash::ZERO), ReasonCode::LaterInclusionInvalid);
    assert_eq!(refused(20, |path| _ = path.pop()), ReasonCode::LaterInclusionInvalid);
}

#[test]
fn renewal_and_attestation_leave_the_receipts_digest_as_it_was() {
    let (ledger, file) = renewed(&[20]);
    let digest = |file: &[u8]| {
        let report = json_of(verify(file, &anchor(&ledger), &[]).unwrap());
        (report["receipts"][0]["digest"].clone(), report["receipts"][0]["attestations"].clone())
    };
    let (mut receipts, bundle) = ledger.receipts(&[2], 4);
    receipts[0].attestations =
        vec![Attestation { kind: AttestationKind::Rfc3161, value: vec![0x30, 0x00].into() }];
    let attested = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    assert_eq!(digest(&file).0, digest(&attested).0);
    assert_eq!(digest(&attested).1, json!([{ "attestation": "rfc3161", "length_bytes": 2 }]));
}
