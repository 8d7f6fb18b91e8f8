//! Conditions that can never hold together.

use std::collections::BTreeMap;

use super::{Checker, Part};
use crate::profile::condition::Condition;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::Procedure;
use crate::profile::reference::{Reference, Scope};

impl Checker<'_> {
    /// Notes what keeps these conditions from holding all at once.
    pub(super) fn contradictions(&mut self, of: &Procedure, conditions: &[&Condition], part: Part<'_>) {
        let mut all = Vec::new();
        conditions.iter().for_each(|condition| flatten(condition, &mut all));
        self.opposites(&all, part);
        self.disjoint_terms(of, &all, part);
        // Arms of `any` stand each for itself, beside everything else.
        for condition in conditions {
            condition.visit(&mut |inner| {
                if let Condition::Any(arms) = inner {
                    arms.iter().for_each(|arm| self.contradictions(of, &[arm], part));
                }
            });
        }
    }

    fn opposites(&mut self, all: &[&Condition], part: Part<'_>) {
        for condition in all {
            let opposite = match condition {
                Condition::Not(inner) => all.contains(&inner.as_ref()),
                Condition::Within(deadline) => all.contains(&&Condition::Reached(deadline.clone())),
                _ => false,
            };
            if opposite {
                let why =
                    Words::of("同一条件既要求成立又要求不成立", "the same is asked to hold and not to hold");
                self.note(part, ProblemCode::ConditionImpossible, vec![why]);
            }
        }
    }

    /// A single field, or a value, that should have terms which exclude each other.
    fn disjoint_terms(&mut self, of: &Procedure, all: &[&Condition], part: Part<'_>) {
        let mut left: BTreeMap<String, Vec<Ident>> = BTreeMap::new();
        for condition in all {
            let (subject, terms, not) = match condition {
                Condition::FieldIs { field, terms } if self.is_single(field) => {
                    (format!("field {field}"), terms, false)
                }
                Condition::ValueIs { value, terms } => (format!("value {value}"), terms, false),
                Condition::Not(inner) => match inner.as_ref() {
                    Condition::FieldIs { field, terms } if self.is_single(field) && always(of, field) => {
                        (format!("field {field}"), terms, true)
                    }
                    Condition::ValueIs { value, terms } => (format!("value {value}"), terms, true),
                    _ => continue,
                },
                _ => continue,
            };
            let known = self.terms_of(condition);
            let possible = left.entry(subject.clone()).or_insert(known);
            let before = possible.len();
            possible.retain(|term| terms.contains(term) != not);
            if possible.is_empty() && before > 0 {
                let why = Words::of(
                    format!("{subject} 没有剩余的可能取值"),
                    format!("{subject} is left without any possible term"),
                );
                self.note(part, ProblemCode::ConditionImpossible, vec![why]);
            }
        }
    }

    fn is_single(&self, field: &Reference) -> bool {
        self.profile.fields.get(field.name.as_str()).is_some_and(|field| field.items_max == 1)
    }

    /// Every term that the field or value of this condition can have.
    fn terms_of(&self, condition: &Condition) -> Vec<Ident> {
        let vocabulary = match condition {
            Condition::Not(inner) => return self.terms_of(inner),
            Condition::FieldIs { field, .. } => {
                let field = self.profile.fields.get(field.name.as_str());
                field.and_then(|field| match &field.of {
                    crate::profile::FieldType::Term { vocabulary } => Some(vocabulary),
                    _ => None,
                })
            }
            Condition::ValueIs { value, .. } => {
                self.profile.values.get(value.as_str()).and_then(|value| value.vocabulary.as_ref())
            }
            _ => None,
        };
        match vocabulary.and_then(|name| self.profile.vocabularies.get(name.as_str())) {
            Some(vocabulary) => vocabulary.terms.iter().map(|term| term.name.clone()).collect(),
            None => ["true", "false"].into_iter().filter_map(|word| Ident::try_from(word).ok()).collect(),
        }
    }
}

/// Whether the field is always there, so that "it is not this" is one of the others.
fn always(of: &Procedure, field: &Reference) -> bool {
    field.scope == Scope::Case && super::givens::always_brings(of, &field.name)
}

fn flatten<'a>(condition: &'a Condition, all: &mut Vec<&'a Condition>) {
    match condition {
        Condition::All(arms) => arms.iter().for_each(|arm| flatten(arm, all)),
        other => all.push(other),
    }
}
