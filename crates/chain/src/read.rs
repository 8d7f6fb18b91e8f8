//! What can be read of the chain, each answer from one view of the store.

use bulla_crypto::Hash;
use bulla_ledger::Readership;
use bulla_merkle::log::{self, LogError, Sha256Log, TileReader, TreeHead};
use bulla_storage::{Base, EvidencePlace, LogSuite, StorageError, View, openings_of_entry};
use bulla_types::canonical::Canonical;
use bulla_types::{
    BlockHash, CommitCertificate, Counter, CounterRecord, EvidenceNumber, Height, MemberNumber, Opening,
    StateKey,
};
use bytes::Bytes;

use crate::builder::unread;
use crate::chain::Chain;
use crate::entry_ref::EntryRef;
use crate::fault::ChainError;
use crate::openings::readable;
use crate::view::Snapshot;

/// Reads entries with those openings of what this node keeps that the reader may have, all from one view of the
/// store. What it gives are copies: they keep no block in memory. It keeps the openings of one block, which it reads
/// once for entries that follow one another.
pub struct EntryReader<'a> {
    view: Snapshot<'a>,
    readership: Readership,
    beside: Option<(Height, Bytes)>,
}

impl EntryReader<'_> {
    /// The entry at an index and its openings; `None` when the log is not that long.
    ///
    /// # Errors
    /// Storage errors.
    pub fn entry(&mut self, index: u64) -> Result<Option<(Bytes, Vec<Opening>)>, ChainError> {
        let Some(entry) = self.view.0.entry(index)? else { return Ok(None) };
        let openings = match self.readership {
            Readership::Nobody => Vec::new(),
            _ => openings_of_entry(self.openings_beside(entry.height)?, entry.position)?,
        };
        let openings = readable(&self.view, self.readership, &entry.bytes, openings)?;
        Ok(Some((Bytes::copy_from_slice(&entry.bytes), openings)))
    }

    fn openings_beside(&mut self, height: Height) -> Result<&Bytes, ChainError> {
        let read = match self.beside.take() {
            Some(read) if read.0 == height => read,
            _ => {
                let decided = self.view.0.decided(height)?;
                let decided = decided.ok_or_else(|| {
                    ChainError::Invariant(format!("block {height} is missing below the tip"))
                })?;
                (height, self.view.0.openings(&decided.block_hash)?)
            }
        };
        Ok(&self.beside.insert(read).1)
    }
}

impl Chain {
    /// The log index of an entry, or `None` when the log holds none of that name.
    ///
    /// # Errors
    /// Storage errors; so for every method here.
    pub fn find(&self, by: EntryRef) -> Result<Option<u64>, ChainError> {
        let view = self.store().view()?;
        Ok(match by {
            EntryRef::Index(index) => (index < view.tip().log_size).then_some(index),
            EntryRef::Transaction(id) => match view.index_of_transaction(&id)? {
                // It may be among those from before the snapshot: nobody here can tell.
                None => {
                    view.must_hold(0)?;
                    None
                }
                found => found,
            },
            EntryRef::Evidence(number) => evidence(&view, number)?.map(|place| place.log_index),
        })
    }

    /// The number of the first deposit that this node searches, where it joined from a snapshot; those with a lower
    /// one were recorded before.
    ///
    /// # Errors
    /// Storage errors.
    pub fn evidence_searched_from(&self) -> Result<Option<EvidenceNumber>, ChainError> {
        let view = self.store().view()?;
        if view.base()?.is_none() {
            return Ok(None);
        }
        Ok(match view.first_evidence()? {
            Some(first) => Some(first),
            None => Some(EvidenceNumber(next_number(&view, Counter::Evidence)?)),
        })
    }

    /// The height of the snapshot that this node joined from and the index of the first entry that it holds; `None`
    /// when it holds all.
    ///
    /// # Errors
    /// Storage errors.
    pub fn base(&self) -> Result<Option<Base>, ChainError> {
        Ok(self.store().view()?.base()?)
    }

    /// Reads entries one after another, as of now, for a member, or for one who is none.
    ///
    /// # Errors
    /// Storage errors.
    pub fn entry_reader(&self, reader: Option<MemberNumber>) -> Result<EntryReader<'_>, ChainError> {
        let view = Snapshot(self.store().view()?);
        let readership = Readership::of(&view, reader).map_err(unread)?;
        Ok(EntryReader { view, readership, beside: None })
    }

    /// The entries from an index on, at most `count`. They are copies, which keep no block in memory.
    ///
    /// # Errors
    /// Storage errors.
    pub fn entries(&self, from: u64, count: u64) -> Result<Vec<Bytes>, ChainError> {
        let view = self.store().view()?;
        let entries = view.entries(from..from.saturating_add(count));
        let copied = entries.map(|entry| entry.map(|entry| Bytes::copy_from_slice(&entry.bytes)));
        Ok(copied.collect::<Result<_, _>>()?)
    }

    /// Where a deposit stands.
    ///
    /// # Errors
    /// Storage errors.
    pub fn evidence(&self, number: EvidenceNumber) -> Result<Option<EvidencePlace>, ChainError> {
        evidence(&self.store().view()?, number)
    }

    /// Deposits of a document with this digest from a number on, in order of number.
    ///
    /// # Errors
    /// Storage errors.
    pub fn evidence_by_digest(
        &self,
        digest: &Hash,
        from: EvidenceNumber,
        count_max: usize,
    ) -> Result<Vec<EvidenceNumber>, ChainError> {
        let view = self.store().view()?;
        let found = view.evidence_by_digest(digest, from).take(count_max);
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// How many members have been enrolled.
    ///
    /// # Errors
    /// Storage errors.
    pub fn members_total(&self) -> Result<u64, ChainError> {
        Ok(next_number(&self.store().view()?, Counter::Members)?.saturating_sub(1))
    }

    /// The value of a key of the state map.
    ///
    /// # Errors
    /// Storage errors.
    pub fn state(&self, key: &StateKey) -> Result<Option<Bytes>, ChainError> {
        Ok(self.store().view()?.state(&key.encode())?)
    }

    /// Size and root of the log at the tip.
    ///
    /// # Errors
    /// Storage errors.
    pub fn log_head(&self) -> Result<TreeHead, ChainError> {
        let tip = self.tip();
        match &tip.certified {
            Some(certified) => Ok(TreeHead { size: tip.log_size, root: certified.0.log_root }),
            None => {
                let view = self.store().view()?;
                let root = log::root::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), 0).map_err(from_log)?;
                Ok(TreeHead { size: 0, root })
            }
        }
    }

    /// The path from the entry at `index` to the root of the log of `size` entries.
    ///
    /// # Errors
    /// Storage errors, and sizes the log does not have.
    pub fn inclusion_path(&self, index: u64, size: u64) -> Result<Vec<Hash>, ChainError> {
        let view = self.store().view()?;
        view.must_hold(index)?;
        log::inclusion_path::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), size, index).map_err(from_log)
    }

    /// The proof that the log of `second` entries begins with that of `first`.
    ///
    /// # Errors
    /// Storage errors, and sizes the log does not have.
    pub fn consistency_path(&self, first: u64, second: u64) -> Result<Vec<Hash>, ChainError> {
        let view = self.store().view()?;
        // That an empty log comes before another, and a log before itself, takes no hash.
        if first != 0 && first != second {
            view.must_hold(first)?;
        }
        log::consistency_path::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), first, second).map_err(from_log)
    }

    /// The hashes of a tile of the SHA-256 log as far as they stand.
    ///
    /// # Errors
    /// Storage errors.
    pub fn tile(&self, level: u8, index: u64) -> Result<Vec<Hash>, ChainError> {
        let view = self.store().view()?;
        match view.tiles(LogSuite::Sha256).tile(level, index)? {
            Some(hashes) => Ok(hashes),
            None => {
                let first_entry = index.checked_shl(8 * (u32::from(level) + 1)).unwrap_or(u64::MAX);
                view.must_hold(first_entry)?;
                Ok(Vec::new())
            }
        }
    }

    /// The encoded block of a hash, decided or proposed, if this node holds it.
    ///
    /// # Errors
    /// Storage errors.
    pub fn block(&self, hash: &BlockHash) -> Result<Option<Bytes>, ChainError> {
        Ok(self.store().view()?.encoded_block(hash)?)
    }

    /// Decided blocks with their certificates from a height on, as many as fit. They come without openings, which are
    /// [fed apart](Self::openings_for) to those who may read them.
    ///
    /// # Errors
    /// Storage errors.
    pub fn decided(
        &self,
        from: u64,
        to: u64,
        bytes_max: u64,
    ) -> Result<Vec<(CommitCertificate, Bytes)>, ChainError> {
        let view = self.store().view()?;
        let mut blocks = Vec::new();
        let mut bytes = 0_u64;
        let held_from = view.base()?.map_or(0, |base| base.height.0 + 1);
        for height in from.max(held_from)..=to {
            let Some(decided) = view.decided(Height(height))? else { break };
            let block = view.body(&decided.block_hash)?;
            let block = block.ok_or(StorageError::MissingBody(decided.block_hash))?.body().clone();
            bytes = bytes.saturating_add(block.len() as u64);
            if bytes > bytes_max && !blocks.is_empty() {
                break;
            }
            blocks.push((decided.certificate, block));
        }
        Ok(blocks)
    }
}

/// Where a deposit stands. One that the ledger has and that is not here is from before the snapshot.
fn evidence(view: &View<'_>, number: EvidenceNumber) -> Result<Option<EvidencePlace>, ChainError> {
    let place = view.evidence(number)?;
    if place.is_none() && number.0 < next_number(view, Counter::Evidence)? {
        view.must_hold(0)?;
    }
    Ok(place)
}

/// The next number of a sequence.
fn next_number(view: &View<'_>, counter: Counter) -> Result<u64, ChainError> {
    let record = view.state(&StateKey::Counter(counter).encode())?;
    let record =
        record.ok_or_else(|| ChainError::Invariant(format!("the state lacks its counter {counter:?}")))?;
    let record =
        CounterRecord::decode(&record).map_err(|error| ChainError::Invariant(format!("counter: {error}")))?;
    Ok(record.next)
}

pub(crate) fn from_log(error: LogError<StorageError>) -> ChainError {
    match error {
        LogError::Reader(error) => ChainError::Storage(error),
        other => ChainError::Invariant(format!("log: {other}")),
    }
}
