//! The walk over all blocks: what each holds, what follows from it, and what other rows say of it.

use bulla_merkle::log::{Edge, Sha256Log, Sm3Log};
use bulla_types::{Block, CommitCertificate, Content, Entry, Header, Height, LedgerId, check_openings};

use super::{BlockHook, FsckReport, Progress, Stage, headers::HeaderCheck, index::IndexCheck, log::LogCheck};
use crate::{
    block::StoredBlock,
    column::{self, Column, LogSuite},
    error::Result,
    local_encoding::FirstIndexRow,
    snapshot::Base,
    view::{Decided, View},
};

/// Blocks between two reports of progress.
const BLOCKS_PER_REPORT: u64 = 100;

/// Rows that the blocks account for.
#[derive(Debug, Default)]
pub(super) struct Accounted {
    pub(super) index: IndexCheck,
    /// Rows of decided blocks.
    pub(super) blocks: u64,
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
    /// The certificate of the newest header, which was checked with it.
    checked: Option<CommitCertificate>,
}

impl<'v, 'a> Walk<'v, 'a> {
    pub(super) fn new(view: &'v View<'a>, ledger_id: LedgerId, report: &mut FsckReport) -> Self {
        Self {
            view,
            headers: HeaderCheck::new(view, ledger_id, report),
            log: LogCheck::new(view, LogSuite::Sha256),
            second_log: None,
            accounted: Accounted::default(),
            checked: None,
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
        let base = report.take("meta base", self.view.base()).flatten();
        if let Some(base) = base {
            self.base(base, report);
        }
        let first = base.map_or(1, |base| base.height.0 + 1);
        self.accounted.blocks += (heights + 1).saturating_sub(first);
        for height in first..=heights {
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

    /// Goes on from the snapshot that the folder was made from.
    fn base(&mut self, base: Base, report: &mut FsckReport) {
        report.notes.push(format!(
            "the folder was made from a snapshot of height {}: entries before {} are not here, and those after it are not executed again",
            base.height, base.first_entry
        ));
        let place = format!("block {}", base.height);
        let Some(decided) = report.take(&place, self.view.decided(base.height)) else { return };
        let Some(decided) = decided else { return report.wrong(place, "it is missing") };
        let header = decided.header.clone();
        report.same(place, "the log size after", &base.first_entry, &header.log_size_after);
        self.headers.start_after(&decided, report);
        self.log.go_on_from(&edge(self.view, LogSuite::Sha256, base, report));
        if header.second_log_root.is_some() {
            let mut log = LogCheck::new(self.view, LogSuite::Sm3);
            log.go_on_from(&edge(self.view, LogSuite::Sm3, base, report));
            self.second_log = Some(log);
        }
        self.roots(&header, report);
        self.accounted.newest = Some(header);
        self.transitions(base, report);
    }

    /// Up to a snapshot, there are the headers that brought new validators, and its own.
    fn transitions(&mut self, base: Base, report: &mut FsckReport) {
        let end = column::height(Height(base.height.0 + 1));
        for row in self.view.scan(Column::Blocks, &[], &end) {
            let Some((key, _)) = report.take(Column::Blocks.name(), row) else { return };
            let Some(height) = column::number(&key).map(Height) else { continue };
            let Some(Some(decided)) = report.take(format!("block {height}"), self.view.decided(height))
            else {
                continue;
            };
            let header = &decided.header;
            if height == base.height || header.next_validators_hash != header.validators_hash {
                self.headers.check_alone(&decided, report);
                self.accounted.blocks += 1;
            }
        }
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
        self.checked = Some(decided.certificate);
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
        // A block's own and the one that its child holds are of the same votes, and often the same.
        if let (Some(certificate), Some(parent)) = (&block.parent_certificate, &self.accounted.newest)
            && self.checked.as_ref() != Some(certificate)
        {
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
        self.checked = None;
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

/// The edge of a log as it was when the snapshot was taken; that of an empty one where it cannot be read.
fn edge(view: &View<'_>, suite: LogSuite, base: Base, report: &mut FsckReport) -> Edge {
    Edge::read(&view.tiles(suite), base.first_entry).unwrap_or_else(|error| {
        report.wrong("tiles", error);
        Edge::default()
    })
}
