//! Ways to break the protocol, as `bulla-faulty-node` is told by its `--fault`.

use serde::{Deserialize, Serialize};

/// What a faulty validator does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Each time it proposes a block with entries, and has not proposed all of these, it makes the next of
    /// them out of it.
    ProposesWrongBlocks(Vec<Wrong>),
    /// Proposes, in turn: the parts' announcement without the parts, up to height [`PARTS_WITHHELD_UP_TO`];
    /// then nothing, because building fails, or because it never ends.
    WithholdsItsBlocks,
    /// Votes once more, for another block, in each step.
    VotesTwice,
    /// Keeps the protocol by a clock that is wrong.
    WrongClock {
        /// How far it is ahead; behind, when negative.
        ahead_ms: i64,
    },
    /// Knows the versions of the protocol up to this one, as a later program does, which is no fault: here the rules of
    /// all of them are those of version 1.
    KnowsProtocols {
        /// The newest.
        newest: u32,
    },
    /// Cannot commit the block of this height, as a node cannot whose disk or memory fails.
    CannotCommit {
        /// The height.
        height: u64,
    },
    /// Tells its peers that its blocks from this height on are others than it has.
    TellsOtherHeads {
        /// The height.
        from: u64,
    },
    /// Tells its peers from this height on that it is many heights further than it is.
    ClaimsToBeAhead {
        /// The height.
        from: u64,
        /// How many.
        by: u64,
    },
    /// As [`TellsOtherHeads`](Self::TellsOtherHeads), and gives whoever asks another block for each from this height on, certified with the keys of all
    /// validators, which it has found in the folders beside its own.
    HasAnotherHistory {
        /// The height.
        from: u64,
    },
    /// Prevotes for the block of this height and does not precommit it. Stands still (SIGSTOP by itself) when
    /// it is to sign anything in a later round of the height.
    StopsAfterWithholdingItsPrecommit {
        /// The height.
        height: u64,
    },
    /// Is too slow to check the block of this height as a fresh one, and stands still (SIGSTOP by itself) when
    /// it is to check it again.
    StopsBeforeCheckingAgain {
        /// The height.
        height: u64,
    },
}

/// See [`Fault::WithholdsItsBlocks`].
pub const PARTS_WITHHELD_UP_TO: u64 = 8;

/// The one thing that is wrong with a block. What follows from it (entries' times, roots, hash) is made
/// right again, so that nothing else can be the reason for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrong {
    /// The state root is another.
    StateRoot,
    /// The log root is another.
    LogRoot,
    /// The root of the second log is another.
    SecondLogRoot,
    /// The signature of one transaction is another.
    Signature,
    /// One transaction stands twice.
    RepeatedTransaction,
    /// An entry says that its deposit got another number.
    Outcome,
    /// An opening that came with the transaction is left out, which makes no block invalid.
    MissingOpening,
    /// An opening holds another value than its commitment.
    Opening,
    /// The time is further ahead than the ledger's bound.
    TimeAhead,
    /// The time is the parent's.
    TimeOfParent,
    /// There is one entry more than the ledger allows in a block.
    TooManyEntries,
    /// The header names another validator as its builder.
    Builder,
    /// The bytes are no block.
    Garbage,
}
