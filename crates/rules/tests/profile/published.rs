//! The profiles and overlays of this repository.

use std::fs;
use std::path::PathBuf;

use bulla_rules::profile::{Disposition, FieldType, Force, Profile, text};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../profiles")
}

fn texts(folder: PathBuf) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.iter().map(|file| (file.display().to_string(), fs::read_to_string(file).unwrap())).collect()
}

fn sources() -> Vec<Profile> {
    texts(folder())
        .iter()
        .map(|(file, text)| text::parse(text).unwrap_or_else(|problems| panic!("{file}: {problems:#?}")).0)
        .collect()
}

fn adopted() -> Vec<Profile> {
    let sources = sources();
    let laid = |(file, text): &(String, String)| {
        let base =
            sources.iter().find(|base| text.contains(&format!("id = \"{}\"\nversion", base.id))).unwrap();
        let (overlay, _) =
            text::parse_overlay(text, base).unwrap_or_else(|problems| panic!("{file}: {problems:#?}"));
        base.with_overlay(&overlay).unwrap_or_else(|problems| panic!("{file}: {problems:#?}"))
    };
    texts(folder().join("overlays")).iter().map(laid).collect()
}

#[test]
fn every_profile_is_without_defect() {
    assert!(sources().len() >= 2);
    for profile in sources() {
        assert_eq!(profile.check(), [], "{}", profile.id);
    }
}

#[test]
fn every_overlay_makes_a_profile_that_can_be_adopted() {
    assert!(adopted().len() >= 2);
    for profile in adopted() {
        assert_eq!(profile.check_adoptable(), [], "{}", profile.id);
        assert_eq!(Profile::decode(&profile.encode()), Ok(profile));
    }
}

#[test]
fn a_test_authority_says_that_it_is_fictitious() {
    for profile in adopted() {
        let adoption = profile.adoption.unwrap();
        for words in [adoption.authority, adoption.document] {
            assert!(words.zh.contains("虚构") && words.en.contains("fictitious"), "{}", words.en);
        }
        // Division 000000 of GB/T 2260 does not exist.
        assert_eq!(&adoption.credit_code.to_string()[2..8], "000000");
    }
}

#[test]
fn no_free_text_and_no_price_stands_in_clear() {
    for profile in sources() {
        for field in &profile.fields {
            let private = matches!(field.of, FieldType::Text { .. } | FieldType::Amount { .. });
            assert!(!private || field.disposition != Disposition::Clear, "{}", field.head.name);
        }
    }
}

#[test]
fn what_the_source_does_not_say_is_marked_as_inference() {
    for profile in sources() {
        let steps = profile.procedures.iter().flat_map(|procedure| &procedure.steps);
        assert!(steps.into_iter().any(|step| step.head.cite.force == Force::Inference), "{}", profile.id);
    }
}
