//! An application that answers like the chain behind it, but for what its misconduct answers instead.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bulla_consensus::{Application, ApplicationError, HeightInputs, KnownProposal, Proposed, Received};
use bulla_types::{BlockHash, CommitCertificate, Equivocation};
use bytes::Bytes;

/// What a faulty application does otherwise; by default nothing.
#[async_trait]
pub(crate) trait Misconduct: Send + Sync + 'static {
    async fn build(
        &self,
        chain: &dyn Application,
        height: u64,
        round: u32,
        budget: Duration,
    ) -> Result<Proposed, ApplicationError> {
        chain.build(height, round, budget).await
    }

    async fn check(&self, chain: &dyn Application, received: Received) -> Result<bool, ApplicationError> {
        chain.check(received).await
    }

    async fn commit(
        &self,
        chain: &dyn Application,
        certificate: CommitCertificate,
    ) -> Result<(), ApplicationError> {
        chain.commit(certificate).await
    }

    async fn decided(
        &self,
        chain: &dyn Application,
        from: u64,
        to: u64,
        bytes_max: u64,
    ) -> Vec<(CommitCertificate, Bytes)> {
        chain.decided(from, to, bytes_max).await
    }

    /// The bytes of a block that the chain does not know.
    fn block(&self, _hash: BlockHash) -> Option<Bytes> {
        None
    }
}

/// The chain with a misconduct in front.
pub(crate) struct Faulty<M> {
    chain: Arc<dyn Application>,
    misconduct: M,
}

impl<M: Misconduct> Faulty<M> {
    pub(crate) fn new(chain: Arc<dyn Application>, misconduct: M) -> Arc<Self> {
        Arc::new(Self { chain, misconduct })
    }
}

#[async_trait]
impl<M: Misconduct> Application for Faulty<M> {
    fn first_height(&self) -> HeightInputs {
        self.chain.first_height()
    }

    async fn build(&self, height: u64, round: u32, budget: Duration) -> Result<Proposed, ApplicationError> {
        self.misconduct.build(&*self.chain, height, round, budget).await
    }

    fn known(&self, height: u64, round: u32) -> Vec<KnownProposal> {
        self.chain.known(height, round)
    }

    fn look_ahead(&self, blocks: &[Bytes]) {
        self.chain.look_ahead(blocks);
    }

    async fn check(&self, received: Received) -> Result<bool, ApplicationError> {
        self.misconduct.check(&*self.chain, received).await
    }

    async fn block(&self, hash: BlockHash) -> Option<Bytes> {
        match self.misconduct.block(hash) {
            None => self.chain.block(hash).await,
            own => own,
        }
    }

    async fn commit(&self, certificate: CommitCertificate) -> Result<(), ApplicationError> {
        self.misconduct.commit(&*self.chain, certificate).await
    }

    async fn next(&self, decided: u64) -> HeightInputs {
        self.chain.next(decided).await
    }

    fn wake_for(&self, height: u64) {
        self.chain.wake_for(height);
    }

    async fn decided(&self, from: u64, to: u64, bytes_max: u64) -> Vec<(CommitCertificate, Bytes)> {
        self.misconduct.decided(&*self.chain, from, to, bytes_max).await
    }

    fn history_min(&self) -> u64 {
        self.chain.history_min()
    }

    fn equivocation(&self, evidence: Vec<Equivocation>) {
        self.chain.equivocation(evidence);
    }
}
