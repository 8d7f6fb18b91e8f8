//! Who takes a step, who signs besides, for whom an agent acts.

use std::collections::BTreeSet;

use bulla_rules::profile::{Actor, Binding, Ident, Party};
use bulla_types::{MemberNumber, RuleName, StepActor};

use super::documents::Documents;
use super::error::{ItemAt, StepFault};
use super::names::name;
use super::place::{Place, Setting};

/// As which party a step is taken, and everyone who acts.
#[derive(Debug, Clone)]
pub(super) struct Acting {
    pub(super) party: RuleName,
    pub(super) actors: Vec<StepActor>,
}

impl Setting<'_> {
    /// Finds out as which party the step is taken, and checks everyone who acts.
    pub(super) fn act(
        &self,
        party: Option<&RuleName>,
        actors: &BTreeSet<StepActor>,
        documents: &Documents,
    ) -> Result<Acting, StepFault> {
        let Actor::Parties(by) = &self.step.by else { return Err(StepFault::LedgerStep) };
        let acts = |party: &Ident| actors.iter().any(|actor| actor.party == party.as_str());
        let party = match party {
            Some(party) => party.clone(),
            None => {
                let acting: Vec<&Ident> = by.iter().filter(|party| acts(party)).collect();
                match (acting.as_slice(), by.len()) {
                    ([party], _) => name(party),
                    ([], 1) => name(by.first().ok_or(StepFault::LedgerStep)?),
                    _ => return Err(StepFault::PartyOpen { expected: names(by) }),
                }
            }
        };
        if !by.contains(party.as_str()) {
            return Err(self.wrong(party.as_str(), by));
        }
        let takes_part = |found: &str| found == party.as_str() || self.step.signed_by.contains(found);
        if let Some(actor) = actors.iter().find(|actor| !takes_part(actor.party.as_str())) {
            return Err(self.wrong(actor.party.as_str(), by));
        }
        let besides = self.step.signed_by.iter().map(Ident::as_str).filter(|found| *found != party.as_str());
        for found in std::iter::once(party.as_str()).chain(besides) {
            let Some(rule) = self.profile().parties.get(found) else { return Err(self.wrong(found, by)) };
            self.check_party(rule, actors, documents)?;
        }
        Ok(Acting { party, actors: actors.iter().cloned().collect() })
    }

    fn wrong(&self, party: &str, by: &BTreeSet<Ident>) -> StepFault {
        let (by, signed_by) = (names(by), names(&self.step.signed_by));
        StepFault::PartyWrong { party: party.to_owned(), by, signed_by }
    }

    fn check_party(
        &self,
        rule: &Party,
        actors: &BTreeSet<StepActor>,
        documents: &Documents,
    ) -> Result<(), StepFault> {
        let item = || ItemAt::of(&rule.head);
        let acting: Vec<&StepActor> =
            actors.iter().filter(|actor| actor.party == rule.head.name.as_str()).collect();
        if acting.is_empty() {
            return Err(StepFault::ActorMissing(item()));
        }
        let members = self.members_of(rule);
        if !members.is_empty() {
            if let Some(actor) = acting.iter().find(|actor| !members.contains(&actor.member)) {
                let expected = members.into_iter().collect();
                return Err(StepFault::MemberWrong { party: item(), member: actor.member, expected });
            }
            let acts = |member: &MemberNumber| acting.iter().any(|actor| actor.member == *member);
            if acts_together(rule) && !members.iter().all(acts) {
                let members = members.into_iter().filter(|member| !acts(member)).collect();
                return Err(StepFault::MembersMissing { party: item(), members });
            }
        }
        let mut agents = acting.iter().filter_map(|actor| Some((actor.member, actor.agent?))).peekable();
        if agents.peek().is_none() {
            return Ok(());
        }
        let mandate = rule.mandate.as_ref().ok_or_else(|| StepFault::AgentNotAllowed(item()))?;
        let has_shown = |(member, agent)| {
            let of = (member, agent, name(mandate));
            self.place.record().is_some_and(|record| record.mandates.contains_key(&of))
        };
        if documents.contains(mandate.as_str()) || agents.all(has_shown) {
            return Ok(());
        }
        let document = self.profile().documents.get(mandate.as_str());
        Err(document.map_or(StepFault::AgentNotAllowed(item()), |document| {
            StepFault::MandateMissing(ItemAt::of(&document.head))
        }))
    }

    /// The members that a party is, as far as the case tells; none when anyone may be.
    fn members_of(&self, rule: &Party) -> BTreeSet<MemberNumber> {
        let party = rule.head.name.as_str();
        let Place::Case(report) = self.place else { return BTreeSet::new() };
        if let Some(members) = report.record.parties.get(party) {
            return members.clone();
        }
        let step = report.possible.iter().find(|possible| self.step.head.name == *possible.step.as_str());
        let mut told = step.into_iter().flat_map(|step| step.by.iter().chain(&step.signed_by));
        let told = told.find(|told| told.party == party);
        told.map(|told| told.members.iter().copied().collect()).unwrap_or_default()
    }
}

/// Of those that the profile appoints one may act, or so many as it says; of every other party all members do.
fn acts_together(rule: &Party) -> bool {
    !matches!(rule.binding, Binding::Appointed { .. })
}

fn names(parties: &BTreeSet<Ident>) -> Vec<String> {
    parties.iter().map(Ident::to_string).collect()
}
