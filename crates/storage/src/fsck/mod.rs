//! `bulla fsck`: recomputes every hash, root, certificate and index of a data folder from its entries, and
//! says exactly what is wrong. It changes nothing but the process id in `LOCK`.

mod blocks;
mod equivocations;
mod files;
mod headers;
mod index;
mod lacking;
mod log;
mod proposals;
mod register;
mod report;
mod state;

use std::path::Path;

use bulla_types::Block;

use crate::{
    bodies::Bodies,
    column::{Column, meta},
    engine::Engine,
    error::{Result, StorageError},
    folder::Folder,
    options::StoreOptions,
    slots,
    store::{check_protocol, refuse_other_schema},
    view::{Decided, View},
};

pub(crate) use files::NEW_RECORD;
pub use report::{Checked, Finding, FsckReport, Progress, Stage};

/// Checks that the store cannot make by itself: executing the entries again, for one.
pub trait BlockHook {
    /// Looks at a decided block; they come in order from height 1, except those that cannot be read.
    fn block(&mut self, decided: &Decided, block: &Block) -> Vec<Finding>;

    /// Looks at what all blocks led to.
    fn end(&mut self, view: &View<'_>) -> Vec<Finding> {
        let _ = view;
        Vec::new()
    }
}

/// No further checks.
#[derive(Clone, Copy, Debug)]
pub struct NoHook;

impl BlockHook for NoHook {
    fn block(&mut self, _: &Decided, _: &Block) -> Vec<Finding> {
        Vec::new()
    }
}

/// Checks a data folder that no node has open.
///
/// Damage is what the report is for; an error means that nothing could be checked.
///
/// # Errors
/// [`StorageError::Locked`], [`StorageError::NotABullaFolder`], [`StorageError::NewerSchema`],
/// [`StorageError::OlderSchema`], [`StorageError::UnknownProtocol`], or that the operating system refused.
pub fn fsck(
    path: &Path,
    options: &StoreOptions,
    hook: &mut dyn BlockHook,
    progress: &mut dyn FnMut(Progress),
) -> Result<FsckReport> {
    let folder = Folder::new(path);
    if !folder.database().is_dir() {
        let reason = "it has no database".to_owned();
        return Err(StorageError::NotABullaFolder { path: path.to_owned(), reason });
    }
    refuse_other_schema(&folder)?;
    let _lock = folder.lock()?;
    let mut report = FsckReport::default();
    let small_files = files::small_files(&folder, &mut report);
    let Some(engine) = files::open(&folder, options, &mut report) else { return Ok(report) };
    check_schema(&engine, path, &mut report)?;
    let counts = files::read_all(&engine, &mut report, progress);

    let bodies = Bodies::new(options.body_cache_bytes);
    let Some(view) = report.take("database", View::new(&engine, &bodies)) else { return Ok(report) };
    check_protocol(&view, options.protocols)?;
    let Some(ledger_id) = report.take("database", view.ledger_id()) else { return Ok(report) };
    if let Some(expected) = small_files.ledger_id {
        report.same("database", "the ledger", &expected, &ledger_id);
    }
    files::witnesses(&small_files, &view, &mut report);

    let accounted = blocks::Walk::new(&view, ledger_id, &mut report).run(hook, &mut report, progress);
    tip(&view, &accounted, &mut report);
    index::surplus(&view, &accounted, &counts, &mut report);
    proposals::check(&view, &accounted, &counts, &mut report);
    equivocations::check(&view, ledger_id, &mut report);
    lacking::check(&view, &mut report);
    let tree_rows = counts.get(&Column::Tree).copied().unwrap_or(0);
    state::check(&view, accounted.newest.as_ref(), tree_rows, &mut report, progress);
    register::check(&view, &counts, &mut report);
    hook.end(&view).into_iter().for_each(|finding| report.add(finding));
    Ok(report)
}

fn check_schema(engine: &Engine, path: &Path, report: &mut FsckReport) -> Result<()> {
    let bytes = engine.db().get_cf(engine.handle(Column::Meta), meta::SCHEMA);
    let Some(bytes) = report.take("meta schema", bytes.map_err(StorageError::from)) else { return Ok(()) };
    match bytes.and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes) {
        Some(found) => slots::check_schema(path, found),
        None => {
            report.wrong("meta schema", "it is missing or not 4 bytes");
            Ok(())
        }
    }
}

/// The newest commit as `meta` has it, against the newest block.
fn tip(view: &View<'_>, accounted: &blocks::Accounted, report: &mut FsckReport) {
    let tip = view.tip();
    if let Some(header) = &accounted.newest {
        report.same("meta tip", "the block hash", &header.hash(), &tip.block_hash);
        report.same("meta tip", "the log size", &header.log_size_after, &tip.log_size);
    }
}
