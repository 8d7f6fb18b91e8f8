//! Date rules: what they count from, and whether they always give a date.

use std::collections::BTreeMap;

use super::{Checker, Part};
use crate::profile::condition::Condition;
use crate::profile::date_rule::{Anchor, DateRule, DateTerm};
use crate::profile::effect::{Act, Effect};
use crate::profile::field::FieldType;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::Procedure;
use crate::profile::records::CertificateKind;
use crate::profile::reference::Scope;
use crate::profile::step::{FieldUse, Need, Step};
use crate::profile::value::{Content, ValueKind};
use crate::profile::whole::Profile;

/// Choices that a rule depends on, each with one of its terms.
type Assignment = BTreeMap<Ident, Ident>;

/// Ways in which choices can come out that are tried for one rule.
const ASSIGNMENTS_MAX: usize = 1024;

impl<'p> Checker<'p> {
    pub(super) fn date_rule(&mut self, of: &'p Procedure, rule: &DateRule, part: Part<'_>) {
        for term in &rule.terms {
            if let Some(period) = &term.period {
                self.value(period, &[ValueKind::Period], part);
            }
            match &term.anchor {
                Anchor::Opened => {}
                Anchor::State(state) => {
                    self.state(of, state, part);
                }
                Anchor::Step(step) => {
                    self.step_of(of, step, part);
                }
                Anchor::Field(field) => {
                    if let Some(found) = self.read_clear(of, field, part)
                        && found.of != FieldType::Date
                    {
                        self.field_kind_wrong(field, "日期", "a date", part);
                    }
                }
                Anchor::Issued(kind) => {
                    self.certificate(kind, part);
                }
                Anchor::Expires(kind) => {
                    let kind = self.certificate(kind, part);
                    if let Some(kind) = kind.filter(|kind| kind.validity.is_none()) {
                        let why = Words::of(
                            format!("证书“{}”没有有效期", kind.head.name),
                            format!("the certificate `{}` does not expire", kind.head.name),
                        );
                        self.note(part, ProblemCode::DateUncertain, vec![why]);
                    }
                }
            }
            if let Some(condition) = &term.when {
                self.condition(of, condition, part);
            }
        }
    }

    /// Notes it if the rule can be without a date once one of these steps has been taken.
    pub(super) fn certain(&mut self, of: &Procedure, after: &[&Step], rule: &DateRule, part: Part<'_>) {
        let Some(assignments) = self.assignments(rule) else {
            let why = Words::of("所依选项过多", "it depends on too many choices");
            return self.note(part, ProblemCode::DateUncertain, vec![why]);
        };
        for assignment in assignments {
            let counts = |term: &&DateTerm| {
                term.when.as_ref().is_none_or(|when| holds(when, &assignment) == Some(true))
            };
            if !rule.terms.iter().filter(counts).any(|term| is_certain(of, after, &term.anchor, &assignment))
            {
                let case: Vec<_> =
                    assignment.iter().map(|(value, term)| format!("{value} = {term}")).collect();
                let why = if case.is_empty() {
                    Words::of("起算点可能不存在", "what it is counted from can be missing")
                } else {
                    let case = case.join(", ");
                    Words::of(
                        format!("当 {case} 时起算点可能不存在"),
                        format!("with {case}, what it is counted from can be missing"),
                    )
                };
                return self.note(part, ProblemCode::DateUncertain, vec![why]);
            }
        }
    }

    /// The validity of a certificate, in every procedure that issues it.
    pub(super) fn validity(&mut self, kind: &'p CertificateKind, path: &str) {
        let Some(rule) = &kind.validity else { return };
        let path = format!("{path}.validity");
        let part = Part { path: &path, article: &kind.head.cite.article };
        let own = |anchor: &Anchor| match anchor {
            Anchor::Issued(issued) => *issued == kind.head.name,
            Anchor::Field(field) => field.scope == Scope::Case,
            _ => false,
        };
        if !rule.terms.iter().all(|term| own(&term.anchor)) {
            let why = Words::of(
                "有效期只能自本证书颁发或自案件的日期事项起算",
                "validity is counted from the issue of the certificate or from a date of the case",
            );
            self.note(part, ProblemCode::DateUncertain, vec![why]);
        }
        for procedure in issuers(self.profile, &kind.head.name) {
            self.date_rule(procedure, rule, part);
            let issues = |step: &&Step| step.effects.iter().any(|effect| issued(effect, &kind.head.name));
            let after: Vec<&Step> = procedure.steps.iter().filter(issues).collect();
            self.certain(procedure, &after, rule, part);
        }
    }

    /// Every way in which the choices of a rule's conditions can come out; `None` when they are too many.
    fn assignments(&self, rule: &DateRule) -> Option<Vec<Assignment>> {
        let mut choices: BTreeMap<Ident, Vec<Ident>> = BTreeMap::new();
        for condition in rule.terms.iter().filter_map(|term| term.when.as_ref()) {
            condition.visit(&mut |inner| {
                if let Condition::ValueIs { value, .. } = inner {
                    choices.insert(value.clone(), possible(self.profile, value));
                }
            });
        }
        let mut assignments = vec![Assignment::new()];
        for (value, terms) in choices {
            let with = |assignment: &Assignment, term: &Ident| {
                let mut assignment = assignment.clone();
                assignment.insert(value.clone(), term.clone());
                assignment
            };
            if assignments.len().saturating_mul(terms.len()) > ASSIGNMENTS_MAX {
                return None;
            }
            let each =
                |assignment: &Assignment| terms.iter().map(|term| with(assignment, term)).collect::<Vec<_>>();
            assignments = assignments.iter().flat_map(each).collect();
        }
        Some(assignments)
    }
}

/// Procedures that issue certificates of this kind.
pub(super) fn issuers<'p>(profile: &'p Profile, kind: &Ident) -> Vec<&'p Procedure> {
    let issues = |procedure: &&Procedure| {
        procedure.steps.iter().flat_map(|step| &step.effects).any(|effect| issued(effect, kind))
    };
    profile.procedures.iter().filter(issues).collect()
}

fn issued(effect: &Effect, kind: &Ident) -> bool {
    matches!(&effect.act, Act::Issue { certificate, .. } if certificate == kind)
}

/// What a choice can be: what it is, or while it is unset any of its terms.
fn possible(profile: &Profile, name: &Ident) -> Vec<Ident> {
    let Some(value) = profile.values.get(name.as_str()) else { return Vec::new() };
    let word = |word: &str| Ident::try_from(word).ok();
    match (&value.content, value.vocabulary.as_ref()) {
        (Some(Content::Choice(term)), _) => vec![term.clone()],
        (Some(Content::Boolean(answer)), _) => {
            word(if *answer { "true" } else { "false" }).into_iter().collect()
        }
        (_, Some(vocabulary)) => {
            let vocabulary = profile.vocabularies.get(vocabulary.as_str());
            vocabulary
                .map(|known| known.terms.iter().map(|term| term.name.clone()).collect())
                .unwrap_or_default()
        }
        (_, None) => ["true", "false"].into_iter().filter_map(word).collect(),
    }
}

/// Whether a condition holds by these choices alone; `None` when more would have to be known.
fn holds(condition: &Condition, assignment: &Assignment) -> Option<bool> {
    match condition {
        Condition::ValueIs { value, terms } => assignment.get(value).map(|term| terms.contains(term)),
        Condition::Not(inner) => holds(inner, assignment).map(|holds| !holds),
        Condition::All(arms) => arms.iter().try_fold(true, |all, arm| Some(all & holds(arm, assignment)?)),
        Condition::Any(arms) => arms.iter().try_fold(false, |any, arm| Some(any | holds(arm, assignment)?)),
        _ => None,
    }
}

fn is_certain(of: &Procedure, after: &[&Step], anchor: &Anchor, assignment: &Assignment) -> bool {
    let Anchor::Field(field) = anchor else { return true };
    if field.scope != Scope::Case {
        return true;
    }
    let must = |used: &FieldUse| {
        used.field == field.name
            && match &used.need {
                Need::Required => true,
                Need::RequiredWhen(when) => holds(when, assignment) == Some(true),
                Need::Optional => false,
            }
    };
    let brought = |step: &Step| step.fields.iter().any(must);
    of.opening_steps().all(brought) || (!after.is_empty() && after.iter().all(|step| brought(step)))
}
