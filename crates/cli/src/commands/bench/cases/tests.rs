//! Every story, played on a ledger in memory.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use bulla_fixtures::stage::{Ledger, Party, calendar_year, real, tianjin};
use bulla_types::{KeyPurpose, Outcome, Role, Submission};

use super::people::{Cast, Person};
use super::rules::Rules;
use super::scene::{APPLICATION_PAPERS, APPLICATION_TEXTS, Part, Stage};
use super::story::{
    ITEM_REFUSED, PARTY, PARTY_REFUSED, Parts, REGISTRATION, Story, TRADE, UP_TO_CERTIFICATE, UP_TO_ITEM,
    UP_TO_PUBLICITY,
};

struct Theatre {
    ledger: Ledger,
    stage: Stage,
}

impl Theatre {
    /// On a Friday after a holiday.
    fn new() -> Self {
        let mut ledger = Ledger::new();
        (2025..=2026).for_each(|year| ledger.adopt_year(&calendar_year(year)));
        let platform = ledger.body(1);
        let provider = ledger.enrol("provider", Role::EvidenceService);
        let [deidentifier, structurer] =
            ["deidentifier", "structurer"].map(|name| ledger.enrol(name, Role::ServiceInstitution));
        let [centre, operator] = ["centre", "operator"].map(|name| ledger.enrol(name, Role::Exchange));
        let subjects = ["a", "b", "c", "d"].map(|name| ledger.enrol(name, Role::Subject));
        let person = |party: &Party| {
            let code = *ledger.record_of(party).identity.credit_code().unwrap();
            Person::new(party.number, code, party.key(KeyPurpose::Operate))
        };
        let cast = Cast {
            platform: person(&platform),
            evidence_provider: person(&provider),
            deidentifier: person(&deidentifier),
            structurer: person(&structurer),
            centre: person(&centre),
            operator: person(&operator),
            subjects: subjects.iter().map(person).collect(),
        };
        let register = [
            ("91000000MA0000101F", cast.platform.code),
            ("91000000MA0000900R", cast.evidence_provider.code),
            ("91000000MA0000601U", cast.deidentifier.code),
            ("91000000MA0000602Y", cast.structurer.code),
        ];
        let venue = [("91000000MA0000701H", cast.centre.code), ("91000000MA0000702L", cast.operator.code)];
        let rules = Rules {
            register: ledger.adopt(&real("cn-tj-tjifa-003-2022", &register)),
            venue: ledger.adopt(&real("cn-gz-trade-2022", &venue)),
        };
        ledger.until("2025-10-10");
        ledger.request().operated_by(&provider).deposit("report").recorded();
        Self { ledger, stage: Stage { rules, cast } }
    }

    /// Plays a story to its end, each step signed and sent as a load sends it.
    fn play(&mut self, mut story: Story) -> Story {
        while let Some(scene) = story.scene() {
            let (parts, memory) = (&story.parts, &story.memory);
            let request_id = self.ledger.request_id();
            let form = scene.form(&Part { stage: &self.stage, parts, memory, request_id });
            let price = form.commitment("price");
            let prepared = form.sign(self.ledger.id).unwrap();
            story.taking(price);
            let submission = Submission::decode(prepared.encoded().clone()).unwrap();
            let outcomes = self.ledger.record(submission.transaction());
            let outcomes = outcomes.unwrap_or_else(|refusal| panic!("{}: {refusal}", scene.name()));
            let [Outcome::Case(outcome)] = &outcomes[..] else { panic!("{outcomes:?}") };
            story.taken(outcome);
        }
        story
    }
}

fn parts(asset: u8) -> Parts {
    Parts { applicant: 0, other: 1, asset: [asset; 32] }
}

#[test]
fn every_story_is_played_to_its_end() {
    let mut theatre = Theatre::new();
    theatre.play(Story::new(parts(1), REGISTRATION));
    theatre.play(Story::new(Parts { applicant: 3, ..parts(0) }, PARTY_REFUSED));
    let [traded, refused] = [2, 3].map(|asset| theatre.play(Story::new(parts(asset), UP_TO_PUBLICITY)));
    for applicant in [0, 1] {
        theatre.play(Story::new(Parts { applicant, ..parts(0) }, PARTY));
    }
    theatre.ledger.until("2025-10-15");
    let item = theatre.play(traded.go_on(UP_TO_ITEM));
    let certified = theatre.play(refused.go_on(UP_TO_CERTIFICATE));
    for _ in 0..2 {
        theatre.play(item.go_on(TRADE));
        theatre.play(certified.go_on(ITEM_REFUSED));
    }
}

#[test]
fn a_story_has_as_many_steps_left_as_it_has_yet_to_take() {
    let story = Story::new(parts(1), TRADE);
    assert_eq!((story.left(), story.scene().map(super::scene::Scene::name)), (8, Some("trade.inquire")));
}

#[test]
fn an_application_of_a_load_is_the_one_that_the_rules_are_tested_with() {
    let texts: BTreeSet<&str> = APPLICATION_TEXTS.iter().map(|(field, _)| *field).collect();
    assert_eq!(texts, BTreeSet::from(tianjin::ATTACHED));
    assert_eq!(BTreeSet::from(APPLICATION_PAPERS), BTreeSet::from(tianjin::PAPERS));
}
