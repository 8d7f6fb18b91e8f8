//! What a refusal tells of values that differ: those that stand in clear, and so many at most.

use bulla_types::{FieldValue, ReasonCode};

use super::apart_story::Apart;
use super::story::Register;
use crate::support::{Take, made_up};

/// A licence from one day to another.
fn agree(story: &Apart, begins: u32, until: u32) -> Take {
    story
        .about("licensing", "agree")
        .naming("licensee", &story.other)
        .by("keeper", &story.applicant)
        .with("licensee", &story.other)
        .field("begins", FieldValue::Date(begins))
        .field("until", FieldValue::Date(until))
}

#[test]
fn values_that_are_compared_are_told_with_their_fields() {
    let mut story = Apart::new();
    story.registered();
    let agree = agree(&story, 20_251_128, 20_251_103);
    let rule = story.ledger.refuse_step(&agree, ReasonCode::ValuesDiffer);
    let told = "does not hold: begins is less until; begins says 2025-11-28; until says 2025-11-03";
    assert_eq!(rule.to_string(), told);
}

#[test]
fn of_many_values_the_first_few_are_told_and_how_many_more_there_are() {
    const FIELDS: &str = r#"
[fields.counts]
zh = "数量"
en = "Counts"
article = "4"
type = "integer"
items_max = 9
disposition = "clear"

[fields.counted]
zh = "清点数量"
en = "Counted"
article = "4"
type = "integer"
items_max = 9
disposition = "clear"
"#;
    let register = include_str!("../../profiles/register.toml");
    let asked = "conditions = [{ free_object = \"asset\" }]";
    let may =
        "optional_fields = [\"counts\", \"counted\"]\nconditions = [{ same = [\"counts\", \"counted\"] }]";
    let text = register.replacen("[fields.name]\n", &format!("{FIELDS}\n[fields.name]\n"), 1);
    let mut story = Register::under(&made_up(&text.replacen(asked, may, 1)));
    let counts = |numbers: std::ops::Range<u64>| numbers.map(FieldValue::Integer).collect();
    let take = story.application("asset").values("counts", counts(1..8)).values("counted", counts(1..5));
    let rule = story.ledger.refuse_step(&take, ReasonCode::ValuesDiffer);
    let told =
        "does not hold: counts is the same as counted; counts says 1, 2, 3, 4 (+3); counted says 1, 2, 3, 4";
    assert_eq!(rule.to_string(), told);
}
