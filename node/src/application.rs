//! The chain, as consensus asks for it.
//!
//! Consensus knows no block and the chain knows no engine; this file is where they meet. Work that
//! executes, hashes or writes runs on the blocking pool.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bulla_chain::{Chain, ChainError, Origin, Proposal};
use bulla_consensus::{Application, ApplicationError, HeightInputs, KnownProposal, Proposed, Received};
use bulla_storage::{OUT_OF_FILES, SignedGuard, StorageError, shows_act};
use bulla_types::{Address, BlockHash, CommitCertificate, Equivocation};
use bytes::Bytes;
use tokio::sync::watch;
use tracing::{error, warn};

use crate::health::{Health, Lack};
use crate::peers::Doorkeeper;
use crate::snapshots::Snapshots;

/// How often a commit that found no room, or too many files open, is tried again.
const COMMIT_RETRY: Duration = Duration::from_secs(1);

/// The chain behind the engine's questions.
pub(crate) struct ChainApplication {
    chain: Arc<Chain>,
    health: Arc<Health>,
    /// The addresses that this node can sign as.
    me: Vec<Address>,
    signed: Arc<SignedGuard>,
    doorkeeper: Arc<Doorkeeper>,
    snapshots: Arc<Snapshots>,
    /// The first height whose block is here.
    served_from: u64,
    stopping: watch::Receiver<bool>,
}

impl ChainApplication {
    pub(crate) fn new(
        chain: Arc<Chain>,
        health: Arc<Health>,
        me: Vec<Address>,
        signed: Arc<SignedGuard>,
        doorkeeper: Arc<Doorkeeper>,
        snapshots: Arc<Snapshots>,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, ChainError> {
        let served_from = chain.base()?.map_or(1, |base| base.height.0 + 1);
        Ok(Self { chain, health, me, signed, doorkeeper, snapshots, served_from, stopping })
    }

    /// Whether the node is told to stop within this time. That its teller goes away means the same.
    async fn stops_within(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.stopping.clone().wait_for(|stopping| *stopping)).await.is_ok()
    }

    /// Whether one of this node's keys has a vote at the height after the tip.
    fn votes_next(&self) -> bool {
        self.chain.tip().validators.address_among(&self.me).is_some()
    }

    fn inputs(&self) -> HeightInputs {
        let tip = self.chain.tip();
        HeightInputs {
            height: tip.next_height(),
            validators: (*tip.validators).clone(),
            timeouts: tip.parameters.timeouts,
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Chain) -> Result<T, ChainError> + Send + 'static,
    ) -> Result<T, ChainError> {
        let chain = Arc::clone(&self.chain);
        match tokio::task::spawn_blocking(move || work(&chain)).await {
            Ok(result) => result,
            Err(panic) => Err(ChainError::Invariant(format!("a task of the chain panicked: {panic}"))),
        }
    }

    /// Tells health what an error means for the node, and consensus whether to go on.
    fn judge(&self, error: ChainError) -> ApplicationError {
        match &error {
            lacking if what_it_lacks(lacking).is_some() => {
                self.health.lack(what_it_lacks(lacking));
                ApplicationError::Transient(Box::new(error))
            }
            // The node's part in consensus ends for the second, in order.
            ChainError::OutOfOrder { .. } | ChainError::UnknownProtocol(_) => {
                ApplicationError::Transient(Box::new(error))
            }
            ChainError::Storage(_)
            | ChainError::Diverged { .. }
            | ChainError::MissingBody { .. }
            | ChainError::Invariant(_) => {
                error!(%error, "the node cannot go on");
                self.health.failed(&error.to_string());
                ApplicationError::Fatal(Box::new(error))
            }
        }
    }
}

/// Holds the record of votes against the newest block: an act of this node that it knows nothing of shows that it lacks
/// votes. The others may need this node's vote for the next height, but not one that it may have given otherwise before.
fn hold_against(signed: &SignedGuard, chain: &Chain, me: &[Address]) {
    let tip = chain.tip();
    let Some((header, certificate)) = tip.certified.as_deref() else { return };
    if !shows_act(header, certificate, me) {
        return;
    }
    match signed.acted_at(header.height) {
        Ok(false) => {}
        Ok(true) => warn!(
            height = %header.height,
            "a block shows an act of this validator that its record of votes does not know: the record, or a disk, was put \
                back from an older state, or another node signs with this key; nothing is signed before it is known up to where"
        ),
        Err(error) => error!(%error, "the signed file could not be written: nothing more is signed"),
    }
}

/// What the store lacks, if it may get it back.
fn what_it_lacks(error: &ChainError) -> Option<Lack> {
    match error {
        ChainError::Storage(StorageError::DiskFull { .. }) => Some(Lack::Room),
        ChainError::Storage(error) if error.is_out_of_files() => Some(Lack::Files),
        // What the rules read comes through a view that knows the store's errors by their text alone.
        ChainError::Invariant(text) if text.contains(OUT_OF_FILES) => Some(Lack::Files),
        _ => None,
    }
}

#[async_trait]
impl Application for ChainApplication {
    fn first_height(&self) -> HeightInputs {
        self.inputs()
    }

    async fn build(&self, height: u64, round: u32, _budget: Duration) -> Result<Proposed, ApplicationError> {
        let Some(me) = self.chain.tip().validators.address_among(&self.me) else {
            return Err(ApplicationError::Transient("this node is no validator now".into()));
        };
        let (block_hash, bytes) = self
            .blocking(move |chain| chain.build(height, round, me))
            .await
            .map_err(|error| self.judge(error))?;
        Ok(Proposed { block_hash, bytes })
    }

    fn known(&self, height: u64, round: u32) -> Vec<KnownProposal> {
        let records = self.chain.proposals(height, round).unwrap_or_else(|error| {
            error!(%error, height, round, "proposals cannot be read");
            Vec::new()
        });
        records
            .into_iter()
            .map(|record| KnownProposal {
                height: record.height.0,
                round: record.round,
                pol_round: record.valid_round,
                proposer: record.proposer,
                block_hash: record.block_hash,
                valid: record.valid,
            })
            .collect()
    }

    async fn check(&self, received: Received) -> Result<bool, ApplicationError> {
        let proposal = Proposal {
            height: received.height,
            round: received.round,
            pol_round: received.pol_round,
            proposer: received.proposer,
            block_hash: received.block_hash,
            bytes: received.bytes,
            origin: match received.origin {
                bulla_consensus::Origin::Fresh => Origin::Fresh,
                bulla_consensus::Origin::Relocked => Origin::Relocked,
                bulla_consensus::Origin::Synced if self.votes_next() => Origin::Synced,
                bulla_consensus::Origin::Synced => Origin::Followed,
            },
        };
        let verdict =
            self.blocking(move |chain| chain.check(&proposal)).await.map_err(|error| self.judge(error))?;
        Ok(verdict.is_ok())
    }

    fn look_ahead(&self, blocks: &[Bytes]) {
        self.chain.look_ahead(blocks);
    }

    async fn block(&self, hash: BlockHash) -> Option<Bytes> {
        self.blocking(move |chain| chain.block(&hash)).await.unwrap_or_else(|error| {
            error!(%error, block = %hash, "a block cannot be read");
            None
        })
    }

    async fn commit(&self, certificate: CommitCertificate) -> Result<(), ApplicationError> {
        loop {
            let attempt = certificate.clone();
            let (snapshots, chain) = (Arc::clone(&self.snapshots), Arc::clone(&self.chain));
            let (signed, me) = (Arc::clone(&self.signed), self.me.clone());
            let doorkeeper = Arc::clone(&self.doorkeeper);
            let commit = move |_: &Chain| {
                chain.commit(&attempt)?;
                doorkeeper.committed();
                hold_against(&signed, &chain, &me);
                snapshots.committed(&chain, attempt.height.0);
                Ok(())
            };
            match self.blocking(commit).await {
                Ok(()) => return Ok(()),
                // The decision stands; it is written when that is possible again, and nothing follows it before.
                Err(error) => match self.judge(error) {
                    ApplicationError::Transient(error) if self.health.lacks().is_some() => {
                        warn!(%error, "a decided block is not written yet: trying again");
                        // The decision is not lost: after a restart the engine's log or a peer gives it again.
                        if self.stops_within(COMMIT_RETRY).await {
                            return Err(ApplicationError::Transient(error));
                        }
                    }
                    fatal => return Err(fatal),
                },
            }
        }
    }

    async fn next(&self, _decided: u64) -> HeightInputs {
        self.chain.next_due().await;
        self.inputs()
    }

    fn wake_for(&self, height: u64) {
        self.chain.heard_proposal_for(height);
    }

    async fn decided(&self, from: u64, to: u64, bytes_max: u64) -> Vec<(CommitCertificate, Bytes)> {
        self.blocking(move |chain| chain.decided(from, to, bytes_max)).await.unwrap_or_else(|error| {
            error!(%error, from, to, "decided blocks cannot be read");
            Vec::new()
        })
    }

    fn history_min(&self) -> u64 {
        if self.chain.tip().height == 0 { 0 } else { self.served_from }
    }

    fn equivocation(&self, evidence: Vec<Equivocation>) {
        let chain = Arc::clone(&self.chain);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = chain.report(evidence) {
                warn!(%error, "a proof of equivocation could not be kept");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_open_files_are_waited_out_like_a_full_disk_and_damage_is_not() {
        let emfile = || std::io::Error::from_raw_os_error(24);
        let io = StorageError::Io { path: "signed".into(), source: emfile() };
        let background = format!("IO error: While open a file for appending: 000020.blob: {OUT_OF_FILES}");
        for error in [
            ChainError::Storage(io),
            ChainError::Storage(StorageError::Engine(background.clone())),
            ChainError::Invariant(background),
        ] {
            assert_eq!(what_it_lacks(&error), Some(Lack::Files), "{error}");
        }
        let damage = StorageError::Corrupted { place: "the database".into(), detail: "checksum".into() };
        assert_eq!(what_it_lacks(&ChainError::Storage(damage)), None);
        assert_eq!(what_it_lacks(&ChainError::Invariant("roots".into())), None);
    }
}
