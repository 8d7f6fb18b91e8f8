//! No certificate before the end of a publicity.

use super::{Checker, Part};
use crate::profile::condition::Condition;
use crate::profile::effect::Act;
use crate::profile::ident::Ident;
use crate::profile::problem::{ProblemCode, Words};
use crate::profile::procedure::Procedure;
use crate::profile::reference::Reference;
use crate::profile::step::Step;

impl<'p> Checker<'p> {
    pub(super) fn publicity(&mut self, procedure: &'p Procedure, path: &str) {
        for deadline in procedure.publicity() {
            for step in procedure.steps.iter().filter(|step| issues(step) && !waits_for(step, deadline)) {
                let path = format!("{path}.steps.{}", step.head.name);
                let part = Part { path: &path, article: &step.head.cite.article };
                self.note(part, ProblemCode::CertificateBeforePublicity, vec![Words::same(deadline)]);
            }
        }
    }
}

fn issues(step: &Step) -> bool {
    step.effects.iter().any(|effect| matches!(effect.act, Act::Issue { .. }))
}

fn waits_for(step: &Step, deadline: &Ident) -> bool {
    let reached = Condition::Reached(Reference::of_case(deadline.clone()));
    step.conditions.iter().any(|condition| asks(condition, &reached))
}

/// Whether a condition holds only while this one holds.
fn asks(condition: &Condition, reached: &Condition) -> bool {
    match condition {
        Condition::All(arms) => arms.iter().any(|arm| asks(arm, reached)),
        other => other == reached,
    }
}
