//! An application in memory. It outlives the node that runs on it, as a disk would.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bulla_consensus::{
    Application, ApplicationError, HeightInputs, KnownProposal, Origin, Proposed, Received,
};
use bulla_types::{Address, BlockHash, CommitCertificate, ConsensusTimeouts, Equivocation, ValidatorSet};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::sync::watch;

/// Decides on a received block before the usual check does.
pub(crate) type CheckHook = Arc<dyn Fn(&Received) -> Option<Result<bool, ApplicationError>> + Send + Sync>;

/// The timeouts of all tests: short, since loopback is.
pub(crate) const TIMEOUTS: ConsensusTimeouts = ConsensusTimeouts {
    propose_ms: 400,
    propose_delta_ms: 200,
    prevote_ms: 200,
    prevote_delta_ms: 100,
    precommit_ms: 200,
    precommit_delta_ms: 100,
    rebroadcast_ms: 500,
};

/// See the [module](self). A block is height ‖ parent ‖ builder ‖ payload; its hash is SHA-256 of that.
pub(crate) struct MemoryApplication {
    own: Address,
    validators: ValidatorSet,
    payload_bytes: usize,
    wanted: watch::Sender<u64>,
    stored: Mutex<Stored>,
}

#[derive(Default)]
struct Stored {
    chain: Vec<(CommitCertificate, Bytes)>,
    blocks: HashMap<BlockHash, Bytes>,
    built: HashMap<(u64, u32), BlockHash>,
    known: Vec<KnownProposal>,
    checks: Vec<(u64, u32, Origin)>,
    evidence: Vec<Equivocation>,
    hook: Option<CheckHook>,
    serves_garbage: bool,
    passes: Vec<(u64, u32)>,
}

impl MemoryApplication {
    pub(crate) fn new(own: Address, validators: ValidatorSet, payload_bytes: usize) -> Arc<Self> {
        let (wanted, stored) = (watch::Sender::new(0), Mutex::default());
        Arc::new(Self { own, validators, payload_bytes, wanted, stored })
    }

    /// Heights up to this one may start; the next is held back.
    pub(crate) fn want(&self, height: u64) {
        self.wanted.send_modify(|wanted| *wanted = height.max(*wanted));
    }

    pub(crate) fn set_check(&self, hook: CheckHook) {
        self.stored().hook = Some(hook);
    }

    /// Serves other bytes than it committed to nodes that catch up.
    pub(crate) fn serve_garbage(&self) {
        self.stored().serves_garbage = true;
    }

    /// Builds nothing at this height and round.
    #[cfg(feature = "byzantine")]
    pub(crate) fn pass(&self, height: u64, round: u32) {
        self.stored().passes.push((height, round));
    }

    pub(crate) fn tip(&self) -> u64 {
        self.stored().chain.len() as u64
    }

    pub(crate) fn chain(&self) -> Vec<(CommitCertificate, Bytes)> {
        self.stored().chain.clone()
    }

    pub(crate) fn hashes(&self) -> Vec<BlockHash> {
        self.stored().chain.iter().map(|(certificate, _)| certificate.block_hash).collect()
    }

    pub(crate) fn checks(&self) -> Vec<(u64, u32, Origin)> {
        self.stored().checks.clone()
    }

    #[cfg(feature = "byzantine")]
    pub(crate) fn evidence(&self) -> Vec<Equivocation> {
        self.stored().evidence.clone()
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap()
    }

    fn inputs(&self, height: u64) -> HeightInputs {
        HeightInputs { height, validators: self.validators.clone(), timeouts: TIMEOUTS }
    }
}

impl Stored {
    fn tip_hash(&self) -> BlockHash {
        self.chain.last().map_or(BlockHash::from_bytes([0; 32]), |(certificate, _)| certificate.block_hash)
    }

    fn is_valid(&self, received: &Received) -> bool {
        let mut bytes = received.bytes.clone();
        let hashes = hash_of(&bytes) == received.block_hash;
        hashes
            && bytes.len() >= 72
            && bytes.get_u64() == received.height
            && bytes[..32] == *self.tip_hash().as_bytes()
    }
}

fn hash_of(bytes: &[u8]) -> BlockHash {
    BlockHash(bulla_crypto::sha256(&[bytes]))
}

#[async_trait]
impl Application for MemoryApplication {
    fn first_height(&self) -> HeightInputs {
        self.inputs(self.tip() + 1)
    }

    async fn build(&self, height: u64, round: u32, _budget: Duration) -> Result<Proposed, ApplicationError> {
        let mut stored = self.stored();
        if stored.passes.contains(&(height, round)) {
            return Err(ApplicationError::Transient("nothing to propose".into()));
        }
        if let Some(block_hash) = stored.built.get(&(height, round)).copied() {
            return Ok(Proposed { block_hash, bytes: stored.blocks[&block_hash].clone() });
        }
        let mut bytes = BytesMut::new();
        bytes.put_u64(height);
        bytes.put_slice(stored.tip_hash().as_bytes());
        bytes.put_slice(self.own.as_bytes());
        bytes.put_u32(round);
        bytes.resize(bytes.len() + self.payload_bytes, 0x5a);
        let bytes = bytes.freeze();

        let block_hash = hash_of(&bytes);
        stored.blocks.insert(block_hash, bytes.clone());
        stored.built.insert((height, round), block_hash);
        let (pol_round, proposer) = (None, self.own);
        stored.known.push(KnownProposal { height, round, pol_round, proposer, block_hash, valid: true });
        Ok(Proposed { block_hash, bytes })
    }

    fn known(&self, height: u64, round: u32) -> Vec<KnownProposal> {
        let stored = self.stored();
        stored.known.iter().filter(|known| (known.height, known.round) == (height, round)).copied().collect()
    }

    async fn check(&self, received: Received) -> Result<bool, ApplicationError> {
        let mut stored = self.stored();
        let next = stored.chain.len() as u64 + 1;
        assert!(received.height <= next, "the parent is committed");
        if received.height < next {
            return Err(ApplicationError::Transient("decided meanwhile".into()));
        }
        stored.checks.push((received.height, received.round, received.origin));
        if let Some(decided) = stored.hook.as_ref().and_then(|hook| hook(&received)) {
            return decided;
        }
        let valid = stored.is_valid(&received);
        let Received { height, round, pol_round, proposer, block_hash, bytes, .. } = received;
        if valid {
            stored.blocks.insert(block_hash, bytes);
        }
        stored.known.push(KnownProposal { height, round, pol_round, proposer, block_hash, valid });
        Ok(valid)
    }

    fn look_ahead(&self, _blocks: &[Bytes]) {}

    async fn block(&self, hash: BlockHash) -> Option<Bytes> {
        self.stored().blocks.get(&hash).cloned()
    }

    async fn commit(&self, certificate: CommitCertificate) -> Result<(), ApplicationError> {
        let mut stored = self.stored();
        let tip = stored.chain.len() as u64;
        if certificate.height.0 == tip {
            return Ok(());
        }
        assert_eq!(certificate.height.0, tip + 1, "commits come in order");
        let bytes = stored.blocks[&certificate.block_hash].clone();
        stored.chain.push((certificate, bytes));
        stored.known.clear();
        Ok(())
    }

    async fn next(&self, decided: u64) -> HeightInputs {
        let _ = self.wanted.subscribe().wait_for(|wanted| *wanted > decided).await;
        self.inputs(decided + 1)
    }

    fn wake_for(&self, height: u64) {
        self.want(height);
    }

    async fn decided(&self, from: u64, to: u64, _bytes_max: u64) -> Vec<(CommitCertificate, Bytes)> {
        let stored = self.stored();
        let wanted =
            stored.chain.iter().filter(|(certificate, _)| (from..=to).contains(&certificate.height.0));
        let serve = |(certificate, bytes): &(CommitCertificate, Bytes)| {
            let bytes = if stored.serves_garbage { Bytes::from_static(b"garbage") } else { bytes.clone() };
            (certificate.clone(), bytes)
        };
        wanted.map(serve).collect()
    }

    fn history_min(&self) -> u64 {
        u64::from(self.tip() > 0)
    }

    fn equivocation(&self, evidence: Vec<Equivocation>) {
        self.stored().evidence.extend(evidence);
    }
}
