//! The chain: builds, checks and commits blocks, one height at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use bulla_mempool::{Clock, Mempool};
use bulla_storage::{Commit, Durable, NewRequest, ProposalRecord, Store};
use bulla_types::{
    Address, Block, BlockHash, BlockTime, CommitCertificate, Equivocation, Height, LedgerId, ReasonCode,
};
use bytes::Bytes;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::ahead::BlocksAhead;
use crate::assemble::Frame;
use crate::builder::{build, unread};
use crate::certified::is_block;
use crate::checker::{CheckFailure, Fresh, ToCheck, check};
use crate::committed::CommittedBlock;
use crate::due::{next_due, reached};
use crate::equivocations::recordable;
use crate::executed::Executed;
use crate::fault::{ChainError, Rejection};
use crate::pace::{Pace, Start};
use crate::tip::Tip;
use crate::view::Snapshot;
use crate::waiters::Waiters;
use crate::work::work;

/// Commits that a slow subscriber may lag behind before it must read from the store.
const NEWS_CAPACITY: usize = 256;

/// Commits of [followed](Origin::Followed) blocks that a cut of power may undo at most.
const UNSETTLED_MAX: usize = 64;

/// A proposal of another validator, complete.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Height it is for.
    pub height: u64,
    /// Round it is for.
    pub round: u32,
    /// The round whose polka justifies proposing it again.
    pub pol_round: Option<u32>,
    /// Whose turn it is.
    pub proposer: Address,
    /// The value proposed.
    pub block_hash: BlockHash,
    /// The encoded block.
    pub bytes: Bytes,
    /// Where it came from.
    pub origin: Origin,
}

/// How a block reached this node, which decides what it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Proposed for the first time: voting rules apply.
    Fresh,
    /// Proposed again because validators are locked on it.
    Relocked,
    /// Decided already, fetched to catch up.
    Synced,
    /// As [`Synced`](Self::Synced), at a height where this node has no vote. Nothing else here refers to such a block,
    /// and others keep it: it is stored with its commit, which may reach the disk some blocks later.
    Followed,
}

impl Origin {
    fn is_decided(self) -> bool {
        matches!(self, Self::Synced | Self::Followed)
    }
}

/// A block executed on top of the tip.
#[derive(Debug, Clone)]
struct Candidate {
    executed: Arc<Executed>,
    durable: Durable,
}

/// The chain of one node.
pub struct Chain {
    store: Arc<Store>,
    mempool: Arc<Mempool>,
    clock: Arc<dyn Clock>,
    tip: RwLock<Arc<Tip>>,
    /// Blocks executed on top of the tip. The lock also keeps executions and commits apart.
    candidates: Mutex<BTreeMap<BlockHash, Candidate>>,
    ahead: BlocksAhead,
    waiters: Waiters,
    news: broadcast::Sender<Arc<CommittedBlock>>,
    waiting: watch::Sender<usize>,
    proposed: watch::Sender<u64>,
    committed_at: Mutex<Instant>,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain").field("tip", &self.tip()).finish_non_exhaustive()
    }
}

impl Chain {
    /// Opens the chain at the store's tip. It goes as far as the versions of the protocol lead that the store was
    /// opened with: [`unknown_protocol`](Self::unknown_protocol).
    ///
    /// # Errors
    /// When the store cannot be read or lacks what its tip promises.
    pub fn open(store: Arc<Store>, mempool: Arc<Mempool>, clock: Arc<dyn Clock>) -> Result<Self, ChainError> {
        let tip = Tip::load(&Snapshot(store.view()?))?;
        let waiting = store.unrecorded_equivocations();
        Ok(Self {
            store,
            mempool,
            clock,
            tip: RwLock::new(Arc::new(tip)),
            candidates: Mutex::default(),
            ahead: BlocksAhead::default(),
            waiters: Waiters::default(),
            news: broadcast::Sender::new(NEWS_CAPACITY),
            waiting: watch::Sender::new(waiting),
            proposed: watch::Sender::new(0),
            committed_at: Mutex::new(Instant::now()),
        })
    }

    /// The committed tip.
    #[must_use]
    pub fn tip(&self) -> Arc<Tip> {
        Arc::clone(&self.tip.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.tip().ledger_id
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The mempool.
    #[must_use]
    pub fn mempool(&self) -> &Arc<Mempool> {
        &self.mempool
    }

    /// Callers that wait for a transaction.
    #[must_use]
    pub fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// News of each commit from now on.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<Arc<CommittedBlock>> {
        self.news.subscribe()
    }

    /// When the newest block was committed here, or when this node started.
    #[must_use]
    pub fn committed_at(&self) -> Instant {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of entries that wait to be recorded.
    #[must_use]
    pub fn waiting(&self) -> usize {
        *self.waiting.borrow()
    }

    /// Builds a block for this height and round, or returns the one already built: the same height and
    /// round give the same value, a crash between included. Durable when it returns. Blocking.
    ///
    /// # Errors
    /// [`ChainError::OutOfOrder`] for another height than the next, [`ChainError::UnknownProtocol`] for one by rules that
    /// are not here; storage and invariant errors.
    pub fn build(&self, height: u64, round: u32, me: Address) -> Result<(BlockHash, Bytes), ChainError> {
        let mut candidates = self.candidates();
        let tip = self.tip_for(height)?;
        let view = self.store.view()?;
        if let Some(mine) =
            view.proposals(Height(height), round)?.into_iter().find(|known| known.proposer == me)
        {
            let bytes = view
                .encoded_block(&mine.block_hash)?
                .ok_or(ChainError::MissingBody { height, block_hash: mine.block_hash })?;
            return Ok((mine.block_hash, bytes));
        }
        let frame = Frame {
            time: self.clock.now().max(tip.earliest_next()),
            builder: me,
            parent_certificate: tip.certified.as_ref().map(|certified| certified.1.clone()),
        };
        let pooled =
            self.mempool.take(tip.parameters.block_bytes_max, tip.parameters.block_entries_max, frame.time);
        let proofs = view.unrecorded_equivocations()?;
        let built = build(&Snapshot(view), &tip, frame, &proofs, &pooled)?;
        self.drop_refused(&built.refused);
        let executed = Arc::new(built.executed);
        self.keep(height, round, None, me, &executed)?;
        let answer = (executed.hash(), executed.encoded.clone());
        candidates.insert(executed.hash(), Candidate { executed, durable: Durable::Now });
        Ok(answer)
    }

    fn drop_refused(&self, refused: &[(bulla_types::TransactionId, Rejection)]) {
        if refused.is_empty() {
            return;
        }
        let ids: Vec<_> = refused.iter().map(|(id, _)| *id).collect();
        self.mempool.refused(&ids);
        for (transaction, rejection) in refused {
            info!(%transaction, %rejection, "an admitted transaction is no longer valid");
            self.waiters.dropped(transaction, rejection);
        }
    }

    /// Looks at blocks that come after the next one and were decided elsewhere, so that their checks are done the
    /// sooner. It may be left out, and nothing is believed. Blocking.
    pub fn look_ahead(&self, blocks: &[Bytes]) {
        self.ahead.look(self.tip().height, &self.mempool, blocks);
    }

    /// Has every commit on the disk when it returns: see [`Origin::Followed`]. Blocking.
    ///
    /// # Errors
    /// Storage errors.
    pub fn settle(&self) -> Result<(), ChainError> {
        Ok(self.store.settle()?)
    }

    /// Whether this node may vote for a proposal. A valid one is durable when this returns, unless it is
    /// [`Origin::Followed`]. Blocking.
    ///
    /// # Errors
    /// [`ChainError::Diverged`] when a decided block does not execute here to its header,
    /// [`ChainError::UnknownProtocol`] for a height by rules that are not here; storage errors.
    pub fn check(&self, proposal: &Proposal) -> Result<Result<(), Rejection>, ChainError> {
        let mut candidates = self.candidates();
        let tip = self.tip_for(proposal.height)?;
        // Even when it was executed before, a fresh proposal answers to the voting rules.
        let known =
            candidates.get(&proposal.block_hash).filter(|_| proposal.origin != Origin::Fresh).cloned();
        let (executed, mut durable) = match known {
            Some(known) => (known.executed, known.durable),
            None => match self.execute(&tip, proposal) {
                Ok(executed) => (Arc::new(executed), Durable::Later),
                Err(CheckFailure::Failed(error)) => return Err(error),
                Err(CheckFailure::Rejected(rejection)) => return self.reject(&tip, proposal, rejection),
            },
        };
        if proposal.origin != Origin::Followed {
            self.keep(proposal.height, proposal.round, proposal.pol_round, proposal.proposer, &executed)?;
            durable = Durable::Now;
        }
        candidates.insert(executed.hash(), Candidate { executed, durable });
        Ok(Ok(()))
    }

    /// A certified block that does not execute is this node's trouble; bytes that are not the certified
    /// block, and any other block, are their sender's.
    fn reject(
        &self,
        tip: &Tip,
        proposal: &Proposal,
        rejection: Rejection,
    ) -> Result<Result<(), Rejection>, ChainError> {
        if proposal.origin.is_decided() {
            let snapshot = Snapshot(self.store.view()?);
            if is_block(&snapshot, tip, &proposal.bytes, proposal.block_hash)? {
                return Err(ChainError::Diverged { height: proposal.height, rejection });
            }
        }
        let Proposal { height, round, proposer, .. } = proposal;
        warn!(height, round, %proposer, %rejection, "proposal refused");
        Ok(Err(rejection))
    }

    fn execute(&self, tip: &Tip, proposal: &Proposal) -> Result<Executed, CheckFailure> {
        let refuse = |reason, detail: String| CheckFailure::Rejected(Rejection::new(reason, detail));
        let given = match self.ahead.take(proposal.height, &proposal.bytes) {
            Some((block, found)) => ToCheck { block, ahead: Some(found) },
            None => {
                let block = Block::decode(&proposal.bytes)
                    .map_err(|error| refuse(error.reason(), format!("block: {error}")))?;
                ToCheck { block, ahead: None }
            }
        };
        let hash = given.block.header.hash();
        if hash != proposal.block_hash {
            return Err(refuse(
                ReasonCode::BlockPartsInvalid,
                format!("the header hashes to {hash}, proposed is {}", proposal.block_hash),
            ));
        }
        let fresh = (proposal.origin == Origin::Fresh)
            .then(|| Fresh { now: self.clock.now(), proposer: proposal.proposer });
        let view = self.store.view().map_err(ChainError::from)?;
        check(&Snapshot(view), &self.mempool, tip, given, fresh)
    }

    /// Makes a proposal durable, once for each round that proposes it.
    fn keep(
        &self,
        height: u64,
        round: u32,
        valid_round: Option<u32>,
        proposer: Address,
        executed: &Executed,
    ) -> Result<(), ChainError> {
        let record = ProposalRecord {
            height: Height(height),
            round,
            valid_round,
            proposer,
            block_hash: executed.hash(),
            valid: true,
        };
        Ok(self.store.put_proposal(&record, Some(&executed.block))?)
    }

    /// Commits the block that the certificate names, in one batch, synced unless the block is
    /// [`Origin::Followed`], then tells everyone. Blocking.
    /// Committing what is committed is no error: the engine may deliver a decision again after a crash.
    ///
    /// # Errors
    /// [`ChainError::MissingBody`] when the block never arrived; [`ChainError::Diverged`] when it does not
    /// execute here to its header; [`ChainError::UnknownProtocol`] for a height by rules that are not here; storage
    /// errors, after which nothing has changed.
    pub fn commit(&self, certificate: &CommitCertificate) -> Result<(), ChainError> {
        let mut candidates = self.candidates();
        let height = certificate.height.0;
        if height <= self.tip().height {
            return Ok(());
        }
        let tip = self.tip_for(height)?;
        let Candidate { executed, durable } = match candidates.get(&certificate.block_hash) {
            Some(candidate) => candidate.clone(),
            None => {
                let executed = Arc::new(self.execute_stored(&tip, certificate)?);
                Candidate { executed, durable: Durable::Now }
            }
        };
        let next = tip.after(&executed, certificate);
        // Who is given a vote by this block votes on the ground that it stands.
        let same_voters = next.validators == next.certified_by;
        let durable = match durable {
            Durable::Later if same_voters && self.store.unsettled() + 1 < UNSETTLED_MAX => Durable::Later,
            _ => Durable::Now,
        };
        self.write(&executed, certificate, durable)?;
        *self.tip.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        candidates.clear();
        self.ahead.committed(height);
        drop(candidates);
        self.announce(&Arc::new(CommittedBlock::new(executed, certificate.clone())));
        Ok(())
    }

    fn write(
        &self,
        executed: &Executed,
        certificate: &CommitCertificate,
        durable: Durable,
    ) -> Result<(), ChainError> {
        let requests: Vec<_> = executed
            .changes
            .requests
            .iter()
            .map(|&(first_signer, request_id, transaction_id, log_index)| NewRequest {
                first_signer,
                request_id,
                transaction_id,
                log_index,
            })
            .collect();
        let work = work(&Snapshot(self.store.view()?), &executed.changes.state).map_err(unread)?;
        self.store.commit(&Commit {
            header: executed.header(),
            block_hash: executed.hash(),
            certificate,
            block: Some(&executed.block),
            log: &executed.log,
            second_log: executed.second_log.as_ref(),
            state: &executed.changes.state,
            tree: &executed.state,
            state_version: executed.state_version,
            requests: &requests,
            forget_requests_before_ms: executed.changes.prune_requests_before_ms,
            index: &executed.index,
            work: &work,
            durable,
        })?;
        Ok(())
    }

    fn announce(&self, block: &Arc<CommittedBlock>) {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let ids: Vec<_> = block.transactions().map(|(id, _)| id).collect();
        self.mempool.committed(&ids);
        self.update_waiting();
        self.waiters.included(block);
        // Nobody listening is no error.
        let _ = self.news.send(Arc::clone(block));
    }

    /// A block that was proposed before a restart: its body is in the store, its execution is not.
    fn execute_stored(&self, tip: &Tip, certificate: &CommitCertificate) -> Result<Executed, ChainError> {
        let (height, block_hash) = (certificate.height.0, certificate.block_hash);
        let view = self.store.view()?;
        let bytes = view.encoded_block(&block_hash)?.ok_or(ChainError::MissingBody { height, block_hash })?;
        let block = Block::decode(&bytes)
            .map_err(|error| ChainError::Invariant(format!("the stored block {block_hash}: {error}")))?;
        let given = ToCheck { block, ahead: None };
        match check(&Snapshot(view), &self.mempool, tip, given, None) {
            Ok(executed) => Ok(executed),
            Err(CheckFailure::Failed(error)) => Err(error),
            Err(CheckFailure::Rejected(rejection)) => Err(ChainError::Diverged { height, rejection }),
        }
    }

    /// The proposals of a height and round that this node has found valid, for the engine after a restart.
    ///
    /// # Errors
    /// Storage errors.
    pub fn proposals(&self, height: u64, round: u32) -> Result<Vec<ProposalRecord>, ChainError> {
        Ok(self.store.view()?.proposals(Height(height), round)?)
    }

    /// Keeps proofs of equivocation until a block records them, those that the rules would record. They are
    /// durable when this returns. Blocking.
    ///
    /// # Errors
    /// Storage and invariant errors; the proofs are not kept then.
    pub fn report(&self, proofs: impl IntoIterator<Item = Equivocation>) -> Result<(), ChainError> {
        // No commit may record a proof after it was found unrecorded and before it is kept: it would stay.
        let candidates = self.candidates();
        let snapshot = Snapshot(self.store.view()?);
        let proofs = recordable(&snapshot, &self.tip(), self.now(), proofs)?;
        for proof in self.store.keep_equivocations(&proofs)? {
            info!(?proof, "equivocation kept for the next block");
        }
        drop(candidates);
        self.update_waiting();
        Ok(())
    }

    /// The time that a block would have if it were built now: the clock's, or just after the newest block's while
    /// the clock has not come so far.
    #[must_use]
    pub fn now(&self) -> BlockTime {
        self.clock.now().max(self.tip().earliest_next())
    }

    /// The block time from which a block begins with an event of a deadline, if nothing is recorded before: it has
    /// passed when such an event is due already. `None` also when the next height goes by rules that are not here.
    ///
    /// # Errors
    /// Storage and invariant errors.
    pub fn next_deadline(&self) -> Result<Option<BlockTime>, ChainError> {
        if self.unknown_protocol().is_some() {
            return Ok(None);
        }
        let tip = self.tip();
        let now = self.clock.now().max(tip.earliest_next());
        next_due(&Snapshot(self.store.view()?), &tip, now)
    }

    /// Another validator proposes for this height: a held height starts.
    pub fn heard_proposal_for(&self, height: u64) {
        self.proposed.send_if_modified(|highest| {
            let higher = height > *highest;
            *highest = (*highest).max(height);
            higher
        });
    }

    /// Resolves when the height after the tip should start: never, when it goes by rules that are not here.
    pub async fn next_due(&self) -> Start {
        let tip = self.tip();
        if self.unknown_protocol().is_some() {
            return std::future::pending().await;
        }
        let deadline = self.next_deadline().unwrap_or_else(|error| {
            warn!(%error, "what falls due cannot be read");
            None
        });
        // Nobody waits for a clock that is behind when the next block has what is due whatever the clock says.
        let deadline = deadline.map(|due| if due > tip.earliest_next() { due } else { BlockTime(0) });
        let mut pace = Pace::new(self.waiting.subscribe(), self.proposed.subscribe());
        pace.until_due(
            tip.next_height(),
            self.committed_at(),
            Duration::from_millis(u64::from(tip.parameters.block_interval_ms)),
            Duration::from_millis(tip.parameters.heartbeat_ms),
            reached(&*self.clock, deadline),
        )
        .await
    }

    /// Follows the mempool, so that an admitted transaction starts a held height. Runs until the mempool is gone.
    pub async fn follow_mempool(self: Arc<Self>) {
        let mut waiting = self.mempool.waiting();
        while waiting.changed().await.is_ok() {
            self.update_waiting();
        }
    }

    fn update_waiting(&self) {
        self.waiting.send_if_modified(|before| {
            // Counted here, where callers take turns: the last one to count is the last one to tell.
            let waiting = *self.mempool.waiting().borrow() + self.store.unrecorded_equivocations();
            std::mem::replace(before, waiting) != waiting
        });
    }

    fn tip_for(&self, height: u64) -> Result<Arc<Tip>, ChainError> {
        let tip = self.tip();
        if tip.next_height() != height {
            return Err(ChainError::OutOfOrder { asked: height, next: tip.next_height() });
        }
        self.protocols().check(tip.parameters.protocol_version, Height(height))?;
        Ok(tip)
    }

    fn candidates(&self) -> MutexGuard<'_, BTreeMap<BlockHash, Candidate>> {
        self.candidates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
