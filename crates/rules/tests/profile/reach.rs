//! The primitives carry what the other sources of `domain` ask: routing, tolerant acceptance, held and repeated
//! publicity, burdens of proof, objections that are no locks, partial revocation, reports.

use bulla_rules::profile::{Profile, Speaker};
use bulla_types::Lang;

use crate::support::{found, profile, sample_with};

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

#[test]
fn what_the_register_knows_of_a_party_has_words() {
    let (compared, codes) = (
        "{ same = [\"digest\", \"document.voucher.digest\"] }",
        "{ same = [\"party.applicant.credit_code\", \"party.registry.credit_code\"] }",
    );
    let profile = profile(&sample_with(&[(compared, codes)]));
    let first = profile.procedures.get("first").unwrap();
    let condition = &first.steps.get("apply").unwrap().conditions[3];
    let said = |lang| Speaker::new(&profile, lang).of(first).condition(condition);
    assert_eq!(
        said(Lang::Zh),
        "成员登记簿所载申请人的统一社会信用代码与成员登记簿所载登记机构的统一社会信用代码一致"
    );
    assert_eq!(
        said(Lang::En),
        "unified social credit code of the Applicant in the register of members equals \
         unified social credit code of the Registry in the register of members"
    );
    assert_eq!(Profile::decode(&profile.encode()), Ok(profile));
}
