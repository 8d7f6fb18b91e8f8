//! Taking a step: its conditions, its effects, the state and deadlines that follow, its place in the past.

use std::sync::Arc;

use bulla_rules::profile::{Step, Trigger};
use bulla_types::{CaseStatus, RuleName, StepTaken};

use crate::view::StateView;

use super::case::{Case, name};
use super::conditions;
use super::deadlines::{self, Event};
use super::effects;
use super::follow::Follow;
use super::rule::Stop;
use super::run::{Acting, Run};

/// Takes a step in a case that holds already what the step says. What follows from it is queued.
///
/// `deadline` is the one that brought the step about, if one did.
pub(super) fn apply<V: StateView>(
    case: &mut Case,
    step: &Step,
    acting: &Acting,
    deadline: Option<&RuleName>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    conditions::require(case, acting, &step.conditions, run)?;
    let mut due = Vec::new();
    for effect in &step.effects {
        let applies = match &effect.when {
            Some(when) => conditions::hold(case, acting, when, run)?,
            None => true,
        };
        due.extend(applies.then_some(&effect.act));
    }
    for act in due {
        effects::apply(case, acting, act, run)?;
    }
    advance(case, step, acting, deadline, run)
}

/// Leads the case on: to its next state, with its deadlines, and into the book.
fn advance<V: StateView>(
    case: &mut Case,
    step: &Step,
    acting: &Acting,
    deadline: Option<&RuleName>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let opened = case.record.history_count == 0;
    let taken = name(&step.head.name);
    note_taken(case, &taken, acting, run);
    let from = (!opened).then(|| case.record.state.clone());
    if let Some(to) = &step.to {
        case.record.state = name(to);
        case.record.states.insert(name(to), run.now());
        let profile = Arc::clone(&case.profile);
        let state = case.procedure_in(&profile).states.get(to.as_str());
        if state.is_some_and(|state| state.result.is_some()) {
            case.record.status = CaseStatus::Ended;
        }
    }
    let event = Event { step: &taken, from: from.as_ref(), entered: step.to.is_some() };
    deadlines::advance(case, &event, run)?;
    case.save_step(&taken, deadline, run)?;
    if opened {
        run.follows.push_back(Follow::Opened(case.record.number));
    }
    if !case.record.is_open() {
        run.follows.push_back(Follow::Ended(case.record.number));
    } else if can_route(case) {
        run.follows.push_back(Follow::Routing(case.record.number));
    }
    Ok(())
}

/// Whether the case could go on by itself from where it is, if conditions hold.
fn can_route(case: &Case) -> bool {
    let mut steps = case.procedure_in(&case.profile).steps_from(case.record.state.as_str());
    steps.any(|step| step.trigger() == Some(&Trigger::Routing))
}

fn note_taken<V>(case: &mut Case, step: &RuleName, acting: &Acting, run: &Run<'_, '_, V>) {
    let times = case.record.steps.get(step).map_or(0, |taken| taken.times);
    let taken = StepTaken { times: times.saturating_add(1), last: run.now(), by: acting.taker };
    case.record.steps.insert(step.clone(), taken);
}
