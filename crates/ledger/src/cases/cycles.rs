//! Cases that the ledger opens at the end of each cycle of reports (定期报告).
//!
//! While a profile is in force, each procedure of it that a cycle opens has a row in an index under the end of the
//! cycle that runs. The case counts as opened within the last day of the cycle, whenever it is recorded.

use bulla_rules::profile::{About, Cycle as Length, Procedure, Profile, Trigger};
use bulla_rules::{CivilDate, DateError};
use bulla_types::{BlockTime, Cycle, CycleEnded, IndexRecord, KeyRange, ProfileDigest, StateKey};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

use super::follow;
use super::opening;
use super::rule::Stop;
use super::run::Run;

/// Cycles of all profiles in force that are looked at when one is superseded.
const CYCLES_MAX: usize = 10_000;

/// The first cycle that has ended by now.
pub(super) fn next<V: StateView>(
    time: BlockTime,
    state: &Overlay<'_, V>,
) -> Result<Option<CycleEnded>, ViewError> {
    Ok(state.rows(&KeyRange::cycles_by(time), 1)?.first().and_then(|row| match *row {
        StateKey::Cycle(Cycle { due, profile, procedure }) => Some(CycleEnded { due, profile, procedure }),
        _ => None,
    }))
}

/// The cycles of a profile run from now on, if its dates are within the calendar of people.
pub(crate) fn begin<V: StateView>(
    digest: ProfileDigest,
    profile: &Profile,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    for (place, procedure) in (0..).zip(&profile.procedures) {
        for length in lengths(procedure) {
            run_until_end(digest, place, length, stamp.time, stamp.log_index, state);
        }
    }
}

/// The cycles of a profile run no longer.
pub(crate) fn stop<V: StateView>(digest: ProfileDigest, state: &mut Overlay<'_, V>) -> Result<(), ViewError> {
    for row in state.rows(&KeyRange::cycles_by(BlockTime(u64::MAX)), CYCLES_MAX)? {
        if matches!(row, StateKey::Cycle(cycle) if cycle.profile == digest) {
            state.remove_row(row);
        }
    }
    Ok(())
}

/// A cycle has ended: the next one begins, and the case is opened.
pub(super) fn end<V: StateView>(
    event: CycleEnded,
    with_case: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let CycleEnded { due, profile: digest, procedure: place } = event;
    run.state.remove_row(StateKey::Cycle(Cycle { due, profile: digest, procedure: place }));
    let profile = run.state.profile(digest)?;
    let Some(procedure) = profile.procedures.as_slice().get(usize::from(place)) else { return Ok(()) };
    let last = BlockTime(due.0 - 1);
    let ends = |length: Length| end_of(length, last).is_ok_and(|end| end == due);
    for length in lengths(procedure).filter(|length| ends(*length)) {
        run_until_end(digest, place, length, due, run.stamp.log_index, run.state);
    }
    if !with_case {
        return Ok(());
    }
    let case = opening::at_end_of_cycle(digest, &procedure.head.name, last, run)?;
    follow::begin(case, run, |trigger| matches!(trigger, Trigger::Cycle(length) if ends(*length)))?;
    follow::settle(run)
}

/// What keeps the cycles of a profile from being interpreted: nothing tells about which record a case would be.
pub(crate) fn unsupported(profile: &Profile) -> Option<String> {
    let procedure = profile
        .procedures
        .iter()
        .find(|procedure| procedure.about != About::Nothing && lengths(procedure).next().is_some())?;
    Some(format!("a cycle that opens cases of {}, which are about a record", procedure.head.name))
}

/// The cycles that open cases of a procedure.
fn lengths(procedure: &Procedure) -> impl Iterator<Item = Length> {
    procedure.opening_steps().filter_map(|step| match step.trigger() {
        Some(Trigger::Cycle(length)) => Some(*length),
        _ => None,
    })
}

fn run_until_end<V: StateView>(
    profile: ProfileDigest,
    procedure: u16,
    length: Length,
    from: BlockTime,
    log_index: u64,
    state: &mut Overlay<'_, V>,
) {
    if let Ok(due) = end_of(length, from) {
        let row = StateKey::Cycle(Cycle { due, profile, procedure });
        state.write(row, Record::Index(IndexRecord { log_index }));
    }
}

/// The first instant after the cycle in which a time lies.
fn end_of(length: Length, time: BlockTime) -> Result<BlockTime, DateError> {
    let day = CivilDate::of(time)?;
    let months: u8 = match length {
        Length::Month => 1,
        Length::Quarter => 3,
        Length::HalfYear => 6,
        Length::Year => 12,
    };
    let last_month = day.month().div_ceil(months) * months;
    let last_day = CivilDate::new(day.year(), last_month, 1)?.plus_months(1)?.minus_days(1)?;
    Ok(last_day.ends())
}
