//! The framing of RocksDB's log files (write-ahead log and manifest), checked before RocksDB reads them.
//!
//! RocksDB stops at the first record that is damaged and, by its recovery mode, takes what stands before it
//! for all there is. Here a write that a crash cut off is told from damage, and the place of the damage is
//! named. Besides, RocksDB 10.4 never returns from reading a file in which a bit flip turned a record into
//! one of a recycled log (`log::Reader::ReadPhysicalRecord` gives `kBadRecord` without consuming it).
//!
//! Format: blocks of 32,768 bytes, in each block fragments of records: CRC-32C of type and payload, masked
//! (4 bytes little-endian), payload length (2), type (1: whole, 2: first, 3: middle, 4: last), payload. A
//! fragment fits its block; less than 7 bytes at the end of a block are zero.
//! (RocksDB wiki, "Write Ahead Log File Format".)

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::error::{Result, StorageError};
use crc::{CRC_32_ISCSI, Crc, Digest, Table};

const BLOCK_BYTES: usize = 32_768;
const HEADER_BYTES: usize = 7;
const CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

const WHOLE: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

/// What a log file was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFile {
    Whole,
    /// The last write was cut off here, as a crash does.
    Torn {
        offset: u64,
    },
    Damaged {
        offset: u64,
        damage: Damage,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    Checksum,
    /// Checksum and payload agree at another length.
    Length,
    /// A type that no writer here uses; RocksDB may not return from reading it.
    Type(u8),
    /// A fragment without the one before it.
    Order,
}

/// The log files that RocksDB reads on opening: the manifest that `CURRENT` names, and every write-ahead log.
pub(crate) fn log_files(database: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if let Ok(current) = fs::read_to_string(database.join("CURRENT")) {
        files.push(database.join(current.trim_end()));
    }
    for entry in fs::read_dir(database)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            files.push(path);
        }
    }
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

/// Checks every fragment of a log file.
pub(crate) fn check(path: &Path) -> io::Result<LogFile> {
    let mut file = File::open(path)?;
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    let mut record = Record::None;
    let mut block_start = 0;
    loop {
        block.clear();
        file.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut block)?;
        if let Some(found) = check_block(&block, block_start, &mut record) {
            return Ok(found);
        }
        block_start += block.len() as u64;
        if block.len() < BLOCK_BYTES {
            return Ok(match record {
                Record::None => LogFile::Whole,
                Record::Begun { offset } => LogFile::Torn { offset },
            });
        }
    }
}

/// Refuses files that RocksDB would not return from reading.
///
/// # Errors
/// [`StorageError::Corrupted`] with file and offset.
pub(crate) fn refuse_unreadable(database: &Path) -> Result<()> {
    for path in log_files(database).map_err(StorageError::io(database))? {
        if let LogFile::Damaged { offset, damage: damage @ Damage::Type(_) } =
            check(&path).map_err(StorageError::io(&path))?
        {
            return Err(StorageError::corrupted(
                path.display().to_string(),
                format!("at byte {offset}: {damage}"),
            ));
        }
    }
    Ok(())
}

/// Whether a record is begun and not ended.
#[derive(Clone, Copy)]
enum Record {
    None,
    Begun { offset: u64 },
}

/// Checks the fragments of a block; `None` when the file goes on, or ends, in good order.
fn check_block(block: &[u8], block_start: u64, record: &mut Record) -> Option<LogFile> {
    let mut rest = block;
    while !rest.is_empty() {
        let place = block.len() - rest.len();
        let offset = block_start + place as u64;
        if BLOCK_BYTES - place < HEADER_BYTES {
            return None;
        }
        let damaged = |damage| Some(LogFile::Damaged { offset, damage });
        let torn = Some(LogFile::Torn {
            offset: if let Record::Begun { offset } = *record { offset } else { offset },
        });
        let Some((header, behind)) = rest.split_first_chunk::<HEADER_BYTES>() else { return torn };
        let [c0, c1, c2, c3, l0, l1, kind] = *header;
        let (stored, length) =
            (u32::from_le_bytes([c0, c1, c2, c3]), usize::from(u16::from_le_bytes([l0, l1])));
        if !(WHOLE..=LAST).contains(&kind) {
            // Room that a power cut left reserved and not written.
            return if rest.iter().all(|byte| *byte == 0) { torn } else { damaged(Damage::Type(kind)) };
        }
        let Some((payload, behind)) = behind.split_at_checked(length) else {
            // A writer's fragment fits its block; one that the end of the file cuts off has a wrong checksum
            // at every length.
            let fits = place + HEADER_BYTES + length <= BLOCK_BYTES;
            return if fits && !fits_some_length(kind, behind, stored) && block.len() < BLOCK_BYTES {
                torn
            } else {
                damaged(Damage::Length)
            };
        };
        if checksum(kind, payload) != stored {
            return damaged(Damage::Checksum);
        }
        *record = match (kind, *record) {
            (WHOLE, Record::None) | (LAST, Record::Begun { .. }) => Record::None,
            (FIRST, Record::None) => Record::Begun { offset },
            (MIDDLE, begun @ Record::Begun { .. }) => begun,
            _ => return damaged(Damage::Order),
        };
        rest = behind;
    }
    None
}

fn checksum(kind: u8, payload: &[u8]) -> u32 {
    let mut digest = CRC.digest();
    digest.update(&[kind]);
    digest.update(payload);
    masked(digest)
}

/// Whether the checksum is that of a payload of any length that begins here.
fn fits_some_length(kind: u8, bytes: &[u8], stored: u32) -> bool {
    let mut digest = CRC.digest();
    digest.update(&[kind]);
    let mut lengths = bytes.iter().map(|byte| {
        digest.update(&[*byte]);
        masked(digest.clone())
    });
    checksum(kind, &[]) == stored || lengths.any(|found| found == stored)
}

/// RocksDB masks checksums that are stored, so that one of data with checksums in it stays random.
fn masked(digest: Digest<'_, u32, Table<16>>) -> u32 {
    digest.finalize().rotate_right(15).wrapping_add(0xa282_ead8)
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Checksum => f.write_str("the checksum of a record does not match"),
            Self::Length => f.write_str("the length of a record is wrong"),
            Self::Type(kind) => write!(f, "a record has type {kind}, which is never written"),
            Self::Order => f.write_str("a record lacks its beginning or its end"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Writes records of these lengths as RocksDB does, and tells where each ends.
    fn write(lengths: &[usize]) -> (Vec<u8>, Vec<usize>) {
        let (mut file, mut ends) = (Vec::new(), Vec::new());
        for (number, length) in lengths.iter().enumerate() {
            let record = vec![u8::try_from(number + 1).unwrap(); *length];
            let mut rest = record.as_slice();
            let mut begun = false;
            loop {
                let room = BLOCK_BYTES - file.len() % BLOCK_BYTES;
                if room < HEADER_BYTES {
                    file.resize(file.len() + room, 0);
                    continue;
                }
                let (here, behind) = rest.split_at(rest.len().min(room - HEADER_BYTES));
                let kind = match (begun, behind.is_empty()) {
                    (false, true) => WHOLE,
                    (false, false) => FIRST,
                    (true, false) => MIDDLE,
                    (true, true) => LAST,
                };
                file.extend(checksum(kind, here).to_le_bytes());
                file.extend(u16::try_from(here.len()).unwrap().to_le_bytes());
                file.push(kind);
                file.extend(here);
                (rest, begun) = (behind, true);
                if rest.is_empty() {
                    break;
                }
            }
            ends.push(file.len());
        }
        (file, ends)
    }

    fn checked(bytes: &[u8]) -> LogFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        check(file.path()).unwrap()
    }

    #[test]
    fn a_log_cut_between_records_is_whole_and_within_one_is_torn() {
        let (file, ends) = write(&[100, 70_000, 0, 300]);
        assert_eq!(checked(&[]), LogFile::Whole);
        for cut in (0..=file.len()).step_by(97).chain(ends.iter().copied()) {
            let found = checked(&file[..cut]);
            if cut == 0 || ends.contains(&cut) {
                assert_eq!(found, LogFile::Whole, "cut at {cut}");
            } else {
                let begin = ends.iter().copied().filter(|end| *end < cut).max().unwrap_or(0);
                assert_eq!(found, LogFile::Torn { offset: begin as u64 }, "cut at {cut}");
            }
        }
        let reserved = [&file[..], &[0; 500]].concat();
        assert_eq!(checked(&reserved), LogFile::Torn { offset: file.len() as u64 });
    }

    #[test]
    fn a_flipped_bit_is_damage_wherever_it_is() {
        let (file, _) = write(&[100, 70_000, 20, 300]);
        let spread = (0..file.len()).step_by(997);
        let headers = [0, 107, 32_768, file.len() - 307].into_iter().flat_map(|start| start..start + 8);
        for position in spread.chain(headers) {
            for bit in [0, 2, 7] {
                let mut bytes = file.clone();
                bytes[position] ^= 1 << bit;
                assert!(matches!(checked(&bytes), LogFile::Damaged { .. }), "bit {bit} of byte {position}");
            }
        }
    }

    #[test]
    fn a_record_of_a_recycled_log_is_named_and_kept_from_rocksdb() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = write(&[100, 20]);
        file[107 + 6] |= 4;
        fs::write(folder.path().join("000007.log"), file).unwrap();
        let refused = refuse_unreadable(folder.path()).unwrap_err().to_string();
        assert!(
            refused
                .ends_with("000007.log is damaged: at byte 107: a record has type 5, which is never written")
        );
    }
}
