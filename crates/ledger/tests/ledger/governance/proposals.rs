//! Proposals and votes of the registration bodies.

mod acts;
mod ends;
mod standing;
mod trial;

use bulla_ledger::Cause;
use bulla_types::{
    Action, Ballot, BlockTime, BodyCount, MemberStatus, Outcome, ProposalNumber, ProposalOutcome,
    ProposalRecord, ProposalStatus, Propose, ReasonCode, RecordKey, Role, StateKey, StatusRecord,
    VoteOnProposal,
};

use crate::support::{Ledger, Request};

const FIRST: ProposalNumber = ProposalNumber(1);

/// A day after now.
fn tomorrow(ledger: &Ledger) -> BlockTime {
    BlockTime(ledger.time.0 + 86_400_000)
}

/// A request of these bodies that proposes what `ask` asks, for a day.
fn proposal<const N: usize>(
    ledger: &mut Ledger,
    bodies: [u64; N],
    ask: impl FnOnce(Request<'_>) -> Request<'_>,
) -> Request<'_> {
    let not_after = tomorrow(ledger);
    ask(ledger.request().administered_by_bodies(bodies)).proposed(not_after)
}

fn voting(ledger: &Ledger, proposal: ProposalNumber, ballot: Ballot) -> Action {
    let digest = record(ledger, proposal).digest;
    Action::VoteOnProposal(VoteOnProposal { proposal, digest, ballot, grounds: None })
}

/// A request of these bodies that votes.
fn vote<const N: usize>(
    ledger: &mut Ledger,
    bodies: [u64; N],
    proposal: ProposalNumber,
    ballot: Ballot,
) -> Request<'_> {
    let action = voting(ledger, proposal, ballot);
    ledger.request().administered_by_bodies(bodies).action(action)
}

fn approve<const N: usize>(ledger: &mut Ledger, bodies: [u64; N], proposal: ProposalNumber) -> Request<'_> {
    vote(ledger, bodies, proposal, Ballot::Approve)
}

fn reject<const N: usize>(ledger: &mut Ledger, bodies: [u64; N], proposal: ProposalNumber) -> Request<'_> {
    vote(ledger, bodies, proposal, Ballot::Reject)
}

fn record(ledger: &Ledger, number: ProposalNumber) -> ProposalRecord {
    ledger.view.record(StateKey::Proposal(number)).unwrap()
}

fn status(ledger: &Ledger, number: ProposalNumber) -> ProposalStatus {
    record(ledger, number).status
}

/// What became of the only proposal that an entry is about.
fn outcome(outcomes: Vec<Outcome>) -> ProposalOutcome {
    match <[Outcome; 1]>::try_from(outcomes) {
        Ok([Outcome::Proposal(outcome)]) => outcome,
        other => panic!("{other:?}"),
    }
}

fn is_open(outcomes: Vec<Outcome>) -> bool {
    let outcome = outcome(outcomes);
    assert!(outcome.outcomes.is_empty() || outcome.status == ProposalStatus::CarriedOut);
    outcome.status == ProposalStatus::Open
}

#[test]
fn bodies_approve_at_their_own_times_and_the_vote_that_reaches_the_threshold_carries_the_acts_out() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    let proposed = proposal(&mut ledger, [2], |request| request.suspend(service.number)).recorded();
    assert_eq!(
        outcome(proposed),
        ProposalOutcome { number: FIRST, status: ProposalStatus::Open, outcomes: Vec::new() }
    );
    let made = record(&ledger, FIRST);
    let index = ledger.log.len() as u64 - 1;
    assert_eq!((made.proposer.0, made.log_index, made.action), (2, index, 0));
    let held: Propose = ledger.view.record(StateKey::Proposed(FIRST)).unwrap();
    assert_eq!(held.digest(), made.digest);
    assert_eq!(ledger.record_of(&service).status, MemberStatus::Active);

    ledger.sleep(3_600_000);
    assert!(is_open(approve(&mut ledger, [4], FIRST).recorded()));
    assert_eq!(ledger.record_of(&service).status, MemberStatus::Active);

    ledger.sleep(3_600_000);
    let decided = outcome(approve(&mut ledger, [1], FIRST).recorded());
    assert_eq!(decided.status, ProposalStatus::CarriedOut);
    assert_eq!(decided.outcomes, [Outcome::Done]);
    assert_eq!(ledger.record_of(&service).status, MemberStatus::Suspended);

    let carried_out = record(&ledger, FIRST);
    let votes: Vec<_> =
        carried_out.votes.iter().map(|vote| (vote.member.0, vote.log_index - index)).collect();
    assert_eq!(votes, [(1, 2), (2, 0), (4, 1)], "each vote names its entry");
    assert!(ledger.view.record::<Propose>(StateKey::Proposed(FIRST)).is_none(), "it stands in the log");
    let past: Vec<(ProposalStatus, u64)> = (0..carried_out.history_count)
        .map(|seq| {
            let key = StateKey::History { record: RecordKey::Proposal(FIRST), seq };
            let step: StatusRecord<ProposalStatus> = ledger.view.record(key).unwrap();
            assert_eq!(step.valid_until, Some(carried_out.votes_end()));
            (step.status, step.log_index - index)
        })
        .collect();
    let open = ProposalStatus::Open;
    assert_eq!(past, [(open, 0), (open, 1), (ProposalStatus::CarriedOut, 2)]);
    let last: StatusRecord<MemberStatus> =
        ledger.view.record(StateKey::History { record: RecordKey::Member(service.number), seq: 1 }).unwrap();
    assert_eq!(last.log_index, index + 2, "the deciding entry changed the member");
}

#[test]
fn several_bodies_propose_and_vote_together_and_as_many_as_the_threshold_carry_out_at_once() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    let at_once = outcome(proposal(&mut ledger, [1, 2, 3], |request| request.suspend(service)).recorded());
    assert_eq!((at_once.status, at_once.outcomes), (ProposalStatus::CarriedOut, vec![Outcome::Done]));
    assert_eq!(record(&ledger, FIRST).history_count, 1);
    assert!(ledger.view.record::<Propose>(StateKey::Proposed(FIRST)).is_none());

    let second = outcome(proposal(&mut ledger, [3], |request| request.readmit(service)).recorded()).number;
    assert!(!is_open(approve(&mut ledger, [1, 4], second).recorded()));
    assert_eq!(status(&ledger, second), ProposalStatus::CarriedOut);
}

#[test]
fn one_transaction_votes_on_several_proposals() {
    let mut ledger = Ledger::of(4, 2);
    let service = ledger.enrol("service", Role::EvidenceService).number;
    proposal(&mut ledger, [1], |request| request.suspend(service)).recorded();
    proposal(&mut ledger, [2], |request| request.readmit(service)).recorded();
    let votes = [1, 2].map(|number| voting(&ledger, ProposalNumber(number), Ballot::Approve));
    let request = ledger.request().administered_by_bodies([3]);
    let outcomes = votes.into_iter().fold(request, Request::action).recorded();
    assert_eq!(outcomes.len(), 2);
    assert_eq!(status(&ledger, ProposalNumber(2)), ProposalStatus::CarriedOut);
}

#[test]
fn a_proposal_is_made_and_voted_on_by_registration_bodies() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService);
    let not_after = tomorrow(&ledger);
    let request = ledger.request().administered_by(&service).suspend(service.number).proposed(not_after);
    request.refused(0, Cause::BodyMissing, ReasonCode::SignerMissing);
    proposal(&mut ledger, [1], |request| request.suspend(service.number)).recorded();
    let action = voting(&ledger, FIRST, Ballot::Approve);
    let request = ledger.request().administered_by(&service).action(action);
    request.refused(0, Cause::BodyMissing, ReasonCode::SignerMissing);
}

#[test]
fn a_body_votes_once() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    proposal(&mut ledger, [1], |request| request.suspend(service)).recorded();
    let again = |number| {
        let member = bulla_types::MemberNumber(number);
        (Cause::VoteCast { member, proposal: FIRST }, ReasonCode::VoteCast)
    };
    let (cause, reason) = again(1);
    approve(&mut ledger, [1], FIRST).refused(0, cause, reason);
    reject(&mut ledger, [2], FIRST).recorded();
    let (cause, reason) = again(2);
    approve(&mut ledger, [3, 2], FIRST).refused(0, cause, reason);
    assert_eq!(record(&ledger, FIRST).votes.len(), 2);
}

#[test]
fn a_vote_names_what_it_votes_on() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    proposal(&mut ledger, [1], |request| request.suspend(service)).recorded();
    proposal(&mut ledger, [1], |request| request.suspend(bulla_types::MemberNumber(4))).recorded();
    let [first, other] = [1, 2].map(|number| record(&ledger, ProposalNumber(number)).digest);
    let vote = VoteOnProposal { proposal: FIRST, digest: other, ballot: Ballot::Approve, grounds: None };
    ledger.request().administered_by_bodies([2]).action(Action::VoteOnProposal(vote)).refused(
        0,
        Cause::ProposalDiffers { proposal: FIRST, expected: first, found: other },
        ReasonCode::ProposalDiffers,
    );
    let unknown = ProposalNumber(3);
    let vote = VoteOnProposal { proposal: unknown, digest: other, ballot: Ballot::Approve, grounds: None };
    ledger.request().administered_by_bodies([2]).action(Action::VoteOnProposal(vote)).refused(
        0,
        Cause::ProposalUnknown(unknown),
        ReasonCode::ProposalUnknown,
    );
}

#[test]
fn the_ledger_counts_its_active_registration_bodies() {
    let mut ledger = Ledger::new();
    let count = |ledger: &Ledger| ledger.view.record::<BodyCount>(StateKey::BodyCount).unwrap().active;
    assert_eq!(count(&ledger), 4);
    let fifth = ledger.enrol("fifth", Role::RegistrationBody);
    ledger.enrol("service", Role::EvidenceService);
    assert_eq!(count(&ledger), 5);
    super::bodies(&mut ledger).suspend(fifth.number).recorded();
    assert_eq!(count(&ledger), 4);
    super::bodies(&mut ledger).readmit(fifth.number).recorded();
    assert_eq!(count(&ledger), 5);
    let roles = bulla_types::Roles::new([Role::Exchange]).unwrap();
    let change = bulla_types::ChangeRoles { member: fifth.number, roles, grounds: None };
    super::bodies(&mut ledger).action(Action::ChangeRoles(change)).recorded();
    assert_eq!(count(&ledger), 4);
}
