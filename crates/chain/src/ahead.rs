//! Blocks that others have decided and that come later: what can be said of them before their parents are committed.
//!
//! A node that catches up is given many blocks at once and can execute them one after the other only. Meanwhile
//! another thread reads those that follow, compares their openings with the commitments, and verifies the signatures
//! of all of them together, which costs half as much as block by block. [`check`](crate::checker::check) then finds
//! that done; what it does not find here it does itself, so that nothing depends on what was looked at ahead.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bulla_mempool::Mempool;
use bulla_types::{Block, Content, Entry, Transaction, check_openings};
use bytes::Bytes;

/// Heights after the tip whose blocks are looked at.
const HEIGHTS_AHEAD_MAX: u64 = 64;
/// Bytes of encoded blocks that are held, looked at and waiting to be checked.
const BYTES_HELD_MAX: usize = 64 << 20;

/// The blocks looked at, by height: of one height the newest.
#[derive(Debug, Default)]
pub(crate) struct BlocksAhead(Mutex<BTreeMap<u64, Ahead>>);

/// A block that was looked at.
#[derive(Debug)]
struct Ahead {
    /// Its encoding: what was found holds for these bytes only.
    bytes: Bytes,
    block: Block,
    found: Found,
}

/// What looking at a block ahead has found: it is well-formed, and its openings fit.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its entries.
    pub(crate) entries: Vec<Entry>,
    /// Of each transaction, in order, whether its signatures are known to be valid.
    pub(crate) signed: Vec<bool>,
}

impl BlocksAhead {
    /// Looks at blocks of heights after `tip`. Those that are not well-formed are left to their check, which says why.
    pub(crate) fn look(&self, tip: u64, mempool: &Mempool, blocks: &[Bytes]) {
        let mut room = BYTES_HELD_MAX.saturating_sub(self.lock().values().map(|held| held.bytes.len()).sum());
        let mut read = Vec::new();
        for bytes in blocks {
            let Some(left) = room.checked_sub(bytes.len()) else { break };
            let Some((block, entries)) = read_block(bytes) else { continue };
            if (1..=HEIGHTS_AHEAD_MAX).contains(&block.header.height.0.saturating_sub(tip)) {
                room = left;
                read.push((bytes.clone(), block, entries));
            }
        }
        let all: Vec<&Transaction> = read.iter().flat_map(|(_, _, entries)| transactions(entries)).collect();
        let mut signed = mempool.verify_ahead(&all).into_iter();
        for (bytes, block, entries) in read {
            let count = transactions(&entries).count();
            let found = Found { signed: signed.by_ref().take(count).collect(), entries };
            self.lock().insert(block.header.height.0, Ahead { bytes, block, found });
        }
    }

    /// Takes what was found of the block with this encoding.
    pub(crate) fn take(&self, height: u64, bytes: &Bytes) -> Option<(Block, Found)> {
        let ahead = self.lock().remove(&height)?;
        (ahead.bytes == bytes).then_some((ahead.block, ahead.found))
    }

    /// Forgets what is not ahead any more.
    pub(crate) fn committed(&self, height: u64) {
        let mut held = self.lock();
        *held = held.split_off(&(height + 1));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Ahead>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The transactions among these entries.
pub(crate) fn transactions(entries: &[Entry]) -> impl Iterator<Item = &Transaction> {
    entries.iter().filter_map(|entry| match &entry.content {
        Content::Transaction(transaction) => Some(transaction),
        Content::Event(_) => None,
    })
}

/// The block and its entries, if all of it is well-formed and the openings fit.
fn read_block(bytes: &Bytes) -> Option<(Block, Vec<Entry>)> {
    let block = Block::decode(bytes).ok()?;
    let entries = read_entries(&block)?;
    openings_fit(&block, &entries).then_some((block, entries))
}

/// The entries of a block, if all are well-formed.
pub(crate) fn read_entries(block: &Block) -> Option<Vec<Entry>> {
    block.entries.iter().cloned().map(Entry::decode).collect::<Result<_, _>>().ok()
}

/// Whether all openings beside a block open commitments of its entries.
pub(crate) fn openings_fit(block: &Block, entries: &[Entry]) -> bool {
    block.openings.iter().all(|(position, openings)| {
        let entry = usize::try_from(*position).ok().and_then(|position| entries.get(position));
        match entry.map(|entry| &entry.content) {
            Some(Content::Transaction(transaction)) => check_openings(transaction.body(), openings).is_ok(),
            Some(Content::Event(_)) | None => false,
        }
    })
}
