//! A small ledger that writes real blocks: what the chain does, without its rules.

use std::{collections::BTreeMap, path::Path};

use bulla_crypto::{Hash, SecretKey};
use bulla_merkle::{
    log::{self, Appended, LogHash, Sha256Log, Sm3Log},
    state::{self, StateUpdate},
};
use bulla_storage::{
    Commit, Foundation, IndexRows, LogSuite, NewRequest, Opened, ProposalRecord, Store, StoreOptions,
    StoredBlock, Tip, View,
};
use bulla_types::{
    AccessToEntries, Action, Address, Block, BlockTime, Canonical, CaptureMode, CommitCertificate,
    ConsensusTimeouts, Counter, CounterRecord, CreditCode, DepositEvidence, DigestAlgorithm, Digests,
    DocumentDigest, EnrolMember, Entry, EvidenceNumber, Founder, Genesis, Header, Height, KeyDeclaration,
    KeyId, KeyPurpose, LedgerClass, LedgerId, MemberIdentity, MemberNumber, Opening, OrganisationForm,
    Outcome, Parameters, Provenance, RequestId, Role, Roles, SecondLog, SignerRef, StateKey, SystemEvent,
    Transaction, TransactionBody, ValidatorSet, Vote, VoteType,
};
use bytes::Bytes;

pub(crate) const GENESIS_TIME_MS: u64 = 1_700_000_000_000;
pub(crate) const WINDOW_MS: u64 = 600_000;
const CREDIT_CODES: [&str; 3] = ["91350100M000100Y43", "914403001922038216", "91110000802100433B"];

pub(crate) struct TestLedger {
    keys: Vec<SecretKey>,
    genesis: Genesis,
}

/// A block with everything that executing it gives.
pub(crate) struct Built {
    pub(crate) header: Header,
    pub(crate) stored: StoredBlock,
    pub(crate) certificate: CommitCertificate,
    pub(crate) transactions: Vec<Transaction>,
    log: Appended,
    second_log: Appended,
    state: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    tree: StateUpdate,
    requests: Vec<NewRequest>,
    index: IndexRows,
}

impl TestLedger {
    /// Three validators; the name makes the ledger another one.
    pub(crate) fn new(name: &str) -> Self {
        let keys: Vec<_> = (1..=3).map(|seed| SecretKey::from_seed(&[seed; 32])).collect();
        let founders = keys.iter().zip(CREDIT_CODES).map(|(key, code)| founder(key, code));
        let genesis = Genesis::new(
            LedgerClass::Test,
            name.to_owned().try_into().unwrap(),
            BlockTime(GENESIS_TIME_MS),
            parameters(),
            founders.collect(),
        );
        Self { keys, genesis: genesis.unwrap() }
    }

    pub(crate) fn id(&self) -> LedgerId {
        self.genesis.ledger_id()
    }

    pub(crate) fn validators(&self) -> &ValidatorSet {
        self.genesis.validators()
    }

    /// A new folder, in a network that has decided nothing yet.
    pub(crate) fn create(&self, path: &Path) -> Opened {
        let opened = self.try_create(path, &StoreOptions::small()).unwrap();
        opened.signed.settle(Height(0)).unwrap();
        opened
    }

    pub(crate) fn try_create(&self, path: &Path, options: &StoreOptions) -> bulla_storage::Result<Opened> {
        let state = self.genesis_state();
        let tree = state::update(&Empty, None, 0, &state).unwrap();
        Store::create(
            path,
            options,
            &Foundation { genesis: &self.genesis.encode(), state: &state, tree: &tree },
        )
    }

    pub(crate) fn open(&self, path: &Path) -> Opened {
        self.try_open(path).unwrap()
    }

    pub(crate) fn try_open(&self, path: &Path) -> bulla_storage::Result<Opened> {
        Store::open(path, &StoreOptions::small(), self.id())
    }

    fn genesis_state(&self) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        [
            (StateKey::Parameters, self.genesis.parameters().encode()),
            (StateKey::Validators, self.genesis.validators().encode()),
            (StateKey::Counter(Counter::Evidence), CounterRecord { next: 1 }.encode()),
        ]
        .map(|(key, value)| (key.encode(), Some(value)))
        .into()
    }

    /// Proposes and commits a block with this many deposits.
    pub(crate) fn grow(&self, store: &Store, deposits: u64) -> Built {
        let built = self.build(store, deposits);
        store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
        built.commit(store).unwrap();
        built
    }

    /// The block after the tip, of the next half minute.
    pub(crate) fn build(&self, store: &Store, deposits: u64) -> Built {
        let view = store.view().unwrap();
        let height = Height(view.tip().height.0 + 1);
        let time = BlockTime(GENESIS_TIME_MS + height.0 * 30_000);
        let mut entries = Vec::new();
        let mut transactions = Vec::new();
        let mut openings = Vec::new();
        if height == Height(1) {
            let founded = SystemEvent::Founded { ledger_id: self.id() };
            entries.push(Bytes::from(Entry::encode_event(height, time, &founded)));
        }
        let first_number = evidence_counter(&view);
        for number in first_number..first_number + deposits {
            let position = u32::try_from(entries.len()).unwrap();
            let (transaction, opening) = self.deposit(number, time);
            let outcome = Outcome::EvidenceNumber(EvidenceNumber(number));
            entries.push(Entry::encode_transaction(height, time, &transaction, &[outcome]).into());
            transactions.push(transaction);
            openings.push((position, vec![opening]));
        }
        let counter = CounterRecord { next: first_number + deposits }.encode();
        let state = [(StateKey::Counter(Counter::Evidence).encode(), Some(counter))];
        self.finish(&view, height, time, entries, openings, state.into(), transactions)
    }

    /// A block of these entries, which need not be any.
    pub(crate) fn build_raw(&self, store: &Store, entries: Vec<Bytes>) -> Built {
        let view = store.view().unwrap();
        let height = Height(view.tip().height.0 + 1);
        let time = BlockTime(GENESIS_TIME_MS + height.0 * 30_000);
        self.finish(&view, height, time, entries, Vec::new(), BTreeMap::new(), Vec::new())
    }

    #[allow(clippy::too_many_arguments)]
    fn finish(
        &self,
        view: &View<'_>,
        height: Height,
        time: BlockTime,
        entries: Vec<Bytes>,
        openings: Vec<(u32, Vec<Opening>)>,
        state: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
        transactions: Vec<Transaction>,
    ) -> Built {
        let tip = view.tip();
        let parent = view.decided(tip.height).unwrap();
        let log = append::<Sha256Log>(view, LogSuite::Sha256, tip.log_size, &entries);
        let second_log = append::<Sm3Log>(view, LogSuite::Sm3, tip.log_size, &entries);
        let tree = state::update(view, Some(tip.state_version), height.0, &state).unwrap();
        let header = Header {
            protocol_version: 1,
            ledger_id: self.id(),
            height,
            time,
            builder: self.address(0),
            parent: tip.block_hash,
            parent_certificate: parent.as_ref().map(|parent| parent.certificate.hash()),
            log_size_before: tip.log_size,
            log_size_after: log.size,
            log_root: log.root,
            second_log_root: Some(second_log.root),
            state_root: tree.root,
            validators_hash: self.validators().hash(),
            next_validators_hash: self.validators().hash(),
            parameters_hash: self.genesis.parameters().hash(),
        };
        let block = Block {
            header: header.clone(),
            parent_certificate: parent.map(|parent| parent.certificate),
            entries,
            openings,
        };
        let stored = StoredBlock::parse(&block.encode().into()).unwrap();
        let mut index = IndexRows::default();
        let first_position = u64::try_from(block.entries.len() - transactions.len()).unwrap();
        if !transactions.is_empty() {
            for (log_index, entry) in (tip.log_size..).zip(&block.entries) {
                index.add(log_index, &Entry::decode(entry.clone()).unwrap());
            }
        }
        let requests =
            (tip.log_size + first_position..).zip(&transactions).map(|(log_index, transaction)| NewRequest {
                first_signer: transaction.body().signers[0].member,
                request_id: transaction.body().request_id,
                transaction_id: transaction.id(),
                log_index,
            });
        let requests = requests.collect();
        let certificate = self.certify(&header);
        Built { header, stored, certificate, transactions, log, second_log, state, tree, requests, index }
    }

    fn certify(&self, header: &Header) -> CommitCertificate {
        let (height, block_hash) = (header.height, header.hash());
        let signatures = self.keys.iter().map(|key| {
            let address = Address::of(key.public_key());
            let vote = Vote {
                ledger_id: self.id(),
                vote_type: VoteType::Precommit,
                height,
                round: 0,
                value: Some(block_hash),
                address,
            };
            (address, key.sign(&vote.preimage()))
        });
        let certificate =
            CommitCertificate { height, round: 0, block_hash, signatures: signatures.collect() };
        certificate.minimised(self.validators())
    }

    pub(crate) fn address(&self, validator: usize) -> Address {
        Address::of(self.keys[validator].public_key())
    }

    fn deposit(&self, number: u64, time: BlockTime) -> (Transaction, Opening) {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&number.to_be_bytes());
        let request_id = RequestId::new(time.0 - 1_000, &random);
        let opening = Opening {
            action: 0,
            path: "title".parse().unwrap(),
            salt: [9; 32],
            value: Bytes::from(title(number)),
        };
        let digest = |algorithm, fill| DocumentDigest { algorithm, value: digest(number, fill) };
        let deposit = DepositEvidence {
            digests: Digests::new(vec![digest(DigestAlgorithm::Sha256, 1), digest(DigestAlgorithm::Sm3, 2)])
                .unwrap(),
            media_type: "text/plain".to_owned().try_into().unwrap(),
            size_bytes: 10,
            provenance: Provenance { mode: CaptureMode::Original, captured_at: None, statement: None },
            links: Vec::new(),
            title: Some(opening.commitment(&request_id)),
            description: None,
        };
        let body = TransactionBody {
            ledger_id: self.id(),
            request_id,
            not_after: BlockTime(time.0 + 60_000),
            signers: vec![SignerRef {
                member: MemberNumber(1),
                key_id: KeyId::of(self.keys[0].public_key()),
            }],
            actions: vec![Action::DepositEvidence(deposit)],
        };
        let signature = self.keys[0].sign(&bulla_types::signing_message(&body.id()));
        (Transaction::new(&body, &[signature]).unwrap(), opening)
    }
}

impl Built {
    pub(crate) fn proposal(&self) -> ProposalRecord {
        self.proposal_of_round(0)
    }

    pub(crate) fn proposal_of_round(&self, round: u32) -> ProposalRecord {
        ProposalRecord {
            height: self.header.height,
            round,
            valid_round: None,
            proposer: self.header.builder,
            block_hash: self.header.hash(),
            valid: true,
        }
    }

    pub(crate) fn commit(&self, store: &Store) -> bulla_storage::Result<Tip> {
        store.commit(&self.as_commit())
    }

    pub(crate) fn as_commit(&self) -> Commit<'_> {
        Commit {
            header: &self.header,
            block_hash: self.header.hash(),
            certificate: &self.certificate,
            block: None,
            log: &self.log,
            second_log: Some(&self.second_log),
            state: &self.state,
            tree: &self.tree,
            state_version: self.header.height.0,
            requests: &self.requests,
            forget_requests_before_ms: self.header.time.0 - WINDOW_MS,
            index: &self.index,
        }
    }
}

/// Title of the document with this number; the title that no compression finds in another.
pub(crate) fn title(number: u64) -> String {
    bulla_crypto::sha256(&[&number.to_be_bytes()]).to_string()
}

/// Digest of the document with this number.
pub(crate) fn digest(number: u64, fill: u8) -> Hash {
    let mut bytes = [fill; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Hash::from_bytes(bytes)
}

fn append<H: LogHash>(view: &View<'_>, suite: LogSuite, size: u64, entries: &[Bytes]) -> Appended {
    let leaves: Vec<_> = entries.iter().map(|entry| H::leaf(entry)).collect();
    log::append::<H, _>(&view.tiles(suite), size, &leaves).unwrap()
}

fn evidence_counter(view: &View<'_>) -> u64 {
    let bytes = view.state(&StateKey::Counter(Counter::Evidence).encode()).unwrap().unwrap();
    CounterRecord::decode(&bytes).unwrap().next
}

fn founder(key: &SecretKey, credit_code: &str) -> Founder {
    let administer = SecretKey::from_seed(&[key.to_seed()[0] + 100; 32]);
    let declare = |key: &SecretKey, purpose| KeyDeclaration {
        key: key.public_key().clone(),
        purpose,
        possession: None,
    };
    let identity = MemberIdentity::Organisation {
        form: OrganisationForm::LegalPerson,
        name: "登记机构".to_owned().try_into().unwrap(),
        credit_code: CreditCode::parse(credit_code.as_bytes()).unwrap(),
    };
    let keys = vec![declare(key, KeyPurpose::Consensus), declare(&administer, KeyPurpose::Administer)];
    let roles = Roles::new([Role::RegistrationBody, Role::EvidenceService]).unwrap();
    Founder { member: EnrolMember { identity, roles, keys }, power: 1 }
}

fn parameters() -> Parameters {
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 * 1024 * 1024,
        block_entries_max: 20_000,
        request_window_ms: WINDOW_MS,
        time_bound_ms: 10_000,
        block_interval_ms: 100,
        heartbeat_ms: 60_000,
        admin_threshold: 2,
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
    }
}

struct Empty;

impl state::NodeReader for Empty {
    type Error = std::convert::Infallible;

    fn node(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(None)
    }
}
