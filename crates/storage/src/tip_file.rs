//! The tip record: the newest committed block, written outside RocksDB after each commit.
//!
//! RocksDB recovers to a point in time: if the end of its log is damaged, or its folder is put back from a
//! copy, it opens at an earlier height and says nothing. This record is the witness.
//!
//! Content of a slot, integers big-endian: height (8 bytes), block hash (32), log size (8). The sequence is
//! the height plus one.

use bulla_types::{BlockHash, Height, LedgerId};

use crate::{
    error::{Result, StorageError},
    folder::Folder,
    slots::{CONTENT_BYTES, Kind, Slot, SlotFile},
    view::Tip,
};

const KIND: Kind = Kind { magic: b"BULLATIP", slots: 2 };

/// The open `tip` file.
#[derive(Debug)]
pub(crate) struct TipFile {
    file: SlotFile,
    newest: Option<TipRecord>,
    damaged: usize,
}

/// One block as the tip record names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TipRecord {
    /// 0 before any block.
    pub(crate) height: Height,
    /// The ledger id before any block.
    pub(crate) block_hash: BlockHash,
    /// Entries of the log.
    pub(crate) log_size: u64,
}

impl TipFile {
    pub(crate) fn create(folder: &Folder, ledger_id: LedgerId) -> Result<Self> {
        Self::read(SlotFile::create(&folder.tip(), &KIND, ledger_id)?)
    }

    pub(crate) fn open(folder: &Folder) -> Result<Option<Self>> {
        SlotFile::open(&folder.tip(), &KIND)?.map(Self::read).transpose()
    }

    fn read(file: SlotFile) -> Result<Self> {
        let slots = file.slots()?;
        let damaged = slots.iter().filter(|slot| **slot == Slot::Damaged).count();
        let records = slots.iter().filter_map(|slot| match slot {
            Slot::Written { content, .. } => Some(TipRecord::decode(content)),
            Slot::Empty | Slot::Damaged => None,
        });
        let newest = records.max_by_key(|record| record.height);
        Ok(Self { file, newest, damaged })
    }

    pub(crate) fn ledger_id(&self) -> LedgerId {
        self.file.header().ledger_id
    }

    pub(crate) fn newest(&self) -> Option<TipRecord> {
        self.newest
    }

    /// How many of the two slots hold neither nothing nor a record.
    pub(crate) fn damaged(&self) -> usize {
        self.damaged
    }

    /// The first byte of the file that means nothing and is not zero.
    pub(crate) fn surplus_byte(&self) -> Result<Option<u64>> {
        self.file.surplus_byte()
    }

    /// Records a commit, synced. A record of a later height stays: it bears witness until the store has
    /// passed it.
    pub(crate) fn advance(&mut self, record: TipRecord) -> Result<()> {
        if self.newest.is_some_and(|newest| newest.height >= record.height) {
            return Ok(());
        }
        self.file.write(record.height.0 + 1, &record.encode())?;
        self.newest = Some(record);
        Ok(())
    }

    /// Refuses a folder of another ledger.
    pub(crate) fn check_ledger(&self, expected: LedgerId) -> Result<()> {
        let found = self.ledger_id();
        if found == expected {
            return Ok(());
        }
        Err(StorageError::OtherLedger { path: self.file.path().to_owned(), expected, found })
    }
}

impl From<&Tip> for TipRecord {
    fn from(tip: &Tip) -> Self {
        Self { height: tip.height, block_hash: tip.block_hash, log_size: tip.log_size }
    }
}

impl TipRecord {
    fn encode(&self) -> [u8; CONTENT_BYTES] {
        let mut content = [0; CONTENT_BYTES];
        content[..8].copy_from_slice(&self.height.0.to_be_bytes());
        content[8..40].copy_from_slice(self.block_hash.as_bytes());
        content[40..].copy_from_slice(&self.log_size.to_be_bytes());
        content
    }

    fn decode(content: &[u8; CONTENT_BYTES]) -> Self {
        let (mut height, mut block_hash, mut log_size) = ([0; 8], [0; 32], [0; 8]);
        height.copy_from_slice(&content[..8]);
        block_hash.copy_from_slice(&content[8..40]);
        log_size.copy_from_slice(&content[40..]);
        Self {
            height: Height(u64::from_be_bytes(height)),
            block_hash: BlockHash::from_bytes(block_hash),
            log_size: u64::from_be_bytes(log_size),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn record(height: u64) -> TipRecord {
        let fill = u8::try_from(height).unwrap();
        TipRecord {
            height: Height(height),
            block_hash: BlockHash::from_bytes([fill; 32]),
            log_size: height * 10,
        }
    }

    #[test]
    fn the_newest_record_is_found_and_an_older_one_never_replaces_it() {
        let path = tempfile::tempdir().unwrap();
        let folder = Folder::new(path.path());
        let ledger_id = LedgerId::from_bytes([1; 32]);
        let mut tip = TipFile::create(&folder, ledger_id).unwrap();
        assert_eq!(tip.newest(), None);
        for height in [0, 1, 2, 1] {
            tip.advance(record(height)).unwrap();
        }
        let found = TipFile::open(&folder).unwrap().unwrap();
        assert_eq!(found.newest(), Some(record(2)));
        assert_eq!(found.damaged(), 0);
        assert!(found.check_ledger(ledger_id).is_ok());
        assert!(matches!(
            found.check_ledger(LedgerId::from_bytes([2; 32])),
            Err(StorageError::OtherLedger { .. })
        ));
    }
}
