//! A step that members take.

use std::sync::Arc;

use bulla_rules::profile::Profile;
use bulla_types::{CaseNumber, CaseOutcome, CaseRef, MemberNumber, OpenCase, TakeStep};

use crate::overlay::Overlay;
use crate::refusal::{Cause, ExecutionError};
use crate::signers::Signers;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

use super::actors;
use super::case::Case;
use super::follow;
use super::hindrances;
use super::inputs;
use super::instead;
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
    hindrances::lapsed(case, run)?;
    if step.trigger().is_some() {
        return Err(StepRule::LedgerStep.into());
    }
    if step.from.contains(state) { Ok(()) } else { Err(StepRule::OutOfOrder(state.to_owned()).into()) }
}

/// Tells a refusal with the clause and with what would be possible instead, by the state before the transaction.
fn refusal<V: StateView>(take: &TakeStep, rule: StepRule, run: &mut Run<'_, '_, V>) -> ExecutionError {
    run.state.discard();
    let told = StepRefusal {
        case: None,
        step: take.step.to_string(),
        article: String::new(),
        rule,
        possible: Vec::new(),
    };
    let told = match &take.case {
        CaseRef::Open(open) => of_opening(told, open, run),
        CaseRef::Number(number) => of_case(told, *number, run),
    };
    match told {
        Ok(told) => Cause::step(told).into(),
        Err(error) => error.into(),
    }
}

/// The refusal of a step that was to open a case.
fn of_opening<V: StateView>(
    mut told: StepRefusal,
    open: &OpenCase,
    run: &mut Run<'_, '_, V>,
) -> Result<StepRefusal, ViewError> {
    if run.state.profile_record(open.profile)?.is_none() {
        return Ok(told);
    }
    let profile = run.state.profile(open.profile)?;
    told.article = article(&profile, open.procedure.as_str(), &told.step);
    told.possible = instead::of_opening(open.profile, open.about, &told.rule, run)?;
    Ok(told)
}

/// The refusal of a step of a case.
fn of_case<V: StateView>(
    mut told: StepRefusal,
    number: CaseNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<StepRefusal, ViewError> {
    told.case = Some(number);
    let Some(case) = Case::load(number, run)? else { return Ok(told) };
    let procedure = case.procedure_in(&case.profile);
    told.article = article(&case.profile, procedure.head.name.as_str(), &told.step);
    told.possible = instead::of_case(&case, &told.rule, run)?;
    Ok(told)
}

fn article(profile: &Profile, procedure: &str, step: &str) -> String {
    let step = profile.procedures.get(procedure).and_then(|procedure| procedure.steps.get(step));
    step.map(|step| step.head.cite.article.clone()).unwrap_or_default()
}
