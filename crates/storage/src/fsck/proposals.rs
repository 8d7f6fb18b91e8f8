//! What is not decided yet, and bodies and openings that belong to nothing.

use std::collections::BTreeSet;

use bulla_types::BlockHash;

use super::{FsckReport, blocks::Accounted, files::RowCounts};
use crate::{
    column::Column,
    view::{View, place, read_proposal},
};

/// Checks every proposal, its body, and that no body or openings are left over.
pub(super) fn check(view: &View<'_>, accounted: &Accounted, counts: &RowCounts, report: &mut FsckReport) {
    let proposed = proposals(view, report);
    let mut with_openings = 0;
    for hash in &proposed {
        let place = place(Column::Bodies, hash.as_bytes());
        if let Some(None) = report.take(&place, view.stored_body(hash)) {
            report.wrong(place, "it was proposed and is missing");
        }
        with_openings += u64::from(view.openings(hash).is_ok_and(|openings| !openings.is_empty()));
    }
    let bodies = accounted.bodies + u64::try_from(proposed.len()).unwrap_or(u64::MAX);
    left_over(view, Column::Bodies, bodies, counts, &proposed, report);
    left_over(view, Column::Openings, accounted.openings + with_openings, counts, &proposed, report);
}

/// The blocks proposed for heights not decided.
fn proposals(view: &View<'_>, report: &mut FsckReport) -> BTreeSet<BlockHash> {
    let mut proposed = BTreeSet::new();
    for row in view.scan(Column::Proposals, &[], &[]) {
        let Some(record) = report.take("proposals", row.and_then(|row| read_proposal(&row))) else {
            continue;
        };
        let place =
            format!("proposal {} of round {} of height {}", record.block_hash, record.round, record.height);
        if record.height <= view.tip().height {
            report.wrong(&place, "its height is decided");
        }
        if let Ok(Some(body)) = view.stored_body(&record.block_hash) {
            report.same(&place, "the height of its block", &record.height, &body.header().height);
        }
        proposed.insert(record.block_hash);
        report.checked.proposals += 1;
    }
    proposed
}

/// Names the rows that belong to no block, decided or proposed, if there are more rows than such blocks.
fn left_over(
    view: &View<'_>,
    column: Column,
    expected: u64,
    counts: &RowCounts,
    proposed: &BTreeSet<BlockHash>,
    report: &mut FsckReport,
) {
    if counts.get(&column).is_none_or(|found| *found <= expected) {
        return;
    }
    let decided: BTreeSet<BlockHash> = view
        .decided_range()
        .ok()
        .flatten()
        .into_iter()
        .flatten()
        .filter_map(|height| view.block_row(bulla_types::Height(height)).ok().flatten())
        .map(|row| BlockHash::from_bytes(row.block_hash))
        .collect();
    for row in view.scan(column, &[], &[]) {
        let Some((key, _)) = report.take(column.name(), row) else { return };
        let hash = key.as_ref().try_into().map(BlockHash::from_bytes);
        if hash.is_ok_and(|hash| decided.contains(&hash) || proposed.contains(&hash)) {
            continue;
        }
        report.wrong(place(column, &key), "it belongs to no block that is decided or proposed");
    }
}
