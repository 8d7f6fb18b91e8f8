//! Steps that the ledger takes by itself, because of what has just happened.

use std::sync::Arc;

use bulla_rules::profile::limits::ROUTING_STEPS_MAX;
use bulla_rules::profile::{Step, Trigger};
use bulla_types::{CaseNumber, KeyRange, RuleName, StateKey, Subject};

use crate::view::StateView;

use super::actors::Bound;
use super::case::{Case, record_ended_tag};
use super::conditions;
use super::deadlines;
use super::opening::{self, RECORD_FOLLOWERS_MAX};
use super::places;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};
use super::step;

/// Steps that the ledger takes on one entry, in all cases together.
const LEDGER_STEPS_MAX: usize = 256;
/// Cases about one that end with it.
const CHILDREN_MAX: usize = 1_000;

/// What follows from a step.
#[derive(Debug, Clone)]
pub(crate) enum Follow {
    /// The case may go on by itself.
    Routing(CaseNumber),
    /// The case was opened: the one that it is about is told.
    Opened(CaseNumber),
    /// The case has ended: the one that it is about is told, and those that are about it.
    Ended(CaseNumber),
    /// A registration or account has ended: cases about it are told, but for the one that ended it.
    RecordEnded {
        /// The record.
        record: Subject,
        /// The case.
        by: CaseNumber,
    },
    /// An effect of the case opens another one.
    Open {
        /// The case whose effect it is.
        case: CaseNumber,
        /// Procedure of the new one.
        procedure: RuleName,
        /// Its parties that are bound by name.
        parties: Bound,
    },
}

/// Takes all steps that follow, in the order in which their causes came.
pub(super) fn settle<V: StateView>(run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    while let Some(follow) = run.follows.pop_front() {
        match follow {
            Follow::Routing(number) => route(number, run)?,
            Follow::Opened(number) => opened(number, run)?,
            Follow::Ended(number) => ended(number, run)?,
            Follow::RecordEnded { record, by } => record_ended(record, by, run)?,
            Follow::Open { case, procedure, parties } => open(case, &procedure, parties, run)?,
        }
    }
    Ok(())
}

fn route<V: StateView>(number: CaseNumber, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let mut case = Case::required(number, run)?;
    for _ in 0..=ROUTING_STEPS_MAX {
        // A step of this chain has queued it again; this loop goes on for it.
        run.follows.retain(|follow| !matches!(follow, Follow::Routing(queued) if *queued == number));
        if !case.record.is_open() || !react(&mut case, None, run, |trigger| *trigger == Trigger::Routing)? {
            return Ok(());
        }
    }
    Err(StepRule::TooManySteps { max: ROUTING_STEPS_MAX }.into())
}

fn opened<V: StateView>(number: CaseNumber, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let child = Case::required(number, run)?;
    let Some(parent) = child.parent() else { return Ok(()) };
    let mut parent = Case::required(parent, run)?;
    let of = child.record.procedure.as_str();
    react(
        &mut parent,
        None,
        run,
        |trigger| matches!(trigger, Trigger::ChildOpened(procedure) if *procedure == *of),
    )?;
    Ok(())
}

fn ended<V: StateView>(number: CaseNumber, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let case = Case::required(number, run)?;
    if let Some(parent) = case.parent() {
        let mut parent = Case::required(parent, run)?;
        let (of, state) = (case.record.procedure.as_str(), case.record.state.as_str());
        react(&mut parent, None, run, |trigger| match trigger {
            Trigger::ChildEnded { procedure, results } => *procedure == *of && results.contains(state),
            _ => false,
        })?;
    }
    for row in run.state.rows(&KeyRange::open_cases(case.subject()), CHILDREN_MAX)? {
        let StateKey::OpenCase(child) = row else { continue };
        let mut child = Case::required(child.case, run)?;
        if child.record.about == Some(Subject::Case(number)) {
            react(&mut child, None, run, |trigger| *trigger == Trigger::ParentEnded)?;
        }
    }
    Ok(())
}

fn record_ended<V: StateView>(record: Subject, by: CaseNumber, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let profile = match record {
        Subject::Registration(number) => places::registration(number, run)?.profile,
        Subject::Account(number) => places::account(number, run)?.profile,
        _ => return Ok(()),
    };
    let profile = run.state.profile(profile)?;
    let tag = record_ended_tag(&profile);
    for row in run.state.rows(&KeyRange::open_cases_of(record, tag), RECORD_FOLLOWERS_MAX)? {
        let StateKey::OpenCase(open) = row else { continue };
        if open.case != by {
            let mut case = Case::required(open.case, run)?;
            react(&mut case, None, run, |trigger| *trigger == Trigger::RecordEnded)?;
        }
    }
    Ok(())
}

fn open<V: StateView>(
    origin: CaseNumber,
    procedure: &RuleName,
    parties: Bound,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let origin = Case::required(origin, run)?;
    let case = opening::by_ledger(&origin, procedure, parties, run)?;
    begin(case, run, |trigger| *trigger == Trigger::Opened)
}

/// Takes the first opening step of a new case that a trigger brings about and whose conditions hold.
pub(super) fn begin<V: StateView>(
    mut case: Case,
    run: &mut Run<'_, '_, V>,
    is_cause: impl Fn(&Trigger) -> bool,
) -> Result<(), Stop> {
    let profile = Arc::clone(&case.profile);
    let mut steps: Vec<&Step> = case.procedure_in(&profile).opening_steps().collect();
    steps.sort_by_key(|step| step.order);
    for opening in steps.into_iter().filter(|step| step.trigger().is_some_and(&is_cause)) {
        if conditions::all_hold(&case, &Acting::default(), &opening.conditions, run)? {
            run.give(Subject::Case(case.record.number))?;
            return take(&mut case, opening, None, run);
        }
    }
    Err(StepRule::NotOpening.into())
}

/// Takes the first step of a case that a trigger brings about and whose conditions hold. Whether there is one.
///
/// In a case whose time has run out, what follows from that comes first, unless it waits for a decision on an
/// outage.
pub(super) fn react<V: StateView>(
    case: &mut Case,
    deadline: Option<&RuleName>,
    run: &mut Run<'_, '_, V>,
    is_cause: impl Fn(&Trigger) -> bool,
) -> Result<bool, Stop> {
    if !case.record.is_open() || (deadline.is_none() && has_lapsed(case, run)?) {
        return Ok(false);
    }
    let profile = Arc::clone(&case.profile);
    let state = case.record.state.clone();
    for step in case.procedure_in(&profile).ledger_steps(state.as_str()) {
        let caused = step.trigger().is_some_and(&is_cause);
        if caused && conditions::all_hold(case, &Acting::default(), &step.conditions, run)? {
            take(case, step, deadline, run)?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_lapsed<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<bool, Stop> {
    for (_, due) in deadlines::lapses_due(case, run)? {
        if deadlines::held_until(due, run)?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn take<V: StateView>(
    case: &mut Case,
    step: &Step,
    deadline: Option<&RuleName>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    run.ledger_steps += 1;
    if run.ledger_steps > LEDGER_STEPS_MAX {
        return Err(StepRule::TooManySteps { max: LEDGER_STEPS_MAX }.into());
    }
    step::apply(case, step, &Acting::default(), deadline, run)
}
