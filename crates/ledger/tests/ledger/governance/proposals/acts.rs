//! What is carried out: the same acts under the same checks as if the bodies had signed them together.

use bulla_ledger::{Cause, Refusal};
use bulla_types::{
    Action, ChangeMemberStatus, ChangeParameters, KeyId, KeyPurpose, MemberNumber, MemberStatus, Opening,
    Outcome, ProposalNumber, ProposalStatus, Propose, ReasonCode, Role,
};

use super::{FIRST, approve, is_open, outcome, proposal, record, status};
use crate::governance::{bodies, change, consensus, enrol_consensus_key, validators};
use crate::support::{Ledger, Party, secret};

fn expel(member: MemberNumber) -> Action {
    Action::ChangeMemberStatus(ChangeMemberStatus { member, status: MemberStatus::Expelled, grounds: None })
}

/// The deciding vote is refused for this reason, by this act or by all together; the proposal stays open.
fn refused<const N: usize>(
    ledger: &mut Ledger,
    bodies: [u64; N],
    act: impl Into<Option<usize>>,
    cause: Cause,
    reason: ReasonCode,
) {
    let cause = Cause::ProposedAct { proposal: FIRST, act: act.into(), cause: Box::new(cause) };
    approve(ledger, bodies, FIRST).refused(0, cause, reason);
    assert_eq!(status(ledger, FIRST), ProposalStatus::Open);
}

#[test]
fn a_member_is_enrolled_by_proposal_and_its_keys_prove_possession_to_the_request_that_proposed_it() {
    let mut ledger = Ledger::new();
    proposal(&mut ledger, [1], |request| request.enrol("newcomer", [Role::Exchange])).recorded();
    let decided = outcome(approve(&mut ledger, [2, 3], FIRST).recorded());
    let [Outcome::MemberNumber(number)] = decided.outcomes[..] else { panic!("{decided:?}") };
    assert_eq!(number, MemberNumber(5));
    let newcomer = Party { number, name: "newcomer".to_owned() };
    ledger.request().administered_by(&newcomer).retire(newcomer.key_id(KeyPurpose::Operate)).recorded();
}

#[test]
fn an_act_that_is_refused_at_the_deciding_vote_refuses_the_vote_and_nothing_is_half_done() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    proposal(&mut ledger, [1], |request| request.suspend(MemberNumber(4)).suspend(service.number)).recorded();
    bodies(&mut ledger).suspend(service.number).recorded();
    approve(&mut ledger, [2], FIRST).recorded();
    let cause = Cause::MemberStatusUnchanged { member: service.number, status: MemberStatus::Suspended };
    refused(&mut ledger, [3], 1, cause, ReasonCode::MemberStatusUnchanged);
    assert_eq!(ledger.record_of(&ledger.body(4)).status, MemberStatus::Active);
    assert_eq!(record(&ledger, FIRST).votes.len(), 2);
    // Once nothing is in the way, the same vote carries it out.
    bodies(&mut ledger).readmit(service.number).recorded();
    assert!(!is_open(approve(&mut ledger, [3], FIRST).recorded()));
    assert_eq!(ledger.record_of(&ledger.body(4)).status, MemberStatus::Suspended);
}

#[test]
fn a_refusal_names_the_action_the_act_and_the_proposal() {
    let mut ledger = Ledger::new();
    proposal(&mut ledger, [1], |request| request.readmit(MemberNumber(4))).recorded();
    let transaction = approve(&mut ledger, [2, 3], FIRST).transaction();
    let refusal = ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.to_string(), "action 0: act 0 of proposal 1: member 4 is already Active");
    let unknown = Cause::ProposalUnknown(ProposalNumber(2));
    assert_eq!(Refusal { action: Some(0), cause: unknown }.to_string(), "action 0: there is no proposal 2");
}

#[test]
fn a_voter_is_expelled_by_the_proposal_that_it_did_not_approve() {
    let mut ledger = Ledger::new();
    proposal(&mut ledger, [1], |request| request.action(expel(MemberNumber(4)))).recorded();
    super::reject(&mut ledger, [4], FIRST).recorded();
    assert!(!is_open(approve(&mut ledger, [2, 3], FIRST).recorded()));
    let remain: Vec<_> = [1, 2, 3].map(|number| (consensus(&ledger.body(number)), 1)).into();
    assert_eq!(validators(&ledger), crate::governance::sorted(remain));
    let transaction = approve(&mut ledger, [4], FIRST).transaction();
    assert_eq!(ledger.record(&transaction).unwrap_err().reason(), ReasonCode::MemberExpelled);
}

#[test]
fn nobodys_own_vote_carries_its_suspension_below_the_threshold() {
    let mut ledger = Ledger::new();
    proposal(&mut ledger, [4], |request| request.suspend(MemberNumber(4))).recorded();
    approve(&mut ledger, [1], FIRST).recorded();
    let cause = Cause::ThresholdUnreachable { needed: 3, present: 2 };
    refused(&mut ledger, [2], None, cause, ReasonCode::ThresholdUnreachable);
    assert!(!is_open(approve(&mut ledger, [2, 3], FIRST).recorded()), "three stay able");
}

#[test]
fn a_higher_threshold_is_voted_by_as_many_as_it_asks() {
    let mut ledger = Ledger::new();
    let mut parameters = (*ledger.parameters).clone();
    parameters.admin_threshold = 4;
    let raise = ChangeParameters { former: ledger.parameters.hash(), parameters };
    proposal(&mut ledger, [1], |request| request.action(Action::ChangeParameters(raise))).recorded();
    approve(&mut ledger, [2], FIRST).recorded();
    let cause = Cause::ThresholdNotShown { needed: 4, present: 3 };
    refused(&mut ledger, [3], None, cause, ReasonCode::ThresholdUnreachable);
    assert!(!is_open(approve(&mut ledger, [3, 4], FIRST).recorded()));
    assert_eq!(ledger.parameters.admin_threshold, 4);
}

#[test]
fn parameters_that_were_changed_meanwhile_are_not_changed_by_a_proposal_made_before() {
    let mut ledger = Ledger::new();
    let former = ledger.parameters.hash();
    let mut parameters = (*ledger.parameters).clone();
    parameters.block_entries_max = 500;
    let by_proposal = ChangeParameters { former, parameters: parameters.clone() };
    proposal(&mut ledger, [1], |request| request.action(Action::ChangeParameters(by_proposal))).recorded();
    parameters.block_entries_max = 400;
    let direct = Action::ChangeParameters(ChangeParameters { former, parameters });
    bodies(&mut ledger).action(direct).recorded();
    let cause = Cause::ParametersReplaced { expected: former, found: ledger.parameters.hash() };
    refused(&mut ledger, [2, 3], 0, cause, ReasonCode::ParametersChanged);
}

#[test]
fn validators_change_by_proposal_under_the_same_checks() {
    let mut ledger = Ledger::new();
    let fifth = ledger.enrol("fifth", Role::RegistrationBody);
    let new = enrol_consensus_key(&mut ledger, &fifth, "fifth/Consensus");
    let leave: Vec<_> = [1, 2].map(|number| (consensus(&ledger.body(number)), 0)).into();
    proposal(&mut ledger, [1], |request| request.action(change(&leave))).recorded();
    refused(&mut ledger, [2, 3], None, Cause::MarginLost, ReasonCode::QuorumAtRisk);

    let replace = change(&[(consensus(&ledger.body(1)), 0), (new, 1)]);
    let second = proposal(&mut ledger, [1], |request| request.action(replace));
    let second = outcome(second.recorded()).number;
    assert!(!is_open(approve(&mut ledger, [2, 3], second).recorded()));
    assert!(validators(&ledger).contains(&(new, 1)));
}

#[test]
fn a_body_exchanges_its_key_by_proposal() {
    let mut ledger = Ledger::of(3, 3);
    let (third, new) = (ledger.body(3), secret("body 3/new"));
    let former = third.key_id(KeyPurpose::Administer);
    proposal(&mut ledger, [3], |request| {
        request.enrol_key(third.number, &new, KeyPurpose::Administer).retire(former)
    })
    .recorded();
    assert!(!is_open(approve(&mut ledger, [1, 2], FIRST).recorded()), "able by the key that it enrols");

    // Without another key it would be one body too few.
    let last = KeyId::of(new.public_key());
    let second = proposal(&mut ledger, [1], |request| request.retire(last)).recorded();
    let second = outcome(second).number;
    let transaction = {
        let action = super::voting(&ledger, second, bulla_types::Ballot::Approve);
        let request = ledger.request().administered_by_bodies([2]).signed_with(third.number, &new);
        request.action(action).transaction()
    };
    let refusal = ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.reason(), ReasonCode::ThresholdUnreachable, "{refusal}");
}

#[test]
fn the_fields_of_an_act_are_opened_by_its_place_in_the_proposal() {
    let mut ledger = Ledger::new();
    let request = proposal(&mut ledger, [1], |request| {
        request.suspend(MemberNumber(4)).enrol_person("某人", [Role::Subject])
    });
    let transaction = request.transaction();
    let [Action::Propose(propose)] = &transaction.body().actions[..] else { panic!("{transaction:?}") };
    let paths: Vec<_> =
        transaction.body().actions[0].commitments().into_iter().map(|(path, _)| path.into_owned()).collect();
    assert_eq!(paths, ["grounds", "actions.0.grounds", "actions.1.person"]);
    assert_eq!(Propose::path(1, "person"), "actions.1.person");

    // An opening of a field of an act is bound to the proposing request, the place of the proposal and the path.
    let mut opening = Opening {
        action: 0,
        path: "actions.0.grounds".parse().unwrap(),
        salt: [7; 32],
        value: "理由".as_bytes().to_vec().into(),
    };
    let mut body = transaction.body().clone();
    let commitment = opening.commitment(&body.request_id);
    let mut propose: Propose = propose.clone();
    let Action::ChangeMemberStatus(suspension) = &mut propose.actions[0] else { panic!("{propose:?}") };
    suspension.grounds = Some(commitment);
    body.actions = vec![Action::Propose(propose)];
    bulla_types::check_openings(&body, std::slice::from_ref(&opening)).unwrap();
    opening.path = "actions.1.grounds".parse().unwrap();
    assert!(bulla_types::check_openings(&body, &[opening]).is_err());
}
