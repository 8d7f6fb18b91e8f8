//! The consensus engine's write-ahead log, as far as the data folder must know it: whether it is whole, of which
//! height, and which votes it holds. The engine alone writes it, and takes a log that it cannot use for an empty
//! one without a word.
//!
//! Layout: `docs/formats/data-folder.md`. The engine syncs an entry before it sends out what follows from it,
//! so that a crash costs at most entries that nothing followed from: the file then ends within one, and the
//! engine cuts that off. Anything else is damage.

use std::{fs, io};

use bulla_types::{Address, BlockHash, Height};
use crc::{CRC_32_ISO_HDLC, Crc};

use crate::{
    error::{Result, StorageError},
    folder::Folder,
    signed::{SignedStep, SignedVote},
};

/// Name of the log within the data folder.
pub const ENGINE_LOG: &str = "consensus.wal";

const VERSION: u32 = 1;
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Bytes before the first entry: version and height.
const HEADER_BYTES: usize = 12;
/// Bytes before an entry's content: whether it is compressed, length, checksum.
const ENTRY_HEADER_BYTES: usize = 13;
/// The engine takes no longer entry.
const ENTRY_BYTES_MAX: u64 = 1 << 30;

/// What an entry holds, by its first byte.
mod tag {
    pub(super) const MESSAGE: u8 = 1;
    pub(super) const TIMEOUT: u8 = 2;
    pub(super) const PROPOSED_VALUE: u8 = 4;
    pub(super) const POLKA_CERTIFICATE: u8 = 8;
}

/// The content of a timeout: tag, step, round.
const TIMEOUT_BYTES: u64 = 10;
/// What stands before the content of other entries: tag and length.
const CONTENT_HEADER_BYTES: usize = 9;

/// What stands where the log should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EngineLog {
    /// No file.
    Missing,
    /// A file that the engine cannot use from this byte on.
    Damaged { offset: usize, what: &'static str },
    /// A log, whole but perhaps for its last entry.
    Whole(Log),
}

/// What a log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    /// The height that it is the log of; 0 before the first.
    pub(crate) height: Height,
    /// Votes of all validators, in the order in which this node heard or cast them.
    pub(crate) votes: Vec<(Address, SignedVote)>,
    /// Where the last write was cut off, if it was.
    pub(crate) torn_at: Option<usize>,
}

/// How the engine's log of the running height was lost, after this validator has voted at it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogLoss {
    /// The file is gone.
    #[error("the engine's log is missing")]
    Missing,
    /// The file is damaged.
    #[error("the engine's log is damaged at byte {offset}: {what}")]
    Damaged {
        /// Where.
        offset: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// It is another height's.
    #[error("the engine's log is of height {found}")]
    OfOtherHeight {
        /// Whose it is.
        found: Height,
    },
    /// It ends before votes that were sent.
    #[error("the engine's log lacks votes that were sent")]
    Shortened,
    /// It was lost at an earlier start, at the same height.
    #[error("the engine's log was lost before, and the height is not decided yet")]
    Before,
}

impl EngineLog {
    pub(crate) fn read(folder: &Folder) -> Result<Self> {
        let path = folder.engine_log();
        match fs::read(&path) {
            Ok(bytes) => {
                Ok(Log::decode(&bytes)
                    .map_or_else(|(offset, what)| Self::Damaged { offset, what }, Self::Whole))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Missing),
            Err(error) => Err(StorageError::io(path)(error)),
        }
    }

    /// Whether what the engine knew when it cast the `recorded` votes, all of the running height, is lost.
    /// `voters` is the validator by each of its keys; without any, what is lost might be taken for the votes of
    /// another.
    pub(crate) fn loss(
        &self,
        running: Height,
        recorded: &[SignedVote],
        voters: &[Address],
    ) -> Option<LogLoss> {
        // The newest vote is recorded before it is logged, and the process may have ended in between.
        // Proposals are recorded even where the engine comes too late to make them.
        let (newest, before) = recorded.split_last()?;
        let logged = before.iter().rev().find(|vote| vote.step != SignedStep::Proposal);
        match self {
            Self::Missing => Some(LogLoss::Missing),
            Self::Damaged { offset, what } => Some(LogLoss::Damaged { offset: *offset, what }),
            Self::Whole(log) if log.height != running => Some(LogLoss::OfOtherHeight { found: log.height }),
            Self::Whole(log) => {
                debug_assert_eq!(newest.height, running, "the votes are of the running height");
                let reaches = |vote: &SignedVote| {
                    let own = |(by, _): &&(Address, SignedVote)| voters.is_empty() || voters.contains(by);
                    log.votes.iter().filter(own).any(|(_, found)| found.place() >= vote.place())
                };
                logged.is_some_and(|vote| !reaches(vote)).then_some(LogLoss::Shortened)
            }
        }
    }

    /// Takes the log out of the engine's way; it stays beside it for whoever asks what happened.
    pub(crate) fn set_aside(folder: &Folder) -> Result<()> {
        let path = folder.engine_log();
        match fs::rename(&path, path.with_extension("wal.damaged")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StorageError::io(path)(error)),
            _ => Ok(()),
        }
    }
}

impl Log {
    fn decode(bytes: &[u8]) -> Result<Self, (usize, &'static str)> {
        // The engine writes the header of a new log before it votes; cut off, nothing can be lost.
        let Some((header, _)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Err((bytes.len(), "it is shorter than its header"));
        };
        let [a, b, c, d, height @ ..] = *header;
        if u32::from_be_bytes([a, b, c, d]) != VERSION {
            return Err((0, "its version is unknown"));
        }
        let mut log = Self { height: Height(u64::from_be_bytes(height)), votes: Vec::new(), torn_at: None };
        let mut offset = HEADER_BYTES;
        while offset < bytes.len() {
            match entry(&bytes[offset..]).map_err(|what| (offset, what))? {
                Some((content, length)) => {
                    log.votes.extend(vote(content));
                    offset += length;
                }
                None => {
                    log.torn_at = Some(offset);
                    break;
                }
            }
        }
        Ok(log)
    }
}

/// The content of the entry at the front and the bytes that the entry takes; `None` when it is cut off.
fn entry(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, &'static str> {
    let Some((header, rest)) = bytes.split_first_chunk::<ENTRY_HEADER_BYTES>() else { return Ok(None) };
    let [compressed, l0, l1, l2, l3, l4, l5, l6, l7, checksum @ ..] = *header;
    let length = u64::from_be_bytes([l0, l1, l2, l3, l4, l5, l6, l7]);
    if compressed != 0 {
        return Err("an entry says that it is compressed");
    }
    if length == 0 || length > ENTRY_BYTES_MAX {
        return Err("an entry has an impossible length");
    }
    let length_within = usize::try_from(length).unwrap_or(usize::MAX);
    // The content says its length too, so that a false one is told from a write that was cut off.
    if stated_length(rest).is_some_and(|stated| stated != length) {
        return Err("an entry has two lengths, or an unknown kind");
    }
    let Some(content) = rest.get(..length_within) else { return Ok(None) };
    if CRC.checksum(content) != u32::from_be_bytes(checksum) {
        return Err("the checksum of an entry does not match");
    }
    Ok(Some((content, ENTRY_HEADER_BYTES + length_within)))
}

/// The length of a content by its own word; `None` when it is cut off before it says. 0 for an unknown kind.
fn stated_length(content: &[u8]) -> Option<u64> {
    match *content.first()? {
        tag::TIMEOUT => Some(TIMEOUT_BYTES),
        tag::MESSAGE | tag::PROPOSED_VALUE | tag::POLKA_CERTIFICATE => {
            let (header, _) = content.split_first_chunk::<CONTENT_HEADER_BYTES>()?;
            let [_, length @ ..] = *header;
            Some(u64::from_be_bytes(length).saturating_add(CONTENT_HEADER_BYTES as u64))
        }
        _ => Some(0),
    }
}

/// The vote in a content, if it holds one: 1 for a vote, signature (64), kind (1), height (8), round (4), whether
/// there is a value (1), value (32), voter (32).
fn vote(content: &[u8]) -> Option<(Address, SignedVote)> {
    const VOTE: u8 = 1;
    if *content.first()? != tag::MESSAGE || *content.get(CONTENT_HEADER_BYTES)? != VOTE {
        return None;
    }
    let message = content.get(CONTENT_HEADER_BYTES + 1 + 64..)?;
    let (kind, rest) = message.split_first()?;
    let (height, rest) = rest.split_first_chunk()?;
    let (round, rest) = rest.split_first_chunk()?;
    let (has_value, rest) = rest.split_first()?;
    let step = match kind {
        1 => SignedStep::Prevote,
        2 => SignedStep::Precommit,
        _ => return None,
    };
    let (value, rest) = match has_value {
        0 => (None, rest),
        _ => rest.split_first_chunk().map(|(value, rest)| (Some(BlockHash::from_bytes(*value)), rest))?,
    };
    let voter = Address::from_bytes(*rest.first_chunk()?);
    let height = Height(u64::from_be_bytes(*height));
    Some((voter, SignedVote { height, round: u32::from_be_bytes(*round), step, value }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const RUNNING: Height = Height(7);

    fn voter(number: u8) -> Address {
        Address::from_bytes([number; 32])
    }

    fn signed(round: u32, step: SignedStep, value: Option<u8>) -> SignedVote {
        SignedVote {
            height: RUNNING,
            round,
            step,
            value: value.map(|fill| BlockHash::from_bytes([fill; 32])),
        }
    }

    fn entry_of(content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend((content.len() as u64).to_be_bytes());
        bytes.extend(CRC.checksum(content).to_be_bytes());
        bytes.extend(content);
        bytes
    }

    fn vote_entry(by: u8, vote: &SignedVote) -> Vec<u8> {
        let mut message = vec![1];
        message.extend([0x55; 64]);
        message.push(if vote.step == SignedStep::Prevote { 1 } else { 2 });
        message.extend(vote.height.0.to_be_bytes());
        message.extend(vote.round.to_be_bytes());
        message.push(u8::from(vote.value.is_some()));
        message.extend(vote.value.iter().flat_map(|value| *value.as_bytes()));
        message.extend([by; 32]);
        let mut content = vec![tag::MESSAGE];
        content.extend((message.len() as u64).to_be_bytes());
        content.extend(message);
        entry_of(&content)
    }

    fn timeout_entry() -> Vec<u8> {
        entry_of(&[tag::TIMEOUT, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    fn log_of(height: u64, entries: &[Vec<u8>]) -> Vec<u8> {
        [VERSION.to_be_bytes().to_vec(), height.to_be_bytes().to_vec(), entries.concat()].concat()
    }

    fn votes() -> [SignedVote; 3] {
        [
            signed(0, SignedStep::Prevote, Some(1)),
            signed(0, SignedStep::Precommit, Some(1)),
            signed(1, SignedStep::Prevote, None),
        ]
    }

    fn whole() -> Vec<u8> {
        let [prevote, precommit, next] = votes();
        let entries = [
            vote_entry(1, &prevote),
            vote_entry(2, &prevote),
            vote_entry(1, &precommit),
            timeout_entry(),
            vote_entry(1, &next),
        ];
        log_of(RUNNING.0, &entries)
    }

    fn read(bytes: &[u8]) -> EngineLog {
        let path = tempfile::tempdir().unwrap();
        fs::write(path.path().join(ENGINE_LOG), bytes).unwrap();
        EngineLog::read(&Folder::new(path.path())).unwrap()
    }

    fn loss(bytes: &[u8], recorded: &[SignedVote]) -> Option<LogLoss> {
        read(bytes).loss(RUNNING, recorded, &[voter(1)])
    }

    #[test]
    fn the_votes_of_a_whole_log_are_found() {
        let EngineLog::Whole(log) = read(&whole()) else { panic!("it is whole") };
        assert_eq!((log.height, log.torn_at, log.votes.len()), (RUNNING, None, 4));
        assert_eq!(log.votes[1], (voter(2), votes()[0]));
        assert_eq!(log.votes[3], (voter(1), votes()[2]));
    }

    #[test]
    fn every_changed_byte_is_damage_or_another_height() {
        let whole = whole();
        for position in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x20;
            match read(&bytes) {
                EngineLog::Damaged { .. } => {}
                EngineLog::Whole(log) => {
                    assert!(position < HEADER_BYTES, "byte {position}");
                    assert_ne!(log.height, RUNNING);
                }
                EngineLog::Missing => panic!("byte {position}"),
            }
        }
    }

    #[test]
    fn a_log_that_ends_within_an_entry_was_cut_off_there_and_the_rest_counts() {
        let whole = whole();
        let last = vote_entry(1, &votes()[2]).len();
        for cut in 1..last {
            let EngineLog::Whole(log) = read(&whole[..whole.len() - cut]) else { panic!("{cut}") };
            assert_eq!((log.torn_at, log.votes.len()), (Some(whole.len() - last), 3));
        }
    }

    #[test]
    fn zeros_where_an_entry_should_be_are_damage() {
        let bytes = [whole(), vec![0; 64]].concat();
        assert!(matches!(read(&bytes), EngineLog::Damaged { offset, .. } if offset == whole().len()));
    }

    #[test]
    fn a_log_without_its_newest_vote_is_as_a_crash_leaves_it_and_one_without_more_is_shortened() {
        let last = vote_entry(1, &votes()[2]).len();
        let without_newest = &whole()[..whole().len() - last];
        assert_eq!(loss(&whole(), &votes()), None);
        assert_eq!(loss(without_newest, &votes()), None);
        let without_two = log_of(RUNNING.0, &[vote_entry(1, &votes()[0]), vote_entry(2, &votes()[1])]);
        assert_eq!(loss(&without_two, &votes()), Some(LogLoss::Shortened));
        assert_eq!(loss(&log_of(RUNNING.0, &[]), &votes()[..1]), None);
    }

    #[test]
    fn a_proposal_that_was_recorded_and_not_made_is_not_missed() {
        let recorded = [signed(0, SignedStep::Proposal, Some(1)), signed(0, SignedStep::Prevote, None)];
        assert_eq!(loss(&log_of(RUNNING.0, &[]), &recorded), None);
    }

    #[test]
    fn nothing_is_lost_with_a_log_where_nothing_was_signed() {
        assert_eq!(loss(b"garbage", &[]), None);
        assert_eq!(EngineLog::Missing.loss(RUNNING, &[], &[]), None);
        assert_eq!(EngineLog::Missing.loss(RUNNING, &votes(), &[]), Some(LogLoss::Missing));
        let earlier = log_of(RUNNING.0 - 1, &[]);
        assert_eq!(loss(&earlier, &votes()[..1]), Some(LogLoss::OfOtherHeight { found: Height(6) }));
    }
}
