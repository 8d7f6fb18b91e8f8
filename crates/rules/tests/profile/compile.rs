//! Compiling: the bytes depend on what the text says, never on how it is laid out.

use bulla_rules::profile::{Profile, text};
use proptest::prelude::*;
use proptest::sample::SizeRange;

use crate::support::{SAMPLE, profile, sample};

/// The tables of a text of TOML, each with its header.
fn tables(text: &str) -> Vec<String> {
    let mut tables = vec![String::new()];
    for line in text.lines() {
        if line.starts_with('[') {
            tables.push(String::new());
        }
        let table = tables.last_mut().unwrap();
        table.push_str(line);
        table.push('\n');
    }
    tables
}

#[test]
fn bytes_read_back_as_the_profile() {
    assert_eq!(Profile::decode(&sample().encode()), Ok(sample()));
}

#[test]
fn comments_and_spaces_change_nothing() {
    let spaced: String = SAMPLE.lines().map(|line| format!("  {line}   # a remark\n\n")).collect();
    assert_eq!(profile(&spaced).encode(), sample().encode());
}

#[test]
fn every_change_of_a_value_changes_the_digest() {
    let text = SAMPLE.replace("value = { working_days = 3 }", "value = { working_days = 4 }");
    assert_ne!(profile(&text).digest(), sample().digest());
}

#[test]
fn a_step_brings_what_another_brings() {
    let procedures = sample().procedures;
    let first = procedures.get("first").unwrap();
    let (apply, cured) = (first.steps.get("apply").unwrap(), first.steps.get("cured").unwrap());
    assert_eq!((&apply.fields, &apply.documents), (&cured.fields, &cured.documents));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_tables_changes_nothing(order in Just(()).prop_perturb(|(), mut random| {
        let mut tables = tables(SAMPLE);
        let end = tables.len();
        // The first piece is the comment above all tables.
        for index in (2..end).rev() {
            let other = 1 + (random.next_u32() as usize) % index;
            tables.swap(index, other);
        }
        tables.concat()
    })) {
        let (shuffled, _) = text::parse(&order).unwrap();
        prop_assert_eq!(shuffled.encode(), sample().encode());
    }

    #[test]
    fn no_text_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), SizeRange::from(0..400))) {
        let _ = text::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_cut_or_changed_text_makes_the_reader_or_the_check_panic(cut in 0..SAMPLE.len(), gone in 0..200_usize) {
        let start = (0..=cut).rev().find(|index| SAMPLE.is_char_boundary(*index)).unwrap();
        let end = (start + gone..SAMPLE.len()).find(|index| SAMPLE.is_char_boundary(*index)).unwrap_or(SAMPLE.len());
        let text = [&SAMPLE[..start], &SAMPLE[end..]].concat();
        if let Ok((profile, _)) = text::parse(&text) {
            let _ = profile.check_adoptable();
        }
    }
}
