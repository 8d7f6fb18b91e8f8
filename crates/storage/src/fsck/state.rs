//! The state map: its root rebuilt from the records alone, its stored tree against that root.

use std::{collections::BTreeMap, convert::Infallible};

use bulla_merkle::state::{self, NodeReader};
use bulla_types::{Header, StateKey};

use super::{FsckReport, Progress, Stage};
use crate::{column::Column, request_window::RequestWindow, view::View};

/// Records between two reports of progress.
const RECORDS_PER_REPORT: u64 = 10_000;

/// Checks records and tree against the newest header.
pub(super) fn check(
    view: &View<'_>,
    newest: Option<&Header>,
    tree_rows: u64,
    report: &mut FsckReport,
    progress: &mut dyn FnMut(Progress),
) {
    let tip = view.tip();
    if let Some(header) = newest {
        report.same("meta tip", "the state root", &header.state_root, &tip.state_root);
        request_window(view, header, report);
    }
    let Some(records) = records(view, report) else { return };
    let total = u64::try_from(records.len()).ok();
    let rebuilt = match state::update(&NoNodes, None, 0, &records) {
        Ok(rebuilt) => rebuilt,
        Err(error) => return report.wrong("state", error),
    };
    report.same("state", "the root over all records", &tip.state_root, &rebuilt.root);
    // Every stored node lies on the way to some record, so proving all of them reads the whole tree.
    for (done, (key, value)) in (1..).zip(&records) {
        let place = || place(key);
        match state::prove(view, tip.state_version, key) {
            Err(error) => report.wrong(place(), format!("the stored tree does not lead to it: {error}")),
            Ok(proof) => {
                if let Err(error) = state::verify(tip.state_root, key, value.as_deref(), &proof) {
                    report.wrong(place(), format!("the stored tree does not prove it: {error}"));
                }
            }
        }
        report.checked.state_records += 1;
        if done % RECORDS_PER_REPORT == 0 || Some(done) == total {
            progress(Progress { stage: Stage::State, done, total });
        }
    }
    let nodes = u64::try_from(rebuilt.nodes.len()).unwrap_or(u64::MAX);
    report.same("tree", "the number of nodes", &nodes, &tree_rows);
}

fn records(view: &View<'_>, report: &mut FsckReport) -> Option<BTreeMap<Vec<u8>, Option<Vec<u8>>>> {
    let mut records = BTreeMap::new();
    for row in view.scan(Column::State, &[], &[]) {
        let (key, value) = report.take("state", row)?;
        if let Err(error) = StateKey::decode(&key) {
            report.wrong(place(&key), error);
        }
        records.insert(key.into_vec(), Some(value.into_vec()));
    }
    Some(records)
}

/// Requests are forgotten once they are older than the window, counted from each block.
fn request_window(view: &View<'_>, newest: &Header, report: &mut FsckReport) {
    let window = RequestWindow::after(newest, |key| view.state(key));
    // A record that cannot be read is a finding of the state map.
    let Ok(RequestWindow { requests_from_ms, .. }) = window else { return };
    report.same(
        "meta tip",
        "the time before which requests are forgotten",
        &requests_from_ms,
        &view.tip_row().requests_from_ms,
    );
}

fn place(key: &[u8]) -> String {
    StateKey::decode(key).map_or_else(|_| format!("state {}", hex::encode(key)), |key| key.to_string())
}

/// A tree is rebuilt from nothing.
struct NoNodes;

impl NodeReader for NoNodes {
    type Error = Infallible;

    fn node(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(None)
    }
}
