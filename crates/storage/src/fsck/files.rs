//! The files themselves: slots of `tip` and `signed`, and every row of the database against its checksums.

use std::collections::BTreeMap;

use bulla_types::{Height, LedgerId};
use rocksdb::{IteratorMode, ReadOptions};

use super::{FsckReport, Progress, Stage};
use crate::{
    column::Column,
    engine::Engine,
    engine_log::{ENGINE_LOG, EngineLog, Log, LogLoss},
    error::{Result, StorageError},
    folder::Folder,
    frames::{self, Damage, LogFile},
    options::StoreOptions,
    signed::SignedGuard,
    tip_file::{TipFile, TipRecord},
    view::View,
};

/// Rows between two reports of progress.
const ROWS_PER_REPORT: u64 = 10_000;

/// Noted of a record of votes that is not known to be whole.
pub(crate) const NEW_RECORD: &str = "the record of votes is a copy or new: see the node's start";

/// What the small files say.
#[derive(Debug, Default)]
pub(super) struct SmallFiles {
    pub(super) ledger_id: Option<LedgerId>,
    tip: Option<TipRecord>,
    signed: Option<SignedGuard>,
    log: Option<EngineLog>,
}

/// Reads `tip`, `signed` and the engine's log.
pub(super) fn small_files(folder: &Folder, report: &mut FsckReport) -> SmallFiles {
    let mut found = SmallFiles::default();
    match TipFile::open(folder) {
        Ok(Some(tip)) => {
            found.ledger_id = Some(tip.ledger_id());
            found.tip = tip.newest();
            if tip.damaged() > 0 {
                report.wrong("tip", format!("the checksum of {} of 2 records does not match", tip.damaged()));
            } else if tip.newest().is_none() {
                report.wrong("tip", "it holds no record");
            }
            surplus("tip", tip.surplus_byte(), report);
        }
        Ok(None) => report.wrong("tip", "the file is missing"),
        Err(error) => report.wrong("tip", error),
    }
    match SignedGuard::open(folder) {
        Ok(Some(signed)) => {
            if signed.damage().slots > 0 {
                let slots = signed.damage().slots;
                report.wrong("signed", format!("the checksum of {slots} of 64 records does not match"));
            }
            if let Some(ledger_id) = found.ledger_id {
                report.same("signed", "the ledger", &ledger_id, &signed.ledger_id());
            }
            if !signed.is_settled() {
                report.notes.push(NEW_RECORD.to_owned());
            }
            surplus("signed", signed.surplus_byte(), report);
            found.signed = Some(signed);
        }
        Ok(None) => report.wrong("signed", "the file is missing"),
        Err(error) => report.wrong("signed", error),
    }
    found.log = report.take(ENGINE_LOG, EngineLog::read(folder));
    found
}

fn surplus(file: &str, byte: Result<Option<u64>>, report: &mut FsckReport) {
    if let Some(Some(at)) = report.take(file, byte) {
        report.wrong(file, format!("byte {at} belongs to no record and is not zero"));
    }
}

/// Compares the small files with the database.
pub(super) fn witnesses(found: &SmallFiles, view: &View<'_>, report: &mut FsckReport) {
    let tip = view.tip();
    match found.tip {
        Some(record) if record.height > tip.height => {
            report.same("database", "the height: it is rolled back", &record.height, &tip.height);
        }
        Some(record) if record.height < tip.height => {
            report.notes.push(format!(
                "the tip record stands at {}: the node ended before it was written",
                record.height
            ));
        }
        Some(record) => {
            report.same("tip", "the block hash", &tip.block_hash, &record.block_hash);
            report.same("tip", "the log size", &tip.log_size, &record.log_size);
        }
        None => {}
    }
    let next = Height(tip.height.0 + 1);
    engine_log(found, tip.height, next, report);
    let Some(vote) = found.signed.as_ref().and_then(SignedGuard::last) else { return };
    if vote.height > next {
        report.same("database", "the height behind which it voted", &(vote.height.0 - 1), &tip.height.0);
    }
    // A vote for a block follows its proposal onto the disk.
    if let Some(value) = vote.value.filter(|_| vote.height == next) {
        let stored = view.proposals_at(next).unwrap_or_default();
        if stored.iter().all(|proposal| proposal.block_hash != value) {
            report.wrong(format!("proposals {next}"), format!("block {value} was voted for and is missing"));
        }
    }
}

/// Checks the consensus engine's log by itself, and against the votes recorded at the running height.
fn engine_log(found: &SmallFiles, decided: Height, running: Height, report: &mut FsckReport) {
    let Some(log) = &found.log else { return };
    match log {
        EngineLog::Damaged { offset, what } => report.wrong(ENGINE_LOG, format!("at byte {offset}: {what}")),
        // A node without a vote keeps none.
        EngineLog::Whole(log) if (1..decided.0).contains(&log.height.0) => report
            .notes
            .push(format!("{ENGINE_LOG} is of height {}: the node has had no vote since", log.height)),
        // Height 0 is that of a log in which no height was started yet.
        EngineLog::Whole(log) if ![Height(0), decided, running].contains(&log.height) => {
            report.same(ENGINE_LOG, "its height", &running, &log.height);
        }
        EngineLog::Whole(Log { torn_at: Some(offset), .. }) => report
            .notes
            .push(format!("{ENGINE_LOG}: the last entry was cut off at byte {offset}, as a crash does")),
        EngineLog::Whole(_) | EngineLog::Missing => {}
    }
    let Some(signed) = &found.signed else { return };
    if signed.stands_in() == Some(running) {
        report
            .notes
            .push(format!("the engine lost its log of height {running}: the record of votes keeps the lock"));
        return;
    }
    let signs = signed.floor() < running && signed.is_settled();
    match log.loss(running, &signed.votes_at(running), &[]) {
        None | Some(LogLoss::Damaged { .. }) => {}
        Some(loss) if signs => {
            report.wrong(ENGINE_LOG, format!("{loss}, and this validator has voted at height {running}"));
        }
        Some(_) => {}
    }
}

/// Checks the database's log files and opens it as it is. What recovery would silently cut off is found
/// here; the check then goes on with what is left.
pub(super) fn open(folder: &Folder, options: &StoreOptions, report: &mut FsckReport) -> Option<Engine> {
    let path = folder.database();
    let mut readable = true;
    for file in report.take("database", frames::log_files(&path).map_err(StorageError::io(&path)))? {
        let name = format!("database, {}", file.file_name().unwrap_or_default().display());
        match report.take(&name, frames::check(&file).map_err(StorageError::io(&file)))? {
            LogFile::Whole => {}
            // It was never acknowledged. What was, and is missing all the same, the witnesses tell.
            LogFile::Torn { offset } => {
                report
                    .notes
                    .push(format!("{name}: the last write was cut off at byte {offset}, as a crash does"));
            }
            LogFile::Damaged { offset, damage } => {
                report.wrong(name, format!("at byte {offset}: {damage}"));
                readable &= !matches!(damage, Damage::Type(_));
            }
        }
    }
    // A type that RocksDB does not know here may keep it reading for ever.
    if !readable {
        return None;
    }
    report.take("database", Engine::open_read_only(&path, options))
}

/// Rows found in each column family.
pub(super) type RowCounts = BTreeMap<Column, u64>;

/// Reads every row of every column family: what fails a checksum shows, with its file.
pub(super) fn read_all(
    engine: &Engine,
    report: &mut FsckReport,
    progress: &mut dyn FnMut(Progress),
) -> RowCounts {
    let mut counts = RowCounts::new();
    let mut shown = 0;
    for column in Column::ALL {
        let mut rows = 0;
        if let Err(error) = read(engine, column, &mut rows, report.checked.rows, progress) {
            report.wrong(format!("database, {}", column.name()), error);
            shown += 1;
        }
        report.checked.rows += rows;
        counts.insert(column, rows);
    }
    // A damaged filter does no harm but to speed: reads pass it over, and only this count tells.
    if shown == 0 && engine.checksum_mismatches() > 0 {
        report.wrong("database", "a filter of a table fails its checksum");
    }
    counts
}

fn read(
    engine: &Engine,
    column: Column,
    rows: &mut u64,
    rows_before: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), StorageError> {
    let mut options = ReadOptions::default();
    options.fill_cache(false);
    for row in engine.db().iterator_cf_opt(engine.handle(column), options, IteratorMode::Start) {
        row?;
        *rows += 1;
        if rows.is_multiple_of(ROWS_PER_REPORT) {
            progress(Progress { stage: Stage::Files, done: rows_before + *rows, total: None });
        }
    }
    Ok(())
}
