//! What may happen next in a case: by whom, from when, until when, and what is missing.

use std::collections::BTreeSet;

use bulla_rules::profile::{Actor, Condition, Ident, Need, Reference, Scope, Step};
use bulla_types::{BlockTime, CaseDeadlineStatus, CaseNumber, DeadlineStanding, MemberNumber};

use crate::overlay::Overlay;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

use super::actors;
use super::case::Case;
use super::deadlines;
use super::hindrances;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};

/// A step that members may take in the state of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleStep {
    /// Name of the step.
    pub step: String,
    /// Any of these may take it.
    pub by: Vec<StepParty>,
    /// All of these sign besides.
    pub signed_by: Vec<StepParty>,
    /// Fields that it must bring, whatever else it says.
    pub fields: Vec<String>,
    /// Documents that it must bring.
    pub documents: Vec<String>,
    /// Deadlines before which it is possible or due, the earliest first.
    pub until: Vec<StepTime>,
    /// Deadlines that must have come before it.
    pub after: Vec<StepTime>,
    /// What stands against it now, whatever it brings; nothing when it can be taken. English.
    pub missing: Vec<String>,
}

/// A party and the members that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepParty {
    /// The party.
    pub party: String,
    /// The members; empty when anyone who qualifies may act as it.
    pub members: Vec<MemberNumber>,
}

/// A deadline that bears on a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepTime {
    /// When it is due.
    pub due: BlockTime,
    /// Whether that can still move.
    pub standing: DeadlineStanding,
    /// Its name.
    pub deadline: String,
}

/// The steps that members may take in a case at a time, by the committed state; none once it has ended.
///
/// # Errors
/// The view fails, or knows no such case.
pub fn possible_steps<V: StateView>(
    view: &V,
    case: CaseNumber,
    time: BlockTime,
) -> Result<Vec<PossibleStep>, ViewError> {
    Ok(possible_steps_of_each(view, [case], time)?.pop().unwrap_or_default())
}

/// The same of several cases, in their order; what they share is read once.
///
/// # Errors
/// As [`possible_steps`].
pub fn possible_steps_of_each<V: StateView>(
    view: &V,
    cases: impl IntoIterator<Item = CaseNumber>,
    time: BlockTime,
) -> Result<Vec<Vec<PossibleStep>>, ViewError> {
    let mut state = Overlay::new(view);
    let stamp = Stamp { log_index: u64::MAX, time, transaction_id: None };
    let mut run = Run::new(&mut state, stamp);
    cases.into_iter().map(|case| of_case(&Case::required(case, &mut run)?, &mut run)).collect()
}

fn of_case<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<Vec<PossibleStep>, ViewError> {
    if !case.record.is_open() {
        return Ok(Vec::new());
    }
    let steps = of_members(case);
    let describe = |(step, by): (&Step, &BTreeSet<Ident>)| {
        Ok(PossibleStep {
            step: step.head.name.to_string(),
            by: parties(case, by, run)?,
            signed_by: parties(case, &step.signed_by, run)?,
            fields: required(step.fields.iter().map(|used| (&used.field, &used.need))),
            documents: required(step.documents.iter().map(|used| (&used.category, &used.need))),
            until: until(case, step, run)?,
            after: after(case, step, run)?,
            missing: hindrances::of_step(case, step, run)?.iter().map(StepRule::missing).collect(),
        })
    };
    steps.into_iter().map(describe).collect()
}

/// The steps of members in the state of a case, in the order in which people read them.
pub(super) fn of_members(case: &Case) -> Vec<(&Step, &BTreeSet<Ident>)> {
    let procedure = case.procedure_in(&case.profile);
    let mut steps: Vec<&Step> = procedure.steps_from(case.record.state.as_str()).collect();
    steps.sort_by_key(|step| step.order);
    let of_members = steps.into_iter().filter_map(|step| match &step.by {
        Actor::Parties(by) => Some((step, by)),
        Actor::Ledger(_) => None,
    });
    of_members.collect()
}

fn parties<'p, V: StateView>(
    case: &Case,
    parties: impl IntoIterator<Item = &'p Ident>,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<StepParty>, ViewError> {
    let mut told = Vec::new();
    for party in parties {
        let members = match actors::members(case, &Acting::default(), party, run) {
            Ok(members) => members.unwrap_or_default(),
            Err(Stop::View(error)) => return Err(error),
            Err(Stop::Rule(_)) => continue,
        };
        told.push(StepParty { party: party.to_string(), members: members.into_iter().collect() });
    }
    Ok(told)
}

fn required<'n, N: ToString + 'n>(uses: impl Iterator<Item = (&'n N, &'n Need)>) -> Vec<String> {
    uses.filter(|(_, need)| **need == Need::Required).map(|(name, _)| name.to_string()).collect()
}

/// Deadlines that the step meets, windows that it must keep within, and lapses that end its time.
fn until<V: StateView>(
    case: &Case,
    step: &Step,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<StepTime>, ViewError> {
    let procedure = case.procedure_in(&case.profile);
    let windows = mentioned(step, |condition| match condition {
        Condition::Within(reference) => Some(reference),
        _ => None,
    });
    let bears = |rule: &&bulla_rules::profile::Deadline| {
        rule.met_by.contains(&step.head.name)
            || rule.kind == bulla_rules::DeadlineKind::Lapse
            || windows.iter().any(|window| window.scope == Scope::Case && window.name == rule.head.name)
    };
    let mut times = Vec::new();
    for rule in procedure.deadlines.iter().filter(bears) {
        times.extend(time_of(case, rule, true, run)?);
    }
    times.sort();
    Ok(times)
}

/// Deadlines that must have come.
fn after<V: StateView>(
    case: &Case,
    step: &Step,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<StepTime>, ViewError> {
    let procedure = case.procedure_in(&case.profile);
    let reached = mentioned(step, |condition| match condition {
        Condition::Reached(reference) => Some(reference),
        _ => None,
    });
    let reached = reached
        .into_iter()
        .filter(|reference| reference.scope == Scope::Case)
        .filter_map(|reference| procedure.deadlines.get(reference.name.as_str()));
    let mut times = Vec::new();
    for rule in reached {
        times.extend(time_of(case, rule, false, run)?);
    }
    times.sort();
    Ok(times)
}

fn time_of<V: StateView>(
    case: &Case,
    rule: &bulla_rules::profile::Deadline,
    running: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<StepTime>, ViewError> {
    let deadline = match deadlines::as_it_stands(case, rule, run) {
        Ok(deadline) => deadline,
        Err(Stop::View(error)) => return Err(error),
        // It was reckoned before.
        Err(Stop::Rule(_)) => None,
    };
    let counts =
        |deadline: &bulla_types::CaseDeadline| !running || deadline.status == CaseDeadlineStatus::Running;
    Ok(deadline.filter(counts).and_then(|deadline| {
        let (due, standing) = (deadline.due?, deadline.standing);
        Some(StepTime { due, standing, deadline: rule.head.name.to_string() })
    }))
}

/// References in conditions that must hold outright.
fn mentioned<'s>(
    step: &'s Step,
    pick: impl Fn(&'s Condition) -> Option<&'s Reference>,
) -> Vec<&'s Reference> {
    fn collect<'s>(
        conditions: &'s [Condition],
        pick: &impl Fn(&'s Condition) -> Option<&'s Reference>,
        found: &mut Vec<&'s Reference>,
    ) {
        for condition in conditions {
            match condition {
                Condition::All(arms) => collect(arms, pick, found),
                other => found.extend(pick(other)),
            }
        }
    }
    let mut found = Vec::new();
    collect(&step.conditions, &pick, &mut found);
    found
}
