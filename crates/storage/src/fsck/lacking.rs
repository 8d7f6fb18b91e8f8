//! What is known of openings that lack, and of those that were erased.

use bulla_types::BlockHash;

use super::FsckReport;
use crate::{
    column::Column,
    view::{View, place},
};

/// Checks that what lacks is of decided blocks, and that what was erased is gone.
pub(super) fn check(view: &View<'_>, report: &mut FsckReport) {
    let tip = view.tip().height;
    for row in view.lacking() {
        let Some((height, lacking)) = report.take(Column::Lacking.name(), row) else { break };
        if height > tip || lacking.entries == 0 {
            report.wrong(
                format!("{} {height}", Column::Lacking.name()),
                "there is no such block, or it lacks nothing",
            );
        }
    }
    report.take("meta looked", view.looked());
    for row in view.scan(Column::Erased, &[], &[]) {
        let Some((key, _)) = report.take(Column::Erased.name(), row) else { break };
        let place = place(Column::Erased, &key);
        let Some((block, position)) = key.split_first_chunk() else {
            report.wrong(place, "it names no entry");
            continue;
        };
        let Ok(position) = position.try_into().map(u32::from_be_bytes) else {
            report.wrong(place, "it names no entry");
            continue;
        };
        let block = BlockHash::from_bytes(*block);
        if report
            .take(&place, view.openings_of(&block, position))
            .is_some_and(|openings| !openings.is_empty())
        {
            report.wrong(place, "openings that were erased are here");
        }
    }
}
