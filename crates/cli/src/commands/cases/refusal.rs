//! A step that is refused, told in the words of its profile, with what would be possible instead.

use bulla_client::{Client, RefusedStep, StepError};
use bulla_rules::profile::{Procedure, Profile};
use bulla_types::{Lang, RuleName, Subject};
use serde::Serialize;

use super::taking::Setting;
use super::texts::{CONDITION_FAILS, OF_CASE_STEP, OF_NEW_CASE_STEP, POSSIBLE_INSTEAD};
use super::view::{self, NextStep};
use super::{conditions, show};
use crate::failure::Failure;
use crate::lookup::{self, Lookup};
use crate::text::Said;
use crate::titled::Titled;

/// What a refusal says of a condition.
const CONDITION: &str = "does not hold: ";

/// A step that was refused, for a person and for a script.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepRefused {
    /// `None` when it was to open a case.
    case: Option<String>,
    step: Titled,
    rule: Said,
    /// What may be done instead, by whom and until when.
    possible: Vec<NextStep>,
}

impl StepRefused {
    /// Which step, by which article, and which rule it breaks.
    fn told(&self) -> Said {
        let step = Said { en: self.step.with_article(Lang::En), zh: self.step.with_article(Lang::Zh) };
        match &self.case {
            Some(case) => OF_CASE_STEP.with(&[case, &step, &self.rule]),
            None => OF_NEW_CASE_STEP.with(&[&step, &self.rule]),
        }
    }

    /// What may be done instead.
    pub(crate) fn instead(&self, lang: Lang) -> Option<String> {
        if self.possible.is_empty() {
            return None;
        }
        Some(format!("{}\n{}", POSSIBLE_INSTEAD.of(lang), view::next_steps(&self.possible, lang)))
    }
}

/// Tells a failure of a step, if it is one, as the profile has it; every other failure stays as it is.
pub(super) async fn told(
    failure: Failure,
    client: &Client,
    lookup: &mut Lookup<'_>,
    profile: &Profile,
    procedure: &Procedure,
) -> Failure {
    let Some(refused) = &failure.refused_step else { return failure };
    let step = refused.step.parse::<RuleName>().ok();
    let possible = match refused.case {
        // What the node says now; the refusal stays if it says nothing.
        Some(case) => {
            show::read(client, case, lookup).await.map(view::CaseView::into_next).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let told = StepRefused {
        case: refused.case.map(|case| lookup::identifier(client.ledger_id(), Subject::Case(case))),
        step: Titled::step(Some(procedure), &refused.step),
        rule: rule(refused, profile, procedure, step.as_ref()),
        possible,
    };
    Failure { detail: told.told(), step: Some(Box::new(told)), ..failure }
}

/// Tells a step that the profile does not allow so: nothing was submitted.
pub(super) async fn early(error: StepError, setting: Setting<'_>) -> Failure {
    let Setting { client, profile, procedure, report, .. } = setting;
    let rule = Said {
        en: error.fault.message(Lang::En),
        zh: with_titles(&error.fault.message(Lang::Zh), profile, procedure),
    };
    let case = report.map(|report| report.record.number);
    let mut possible = Vec::new();
    if let Some(report) = report {
        let mut lookup = Lookup::new(client);
        possible =
            show::view(report, profile, &mut lookup).await.map(view::CaseView::into_next).unwrap_or_default();
    }
    let told = StepRefused {
        case: case.map(|case| lookup::identifier(client.ledger_id(), Subject::Case(case))),
        step: Titled::step(Some(procedure), &error.step),
        rule,
        possible,
    };
    Failure { step: Some(Box::new(told.clone())), ..Failure::new(error.reason(), told.told()) }
}

/// The rule that is broken.
fn rule(refused: &RefusedStep, profile: &Profile, procedure: &Procedure, step: Option<&RuleName>) -> Said {
    if let (Some(condition), Some(step)) = (refused.rule.strip_prefix(CONDITION), step) {
        let condition = conditions::told(condition, profile, Some(procedure), step);
        return CONDITION_FAILS.with(&[&condition]);
    }
    let Said { en, zh } = Said::english(&refused.rule);
    Said { en, zh: with_titles(&zh, profile, procedure) }
}

/// A Chinese text with the titles of a profile in place of its names.
fn with_titles(text: &str, profile: &Profile, procedure: &Procedure) -> String {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let mut told = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        let end = rest[start..].find(|c| !is_name(c)).map_or(rest.len(), |length| start + length);
        told.push_str(&rest[..start]);
        let name = &rest[start..end];
        // What has its title behind it keeps its name.
        match title(name, profile, procedure).filter(|_| !rest[end..].starts_with('（')) {
            Some(title) => told.push_str(&format!("“{title}”")),
            None => told.push_str(name),
        }
        rest = &rest[end..];
    }
    // Names that stood between marks already.
    (told + rest).replace("““", "“").replace("””", "”")
}

/// What a profile calls a name in Chinese, whatever it is the name of.
fn title(name: &str, profile: &Profile, procedure: &Procedure) -> Option<String> {
    let titled = [
        Titled::field(profile, name),
        Titled::document(profile, name),
        Titled::party(profile, name),
        Titled::step(Some(procedure), name),
        Titled::state(Some(procedure), name),
        Titled::deadline(Some(procedure), name),
        Titled::account(profile, name),
        Titled::certificate(profile, name),
        Titled::flag(profile, name),
        Titled::procedure(profile, name),
    ];
    let known = titled.into_iter().find(|titled| titled.title.zh != name);
    known.map(|titled| titled.title.zh)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::CaseNumber;

    use super::super::testing::register;
    use super::*;

    fn refused(rule: &str) -> Said {
        let profile = register();
        let procedure = profile.procedures.get("initial_registration").unwrap();
        let step = "issue_certificate".parse().unwrap();
        let refused = RefusedStep {
            case: Some(CaseNumber(7)),
            step: "issue_certificate".to_owned(),
            article: "8.1.2".to_owned(),
            rule: rule.to_owned(),
            possible: Vec::new(),
        };
        super::rule(&refused, &profile, procedure, Some(&step))
    }

    #[test]
    fn a_rule_is_told_with_the_titles_of_the_profile() {
        for (rule, zh) in [
            ("does not hold: publicity_end has come", "不符合条件：“公示期满”已届满"),
            ("the document business_licence is missing", "缺少材料“营业执照”"),
            (
                "the case is in state under_review, where the step is not taken",
                "案件状态为“审核中”，此时不能办理该步骤",
            ),
            (
                "the step is not taken by applicant, but by platform",
                "该步骤不由“数据权益人”办理，应由“数据资产登记平台”办理",
            ),
            ("certificate 7 is not valid", "证书 7 无效"),
        ] {
            assert_eq!(refused(rule).zh, zh);
        }
        assert_eq!(
            refused("does not hold: publicity_end has come").en,
            "does not hold: \"End of publicity\" has come"
        );
    }
}
