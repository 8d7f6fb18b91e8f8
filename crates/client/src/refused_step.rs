//! A step of a case that a node refuses, with what a person needs to act on it.

use std::collections::HashMap;

use bulla_types::{CaseNumber, proto};

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
    /// Steps that members may take instead.
    pub possible: Vec<StepInstead>,
}

/// A step that would be possible instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepInstead {
    /// Name of the step.
    pub step: String,
    /// Parties that may take it, any of them.
    pub by: Vec<String>,
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
    /// Reads `step by party or party`.
    fn read(told: &str) -> Option<Self> {
        let (step, by) = told.split_once(" by ").unwrap_or((told, ""));
        let by = by.split(" or ").filter(|party| !party.is_empty()).map(str::to_owned).collect();
        (!step.is_empty()).then(|| Self { step: step.to_owned(), by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_step_is_read_from_the_metadata_of_an_error() {
        let told = [
            ("detail", "step decide of case 7 (Art. 9): out of order"),
            ("case", "7"),
            ("step", "decide"),
            ("article", "Art. 9"),
            ("rule", "out of order"),
            ("possible", "review by registrar; correct by applicant or agent"),
        ];
        let metadata = told.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let instead = |step: &str, by: &[&str]| StepInstead {
            step: step.to_owned(),
            by: by.iter().map(|&party| party.to_owned()).collect(),
        };
        let expected = RefusedStep {
            case: Some(CaseNumber(7)),
            step: "decide".to_owned(),
            article: "Art. 9".to_owned(),
            rule: "out of order".to_owned(),
            possible: vec![instead("review", &["registrar"]), instead("correct", &["applicant", "agent"])],
        };
        assert_eq!(RefusedStep::of_metadata(&metadata), Some(expected));
    }

    #[test]
    fn other_refusals_are_about_no_step() {
        let metadata = [("detail".to_owned(), "the queue is full".to_owned())].into();
        assert_eq!(RefusedStep::of_metadata(&metadata), None);
    }
}
