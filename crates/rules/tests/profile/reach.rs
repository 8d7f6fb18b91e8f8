//! The primitives carry what the other sources of `domain` ask: routing, tolerant acceptance, held and repeated
//! publicity, burdens of proof, objections that are no locks, partial revocation, reports.

use bulla_rules::profile::Speaker;
use bulla_types::Lang;

use crate::support::{found, profile};

const REACH: &str = include_str!("reach.toml");

#[test]
fn the_hardest_rules_of_other_sources_can_be_said() {
    assert_eq!(found(REACH), []);
}

#[test]
fn everything_that_a_profile_says_has_words_in_both_languages() {
    let profile = profile(REACH);
    let (zh, en) = (Speaker::new(&profile, Lang::Zh).outline(), Speaker::new(&profile, Lang::En).outline());
    assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    let rules = en.iter().filter(|(path, _)| path.contains("conditions[") || path.contains("effects["));
    assert!(
        rules.clone().all(|(path, words)| !words.is_empty() && *words != zh[path]),
        "{rules:#?}",
        rules = rules.collect::<Vec<_>>()
    );
}

#[test]
fn conditions_read_as_sentences() {
    let profile = profile(REACH);
    let licence = profile.procedures.get("licence").unwrap();
    let apply = licence.steps.get("apply").unwrap();
    let said = |lang| {
        let speaker = Speaker::new(&profile, lang).of(licence);
        let consent = &apply.documents[0];
        speaker.need(speaker.document(&consent.category), &consent.need)
    };
    assert_eq!(
        said(Lang::En),
        "Consent (if Price is less than Appraisal times Floor (90%) (declared by who signs))"
    );
    assert_eq!(said(Lang::Zh), "书面同意（如价格少于评估价的下限（90%）（由签名人声明））");
}
