//! A step of a case that a node refuses, with what a person needs to act on it.

use std::collections::HashMap;

use bulla_types::{CaseNumber, Subject, SubjectKind, proto};

/// A step of a case that the rules of its procedure refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedStep {
    /// The case; `None` when it was to be opened.
    pub case: Option<CaseNumber>,
    /// Name of the step.
    pub step: String,
    /// Article of the source that the step rests on; empty when there is no such step.
    pub article: String,
    /// What it breaks, in English; the reason code says it in other languages.
    pub rule: String,
    /// What members may do instead: steps of the case, and cases to open.
    pub possible: Vec<StepInstead>,
}

/// A step that would be possible instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepInstead {
    /// The case that it opens; `None` for a step of the case at hand.
    pub opens: Option<CaseToOpen>,
    /// Name of the step.
    pub step: String,
    /// Parties that may take it, any of them.
    pub by: Vec<String>,
}

/// A case that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseToOpen {
    /// Its procedure, of the same profile.
    pub procedure: String,
    /// What it would be about; `None` for what is not on the ledger yet, or for whichever there is.
    pub about: Option<Subject>,
}

impl RefusedStep {
    /// Reads the metadata of an `ErrorInfo`; `None` when it is about no step.
    pub(crate) fn of_metadata(metadata: &HashMap<String, String>) -> Option<Self> {
        let told = |key: &str| metadata.get(key).cloned().unwrap_or_default();
        let step = metadata.get("step")?.clone();
        Some(Self {
            case: told("case").parse().ok().map(CaseNumber),
            step,
            article: told("article"),
            rule: told("rule"),
            possible: told("possible").split("; ").filter_map(StepInstead::read).collect(),
        })
    }

    pub(crate) fn from_message(message: proto::RefusedStep) -> Self {
        Self {
            case: (message.case_number != 0).then_some(CaseNumber(message.case_number)),
            step: message.step,
            article: message.article,
            rule: message.rule,
            possible: message.possible.iter().filter_map(|told| StepInstead::read(told)).collect(),
        }
    }
}

impl StepInstead {
    /// Reads `step by party or party`, `procedure/step about R-7 by party`.
    fn read(told: &str) -> Option<Self> {
        let (what, by) = told.split_once(" by ").unwrap_or((told, ""));
        let by = by.split(" or ").filter(|party| !party.is_empty()).map(str::to_owned).collect();
        let (what, about) = match what.split_once(" about ") {
            Some((what, about)) => (what, Some(subject(about)?)),
            None => (what, None),
        };
        let (opens, step) = match what.split_once('/') {
            Some((procedure, step)) => (Some(CaseToOpen { procedure: procedure.to_owned(), about }), step),
            None => (None, what),
        };
        (!step.is_empty()).then(|| Self { opens, step: step.to_owned(), by })
    }
}

/// Letter and number, within one ledger.
fn subject(text: &str) -> Option<Subject> {
    let (letter, number) = text.split_once('-')?;
    let kind = SubjectKind::ALL.iter().find(|kind| letter.chars().eq([kind.letter()]))?;
    Some(Subject::new(*kind, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use bulla_types::RegistrationNumber;

    use super::*;

    #[test]
    fn a_refused_step_is_read_from_the_metadata_of_an_error() {
        let told = [
            ("detail", "step decide of case 7 (Art. 9): out of order"),
            ("case", "7"),
            ("step", "decide"),
            ("article", "Art. 9"),
            ("rule", "out of order"),
            (
                "possible",
                "review by registrar; correct by applicant or agent; renewal/apply about R-7 by holder",
            ),
        ];
        let metadata = told.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let instead = |step: &str, by: &[&str]| StepInstead {
            opens: None,
            step: step.to_owned(),
            by: by.iter().map(|&party| party.to_owned()).collect(),
        };
        let about = Some(Subject::Registration(RegistrationNumber(7)));
        let renewal = StepInstead {
            opens: Some(CaseToOpen { procedure: "renewal".to_owned(), about }),
            ..instead("apply", &["holder"])
        };
        let expected = RefusedStep {
            case: Some(CaseNumber(7)),
            step: "decide".to_owned(),
            article: "Art. 9".to_owned(),
            rule: "out of order".to_owned(),
            possible: vec![
                instead("review", &["registrar"]),
                instead("correct", &["applicant", "agent"]),
                renewal,
            ],
        };
        assert_eq!(RefusedStep::of_metadata(&metadata), Some(expected));
    }

    #[test]
    fn other_refusals_are_about_no_step() {
        let metadata = [("detail".to_owned(), "the queue is full".to_owned())].into();
        assert_eq!(RefusedStep::of_metadata(&metadata), None);
    }
}
