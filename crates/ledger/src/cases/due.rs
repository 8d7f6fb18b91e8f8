//! Deadlines that come due: what the ledger does at the beginning of each block (期限届满).
//!
//! Each is an event, and the entries of a block begin with them: first deadlines that a calendar adopted since
//! has moved or settled, then those that have come, in the order of their due times and records, then cycles of
//! reports that have ended. A block leaves none out while there is room for it.
//!
//! A deadline that a suspension of clocks has moved since it was reckoned is reckoned anew when it would come: the
//! event then says when it is due instead. So a suspension costs nothing but for what it changes, however many
//! cases are open. What came in an outage is held as long as governance may yet answer it by a suspension.

use std::sync::Arc;

use bulla_rules::DeadlineKind;
use bulla_rules::profile::Trigger;
use bulla_types::{
    BlockTime, CalendarHead, CaseDeadlineStatus, CaseNumber, CertificateNumber, DeadlineReached,
    DeadlineSettled, Due, KeyRange, OutageRecord, StateKey, Subject, SystemEvent,
};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

use super::case::{Case, name};
use super::cycles;
use super::deadlines;
use super::effects;
use super::follow;
use super::rule::{Stop, check_size};
use super::run::{Acting, Run};
use super::stopped;

/// Where the events of deadlines of one block stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct DuePhase {
    /// Events so far.
    pub(crate) events: usize,
    /// Every row below this that was committed has been dealt with.
    dealt_with: Option<Vec<u8>>,
}

impl DuePhase {
    /// The next event of the block, if something is due.
    pub(crate) fn next<V: StateView>(
        &self,
        stamp: Stamp,
        state: &mut Overlay<'_, V>,
    ) -> Result<Option<SystemEvent>, ViewError> {
        if let Some(settled) = next_settled(stamp, state)? {
            return Ok(Some(SystemEvent::DeadlineSettled(settled)));
        }
        if let Some(due) = self.next_due(stamp.time, state)? {
            return event_of(due, stamp, state).map(Some);
        }
        Ok(cycles::next(stamp.time, state)?.map(SystemEvent::CycleEnded))
    }

    fn next_due<V: StateView>(
        &self,
        time: BlockTime,
        state: &mut Overlay<'_, V>,
    ) -> Result<Option<Due>, ViewError> {
        for range in open_ranges(time, state.outage()?) {
            let (earlier, later) = match &self.dealt_with {
                Some(dealt_with) => split(range, dealt_with),
                None => (None, Some(range)),
            };
            if let Some(StateKey::Due(due)) = earlier.and_then(|range| state.first_added(&range)) {
                return Ok(Some(due));
            }
            let Some(later) = later else { continue };
            if let Some(StateKey::Due(due)) = state.rows(&later, 1)?.first() {
                return Ok(Some(*due));
            }
        }
        Ok(None)
    }

    /// Notes that an event was recorded.
    pub(crate) fn recorded(&mut self, event: &SystemEvent) {
        self.events += 1;
        if let SystemEvent::DeadlineReached(DeadlineReached { due, subject, deadline }) = *event {
            let row = StateKey::Due(Due { due, subject, deadline }).encode();
            self.dealt_with = Some(self.dealt_with.take().map_or(row.clone(), |before| before.max(row)));
        }
    }
}

/// The parts of a range before a key and from it on, as far as there are any.
fn split(range: KeyRange, at: &[u8]) -> (Option<KeyRange>, Option<KeyRange>) {
    let KeyRange { start, end } = range;
    let at = at.to_vec().clamp(start.clone(), end.clone().max(start.clone()));
    let some = |start: Vec<u8>, end: Vec<u8>| (start < end).then_some(KeyRange { start, end });
    (some(start, at.clone()), some(at, end))
}

/// What is recorded by now, in order: all that is due, without what came in an outage on which governance may yet
/// decide.
fn open_ranges(time: BlockTime, outage: Option<OutageRecord>) -> Vec<KeyRange> {
    match outage {
        Some(outage) if time < outage.held_until => {
            vec![KeyRange::due_by(outage.from), KeyRange::due_between(outage.until, time)]
        }
        _ => vec![KeyRange::due_by(time)],
    }
}

/// What has come, by the clocks as they stand now: a suspension adopted since may have moved it.
fn event_of<V: StateView>(
    due: Due,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<SystemEvent, ViewError> {
    let mut run = Run::of_event(state, stamp);
    if let Subject::Case(case) = due.subject
        && stopped::any(&mut run)?
    {
        let mut case = Case::required(case, &mut run)?;
        if let Some(settled) = settled(&mut case, due.deadline, &mut run)?
            && settled.due != due.due
        {
            return Ok(SystemEvent::DeadlineSettled(settled));
        }
    }
    let Due { due, subject, deadline } = due;
    Ok(SystemEvent::DeadlineReached(DeadlineReached { due, subject, deadline }))
}

/// The first deadline that was reckoned by an earlier revision of a year than the one in force.
fn next_settled<V: StateView>(
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<Option<DeadlineSettled>, ViewError> {
    let Some(head) = state.calendar_head()? else { return Ok(None) };
    for &year in &head.unsettled_years {
        let Some((case, deadline)) = first_unsettled(year, state)? else { continue };
        let mut run = Run::of_event(state, stamp);
        let mut case = Case::required(case, &mut run)?;
        let settled = settled(&mut case, deadline, &mut run)?;
        return Ok(settled);
    }
    Ok(None)
}

fn first_unsettled<V: StateView>(
    year: u16,
    state: &mut Overlay<'_, V>,
) -> Result<Option<(CaseNumber, u16)>, ViewError> {
    let key = StateKey::Calendar(year);
    let revision = state.calendar_year(year)?.ok_or(ViewError::Missing { key })?.revision;
    let rows = state.rows(&KeyRange::reckoned_before(year, revision.0), 1)?;
    Ok(rows.first().and_then(|row| match row {
        StateKey::Reckoned { case, deadline, .. } => Some((*case, *deadline)),
        _ => None,
    }))
}

/// Reckons a deadline of a case anew, and says what came of it.
fn settled<V: StateView>(
    case: &mut Case,
    place: u16,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<DeadlineSettled>, ViewError> {
    let profile = Arc::clone(&case.profile);
    let rule = case.procedure_in(&profile).deadlines.as_slice().get(usize::from(place));
    let Some(rule) = rule else { return Ok(None) };
    let found = deadlines::settle(case, rule, run)?;
    Ok(found.and_then(|deadline| {
        let standing = deadline.standing;
        deadline.due.map(|due| DeadlineSettled { case: case.record.number, deadline: place, due, standing })
    }))
}

/// Carries out an event that [`DuePhase::next`] has named. It is never refused: what cannot follow does not.
pub(crate) fn apply<V: StateView>(
    event: &SystemEvent,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    match event {
        SystemEvent::DeadlineSettled(event) => settle(*event, stamp, state),
        SystemEvent::DeadlineReached(DeadlineReached { subject: Subject::Certificate(number), .. }) => {
            let lapsed = lapse(*number, true, &mut Run::of_event(state, stamp));
            fall_back(lapsed, state, |state| lapse(*number, false, &mut Run::of_event(state, stamp)))
        }
        SystemEvent::DeadlineReached(DeadlineReached {
            subject: Subject::Case(number), deadline, ..
        }) => {
            let reached = reach(*number, *deadline, true, &mut Run::of_event(state, stamp));
            fall_back(reached, state, |state| {
                reach(*number, *deadline, false, &mut Run::of_event(state, stamp))
            })
        }
        SystemEvent::CycleEnded(event) => {
            let ended = cycles::end(*event, true, &mut Run::of_event(state, stamp));
            fall_back(ended, state, |state| cycles::end(*event, false, &mut Run::of_event(state, stamp)))
        }
        _ => Ok(()),
    }
}

/// When what follows from an event is against a rule, only the event is recorded: nobody could take it back, and
/// a ledger that refused its own events would stand still.
fn fall_back<V: StateView>(
    done: Result<(), Stop>,
    state: &mut Overlay<'_, V>,
    without: impl FnOnce(&mut Overlay<'_, V>) -> Result<(), Stop>,
) -> Result<(), ViewError> {
    let done = match done {
        Err(Stop::Rule(_)) => {
            state.discard();
            without(state)
        }
        done => done,
    };
    match done {
        Ok(()) => Ok(()),
        Err(Stop::View(error)) => Err(error),
        Err(Stop::Rule(rule)) => unreachable!("invariant: recording a deadline breaks no rule, but {rule}"),
    }
}

fn settle<V: StateView>(
    event: DeadlineSettled,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    let mut run = Run::of_event(state, stamp);
    let mut case = Case::required(event.case, &mut run)?;
    settled(&mut case, event.deadline, &mut run)?;
    case.save_settled(&mut run);
    forget_settled_years(state)
}

/// Years by whose last revision every deadline has been reckoned need no more looking after.
fn forget_settled_years<V: StateView>(state: &mut Overlay<'_, V>) -> Result<(), ViewError> {
    let Some(head) = state.calendar_head()? else { return Ok(()) };
    let mut unsettled_years = head.unsettled_years.clone();
    for &year in &head.unsettled_years {
        if first_unsettled(year, state)?.is_none() {
            unsettled_years.remove(&year);
        }
    }
    if unsettled_years != head.unsettled_years {
        let head = CalendarHead { unsettled_years, ..(*head).clone() };
        state.write(StateKey::CalendarHead, Record::CalendarHead(Arc::new(head)));
    }
    Ok(())
}

/// The term of a certificate has come.
fn lapse<V: StateView>(
    number: CertificateNumber,
    with_effects: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let key = StateKey::Certificate(number);
    let certificate = run.state.certificate(number)?.ok_or(ViewError::Missing { key })?;
    effects::lapse(&certificate, run)?;
    if !with_effects {
        return Ok(());
    }
    let mut case = Case::required(certificate.case, run)?;
    let before = case.record.clone();
    let profile = Arc::clone(&case.profile);
    let kind = profile.certificates.get(certificate.kind.as_str());
    for effect in kind.iter().flat_map(|kind| &kind.on_lapse) {
        let applies = match &effect.when {
            Some(when) => super::conditions::hold(&case, &Acting::default(), when, run)?,
            None => true,
        };
        if applies {
            effects::apply(&mut case, &Acting::default(), &effect.act, run)?;
        }
    }
    if case.record != before {
        check_size(case.subject(), &case.record)?;
        case.save_settled(run);
    }
    follow::settle(run)
}

/// A deadline of a case has come: the miss of a duty is recorded, and what lapses leads to a step of the ledger.
fn reach<V: StateView>(
    number: CaseNumber,
    place: u16,
    with_step: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let mut case = Case::required(number, run)?;
    let profile = Arc::clone(&case.profile);
    let rule = case.procedure_in(&profile).deadlines.as_slice().get(usize::from(place));
    let Some(rule) = rule else { return Ok(()) };
    let deadline = name(&rule.head.name);
    if let Some(reached) = case.record.deadlines.get_mut(&deadline) {
        reached.status = CaseDeadlineStatus::Reached;
    }
    let is_cause = |trigger: &Trigger| matches!(trigger, Trigger::Deadline(of) if *of == rule.head.name);
    let taken = with_step
        && rule.kind == DeadlineKind::Lapse
        && follow::react(&mut case, Some(&deadline), run, is_cause)?;
    if taken {
        return follow::settle(run);
    }
    case.save_deadline(&deadline, run);
    Ok(())
}
