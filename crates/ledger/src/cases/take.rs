//! A step that members take.

use std::sync::Arc;

use bulla_rules::profile::{Actor, Ident, Profile};
use bulla_types::{CaseOutcome, CaseRef, MemberNumber, TakeStep};

use crate::overlay::Overlay;
use crate::refusal::{Cause, ExecutionError};
use crate::signers::Signers;
use crate::transaction::Stamp;
use crate::view::StateView;

use super::actors;
use super::case::Case;
use super::deadlines;
use super::follow;
use super::inputs;
use super::opening;
use super::rule::{StepRefusal, StepRule, Stop};
use super::run::Run;
use super::step;

/// Takes a step, and all steps of the ledger that follow from it.
pub(crate) fn take<V: StateView>(
    take: &TakeStep,
    signers: &Signers,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<CaseOutcome, ExecutionError> {
    let mut run = Run::new(state, stamp);
    let taken = perform(take, signers, &mut run);
    taken.map_err(|stop| stop.told(|rule| refusal(take, rule, &mut run)))
}

/// The members whose signatures a step uses.
pub(crate) fn signing_members(take: &TakeStep) -> impl Iterator<Item = MemberNumber> {
    take.actors.iter().map(bulla_types::StepActor::signer)
}

fn perform<V: StateView>(
    take: &TakeStep,
    signers: &Signers,
    run: &mut Run<'_, '_, V>,
) -> Result<CaseOutcome, Stop> {
    let mut case = match &take.case {
        CaseRef::Open(open) => opening::by_member(open, run)?,
        CaseRef::Number(number) => Case::load(*number, run)?.ok_or(StepRule::CaseUnknown)?,
    };
    let profile = Arc::clone(&case.profile);
    let steps = &case.procedure_in(&profile).steps;
    let step = steps.get(take.step.as_str()).ok_or(StepRule::StepUnknown)?;
    check_place(&case, step, run)?;
    // What is in hand already, and what is handed in now, shows the mandate of an agent.
    let acting = actors::resolve(&mut case, step, take, signers, run)?;
    inputs::enter(&mut case, step, take, run)?;
    inputs::require(&case, &acting, step, take, run)?;
    step::apply(&mut case, step, &acting, None, run)?;
    follow::settle(run)?;
    Ok(run.outcome(case.record.number))
}

/// Checks that the step is taken where the case is.
fn check_place<V: StateView>(
    case: &Case,
    step: &bulla_rules::profile::Step,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    if case.record.history_count == 0 {
        return if step.opens() { Ok(()) } else { Err(StepRule::NotOpening.into()) };
    }
    let state = case.record.state.as_str();
    if !case.record.is_open() {
        return Err(StepRule::CaseEnded(state.to_owned()).into());
    }
    if step.opens() {
        return Err(StepRule::Opening.into());
    }
    if let Some((name, due)) = deadlines::lapses_due(case, run)?.first() {
        let (name, due) = (name.to_string(), *due);
        return Err(match deadlines::held_until(due, run)? {
            Some(until) => StepRule::DeadlineHeld { name, due, until }.into(),
            None => StepRule::DeadlinePassed { name, due }.into(),
        });
    }
    if step.trigger().is_some() {
        return Err(StepRule::LedgerStep.into());
    }
    if step.from.contains(state) { Ok(()) } else { Err(StepRule::OutOfOrder(state.to_owned()).into()) }
}

/// Tells a refusal with the clause and with what would be possible instead.
fn refusal<V: StateView>(take: &TakeStep, rule: StepRule, run: &mut Run<'_, '_, V>) -> ExecutionError {
    run.state.discard();
    let mut told = StepRefusal {
        case: None,
        step: take.step.to_string(),
        article: String::new(),
        rule,
        possible: Vec::new(),
    };
    match &take.case {
        CaseRef::Open(open) => {
            let Ok(Some(_)) = run.state.profile_record(open.profile) else { return Cause::step(told).into() };
            let Ok(profile) = run.state.profile(open.profile) else { return Cause::step(told).into() };
            if let Some(procedure) = profile.procedures.get(open.procedure.as_str()) {
                told.article = article(&profile, open.procedure.as_str(), take.step.as_str());
                told.possible = possible(procedure.opening_steps());
            }
        }
        CaseRef::Number(number) => {
            told.case = Some(*number);
            let case = match Case::load(*number, run) {
                Ok(Some(case)) => case,
                Ok(None) => return Cause::step(told).into(),
                Err(error) => return error.into(),
            };
            let procedure = case.procedure_in(&case.profile);
            told.article = article(&case.profile, procedure.head.name.as_str(), take.step.as_str());
            if case.record.is_open() {
                told.possible = possible(procedure.steps_from(case.record.state.as_str()));
            }
        }
    }
    Cause::step(told).into()
}

fn article(profile: &Profile, procedure: &str, step: &str) -> String {
    let step = profile.procedures.get(procedure).and_then(|procedure| procedure.steps.get(step));
    step.map(|step| step.head.cite.article.clone()).unwrap_or_default()
}

/// Steps of members, each with the parties that may take it.
fn possible<'p>(steps: impl Iterator<Item = &'p bulla_rules::profile::Step>) -> Vec<String> {
    let told = steps.filter_map(|step| match &step.by {
        Actor::Parties(parties) => {
            let parties: Vec<&str> = parties.iter().map(Ident::as_str).collect();
            Some(format!("{} by {}", step.head.name, parties.join(" or ")))
        }
        Actor::Ledger(_) => None,
    });
    told.collect()
}
