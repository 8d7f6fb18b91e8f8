//! The course of a case: every state is reached, and an end is reached from every state.

use std::collections::BTreeSet;

use super::{Checker, Part};
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::{About, Procedure};
use crate::profile::step::{Step, Trigger};

impl<'p> Checker<'p> {
    pub(super) fn flow(&mut self, procedure: &'p Procedure, part: Part<'_>) {
        self.orders(procedure, part.path);
        let reached = reached(procedure);
        let ending = ending(procedure);
        if procedure.opening_steps().next().is_none() {
            let details = vec![Words::same(&procedure.head.name)];
            self.note(part, ProblemCode::NoOpeningStep, details);
        }
        for state in &procedure.states {
            let name = state.name.as_str();
            let path = format!("{}.states.{name}", part.path);
            let part = Part { path: &path, ..part };
            if !reached.contains(name) {
                self.note(part, ProblemCode::StateUnreachable, vec![Words::same(name)]);
            }
            let ended = state.result.is_some();
            if ended && procedure.steps_from(name).next().is_some() {
                self.note(part, ProblemCode::EndLeft, vec![Words::same(name)]);
            }
            if !ended && !ending.contains(name) {
                self.note(part, ProblemCode::StateStuck, vec![Words::same(name)]);
            }
            if !ended && circles(procedure, name) {
                self.note(part, ProblemCode::RoutingCircle, vec![Words::same(name)]);
            }
            let closed_with_parent = procedure
                .steps_from(name)
                .any(|step| step.trigger() == Some(&Trigger::ParentEnded) && leads_to_end(procedure, step));
            if !ended && matches!(procedure.about, About::Case(_)) && !closed_with_parent {
                self.note(part, ProblemCode::ChildOrphaned, vec![Words::same(name)]);
            }
        }
    }
}

fn leads_to_end(procedure: &Procedure, step: &Step) -> bool {
    let state = step.to.as_ref().and_then(|to| procedure.states.get(to.as_str()));
    state.is_some_and(|state| state.result.is_some()) && step.conditions.is_empty()
}

/// States to which some way leads from opening a case.
fn reached(procedure: &Procedure) -> BTreeSet<&str> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = procedure.opening_steps().filter_map(target).collect();
    while let Some(state) = next.pop() {
        if reached.insert(state) {
            next.extend(procedure.steps_from(state).filter_map(target));
        }
    }
    reached
}

/// States from which some way leads to an end.
fn ending(procedure: &Procedure) -> BTreeSet<&str> {
    let ends = procedure.states.iter().filter(|state| state.result.is_some());
    let mut ending: BTreeSet<&str> = ends.map(|state| state.name.as_str()).collect();
    loop {
        let before = ending.len();
        for step in &procedure.steps {
            if target(step).is_some_and(|to| ending.contains(to)) {
                ending.extend(step.from.iter().map(super::super::ident::Ident::as_str));
            }
        }
        if ending.len() == before {
            return ending;
        }
    }
}

/// Whether the ledger's own steps lead from the state back to it.
fn circles(procedure: &Procedure, start: &str) -> bool {
    let routing = |state: &str| -> Vec<Option<&str>> {
        let steps = procedure.steps.iter().filter(|step| step.from.contains(state));
        steps.filter(|step| step.trigger() == Some(&Trigger::Routing)).map(target).collect()
    };
    let mut seen = BTreeSet::new();
    let mut next = vec![start];
    while let Some(state) = next.pop() {
        for to in routing(state) {
            match to {
                None if state == start => return true,
                Some(to) if to == start => return true,
                Some(to) if seen.insert(to) => next.push(to),
                _ => {}
            }
        }
    }
    false
}

fn target(step: &Step) -> Option<&str> {
    step.to.as_ref().map(super::super::ident::Ident::as_str)
}
