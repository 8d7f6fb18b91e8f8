//! A step that is refused, told in the words of its profile, with what would be possible instead.

use bulla_client::{CaseToOpen, Client, RefusedStep, StepError, StepInstead};
use bulla_rules::profile::{Actor, Procedure, Profile};
use bulla_types::{Lang, LedgerId, MemberKind, Role, RuleName, Subject};
use serde::Serialize;

use super::taking::Setting;
use super::texts::{
    BY, CONDITION_FAILS, OF_CASE_STEP, OF_NEW_CASE_STEP, POSSIBLE_INSTEAD, TO_OPEN, TO_OPEN_ABOUT,
};
use super::view::{self, NextStep};
use super::{conditions, show};
use crate::failure::Failure;
use crate::lookup::{self, Lookup};
use crate::output::facts;
use crate::text::Said;
use crate::titled::{Titled, joined};
use crate::words::of_code;

/// What a refusal says of a condition.
const CONDITION: &str = "does not hold: ";

/// A step that was refused, for a person and for a script.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepRefused {
    /// `None` when it was to open a case.
    case: Option<String>,
    step: Titled,
    rule: Said,
    /// What may be done in the case instead, by whom and until when.
    possible: Vec<NextStep>,
    /// Cases that can be opened instead.
    openings: Vec<Opening>,
}

/// A case that can be opened.
#[derive(Debug, Clone, Serialize)]
struct Opening {
    procedure: Titled,
    /// What it would be about; `None` for what is not on the ledger yet, or for whichever there is.
    about: Option<String>,
    step: Titled,
    by: Vec<Titled>,
}

impl Opening {
    fn new(found: &StepInstead, profile: &Profile, ledger: LedgerId) -> Option<Self> {
        let CaseToOpen { procedure, about } = found.opens.as_ref()?;
        let rule = profile.procedures.get(procedure.as_str());
        Some(Self {
            procedure: Titled::procedure(profile, procedure),
            about: about.map(|about| lookup::identifier(ledger, about)),
            step: Titled::step(rule, &found.step),
            by: found.by.iter().map(|party| Titled::party(profile, party)).collect(),
        })
    }

    fn line(&self, lang: Lang) -> String {
        let step =
            format!("{} · {} · {}", self.procedure.name, self.step.name, self.procedure.with_article(lang));
        let what = match &self.about {
            Some(about) => TO_OPEN_ABOUT.fill(lang, &[about, &step]),
            None => TO_OPEN.fill(lang, &[&step]),
        };
        let by = joined(self.by.iter().map(|party| party.in_lang(lang).to_owned()), lang);
        format!("{what}\n  {}", facts([(BY.of(lang), by)]))
    }
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
        let in_case = (!self.possible.is_empty()).then(|| view::next_steps(&self.possible, lang));
        let openings = self.openings.iter().map(|opening| opening.line(lang));
        let instead: Vec<String> = in_case.into_iter().chain(openings).collect();
        (!instead.is_empty()).then(|| format!("{}\n{}", POSSIBLE_INSTEAD.of(lang), instead.join("\n")))
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
    let ledger = client.ledger_id();
    let openings = refused.possible.iter().filter_map(|found| Opening::new(found, profile, ledger));
    let told = StepRefused {
        case: refused.case.map(|case| lookup::identifier(ledger, Subject::Case(case))),
        step: Titled::step(Some(procedure), &refused.step),
        rule: rule(refused, profile, procedure, step.as_ref(), &|subject| {
            lookup::identifier(ledger, subject)
        }),
        possible,
        openings: openings.collect(),
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
    let ledger = client.ledger_id();
    let case = report.map(|report| report.record.number);
    // Of a case that is to be opened only the profile is known here.
    let openings = if case.is_none() { openings(profile) } else { Vec::new() };
    let openings = openings.iter().filter_map(|found| Opening::new(found, profile, ledger));
    let mut possible = Vec::new();
    if let Some(report) = report {
        let mut lookup = Lookup::new(client);
        possible = show::view(report, &[], profile, &mut lookup)
            .await
            .map(view::CaseView::into_next)
            .unwrap_or_default();
    }
    let told = StepRefused {
        case: case.map(|case| lookup::identifier(ledger, Subject::Case(case))),
        step: Titled::step(Some(procedure), &error.step),
        rule,
        possible,
        openings: openings.collect(),
    };
    Failure { step: Some(Box::new(told.clone())), ..Failure::new(error.reason(), told.told()) }
}

/// The cases that members can open under a profile, whatever they are about.
fn openings(profile: &Profile) -> Vec<StepInstead> {
    let mut found = Vec::new();
    for procedure in &profile.procedures {
        for step in procedure.opening_steps() {
            let Actor::Parties(parties) = &step.by else { continue };
            let opens = CaseToOpen { procedure: procedure.head.name.to_string(), about: None };
            let by = parties.iter().map(ToString::to_string).collect();
            found.push(StepInstead { opens: Some(opens), step: step.head.name.to_string(), by });
        }
    }
    found
}

/// The rule that is broken.
fn rule(
    refused: &RefusedStep,
    profile: &Profile,
    procedure: &Procedure,
    step: Option<&RuleName>,
    identifier: &dyn Fn(Subject) -> String,
) -> Said {
    let told = |rule: &str| conditions::told(rule, profile, Some(procedure), step, identifier);
    if let Some(condition) = refused.rule.strip_prefix(CONDITION) {
        return CONDITION_FAILS.with(&[&told(condition)]);
    }
    let (rule, listed) = match LISTS.iter().find_map(|list| refused.rule.split_once(list)) {
        Some((_, listed)) => (&refused.rule[..refused.rule.len() - listed.len()], listed),
        None => (refused.rule.as_str(), ""),
    };
    let words = |lang| joined(listed.split(", ").map(|code| of_codes(code, lang)), lang);
    let rule = told(rule);
    Said { en: rule.en + &words(Lang::En), zh: rule.zh + &words(Lang::Zh) }
}

/// What ends a rule and is followed by codes of roles or of kinds of members.
const LISTS: &[&str] = &["needs one of the roles: ", "may have none of the roles: ", "must be one of: "];

/// A role or kind of member by its code.
fn of_codes(code: &str, lang: Lang) -> String {
    match of_code::<Role>(code, lang) {
        unknown if unknown == code => of_code::<MemberKind>(code, lang),
        role => role,
    }
}

/// A Chinese text with the titles of a profile in place of its names.
pub(super) fn with_titles(text: &str, profile: &Profile, procedure: &Procedure) -> String {
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
        Titled::object(profile, name),
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
        super::rule(&refused, &profile, procedure, Some(&step), &|subject| format!("<{subject}>"))
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
            (
                "does not hold: publicity_end has come; the deadline publicity_end (8.1.1) comes at 1760576400000 ms",
                "不符合条件：“公示期满”已届满；期限“公示期满”（8.1.1）于 2025-10-16T09:00:00.000+08:00 届满",
            ),
            (
                "does not hold: no entry of the same data_asset is in force; there is R-2 already",
                "不符合条件：没有同一“数据资产”的有效登记；已有 <R-2>",
            ),
            (
                "member 9 does not qualify as platform: needs one of the roles: registration_body, exchange",
                "成员 9 不符合“数据资产登记平台”的条件：须具有下列角色之一：登记机构、数据交易场所",
            ),
            ("applicant is not member 9, but 7, 8", "“数据权益人”不是成员 9，而是成员 7, 8"),
        ] {
            assert_eq!(refused(rule).zh, zh);
        }
        assert_eq!(
            refused("does not hold: publicity_end has come").en,
            "does not hold: \"End of publicity\" has come"
        );
    }
}
