//! Who signed, and what the ledger says of them: then and later.

use bulla_fixtures::{GENESIS_MS, Ledger, SERVICE, Signer, key, key_id, sign};
use bulla_ledger::records_for_receipt;
use bulla_types::{
    Action, BlockTime, ChangeKeyStatus, ChangeMemberStatus, Content, EnrolKey, Entry, KeyChange,
    KeyDeclaration, KeyPurpose, MemberNumber, MemberStatus, ReasonCode, ReceiptFile, RecordKey, StateKey,
    TransactionId, possession_message,
};
use bulla_verify::{Refused, verify};
use serde_json::{Value, json};

use crate::anchor;

const OPERATE: Signer<'static> = (SERVICE, "member 5 operate");
const ADMINISTER: Signer<'static> = (SERVICE, "member 5 administer");
const BODIES: [Signer<'static>; 2] =
    [(MemberNumber(1), "member 1 administer"), (MemberNumber(2), "member 2 administer")];

/// A ledger whose entry 1, in block 2, is a deposit by the evidence service.
fn ledger() -> Ledger {
    let mut ledger = Ledger::found();
    let deposit = ledger.deposit(b"a document", &[OPERATE]);
    ledger.block(vec![deposit]);
    ledger
}

fn change_member(ledger: &mut Ledger, status: MemberStatus) -> TransactionId {
    act(ledger, Action::ChangeMemberStatus(ChangeMemberStatus { member: SERVICE, status, grounds: None }))
}

fn change_key(ledger: &mut Ledger, change: KeyChange) -> TransactionId {
    let key_id = key_id("member 5 operate");
    act(ledger, Action::ChangeKeyStatus(ChangeKeyStatus { key_id, change }))
}

fn act(ledger: &mut Ledger, action: Action) -> TransactionId {
    let transaction = ledger.transaction(vec![action], &BODIES);
    let id = transaction.id();
    ledger.block(vec![transaction]);
    id
}

fn signer(ledger: &Ledger, index: u64) -> Value {
    let report = verify(&ledger.file(&[index]).encode(), &anchor(ledger), &[]).unwrap();
    serde_json::to_value(report).unwrap()["receipts"][0]["content"]["signers"][0].clone()
}

#[test]
fn a_later_suspension_shows_and_changes_nothing() {
    let mut ledger = ledger();
    let suspended = change_member(&mut ledger, MemberStatus::Suspended);
    let readmitted = change_member(&mut ledger, MemberStatus::Active);
    let member = &signer(&ledger, 1)["enrolment"]["member"];
    assert_eq!(member["status"], "active");
    let step = |status, index: u64, id: TransactionId| {
        json!({
            "status": status,
            "index": index,
            "time_ms": GENESIS_MS + 1000 * (index + 1),
            "transaction_id": id.to_string(),
            "effective_from_ms": null,
            "reaches_back": false,
        })
    };
    assert_eq!(member["later"], json!([step("suspended", 2, suspended), step("active", 3, readmitted)]));
}

#[test]
fn a_member_readmitted_before_is_active_with_nothing_later() {
    let mut ledger = ledger();
    change_member(&mut ledger, MemberStatus::Suspended);
    change_member(&mut ledger, MemberStatus::Active);
    let deposit = ledger.deposit(b"after", &[OPERATE]);
    ledger.block(vec![deposit]);
    let member = &signer(&ledger, 4)["enrolment"]["member"];
    assert_eq!((&member["since_index"], &member["later"]), (&json!(3), &json!([])));
}

#[test]
fn a_report_of_compromise_shows_from_when_and_whether_it_reaches_back() {
    let mut ledger = ledger();
    let deposit = ledger.deposit(b"a second document", &[OPERATE]);
    ledger.block(vec![deposit]);
    change_key(&mut ledger, KeyChange::Retire);
    // From between the two deposits on, which are recorded two and three seconds after the genesis.
    let from = BlockTime(GENESIS_MS + 2500);
    change_key(&mut ledger, KeyChange::ReportCompromised { from });
    for (index, reaches_back) in [(1, false), (2, true)] {
        let key = &signer(&ledger, index)["enrolment"]["key"];
        assert_eq!(key["status"], "in_force");
        assert_eq!(key["later"][0]["status"], "retired");
        assert_eq!(key["later"][1]["status"], "compromised");
        assert_eq!(key["later"][1]["effective_from_ms"], from.0);
        assert_eq!(key["later"][1]["reaches_back"], reaches_back);
    }
}

#[test]
fn an_older_bundle_does_not_know_what_came_later() {
    let mut ledger = ledger();
    change_key(&mut ledger, KeyChange::Retire);
    let (receipts, bundle) = ledger.receipts(&[1], 2);
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    let report = serde_json::to_value(verify(&file, &anchor(&ledger), &[]).unwrap()).unwrap();
    let receipt = &report["receipts"][0];
    assert_eq!(receipt["content"]["signers"][0]["enrolment"]["key"]["later"], json!([]));
    assert_eq!(receipt["records_as_of"]["height"], 2);
}

/// A deposit that the rules would refuse, put in a block all the same.
fn forced(mut ledger: Ledger, signers: &[Signer<'_>]) -> Refused {
    let deposit = ledger.deposit(b"out of order", signers);
    ledger.forced_block(vec![Content::Transaction(deposit)], [].into(), None);
    verify(&ledger.file(&[ledger.log_size() - 1]).encode(), &anchor(&ledger), &[]).unwrap_err()
}

#[test]
fn a_signer_that_was_not_in_force_is_refused_even_when_a_quorum_let_it_pass() {
    type Before = fn(&mut Ledger);
    let suspend: Before = |ledger| _ = change_member(ledger, MemberStatus::Suspended);
    let expel: Before = |ledger| _ = change_member(ledger, MemberStatus::Expelled);
    let retire: Before = |ledger| _ = change_key(ledger, KeyChange::Retire);
    let report: Before =
        |ledger| _ = change_key(ledger, KeyChange::ReportCompromised { from: BlockTime(GENESIS_MS) });
    let cases = [
        (suspend, ReasonCode::MemberSuspended),
        (expel, ReasonCode::MemberExpelled),
        (retire, ReasonCode::KeyRetired),
        (report, ReasonCode::KeyCompromised),
    ];
    for (before, reason) in cases {
        let mut ledger = ledger();
        before(&mut ledger);
        let refused = forced(ledger, &[OPERATE]);
        assert_eq!(refused.reason, reason);
        assert_eq!(refused.place, "receipts[0].entry.transaction.body.signers[0]");
    }
}

#[test]
fn a_key_of_another_member_is_refused() {
    let refused = forced(ledger(), &[(MemberNumber(6), "member 5 operate")]);
    assert_eq!(refused.reason, ReasonCode::SignerUnknown);
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let mut ledger = ledger();
    let honest = ledger.deposit(b"signed by someone else", &[OPERATE]);
    let forged = sign(honest.body(), &[key("member 6 operate")]);
    ledger.forced_block(vec![Content::Transaction(forged)], [].into(), None);
    let refused = verify(&ledger.file(&[2]).encode(), &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::SignatureInvalid);
    assert_eq!(refused.place, "receipts[0].entry.transaction.signatures[0]");
}

/// The receipt for entry 1 with the records that this picks.
fn with_records(ledger: &Ledger, keep: impl Fn(&StateKey) -> bool) -> Result<Value, Refused> {
    let (mut receipts, mut bundle) = ledger.receipts(&[1], ledger.height());
    bundle.records.retain(|record| keep(&record.key));
    receipts[0].bundle_digest = bundle.digest();
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    let report = serde_json::to_value(verify(&file, &anchor(ledger), &[])?).unwrap();
    Ok(report["receipts"][0]["content"]["signers"][0]["enrolment"].clone())
}

#[test]
fn the_step_in_force_and_the_next_one_must_be_shown() {
    let mut ledger = ledger();
    change_member(&mut ledger, MemberStatus::Suspended);
    change_member(&mut ledger, MemberStatus::Active);
    let step = |seq| StateKey::History { record: RecordKey::Member(SERVICE), seq };
    for seq in [0, 1] {
        let refused = with_records(&ledger, |key| *key != step(seq)).unwrap_err();
        assert_eq!(refused.reason, ReasonCode::RecordMissing, "step {seq}");
    }
    let enrolment = with_records(&ledger, |key| *key != step(2)).unwrap();
    assert_eq!(enrolment["member"]["later_complete"], false);
    assert_eq!(enrolment["member"]["newest"], "active");
}

#[test]
fn what_the_ledger_gathers_for_a_receipt_suffices_and_hides_no_compromise() {
    let mut ledger = ledger();
    change_member(&mut ledger, MemberStatus::Suspended);
    change_member(&mut ledger, MemberStatus::Active);
    change_key(&mut ledger, KeyChange::Retire);
    change_key(&mut ledger, KeyChange::ReportCompromised { from: BlockTime(GENESIS_MS) });
    let (receipts, _) = ledger.receipts(&[1], 2);
    let entry = Entry::decode(receipts[0].entry.clone()).unwrap();
    let gathered = records_for_receipt(&ledger, &entry, 1).unwrap();
    let enrolment = with_records(&ledger, |key| gathered.contains(key)).unwrap();
    assert_eq!(enrolment["key"]["status"], "in_force");
    assert_eq!(enrolment["key"]["newest"], "compromised");
    assert_eq!(enrolment["key"]["later"][1]["effective_from_ms"], GENESIS_MS);
    for standing in ["member", "key"] {
        assert_eq!(enrolment[standing]["later_complete"], true);
    }
}

#[test]
fn a_key_is_unknown_to_entries_before_its_enrolment() {
    let mut ledger = ledger();
    let label = "member 5 second";
    let early = ledger.deposit(b"too early", &[(SERVICE, label)]);
    ledger.forced_block(vec![Content::Transaction(early)], [].into(), None);
    let (key, purpose) = (key(label), KeyPurpose::Operate);
    let message = possession_message(&ledger.id, &ledger.next_request(), purpose, key.public_key());
    let possession = Some(key.sign(&message));
    let declaration = KeyDeclaration { key: key.public_key().clone(), purpose, possession };
    let enrol = Action::EnrolKey(EnrolKey { member: SERVICE, key: declaration });
    let enrolled = ledger.transaction(vec![enrol], &[ADMINISTER]);
    ledger.block(vec![enrolled]);
    let refused = verify(&ledger.file(&[2]).encode(), &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::SignerUnknown);
    assert_eq!(refused.place, "receipts[0].entry.transaction.body.signers[0].records");
}
