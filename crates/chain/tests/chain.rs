//! Two chains without a network: what one builds the other checks, commits and proves.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bulla_chain::{Chain, ChainError, CommittedState, EntryRef, Origin, Proposal, open_or_found};
use bulla_client::{DepositRequest, Signer, TransactionBuilder};
use bulla_crypto::{DocumentHasher, Hash, SecretKey};
use bulla_mempool::{Clock, Limits, Mempool, Source};
use bulla_storage::{StorageError, Store, StoreOptions};
use bulla_types::{
    AccessToEntries, Address, Block, BlockHash, BlockTime, CaptureMode, CommitCertificate, ConsensusTimeouts,
    CreditCode, EnrolMember, Founder, Genesis, Height, KeyDeclaration, KeyPurpose, LedgerClass,
    MemberIdentity, MemberNumber, Name, OrganisationForm, Parameters, ReasonCode, Role, Roles, SecondLog,
    Submission, VoteType,
};
use bytes::Bytes;
use tempfile::TempDir;

/// A clock that the test sets.
#[derive(Clone)]
struct Hand(Arc<AtomicU64>);

impl Clock for Hand {
    fn now(&self) -> BlockTime {
        BlockTime(self.0.load(Ordering::Relaxed))
    }
}

struct Ledger {
    genesis: Genesis,
    validator: SecretKey,
    service: SecretKey,
    clock: Hand,
    folder: TempDir,
}

impl Ledger {
    fn found() -> Self {
        let key = |seed| SecretKey::from_seed(&[seed; 32]);
        let declare = |key: &SecretKey, purpose| KeyDeclaration {
            key: key.public_key().clone(),
            purpose,
            possession: None,
        };
        let (validator, service) = (key(1), key(2));
        let founders = vec![
            founder(
                1,
                Role::RegistrationBody,
                vec![declare(&validator, KeyPurpose::Consensus), declare(&key(3), KeyPurpose::Administer)],
                1,
            ),
            founder(2, Role::EvidenceService, vec![declare(&service, KeyPurpose::Operate)], 0),
        ];
        let now = u64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
        let name: Name = "测试账本".parse().unwrap();
        let genesis =
            Genesis::new(LedgerClass::Test, name, BlockTime(now - 1_000), parameters(), founders).unwrap();
        let clock = Hand(Arc::new(AtomicU64::new(now)));
        Self { genesis, validator, service, clock, folder: tempfile::tempdir().unwrap() }
    }

    fn address(&self) -> Address {
        Address::of(self.validator.public_key())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self, name: &str) -> Arc<Chain> {
        let store = Arc::new(self.open_store(name));
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let view = Arc::new(CommittedState::new(Arc::clone(&store), Arc::clone(&clock)).unwrap());
        let (mempool, _) =
            Mempool::new(Limits::default(), self.genesis.ledger_id(), view, Arc::clone(&clock));
        Arc::new(Chain::open(store, Arc::new(mempool), clock).unwrap())
    }

    /// A folder that was open a moment ago is free once the last worker of its mempool has ended.
    fn open_store(&self, name: &str) -> Store {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match open_or_found(&self.path(name), &StoreOptions::small(), &self.genesis) {
                Err(ChainError::Storage(StorageError::Locked { .. })) if Instant::now() < deadline => {
                    std::thread::yield_now();
                }
                opened => return opened.unwrap().store,
            }
        }
    }

    fn deposit(&self, content: &str) -> Submission {
        let digests = DocumentHasher::digest_reader(content.as_bytes()).unwrap();
        let request = DepositRequest {
            title: Some("合同".to_owned()),
            ..DepositRequest::of(&digests, "text/plain".parse().unwrap(), CaptureMode::Original)
        };
        let signer = Signer::new(MemberNumber(2), self.service.clone());
        TransactionBuilder::new(self.genesis.ledger_id()).signer(&signer).action(request).build().unwrap()
    }

    fn certify(&self, height: u64, round: u32, block_hash: BlockHash) -> CommitCertificate {
        let mut certificate =
            CommitCertificate { height: Height(height), round, block_hash, signatures: Vec::new() };
        let vote = certificate.vote(self.genesis.ledger_id(), self.address());
        assert_eq!(vote.vote_type, VoteType::Precommit);
        certificate.signatures.push((self.address(), self.validator.sign(&vote.preimage())));
        certificate
    }

    fn proposal(&self, height: u64, (block_hash, bytes): (BlockHash, Bytes), origin: Origin) -> Proposal {
        Proposal { height, round: 0, pol_round: None, proposer: self.address(), block_hash, bytes, origin }
    }

    /// Builds the next block here and commits it.
    fn advance(&self, chain: &Chain) -> Block {
        let height = chain.tip().next_height();
        let (hash, bytes) = chain.build(height, 0, self.address()).unwrap();
        chain.commit(&self.certify(height, 0, hash)).unwrap();
        Block::decode(&bytes).unwrap()
    }

    async fn admit(&self, chain: &Chain, submission: &Submission) {
        chain.mempool().admit(submission.encode().into(), Source::Client).await.unwrap();
    }
}

fn founder(number: usize, role: Role, keys: Vec<KeyDeclaration>, power: u64) -> Founder {
    let mut checks = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let credit_code = checks
        .find_map(|check| CreditCode::parse(format!("91000000MA{number:07}{check}").as_bytes()).ok())
        .unwrap();
    let name = format!("测试机构{number}").parse().unwrap();
    let identity = MemberIdentity::Organisation { form: OrganisationForm::LegalPerson, name, credit_code };
    Founder { member: EnrolMember { identity, roles: Roles::new([role]).unwrap(), keys }, power }
}

fn parameters() -> Parameters {
    Parameters {
        protocol_version: 1,
        block_bytes_max: 1 << 20,
        block_entries_max: 100,
        request_window_ms: 600_000,
        time_bound_ms: 5_000,
        heartbeat_ms: 60_000,
        admin_threshold: 1,
        evidence_roles: Roles::new([Role::EvidenceService]).unwrap(),
        entry_access: AccessToEntries::Open,
        second_log: SecondLog::Sm3,
        timeouts: ConsensusTimeouts {
            propose_ms: 1_000,
            propose_delta_ms: 500,
            prevote_ms: 300,
            prevote_delta_ms: 200,
            precommit_ms: 300,
            precommit_delta_ms: 200,
            rebroadcast_ms: 1_000,
        },
        block_interval_ms: 20,
    }
}

/// The reason for which a chain refuses a fresh proposal.
fn refusal(ledger: &Ledger, chain: &Chain, block: &Block) -> ReasonCode {
    let proposal =
        ledger.proposal(block.header.height.0, (block.header.hash(), block.encode().into()), Origin::Fresh);
    chain.check(&proposal).unwrap().unwrap_err().reason
}

#[tokio::test]
async fn what_one_builds_the_other_accepts_and_both_commit_to_equal_roots() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    for height in 1..=3 {
        ledger.admit(&builder, &ledger.deposit(&format!("文件 {height}"))).await;
        let built = builder.build(height, 0, ledger.address()).unwrap();
        voter.check(&ledger.proposal(height, built.clone(), Origin::Fresh)).unwrap().unwrap();
        let certificate = ledger.certify(height, 0, built.0);
        builder.commit(&certificate).unwrap();
        voter.commit(&certificate).unwrap();
    }
    let (one, other) = (builder.tip(), voter.tip());
    assert_eq!(one.log_size, 4, "the founding entry and three deposits");
    assert_eq!(one.block_hash, other.block_hash);
    assert_eq!(builder.mempool().usage().entries, 0, "what is committed no longer waits");
}

#[tokio::test]
async fn the_same_height_and_round_give_the_same_block_after_a_restart() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    ledger.admit(&chain, &ledger.deposit("一")).await;
    let first = chain.build(1, 0, ledger.address()).unwrap();
    drop(chain);
    let chain = ledger.open("node");
    assert_eq!(chain.build(1, 0, ledger.address()).unwrap(), first);
    chain.commit(&ledger.certify(1, 0, first.0)).unwrap();
    assert_eq!(chain.tip().log_size, 2, "the stored block was executed again");
}

#[tokio::test]
async fn a_wrong_header_is_refused_with_what_is_wrong_in_it() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let first = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, first.clone(), Origin::Fresh)).unwrap().unwrap();
    builder.commit(&ledger.certify(1, 0, first.0)).unwrap();
    voter.commit(&ledger.certify(1, 0, first.0)).unwrap();
    ledger.admit(&builder, &ledger.deposit("一")).await;
    let (_, bytes) = builder.build(2, 0, ledger.address()).unwrap();
    let honest = Block::decode(&bytes).unwrap();
    let stranger = Address::of(SecretKey::from_seed(&[9; 32]).public_key());
    let wrong = Hash::from_bytes([7; 32]);
    type Corrupt = Box<dyn Fn(&mut Block)>;
    let cases: Vec<(&str, ReasonCode, Corrupt)> = vec![
        ("state root", ReasonCode::BlockStateRootMismatch, Box::new(move |b| b.header.state_root = wrong)),
        ("log root", ReasonCode::BlockLogRootMismatch, Box::new(move |b| b.header.log_root = wrong)),
        (
            "second root",
            ReasonCode::HeaderMismatch,
            Box::new(move |b| b.header.second_log_root = Some(wrong)),
        ),
        ("parent", ReasonCode::Malformed, Box::new(move |b| b.header.parent = BlockHash(wrong))),
        ("parameters", ReasonCode::HeaderMismatch, Box::new(move |b| b.header.parameters_hash = wrong)),
        (
            "next validators",
            ReasonCode::HeaderMismatch,
            Box::new(move |b| b.header.next_validators_hash = wrong),
        ),
        ("early time", ReasonCode::BlockTimeInvalid, Box::new(|b| b.header.time = BlockTime(1))),
        ("late time", ReasonCode::BlockTimeInvalid, Box::new(|b| b.header.time.0 += 60_000)),
        ("builder", ReasonCode::BlockInvalid, Box::new(move |b| b.header.builder = stranger)),
    ];
    for (what, reason, corrupt) in cases {
        let mut block = honest.clone();
        corrupt(&mut block);
        assert_eq!(refusal(&ledger, &voter, &block), reason, "{what}");
    }
    assert!(voter.check(&ledger.proposal(2, (honest.header.hash(), bytes), Origin::Fresh)).unwrap().is_ok());
}

#[tokio::test]
async fn a_locked_value_is_not_held_to_the_bound_on_time() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let built = builder.build(1, 0, ledger.address()).unwrap();
    ledger.clock.0.fetch_add(3_600_000, Ordering::Relaxed);
    let fresh = voter.check(&ledger.proposal(1, built.clone(), Origin::Fresh)).unwrap();
    assert_eq!(fresh.unwrap_err().reason, ReasonCode::BlockTimeInvalid);
    voter.check(&ledger.proposal(1, built, Origin::Relocked)).unwrap().unwrap();
}

#[tokio::test]
async fn a_synced_block_may_come_without_openings() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    ledger.admit(&builder, &ledger.deposit("一")).await;
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let mut block = Block::decode(&bytes).unwrap();
    block.openings.clear();
    voter.check(&ledger.proposal(1, (hash, block.encode().into()), Origin::Synced)).unwrap().unwrap();
}

#[tokio::test]
async fn openings_that_a_builder_leaves_out_are_put_back_by_who_admitted_them() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let submission = ledger.deposit("一");
    ledger.admit(&builder, &submission).await;
    ledger.admit(&voter, &submission).await;
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let mut block = Block::decode(&bytes).unwrap();
    block.openings.clear();
    voter.check(&ledger.proposal(1, (hash, block.encode().into()), Origin::Fresh)).unwrap().unwrap();
    voter.commit(&ledger.certify(1, 0, hash)).unwrap();
    let located = voter.entry(1).unwrap().unwrap();
    assert_eq!(voter.openings(&located).unwrap(), submission.openings());
}

#[tokio::test]
async fn a_commitment_without_an_opening_is_its_owners_to_keep() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let (transaction, _) = ledger.deposit("一").into_parts();
    ledger.admit(&builder, &Submission::new(transaction, Vec::new()).unwrap()).await;
    let built = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, built, Origin::Fresh)).unwrap().unwrap();
}

#[tokio::test]
async fn a_certified_block_that_executes_otherwise_is_fatal() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let (_, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let mut block = Block::decode(&bytes).unwrap();
    block.header.state_root = Hash::from_bytes([7; 32]);
    let proposal = ledger.proposal(1, (block.header.hash(), block.encode().into()), Origin::Synced);
    assert!(matches!(voter.check(&proposal), Err(ChainError::Diverged { height: 1, .. })));
}

#[tokio::test]
async fn bytes_that_are_not_the_certified_block_are_their_senders_fault() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let (_, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let proposal = ledger.proposal(1, (BlockHash::from_bytes([7; 32]), bytes), Origin::Synced);
    assert_eq!(voter.check(&proposal).unwrap().unwrap_err().reason, ReasonCode::BlockPartsInvalid);
}

#[tokio::test]
async fn an_entry_is_found_by_each_of_its_names() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    let submission = ledger.deposit("一");
    ledger.admit(&chain, &submission).await;
    let block = ledger.advance(&chain);
    let id = submission.transaction().id();
    assert_eq!(chain.find(EntryRef::Transaction(id)).unwrap(), Some(1));
    assert_eq!(chain.find(EntryRef::Evidence(bulla_types::EvidenceNumber(1))).unwrap(), Some(1));
    assert_eq!(chain.find(EntryRef::Index(2)).unwrap(), None);
    let located = chain.entry(1).unwrap().unwrap();
    assert_eq!(located.bytes, block.entries[1]);
    assert_eq!(chain.openings(&located).unwrap().len(), 1, "the title's opening is kept beside");
}

#[tokio::test]
async fn a_transaction_that_became_invalid_is_left_out_and_leaves_the_mempool() {
    let ledger = Ledger::found();
    let (one, two) = (ledger.open("one"), ledger.open("two"));
    let submission = ledger.deposit("一");
    ledger.admit(&one, &submission).await;
    ledger.admit(&two, &submission).await;
    // The other chain commits it; this one learns of the commit from a block, not from its mempool.
    let built = two.build(1, 0, ledger.address()).unwrap();
    one.check(&ledger.proposal(1, built.clone(), Origin::Fresh)).unwrap().unwrap();
    one.commit(&ledger.certify(1, 0, built.0)).unwrap();
    assert_eq!(one.mempool().usage().entries, 0);
    let block = ledger.advance(&one);
    assert!(block.entries.is_empty(), "the request took effect once");
}

#[tokio::test]
async fn a_block_takes_no_more_openings_than_any_node_accepts() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let long = "长".repeat(21_000);
    for number in 0..90 {
        let digests = DocumentHasher::digest_reader(format!("{number}").as_bytes()).unwrap();
        let request = DepositRequest {
            title: Some(long.clone()),
            description: Some(long.clone()),
            statement: Some(long.clone()),
            ..DepositRequest::of(&digests, "text/plain".parse().unwrap(), CaptureMode::Original)
        };
        let signer = Signer::new(MemberNumber(2), ledger.service.clone());
        let builder_of = TransactionBuilder::new(ledger.genesis.ledger_id());
        ledger.admit(&builder, &builder_of.signer(&signer).action(request).build().unwrap()).await;
    }
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, (hash, bytes), Origin::Fresh)).unwrap().unwrap();
    builder.commit(&ledger.certify(1, 0, hash)).unwrap();
    let left = builder.mempool().usage().entries;
    assert!(left > 0 && left < 90, "{left} wait for the next block");
}
