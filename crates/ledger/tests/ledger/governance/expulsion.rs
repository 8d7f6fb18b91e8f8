//! Expulsion (除名).

use bulla_crypto::sha256;
use bulla_ledger::{BlockExecution, Cause};
use bulla_types::{
    Action, ChangeMemberStatus, Commitment, KeyPurpose, MemberNumber, MemberStatus, ReasonCode, Role,
};

use super::{bodies, change, consensus, enrol_consensus_key, validators};
use crate::support::{Ledger, refusal, secret};

fn expel(member: MemberNumber) -> Action {
    let grounds = Some(Commitment(sha256(&[b"grounds"])));
    Action::ChangeMemberStatus(ChangeMemberStatus { member, status: MemberStatus::Expelled, grounds })
}

#[test]
fn an_expelled_member_signs_nothing_and_gets_no_key_any_more() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    bodies(&mut ledger).action(expel(service.number)).recorded();
    assert_eq!(ledger.record_of(&service).status, MemberStatus::Expelled);
    let expelled = || Cause::MemberExpelled(service.number);
    let deposit = ledger.request().operated_by(&service).deposit("a contract");
    deposit.refused(None, expelled(), ReasonCode::MemberExpelled);
    let key = bodies(&mut ledger).enrol_key(service.number, &secret("new"), KeyPurpose::Operate);
    key.refused(0, expelled(), ReasonCode::MemberExpelled);
}

#[test]
fn an_expulsion_is_final() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    bodies(&mut ledger).suspend(service).recorded();
    bodies(&mut ledger).action(expel(service)).recorded();
    let expelled = || Cause::MemberExpelled(service);
    bodies(&mut ledger).readmit(service).refused(0, expelled(), ReasonCode::MemberExpelled);
    bodies(&mut ledger).suspend(service).refused(0, expelled(), ReasonCode::MemberExpelled);
    let again = Cause::MemberStatusUnchanged { member: service, status: MemberStatus::Expelled };
    bodies(&mut ledger).action(expel(service)).refused(0, again, ReasonCode::MemberStatusUnchanged);
}

#[test]
fn an_expelled_body_validates_no_more_even_where_that_costs_the_margin() {
    let mut ledger = Ledger::new();
    let fourth = ledger.body(4);
    bodies(&mut ledger).action(expel(fourth.number)).recorded();
    let remain: Vec<_> = [1, 2, 3].map(|number| (consensus(&ledger.body(number)), 1)).into();
    assert_eq!(validators(&ledger), super::sorted(remain));
}

#[test]
fn an_expulsion_is_no_occasion_to_lose_the_margin_by_another_change() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    let leaves = change(&[(consensus(&ledger.body(4)), 0)]);
    let request = bodies(&mut ledger).action(expel(service)).action(leaves.clone());
    request.refused(None, Cause::MarginLost, ReasonCode::QuorumAtRisk);
    // Five bear that one is expelled, and not that another one goes.
    let fifth = ledger.enrol("fifth", Role::RegistrationBody);
    let new = enrol_consensus_key(&mut ledger, &fifth, "fifth/Consensus");
    bodies(&mut ledger).action(change(&[(new, 1)])).recorded();
    let request = bodies(&mut ledger).action(expel(fifth.number)).action(leaves.clone());
    request.refused(None, Cause::MarginLost, ReasonCode::QuorumAtRisk);
    let request = bodies(&mut ledger).action(leaves).action(expel(fifth.number));
    request.refused(None, Cause::MarginLost, ReasonCode::QuorumAtRisk);
    bodies(&mut ledger).action(expel(fifth.number)).recorded();
    assert_eq!(validators(&ledger).len(), 4);
}

#[test]
fn two_bodies_are_expelled_in_one_block_by_entries_of_their_own() {
    let mut ledger = Ledger::of(5, 2);
    let expulsions =
        [4, 5].map(|number| bodies(&mut ledger).action(expel(MemberNumber(number))).transaction());
    let leaves = change(&[(consensus(&ledger.body(3)), 0)]);
    let leaves = bodies(&mut ledger).action(leaves).transaction();
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    block.transaction(&expulsions[0]).unwrap();
    let refused = refusal(block.transaction(&leaves).unwrap_err());
    assert_eq!(refused.cause, Cause::MarginLost, "nobody is expelled by it");
    block.transaction(&expulsions[1]).unwrap();
    assert_eq!(block.finish().unwrap().validators.unwrap().validators().len(), 3);
}

#[test]
fn an_expelled_body_is_replaced_in_the_same_entry() {
    let mut ledger = Ledger::new();
    let fourth = ledger.body(4);
    let fifth = ledger.enrol("fifth", Role::RegistrationBody);
    let new = enrol_consensus_key(&mut ledger, &fifth, "fifth/Consensus");
    bodies(&mut ledger).action(expel(fourth.number)).action(change(&[(new, 1)])).recorded();
    assert_eq!(validators(&ledger).len(), 4);
    assert!(validators(&ledger).contains(&(new, 1)));
}

#[test]
fn a_body_does_not_expel_itself_below_the_threshold_and_the_last_validator_is_not_expelled() {
    let mut ledger = Ledger::new();
    ledger.request().administered_by_bodies([1, 2, 4]).action(expel(MemberNumber(4))).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 2 },
        ReasonCode::ThresholdUnreachable,
    );
    let mut ledger = Ledger::of(1, 1);
    ledger.enrol("second", Role::RegistrationBody);
    let request = ledger.request().administered_by_bodies([1]).action(expel(MemberNumber(1)));
    request.refused(0, Cause::ValidatorsNone, ReasonCode::QuorumAtRisk);
}
