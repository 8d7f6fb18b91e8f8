//! From which height a validator may sign again, after comparing everything that remembers.

use bulla_types::{Address, CommitCertificate, Header, Height};

use crate::{
    engine_log::{EngineLog, LogLoss},
    error::Result,
    folder::Folder,
    options::{CopiedFolder, StoreOptions},
    signed::SignedGuard,
    tip_file::TipRecord,
};

/// What the store says on opening about signing. The guard keeps to it by itself; the node should act on
/// it and tell its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningStart {
    /// When signing may start.
    pub floor: SigningFloor,
    /// Why it may not start at once; empty when it may.
    pub doubts: Vec<SigningDoubt>,
}

/// When a validator may start to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningFloor {
    /// At once.
    Clear,
    /// Above this height: up to it the node follows as an observer.
    After(Height),
    /// Once [`SignedGuard::settle`] was told the network's height, and above it; above this one in any case.
    AfterNetwork(Height),
}

/// A sign that votes may have been forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningDoubt {
    /// The database opened at an earlier height than it had reached: it lost the end of its log, or was put
    /// back from a copy.
    RolledBack {
        /// Height that the tip record saw committed.
        tip_file_height: Height,
        /// Height of the database.
        store_height: Height,
    },
    /// Votes were signed for a height that the database is not yet at.
    SignedAhead {
        /// Height of the last vote.
        signed_height: Height,
        /// Height of the database.
        store_height: Height,
    },
    /// A record of the `signed` file is damaged, and it may have been the newest.
    VoteLost,
    /// The `signed` file is not the one last written, but a copy of it.
    FolderCopied,
    /// The `signed` file was gone, and a new one stands in its place.
    RecordLost,
    /// A block that is here shows an act of this validator of which the `signed` file knows nothing: an older state of
    /// that file, or a key that has signed elsewhere.
    VotesMissing {
        /// Height of the newest such block.
        height: Height,
    },
    /// The consensus engine lost its log of the height that it was in. The record of votes stands in for it:
    /// this validator votes at that height for what its lock allows.
    EngineLogLost {
        /// The height.
        height: Height,
        /// How.
        how: LogLoss,
    },
    /// The folder is new. That is how a ledger starts, and also a validator whose disk was lost.
    FolderNew,
}

impl SigningStart {
    /// Whether more than a new folder keeps this validator from signing: a person should know.
    #[must_use]
    pub fn is_alarming(&self) -> bool {
        let alarms = |doubt: &SigningDoubt| {
            !matches!(doubt, SigningDoubt::FolderNew | SigningDoubt::EngineLogLost { .. })
        };
        self.doubts.iter().any(alarms)
    }

    /// The height whose engine log is lost, and how it was.
    #[must_use]
    pub fn lost_log(&self) -> Option<(Height, &LogLoss)> {
        self.doubts.iter().find_map(|doubt| match doubt {
            SigningDoubt::EngineLogLost { height, how } => Some((*height, how)),
            _ => None,
        })
    }
}

/// Whether a decided block shows an act of one of these validators: it built the block, and proposed it then, or its
/// vote stands in the certificate.
#[must_use]
pub fn shows_act(header: &Header, certificate: &CommitCertificate, validators: &[Address]) -> bool {
    let signed = |validator| certificate.signatures.iter().any(|(signer, _)| signer == validator);
    validators.iter().any(|validator| header.builder == *validator || signed(validator))
}

/// Compares store, tip record, signed votes and the engine's log, and sets the guard's floor. `acted_at` is the height
/// of the newest block, of some before the tip, that shows an act of this validator.
pub(crate) fn start(
    folder: &Folder,
    store_height: Height,
    acted_at: Option<Height>,
    tip_file: Option<TipRecord>,
    guard: &SignedGuard,
    options: &StoreOptions,
) -> Result<SigningStart> {
    let next = Height(store_height.0 + 1);
    let trusted = options.copied_folder == CopiedFolder::Trust;
    let mut doubts = Vec::new();
    // By the operator's word, what earlier starts have found is void; what this one finds is not.
    let mut floor = if trusted { store_height } else { guard.floor() };
    if let Some(tip) = tip_file.filter(|tip| tip.height > store_height) {
        doubts.push(SigningDoubt::RolledBack { tip_file_height: tip.height, store_height });
        // It may have voted on the height after that as well; the guard remembers those votes.
        floor = floor.max(tip.height);
    }
    if let Some(vote) = guard.last().filter(|vote| vote.height > next) {
        doubts.push(SigningDoubt::SignedAhead { signed_height: vote.height, store_height });
        floor = floor.max(vote.height);
    }
    if guard.damage().newest_may_be_lost {
        doubts.push(SigningDoubt::VoteLost);
        let newest = guard.last().map_or(next, |vote| vote.height.max(next));
        floor = floor.max(newest);
    }
    let lacks = match acted_at.filter(|_| !trusted) {
        Some(height) => guard.acted_at(height)?.then_some(height),
        None => None,
    };
    let lost = guard.is_new() && store_height > Height(0);
    if lost && !trusted {
        // Who has blocks has voted, perhaps on the next one too. Were all validators to stay silent there on
        // principle, a ledger that was restored as a whole could never go on: hence the operators' word.
        floor = floor.max(next);
    }
    if trusted {
        guard.trust_copy(floor)?;
    } else {
        guard.raise_floor(floor)?;
    }
    if !guard.is_settled() && options.copied_folder == CopiedFolder::Observe {
        doubts.push(match lacks {
            Some(height) => SigningDoubt::VotesMissing { height },
            None if lost => SigningDoubt::RecordLost,
            None if guard.is_new() => SigningDoubt::FolderNew,
            None => SigningDoubt::FolderCopied,
        });
    }
    doubts.extend(check_log(folder, next, guard, options)?);
    let floor = guard.floor();
    let floor = if !guard.is_settled() {
        SigningFloor::AfterNetwork(floor)
    } else if floor > store_height {
        SigningFloor::After(floor)
    } else {
        SigningFloor::Clear
    };
    Ok(SigningStart { floor, doubts })
}

/// Looks for the engine's log of the running height. One that it could not use, or must not, is set aside: it
/// starts with an empty one then.
fn check_log(
    folder: &Folder,
    running: Height,
    guard: &SignedGuard,
    options: &StoreOptions,
) -> Result<Option<SigningDoubt>> {
    let log = EngineLog::read(folder)?;
    let how = if guard.stands_in() == Some(running) {
        // What the engine has logged since knows nothing of the lock, and it would stop over votes that it did
        // not ask for.
        Some(LogLoss::Before)
    } else {
        log.loss(running, &guard.votes_at(running), &options.voters)
    };
    // Below the floor nothing is signed in any case, and who has to settle first gets a floor above this height.
    let lost = how.filter(|_| guard.is_settled() && guard.floor() < running);
    if lost.is_some() {
        guard.stand_in(running)?;
    }
    if lost.is_some() || matches!(log, EngineLog::Damaged { .. }) {
        EngineLog::set_aside(folder)?;
    }
    Ok(lost.map(|how| SigningDoubt::EngineLogLost { height: running, how }))
}
