//! The deadlines that run in a case, as they stand now.

use bulla_rules::DeadlineKind;
use bulla_types::{BlockTime, CaseDeadlineStatus, CaseNumber, DeadlineStanding};

use crate::overlay::Overlay;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

use super::case::Case;
use super::deadlines;
use super::possible::StepTime;
use super::rule::Stop;
use super::run::Run;

/// The deadlines that run in each of these cases at a time, in the order of the cases, the earliest first: when they
/// are due by the calendar and the suspensions of now, which the record says only once it is settled anew. A window
/// that is over runs no more; anything else that has come and is not recorded yet does.
///
/// # Errors
/// The view fails, or knows no such case.
pub fn running_deadlines<V: StateView>(
    view: &V,
    cases: impl IntoIterator<Item = CaseNumber>,
    time: BlockTime,
) -> Result<Vec<Vec<StepTime>>, ViewError> {
    let mut state = Overlay::new(view);
    let stamp = Stamp { log_index: u64::MAX, time, transaction_id: None };
    let mut run = Run::new(&mut state, stamp);
    cases.into_iter().map(|case| of_case(&Case::required(case, &mut run)?, &mut run)).collect()
}

fn of_case<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<Vec<StepTime>, ViewError> {
    let mut times = Vec::new();
    if !case.record.is_open() {
        return Ok(times);
    }
    for rule in &case.procedure_in(&case.profile).deadlines {
        let deadline = match deadlines::as_it_stands(case, rule, run) {
            Ok(Some(deadline)) if deadline.status == CaseDeadlineStatus::Running => deadline,
            // It was reckoned before.
            Ok(_) | Err(Stop::Rule(_)) => continue,
            Err(Stop::View(error)) => return Err(error),
        };
        let Some(due) = deadline.due else { continue };
        let has_come = deadline.standing == DeadlineStanding::Settled && due <= run.now();
        if !(has_come && rule.kind == DeadlineKind::Window) {
            let (standing, deadline) = (deadline.standing, rule.head.name.to_string());
            times.push(StepTime { due, standing, deadline });
        }
    }
    times.sort();
    Ok(times)
}
