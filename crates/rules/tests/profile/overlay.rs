//! Overlays: the adopting body fills in what the source leaves open, and nothing else.

use bulla_rules::Length;
use bulla_rules::profile::ProblemCode::{self, *};
use bulla_rules::profile::{Origin, Problem, Profile, ValueKind, text};

use crate::support::sample;

/// An overlay over the sample with these sections.
fn overlay(sections: &str) -> String {
    let digest = sample().digest();
    format!(
        r#"
[overlay]
id = "sample-here"
version = 3
[base]
id = "sample"
version = 1
digest = "{digest}"
[authority]
zh = "本地登记机构"
en = "Local registry"
credit_code = "91000000MA0000101F"
[decision]
document = {{ zh = "业务规则", en = "Business rules" }}
date = 2025-01-02
{sections}"#
    )
}

const TERM_RULE: &str = "[values.term_rule]\nvalue = \"agreed\"\nbasis = \"第一条\"\n";
const REVIEWERS: &str = "[values.reviewers]\nvalue = [\"91000000MA0000601U\"]\nbasis = \"第二条\"\n";

fn laid(text: &str) -> Result<Profile, Vec<Problem>> {
    let base = sample();
    let (overlay, places) = text::parse_overlay(text, &base)?;
    base.with_overlay(&overlay).map_err(|mut problems| {
        problems.iter_mut().for_each(|problem| places.locate(problem));
        problems
    })
}

#[track_caller]
fn refuses(text: &str, code: ProblemCode, path: &str) {
    let problems = laid(text).unwrap_err();
    assert!(problems.iter().any(|problem| problem.code == code && problem.path == path), "{problems:#?}");
    assert!(problems.iter().all(|problem| problem.place.is_some()), "{problems:#?}");
}

#[test]
fn an_overlay_fills_in_what_is_unset_and_says_where_it_comes_from() {
    let profile = laid(&overlay(&format!("{TERM_RULE}{REVIEWERS}"))).unwrap();
    assert_eq!(profile.check_adoptable(), []);
    assert_eq!(profile.choice("term_rule"), Some("agreed"));
    let origin = &profile.values.get("term_rule").unwrap().origin;
    assert_eq!(*origin, Origin::Filled { why: "原文未规定".to_owned(), basis: "第一条".to_owned() });
    assert_eq!((profile.id.as_str(), profile.version), ("sample-here", 3));
    let adoption = profile.adoption.as_ref().unwrap();
    assert_eq!(adoption.base_digest, sample().digest());
    assert_eq!(adoption.credit_code.to_string(), "91000000MA0000101F");
    assert_eq!(Profile::decode(&profile.encode()), Ok(profile));
}

#[test]
fn a_value_that_is_left_unset_is_named() {
    let problems = laid(&overlay(TERM_RULE)).unwrap().check_adoptable();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].code, problems[0].path.as_str()), (ValueUnset, "values.reviewers"));
}

#[test]
fn a_bounded_value_moves_to_its_stricter_side_only() {
    let set =
        |name: &str, value: &str| overlay(&format!("[values.{name}]\nvalue = {value}\nbasis = \"第三条\"\n"));
    let profile = laid(&set("notice", "{ working_days = 5 }")).unwrap();
    assert_eq!(profile.values.get("notice").unwrap().origin, Origin::Stricter { basis: "第三条".to_owned() });
    let Length::WorkingDays(count) = profile.period("notice").unwrap().length else { panic!() };
    assert_eq!(count.get(), 5);
    refuses(&set("notice", "{ working_days = 2 }"), OverlayValueWeaker, "values.notice");
    refuses(&set("notice", "{ days = 30, roll = \"stays\" }"), OverlayValueWeaker, "values.notice");
    assert!(laid(&set("cure", "{ days = 5, roll = \"to_working_day\" }")).is_ok());
    refuses(&set("cure", "{ days = 11, roll = \"to_working_day\" }"), OverlayValueWeaker, "values.cure");
    assert!(laid(&set("rounds", "1")).is_ok());
    refuses(&set("rounds", "3"), OverlayValueWeaker, "values.rounds");
}

#[test]
fn what_the_source_gives_stands() {
    refuses(
        &overlay("[values.term]\nvalue = { years = 3, roll = \"stays\" }\nbasis = \"第三条\"\n"),
        OverlayValueGiven,
        "values.term",
    );
}

#[test]
fn what_the_source_does_not_know_cannot_be_set() {
    refuses(&overlay("[values.fee]\nvalue = 3\nbasis = \"第三条\"\n"), NameUnknown, "values.fee");
    refuses(
        &overlay("[values.term_rule]\nvalue = 3\nbasis = \"第一条\"\n"),
        TypeWrong,
        "values.term_rule.value",
    );
    refuses(&overlay("[values.term_rule]\nvalue = \"agreed\"\n"), KeyMissing, "values.term_rule");
    refuses(&overlay("[fields.extra]\nzh = \"附\"\n"), KeyUnknown, "fields");
}

#[test]
fn versions_are_counted_from_1_and_what_is_wrong_has_its_line() {
    let text = overlay(TERM_RULE);
    for (version, path) in [("version = 3", "overlay.version"), ("version = 1", "base.version")] {
        let zero = text.replacen(version, "version = 0", 1);
        refuses(&zero, ValueInvalid, path);
        let problems = laid(&zero).unwrap_err();
        let line = zero.lines().nth(problems[0].place.unwrap().line - 1);
        assert_eq!(line, Some("version = 0"));
    }
}

#[test]
fn open_vocabularies_take_terms_and_closed_ones_do_not() {
    let term = "terms = [{ name = \"model\", zh = \"模型\", en = \"model\" }]\n";
    let profile = laid(&overlay(&format!("[vocabularies.kind]\n{term}"))).unwrap();
    assert!(profile.vocabularies.get("kind").unwrap().term("model").is_some());
    refuses(
        &overlay(&format!("[vocabularies.clock]\n{term}")),
        OverlayVocabularyClosed,
        "vocabularies.clock",
    );
    refuses(&overlay(&format!("[vocabularies.other]\n{term}")), NameUnknown, "vocabularies.other");
    let twice = "[vocabularies.kind]\nterms = [{ name = \"set\", zh = \"集\", en = \"set\" }]\n";
    refuses(&overlay(twice), Duplicate, "vocabularies.kind");
}

#[test]
fn an_overlay_over_another_text_is_refused() {
    let digest = sample().digest().to_string();
    let other = format!("{}{}", &digest[1..], &digest[..1]);
    refuses(&overlay(TERM_RULE).replace(&digest, &other), OverlayBaseDiffers, "base");
    refuses(
        &overlay(TERM_RULE).replace("id = \"sample\"\nversion = 1", "id = \"sample\"\nversion = 2"),
        OverlayBaseDiffers,
        "base",
    );
}

#[test]
fn a_choice_outside_its_vocabulary_is_found_when_the_filled_in_profile_is_checked() {
    let profile = laid(&overlay("[values.term_rule]\nvalue = \"maybe\"\nbasis = \"第一条\"\n")).unwrap();
    assert!(
        profile
            .check()
            .iter()
            .any(|problem| problem.code == TermUnknown && problem.path == "values.term_rule")
    );
    assert_eq!(profile.values.get("term_rule").unwrap().kind, ValueKind::Choice);
}
