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

mod alone;
mod record;
mod refusal;
mod vote;
mod without_log;

use std::sync::Mutex;

use bulla_types::{Height, LedgerId};

use crate::{error::Result, folder::Folder, slots::SlotFile, sync::lock};

pub use alone::{RecordDoubt, SignedRecord};
pub use refusal::SignError;
pub use vote::{SignedStep, SignedVote};

use record::{Damage, KIND, Record};

/// The height that a ledger reaches by being founded: it holds nobody's act yet.
const FOUNDING: Height = Height(1);

/// Heights above the one that others have committed at which this validator may have voted: what they have committed
/// lacks the last block that they helped to decide, and the votes for the one after that came from here.
const FORGOTTEN_ABOVE: u64 = 2;

/// Stands before a validator's key: every vote passes here first.
#[derive(Debug)]
pub struct SignedGuard(Mutex<Record>);

impl SignedGuard {
    /// Makes the file. It remembers nothing, and that is not to say that nothing was signed: a folder, or
    /// the whole disk, may have been lost while the key was kept.
    pub(crate) fn create(folder: &Folder, ledger_id: LedgerId) -> Result<Self> {
        Self::read(SlotFile::create_disowned(&folder.signed(), &KIND, ledger_id)?)
    }

    pub(crate) fn open(folder: &Folder) -> Result<Option<Self>> {
        SlotFile::open(&folder.signed(), &KIND)?.map(Self::read).transpose()
    }

    fn read(file: SlotFile) -> Result<Self> {
        Ok(Self(Mutex::new(Record::read(file)?)))
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

    /// Ends the doubt of a record that is a copy or new: the network is known to have committed this height, and with
    /// it what an honest validator had committed when this record was lost. Forgotten votes are then at most two heights
    /// above it: a vote at h is given when h − 1 is decided, and who has helped to decide that has committed h − 2.
    /// Nothing is signed at or below that; synced, so that a restart keeps to it. A height that nobody has committed
    /// would silence this validator for ever: the caller knows it from certificates and not by hearsay. Without such a
    /// doubt it does nothing.
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
        let empty = record.votes.is_empty() && record.damage.slots == 0;
        let founding = network_height <= FOUNDING && record.file.is_disowned() && empty;
        let forgotten =
            if founding { network_height } else { Height(network_height.0.saturating_add(FORGOTTEN_ABOVE)) };
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

    /// Takes the operator's word that this folder has forgotten nothing above `floor`, whatever floor was set before.
    pub(crate) fn trust_copy(&self, floor: Height) -> Result<()> {
        let mut record = lock(&self.0);
        if record.settled && record.floor == floor {
            return Ok(());
        }
        record.restamp(floor)
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

    /// Holds the record against what the ledger shows: this validator has acted at a height, as builder of its block or
    /// as a signer of its certificate. A record that knows of no such act lacks votes, whatever made it so (an older
    /// state put back, or a key that has signed elsewhere): from then on nothing is signed until it is
    /// [settled](Self::settle). Says whether that is so.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is signed in this run all the same.
    pub fn acted_at(&self, height: Height) -> Result<bool> {
        let mut record = lock(&self.0);
        let known = record.floor.max(record.last().map_or(Height(0), |vote| vote.height));
        if !record.settled || height <= known {
            return Ok(false);
        }
        record.settled = false;
        record.file.disown()?;
        Ok(true)
    }

    /// Takes back that the record is known to be whole, until it is settled. Synced.
    fn unsettle(&self) -> Result<()> {
        let mut record = lock(&self.0);
        record.settled = false;
        record.file.disown()
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

#[cfg(test)]
mod tests;
