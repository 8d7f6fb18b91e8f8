//! How proposals end without being carried out: rejected, withdrawn, expired.

use bulla_ledger::Cause;
use bulla_types::limits::{OPEN_PROPOSALS_OF_MEMBER_MAX, PROPOSAL_TERM_MS_MAX};
use bulla_types::{
    Action, BlockTime, KeyRange, MemberNumber, ProposalNumber, ProposalStatus, Propose, ReasonCode, Role,
    StateKey, WithdrawProposal,
};

use super::{FIRST, approve, is_open, outcome, proposal, record, reject, status};
use crate::support::Ledger;

fn withdrawing(proposal: ProposalNumber) -> Action {
    Action::WithdrawProposal(WithdrawProposal { proposal })
}

/// A ledger with a proposal that body 1 has made.
fn proposed() -> Ledger {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    proposal(&mut ledger, [1], |request| request.suspend(service)).recorded();
    ledger
}

fn no_rows(ledger: &Ledger) -> bool {
    let range = KeyRange::all_open_proposals();
    bulla_ledger::StateView::keys(&ledger.view, &range, 1).unwrap().is_empty()
        && ledger.view.record::<Propose>(StateKey::Proposed(FIRST)).is_none()
}

#[test]
fn a_proposal_that_can_no_longer_reach_the_threshold_is_rejected() {
    let mut ledger = proposed();
    assert!(is_open(reject(&mut ledger, [3], FIRST).recorded()), "three of four may still approve");
    assert!(is_open(approve(&mut ledger, [2], FIRST).recorded()));
    let rejected = outcome(reject(&mut ledger, [4], FIRST).recorded());
    assert_eq!((rejected.status, rejected.outcomes), (ProposalStatus::Rejected, Vec::new()));
    assert!(no_rows(&ledger));
    let ended = Cause::ProposalEnded { proposal: FIRST, status: ProposalStatus::Rejected };
    ledger.request().administered_by_bodies([1]).action(withdrawing(FIRST)).refused(
        0,
        ended.clone(),
        ReasonCode::ProposalEnded,
    );
}

#[test]
fn a_proposal_that_was_carried_out_takes_no_more_votes() {
    let mut ledger = proposed();
    approve(&mut ledger, [2, 3], FIRST).recorded();
    let ended = Cause::ProposalEnded { proposal: FIRST, status: ProposalStatus::CarriedOut };
    reject(&mut ledger, [4], FIRST).refused(0, ended, ReasonCode::ProposalEnded);
}

#[test]
fn its_proposer_withdraws_it_and_nobody_else() {
    let mut ledger = proposed();
    approve(&mut ledger, [2], FIRST).recorded();
    let missing = Cause::ProposerMissing { proposal: FIRST, member: MemberNumber(1) };
    let request = ledger.request().administered_by_bodies([2]).action(withdrawing(FIRST));
    request.refused(0, missing, ReasonCode::SignerMissing);
    let request = ledger.request().administered_by_bodies([1]).action(withdrawing(FIRST));
    assert_eq!(outcome(request.recorded()).status, ProposalStatus::Withdrawn);
    assert!(no_rows(&ledger));
    let ended = Cause::ProposalEnded { proposal: FIRST, status: ProposalStatus::Withdrawn };
    approve(&mut ledger, [3], FIRST).refused(0, ended, ReasonCode::ProposalEnded);
}

#[test]
fn a_proposal_takes_votes_until_its_time_and_not_after_it() {
    let mut ledger = proposed();
    approve(&mut ledger, [2], FIRST).recorded();
    let not_after = record(&ledger, FIRST).not_after;
    ledger.sleep(not_after.0 - ledger.time.0 - 1000);
    assert!(is_open(reject(&mut ledger, [3], FIRST).recorded()), "its last block");
    assert_eq!(ledger.time, not_after);
    let request = approve(&mut ledger, [4], FIRST);
    let transaction = request.transaction();
    let refusal = ledger.record(&transaction).unwrap_err();
    assert!(matches!(refusal.cause, Cause::ProposalExpired { proposal: FIRST, .. }), "{refusal}");
    assert_eq!(refusal.reason(), ReasonCode::ProposalExpired);
    let withdrawal = ledger.request().administered_by_bodies([1]).action(withdrawing(FIRST)).transaction();
    assert_eq!(ledger.record(&withdrawal).unwrap_err().reason(), ReasonCode::ProposalExpired);
}

#[test]
fn a_proposal_has_a_time_and_not_for_ever() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    let ask = |ledger: &mut Ledger, ms: u64| {
        let not_after = BlockTime(ledger.time.0 + ms);
        let request = ledger.request().administered_by_bodies([1]).suspend(service).proposed(not_after);
        request.transaction()
    };
    for ms in [0, 2 * PROPOSAL_TERM_MS_MAX] {
        let transaction = ask(&mut ledger, ms);
        let refusal = ledger.record(&transaction).unwrap_err();
        assert_eq!(refusal.reason(), ReasonCode::ProposalTermInvalid, "{refusal}");
    }
    let transaction = ask(&mut ledger, PROPOSAL_TERM_MS_MAX);
    ledger.record(&transaction).unwrap();
}

#[test]
fn a_body_has_so_many_proposals_open_and_those_that_expire_or_end_make_room() {
    let mut ledger = Ledger::new();
    let service = ledger.enrol("service", Role::EvidenceService).number;
    for _ in 0..OPEN_PROPOSALS_OF_MEMBER_MAX {
        proposal(&mut ledger, [1], |request| request.suspend(service)).recorded();
    }
    let max = OPEN_PROPOSALS_OF_MEMBER_MAX;
    let full = || Cause::ProposalsTooMany { member: MemberNumber(1), max };
    let one_more = proposal(&mut ledger, [1, 2], |request| request.suspend(service));
    one_more.refused(0, full(), ReasonCode::TooManyProposals);
    proposal(&mut ledger, [2, 1], |request| request.suspend(service)).recorded();

    // One that ends makes room for one.
    ledger.request().administered_by_bodies([1]).action(withdrawing(FIRST)).recorded();
    let number = outcome(proposal(&mut ledger, [1], |request| request.suspend(service)).recorded()).number;
    assert_eq!(number, ProposalNumber(18));
    proposal(&mut ledger, [1], |request| request.suspend(service)).refused(
        0,
        full(),
        ReasonCode::TooManyProposals,
    );

    // What is carried out at once needs no room.
    let at_once = proposal(&mut ledger, [1, 2, 3], |request| request.suspend(service)).recorded();
    assert_eq!(outcome(at_once).status, ProposalStatus::CarriedOut);

    // Those whose time has passed give theirs up, and are recorded as expired.
    ledger.sleep(2 * 86_400_000);
    assert_eq!(status(&ledger, number), ProposalStatus::Open);
    proposal(&mut ledger, [1], |request| request.readmit(service)).recorded();
    for ended in [2, 16, 18].map(ProposalNumber) {
        assert_eq!(status(&ledger, ended), ProposalStatus::Expired);
        assert!(ledger.view.record::<Propose>(StateKey::Proposed(ended)).is_none());
    }
    assert_eq!(status(&ledger, ProposalNumber(17)), ProposalStatus::Open, "another body's");
    let transaction = approve(&mut ledger, [2], number).transaction();
    assert_eq!(ledger.record(&transaction).unwrap_err().reason(), ReasonCode::ProposalExpired);
}
