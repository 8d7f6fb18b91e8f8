//! Who may sign at all.

use bulla_ledger::{Cause, signing_keys};
use bulla_types::{KeyId, KeyPurpose, KeyStatus, MemberNumber, ReasonCode, Role};

use crate::support::{Ledger, START, secret};

#[test]
fn a_signer_is_a_member_with_a_key_of_its_own() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.body(1), ledger.body(2));
    let stranger = secret("stranger");
    for (member, secret) in [
        (first.number, stranger.clone()),
        (MemberNumber(99), stranger),
        (MemberNumber(99), first.key(KeyPurpose::Operate)),
        (first.number, second.key(KeyPurpose::Operate)),
    ] {
        let cause = Cause::SignerUnknown { member, key_id: KeyId::of(secret.public_key()) };
        let request = ledger.request().signed_with(member, &secret).deposit("a");
        request.refused(None, cause, ReasonCode::SignerUnknown);
    }
}

#[test]
fn a_suspended_member_signs_nothing() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(service.number).recorded();
    let cause = Cause::SignerSuspended(service.number);
    ledger.request().operated_by(&service).deposit("a").refused(
        None,
        cause.clone(),
        ReasonCode::MemberSuspended,
    );
    ledger
        .request()
        .administered_by(&service)
        .enrol_key(service.number, &secret("new"), KeyPurpose::Operate)
        .refused(None, cause, ReasonCode::MemberSuspended);
    ledger.request().administered_by_bodies([1, 2, 3]).readmit(service.number).recorded();
    ledger.request().operated_by(&service).deposit("a").recorded();
}

#[test]
fn a_retired_key_signs_nothing() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    ledger.request().administered_by(&body).retire(key_id).recorded();
    ledger.request().operated_by(&body).deposit("a").refused(
        None,
        Cause::KeyEnded { key_id, status: KeyStatus::Retired },
        ReasonCode::KeyRetired,
    );
}

#[test]
fn a_compromised_key_signs_nothing() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    ledger.request().administered_by(&body).report_compromised(key_id, START).recorded();
    ledger.request().operated_by(&body).deposit("a").refused(
        None,
        Cause::KeyEnded { key_id, status: KeyStatus::Compromised },
        ReasonCode::KeyCompromised,
    );
}

#[test]
fn a_key_signs_only_for_its_purpose() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let superfluous =
        |purpose| Cause::SignerSuperfluous { member: body.number, key_id: body.key_id(purpose), purpose };
    for &purpose in KeyPurpose::ALL.iter().filter(|&&purpose| purpose != KeyPurpose::Operate) {
        let request = ledger.request().signed_by(&body, purpose).deposit("a");
        request.refused(None, superfluous(purpose), ReasonCode::KeyPurposeWrong);
    }
    for &purpose in KeyPurpose::ALL.iter().filter(|&&purpose| purpose != KeyPurpose::Administer) {
        let request = ledger.request().signed_by(&body, purpose);
        let request = request.enrol_key(body.number, &secret("new"), KeyPurpose::Operate);
        request.refused(None, superfluous(purpose), ReasonCode::KeyPurposeWrong);
    }
}

#[test]
fn a_signature_that_no_action_calls_for_is_refused() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.body(1), ledger.body(2));
    let purpose = KeyPurpose::Administer;
    let (member, key_id) = (second.number, second.key_id(purpose));
    ledger.request().operated_by(&first).administered_by(&second).deposit("a").refused(
        None,
        Cause::SignerSuperfluous { member, key_id, purpose },
        ReasonCode::KeyPurposeWrong,
    );
}

#[test]
fn one_transaction_may_join_business_and_administration() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let mixed = |ledger: &mut Ledger| {
        let request = ledger.request().administered_by(&body).operated_by(&body);
        request.deposit("a").enrol_key(body.number, &secret("new"), KeyPurpose::Audit).transaction()
    };
    let transaction = mixed(&mut ledger);
    assert_eq!(ledger.record(&transaction).unwrap().len(), 2);
}

#[test]
fn what_a_transaction_does_to_its_own_signers_takes_effect_after_it() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    let both = ledger.request().administered_by(&body).operated_by(&body).retire(key_id).deposit("a");
    both.recorded();
    ledger.request().operated_by(&body).deposit("b").refused(
        None,
        Cause::KeyEnded { key_id, status: KeyStatus::Retired },
        ReasonCode::KeyRetired,
    );
}

#[test]
fn signatures_verify_under_the_keys_of_the_signers_in_their_order() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.body(1), ledger.body(2));
    let transaction = ledger.request().operated_by(&second).operated_by(&first).deposit("a").transaction();
    let keys = signing_keys(&ledger.view, transaction.body()).unwrap();
    assert_eq!(keys, [second, first].map(|party| party.key(KeyPurpose::Operate).public_key().clone()));
    for (key, signature) in keys.iter().zip(transaction.signatures()) {
        key.verify_strict(&transaction.signing_message(), signature).unwrap();
    }
}
