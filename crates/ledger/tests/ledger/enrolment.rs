//! Enrolment of members and keys.

use bulla_ledger::Cause;
use bulla_types::{
    Action, EnrolKey, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, MemberRecord, MemberStatus,
    Outcome, ReasonCode, RecordKey, Role, StateKey, StatusRecord,
};

use crate::support::{Ledger, credit_code, secret};

#[test]
fn the_registration_bodies_enrol_a_member() {
    let mut ledger = Ledger::new();
    let log_index = ledger.next_index();
    let request = ledger.request().administered_by_bodies([1, 2, 3]).enrol("exchange", [Role::Exchange]);
    let transaction_id = Some(request.transaction().id());
    assert_eq!(request.recorded(), [Outcome::MemberNumber(MemberNumber(5))]);

    let member = MemberNumber(5);
    let head: MemberRecord = ledger.view.record(StateKey::Member(member)).unwrap();
    assert_eq!((head.number, head.status, head.history_count), (member, MemberStatus::Active, 1));
    let record = RecordKey::Member(member);
    let step: StatusRecord<MemberStatus> = ledger.view.record(StateKey::History { record, seq: 0 }).unwrap();
    let time = ledger.time;
    let status = MemberStatus::Active;
    assert_eq!(
        step,
        StatusRecord { status, log_index, time, transaction_id, effective_from: None, valid_until: None }
    );

    let key_id = KeyId::of(secret("exchange/Administer").public_key());
    let key: KeyRecord = ledger.view.record(StateKey::Key(key_id)).unwrap();
    assert_eq!((key.member, key.purpose, key.status), (member, KeyPurpose::Administer, KeyStatus::InForce));
}

#[test]
fn enrolment_needs_the_threshold_of_distinct_bodies() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    ledger.request().administered_by_bodies([1, 4]).enrol("exchange", [Role::Exchange]).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 2 },
        ReasonCode::ThresholdNotMet,
    );
    let second_key = secret("second key of body 1");
    ledger
        .request()
        .administered_by(&body)
        .enrol_key(body.number, &second_key, KeyPurpose::Administer)
        .recorded();
    let request = ledger.request().administered_by_bodies([1, 2]).signed_with(body.number, &second_key);
    request.enrol("exchange", [Role::Exchange]).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 2 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn other_members_do_not_count_toward_the_threshold() {
    let mut ledger = Ledger::new();
    let supervisor = ledger.enrol("supervisor", Role::Supervisor);
    let request = ledger.request().administered_by_bodies([1, 2]).administered_by(&supervisor);
    request.enrol("exchange", [Role::Exchange]).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 2 },
        ReasonCode::ThresholdNotMet,
    );
    // It may still countersign.
    let request = ledger.request().administered_by_bodies([1, 2, 3]).administered_by(&supervisor);
    request.enrol("exchange", [Role::Exchange]).recorded();
}

#[test]
fn a_suspended_body_no_longer_counts() {
    let mut ledger = Ledger::new();
    let body = ledger.body(4);
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(body.number).recorded();
    ledger.request().administered_by_bodies([2, 3, 4]).enrol("exchange", [Role::Exchange]).refused(
        None,
        Cause::SignerSuspended(body.number),
        ReasonCode::MemberSuspended,
    );
}

#[test]
fn a_new_registration_body_counts_from_the_next_entry_on() {
    let mut ledger = Ledger::new();
    let new = ledger.enrol("new body", Role::RegistrationBody);
    let request = ledger.request().administered_by_bodies([1, 2]).administered_by(&new);
    request.enrol("exchange", [Role::Exchange]).recorded();
}

#[test]
fn a_credit_code_has_one_member() {
    let mut ledger = Ledger::new();
    let taken = Cause::CreditCodeTaken { code: credit_code(3), member: MemberNumber(3) };
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    let request = request.enrol_with_code("twin", [Role::Subject], 3);
    request.refused(0, taken, ReasonCode::CreditCodeTaken);

    let twice = Cause::CreditCodeTaken { code: credit_code(70), member: MemberNumber(5) };
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    let request = request.enrol_with_code("one", [Role::Subject], 70);
    request.enrol_with_code("two", [Role::Subject], 70).refused(1, twice, ReasonCode::CreditCodeTaken);
}

#[test]
fn a_key_has_one_member_for_ever() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.body(1), ledger.body(2));
    let key = first.key(KeyPurpose::Operate);
    let key_id = first.key_id(KeyPurpose::Operate);
    let taken = Cause::KeyTaken { key_id, member: first.number };
    ledger.request().administered_by(&first).retire(key_id).recorded();
    for (party, purpose) in
        [(&first, KeyPurpose::Operate), (&first, KeyPurpose::Audit), (&second, KeyPurpose::Operate)]
    {
        let request = ledger.request().administered_by(party).enrol_key(party.number, &key, purpose);
        request.refused(0, taken.clone(), ReasonCode::KeyExists);
    }
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    let request = request.enrol_with_code("body 1", [Role::Subject], 70);
    request.refused(0, taken, ReasonCode::KeyExists);
}

#[test]
fn a_new_key_proves_possession_for_this_very_request() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let new = secret("new");
    let key_id = KeyId::of(new.public_key());
    let earlier = ledger.request().declare(&new, KeyPurpose::Operate);
    let other_purpose = {
        let mut declaration = ledger.request().declare(&new, KeyPurpose::Audit);
        declaration.purpose = KeyPurpose::Operate;
        declaration
    };
    for key in [earlier.clone(), other_purpose] {
        let action = Action::EnrolKey(EnrolKey { member: body.number, key });
        let request = ledger.request().administered_by(&body).action(action);
        request.refused(0, Cause::PossessionInvalid(key_id), ReasonCode::PossessionInvalid);
    }
    let mut members = ledger.request().administered_by_bodies([1, 2, 3]).enrol("x", [Role::Subject]);
    members = members.with_id(bulla_types::RequestId::new(crate::support::START.0, &[9; 10]));
    let first = KeyId::of(secret("x/Operate").public_key());
    members.refused(0, Cause::PossessionInvalid(first), ReasonCode::PossessionInvalid);
}

#[test]
fn the_keys_of_a_node_need_no_proof_of_possession() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    for purpose in [KeyPurpose::Note, KeyPurpose::Peer] {
        let new = secret(&format!("new {purpose:?}"));
        let outcomes =
            ledger.request().administered_by(&body).enrol_key(body.number, &new, purpose).recorded();
        assert_eq!(outcomes, [Outcome::KeyId(KeyId::of(new.public_key()))]);
    }
}

#[test]
fn a_consensus_key_proves_possession() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let new = secret("new");
    let mut key = ledger.request().declare(&new, KeyPurpose::Consensus);
    key.possession = ledger.request().declare(&new, KeyPurpose::Consensus).possession;
    let request = ledger.request().administered_by(&body);
    request.action(Action::EnrolKey(EnrolKey { member: body.number, key })).refused(
        0,
        Cause::PossessionInvalid(KeyId::of(new.public_key())),
        ReasonCode::PossessionInvalid,
    );
    let request = ledger.request().administered_by(&body);
    request.enrol_key(body.number, &new, KeyPurpose::Consensus).recorded();
}

#[test]
fn a_member_enrols_its_own_keys() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let new = secret("new");
    let request = ledger.request().administered_by(&exchange);
    request.enrol_key(exchange.number, &new, KeyPurpose::Operate).recorded();
    let head: KeyRecord = ledger.view.record(StateKey::Key(KeyId::of(new.public_key()))).unwrap();
    assert_eq!(head.member, exchange.number);
}

#[test]
fn the_registration_bodies_enrol_a_key_for_a_member_that_lost_its_own() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let request = ledger.request().administered_by_bodies([1, 2, 4]);
    request.enrol_key(exchange.number, &secret("new"), KeyPurpose::Administer).recorded();
}

#[test]
fn nobody_else_enrols_a_key_for_a_member() {
    let mut ledger = Ledger::new();
    let (exchange, other) = (ledger.enrol("exchange", Role::Exchange), ledger.enrol("other", Role::Exchange));
    let request = ledger.request().administered_by(&other);
    request.enrol_key(exchange.number, &secret("new"), KeyPurpose::Operate).refused(
        0,
        Cause::HolderMissing(exchange.number),
        ReasonCode::SignerMissing,
    );
    let request = ledger.request().administered_by_bodies([1, 2]);
    request.enrol_key(exchange.number, &secret("new"), KeyPurpose::Operate).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 2 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn a_key_needs_a_member() {
    let mut ledger = Ledger::new();
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    request.enrol_key(MemberNumber(77), &secret("new"), KeyPurpose::Operate).refused(
        0,
        Cause::MemberUnknown(MemberNumber(77)),
        ReasonCode::MemberUnknown,
    );
}

#[test]
fn a_natural_person_is_enrolled_without_name_or_code_and_is_no_registration_body() {
    let mut ledger = Ledger::new();
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    request.enrol_person("甲", [Role::Subject]).recorded();
    let head: MemberRecord = ledger.view.record(StateKey::Member(MemberNumber(5))).unwrap();
    assert!(head.identity.name().is_none());

    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    request.enrol_person("乙", [Role::RegistrationBody]).refused(
        0,
        Cause::BodyWithoutCreditCode,
        ReasonCode::Malformed,
    );
}
