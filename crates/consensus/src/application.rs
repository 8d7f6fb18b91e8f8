//! What the engine asks of the rest of the house.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use bulla_types::{Address, BlockHash, CommitCertificate, ConsensusTimeouts, Equivocation, ValidatorSet};
use bytes::Bytes;

/// What a height starts with: all of it from the ledger, so that every node starts it alike.
#[derive(Clone, Debug)]
pub struct HeightInputs {
    /// The height.
    pub height: u64,
    /// Who votes at this height.
    pub validators: ValidatorSet,
    /// How long the steps of its rounds wait.
    pub timeouts: ConsensusTimeouts,
}

/// A block built here.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Its hash: the value that validators agree on.
    pub block_hash: BlockHash,
    /// Its encoding, which this crate carries and never reads.
    pub bytes: Bytes,
}

/// How a block came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Proposed for the first time, as far as its proposer says: the voting rules apply to it, among them
    /// the bound on block time.
    Fresh,
    /// Proposed again. More than two thirds prevoted for it in an earlier round, and this node has seen
    /// their votes: only the rules of validity apply.
    Relocked,
    /// Decided by others, and certified: only the rules of validity apply.
    Synced,
}

/// A block that came from elsewhere, to be checked.
#[derive(Clone, Debug)]
pub struct Received {
    /// Height that it is proposed for.
    pub height: u64,
    /// Round that it is proposed in; of a synced block, the round it was decided in.
    pub round: u32,
    /// Round in which more than two thirds prevoted for it, when it is proposed again.
    pub pol_round: Option<u32>,
    /// Who proposes it in this round, which need not be who built it.
    pub proposer: Address,
    /// What the bytes must hash to. The check must verify that they do.
    pub block_hash: BlockHash,
    /// The encoded block.
    pub bytes: Bytes,
    /// How it came.
    pub origin: Origin,
}

/// A proposal whose block and verdict the application holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownProposal {
    /// Height that it was proposed for.
    pub height: u64,
    /// Round that it was proposed in.
    pub round: u32,
    /// See [`Received::pol_round`].
    pub pol_round: Option<u32>,
    /// Who proposed it.
    pub proposer: Address,
    /// Its block.
    pub block_hash: BlockHash,
    /// The verdict that `check` gave; true for a block built here.
    pub valid: bool,
}

/// Why the application does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// Not now; the same may succeed later. The node abstains, or asks another peer.
    #[error("the application cannot answer now: {0}")]
    Transient(#[source] Box<dyn Error + Send + Sync>),
    /// Never again in this process. The node stops taking part.
    #[error("the application cannot go on: {0}")]
    Fatal(#[source] Box<dyn Error + Send + Sync>),
}

/// The rest of the house, as consensus sees it.
///
/// The engine calls in this order: [`first_height`](Self::first_height) once; then for each height `h`
/// [`build`](Self::build), [`check`](Self::check) and [`known`](Self::known) as rounds need them,
/// [`commit`](Self::commit) of `h` exactly once, [`equivocation`](Self::equivocation), and
/// [`next`](Self::next) after the commit has returned. Nothing of `h + 1` is checked or built before
/// `next(h)` has returned. Checks of one height may run at the same time, and one may come when its height
/// has just been committed, since a block can arrive by two ways: [`ApplicationError::Transient`] is the
/// answer then. A future that is dropped, when the node stops, must leave nothing half done; a commit is
/// never dropped.
#[async_trait]
pub trait Application: Send + Sync + 'static {
    /// The height after the last one committed. Asked once, at the start.
    fn first_height(&self) -> HeightInputs;

    /// A block to propose at this height and round, ready within `budget`. It must be durable before it is
    /// returned, and the same (height, round) must yield the same block again, after a crash too.
    ///
    /// # Errors
    /// Either kind; this node then proposes nothing in this round.
    async fn build(&self, height: u64, round: u32, budget: Duration) -> Result<Proposed, ApplicationError>;

    /// The proposals of this height and round that were built or checked before. The engine waits for the
    /// answer and does nothing else meanwhile: it must not wait for anything.
    fn known(&self, height: u64, round: u32) -> Vec<KnownProposal>;

    /// Whether the block is valid. Block and verdict must be durable before it returns, but for a
    /// [synced](Origin::Synced) block of a height at which this node has no vote.
    ///
    /// `Ok(false)` for a [synced](Origin::Synced) block says that the bytes are not the certified block,
    /// which is the fault of the peer that sent them. A block that is the certified one, byte for byte, and
    /// executes to other roots here is [`ApplicationError::Fatal`].
    ///
    /// # Errors
    /// Either kind; the block counts as not received.
    async fn check(&self, received: Received) -> Result<bool, ApplicationError>;

    /// Blocks that are about to be checked as [synced](Origin::Synced), each certified by the validators of the running
    /// height, for whatever can be made ready meanwhile. Nothing else about them is known, and their checks come
    /// whether this was called or not. It may take its time: it is called off the runtime's threads, once at a time.
    fn look_ahead(&self, blocks: &[Bytes]);

    /// The bytes of a block that `build` returned or `check` accepted, to stream them again.
    async fn block(&self, hash: BlockHash) -> Option<Bytes>;

    /// Commits the block that the certificate names, in one atomic write with it: durably, unless the block is
    /// [synced](Origin::Synced) and this node has no vote at its height. The certificate
    /// is valid, minimal and sorted. It may come again after a crash: committing what is committed is no
    /// error.
    ///
    /// # Errors
    /// Any error ends this node's part in consensus.
    async fn commit(&self, certificate: CommitCertificate) -> Result<(), ApplicationError>;

    /// Waits until the height after `decided` should start (an entry waits, a deadline falls due, the
    /// heartbeat passes, [`wake_for`](Self::wake_for) was called) and says what it starts with. Until it
    /// returns this node runs no round and no timeout, which is what makes an idle ledger quiet.
    async fn next(&self, decided: u64) -> HeightInputs;

    /// Some validator is at this height already: do not hold it back.
    fn wake_for(&self, height: u64);

    /// Committed blocks of heights `from` to `to` with their certificates, from `from` on without a gap, as
    /// many as fit `bytes_max` together; fewer or none is a good answer.
    async fn decided(&self, from: u64, to: u64, bytes_max: u64) -> Vec<(CommitCertificate, Bytes)>;

    /// First height that `decided` can serve; 0 when there is none. Must not wait for anything.
    fn history_min(&self) -> u64;

    /// Proof that validators voted twice in one step, to be kept and put on the ledger. Comes as soon as the
    /// second vote does, and verifies by itself. The same may come again. Must not wait for anything.
    fn equivocation(&self, evidence: Vec<Equivocation>);
}
