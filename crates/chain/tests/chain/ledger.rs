//! A ledger with one validator, and the chains of its nodes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use bulla_chain::{Chain, ChainError, CommittedState, Origin, Proposal, open_or_found};
use bulla_client::{DepositRequest, Signer, TransactionBuilder};
use bulla_crypto::{DocumentHasher, SecretKey};
use bulla_fixtures::{certificate, declaration, genesis, key, organisation, parameters};
use bulla_mempool::{Clock, Limits, Mempool, Source};
use bulla_storage::{StorageError, Store, StoreOptions};
use bulla_types::{
    Action, Address, Block, BlockHash, BlockTime, CaptureMode, CommitCertificate, Equivocation, Founder,
    Genesis, KeyPurpose, KnownProtocols, MemberNumber, Parameters, Role, Submission, TestClock,
};
use bytes::Bytes;
use tempfile::TempDir;

/// A clock that the test sets.
#[derive(Clone)]
pub(crate) struct Hand(Arc<AtomicU64>);

impl Hand {
    pub(crate) fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, time: BlockTime) {
        self.0.store(time.0, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> BlockTime {
        BlockTime(self.0.load(Ordering::Relaxed))
    }
}

pub(crate) struct Ledger {
    pub(crate) clock: Hand,
    genesis: Genesis,
    validator: SecretKey,
    folder: TempDir,
}

impl Ledger {
    /// Member 1 validates, member 2 deposits.
    pub(crate) fn found() -> Self {
        Self::found_with(|_| ())
    }

    /// The same with other parameters.
    pub(crate) fn found_with(change: impl FnOnce(&mut Parameters)) -> Self {
        let validator = key("validator");
        let administers = declaration(&key("administrator"), KeyPurpose::Administer);
        let keys = vec![declaration(&validator, KeyPurpose::Consensus), administers];
        let body = organisation(1, "登记机构", &[Role::RegistrationBody], keys);
        let keys = vec![declaration(&key("service"), KeyPurpose::Operate)];
        let service = organisation(2, "存证服务机构", &[Role::EvidenceService], keys);
        let founders = vec![Founder { member: body, power: 1 }, Founder { member: service, power: 0 }];
        let now = BlockTime(u64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
        let mut parameters = Parameters { admin_threshold: 1, ..parameters() };
        change(&mut parameters);
        Self::of(genesis(BlockTime(now.0 - 1_000), parameters, founders), validator, now)
    }

    /// The ledger of this genesis, whose one validator has this key.
    pub(crate) fn of(genesis: Genesis, validator: SecretKey, now: BlockTime) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { clock: Hand(Arc::new(AtomicU64::new(now.0))), genesis, validator, folder }
    }

    /// The same founded with a clock for tests.
    pub(crate) fn with_test_clock(self) -> Self {
        let Self { clock, genesis, validator, .. } = self;
        let founders = genesis.founders().to_vec();
        let (name, parameters) = (genesis.name().clone(), genesis.parameters().clone());
        let test_clock = TestClock { speed_max: 1 };
        let genesis = Genesis::with_test_clock(test_clock, name, genesis.time(), parameters, founders);
        Self::of(genesis.unwrap(), validator, clock.now())
    }

    /// The validator's.
    pub(crate) fn address(&self) -> Address {
        Address::of(self.validator.public_key())
    }

    /// The folder of the node of this name.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The chain of the node of this name, whose folder is made if it is not there.
    pub(crate) fn open(&self, name: &str) -> Arc<Chain> {
        self.open_with(name, &StoreOptions::small())
    }

    /// As [`open`](Self::open), by a program that knows the versions of the protocol up to this one.
    pub(crate) fn open_knowing(&self, name: &str, newest: u32) -> Arc<Chain> {
        let protocols = KnownProtocols::up_to(newest);
        self.open_with(name, &StoreOptions { protocols, ..StoreOptions::small() })
    }

    fn open_with(&self, name: &str, options: &StoreOptions) -> Arc<Chain> {
        let store = Arc::new(self.try_open_store(name, options).unwrap());
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let view = Arc::new(CommittedState::new(Arc::clone(&store), Arc::clone(&clock)).unwrap());
        let (mempool, _) =
            Mempool::new(Limits::default(), self.genesis.ledger_id(), view, Arc::clone(&clock));
        Arc::new(Chain::open(store, Arc::new(mempool), clock).unwrap())
    }

    /// A folder that was open a moment ago is free once the last worker of its mempool has ended.
    pub(crate) fn open_store(&self, name: &str) -> Store {
        self.try_open_store(name, &StoreOptions::small()).unwrap()
    }

    pub(crate) fn try_open_store(&self, name: &str, options: &StoreOptions) -> Result<Store, ChainError> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match open_or_found(&self.path(name), options, &self.genesis) {
                Err(ChainError::Storage(StorageError::Locked { .. })) if Instant::now() < deadline => {
                    std::thread::yield_now();
                }
                opened => return opened.map(|opened| opened.store),
            }
        }
    }

    /// A deposit with a title.
    pub(crate) fn deposit(&self, document: &str) -> Submission {
        self.deposit_with(document, |request| request.title = Some("合同".to_owned()))
    }

    pub(crate) fn deposit_with(
        &self,
        document: &str,
        change: impl FnOnce(&mut DepositRequest),
    ) -> Submission {
        let digests = DocumentHasher::digest_reader(document.as_bytes()).unwrap();
        let mut request = DepositRequest::of(&digests, "text/plain".parse().unwrap(), CaptureMode::Original);
        change(&mut request);
        let signer = Signer::new(MemberNumber(2), key("service"));
        TransactionBuilder::new(self.genesis.ledger_id()).signer(&signer).action(request).build().unwrap()
    }

    /// An act of the registration body.
    pub(crate) fn act(&self, action: Action) -> Submission {
        let signer = Signer::new(MemberNumber(1), key("administrator"));
        TransactionBuilder::new(self.genesis.ledger_id()).signer(&signer).action(action).build().unwrap()
    }

    pub(crate) async fn admit(&self, chain: &Chain, submission: &Submission) {
        chain.mempool().admit(submission.encode().into(), Source::Client).await.unwrap();
    }

    pub(crate) fn proposal(
        &self,
        height: u64,
        (block_hash, bytes): (BlockHash, Bytes),
        origin: Origin,
    ) -> Proposal {
        Proposal { height, round: 0, pol_round: None, proposer: self.address(), block_hash, bytes, origin }
    }

    /// Two votes of the validator in one step of this height.
    pub(crate) fn equivocation(&self, height: u64) -> Equivocation {
        bulla_fixtures::equivocation(self.genesis.ledger_id(), &self.validator, height)
    }

    pub(crate) fn certify(&self, block: &Bytes) -> CommitCertificate {
        certificate(&Block::decode(block).unwrap().header, std::slice::from_ref(&self.validator))
    }

    /// Builds the next block here and commits it.
    pub(crate) fn advance(&self, chain: &Chain) -> Block {
        let (_, bytes) = chain.build(chain.tip().next_height(), 0, self.address()).unwrap();
        chain.commit(&self.certify(&bytes)).unwrap();
        Block::decode(&bytes).unwrap()
    }
}
