//! The walk over all blocks: what each holds, what follows from it, and what other rows say of it.

use bulla_merkle::log::{Sha256Log, Sm3Log};
use bulla_types::{Block, Content, Entry, Header, Height, LedgerId, check_openings};

use super::{BlockHook, FsckReport, Progress, Stage, headers::HeaderCheck, index::IndexCheck, log::LogCheck};
use crate::{
    block::StoredBlock,
    column::{self, Column, LogSuite},
    error::Result,
    local_encoding::FirstIndexRow,
    view::{Decided, View},
};

/// Blocks between two reports of progress.
const BLOCKS_PER_REPORT: u64 = 100;

/// Rows that the blocks account for.
#[derive(Debug, Default)]
pub(super) struct Accounted {
    pub(super) index: IndexCheck,
    pub(super) non_empty_blocks: u64,
    pub(super) tiles: u64,
    pub(super) bodies: u64,
    pub(super) openings: u64,
    /// The newest header, where it can be read.
    pub(super) newest: Option<Header>,
}

/// The walk as it stands before a height.
pub(super) struct Walk<'v, 'a> {
    view: &'v View<'a>,
    headers: HeaderCheck,
    log: LogCheck<'v, 'a, Sha256Log>,
    second_log: Option<LogCheck<'v, 'a, Sm3Log>>,
    accounted: Accounted,
}

impl<'v, 'a> Walk<'v, 'a> {
    pub(super) fn new(view: &'v View<'a>, ledger_id: LedgerId, report: &mut FsckReport) -> Self {
        Self {
            view,
            headers: HeaderCheck::new(view, ledger_id, report),
            log: LogCheck::new(view, LogSuite::Sha256),
            second_log: None,
            accounted: Accounted::default(),
        }
    }

    /// Walks all decided blocks.
    pub(super) fn run(
        mut self,
        hook: &mut dyn BlockHook,
        report: &mut FsckReport,
        progress: &mut dyn FnMut(Progress),
    ) -> Accounted {
        let heights = self.view.tip().height.0;
        for height in 1..=heights {
            match report.take(format!("block {height}"), self.view.decided(Height(height))) {
                Some(Some(decided)) => self.block(decided, hook, report),
                Some(None) => {
                    report.wrong(format!("block {height}"), "it is missing");
                    self.pass_over(height, report);
                }
                None => self.pass_over(height, report),
            }
            if height.is_multiple_of(BLOCKS_PER_REPORT) || height == heights {
                progress(Progress { stage: Stage::Chain, done: height, total: Some(heights) });
            }
        }
        self.accounted.tiles = self.log.finish(report) + self.second_log.map_or(0, |log| log.finish(report));
        self.accounted
    }

    fn block(&mut self, decided: Decided, hook: &mut dyn BlockHook, report: &mut FsckReport) {
        let header = &decided.header;
        self.headers.check(&decided, report);
        if header.height == Height(1) && header.second_log_root.is_some() {
            self.second_log = Some(LogCheck::new(self.view, LogSuite::Sm3));
        }
        let added = header.log_size_after.saturating_sub(header.log_size_before);
        match self.body(&decided, report) {
            Some(stored) => {
                self.entries(header, &stored, report);
                if let Some(block) = self.whole(&decided, &stored, report) {
                    self.openings(&block, header, report);
                    hook.block(&decided, &block).into_iter().for_each(|finding| report.add(finding));
                }
            }
            None => self.unreadable(added, report),
        }
        self.roots(header, report);
        if added > 0 {
            self.first_index(header, report);
        }
        report.checked.blocks += 1;
        self.accounted.newest = Some(decided.header);
    }

    /// The stored body, if it is that of the header and has as many entries as the header counts.
    fn body(&mut self, decided: &Decided, report: &mut FsckReport) -> Option<StoredBlock> {
        let place = format!("block {}, body", decided.header.height);
        let stored = report.take(&place, self.view.stored_body(&decided.block_hash))?;
        let Some(stored) = stored else {
            report.wrong(place, "it is missing");
            return None;
        };
        self.accounted.bodies += 1;
        let counted = decided.header.log_size_after.saturating_sub(decided.header.log_size_before);
        let found = u64::try_from(stored.entries().len()).unwrap_or(u64::MAX);
        report.same(place, "the number of entries", &counted, &found).then_some(stored)
    }

    fn entries(&mut self, header: &Header, stored: &StoredBlock, report: &mut FsckReport) {
        for (index, bytes) in (header.log_size_before..).zip(stored.entries()) {
            self.log.push(bytes, report);
            if let Some(log) = &mut self.second_log {
                log.push(bytes, report);
            }
            let place = format!("entry {index}");
            match Entry::decode(bytes.clone()) {
                Ok(entry) => {
                    report.same(&place, "the height", &header.height, &entry.height);
                    report.same(&place, "the time", &header.time, &entry.time);
                    self.accounted.index.entry(self.view, index, &entry, report);
                }
                Err(error) => report.wrong(place, error),
            }
            report.checked.entries += 1;
        }
    }

    /// The block as it travels, with openings, in its canonical form.
    fn whole(&mut self, decided: &Decided, stored: &StoredBlock, report: &mut FsckReport) -> Option<Block> {
        let place = format!("block {}", decided.header.height);
        let openings = report.take(&place, self.view.openings(&decided.block_hash))?;
        if !openings.is_empty() {
            self.accounted.openings += 1;
        }
        let encoded = [stored.body().as_ref(), &openings].concat().into();
        let block = Block::decode(&encoded).map_err(|error| report.wrong(&place, error)).ok()?;
        if let (Some(certificate), Some(parent)) = (&block.parent_certificate, &self.accounted.newest) {
            self.headers.check_certificate(&format!("{place}, parent"), parent, certificate, report);
        }
        Some(block)
    }

    fn openings(&self, block: &Block, header: &Header, report: &mut FsckReport) {
        for (position, openings) in &block.openings {
            let place = format!("openings of entry {}", header.log_size_before + u64::from(*position));
            let entry = usize::try_from(*position).ok().and_then(|position| block.entries.get(position));
            match entry.map(|bytes| Entry::decode(bytes.clone())) {
                Some(Ok(Entry { content: Content::Transaction(transaction), .. })) => {
                    report.checked.openings += u64::try_from(openings.len()).unwrap_or(u64::MAX);
                    if let Err(error) = check_openings(transaction.body(), openings) {
                        report.wrong(place, error);
                    }
                }
                // What does not decode is a finding of its own.
                Some(Err(_)) => {}
                Some(Ok(_)) | None => report.wrong(place, "the entry has nothing to open"),
            }
        }
    }

    fn roots(&mut self, header: &Header, report: &mut FsckReport) {
        self.log.check_root(header.height.0, header.log_root, report);
        match (&mut self.second_log, header.second_log_root) {
            (Some(log), Some(root)) => log.check_root(header.height.0, root, report),
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                report.wrong(
                    format!("block {}", header.height),
                    "the second log starts or ends within the ledger",
                );
            }
        }
    }

    fn first_index(&mut self, header: &Header, report: &mut FsckReport) {
        self.accounted.non_empty_blocks += 1;
        let place = format!("by_first_index {}", header.log_size_before);
        let row: Result<Option<FirstIndexRow>> =
            self.view.row(Column::ByFirstIndex, column::index(header.log_size_before));
        match report.take(&place, row) {
            Some(Some(row)) => {
                report.same(place, "the height", &header.height.0, &row.height);
            }
            Some(None) => report.wrong(place, "it is missing"),
            None => {}
        }
    }

    /// Goes on behind a height whose header cannot be read, by what the next one says of it.
    fn pass_over(&mut self, height: u64, report: &mut FsckReport) {
        let next = self.view.decided(Height(height + 1)).ok().flatten().map(|decided| decided.header);
        let added = self.headers.pass_over(next.as_ref());
        self.unreadable(added, report);
        self.accounted.newest = None;
    }

    fn unreadable(&mut self, entries: u64, report: &mut FsckReport) {
        for _ in 0..entries {
            self.log.push_unreadable(report);
            if let Some(log) = &mut self.second_log {
                log.push_unreadable(report);
            }
        }
    }
}
