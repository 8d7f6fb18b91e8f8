//! From every state that a case of the real profiles can reach, some actor or the clock can end it.
//!
//! The search runs the engine: from each situation found it tries every step, by everyone, in several fillings, and
//! lets time pass, until it finds nothing new. Every state of every procedure must be found, and from each a way to
//! an end.

mod beginnings;
mod search;
mod world;

use std::collections::BTreeSet;

use bulla_rules::profile::{Actor, Profile, Step};

use super::guizhou::Venue;
use super::properties::profile_of;

use beginnings::{OF_THE_REGISTER, OF_THE_VENUE};
use search::all_states_but;

/// Searches a procedure of the profiles.
fn can_be_ended(procedure: &str) {
    let mut searches = OF_THE_REGISTER.iter().chain(&OF_THE_VENUE);
    let (_, begin, ruled_out) = searches.find(|(name, ..)| *name == procedure).unwrap();
    all_states_but(ruled_out, begin());
}

#[test]
fn every_case_of_the_institutions_can_be_ended() {
    ["evidence_storage", "deidentification", "structuring"].into_iter().for_each(can_be_ended);
}

#[test]
fn every_registration_can_be_ended() {
    can_be_ended("initial_registration");
}

#[test]
fn every_objection_can_be_ended() {
    can_be_ended("objection");
}

#[test]
fn every_renewal_can_be_ended() {
    can_be_ended("renewal");
}

#[test]
fn every_cancellation_can_be_ended() {
    can_be_ended("cancellation");
}

#[test]
fn every_registration_of_a_party_can_be_ended() {
    can_be_ended("party_registration");
}

#[test]
fn every_registration_of_an_item_can_be_ended() {
    can_be_ended("item_registration");
}

#[test]
fn every_trade_can_be_ended() {
    can_be_ended("trade");
}

/// Both profiles, as they were adopted.
fn profiles() -> [Profile; 2] {
    let venue = Venue::new();
    [venue.register.profile, venue.profile].map(|digest| profile_of(&venue.register.ledger, digest))
}

#[test]
fn no_procedure_of_the_profiles_is_left_out_of_the_search() {
    let searched = [&OF_THE_REGISTER[..], &OF_THE_VENUE[..]];
    for (profile, searches) in profiles().iter().zip(searched) {
        let procedures = profile.procedures.iter().map(|procedure| procedure.head.name.as_str());
        let searched: BTreeSet<&str> = searches.iter().map(|(procedure, ..)| *procedure).collect();
        assert_eq!(procedures.collect::<BTreeSet<_>>(), searched, "{}", profile.id);
    }
}

/// The search knows what a step is made of, but not every member of a procedure takes one: the ledger does.
#[test]
fn a_state_that_only_the_ledger_leaves_is_left_in_time() {
    let profiles = profiles();
    let waits = profiles.iter().flat_map(|profile| &profile.procedures).flat_map(|procedure| {
        let states = procedure.states.iter().filter(|state| state.result.is_none());
        states.map(move |state| (procedure, state))
    });
    for (procedure, state) in waits {
        let steps: Vec<&Step> = procedure.steps_from(state.name.as_str()).collect();
        assert!(!steps.is_empty(), "{} of {}", state.name, procedure.head.name);
        let by_members = steps.iter().any(|step| matches!(step.by, Actor::Parties(_)));
        let runs = procedure.deadlines.iter().any(|deadline| deadline.runs_in.contains(state.name.as_str()));
        assert!(by_members || runs, "{} of {}", state.name, procedure.head.name);
    }
}
