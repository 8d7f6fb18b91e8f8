//! What stands in a proposal, a vote, and the outcomes of both.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_types::*;
use prost::Message;
use samples::*;

fn with(actions: Vec<Action>) -> Result<Transaction, DecodeError> {
    let propose = Propose { actions, ..propose() };
    sign(&body_of(request_id(0x7d), vec![signer(2, 12)], vec![Action::Propose(propose)]), &[12])
}

const NOT_PROPOSED: &str = "a proposal holds acts of administration, and none about proposals";

#[test]
fn a_proposal_holds_acts_of_administration_and_nothing_else() {
    let deposit = Action::DepositEvidence(deposit(&request_id(1)));
    let step = case_body().actions.into_iter().find(|action| matches!(action, Action::TakeStep(_)));
    let votes = votes_transaction().body().actions.clone();
    let nested = Action::Propose(propose());
    for action in [deposit, step.unwrap(), nested].into_iter().chain(votes) {
        assert!(!action.may_be_proposed());
        let error = with(vec![propose().actions[1].clone(), action]).unwrap_err();
        assert_eq!(error.to_string(), format!("body.actions[0].propose.actions[1]: {NOT_PROPOSED}"));
        assert_eq!(error.reason(), ReasonCode::Malformed);
    }
    for action in administration_body().actions.into_iter().chain(governance_body().actions) {
        assert!(action.may_be_proposed());
        with(vec![action]).unwrap();
    }
}

#[test]
fn a_proposal_holds_one_to_sixteen_acts() {
    let act = || propose().actions[1].clone();
    assert_eq!(with(Vec::new()).unwrap_err().path(), "body.actions[0].propose.actions");
    with(vec![act(); 16]).unwrap();
    let error = with(vec![act(); 17]).unwrap_err();
    assert_eq!(error.path(), "body.actions[0].propose.actions");
    assert_eq!(error.reason(), ReasonCode::TooLarge);
}

/// Proposals within proposals, thousands deep, or wide: refused before memory is set aside for them.
#[test]
fn a_proposal_in_a_proposal_is_refused_before_it_is_read() {
    let field = |number: u8, content: &[u8]| {
        let mut field = vec![number << 3 | 2];
        prost::encoding::encode_varint(content.len() as u64, &mut field);
        [&field[..], content].concat()
    };
    let in_body = |action: &[u8]| field(1, &field(6, action));
    let mut deep = Vec::new();
    for _ in 0..8_000 {
        deep = field(13, &field(1, &deep));
    }
    let deep = Transaction::decode(in_body(&deep).into()).unwrap_err();
    assert_eq!(deep.to_string(), format!("body.actions[0].propose.actions[0].propose: {NOT_PROPOSED}"));
    let step = Transaction::decode(in_body(&field(13, &field(1, &field(8, &[])))).into()).unwrap_err();
    assert_eq!(step.to_string(), format!("body.actions[0].propose.actions[0].take_step: {NOT_PROPOSED}"));
    let wide = Transaction::decode(in_body(&field(13, &field(1, &[]).repeat(20_000))).into()).unwrap_err();
    assert_eq!(wide.to_string(), "body.actions[0].propose.actions[16]: more than the 16 items allowed");
}

#[test]
fn at_most_four_actions_of_a_transaction_are_about_proposals() {
    let vote = votes_transaction().body().actions[0].clone();
    let of = |count| {
        let actions = vec![vote.clone(); count];
        sign(&body_of(request_id(1), vec![signer(1, 2)], actions), &[2])
    };
    of(4).unwrap();
    assert_eq!(of(5).unwrap_err().path(), "body.actions");
}

#[test]
fn what_a_proposal_holds_has_its_place_in_the_path_and_its_keys_are_declared() {
    let action = Action::Propose(propose());
    let paths: Vec<_> = action.commitments().into_iter().map(|(path, _)| path.into_owned()).collect();
    assert_eq!(paths, ["grounds", "actions.1.grounds"]);
    assert_eq!(Propose::path(1, "grounds"), "actions.1.grounds");
    let declared: Vec<_> = action.declared_keys().into_iter().map(KeyDeclaration::key_id).collect();
    assert_eq!(declared, [101, 102].map(|seed| KeyId::of(&public(seed))));
    let submission = Submission::new(proposal_transaction(), proposal_openings()).unwrap();
    assert_eq!(submission.first_unopened(), None);
    let moved = Opening { path: "actions.0.grounds".parse().unwrap(), ..proposal_openings()[0].clone() };
    let error = Submission::new(proposal_transaction(), vec![moved]).unwrap_err();
    assert_eq!(error.reason(), ReasonCode::OpeningUnknown);
}

/// The longest paths of acts are still paths.
#[test]
fn every_path_of_an_act_fits_a_path() {
    for action in administration_body().actions.into_iter().chain(governance_body().actions) {
        for (path, _) in action.commitments() {
            Propose::path(15, &path).parse::<FieldPath>().unwrap();
        }
    }
}

#[test]
fn the_digest_of_a_proposal_is_of_all_that_it_says() {
    let one = propose();
    let later = Propose { not_after: BlockTime(one.not_after.0 + 1), ..propose() };
    let groundless = Propose { grounds: None, ..propose() };
    let less = Propose { actions: one.actions[1..].to_vec(), ..propose() };
    let mut digests = vec![one.digest(), later.digest(), groundless.digest(), less.digest()];
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 4);
    assert_eq!(one.digest(), ProposalDigest::of(&one.encode()));
}

#[test]
fn an_outcome_of_a_proposal_fits_what_was_asked() {
    use ProposalStatus::{CarriedOut, Expired, Open, Rejected, Withdrawn};
    let fits = |entry: Entry, place: usize, number, status, outcomes| {
        let mut entry = entry;
        entry.outcomes[place] = proposal_outcome(number, status, outcomes);
        Entry::decode(entry.encode().into()).is_ok()
    };
    let acts = || vec![Outcome::MemberNumber(MemberNumber(9)), Outcome::Done];
    let proposed = |number, status, outcomes| fits(proposal_entry(), 0, number, status, outcomes);
    assert!(proposed(7, Open, Vec::new()) && proposed(7, CarriedOut, acts()));
    assert!(!proposed(7, Open, acts()), "what is open has done nothing");
    assert!(!proposed(7, CarriedOut, Vec::new()) && !proposed(7, CarriedOut, vec![Outcome::Done; 2]));
    assert!(!proposed(7, Rejected, Vec::new()) && !proposed(7, Expired, Vec::new()));
    let voted = |number, status, outcomes| fits(votes_entry(), 0, number, status, outcomes);
    assert!(voted(7, Open, Vec::new()) && voted(7, Rejected, Vec::new()) && voted(7, CarriedOut, acts()));
    assert!(!voted(8, Open, Vec::new()), "another proposal");
    assert!(!voted(7, CarriedOut, Vec::new()) && !voted(7, Withdrawn, Vec::new()));
    assert!(fits(votes_entry(), 2, 9, Withdrawn, Vec::new()) && !fits(votes_entry(), 2, 9, Open, Vec::new()));
    let nested = vec![proposal_outcome(1, Open, Vec::new())];
    assert!(!voted(7, CarriedOut, nested), "no act of administration ends so");
    assert!(!voted(7, CarriedOut, vec![Outcome::EvidenceNumber(EvidenceNumber(1))]));
}

/// The entry of the largest transaction about proposals is no larger than an entry may be.
#[test]
fn the_longest_outcome_of_a_proposal_is_within_its_limit() {
    let key = Outcome::KeyId(KeyId::from_bytes([7; 32]));
    let longest = proposal_outcome(u64::MAX, ProposalStatus::CarriedOut, vec![key; 16]);
    let entry = Entry { outcomes: vec![longest], ..votes_entry() };
    let message = proto::Entry::decode(entry.encode().as_slice()).unwrap();
    let bytes = message.outcomes[0].encoded_len();
    assert!(bytes + 3 <= limits::PROPOSAL_OUTCOME_BYTES_MAX, "{bytes}");
}

#[test]
fn a_record_of_a_proposal_has_each_body_once() {
    let mut record = proposal_record();
    assert_eq!(ProposalRecord::decode(&record.encode()), Ok(record.clone()));
    record.votes.reverse();
    assert_eq!(ProposalRecord::decode(&record.encode()).unwrap_err().path(), "votes[1]");
    record.votes = vec![record.votes[0]; 2];
    assert_eq!(ProposalRecord::decode(&record.encode()).unwrap_err().path(), "votes[1]");
    assert!(proposal_record().is_open_at(record.not_after));
    assert!(!proposal_record().is_open_at(record.votes_end()));
}
