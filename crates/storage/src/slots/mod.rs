//! A small file of fixed slots, written in turn: what `tip` and `signed` are made of.
//!
//! A slot is written in place and synced before the write counts, and the one before it is not touched, so
//! that a power cut costs at most the slot being written. Each slot has a page of its own, the unit in
//! which storage writes.
//!
//! Layout, integers big-endian (`docs/formats/data-folder.md`):
//!
//! | page | offset | bytes | content |
//! |---|---|---|---|
//! | 0 | 0 | 8 | name of the kind of file |
//! | | 8 | 4 | schema version |
//! | | 12 | 32 | ledger id |
//! | | 44 | 8 | inode of the file when it was made |
//! | | 52 | 8 | birth time of the file, nanoseconds since 1970 |
//! | | 60 | 16 | two numbers that the kind of file gives meaning to |
//! | | 76 | 8 | first bytes of BLAKE3 over what stands before |
//! | 1 + sequence mod slots | 0 | 8 | sequence, from 1; 0 in a slot never written |
//! | | 8 | 48 | content |
//! | | 56 | 8 | first bytes of BLAKE3 over kind, ledger id, page number (u32), sequence and content |
//!
//! The rest of each page is zero.

mod header;

use std::{
    cmp::Ordering,
    fs::{self, File},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use bulla_types::LedgerId;

use self::header::{HEADER_BYTES, Header, Identity};
use crate::error::{Result, StorageError};

/// Version of the whole data folder: its files, column families and rows. `docs/formats/data-folder.md` says what each
/// changed.
pub(crate) const SCHEMA_VERSION: u32 = 2;

/// Bytes of a slot that are the caller's.
pub(crate) const CONTENT_BYTES: usize = 48;

const PAGE_BYTES: u32 = 4096;
const SLOT_BYTES: usize = 8 + CONTENT_BYTES + 8;

/// What distinguishes one kind of slot file from another.
#[derive(Debug)]
pub(crate) struct Kind {
    /// First bytes of the file.
    pub(crate) magic: &'static [u8; 8],
    pub(crate) slots: u32,
}

/// An open slot file.
#[derive(Debug)]
pub(crate) struct SlotFile {
    file: File,
    path: PathBuf,
    kind: &'static Kind,
    header: Header,
}

/// What one slot was found to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Empty,
    Written { sequence: u64, content: [u8; CONTENT_BYTES] },
    Damaged,
}

impl SlotFile {
    /// Makes the file with empty slots, all its room taken, and syncs it. It appears under its name when it
    /// is whole.
    pub(crate) fn create(path: &Path, kind: &'static Kind, ledger_id: LedgerId) -> Result<Self> {
        Self::create_as(path, kind, ledger_id, Identity::of)
    }

    /// As [`create`](Self::create), but the file says from its first moment that it stands in for one that is lost.
    pub(crate) fn create_disowned(path: &Path, kind: &'static Kind, ledger_id: LedgerId) -> Result<Self> {
        Self::create_as(path, kind, ledger_id, |_| Identity::NONE)
    }

    fn create_as(
        path: &Path,
        kind: &'static Kind,
        ledger_id: LedgerId,
        identity: impl Fn(&fs::Metadata) -> Identity,
    ) -> Result<Self> {
        let unfinished = path.with_extension("new");
        let at = || StorageError::io(path);
        let mut options = File::options();
        options.create(true).truncate(true).read(true).write(true).mode(0o600);
        let file = options.open(&unfinished).map_err(at())?;
        let identity = identity(&file.metadata().map_err(at())?);
        let header = Header { schema: SCHEMA_VERSION, ledger_id, identity, numbers: [0; 2] };
        let bytes = u64::from(PAGE_BYTES) * (u64::from(kind.slots) + 1);
        file.write_all_at(&vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)], 0).map_err(at())?;
        let slot_file = Self { file, path: path.to_owned(), kind, header };
        slot_file.write_header()?;
        slot_file.file.sync_all().and_then(|()| fs::rename(&unfinished, path)).map_err(at())?;
        Ok(slot_file)
    }

    /// Opens the file; `None` when there is none.
    ///
    /// # Errors
    /// [`StorageError::NewerSchema`], [`StorageError::OlderSchema`], and [`StorageError::Corrupted`] when the first page
    /// is damaged.
    pub(crate) fn open(path: &Path, kind: &'static Kind) -> Result<Option<Self>> {
        let file = match File::options().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StorageError::io(path)(error)),
        };
        let mut bytes = [0; HEADER_BYTES];
        let damaged = |detail: &str| StorageError::corrupted(path.display().to_string(), detail);
        file.read_exact_at(&mut bytes, 0).map_err(|_| damaged("it is shorter than its first page"))?;
        let header = Header::decode(&bytes, kind).map_err(damaged)?;
        check_schema(path, header.schema)?;
        Ok(Some(Self { file, path: path.to_owned(), kind, header }))
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this very file was made for its header, and is not a copy or disowned.
    pub(crate) fn is_original(&self) -> Result<bool> {
        let metadata = self.file.metadata().map_err(StorageError::io(&self.path))?;
        Ok(self.header.identity == Identity::of(&metadata))
    }

    /// Whether [`disown`](Self::disown) was its last word on that.
    pub(crate) fn is_disowned(&self) -> bool {
        self.header.identity == Identity::NONE
    }

    /// States that this file stands in for one that is lost. Synced.
    pub(crate) fn disown(&mut self) -> Result<()> {
        self.header.identity = Identity::NONE;
        self.write_header()?;
        self.file.sync_data().map_err(StorageError::io(&self.path))
    }

    /// Makes this file the original, with other numbers in its header. Synced.
    pub(crate) fn restamp(&mut self, numbers: [u64; 2]) -> Result<()> {
        let metadata = self.file.metadata().map_err(StorageError::io(&self.path))?;
        self.header.identity = Identity::of(&metadata);
        self.header.numbers = numbers;
        self.write_header()?;
        self.file.sync_data().map_err(StorageError::io(&self.path))
    }

    /// All slots, in the order of the file.
    pub(crate) fn slots(&self) -> Result<Vec<Slot>> {
        (0..self.kind.slots).map(|number| self.slot(number)).collect()
    }

    /// The first byte that means nothing and is not zero, as everything beside header and slots is; nor does
    /// anything stand behind the last page.
    pub(crate) fn surplus_byte(&self) -> Result<Option<u64>> {
        let page_bytes = usize::try_from(PAGE_BYTES).unwrap_or(usize::MAX);
        let bytes = fs::read(&self.path).map_err(StorageError::io(&self.path))?;
        let pages = usize::try_from(self.kind.slots).unwrap_or(usize::MAX) + 1;
        let means_nothing = |at: usize| {
            let used = if at < page_bytes { HEADER_BYTES } else { SLOT_BYTES };
            at % page_bytes >= used
        };
        let surplus = bytes
            .iter()
            .enumerate()
            .position(|(at, byte)| at >= pages * page_bytes || (*byte != 0 && means_nothing(at)));
        Ok(surplus.and_then(|at| u64::try_from(at).ok()))
    }

    /// Writes the slot whose turn it is at this sequence, and syncs it.
    pub(crate) fn write(&self, sequence: u64, content: &[u8; CONTENT_BYTES]) -> Result<()> {
        let number = turn(sequence, self.kind.slots);
        let mut slot = [0; SLOT_BYTES];
        slot[..8].copy_from_slice(&sequence.to_be_bytes());
        slot[8..8 + CONTENT_BYTES].copy_from_slice(content);
        let checksum = self.checksum(number, &slot[..8 + CONTENT_BYTES]);
        slot[8 + CONTENT_BYTES..].copy_from_slice(&checksum);
        self.file
            .write_all_at(&slot, page(number))
            .and_then(|()| self.file.sync_data())
            .map_err(StorageError::io(&self.path))
    }

    fn slot(&self, number: u32) -> Result<Slot> {
        let mut slot = [0; SLOT_BYTES];
        match self.file.read_exact_at(&mut slot, page(number)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(Slot::Damaged),
            Err(error) => return Err(StorageError::io(&self.path)(error)),
        }
        if slot == [0; SLOT_BYTES] {
            return Ok(Slot::Empty);
        }
        let (checked, checksum) = slot.split_at(8 + CONTENT_BYTES);
        let (sequence, content) = checked.split_at(8);
        let sequence = u64::from_be_bytes(array(sequence));
        let whole = checksum == self.checksum(number, checked) && turn(sequence, self.kind.slots) == number;
        Ok(if whole { Slot::Written { sequence, content: array(content) } } else { Slot::Damaged })
    }

    fn write_header(&self) -> Result<()> {
        self.file.write_all_at(&self.header.encode(self.kind), 0).map_err(StorageError::io(&self.path))
    }

    fn checksum(&self, number: u32, checked: &[u8]) -> [u8; 8] {
        let page = (number + 1).to_be_bytes();
        short_digest(&[self.kind.magic, self.header.ledger_id.as_bytes(), &page, checked])
    }
}

/// Refuses what has another schema than [`SCHEMA_VERSION`].
pub(crate) fn check_schema(path: &Path, found: u32) -> Result<()> {
    let (path, supported) = (path.to_owned(), SCHEMA_VERSION);
    match found.cmp(&supported) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(StorageError::NewerSchema { path, found, supported }),
        Ordering::Less => Err(StorageError::OlderSchema { path, found, supported }),
    }
}

/// The slot that is written at this sequence.
pub(crate) fn turn(sequence: u64, slots: u32) -> u32 {
    u32::try_from(sequence % u64::from(slots)).unwrap_or(0)
}

fn page(slot: u32) -> u64 {
    u64::from(PAGE_BYTES) * (u64::from(slot) + 1)
}

/// The first bytes of BLAKE3: against damage, not against malice.
fn short_digest(parts: &[&[u8]]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    array(&hasher.finalize().as_bytes()[..8])
}

/// The bytes as an array; the callers slice to its length.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const KIND: Kind = Kind { magic: b"BULLATST", slots: 2 };

    fn ledger() -> LedgerId {
        LedgerId::from_bytes([7; 32])
    }

    fn with_two_slots(path: &Path) -> SlotFile {
        let file = SlotFile::create(path, &KIND, ledger()).unwrap();
        file.write(1, &[1; CONTENT_BYTES]).unwrap();
        file.write(2, &[2; CONTENT_BYTES]).unwrap();
        file
    }

    #[test]
    fn a_slot_is_found_again_and_the_one_before_it_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slots");
        drop(with_two_slots(&path));
        let file = SlotFile::open(&path, &KIND).unwrap().unwrap();
        assert_eq!(file.header().ledger_id, ledger());
        assert_eq!(
            file.slots().unwrap(),
            [2_u8, 1].map(|n| Slot::Written { sequence: n.into(), content: [n; CONTENT_BYTES] })
        );
    }

    #[test]
    fn every_flipped_byte_of_header_and_slots_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slots");
        drop(with_two_slots(&path));
        let whole = fs::read(&path).unwrap();
        let live = (0..HEADER_BYTES).chain(4096..4096 + SLOT_BYTES).chain(8192..8192 + SLOT_BYTES);
        for position in live {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x20;
            fs::write(&path, bytes).unwrap();
            match SlotFile::open(&path, &KIND) {
                Err(StorageError::Corrupted { .. }) => assert!(position < HEADER_BYTES),
                Ok(Some(file)) => assert!(file.slots().unwrap().contains(&Slot::Damaged), "byte {position}"),
                other => panic!("byte {position}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_byte_between_the_slots_that_is_not_zero_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("slots");
        let file = with_two_slots(&path);
        assert_eq!(file.surplus_byte().unwrap(), None);
        let whole = fs::read(&path).unwrap();
        for position in [HEADER_BYTES, 100, 4095, 4096 + SLOT_BYTES, whole.len() - 1, whole.len()] {
            let mut bytes = whole.clone();
            bytes.resize(bytes.len().max(position + 1), 0);
            bytes[position] ^= 0x20;
            fs::write(&path, bytes).unwrap();
            assert_eq!(file.surplus_byte().unwrap(), Some(position as u64));
        }
    }

    #[test]
    fn a_copy_of_the_file_is_not_the_original_until_it_is_stamped() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("slots"), folder.path().join("copy"));
        assert!(with_two_slots(&path).is_original().unwrap());
        fs::copy(&path, &copy).unwrap();
        let mut copied = SlotFile::open(&copy, &KIND).unwrap().unwrap();
        assert!(!copied.is_original().unwrap());
        copied.restamp([9, 10]).unwrap();
        let stamped = SlotFile::open(&copy, &KIND).unwrap().unwrap();
        assert!(stamped.is_original().unwrap());
        assert_eq!(stamped.header().numbers, [9, 10]);
        assert!(stamped.slots().unwrap().iter().all(|slot| matches!(slot, Slot::Written { .. })));
    }
}
