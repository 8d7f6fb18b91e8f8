//! Roles of members.

use bulla_crypto::sha256;
use bulla_ledger::Cause;
use bulla_types::{Action, ChangeRoles, Commitment, MemberNumber, Outcome, ReasonCode, Role, Roles};

use super::{bodies, change, consensus, enrol_consensus_key, validators};
use crate::support::Ledger;

fn change_roles(member: MemberNumber, roles: impl IntoIterator<Item = Role>) -> Action {
    let grounds = Some(Commitment(sha256(&[b"grounds"])));
    Action::ChangeRoles(ChangeRoles { member, roles: Roles::new(roles).unwrap(), grounds })
}

#[test]
fn a_role_is_granted_and_taken_away() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let deposit =
        |ledger: &mut Ledger| ledger.request().operated_by(&exchange).deposit("a contract").transaction();
    let granted = change_roles(exchange.number, [Role::EvidenceService, Role::Exchange]);
    bodies(&mut ledger).action(granted).recorded();
    let transaction = deposit(&mut ledger);
    ledger.record(&transaction).unwrap();
    bodies(&mut ledger).action(change_roles(exchange.number, [Role::Exchange])).recorded();
    let refused = ledger.request().operated_by(&exchange).deposit("another");
    refused.refused(0, Cause::RoleMissing(exchange.number), ReasonCode::RoleMissing);
    assert_eq!(ledger.record_of(&exchange).history_count, 3, "each change is a step that names its entry");
}

#[test]
fn roles_that_a_member_has_are_not_given_again() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let request = bodies(&mut ledger).action(change_roles(exchange.number, [Role::Exchange]));
    request.refused(0, Cause::RolesUnchanged(exchange.number), ReasonCode::RolesUnchanged);
}

#[test]
fn roles_change_by_the_threshold() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let own = ledger.request().administered_by(&exchange);
    own.action(change_roles(exchange.number, [Role::Judicial])).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 0 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn a_natural_person_becomes_no_registration_body() {
    let mut ledger = Ledger::new();
    let outcomes = bodies(&mut ledger).enrol_person("person", [Role::Subject]).recorded();
    let [Outcome::MemberNumber(person)] = outcomes[..] else { panic!("{outcomes:?}") };
    let request = bodies(&mut ledger).action(change_roles(person, [Role::RegistrationBody]));
    request.refused(0, Cause::BodyWithoutCreditCode, ReasonCode::Malformed);
}

#[test]
fn never_fewer_registration_bodies_than_must_sign() {
    let mut ledger = Ledger::new();
    let fourth = MemberNumber(4);
    let request = ledger.request().administered_by_bodies([1, 2, 4]);
    request.action(change_roles(fourth, [Role::Supervisor])).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 2 },
        ReasonCode::ThresholdUnreachable,
    );
}

#[test]
fn a_body_that_is_none_any_more_validates_no_more() {
    let mut ledger = Ledger::new();
    let fourth = ledger.body(4);
    let demotion = || change_roles(fourth.number, [Role::Supervisor]);
    // Four validators bear a failure, three do not.
    bodies(&mut ledger).action(demotion()).refused(None, Cause::MarginLost, ReasonCode::QuorumAtRisk);
    let fifth = ledger.enrol("fifth", Role::RegistrationBody);
    let new = enrol_consensus_key(&mut ledger, &fifth, "fifth/Consensus");
    bodies(&mut ledger).action(demotion()).action(change(&[(new, 1)])).recorded();
    assert!(!validators(&ledger).iter().any(|(key, _)| *key == consensus(&fourth)));
    assert!(validators(&ledger).contains(&(new, 1)));
}
