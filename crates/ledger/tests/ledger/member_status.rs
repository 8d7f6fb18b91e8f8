//! Suspension and readmission.

use bulla_ledger::Cause;
use bulla_types::{
    KeyPurpose, MemberNumber, MemberRecord, MemberStatus, ReasonCode, RecordKey, Role, StateKey, StatusRecord,
};

use crate::support::Ledger;

#[test]
fn suspension_and_readmission_are_steps_in_the_members_past() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(exchange.number).recorded();
    ledger.request().administered_by_bodies([2, 3, 4]).readmit(exchange.number).recorded();
    let head: MemberRecord = ledger.view.record(StateKey::Member(exchange.number)).unwrap();
    assert_eq!((head.status, head.history_count), (MemberStatus::Active, 3));
    let record = RecordKey::Member(exchange.number);
    let steps = (0..3).map(|seq| {
        let step: StatusRecord<MemberStatus> = ledger.view.record(StateKey::History { record, seq }).unwrap();
        (step.status, step.log_index)
    });
    let (active, suspended) = (MemberStatus::Active, MemberStatus::Suspended);
    assert_eq!(steps.collect::<Vec<_>>(), [(active, 1), (suspended, 2), (active, 3)]);
}

#[test]
fn suspension_needs_the_threshold() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    ledger.request().administered_by_bodies([1, 2]).suspend(exchange.number).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 2 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn a_member_does_not_readmit_itself() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    ledger.request().administered_by(&exchange).readmit(exchange.number).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 0 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn a_status_is_not_taken_twice() {
    let mut ledger = Ledger::new();
    let member = ledger.enrol("exchange", Role::Exchange).number;
    let unchanged = |status| Cause::MemberStatusUnchanged { member, status };
    let request = ledger.request().administered_by_bodies([1, 2, 3]).readmit(member);
    request.refused(0, unchanged(MemberStatus::Active), ReasonCode::MemberStatusUnchanged);
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(member).recorded();
    let request = ledger.request().administered_by_bodies([1, 2, 3]).suspend(member);
    request.refused(0, unchanged(MemberStatus::Suspended), ReasonCode::MemberStatusUnchanged);
}

#[test]
fn a_member_that_does_not_exist_is_not_suspended() {
    let mut ledger = Ledger::new();
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(MemberNumber(50)).refused(
        0,
        Cause::MemberUnknown(MemberNumber(50)),
        ReasonCode::MemberUnknown,
    );
}

#[test]
fn a_registration_body_is_suspended_by_the_others() {
    let mut ledger = Ledger::new();
    ledger.request().administered_by_bodies([1, 2, 4]).suspend(MemberNumber(4)).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 2 },
        ReasonCode::ThresholdUnreachable,
    );
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(MemberNumber(4)).recorded();
}

#[test]
fn suspension_never_leaves_fewer_bodies_than_must_sign() {
    let mut ledger = Ledger::new();
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(MemberNumber(4)).recorded();
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(MemberNumber(3)).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 2 },
        ReasonCode::ThresholdUnreachable,
    );
    // With another body in its place it can be done, even at once.
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    request.enrol("new body", [Role::RegistrationBody]).suspend(MemberNumber(3)).recorded();
}

#[test]
fn a_body_is_not_weakened_piecemeal_within_one_transaction() {
    let mut ledger = Ledger::new();
    let third = ledger.body(3).key_id(KeyPurpose::Administer);
    let request = ledger.request().administered_by_bodies([1, 2, 3, 4]);
    request.suspend(MemberNumber(4)).retire(third).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 2 },
        ReasonCode::ThresholdUnreachable,
    );
}
