//! The deadlines of a case (期限): when they start, stop, are met and come.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_rules::profile::{
    Anchor, ClockReturn, Closed, Content, DateRule, Deadline, OnReturn, Procedure, Profile, Reference, Scope,
};
use bulla_rules::{CalendarYear, CivilDate, DateError, DeadlineKind};
use bulla_types::{BlockTime, CaseDeadline, CaseDeadlineStatus, DaysAway, DeadlineStanding, RuleName};

use crate::view::{StateView, ViewError};

use super::case::{Case, name};
use super::conditions::content_of;
use super::reckoning::{self, Reckoned};
use super::rule::{StepRule, Stop};
use super::run::Run;
use super::stopped;

/// What has just happened in a case.
#[derive(Debug)]
pub(super) struct Event<'e> {
    /// The step that was taken.
    pub(super) step: &'e RuleName,
    /// The state before it; `None` when it opened the case.
    pub(super) from: Option<&'e RuleName>,
    /// Whether it led to a state, be it the same one.
    pub(super) entered: bool,
}

/// Starts, stops and meets the deadlines of a case after a step. The record says the new state already.
pub(super) fn advance<V: StateView>(
    case: &mut Case,
    event: &Event<'_>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let profile = Arc::clone(&case.profile);
    for rule in &case.procedure_in(&profile).deadlines {
        let runs_in = |state: &RuleName| rule.runs_in.contains(state.as_str());
        let was_here = event.from.is_some_and(runs_in);
        let is_here = case.record.is_open() && runs_in(&case.record.state);
        let started = case.record.deadlines.remove(rule.head.name.as_str());
        let now = run.now();
        let deadline = match (started, is_here) {
            (None, false) => continue,
            (None, true) => start(case, rule, run)?,
            (Some(deadline), true) if !was_here => back(case, rule, deadline, run)?,
            (Some(deadline), true) => stay(case, rule, deadline, event, run)?,
            (Some(deadline), false) if was_here => {
                leave(met(settled(case, rule, deadline, run)?, rule, event, now), now)
            }
            (Some(deadline), false) => deadline,
        };
        let deadline = if is_here { met(deadline, rule, event, now) } else { deadline };
        case.record.deadlines.insert(name(&rule.head.name), deadline);
    }
    Ok(())
}

fn start<V: StateView>(case: &Case, rule: &Deadline, run: &mut Run<'_, '_, V>) -> Result<CaseDeadline, Stop> {
    let deadline = CaseDeadline {
        status: CaseDeadlineStatus::Running,
        due: None,
        standing: DeadlineStanding::Settled,
        anchors: reckoning::anchors(case, &rule.due, run)?,
        away: Vec::new(),
        left: None,
        counted: BTreeMap::new(),
    };
    settled(case, rule, deadline, run)
}

/// The case comes back to where the deadline runs.
fn back<V: StateView>(
    case: &Case,
    rule: &Deadline,
    mut deadline: CaseDeadline,
    run: &mut Run<'_, '_, V>,
) -> Result<CaseDeadline, Stop> {
    let left = deadline.left.take();
    match on_return(rule, &case.profile)? {
        ClockReturn::Restart => return start(case, rule, run),
        ClockReturn::Resume => add_days_away(&mut deadline.away, left.unwrap_or(run.now()), run.now(), rule)?,
        ClockReturn::Keep => {}
    }
    if deadline.status != CaseDeadlineStatus::Reached {
        deadline.status = CaseDeadlineStatus::Running;
    }
    // Coming back is no new event: what it counts from stays, but for what could not be counted from before.
    let before = deadline.anchors.clone();
    for (term, anchor) in rule.due.terms.iter().zip(&mut deadline.anchors) {
        if anchor.is_none() || follows_record(&term.anchor) {
            *anchor = reckoning::anchor(case, term, run)?;
        }
    }
    renewed(case, rule, deadline, &before, run)
}

/// The case is where the deadline runs, as before.
fn stay<V: StateView>(
    case: &Case,
    rule: &Deadline,
    mut deadline: CaseDeadline,
    event: &Event<'_>,
    run: &mut Run<'_, '_, V>,
) -> Result<CaseDeadline, Stop> {
    let before = deadline.anchors.clone();
    for (term, anchor) in rule.due.terms.iter().zip(&mut deadline.anchors) {
        let happened = match &term.anchor {
            Anchor::State(state) => event.entered && case.record.state == state.as_str(),
            Anchor::Step(step) => *event.step == step.as_str(),
            other => follows_record(other),
        };
        if anchor.is_none() || happened {
            *anchor = reckoning::anchor(case, term, run)?;
        }
    }
    renewed(case, rule, deadline, &before, run)
}

/// A deadline that has come stays so, unless it counts from something new.
fn renewed<V: StateView>(
    case: &Case,
    rule: &Deadline,
    deadline: CaseDeadline,
    anchors_before: &[Option<BlockTime>],
    run: &mut Run<'_, '_, V>,
) -> Result<CaseDeadline, Stop> {
    if deadline.status != CaseDeadlineStatus::Reached || deadline.anchors == anchors_before {
        return settled(case, rule, deadline, run);
    }
    let running = CaseDeadline { status: CaseDeadlineStatus::Running, ..deadline };
    let mut deadline = settled(case, rule, running, run)?;
    if has_come(&deadline, run.now()) {
        deadline.status = CaseDeadlineStatus::Reached;
    }
    Ok(deadline)
}

/// Whether an anchor is read from a record, which says of itself what counts now.
fn follows_record(anchor: &Anchor) -> bool {
    matches!(anchor, Anchor::Field(_) | Anchor::Issued(_) | Anchor::Expires(_))
}

/// A step that meets a deadline was taken: in time, or else the miss is recorded with it.
fn met(mut deadline: CaseDeadline, rule: &Deadline, event: &Event<'_>, now: BlockTime) -> CaseDeadline {
    if deadline.status == CaseDeadlineStatus::Running && rule.met_by.contains(event.step.as_str()) {
        deadline.status =
            if has_come(&deadline, now) { CaseDeadlineStatus::Reached } else { CaseDeadlineStatus::Met };
    }
    deadline
}

/// The case leaves the states in which the deadline runs.
fn leave(mut deadline: CaseDeadline, now: BlockTime) -> CaseDeadline {
    if deadline.status == CaseDeadlineStatus::Running {
        deadline.status =
            if has_come(&deadline, now) { CaseDeadlineStatus::Reached } else { CaseDeadlineStatus::Left };
    }
    deadline.left = Some(now);
    deadline
}

/// Whether the due time has come, by what the record says.
fn has_come(deadline: &CaseDeadline, now: BlockTime) -> bool {
    deadline.standing == DeadlineStanding::Settled && deadline.due.is_some_and(|due| due <= now)
}

/// Reckons the due time anew, from the anchors, the calendar and the suspensions of now. What has come has.
fn settled<V: StateView>(
    case: &Case,
    rule: &Deadline,
    mut deadline: CaseDeadline,
    run: &mut Run<'_, '_, V>,
) -> Result<CaseDeadline, Stop> {
    if deadline.status == CaseDeadlineStatus::Reached {
        return Ok(deadline);
    }
    (deadline.due, deadline.standing, deadline.counted) = match reckon(case, rule, &deadline, run)? {
        Some(Reckoned { due, standing, counted }) => (Some(due), standing, counted),
        None => (None, DeadlineStanding::Settled, BTreeMap::new()),
    };
    Ok(deadline)
}

/// When a deadline of a case is due by its clock of now: as the record says it once it has come or the case has
/// left.
fn reckon<V: StateView>(
    case: &Case,
    rule: &Deadline,
    deadline: &CaseDeadline,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Reckoned>, Stop> {
    let CaseDeadline { standing, ref counted, .. } = *deadline;
    if deadline.status == CaseDeadlineStatus::Reached || deadline.left.is_some() {
        return Ok(deadline.due.map(|due| Reckoned { due, standing, counted: counted.clone() }));
    }
    let stopped = stopped::days(case, &deadline.away, run)?;
    let what = rule.head.name.as_str();
    reckoning::reckon(&case.profile, &rule.due, &deadline.anchors, &stopped, what, run)
}

fn on_return(rule: &Deadline, profile: &Profile) -> Result<ClockReturn, StepRule> {
    match &rule.on_return {
        OnReturn::Fixed(clock) => Ok(*clock),
        OnReturn::Value(value) => {
            let choice = match content_of(profile, value) {
                Some(Content::Choice(term)) => ClockReturn::from_name(term.as_str()),
                _ => None,
            };
            choice.ok_or_else(|| StepRule::ValueMissing(value.to_string()))
        }
    }
}

/// The days on which the case was elsewhere, whatever part of them.
fn add_days_away(
    away: &mut Vec<DaysAway>,
    left: BlockTime,
    back: BlockTime,
    rule: &Deadline,
) -> Result<(), StepRule> {
    let out_of_range = |_: DateError| StepRule::DateOutOfRange(rule.head.name.to_string());
    let first = CivilDate::of(left).map_err(out_of_range)?.to_number();
    let last = CivilDate::of(back).map_err(out_of_range)?.to_number();
    match away.last_mut() {
        Some(before) if before.last >= first => before.last = last,
        _ => away.push(DaysAway { first, last }),
    }
    Ok(())
}

/// The due time of a deadline by the calendar of now, written into the record: what a calendar adopted since
/// asks for. One that cannot be reckoned any more stays as it is, and notes that it has been looked at.
pub(super) fn settle<V: StateView>(
    case: &mut Case,
    rule: &Deadline,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<CaseDeadline>, ViewError> {
    let Some(before) = case.record.deadlines.get(rule.head.name.as_str()).cloned() else { return Ok(None) };
    let deadline = match settled(case, rule, before.clone(), run) {
        Ok(deadline) => deadline,
        Err(Stop::Rule(_)) => looked_at(before, run)?,
        Err(Stop::View(error)) => return Err(error),
    };
    case.record.deadlines.insert(name(&rule.head.name), deadline.clone());
    Ok(Some(deadline))
}

fn looked_at<V: StateView>(
    mut deadline: CaseDeadline,
    run: &mut Run<'_, '_, V>,
) -> Result<CaseDeadline, ViewError> {
    let calendar = run.state.calendar()?;
    for (&year, revision) in &mut deadline.counted {
        *revision = calendar.year(year).map_or(0, CalendarYear::revision);
    }
    Ok(deadline)
}

/// Lapses that have come and are not recorded yet: what follows from them comes before any step.
pub(super) fn lapses_due<V: StateView>(
    case: &Case,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<(RuleName, BlockTime)>, Stop> {
    let mut lapses = Vec::new();
    for rule in &case.procedure_in(&case.profile).deadlines {
        let running = case.record.deadlines.get(rule.head.name.as_str());
        let Some(deadline) = running.filter(|deadline| deadline.status == CaseDeadlineStatus::Running) else {
            continue;
        };
        if rule.kind == DeadlineKind::Lapse
            && let Some(found) = reckon(case, rule, deadline, run)?
            && is_over(&found, run.now())
        {
            lapses.push((name(&rule.head.name), found.due));
        }
    }
    Ok(lapses)
}

/// A deadline of a case as it stands now.
pub(super) fn as_it_stands<V: StateView>(
    case: &Case,
    rule: &Deadline,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<CaseDeadline>, Stop> {
    let deadline = case.record.deadlines.get(rule.head.name.as_str()).cloned();
    let settle = |deadline: CaseDeadline| match deadline.left {
        None => settled(case, rule, deadline, run),
        Some(_) => Ok(deadline),
    };
    deadline.map(settle).transpose()
}

/// Until when it is open what follows from a deadline, if it came in an outage that governance may yet answer.
pub(super) fn held_until<V: StateView>(
    due: BlockTime,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<BlockTime>, ViewError> {
    let (now, outage) = (run.now(), run.state.outage()?);
    Ok(outage.filter(|outage| outage.holds(due, now)).map(|outage| outage.held_until))
}

/// Refuses a step that asks about a deadline on which governance may yet decide.
fn require_decided<V: StateView>(
    found: Option<&Reckoned>,
    rule: &Deadline,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let come = found.filter(|found| !run.is_event && is_over(found, run.now()));
    let Some(&Reckoned { due, .. }) = come else { return Ok(()) };
    match held_until(due, run)? {
        Some(until) => Err(StepRule::DeadlineHeld { name: rule.head.name.to_string(), due, until }.into()),
        None => Ok(()),
    }
}

fn is_over(found: &Reckoned, now: BlockTime) -> bool {
    found.standing == DeadlineStanding::Settled && found.due <= now
}

/// Whether the due time of a deadline has come while it ran.
pub(super) fn is_reached<V: StateView>(
    case: &Case,
    reference: &Reference,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    let Some(owner) = owner(case, reference, run)? else { return Ok(false) };
    let Some(rule) = rule_of(owner.procedure_in(&owner.profile), reference) else { return Ok(false) };
    match owner.record.deadlines.get(rule.head.name.as_str()) {
        Some(deadline) => {
            let until = deadline.left.unwrap_or(run.now());
            let found = reckon(&owner, rule, deadline, run)?;
            if deadline.status == CaseDeadlineStatus::Running {
                require_decided(found.as_ref(), rule, run)?;
            }
            Ok(found.is_some_and(|found| is_over(&found, until)))
        }
        None => {
            let found = by_facts(&owner, &rule.due, rule, run)?;
            Ok(found.is_some_and(|found| is_over(&found, run.now())))
        }
    }
}

/// Whether a window is open: from its opening until before its due time.
pub(super) fn is_within<V: StateView>(
    case: &Case,
    reference: &Reference,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    let Some(owner) = owner(case, reference, run)? else { return Ok(false) };
    let Some(rule) = rule_of(owner.procedure_in(&owner.profile), reference) else { return Ok(false) };
    let now = run.now();
    let still = match owner.record.deadlines.get(rule.head.name.as_str()) {
        Some(deadline) => {
            let runs = deadline.status == CaseDeadlineStatus::Running;
            let found = reckon(&owner, rule, deadline, run)?;
            if runs {
                require_decided(found.as_ref(), rule, run)?;
            }
            runs && found.is_none_or(|found| !is_over(&found, now))
        }
        None => by_facts(&owner, &rule.due, rule, run)?.is_some_and(|found| !is_over(&found, now)),
    };
    if !still || rule.opens.is_none() {
        return Ok(still);
    }
    Ok(opening(&owner, rule, run)?.is_some_and(|found| is_over(&found, now)))
}

/// When a window opens, where the source says so and what it is counted from has happened.
fn opening<V: StateView>(
    owner: &Case,
    rule: &Deadline,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Reckoned>, Stop> {
    let Some(opens) = &rule.opens else { return Ok(None) };
    let anchors = reckoning::anchors(owner, opens, run)?;
    let stopped = stopped::days(owner, &[], run)?;
    reckoning::reckon(&owner.profile, opens, &anchors, &stopped, rule.head.name.as_str(), run)
}

/// A deadline that a condition asks about, as it stands now.
pub(super) struct Span {
    pub(super) rule: Deadline,
    /// `None` while it has not started.
    pub(super) status: Option<CaseDeadlineStatus>,
    /// Of a window.
    pub(super) opens: Option<BlockTime>,
    pub(super) due: Option<BlockTime>,
    /// Whether one of the two can still move.
    pub(super) standing: DeadlineStanding,
}

/// When a deadline that a condition asks about opens and comes.
pub(super) fn span<V: StateView>(
    case: &Case,
    reference: &Reference,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Span>, Stop> {
    let Some(owner) = owner(case, reference, run)? else { return Ok(None) };
    let Some(rule) = rule_of(owner.procedure_in(&owner.profile), reference) else { return Ok(None) };
    let record = owner.record.deadlines.get(rule.head.name.as_str());
    let found = match record {
        Some(deadline) => reckon(&owner, rule, deadline, run)?,
        None => by_facts(&owner, &rule.due, rule, run)?,
    };
    let opens = opening(&owner, rule, run)?;
    let standings = found.iter().chain(&opens).map(|found| found.standing);
    Ok(Some(Span {
        status: record.map(|deadline| deadline.status),
        standing: standings.max().unwrap_or(DeadlineStanding::Settled),
        opens: opens.map(|opens| opens.due),
        due: found.map(|found| found.due),
        rule: rule.clone(),
    }))
}

/// When a deadline that has not started would fall due: asked of a case that is being opened.
fn by_facts<V: StateView>(
    owner: &Case,
    due: &DateRule,
    rule: &Deadline,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Reckoned>, Stop> {
    if owner.record.history_count > 0 {
        return Ok(None);
    }
    let anchors = reckoning::anchors(owner, due, run)?;
    let stopped = stopped::days(owner, &[], run)?;
    reckoning::reckon(&owner.profile, due, &anchors, &stopped, rule.head.name.as_str(), run)
}

/// The case whose deadline is meant.
fn owner<'c, V: StateView>(
    case: &'c Case,
    reference: &Reference,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Cow<'c, Case>>, Stop> {
    match (&reference.scope, case.parent()) {
        (Scope::Case, _) => Ok(Some(Cow::Borrowed(case))),
        (Scope::Parent, Some(parent)) => Ok(Some(Cow::Owned(Case::required(parent, run)?))),
        _ => Ok(None),
    }
}

fn rule_of<'p>(procedure: &'p Procedure, reference: &Reference) -> Option<&'p Deadline> {
    procedure.deadlines.get(reference.name.as_str())
}
