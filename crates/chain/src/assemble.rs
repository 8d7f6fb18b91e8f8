//! From executed entries to a header: the one piece that builders and voters share.
//!
//! A builder and a voter run the same code on the same entries; the voter then compares all 360
//! bytes of the header it computed with the one it was given.

use std::sync::Arc;

use bulla_ledger::{BlockChanges, BlockContext};
use bulla_merkle::log::{self, Appended, Frontier, LogHash, Sha256Log, Sm3Log};
use bulla_merkle::state::{self, StateError, StateUpdate};
use bulla_storage::{IndexRows, LogSuite, StorageError, StoredBlock, View};
use bulla_types::{
    Address, Block, BlockTime, CommitCertificate, Header, Height, Opening, SecondLog, TransactionBody,
};
use bytes::Bytes;

use crate::executed::Executed;
use crate::fault::ChainError;
use crate::read::from_log;
use crate::tip::Tip;

/// What a header states that does not follow from the entries and the tip.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) time: BlockTime,
    pub(crate) builder: Address,
    pub(crate) parent_certificate: Option<CommitCertificate>,
}

/// The entries of a block as they accumulate.
#[derive(Debug, Default)]
pub(crate) struct Leaves {
    pub(crate) entries: Vec<Bytes>,
    pub(crate) bytes: u64,
    pub(crate) index: IndexRows,
    pub(crate) openings: Vec<(u32, Vec<Opening>)>,
    pub(crate) openings_bytes: usize,
    /// Entries with a commitment that no opening here opens.
    pub(crate) unopened: u32,
}

impl Leaves {
    /// Position of the next entry.
    pub(crate) fn position(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// Counts a transaction of which this many commitments are opened.
    pub(crate) fn note_opened(&mut self, body: &TransactionBody, opened: usize) {
        let commitments = body.actions.iter().map(|action| action.commitments().len()).sum::<usize>();
        self.unopened += u32::from(commitments > opened);
    }

    pub(crate) fn push(&mut self, entry: Bytes) {
        self.bytes += u64::try_from(entry.len()).unwrap_or(u64::MAX);
        self.entries.push(entry);
    }
}

/// What the rules need to know of the block they execute.
pub(crate) fn context(tip: &Tip, time: BlockTime) -> BlockContext {
    BlockContext {
        ledger_id: tip.ledger_id,
        height: Height(tip.next_height()),
        time,
        parent_time: tip.time,
        next_index: tip.log_size,
        parameters: Arc::clone(&tip.parameters),
    }
}

/// Appends the entries to the log, applies the changes to the state map, and writes the header.
pub(crate) fn assemble(
    view: &View<'_>,
    tip: &Tip,
    frame: Frame,
    leaves: Leaves,
    changes: BlockChanges,
) -> Result<Executed, ChainError> {
    let log = append_to_log(view, tip, &leaves.entries)?;
    let second_log = match tip.parameters.second_log {
        SecondLog::None => None,
        SecondLog::Sm3 => {
            let frontier = tip.second_log_frontier.as_deref();
            Some(append::<Sm3Log>(view, LogSuite::Sm3, tip.log_size, frontier, &leaves.entries)?)
        }
    };
    let (state, state_version) = update_state(view, tip, &changes)?;
    let next_validators = match &changes.validators {
        Some(validators) => Arc::new(validators.clone()),
        None => Arc::clone(&tip.validators),
    };
    let next_parameters = match &changes.parameters {
        Some(parameters) => Arc::new(parameters.clone()),
        None => Arc::clone(&tip.parameters),
    };
    let header = Header {
        protocol_version: tip.parameters.protocol_version,
        ledger_id: tip.ledger_id,
        height: Height(tip.next_height()),
        time: frame.time,
        builder: frame.builder,
        parent: tip.block_hash,
        parent_certificate: frame.parent_certificate.as_ref().map(CommitCertificate::hash),
        log_size_before: tip.log_size,
        log_size_after: log.size,
        log_root: log.root,
        second_log_root: second_log.as_ref().map(|log| log.root),
        state_root: state.root,
        validators_hash: tip.validators.hash(),
        next_validators_hash: next_validators.hash(),
        parameters_hash: tip.parameters.hash(),
    };
    let block = Block {
        header,
        parent_certificate: frame.parent_certificate,
        entries: leaves.entries,
        openings: leaves.openings,
    };
    let encoded = Bytes::from(block.encode());
    let block = StoredBlock::parse(&encoded)?;
    Ok(Executed {
        encoded,
        block,
        changes,
        index: leaves.index,
        unopened: leaves.unopened,
        log,
        second_log,
        state,
        state_version,
        next_validators,
        next_parameters,
    })
}

/// A block that changes no record leaves the tree as it was, version included.
fn update_state(
    view: &View<'_>,
    tip: &Tip,
    changes: &BlockChanges,
) -> Result<(StateUpdate, u64), ChainError> {
    if changes.state.is_empty() {
        let root = state::root(view, tip.state_version).map_err(from_state)?;
        return Ok((StateUpdate { root, nodes: Vec::new(), stale: Vec::new() }, tip.state_version));
    }
    let version = tip.next_height();
    let update = state::update(view, Some(tip.state_version), version, &changes.state).map_err(from_state)?;
    Ok((update, version))
}

pub(crate) fn from_state(error: StateError<StorageError>) -> ChainError {
    match error {
        StateError::Reader(error) => ChainError::Storage(error),
        other => ChainError::Invariant(format!("state tree: {other}")),
    }
}

/// Appends entries to the log over SHA-256.
pub(crate) fn append_to_log(view: &View<'_>, tip: &Tip, entries: &[Bytes]) -> Result<Appended, ChainError> {
    append::<Sha256Log>(view, LogSuite::Sha256, tip.log_size, tip.log_frontier.as_deref(), entries)
}

fn append<H: LogHash>(
    view: &View<'_>,
    suite: LogSuite,
    size: u64,
    frontier: Option<&Frontier<H>>,
    entries: &[Bytes],
) -> Result<Appended, ChainError> {
    let (tiles, hashes) = (view.tiles(suite), entries.iter().map(|entry| H::leaf(entry)).collect::<Vec<_>>());
    match frontier {
        Some(frontier) => log::append_after(&tiles, frontier, &hashes),
        None => log::append::<H, _>(&tiles, size, &hashes),
    }
    .map_err(from_log)
}
