//! Drafts: who signs them, and what becomes of copies that were signed apart.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_types::*;
use samples::*;

#[test]
fn a_draft_that_all_have_signed_is_the_transaction_that_they_would_have_signed_together() {
    let submission = governance_draft(&[12, 2]).complete().unwrap();
    assert_eq!(submission, Submission::new(governance_transaction(), governance_openings()).unwrap());
}

#[test]
fn a_draft_is_incomplete_while_somebody_has_not_signed() {
    let draft = governance_draft(&[2]);
    assert_eq!(draft.missing(), [signer(2, 12)]);
    let error = draft.complete().unwrap_err();
    assert_eq!((error.path(), error.reason()), ("signatures", ReasonCode::Malformed));
}

#[test]
fn copies_that_were_signed_apart_are_joined() {
    let mut draft = governance_draft(&[2]);
    draft.join(governance_draft(&[12])).unwrap();
    assert_eq!(draft, governance_draft(&[2, 12]));
    let other = TransactionDraft::new(&administration_body(), administration_openings()).unwrap();
    assert_eq!(draft.join(other.clone()), Err(other.id()));
}

#[test]
fn nobody_signs_twice_and_nobody_signs_who_is_not_named() {
    let mut draft = governance_draft(&[2]);
    let (signed, stranger) = (KeyId::of(&public(2)), KeyId::of(&public(77)));
    assert_eq!(draft.sign(&secret(2)), Err(DraftError::SignedAlready(signed)));
    assert_eq!(draft.sign(&secret(77)), Err(DraftError::NotNamed(stranger)));
    assert_eq!(draft, governance_draft(&[2]));
}

#[test]
fn what_the_votes_of_a_draft_are_on_travels_with_it_and_is_no_part_of_what_is_signed() {
    let bare = TransactionDraft::new(votes_transaction().body(), Vec::new()).unwrap();
    let Action::VoteOnProposal(vote) = &bare.body().actions[0] else { panic!("a vote") };
    assert_eq!((bare.voted_on(vote), votes_draft().voted_on(vote)), (None, Some(&propose().into())));
    assert_eq!(bare.id(), votes_draft().id());
    let mut joined = bare.clone();
    joined.join(votes_draft()).unwrap();
    assert_eq!(joined, votes_draft());
    assert_eq!(votes_draft().complete().is_ok(), bare.complete().is_ok());

    let other = Propose { not_after: BlockTime(1), ..propose() };
    let error = bare.with_voted_on(vec![other.into()]).unwrap_err();
    assert_eq!(error.path(), "proposals[0]");
    assert!(votes_draft().with_voted_on(vec![propose().into()]).is_err(), "once is enough");
}

#[test]
fn the_grounds_of_what_is_voted_on_travel_with_it_and_join_those_who_lack_them() {
    let opened = opened_votes_draft();
    assert_eq!(opened.id(), votes_draft().id());
    let openings = opened.all_voted_on()[0].opened.as_ref().unwrap();
    assert_eq!(openings.openings, proposal_openings());
    let mut joined = votes_draft();
    joined.join(opened.clone()).unwrap();
    assert_eq!(joined, opened);
    let mut other = opened.clone();
    other.join(votes_draft()).unwrap();
    assert_eq!(other, opened);
    // Of another proposal they open nothing.
    let other = Propose { grounds: None, ..propose() };
    let action = VoteOnProposal {
        proposal: ProposalNumber(7),
        digest: other.digest(),
        ballot: Ballot::Approve,
        grounds: None,
    };
    let mut body = votes_transaction().body().clone();
    body.actions = vec![Action::VoteOnProposal(action)];
    let on = VotedOn { propose: other, opened: opened.all_voted_on()[0].opened.clone() };
    let error = TransactionDraft::new(&body, Vec::new()).unwrap().with_voted_on(vec![on]).unwrap_err();
    assert_eq!(error.path(), "proposal_openings[0].openings[1]");
}
