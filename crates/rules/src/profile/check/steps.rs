//! Steps: what they name, whether they can be taken.

use std::collections::BTreeSet;

use super::{Checker, Part};
use crate::deadline::DeadlineKind;
use crate::profile::condition::Condition;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::step::{Actor, Need, Step, Trigger};
use crate::profile::value::ValueKind;

impl<'p> Checker<'p> {
    /// What the cases are about.
    pub(super) fn about(&mut self, procedure: &'p Procedure, part: Part<'_>) {
        let path = format!("{}.about", part.path);
        let part = Part { path: &path, ..part };
        match &procedure.about {
            About::Nothing | About::Evidence => {}
            About::NewObject(kind) => {
                self.object(kind, part);
            }
            About::Entry(kinds) => kinds.iter().for_each(|kind| _ = self.object(kind, part)),
            About::Account(kinds) => kinds.iter().for_each(|kind| _ = self.account(kind, part)),
            About::Certificate(kinds) => kinds.iter().for_each(|kind| _ = self.certificate(kind, part)),
            About::Case(procedures) => {
                procedures.iter().for_each(|name| _ = self.other_procedure(name, part));
                let known = |name: &Ident| self.profile.procedures.contains(name.as_str());
                if procedures.iter().all(known) && !self.records.is_grounded(procedure) {
                    self.note(part, ProblemCode::AboutCircle, vec![Words::same(&procedure.head.name)]);
                }
            }
        }
    }

    pub(super) fn steps(&mut self, procedure: &'p Procedure, path: &str) {
        for step in &procedure.steps {
            let path = format!("{path}.steps.{}", step.head.name);
            self.step(procedure, step, &path);
        }
    }

    fn step(&mut self, procedure: &'p Procedure, step: &'p Step, path: &str) {
        let article = step.head.cite.article.as_str();
        let part = Part { path, article };
        match &step.by {
            Actor::Parties(by) => by.iter().for_each(|party| self.party_of(procedure, party, part)),
            Actor::Ledger(trigger) => self.trigger(procedure, step, trigger, part),
        }
        step.signed_by.iter().for_each(|party| self.party_of(procedure, party, part));
        for state in step.from.iter().chain(&step.to) {
            self.state(procedure, state, part);
        }
        if step.opens() && step.to.is_none() {
            let why = Words::of("立案步骤须有 to", "a step that opens a case needs `to`");
            self.note(part, ProblemCode::StepImpossible, vec![why]);
        }
        self.brought_along(procedure, step, path);
        for (index, condition) in step.conditions.iter().enumerate() {
            let path = format!("{path}.conditions[{index}]");
            self.condition(procedure, condition, Part { path: &path, article });
        }
        let all: Vec<&Condition> = step.conditions.iter().collect();
        self.contradictions(procedure, &all, part);
        for (index, effect) in step.effects.iter().enumerate() {
            let path = format!("{path}.effects[{index}]");
            self.effect(procedure, step, effect, Part { path: &path, article });
        }
    }

    /// Fields and documents.
    fn brought_along(&mut self, procedure: &'p Procedure, step: &'p Step, path: &str) {
        let article = step.head.cite.article.as_str();
        let by_ledger = matches!(step.by, Actor::Ledger(_));
        if by_ledger
            && !(step.fields.is_empty()
                && step.documents.is_empty()
                && step.signed_by.is_empty()
                && !step.reasons)
        {
            let why = Words::of(
                "账本不能提交事项、材料、签名或理由",
                "the ledger brings no fields, documents, signatures or reasons",
            );
            self.note(Part { path, article }, ProblemCode::StepImpossible, vec![why]);
        }
        for used in &step.fields {
            let path = format!("{path}.fields.{}", used.field);
            let part = Part { path: &path, article };
            self.field(&used.field, part);
            self.need(procedure, &used.need, part);
        }
        for used in &step.documents {
            let path = format!("{path}.documents.{}", used.category);
            let part = Part { path: &path, article };
            self.document(&used.category, part);
            self.need(procedure, &used.need, part);
            if let Some(at_least) = &used.at_least {
                self.value(at_least, &[ValueKind::Integer], part);
            }
        }
    }

    fn need(&mut self, procedure: &'p Procedure, need: &'p Need, part: Part<'_>) {
        if let Need::RequiredWhen(when) = need {
            self.condition(procedure, when, part);
            self.contradictions(procedure, &[when], part);
        }
    }

    fn trigger(&mut self, procedure: &'p Procedure, step: &'p Step, trigger: &'p Trigger, part: Part<'_>) {
        let opening = matches!(trigger, Trigger::Opened | Trigger::Cycle(_));
        if opening != step.opens() {
            let why = Words::of(
                "opened 和 cycle 只用于立案步骤，其他触发事件不用于立案步骤",
                "`opened` and `cycle` are for opening steps only, other triggers for no opening step",
            );
            self.note(part, ProblemCode::TriggerWrong, vec![why]);
        }
        match trigger {
            Trigger::Routing | Trigger::Opened | Trigger::Cycle(_) => {}
            Trigger::Deadline(name) => {
                let Some(deadline) = self.deadline_of(procedure, name, part) else { return };
                if deadline.kind != DeadlineKind::Lapse {
                    let why = Words::of("账本只因届满期限自动进行步骤", "the ledger acts on a lapse only");
                    self.note(part, ProblemCode::DeadlineKindWrong, vec![Words::same(name), why]);
                } else if !step.from.is_subset(&deadline.runs_in) {
                    let why = Words::of("期限在该状态不计算", "the deadline does not run in that state");
                    self.note(part, ProblemCode::TriggerWrong, vec![why]);
                }
            }
            Trigger::ChildOpened(child) => {
                self.child(procedure, child, part);
            }
            Trigger::ChildEnded { procedure: child, results } => {
                if let Some(child) = self.child(procedure, child, part) {
                    self.results(child, results, part);
                }
            }
            Trigger::RecordEnded => self.on_record_ended(procedure, step, part),
            Trigger::ParentEnded => {
                if !matches!(procedure.about, About::Case(_)) {
                    let why = Words::of("案件没有主案件", "the case has no parent");
                    self.note(part, ProblemCode::TriggerWrong, vec![why]);
                }
            }
        }
    }

    fn child(&mut self, procedure: &'p Procedure, child: &Ident, part: Part<'_>) -> Option<&'p Procedure> {
        let found = self.other_procedure(child, part)?;
        if !matches!(&found.about, About::Case(parents) if parents.contains(&procedure.head.name)) {
            let why = Words::of(
                format!("程序“{child}”的案件不关于本程序的案件"),
                format!("cases of `{child}` are not about cases of this procedure"),
            );
            self.note(part, ProblemCode::TriggerWrong, vec![why]);
        }
        Some(found)
    }

    /// Two steps of the ledger that the same event would call for.
    pub(super) fn orders(&mut self, procedure: &'p Procedure, path: &str) {
        let steps: Vec<&Step> = procedure.steps.iter().filter(|step| step.trigger().is_some()).collect();
        for (index, step) in steps.iter().enumerate() {
            let clash = steps[..index].iter().find(|other| {
                other.order == step.order
                    && same_event(other.trigger(), step.trigger())
                    && !states(other).is_disjoint(&states(step))
            });
            if let Some(other) = clash {
                let path = format!("{path}.steps.{}", step.head.name);
                let part = Part { path: &path, article: &step.head.cite.article };
                self.note(part, ProblemCode::OrderAmbiguous, vec![Words::same(&other.head.name)]);
            }
        }
    }
}

fn states(step: &Step) -> BTreeSet<&str> {
    step.from.iter().map(Ident::as_str).collect()
}

fn same_event(left: Option<&Trigger>, right: Option<&Trigger>) -> bool {
    match (left, right) {
        (
            Some(Trigger::ChildEnded { procedure: left, results: ours }),
            Some(Trigger::ChildEnded { procedure: right, results: theirs }),
        ) => left == right && !ours.is_disjoint(theirs),
        (left, right) => left == right,
    }
}
