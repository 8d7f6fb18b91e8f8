//! Deposits of evidence.

use bulla_ledger::{Cause, deposits};
use bulla_types::{EvidenceNumber, KeyPurpose, Outcome, ReasonCode, Role};

use crate::support::{Ledger, secret};

#[test]
fn deposits_are_numbered_without_gaps_across_transactions() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let number = |number| Outcome::EvidenceNumber(EvidenceNumber(number));
    assert_eq!(ledger.request().operated_by(&body).deposit("a").recorded(), [number(1)]);
    let two = ledger.request().operated_by(&body).deposit("b").deposit("c").recorded();
    assert_eq!(two, [number(2), number(3)]);
}

#[test]
fn a_refused_transaction_uses_up_no_number() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    ledger.request().operated_by(&body).deposit("a").deposit_linked("b", &[7]).refused(
        1,
        Cause::EvidenceUnknown(EvidenceNumber(7)),
        ReasonCode::EvidenceUnknown,
    );
    let outcomes = ledger.request().operated_by(&body).deposit("a").recorded();
    assert_eq!(outcomes, [Outcome::EvidenceNumber(EvidenceNumber(1))]);
}

#[test]
fn a_link_points_to_an_earlier_deposit_and_not_to_itself() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    ledger.request().operated_by(&body).deposit("a").deposit_linked("b", &[1]).recorded();
    ledger.request().operated_by(&body).deposit_linked("c", &[1, 2]).recorded();
    ledger.request().operated_by(&body).deposit_linked("d", &[3, 4]).refused(
        0,
        Cause::EvidenceUnknown(EvidenceNumber(4)),
        ReasonCode::EvidenceUnknown,
    );
}

#[test]
fn the_parameters_say_which_roles_deposit() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    let subject = ledger.enrol("subject", Role::Subject);
    ledger.request().operated_by(&service).deposit("a").recorded();
    ledger.request().operated_by(&subject).deposit("a").refused(
        0,
        Cause::RoleMissing(subject.number),
        ReasonCode::RoleMissing,
    );
}

#[test]
fn a_party_without_the_role_may_sign_beside_one_that_has_it() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    let subject = ledger.enrol("subject", Role::Subject);
    ledger.request().operated_by(&subject).operated_by(&service).deposit("a").recorded();
}

#[test]
fn a_deposit_needs_an_operate_key_whatever_else_is_signed() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let request = ledger.request().administered_by(&body);
    let request = request.enrol_key(body.number, &secret("new"), KeyPurpose::Operate).deposit("a");
    request.refused(1, Cause::OperatorMissing, ReasonCode::SignerMissing);
}

#[test]
fn the_same_document_may_be_deposited_again() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.body(1), ledger.body(2));
    ledger.request().operated_by(&first).deposit("a").recorded();
    ledger.request().operated_by(&second).deposit("a").recorded();
}

#[test]
fn the_deposits_of_an_entry_are_found_with_their_numbers_and_places() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    ledger.request().operated_by(&body).deposit("a").recorded();
    let request = ledger.request().administered_by(&body).operated_by(&body).deposit("b");
    request.enrol_key(body.number, &secret("new"), KeyPurpose::Audit).deposit("c").recorded();
    let found: Vec<_> = deposits(ledger.log.last().unwrap()).collect();
    assert_eq!(
        found.iter().map(|found| (found.number.0, found.action)).collect::<Vec<_>>(),
        [(2, 0), (3, 2)]
    );
    assert_eq!(found[1].deposit.size_bytes, 1);
    assert_eq!(deposits(&ledger.log[0]).count(), 0, "the founding deposits nothing");
}
