//! Conditions that a node names in English, in the words of their profile.

use bulla_ledger::condition_words;
use bulla_rules::profile::{Actor, Condition, Ident, Procedure, Profile, Speaker, Step};
use bulla_types::{Lang, RuleName};

use crate::text::Said;

/// A condition of a step, or of who takes it, by what a node calls it; else its words as they are.
pub(super) fn told(words: &str, profile: &Profile, procedure: Option<&Procedure>, step: &RuleName) -> Said {
    let step = procedure.and_then(|procedure| procedure.steps.get(step.as_str()));
    let known = step.and_then(|step| find(words, profile, step));
    let Some(condition) = known else { return Said::english(words) };
    let in_lang = |lang| {
        let speaker = Speaker::new(profile, lang);
        procedure.map_or(speaker, |procedure| speaker.of(procedure)).condition(condition)
    };
    Said { en: in_lang(Lang::En), zh: in_lang(Lang::Zh) }
}

fn find<'p>(words: &str, profile: &'p Profile, step: &'p Step) -> Option<&'p Condition> {
    let taken_by = match &step.by {
        Actor::Parties(parties) => Some(parties),
        Actor::Ledger(_) => None,
    };
    let parties = taken_by.into_iter().flatten().chain(&step.signed_by);
    let requires = |party: &Ident| profile.parties.get(party.as_str()).map(|party| &party.requires);
    let of_parties = parties.filter_map(requires).flatten();
    step.conditions.iter().chain(of_parties).find(|condition| condition_words(condition) == words)
}
