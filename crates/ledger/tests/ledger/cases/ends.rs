//! From every state that a case of the real profiles can reach, some actor or the clock can end it.
//!
//! The search runs the engine: from each state found it tries every step, by everyone, in several fillings, and lets
//! time pass. Every state of every procedure must be found, and from each a way to an end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bulla_ledger::{PossibleStep, possible_steps};
use bulla_rules::profile::{
    Actor, Condition, Content, Disposition, DocumentForm, FieldType, Need, Procedure, Profile, Scope, Step,
    Trigger,
};
use bulla_types::{
    CaseNumber, CaseRecord, CertificateNumber, CertificateRecord, DocumentItem, EvidenceNumber, FieldContent,
    FieldValue, MemberNumber, ProfileDigest, ProfileRecord, RuleName, Shares, StateKey, Subject,
};

use super::guizhou::Venue;
use super::tianjin::Platform;
use crate::support::{Ledger, Party, Take, digests, go_on, open};

const DAY_MS: u64 = 86_400_000;
/// States of one case that are looked at: each with the steps that led to it.
const FOUND_MAX: usize = 120;

/// A ledger, and the people who may act on it.
#[derive(Clone)]
struct World {
    ledger: Ledger,
    people: Vec<Party>,
}

fn profile_of(ledger: &Ledger, digest: ProfileDigest) -> Profile {
    let record: ProfileRecord = ledger.view.record(StateKey::Profile(digest)).unwrap();
    Profile::decode(&record.profile).unwrap()
}

/// One way of taking a step.
#[derive(Clone, Copy)]
struct Filling<'p> {
    /// Whether what may be left out is said.
    whole: bool,
    /// The term that this field says; others say their first.
    term: Option<(&'p str, &'p str)>,
    /// What questions are answered with.
    answer: bool,
}

impl World {
    fn party(&self, number: MemberNumber) -> Option<&Party> {
        self.people.iter().find(|party| party.number == number)
    }

    /// Whoever may act as a party: those that it is, or anyone.
    fn actors(&self, members: &[MemberNumber]) -> Vec<Vec<&Party>> {
        if members.is_empty() {
            return self.people.iter().map(|party| vec![party]).collect();
        }
        let together: Vec<&Party> = members.iter().filter_map(|number| self.party(*number)).collect();
        let mut actors: Vec<Vec<&Party>> = together.iter().map(|party| vec![*party]).collect();
        if together.len() > 1 {
            actors.push(together);
        }
        actors
    }

    /// Every way of taking a step of a case that is tried.
    fn ways(&self, case: &CaseRecord, profile: &Profile, step: &Step, possible: &PossibleStep) -> Vec<Take> {
        let mut fillings = vec![];
        for whole in [false, true] {
            fillings.push(Filling { whole, term: None, answer: true });
            fillings.push(Filling { whole, term: None, answer: false });
            for used in &step.fields {
                let field = profile.fields.get(used.field.as_str()).unwrap();
                let FieldType::Term { vocabulary } = &field.of else { continue };
                let terms = &profile.vocabularies.get(vocabulary.as_str()).unwrap().terms;
                fillings.extend(terms.iter().map(|term| Filling {
                    whole,
                    term: Some((used.field.as_str(), term.name.as_str())),
                    answer: true,
                }));
            }
        }
        let mut ways = Vec::new();
        for party in &possible.by {
            for actors in self.actors(&party.members) {
                let mut take = go_on(case.number, step.head.name.as_str());
                for (index, actor) in actors.iter().enumerate() {
                    take = if index == 0 {
                        take.by(&party.party, actor)
                    } else {
                        take.with(&party.party, actor)
                    };
                }
                for besides in possible.signed_by.iter().filter(|other| other.party != party.party) {
                    let members = self.actors(&besides.members);
                    let Some(besides_members) = members.last() else { continue };
                    take =
                        besides_members.iter().fold(take, |take, member| take.with(&besides.party, member));
                }
                ways.extend(
                    fillings.iter().map(|filling| self.filled(take.clone(), case, profile, step, *filling)),
                );
            }
        }
        ways
    }

    fn filled(
        &self,
        mut take: Take,
        case: &CaseRecord,
        profile: &Profile,
        step: &Step,
        filling: Filling<'_>,
    ) -> Take {
        for used in &step.fields {
            if used.need != Need::Required && !filling.whole {
                continue;
            }
            let name = used.field.as_str();
            if let Some(content) = self.content(name, case, profile, step, filling) {
                take = take.says(name, content);
            }
        }
        for used in &step.documents {
            if used.need != Need::Required && !filling.whole {
                continue;
            }
            let least = used.at_least.as_ref().and_then(|value| profile.values.get(value.as_str()));
            let least = match least.and_then(|value| value.content.as_ref()) {
                Some(Content::Integer(number)) => *number,
                _ => 1,
            };
            take = take.document(used.category.as_str(), self.items(used.category.as_str(), profile, least));
        }
        if step.reasons { take.reasons("because") } else { take }
    }

    /// What a field says: what must be the same as something else is, else something of its kind.
    fn content(
        &self,
        name: &str,
        case: &CaseRecord,
        profile: &Profile,
        step: &Step,
        filling: Filling<'_>,
    ) -> Option<FieldContent> {
        let mut same = case.fields.get(name).cloned();
        for condition in &step.conditions {
            condition.visit(&mut |condition| match condition {
                Condition::Same(one, other) => {
                    for (one, other) in [(one, other), (other, one)] {
                        if one.scope == Scope::Case && one.name == *name {
                            same = self.said(case, &other.scope, other.name.as_str()).or(same.take());
                        }
                    }
                }
                Condition::Among(item, list) if item.scope == Scope::Case && item.name == *name => {
                    let list = self.said(case, &list.scope, list.name.as_str());
                    let first =
                        list.as_ref().and_then(FieldContent::clear).map(|list| list.as_slice()[0].clone());
                    same = first.map(|first| FieldContent::Clear(first.into())).or(same.take());
                }
                _ => {}
            });
        }
        if filling.term.is_none_or(|(field, _)| field != name) && same.is_some() {
            return same;
        }
        let field = profile.fields.get(name)?;
        if field.disposition != Disposition::Clear {
            let words = bulla_crypto::sha256(&[name.as_bytes()]);
            return Some(FieldContent::Committed(bulla_types::Commitment(words)));
        }
        let day: bulla_rules::CivilDate = bulla_rules::CivilDate::of(self.ledger.time).ok()?;
        let value = match &field.of {
            FieldType::Text { .. } => return None,
            FieldType::Term { vocabulary } => {
                let first = || profile.vocabularies.get(vocabulary.as_str()).unwrap().terms[0].name.as_str();
                let chosen = filling.term.filter(|(field, _)| *field == name).map(|(_, term)| term);
                crate::support::term(chosen.unwrap_or_else(first))
            }
            FieldType::Integer => FieldValue::Integer(1),
            FieldType::Ratio => FieldValue::Ratio(500_000),
            FieldType::Amount { .. } => FieldValue::Amount(1),
            FieldType::Date => FieldValue::Date(day.plus_days(3).ok()?.to_number()),
            FieldType::Boolean => FieldValue::Answer(filling.answer),
            FieldType::CreditCode => {
                FieldValue::CreditCode(super::tianjin::code(&self.ledger, self.people.last()?))
            }
            FieldType::Digest => FieldValue::Digests(digests(name)),
            FieldType::Member => FieldValue::Member(self.people.last()?.number),
            FieldType::Shares => FieldValue::Shares(Shares::whole(self.people.last()?.number)),
            FieldType::Account | FieldType::Entry | FieldType::Certificate { .. } | FieldType::Case => {
                return None;
            }
        };
        Some(FieldContent::Clear(value.into()))
    }

    /// What a field says of a case, of the one that it is about, or of its registration.
    fn said(&self, case: &CaseRecord, scope: &Scope, name: &str) -> Option<FieldContent> {
        match (scope, case.about) {
            (Scope::Case, _) => case.fields.get(name).cloned(),
            (Scope::Parent, Some(Subject::Case(parent))) => {
                self.ledger.case(parent).fields.get(name).cloned()
            }
            (Scope::Subject, Some(Subject::Registration(number))) => {
                let record: bulla_types::RegistrationRecord =
                    self.ledger.view.record(StateKey::Registration(number))?;
                record.contents.get(name).cloned()
            }
            _ => None,
        }
    }

    fn items(&self, category: &str, profile: &Profile, least: u64) -> Vec<DocumentItem> {
        let document = profile.documents.get(category).unwrap();
        let certificates: Vec<CertificateRecord> = (1..)
            .map_while(|number| self.ledger.view.record(StateKey::Certificate(CertificateNumber(number))))
            .collect();
        let found = document.forms.iter().find_map(|form| match form {
            DocumentForm::Digest => {
                let one = |index| DocumentItem::Digests(digests(&format!("{category} {index}")));
                Some((0..least).map(one).collect())
            }
            DocumentForm::Evidence => Some(vec![DocumentItem::Evidence(EvidenceNumber(1))]),
            DocumentForm::Certificate(kind) => {
                let found = certificates.iter().find(|certificate| certificate.kind == kind.as_str())?;
                Some(vec![DocumentItem::Certificate(found.number)])
            }
            DocumentForm::CertificateOf(_) => None,
        });
        found.unwrap_or_default()
    }

    /// Tries a step; whether it was taken.
    fn attempt(&mut self, take: &Take) -> bool {
        let transaction = take.request(&mut self.ledger).transaction();
        self.ledger.record(&transaction).is_ok()
    }

    /// Lets time pass, and what is due come.
    fn wait(&mut self, days: u64) {
        self.ledger.sleep(days * DAY_MS);
        while !self.ledger.tick().is_empty() {}
    }

    /// The steps that members may take in a case, with all ways of taking each.
    fn all_ways(&self, case: &CaseRecord, profile: &Profile) -> Vec<(Step, Vec<Take>)> {
        let procedure = profile.procedures.get(case.procedure.as_str()).unwrap();
        let possible = possible_steps(&self.ledger.view, case.number, self.ledger.time).unwrap();
        possible
            .iter()
            .map(|possible| {
                let step = procedure.steps.get(possible.step.as_str()).unwrap();
                (step.clone(), self.ways(case, profile, step, possible))
            })
            .collect()
    }

    /// Why no step leads on in a case.
    fn why(&mut self, case: CaseNumber, profile: &Profile) -> String {
        let record = self.ledger.case(case);
        let mut told = BTreeSet::from([format!("{:?}", sign(&self.ledger, &record))]);
        for way in self.all_ways(&record, profile).into_iter().flat_map(|(_, ways)| ways) {
            let transaction = way.request(&mut self.ledger).transaction();
            told.extend(self.ledger.record(&transaction).err().map(|refusal| refusal.to_string()));
        }
        Vec::from_iter(told).join("\n")
    }

    /// Open cases about this one.
    fn children(&self, case: CaseNumber) -> Vec<CaseNumber> {
        let cases = (1..)
            .map_while(|number| self.ledger.view.record::<CaseRecord>(StateKey::Case(CaseNumber(number))));
        cases
            .filter(|child| child.about == Some(Subject::Case(case)) && child.is_open())
            .map(|child| child.number)
            .collect()
    }

    /// Ends a case, by steps that lead nearer to an end, or by time.
    fn can_end(&mut self, case: CaseNumber, profile: &Profile) -> bool {
        for _ in 0..40 {
            let record = self.ledger.case(case);
            if !record.is_open() {
                return true;
            }
            let procedure = profile.procedures.get(record.procedure.as_str()).unwrap();
            let distances = distances(procedure);
            let far = |state: &str| distances.get(state).copied().unwrap_or(usize::MAX);
            let here = far(record.state.as_str());
            let mut ways = self.all_ways(&record, profile);
            ways.retain(|(step, _)| step.to.as_ref().is_some_and(|to| far(to.as_str()) < here));
            ways.sort_by_key(|(step, _)| step.to.as_ref().map(|to| far(to.as_str())));
            let mut taken = ways.iter().flat_map(|(_, ways)| ways).any(|way| self.attempt(way));
            if !taken {
                taken = self.children(case).into_iter().any(|child| self.can_end(child, profile));
            }
            if !taken {
                // Steps that stay may be what the next one waits for.
                let record = self.ledger.case(case);
                let stays = self.all_ways(&record, profile);
                let stays = stays.iter().filter(|(step, _)| {
                    step.to.is_none() && !record.steps.contains_key(step.head.name.as_str())
                });
                for (_, ways) in stays {
                    taken |= ways.iter().any(|way| self.attempt(way));
                }
            }
            if !taken {
                self.wait(20);
            }
        }
        false
    }
}

/// How many steps each state is from an end, by members and by the clock.
fn distances(procedure: &Procedure) -> BTreeMap<String, usize> {
    let mut distances: BTreeMap<String, usize> = procedure
        .states
        .iter()
        .filter(|state| state.result.is_some())
        .map(|state| (state.name.to_string(), 0))
        .collect();
    for _ in 0..procedure.states.len() {
        for step in procedure.steps.iter().filter(|step| goes_on(step)) {
            let Some(to) = step.to.as_ref().and_then(|to| distances.get(to.as_str()).copied()) else {
                continue;
            };
            for from in &step.from {
                let nearest = distances.entry(from.to_string()).or_insert(usize::MAX);
                *nearest = (*nearest).min(to + 1);
            }
        }
    }
    distances
}

/// Whether a step waits for no other case.
fn goes_on(step: &Step) -> bool {
    matches!(step.trigger(), None | Some(Trigger::Routing | Trigger::Deadline(_)))
}

/// What tells two states of a case apart: where it is, what it has been through, what stands on it,
/// which deadlines of it have come, and where the case is that it is about.
type Sign = (String, BTreeSet<RuleName>, Vec<RuleName>, Vec<RuleName>, Option<String>);

fn sign(ledger: &Ledger, case: &CaseRecord) -> Sign {
    let parent = match case.about {
        Some(Subject::Case(parent)) => Some(ledger.state(parent)),
        _ => None,
    };
    let (steps, flags) = (case.steps.keys().cloned().collect(), case.flags.keys().cloned().collect());
    let come =
        case.deadlines.iter().filter(|(_, deadline)| deadline.due.is_some_and(|due| due <= ledger.time));
    let come = come.map(|(name, _)| name.clone()).collect();
    (case.state.to_string(), steps, flags, come, parent)
}

/// Looks at every state that a case can reach from here. Gives the names of the states.
fn explore(start: World, case: CaseNumber, profile: &Profile) -> BTreeSet<String> {
    let mut found: BTreeSet<Sign> = BTreeSet::new();
    let mut next = VecDeque::from([start]);
    while let Some(world) = next.pop_front() {
        let record = world.ledger.case(case);
        if found.len() == FOUND_MAX || !found.insert(sign(&world.ledger, &record)) || !record.is_open() {
            continue;
        }
        let mut ending = world.clone();
        let ended = ending.can_end(case, profile);
        assert!(ended, "{:?} cannot be ended: {}", sign(&world.ledger, &record), ending.why(case, profile));
        for (step, ways) in world.all_ways(&record, profile) {
            let mut other = world.clone();
            if ways.iter().any(|way| other.attempt(way)) {
                next.push_back(other.clone());
            }
            if step.to.is_some() {
                // The same with another term may lead elsewhere.
                let mut last = world.clone();
                if ways.iter().rev().any(|way| last.attempt(way)) {
                    next.push_back(last);
                }
            }
        }
        let parent = match record.about {
            Some(Subject::Case(parent)) if world.ledger.case(parent).is_open() => Some(parent),
            _ => None,
        };
        let siblings = parent.map(|parent| world.children(parent)).unwrap_or_default();
        let others: BTreeSet<CaseNumber> = world
            .children(case)
            .into_iter()
            .chain(parent)
            .chain(siblings)
            .filter(|other| *other != case)
            .collect();
        for other in others {
            let child_record = world.ledger.case(other);
            for (_, ways) in world.all_ways(&child_record, profile) {
                let mut other = world.clone();
                if ways.iter().any(|way| other.attempt(way)) {
                    next.push_back(other);
                }
            }
        }
        for days in [1, 7, 40] {
            let mut later = world.clone();
            later.wait(days);
            next.push_back(later);
        }
    }
    found.into_iter().map(|(state, ..)| state).collect()
}

/// Explores from several beginnings, and requires that every state of the procedure was found but for some that
/// the choices of this adopter rule out.
fn all_states_but(ruled_out: &[&str], starts: Vec<(World, CaseNumber)>, profile: &Profile) {
    let procedure = starts[0].0.ledger.case(starts[0].1).procedure.clone();
    let found: BTreeSet<String> =
        starts.into_iter().flat_map(|(world, case)| explore(world, case, profile)).collect();
    let procedure = profile.procedures.get(procedure.as_str()).unwrap();
    let missing: Vec<&str> = procedure
        .states
        .iter()
        .map(|state| state.name.as_str())
        .filter(|state| found.contains(*state) == ruled_out.contains(state))
        .collect();
    assert!(
        missing.is_empty(),
        "states of {} that were not reached, or were: {missing:?}",
        procedure.head.name
    );
}

fn all_states(starts: Vec<(World, CaseNumber)>, profile: &Profile) {
    all_states_but(&[], starts, profile);
}

fn register_world(platform: &Platform) -> World {
    let mut people = platform.ledger.bodies.clone();
    people.extend([platform.provider.clone(), platform.deidentifier.clone(), platform.structurer.clone()]);
    people.push(platform.applicant.clone());
    World { ledger: platform.ledger.clone(), people }
}

#[test]
fn every_case_of_the_institutions_can_be_ended() {
    for (procedure, plan) in [
        ("evidence_storage", "title_declaration"),
        ("deidentification", "deidentification_plan"),
        ("structuring", "structuring_plan"),
    ] {
        let mut platform = Platform::new();
        let service = platform.provider.clone();
        platform.ledger.request().operated_by(&service).deposit("asset").recorded();
        let submit =
            open(platform.profile, procedure, "submit").by("applicant", &platform.applicant).paper(plan);
        let mut submit = platform.asset(submit, "asset");
        if procedure == "evidence_storage" {
            submit = submit
                .field("acquisition", crate::support::term("collected"))
                .paper("collection_declaration");
        }
        let case = platform.ledger.take(&submit).case;
        let profile = profile_of(&platform.ledger, platform.profile);
        all_states(vec![(register_world(&platform), case)], &profile);
    }
}

/// A registration with an application, and one whose publicity is objected to.
fn applied() -> (Platform, CaseNumber) {
    let mut platform = Platform::new();
    let vouchers = platform.vouchers("asset");
    let case = platform.apply("asset", vouchers);
    (platform, case)
}

fn objected() -> (Platform, CaseNumber, CaseNumber) {
    let (mut platform, case) = applied();
    let register = platform.register(case);
    platform.ledger.take(&register);
    let objection = object(&mut platform, case);
    (platform, case, objection)
}

fn object(platform: &mut Platform, case: CaseNumber) -> CaseNumber {
    let objection = open(platform.profile, "objection", "file")
        .about(Subject::Case(case))
        .by("objector", &platform.provider)
        .attached("objection_grounds", "mine")
        .paper("objection_material")
        .paper("interest_proof");
    platform.ledger.take(&objection).case
}

#[test]
fn every_registration_can_be_ended() {
    let (platform, case) = applied();
    let (objected, published, _) = objected();
    let profile = profile_of(&platform.ledger, platform.profile);
    let starts = vec![(register_world(&platform), case), (register_world(&objected), published)];
    // An objection that is upheld leads back to the application.
    all_states_but(&["cancelled"], starts, &profile);
}

#[test]
fn every_objection_can_be_ended() {
    let (mut platform, case, objection) = objected();
    let profile = profile_of(&platform.ledger, platform.profile);
    let alone = register_world(&platform);
    // With another one, whose end may end the registration.
    object(&mut platform, case);
    all_states(vec![(alone, objection), (register_world(&platform), objection)], &profile);
}

#[test]
fn every_renewal_can_be_ended() {
    let mut platform = Platform::new();
    let number = platform.certified("asset");
    platform.ledger.until("2028-09-16");
    let apply = open(platform.profile, "renewal", "apply")
        .about(Subject::Certificate(number))
        .by("holder", &platform.applicant)
        .paper("renewal_application");
    let case = platform.ledger.take(&apply).case;
    let profile = profile_of(&platform.ledger, platform.profile);
    all_states(vec![(register_world(&platform), case)], &profile);
}

fn venue_world(venue: &Venue) -> World {
    let mut world = register_world(&venue.register);
    world.people.splice(0..0, [venue.centre.clone(), venue.operator.clone(), venue.buyer.clone()]);
    world
}

#[test]
fn every_registration_of_a_party_can_be_ended() {
    let mut venue = Venue::new();
    let apply = open(venue.profile, "party_registration", "apply")
        .by("applicant", &venue.buyer)
        .field("capacities", crate::support::term("demander"))
        .attached("party_name", "buyer")
        .attached("party_contact", "contact")
        .paper("identity_proof")
        .paper("protection_proof");
    let case = venue.register.ledger.take(&apply).case;
    let profile = profile_of(&venue.register.ledger, venue.profile);
    all_states(vec![(venue_world(&venue), case)], &profile);
}

#[test]
fn every_registration_of_an_item_can_be_ended() {
    let mut venue = Venue::new();
    venue.register_parties();
    let offer = venue.offer();
    let case = venue.register.ledger.take(&offer).case;
    let profile = profile_of(&venue.register.ledger, venue.profile);
    all_states(vec![(venue_world(&venue), case)], &profile);
}

#[test]
fn every_trade_can_be_ended() {
    let mut venue = Venue::new();
    venue.register_parties();
    let item = venue.register_item();
    let inquiry = venue.inquiry(item);
    let inquired = venue.register.ledger.take(&inquiry).case;
    let asked = venue_world(&venue);
    let negotiated = venue.negotiated(item);
    let contract = venue.contract(negotiated, "1250000");
    venue.register.ledger.take(&contract);
    let profile = profile_of(&venue.register.ledger, venue.profile);
    all_states(vec![(asked, inquired), (venue_world(&venue), negotiated)], &profile);
}

/// The search knows what a step is made of, but not every member of a procedure takes one: the ledger does.
#[test]
fn a_state_that_only_the_ledger_leaves_is_left_in_time() {
    let (platform, _) = applied();
    let profile = profile_of(&platform.ledger, platform.profile);
    let waits = profile.procedures.iter().flat_map(|procedure| {
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
