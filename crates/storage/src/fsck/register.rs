//! The indexes over records: every record of the register has its rows, and every row its record.

use std::collections::BTreeSet;

use bulla_types::{Canonical, CaseRecord, StateKey};

use super::{FsckReport, files::RowCounts};
use crate::{
    column::Column,
    register_rows,
    view::{View, place},
    work_rows,
};

/// Checks the rows of the register and of the work list. Whom a case may call upon is for the rules to say; here,
/// that it is open, and that its rows agree with each other.
pub(super) fn check(view: &View<'_>, counts: &RowCounts, report: &mut FsckReport) {
    register(view, counts, report);
    work_list(view, report);
}

fn register(view: &View<'_>, counts: &RowCounts, report: &mut FsckReport) {
    let mut expected = 0;
    for record in view.state_records(&[], &[]) {
        let Some((key, value)) = report.take("state", record) else { return };
        let Some(rows) = rows_of(&key, &value) else { continue };
        for row in &rows {
            let place = place(Column::ByRegister, row);
            if let Some(None) = report.take(&place, view.get(Column::ByRegister, row)) {
                report.wrong(place, "it is missing");
            }
        }
        expected += rows.len() as u64;
    }
    if counts.get(&Column::ByRegister).copied().unwrap_or(0) <= expected {
        return;
    }
    for row in view.scan(Column::ByRegister, &[], &[]) {
        let Some((row, _)) = report.take(Column::ByRegister.name(), row) else { return };
        let place = || place(Column::ByRegister, &row);
        if let Some(false) = report.take(place(), view.accounts_for(&row)) {
            report.wrong(place(), "nothing accounts for this row");
        }
    }
}

/// A record that cannot be read is a finding of the state map, and has no rows.
fn rows_of(key: &[u8], value: &[u8]) -> Option<BTreeSet<Vec<u8>>> {
    let key = StateKey::decode(key).ok()?;
    register_rows::of_record(&key, value).ok()
}

fn work_list(view: &View<'_>, report: &mut FsckReport) {
    for row in view.scan(Column::WorkList, &[], &[]) {
        let Some((row, _)) = report.take(Column::WorkList.name(), row) else { return };
        let place = || place(Column::WorkList, &row);
        let Some(case) = work_rows::case_of(&row) else {
            report.wrong(place(), "it is of no case");
            continue;
        };
        let Some(record) = report.take(place(), view.state(&StateKey::Case(case).encode())) else { return };
        let open =
            record.and_then(|record| CaseRecord::decode(&record).ok()).is_some_and(|case| case.is_open());
        if !open {
            report.wrong(place(), format!("case {case} is not open"));
            continue;
        }
        let Some(called) = report.take(place(), view.called_upon(case)) else { continue };
        let rows = work_rows::of_case(case, &called);
        if !rows.contains(&*row) {
            report.wrong(place(), format!("case {case} does not know of it"));
        }
        if let Some(missing) = rows.iter().find(|row| matches!(view.get(Column::WorkList, row), Ok(None))) {
            report.wrong(crate::view::place(Column::WorkList, missing), "it is missing");
        }
    }
}
