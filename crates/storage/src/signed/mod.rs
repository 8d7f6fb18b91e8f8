//! Never sign twice: the `signed` file, written and synced before a signature leaves the validator.
//!
//! The consensus engine keeps a log of its own, and resets it when its height does not match the store's; a
//! store put back from a copy would make it forget its votes. This file does not forget.
//!
//! Its slots hold the last votes. Its numbers are the height at or below which nothing is signed, and the height
//! at which it stands in for the engine's log, which was lost: see [`without_log`].
//!
//! A disk put back whole, this file included, shows no sign of it here. Only the network knows: see
//! [`SignedGuard::hold_back`].

mod vote;
mod without_log;

use std::sync::Mutex;

use bulla_types::{BlockHash, Height, LedgerId};
use thiserror::Error;

use crate::{
    error::{Result, StorageError},
    folder::Folder,
    slots::{Kind, Slot, SlotFile, turn},
    sync::lock,
};

pub use vote::{SignedStep, SignedVote};

/// Three steps to a round: the votes of the last 21 rounds are remembered, so that each can be signed again
/// with the same value, as the engine does after a restart.
const KIND: Kind = Kind { magic: b"BULLASIG", slots: 64 };

/// The height that a ledger reaches by being founded: it holds nobody's act yet.
const FOUNDING: Height = Height(1);

/// Why a signature must not be made.
#[derive(Debug, Error)]
pub enum SignError {
    /// Another signature of the same place was made, or a later one: this could be an equivocation.
    #[error("signing {asked:?} would equivocate: {recorded:?} is signed")]
    WouldEquivocate {
        /// What was to be signed.
        asked: SignedVote,
        /// What stands against it.
        recorded: SignedVote,
    },
    /// The store may have forgotten votes at these heights; they are only to be observed.
    #[error("nothing is signed up to height {floor}: votes at it may be forgotten")]
    BelowFloor {
        /// The last height that is only observed.
        floor: Height,
    },
    /// The others say that they have decided this height; it needs no vote of this node any more.
    #[error("nothing is signed up to height {height}: the others have decided it, and this node follows")]
    HeldBack {
        /// The last height that is only followed.
        height: Height,
    },
    /// The record is a copy or new, and nobody has said yet up to which height votes may be missing from it:
    /// see [`SignedGuard::settle`].
    #[error(
        "the record of votes is not the one last written: nothing is signed before the network's height is known"
    )]
    Unsettled,
    /// The engine's log of this height is lost, and this record stands in for it: one vote alone may be signed
    /// at this place.
    #[error("signing {asked:?} could break a lock: only {} may be signed there", value.map_or_else(|| "nil".to_owned(), |block| block.to_string()))]
    Bound {
        /// What was to be signed.
        asked: SignedVote,
        /// What may be; `None` is nil.
        value: Option<BlockHash>,
    },
    /// The record could not be written, so nothing may be signed.
    #[error("the record of signatures cannot be kept")]
    Record(#[source] StorageError),
}

/// Stands before a validator's key: every vote passes here first.
#[derive(Debug)]
pub struct SignedGuard(Mutex<Record>);

#[derive(Debug)]
struct Record {
    file: SlotFile,
    /// What is known of the newest height, in the order of signing.
    votes: Vec<SignedVote>,
    sequence: u64,
    floor: Height,
    /// The height at which it stands in for the engine's log; 0 when it never did.
    stands_in: Height,
    /// Of this run alone, by the word of others: the height at or below which nothing is signed.
    held_back: Height,
    settled: bool,
    damage: Damage,
}

/// Slots that hold neither nothing nor a vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) slots: usize,
    /// The newest vote may have stood in one of them.
    pub(crate) newest_may_be_lost: bool,
}

impl SignedGuard {
    /// Makes the file. It remembers nothing, and that is not to say that nothing was signed: a folder, or
    /// the whole disk, may have been lost while the key was kept.
    pub(crate) fn create(folder: &Folder, ledger_id: LedgerId) -> Result<Self> {
        let mut file = SlotFile::create(&folder.signed(), &KIND, ledger_id)?;
        file.disown()?;
        Self::read(file)
    }

    pub(crate) fn open(folder: &Folder) -> Result<Option<Self>> {
        SlotFile::open(&folder.signed(), &KIND)?.map(Self::read).transpose()
    }

    fn read(file: SlotFile) -> Result<Self> {
        let slots = file.slots()?;
        let mut written = Vec::new();
        for slot in &slots {
            if let Slot::Written { sequence, content } = slot {
                let vote = SignedVote::decode(content).ok_or_else(|| {
                    StorageError::corrupted(file.path().display().to_string(), "unknown step")
                })?;
                written.push((*sequence, vote));
            }
        }
        written.sort_by_key(|(sequence, _)| *sequence);
        let sequence = written.last().map_or(0, |(sequence, _)| *sequence);
        let newest_height = written.last().map(|(_, vote)| vote.height);
        let votes =
            written.into_iter().map(|(_, vote)| vote).filter(|vote| Some(vote.height) == newest_height);
        let next = usize::try_from(turn(sequence + 1, KIND.slots)).unwrap_or(0);
        let damage = Damage {
            slots: slots.iter().filter(|slot| **slot == Slot::Damaged).count(),
            newest_may_be_lost: slots.get(next) == Some(&Slot::Damaged),
        };
        Ok(Self(Mutex::new(Record {
            votes: votes.collect(),
            sequence,
            floor: Height(file.header().numbers[0]),
            stands_in: Height(file.header().numbers[1]),
            held_back: Height(0),
            settled: file.is_original()?,
            damage,
            file,
        })))
    }

    /// Allows a vote and records it, or refuses it. A vote that was recorded before is allowed again.
    ///
    /// # Errors
    /// [`SignError`]; the vote must then not be signed.
    pub fn check_and_record(&self, vote: &SignedVote) -> Result<(), SignError> {
        let mut record = lock(&self.0);
        if !record.settled {
            return Err(SignError::Unsettled);
        }
        if vote.height <= record.floor {
            return Err(SignError::BelowFloor { floor: record.floor });
        }
        if vote.height <= record.held_back {
            return Err(SignError::HeldBack { height: record.held_back });
        }
        if record.votes.contains(vote) {
            return Ok(());
        }
        if record.stands_in == vote.height && record.is_at(vote.height) {
            return record.sign_without_log(vote);
        }
        if let Some(recorded) = record.against(vote) {
            return Err(SignError::WouldEquivocate { asked: *vote, recorded });
        }
        record.append(*vote).map_err(SignError::Record)
    }

    /// The last vote signed.
    #[must_use]
    pub fn last(&self) -> Option<SignedVote> {
        lock(&self.0).last()
    }

    /// All that is known to be signed at this height, in the order of signing, if it is the newest.
    pub(crate) fn votes_at(&self, height: Height) -> Vec<SignedVote> {
        let record = lock(&self.0);
        record.votes.iter().filter(|vote| vote.height == height).copied().collect()
    }

    /// Ends the doubt of a record that is a copy or new: the peers' newest height is known, so this
    /// validator's forgotten votes are at most one above it. Nothing is signed at or below that height;
    /// synced, so that a restart keeps to it. Without such a doubt it does nothing.
    ///
    /// A new record in a network that has decided nothing, or nothing but its first block, is taken for that of
    /// a ledger being founded: no height is held back then, or one validator that comes a moment later than the
    /// others would be missed should another one fail.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn settle(&self, network_height: Height) -> Result<()> {
        let mut record = lock(&self.0);
        if record.settled {
            return Ok(());
        }
        let founding = network_height <= FOUNDING && record.file.is_disowned();
        let forgotten = if founding { network_height } else { Height(network_height.0.saturating_add(1)) };
        let floor = record.floor.max(forgotten);
        record.restamp(floor)
    }

    /// Signs nothing at or below `height` in this run, whatever was held back before. For heights that the others
    /// have decided: votes there are worth nothing, and if this disk is an older state put back, they were cast
    /// once already. Not written down, since it rests on the word of others.
    pub fn hold_back(&self, height: Height) {
        lock(&self.0).held_back = height;
    }

    /// The height that is [held back](Self::hold_back).
    #[must_use]
    pub fn held_back(&self) -> Height {
        lock(&self.0).held_back
    }

    /// Signs nothing at or below `floor`. Synced.
    pub(crate) fn raise_floor(&self, floor: Height) -> Result<()> {
        let mut record = lock(&self.0);
        if floor <= record.floor {
            return Ok(());
        }
        if record.settled {
            return record.restamp(floor);
        }
        // Stamping would settle the doubt; it is settled later, from a floor at least this high.
        record.floor = floor;
        Ok(())
    }

    /// Stands in for the engine's log of this height, which is lost, from now on: votes at it are bound to what
    /// is recorded. Where the record may lack some of them, nothing is signed at the height. Synced.
    pub(crate) fn stand_in(&self, height: Height) -> Result<()> {
        let mut record = lock(&self.0);
        if record.damage.slots > 0 || record.is_full() {
            let floor = record.floor.max(height);
            return record.restamp(floor);
        }
        record.stands_in = height;
        let floor = record.floor;
        record.restamp(floor)
    }

    /// The height at which this record stands in for the engine's log, if it ever did.
    pub(crate) fn stands_in(&self) -> Option<Height> {
        Some(lock(&self.0).stands_in).filter(|height| *height > Height(0))
    }

    /// The first byte of the file that means nothing and is not zero.
    pub(crate) fn surplus_byte(&self) -> Result<Option<u64>> {
        lock(&self.0).file.surplus_byte()
    }

    /// Takes the operator's word that this copy has forgotten nothing.
    pub(crate) fn trust_copy(&self) -> Result<()> {
        let mut record = lock(&self.0);
        let floor = record.floor;
        if record.settled { Ok(()) } else { record.restamp(floor) }
    }

    /// Whether it is known up to which height votes may be forgotten; see [`settle`](Self::settle).
    #[must_use]
    pub fn is_settled(&self) -> bool {
        lock(&self.0).settled
    }

    /// The height at or below which nothing is signed; 0 when nothing was ever in doubt.
    #[must_use]
    pub fn floor(&self) -> Height {
        lock(&self.0).floor
    }

    /// Whether the file was made and never settled: it may stand in for one that is lost.
    pub(crate) fn is_new(&self) -> bool {
        lock(&self.0).file.is_disowned()
    }

    pub(crate) fn damage(&self) -> Damage {
        lock(&self.0).damage
    }

    pub(crate) fn ledger_id(&self) -> LedgerId {
        lock(&self.0).file.header().ledger_id
    }
}

impl Record {
    /// The vote at the latest place; the last one signed, unless a place that was passed got nil.
    fn last(&self) -> Option<SignedVote> {
        self.votes.iter().max_by_key(|vote| vote.place()).copied()
    }

    fn is_at(&self, height: Height) -> bool {
        self.votes.first().is_some_and(|first| first.height == height)
    }

    /// Whether the next vote at the same height takes the place of the oldest one.
    fn is_full(&self) -> bool {
        self.votes.len() >= usize::try_from(KIND.slots).unwrap_or(usize::MAX)
    }

    /// Allows and records what [`without_log`] allows. A record that would have to forget a vote ends it.
    fn sign_without_log(&mut self, vote: &SignedVote) -> Result<(), SignError> {
        if self.is_full() {
            let floor = self.floor.max(vote.height);
            self.restamp(floor).map_err(SignError::Record)?;
            return Err(SignError::BelowFloor { floor });
        }
        let value = without_log::value_at(&self.votes, vote);
        if value != vote.value {
            return Err(SignError::Bound { asked: *vote, value });
        }
        self.append(*vote).map_err(SignError::Record)
    }

    /// The recorded vote that forbids this one: the one at its place, or else the last if that is later.
    fn against(&self, vote: &SignedVote) -> Option<SignedVote> {
        let last = self.last()?;
        let same_place = self.votes.iter().find(|recorded| recorded.place() == vote.place());
        same_place.copied().or_else(|| (last.place() > vote.place()).then_some(last))
    }

    fn append(&mut self, vote: SignedVote) -> Result<()> {
        self.file.write(self.sequence + 1, &vote.encode())?;
        self.sequence += 1;
        if !self.is_at(vote.height) {
            self.votes.clear();
        }
        if self.is_full() {
            self.votes.remove(0);
        }
        self.votes.push(vote);
        Ok(())
    }

    fn restamp(&mut self, floor: Height) -> Result<()> {
        self.file.restamp([floor.0, self.stands_in.0])?;
        self.floor = floor;
        self.settled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs, path::Path};

    use bulla_types::BlockHash;

    use super::*;

    fn open(path: &Path) -> SignedGuard {
        let folder = Folder::new(path);
        let found = SignedGuard::open(&folder).unwrap();
        found.unwrap_or_else(|| {
            let new = SignedGuard::create(&folder, LedgerId::from_bytes([1; 32])).unwrap();
            new.settle(Height(0)).unwrap();
            new
        })
    }

    fn vote(height: u64, round: u32, step: SignedStep, value: Option<u8>) -> SignedVote {
        let value = value.map(|fill| BlockHash::from_bytes([fill; 32]));
        SignedVote { height: Height(height), round, step, value }
    }

    #[test]
    fn the_same_vote_is_allowed_again_and_another_in_its_place_is_not_even_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let votes = [
            vote(7, 0, SignedStep::Proposal, Some(1)),
            vote(7, 0, SignedStep::Prevote, Some(1)),
            vote(7, 0, SignedStep::Precommit, None),
            vote(7, 1, SignedStep::Prevote, Some(1)),
        ];
        let guard = open(folder.path());
        votes.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
        drop(guard);
        let guard = open(folder.path());
        votes.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
        let other = vote(7, 0, SignedStep::Prevote, Some(2));
        let refused = guard.check_and_record(&other).unwrap_err();
        assert!(matches!(refused, SignError::WouldEquivocate { recorded, .. } if recorded == votes[1]));
        assert_eq!(guard.last(), Some(votes[3]));
    }

    #[test]
    fn nothing_is_signed_at_a_place_that_was_passed() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        guard.check_and_record(&vote(7, 2, SignedStep::Prevote, Some(1))).unwrap();
        for passed in [
            vote(6, 9, SignedStep::Precommit, Some(1)),
            vote(7, 1, SignedStep::Precommit, None),
            vote(7, 2, SignedStep::Proposal, Some(1)),
        ] {
            assert!(matches!(guard.check_and_record(&passed), Err(SignError::WouldEquivocate { .. })));
        }
        guard.check_and_record(&vote(7, 2, SignedStep::Precommit, None)).unwrap();
        guard.check_and_record(&vote(8, 0, SignedStep::Proposal, Some(3))).unwrap();
        assert!(guard.check_and_record(&vote(7, 2, SignedStep::Precommit, None)).is_err());
    }

    #[test]
    fn more_votes_than_there_are_slots_leave_the_oldest_refused() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        for round in 0..70 {
            guard.check_and_record(&vote(3, round, SignedStep::Prevote, None)).unwrap();
        }
        drop(guard);
        let guard = open(folder.path());
        guard.check_and_record(&vote(3, 6, SignedStep::Prevote, None)).unwrap();
        assert!(guard.check_and_record(&vote(3, 5, SignedStep::Prevote, None)).is_err());
        guard.check_and_record(&vote(3, 70, SignedStep::Prevote, None)).unwrap();
    }

    #[test]
    fn a_damaged_record_is_told_from_one_that_may_have_been_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        for height in 1..=3 {
            guard.check_and_record(&vote(height, 0, SignedStep::Prevote, None)).unwrap();
        }
        drop(guard);
        let path = folder.path().join("signed");
        // Sequences start at 1, and the header has a page: sequence n stands on page n + 1.
        for (sequence, newest_may_be_lost) in [(2, false), (3, true)] {
            let whole = fs::read(&path).unwrap();
            let mut bytes = whole.clone();
            bytes[4096 * (sequence + 1) + 20] ^= 1;
            fs::write(&path, bytes).unwrap();
            assert_eq!(open(folder.path()).damage(), Damage { slots: 1, newest_may_be_lost });
            fs::write(&path, whole).unwrap();
        }
    }

    #[test]
    fn a_new_file_signs_at_once_in_a_ledger_being_founded_and_elsewhere_above_what_may_be_forgotten() {
        for (network_height, first) in [(0, 1), (1, 2), (2, 4), (7, 9)] {
            let path = tempfile::tempdir().unwrap();
            let folder = Folder::new(path.path());
            let guard = SignedGuard::create(&folder, LedgerId::from_bytes([1; 32])).unwrap();
            let refused = guard.check_and_record(&vote(first, 0, SignedStep::Prevote, None));
            assert!(matches!(refused, Err(SignError::Unsettled)));
            guard.settle(Height(network_height)).unwrap();
            assert!(guard.check_and_record(&vote(first - 1, 0, SignedStep::Prevote, None)).is_err());
            guard.check_and_record(&vote(first, 0, SignedStep::Prevote, None)).unwrap();
            drop(guard);
            assert!(open(path.path()).is_settled());
        }
    }

    #[test]
    fn what_the_others_have_decided_is_not_voted_on_even_where_a_vote_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        let recorded = vote(5, 0, SignedStep::Precommit, Some(1));
        guard.check_and_record(&recorded).unwrap();
        guard.hold_back(Height(6));
        for decided in [recorded, vote(6, 0, SignedStep::Prevote, None)] {
            let refused = guard.check_and_record(&decided);
            assert!(matches!(refused, Err(SignError::HeldBack { height: Height(6) })));
        }
        guard.hold_back(Height(5));
        guard.check_and_record(&vote(6, 0, SignedStep::Prevote, None)).unwrap();
    }

    #[test]
    fn without_the_engines_log_the_record_keeps_the_lock_even_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        let given = [vote(5, 0, SignedStep::Prevote, Some(1)), vote(5, 0, SignedStep::Precommit, Some(1))];
        given.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
        guard.stand_in(Height(5)).unwrap();
        for guard in [guard, open(folder.path())] {
            assert_eq!(guard.stands_in(), Some(Height(5)));
            given.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
            let other = guard.check_and_record(&vote(5, 1, SignedStep::Prevote, Some(2)));
            assert!(matches!(other, Err(SignError::Bound { value: None, .. })));
        }
        let guard = open(folder.path());
        let forgotten = guard.check_and_record(&vote(5, 0, SignedStep::Prevote, None));
        assert!(matches!(forgotten, Err(SignError::Bound { value, .. }) if value == given[0].value));
        guard.check_and_record(&vote(5, 1, SignedStep::Prevote, None)).unwrap();
        guard.check_and_record(&vote(5, 2, SignedStep::Prevote, Some(1))).unwrap();
        guard.check_and_record(&vote(6, 0, SignedStep::Prevote, Some(9))).unwrap();
        guard.check_and_record(&vote(6, 0, SignedStep::Precommit, None)).unwrap();
        guard.check_and_record(&vote(6, 1, SignedStep::Prevote, Some(8))).unwrap();
    }

    #[test]
    fn a_record_that_may_lack_votes_of_the_height_signs_nothing_at_it_without_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        for round in 0..KIND.slots {
            guard.check_and_record(&vote(3, round, SignedStep::Prevote, None)).unwrap();
        }
        guard.stand_in(Height(3)).unwrap();
        let refused = guard.check_and_record(&vote(3, KIND.slots, SignedStep::Prevote, None));
        assert!(matches!(refused, Err(SignError::BelowFloor { floor: Height(3) })));
    }

    #[test]
    fn a_copied_file_signs_nothing_before_the_network_has_passed_its_forgotten_votes() {
        let folder = tempfile::tempdir().unwrap();
        let guard = open(folder.path());
        guard.check_and_record(&vote(5, 0, SignedStep::Precommit, Some(1))).unwrap();
        drop(guard);
        let (path, copy) = (folder.path().join("signed"), folder.path().join("copy"));
        fs::copy(&path, &copy).unwrap();
        fs::rename(&copy, &path).unwrap();
        let guard = open(folder.path());
        assert!(matches!(
            guard.check_and_record(&vote(6, 0, SignedStep::Prevote, None)),
            Err(SignError::Unsettled)
        ));
        guard.settle(Height(9)).unwrap();
        drop(guard);
        let guard = open(folder.path());
        assert!(matches!(
            guard.check_and_record(&vote(10, 0, SignedStep::Prevote, None)),
            Err(SignError::BelowFloor { floor: Height(10) })
        ));
        guard.check_and_record(&vote(11, 0, SignedStep::Prevote, None)).unwrap();
    }
}
