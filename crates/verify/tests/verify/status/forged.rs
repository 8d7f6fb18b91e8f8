//! What a forger would make of a proof: well-formed, and false.

use bulla_fixtures::{Ledger, certificate, key};
use bulla_merkle::log::TreeHead;
use bulla_types::{
    Canonical, CertificateRecord, CertificateStatus, LedgerClass, ReasonCode, RecordProof, StatusProofFile,
    StatusRecord, TrustBundle,
};
use bulla_verify::{Anchor, TrustedCheckpoint, verify_status};
use serde_json::json;

use super::{RECORD, Register, at, refused, report};
use crate::trusted_genesis;

/// In force, then void.
fn voided() -> Register {
    let mut register = Register::issue(Some(9000));
    register.step(CertificateStatus::Void, Some(9000));
    register.wait();
    register
}

fn with_records(file: &StatusProofFile, change: impl FnOnce(&mut Vec<RecordProof>)) -> StatusProofFile {
    let mut records = file.bundle().records.clone();
    change(&mut records);
    StatusProofFile::new(file.record(), TrustBundle { records, ..file.bundle().clone() }).unwrap()
}

fn with_bundle(file: &StatusProofFile, change: impl FnOnce(&mut TrustBundle)) -> StatusProofFile {
    let mut bundle = file.bundle().clone();
    change(&mut bundle);
    StatusProofFile::new(file.record(), bundle).unwrap()
}

/// The records of a file: its steps, then its head.
fn step_of(proof: &RecordProof) -> StatusRecord<CertificateStatus> {
    StatusRecord::decode(proof.value.as_ref().unwrap()).unwrap()
}

#[test]
fn a_step_that_says_another_status_time_or_term_is_refused() {
    let register = voided();
    let changes: [fn(&mut StatusRecord<CertificateStatus>); 4] = [
        |step| step.status = CertificateStatus::InForce,
        |step| step.time = at(4000),
        |step| step.valid_until = Some(at(20_000)),
        |step| step.log_index += 1,
    ];
    for change in changes {
        let forged = with_records(&register.proof(), |records| {
            let mut step = step_of(&records[1]);
            change(&mut step);
            records[1].value = Some(step.encode().into());
        });
        let refused = refused(&register.ledger, &forged);
        assert_eq!(
            (refused.reason, refused.place.as_str()),
            (ReasonCode::StateProofInvalid, "bundle.records[1].proof")
        );
    }
}

#[test]
fn a_record_that_says_something_else_is_refused() {
    let register = voided();
    let forged = with_records(&register.proof(), |records| {
        let mut head = CertificateRecord::decode(records[2].value.as_ref().unwrap()).unwrap();
        head.valid_until = None;
        records[2].value = Some(head.encode().into());
    });
    assert_eq!(refused(&register.ledger, &forged).place, "bundle.records[2].proof");
}

#[test]
fn a_step_left_out_is_missed() {
    let register = voided();
    let forged = with_records(&register.proof(), |records| drop(records.remove(1)));
    let refused = refused(&register.ledger, &forged);
    assert_eq!(refused.reason, ReasonCode::RecordMissing);
    assert_eq!(refused.detail, "the record has 2 steps, the file holds 1 of them");
    // With a head that counts one step only.
    let forged = with_records(&forged, |records| {
        let mut head = CertificateRecord::decode(records[1].value.as_ref().unwrap()).unwrap();
        (head.history_count, head.status) = (1, CertificateStatus::InForce);
        records[1].value = Some(head.encode().into());
    });
    assert_eq!(super::refused(&register.ledger, &forged).reason, ReasonCode::StateProofInvalid);
}

#[test]
fn steps_that_change_places_are_refused() {
    let register = voided();
    let file = register.proof();
    let swapped = with_records(&file, |records| {
        let [first, second, _] = &mut records[..] else { panic!("two steps and a head") };
        std::mem::swap(&mut first.value, &mut second.value);
        std::mem::swap(&mut first.proof, &mut second.proof);
    });
    assert_eq!(refused(&register.ledger, &swapped).reason, ReasonCode::StateProofInvalid);
    let mut message = file.to_message();
    message.bundle.as_mut().unwrap().records.swap(0, 1);
    assert!(StatusProofFile::from_message(message).unwrap_err().to_string().contains("records"));
}

#[test]
fn a_file_holds_the_record_and_its_steps_and_nothing_else() {
    let register = voided();
    let file = register.proof();
    let other = register.ledger.status_proof(bulla_types::RecordKey::Member(bulla_fixtures::SERVICE), 4);
    let records = |change: fn(&mut Vec<RecordProof>, &StatusProofFile)| {
        let mut bundle = file.bundle().clone();
        change(&mut bundle.records, &other);
        StatusProofFile::new(RECORD, bundle).map(drop).map_err(|error| error.path().to_owned())
    };
    assert_eq!(records(|_, _| ()), Ok(()));
    assert_eq!(records(|records, _| records.clear()), Err("bundle.records".to_owned()));
    assert_eq!(records(|records, _| records.truncate(1)), Err("bundle.records".to_owned()));
    assert_eq!(records(|records, _| drop(records.remove(0))), Err("bundle.records[0]".to_owned()));
    assert_eq!(records(|records, _| records[1].value = None), Err("bundle.records[1]".to_owned()));
    let more = records(|records, other| records.push(other.bundle().records[0].clone()));
    assert_eq!(more, Err("bundle.records[2]".to_owned()));
}

#[test]
fn records_of_another_block_are_refused() {
    let register = voided();
    let earlier = register.ledger.status_proof(RECORD, 2);
    let forged = with_bundle(&earlier, |bundle| {
        (bundle.state_header, bundle.state_certificate) = register.ledger.blocks[3].clone();
    });
    assert_eq!(refused(&register.ledger, &forged).reason, ReasonCode::StateProofInvalid);
}

#[test]
fn a_header_with_another_root_has_no_certificate() {
    let register = voided();
    let file = register.proof();
    let root = register.ledger.header(2).state_root;
    let forged = with_bundle(&file, |bundle| bundle.state_header.state_root = root);
    let refused = refused(&register.ledger, &forged);
    assert_eq!(
        (refused.reason, refused.place.as_str()),
        (ReasonCode::CertificateMismatch, "bundle.state_certificate.block_hash")
    );
    // Strangers certify it.
    let forged = with_bundle(&forged, |bundle| {
        let strangers = ["a", "b", "c"].map(key);
        bundle.state_certificate = certificate(&bundle.state_header, &strangers);
    });
    let reason = super::refused(&register.ledger, &forged).reason;
    assert_eq!(reason, ReasonCode::CertificateUnknownValidator);
}

#[test]
fn a_proof_of_another_ledger_is_refused() {
    let other = Ledger::found_as("另一账本", LedgerClass::Test);
    let refused = refused(&other, &voided().proof());
    assert_eq!((refused.reason, refused.place.as_str()), (ReasonCode::AnchorMismatch, "bundle.genesis"));
}

#[test]
fn a_checkpoint_names_the_ledger_and_says_nothing_of_its_records() {
    let register = voided();
    let ledger = &register.ledger;
    let head = TreeHead { size: ledger.log_size(), root: ledger.root(ledger.log_size()) };
    let checkpoint = TrustedCheckpoint::as_given(ledger.id, head);
    let file = register.proof().encode();
    let claims = |genesis| {
        let anchor = Anchor::Checkpoint { checkpoint: checkpoint.clone(), genesis };
        serde_json::to_value(verify_status(&file, &anchor, None).unwrap()).unwrap()["claims"].clone()
    };
    let all = json!(["status_history", "decided_by_quorum"]);
    assert_eq!((&claims(None)["proved"], &claims(None)["conditional"]), (&json!([]), &all));
    let genesis = Some(trusted_genesis(ledger));
    assert_eq!((&claims(genesis.clone())["proved"], &claims(genesis)["conditional"]), (&all, &json!([])));
    let other = TreeHead { root: ledger.root(1), ..head };
    let checkpoint = TrustedCheckpoint::as_given(ledger.id, other);
    let refused = verify_status(&file, &Anchor::Checkpoint { checkpoint, genesis: None }, None).unwrap_err();
    assert_eq!((refused.reason, refused.place.as_str()), (ReasonCode::AnchorMismatch, "anchor"));
}

/// What a quorum of validators would have to sign against their own rules.
#[test]
fn a_record_that_contradicts_its_past_is_refused_though_it_is_certified() {
    type Change = fn(&mut Register, &mut StatusRecord<CertificateStatus>);
    let changes: [(&str, Change); 6] = [
        ("the record does not stand as its last step says", |_, step| {
            step.status = CertificateStatus::Suspended;
        }),
        ("the record does not stand as its last step says", |_, step| step.valid_until = Some(at(20_000))),
        ("its steps are not in the log's order", |_, step| step.time = at(1)),
        ("its last step is later than the header", |_, step| step.time = at(60_000)),
        ("its last step is later than the header", |_, step| step.log_index += 1),
        ("the record does not begin with its first step", |register, _| register.head.issued = at(1)),
    ];
    for (detail, change) in changes {
        let mut register = Register::issue(None);
        (register.head.history_count, register.head.status) = (2, CertificateStatus::Void);
        let mut step = register.stamped(CertificateStatus::Void, None);
        change(&mut register, &mut step);
        register.write(&step);
        let refused = refused(&register.ledger, &register.proof());
        assert_eq!((refused.reason, refused.detail.as_str()), (ReasonCode::StateProofInvalid, detail));
        assert_eq!(refused.place, "bundle.records[certificate 7]");
    }
}

#[test]
fn two_steps_in_one_block_leave_the_last_one_standing() {
    let mut register = Register::issue(None);
    let first = register.stamped(CertificateStatus::Suspended, None);
    let second = StatusRecord { status: CertificateStatus::Void, ..first };
    let step = |seq| bulla_types::StateKey::History { record: RECORD, seq };
    let head =
        CertificateRecord { history_count: 3, status: CertificateStatus::Void, ..register.head.clone() };
    let changes = [(step(1), first.encode()), (step(2), second.encode()), (RECORD.into(), head.encode())];
    super::append(&mut register.ledger, &changes);
    let timeline = report(&register.ledger, &register.proof(), None)["timeline"].clone();
    let standings: Vec<_> =
        timeline.as_array().unwrap().iter().map(|span| span["standing"].clone()).collect();
    assert_eq!(standings, ["in_force", "void"]);
}
