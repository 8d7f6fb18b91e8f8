//! Deadlines: each has a step, a date, and states to run in.

use super::{Checker, Part};
use crate::deadline::DeadlineKind;
use crate::profile::closed::Closed;
use crate::profile::condition::Condition;
use crate::profile::date_rule::Direction;
use crate::profile::effect::Act;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{ClockReturn, Deadline, OnReturn, Procedure};
use crate::profile::reference::Scope;
use crate::profile::step::{Need, Step, Trigger};
use crate::profile::value::ValueKind;
use crate::profile::whole::Profile;

impl<'p> Checker<'p> {
    pub(super) fn deadlines(&mut self, procedure: &'p Procedure, path: &str) {
        for deadline in &procedure.deadlines {
            let path = format!("{path}.deadlines.{}", deadline.head.name);
            let part = Part { path: &path, article: &deadline.head.cite.article };
            self.date_rule(procedure, &deadline.due, part);
            if let Some(opens) = &deadline.opens {
                self.date_rule(procedure, opens, part);
            }
            if matches!(deadline.kind, DeadlineKind::Window | DeadlineKind::Lapse) {
                let enters = |step: &&Step| {
                    step.to.as_ref().is_some_and(|to| deadline.runs_in.contains(to))
                        && step.from.is_disjoint(&deadline.runs_in)
                };
                let after: Vec<&Step> = procedure.steps.iter().filter(enters).collect();
                self.certain(procedure, &after, &deadline.due, part);
            }
            for state in &deadline.runs_in {
                let ended = self.state(procedure, state, part).is_some_and(|state| state.result.is_some());
                if ended {
                    let why =
                        Words::of("案件已终结，期限不再计算", "the case has ended, so no deadline runs");
                    let details = vec![Words::same(&deadline.head.name), why];
                    self.note(part, ProblemCode::DeadlineKindWrong, details);
                }
            }
            self.on_return(deadline, part);
            self.kind(procedure, deadline, part);
        }
    }

    fn on_return(&mut self, deadline: &'p Deadline, part: Part<'_>) {
        let OnReturn::Value(name) = &deadline.on_return else { return };
        let Some(value) = self.value(name, &[ValueKind::Choice], part) else { return };
        let vocabulary =
            value.vocabulary.as_ref().and_then(|name| self.profile.vocabularies.get(name.as_str()));
        for term in vocabulary.into_iter().flat_map(|vocabulary| &vocabulary.terms) {
            if ClockReturn::from_name(term.name.as_str()).is_none() {
                let words = ClockReturn::ALL.iter().map(|word| word.name()).collect::<Vec<_>>().join(", ");
                self.note(part, ProblemCode::WordUnknown, vec![Words::same(&term.name), Words::same(words)]);
            }
        }
    }

    fn kind(&mut self, procedure: &'p Procedure, deadline: &'p Deadline, part: Part<'_>) {
        let name = &deadline.head.name;
        let must_be_met = matches!(deadline.kind, DeadlineKind::Duty | DeadlineKind::Backward);
        let mut wrong = |zh: &str, en: &str| {
            self.note(part, ProblemCode::DeadlineKindWrong, vec![Words::same(name), Words::of(zh, en)]);
        };
        if !must_be_met && !deadline.met_by.is_empty() {
            wrong("只有应办期限和提前期限有 met_by", "only duties and backward deadlines have `met_by`");
        }
        if deadline.kind != DeadlineKind::Window && deadline.opens.is_some() {
            wrong("只有可办期间有 opens", "only windows have `opens`");
        }
        let backward = deadline.due.terms.iter().any(|term| term.direction == Direction::Before);
        if deadline.kind == DeadlineKind::Backward && !backward {
            wrong("提前期限须向前计算", "a backward deadline is counted with `before`");
        }
        for step in &deadline.met_by {
            let Some(step) = self.step_of(procedure, step, part) else { continue };
            // A step that opens the case meets what was due before there was a case.
            if !step.opens() && step.from.is_disjoint(&deadline.runs_in) {
                let why = Words::of(
                    format!("步骤“{}”不能在期限计算的状态进行", step.head.name),
                    format!("the step `{}` cannot be taken while it runs", step.head.name),
                );
                self.note(part, ProblemCode::DeadlineKindWrong, vec![Words::same(name), why]);
            }
        }
        let has_step = match deadline.kind {
            DeadlineKind::Duty | DeadlineKind::Backward => !deadline.met_by.is_empty(),
            DeadlineKind::Window => is_asked_for(self.profile, procedure, name),
            DeadlineKind::Lapse => procedure.steps.iter().any(|step| fires(step, name)),
        };
        if !has_step {
            self.note(part, ProblemCode::DeadlineWithoutStep, vec![Words::same(name)]);
        }
    }
}

fn fires(step: &Step, deadline: &Ident) -> bool {
    matches!(step.trigger(), Some(Trigger::Deadline(name)) if name == deadline)
}

/// Whether a condition of the procedure, or of one about its cases, or a publicity names the deadline.
fn is_asked_for(profile: &Profile, procedure: &Procedure, deadline: &Ident) -> bool {
    let children = profile
        .procedures
        .iter()
        .filter(|child| child.parents(profile).iter().any(|parent| parent.head.name == procedure.head.name));
    let named = |of: &Procedure, scope: &Scope| {
        let mut named = false;
        conditions(of, &mut |condition| {
            if let Condition::Reached(found) | Condition::Within(found) = condition {
                named |= found.scope == *scope && found.name == *deadline;
            }
        });
        named
    };
    let publishes =
        procedure.steps.iter().flat_map(|step| &step.effects).any(
            |effect| matches!(&effect.act, Act::Publish { until: Some(until), .. } if until == deadline),
        );
    publishes
        || named(procedure, &Scope::Case)
        || children.into_iter().any(|child| named(child, &Scope::Parent))
}

/// Every condition of a procedure's steps.
fn conditions<'p>(procedure: &'p Procedure, see: &mut impl FnMut(&'p Condition)) {
    for step in &procedure.steps {
        let needs =
            step.fields.iter().map(|used| &used.need).chain(step.documents.iter().map(|used| &used.need));
        let needs = needs.filter_map(|need| match need {
            Need::RequiredWhen(when) => Some(when),
            Need::Required | Need::Optional => None,
        });
        let effects = step.effects.iter().filter_map(|effect| effect.when.as_ref());
        for condition in step.conditions.iter().chain(needs).chain(effects) {
            condition.visit(see);
        }
    }
}
