//! Writing a node's own indexes anew while it does not run: the rows of the register from the records, the work list
//! by what the rules say.

use bulla_ledger::called_upon;
use bulla_storage::{Rebuilt, Store};
use bulla_types::CaseNumber;

use crate::builder::unread;
use crate::fault::ChainError;
use crate::view::Snapshot;

/// What became of the indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RebuiltIndexes {
    /// By which records of the register are found.
    pub register: Rebuilt,
    /// Whom open cases may call upon.
    pub work_list: Rebuilt,
}

/// Puts both indexes in order, by the records of the newest commit. What they say afterwards is as good as the
/// records: `bulla fsck` holds these against the log.
///
/// # Errors
/// Storage errors, and a record that cannot be read.
pub fn rebuild_indexes(store: &Store) -> Result<RebuiltIndexes, ChainError> {
    let register = store.rebuild_register()?;
    let snapshot = Snapshot(store.view()?);
    let open: Vec<CaseNumber> = snapshot.0.open_cases(CaseNumber(1)).collect::<Result<_, _>>()?;
    let called = called_upon(&snapshot, open).map_err(unread)?;
    drop(snapshot);
    Ok(RebuiltIndexes { register, work_list: store.rebuild_work_list(&called)? })
}
