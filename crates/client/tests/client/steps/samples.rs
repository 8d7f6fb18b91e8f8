//! Every step of both real profiles, from samples.

use bulla_client::StepFault;
use bulla_rules::profile::{Disposition, FieldType};
use bulla_types::{Lang, ReasonCode};

use super::desk::{REAL, adopted_real, sample, steps};

#[test]
fn every_step_of_the_real_profiles_is_made_from_what_it_must_bring() {
    for profile in REAL {
        let adopted = adopted_real(profile);
        let steps = steps(&adopted);
        assert!(steps.len() > 10, "{profile}");
        for at in steps {
            let case = at.case();
            let request = at.filled_without(case.as_ref(), "").and_then(bulla_client::StepBuilder::finish);
            let request = request.unwrap_or_else(|error| panic!("{profile} {error}"));
            assert!(!request.signers().is_empty());
            let kept =
                |name: &&str| adopted.profile.fields.get(name).unwrap().disposition == Disposition::Committed;
            assert_eq!(request.keeps_openings(), at.required_fields().iter().any(kept));
        }
    }
}

#[test]
fn every_field_and_document_that_is_missing_is_named_with_its_article() {
    for profile in REAL {
        let adopted = adopted_real(profile);
        for at in steps(&adopted) {
            let case = at.case();
            for name in at.required_fields() {
                let field = adopted.profile.fields.get(name).unwrap();
                let error = at.filled_without(case.as_ref(), name).unwrap().finish().unwrap_err();
                assert_eq!(error.reason(), ReasonCode::FieldMissing);
                for (lang, title) in [(Lang::Zh, &field.head.title.zh), (Lang::En, &field.head.title.en)] {
                    let message = error.message(lang);
                    for part in [name, title, &field.head.cite.article, &at.step.head.cite.article] {
                        assert!(message.contains(part), "{message}");
                    }
                }
            }
            for name in at.required_documents() {
                let document = adopted.profile.documents.get(name).unwrap();
                let error = at.filled_without(case.as_ref(), name).unwrap().finish().unwrap_err();
                assert_eq!(error.reason(), ReasonCode::DocumentMissing);
                let message = error.message(Lang::Zh);
                assert!(message.contains(&document.head.title.zh), "{message}");
                assert!(message.contains(&document.head.cite.article), "{message}");
            }
        }
    }
}

#[test]
fn every_field_refuses_what_is_not_of_its_kind_and_says_what_it_asks_for() {
    for profile in REAL {
        let adopted = adopted_real(profile);
        for at in steps(&adopted) {
            let case = at.case();
            for used in &at.step.fields {
                let name = used.field.as_str();
                let field = adopted.profile.fields.get(name).unwrap();
                let step = || at.acted(case.as_ref()).unwrap();
                step().field(name, &sample(&field.of, &adopted.profile)).unwrap();
                let wrong = match &field.of {
                    FieldType::Text { bytes_max } => "字".repeat(*bytes_max as usize / 3 + 1),
                    _ => "nonsense".to_owned(),
                };
                for wrong in [wrong.as_str(), "", "two\nlines"] {
                    let error = step().field(name, wrong).unwrap_err();
                    assert_eq!(error.reason(), ReasonCode::FieldInvalid, "{name} {wrong:?}");
                    let StepFault::FieldInvalid { field: at, asked, .. } = &*error.fault else {
                        panic!("{error}")
                    };
                    assert_eq!((at.name.as_str(), &at.article), (name, &field.head.cite.article));
                    assert!(error.message(Lang::En).contains(&asked.words(Lang::En)));
                    assert!(error.message(Lang::Zh).contains(&asked.words(Lang::Zh)));
                }
            }
        }
    }
}
