//! Which votes count: those whose signatures would.

use bulla_ledger::Cause;
use bulla_types::{
    Action, Ballot, BlockTime, ChangeParameters, KeyPurpose, MemberNumber, MemberStatus, ProposalNumber,
    ProposalStatus, ReasonCode, Role,
};

use super::{FIRST, approve, is_open, proposal, record, reject, status, voting};
use crate::governance::bodies;
use crate::support::{Ledger, secret};

/// A ledger of five bodies, threshold 3, with a proposal to suspend the service that bodies 1 and 2 approve.
fn half_approved() -> Ledger {
    let mut ledger = Ledger::of(5, 3);
    let service = ledger.enrol("service", Role::EvidenceService).number;
    proposal(&mut ledger, [1, 2], |request| request.suspend(service)).recorded();
    ledger
}

fn set_threshold(ledger: &mut Ledger, threshold: u32) {
    let mut parameters = (*ledger.parameters).clone();
    parameters.admin_threshold = threshold;
    let change = ChangeParameters { former: ledger.parameters.hash(), parameters };
    let request = ledger.request().administered_by_bodies([1, 2, 3, 4]);
    request.action(Action::ChangeParameters(change)).recorded();
}

#[test]
fn the_vote_of_a_key_that_was_reported_compromised_counts_no_more_and_is_cast_anew() {
    let mut ledger = half_approved();
    let (second, new) = (ledger.body(2), secret("body 2/new"));
    let key = second.key_id(KeyPurpose::Administer);
    let from = BlockTime(ledger.time.0);
    let request = ledger.request().administered_by(&second);
    let request = request.enrol_key(second.number, &new, KeyPurpose::Administer);
    request.report_compromised(key, from).recorded();
    assert!(is_open(approve(&mut ledger, [3], FIRST).recorded()), "two votes count of three");

    // Whoever had the key may have cast it: the body says itself what it wants.
    let action = voting(&ledger, FIRST, Ballot::Reject);
    let request = ledger.request().signed_with(second.number, &new).action(action);
    assert!(is_open(request.recorded()));
    let vote = *record(&ledger, FIRST).vote_of(second.number).unwrap();
    assert_eq!((vote.ballot, record(&ledger, FIRST).votes.len()), (Ballot::Reject, 3));
    assert!(!is_open(approve(&mut ledger, [4], FIRST).recorded()));
}

#[test]
fn the_vote_of_a_suspended_body_does_not_count_until_it_is_readmitted() {
    let mut ledger = half_approved();
    ledger.request().administered_by_bodies([3, 4, 5]).suspend(MemberNumber(1)).recorded();
    assert!(is_open(approve(&mut ledger, [3], FIRST).recorded()), "two votes count of three");
    ledger.request().administered_by_bodies([3, 4, 5]).readmit(MemberNumber(1)).recorded();
    assert!(!is_open(approve(&mut ledger, [4], FIRST).recorded()));
    assert_eq!(status(&ledger, FIRST), ProposalStatus::CarriedOut);
}

#[test]
fn a_rejection_counts_like_an_approval_only_with_a_key_in_force() {
    let mut ledger = half_approved();
    assert!(is_open(reject(&mut ledger, [3], FIRST).recorded()));
    assert!(is_open(reject(&mut ledger, [4], FIRST).recorded()), "three of five may still approve");
    // The rejection of body 3 lapses with its key; with a new one it approves.
    let (third, new) = (ledger.body(3), secret("body 3/new"));
    let request = ledger.request().administered_by(&third);
    let request = request.enrol_key(third.number, &new, KeyPurpose::Administer);
    request.retire(third.key_id(KeyPurpose::Administer)).recorded();
    assert!(is_open(reject(&mut ledger, [5], FIRST).recorded()), "only two rejections count");
    let action = voting(&ledger, FIRST, Ballot::Approve);
    assert!(!is_open(ledger.request().signed_with(third.number, &new).action(action).recorded()));
    assert_eq!(status(&ledger, FIRST), ProposalStatus::CarriedOut);
}

#[test]
fn suspended_bodies_are_not_waited_for_when_it_comes_to_a_rejection() {
    let mut ledger = half_approved();
    bodies(&mut ledger).suspend(MemberNumber(5)).recorded();
    assert!(is_open(reject(&mut ledger, [3], FIRST).recorded()), "three of four may still approve");
    reject(&mut ledger, [4], FIRST).recorded();
    assert_eq!(status(&ledger, FIRST), ProposalStatus::Rejected);
}

#[test]
fn the_threshold_is_that_of_the_deciding_vote() {
    let mut ledger = half_approved();
    set_threshold(&mut ledger, 4);
    assert!(is_open(approve(&mut ledger, [3], FIRST).recorded()), "three of four");
    set_threshold(&mut ledger, 3);
    assert!(!is_open(approve(&mut ledger, [4], FIRST).recorded()));

    // Lowered below what has approved: a rejection does not carry out, the next approval does.
    let mut ledger = half_approved();
    set_threshold(&mut ledger, 2);
    assert!(is_open(reject(&mut ledger, [3], FIRST).recorded()));
    assert!(!is_open(approve(&mut ledger, [4], FIRST).recorded()));
    assert_eq!(status(&ledger, FIRST), ProposalStatus::CarriedOut);
}

#[test]
fn what_a_transaction_does_to_its_own_voter_takes_effect_after_it() {
    let mut ledger = half_approved();
    let (third, new) = (ledger.body(3), secret("body 3/new"));
    let action = voting(&ledger, FIRST, Ballot::Approve);
    let request = ledger.request().administered_by(&third);
    let request = request.enrol_key(third.number, &new, KeyPurpose::Administer);
    request.retire(third.key_id(KeyPurpose::Administer)).action(action).recorded();
    assert_eq!(status(&ledger, FIRST), ProposalStatus::CarriedOut);
}

#[test]
fn a_body_that_a_transaction_suspends_and_that_rejects_by_it_is_counted_once() {
    let mut ledger = half_approved();
    proposal(&mut ledger, [1, 2], |request| request.suspend(MemberNumber(5))).recorded();
    // Bodies 4 and 5 decide that 5 is suspended, and reject: of the four that remain three have not.
    let suspension = voting(&ledger, ProposalNumber(2), Ballot::Approve);
    let rejection = voting(&ledger, FIRST, Ballot::Reject);
    let request = ledger.request().administered_by_bodies([4, 5]).action(suspension).action(rejection);
    request.recorded();
    assert_eq!(ledger.record_of(&ledger.body(5)).status, MemberStatus::Suspended);
    assert_eq!(status(&ledger, FIRST), ProposalStatus::Open);
    assert!(!is_open(approve(&mut ledger, [3], FIRST).recorded()));
    assert_eq!(status(&ledger, FIRST), ProposalStatus::CarriedOut);
}

#[test]
fn what_a_transaction_does_to_an_earlier_voter_takes_effect_at_once() {
    let mut ledger = half_approved();
    let action = voting(&ledger, FIRST, Ballot::Approve);
    let request = ledger.request().administered_by_bodies([3, 4, 5]).suspend(MemberNumber(1));
    let outcomes = request.suspend(MemberNumber(2)).action(action).recorded();
    assert_eq!(outcomes.len(), 3);
    // Bodies 3, 4 and 5 reach the threshold by themselves; their own votes carry it out.
    assert_eq!(status(&ledger, FIRST), ProposalStatus::CarriedOut);
    assert_eq!(ledger.record_of(&ledger.body(1)).status, MemberStatus::Suspended);
}

#[test]
fn a_body_that_lost_its_role_does_not_vote_and_what_it_voted_does_not_count() {
    let mut ledger = half_approved();
    let roles = bulla_types::Roles::new([Role::Exchange]).unwrap();
    let change = bulla_types::ChangeRoles { member: MemberNumber(2), roles, grounds: None };
    let request = ledger.request().administered_by_bodies([1, 3, 4]).action(Action::ChangeRoles(change));
    request.recorded();
    assert!(is_open(approve(&mut ledger, [3], FIRST).recorded()), "two votes count of three");
    let action = voting(&ledger, FIRST, Ballot::Approve);
    ledger.request().administered_by_bodies([2]).action(action).refused(
        0,
        Cause::BodyMissing,
        ReasonCode::SignerMissing,
    );
}
