//! The record of votes: what the slots and numbers of the file say, and what may be added.

use bulla_types::Height;

use super::{SignError, SignedVote, without_log};
use crate::{
    error::{Result, StorageError},
    slots::{Kind, Slot, SlotFile, turn},
};

/// Three steps to a round: the votes of the last 21 rounds are remembered, so that each can be signed again
/// with the same value, as the engine does after a restart.
pub(super) const KIND: Kind = Kind { magic: b"BULLASIG", slots: 64 };

/// The votes as they are written, and up to where nothing is signed.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) file: SlotFile,
    /// What is known of the newest height, in the order of signing.
    pub(super) votes: Vec<SignedVote>,
    pub(super) sequence: u64,
    pub(super) floor: Height,
    /// The height at which it stands in for the engine's log; 0 when it never did.
    pub(super) stands_in: Height,
    /// Of this run alone, by the word of others: the height at or below which nothing is signed.
    pub(super) held_back: Height,
    pub(super) settled: bool,
    pub(super) damage: Damage,
}

/// Slots that hold neither nothing nor a vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) slots: usize,
    /// The newest vote may have stood in one of them.
    pub(crate) newest_may_be_lost: bool,
}

impl Record {
    pub(super) fn read(file: SlotFile) -> Result<Self> {
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
        Ok(Self {
            votes: votes.collect(),
            sequence,
            floor: Height(file.header().numbers[0]),
            stands_in: Height(file.header().numbers[1]),
            held_back: Height(0),
            settled: file.is_original()?,
            damage,
            file,
        })
    }

    /// The vote at the latest place; the last one signed, unless a place that was passed got nil.
    pub(super) fn last(&self) -> Option<SignedVote> {
        self.votes.iter().max_by_key(|vote| vote.place()).copied()
    }

    pub(super) fn is_at(&self, height: Height) -> bool {
        self.votes.first().is_some_and(|first| first.height == height)
    }

    /// Whether the next vote at the same height takes the place of the oldest one.
    pub(super) fn is_full(&self) -> bool {
        self.votes.len() >= usize::try_from(KIND.slots).unwrap_or(usize::MAX)
    }

    /// Allows and records what [`without_log`] allows. A record that would have to forget a vote ends it.
    pub(super) fn sign_without_log(&mut self, vote: &SignedVote) -> Result<(), SignError> {
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
    pub(super) fn against(&self, vote: &SignedVote) -> Option<SignedVote> {
        let last = self.last()?;
        let same_place = self.votes.iter().find(|recorded| recorded.place() == vote.place());
        same_place.copied().or_else(|| (last.place() > vote.place()).then_some(last))
    }

    pub(super) fn append(&mut self, vote: SignedVote) -> Result<()> {
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

    pub(super) fn restamp(&mut self, floor: Height) -> Result<()> {
        self.file.restamp([floor.0, self.stands_in.0])?;
        self.floor = floor;
        self.settled = true;
        Ok(())
    }
}
