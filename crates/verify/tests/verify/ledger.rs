//! A whole small ledger in memory: executed by the real rules, hashed into the real trees, decided by four
//! validators whose keys are all here, so that a test can also make what no honest ledger would.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_crypto::{Hash, SecretKey, sha256, sm3};
use bulla_ledger::{BlockContext, BlockExecution, SeenRequest, StateView, ViewError, found};
use bulla_merkle::log::{self, Sha256Log, Sm3Log, TileReader};
use bulla_merkle::{log::LogHash, state, state::NodeReader};
use bulla_types::{
    AccessToEntries, Action, Address, BlockHash, BlockTime, Canonical, CaptureMode, CommitCertificate,
    ConsensusTimeouts, Content, CreditCode, DepositEvidence, DigestAlgorithm, Digests, DocumentDigest,
    EnrolMember, Entry, Founder, Genesis, Header, Height, KeyDeclaration, KeyId, KeyPurpose, LedgerClass,
    LedgerId, MemberIdentity, MemberNumber, OrganisationForm, Parameters, Provenance, Receipt, ReceiptFile,
    RecordKey, RecordProof, RequestId, Role, Roles, SecondLog, SignerRef, StateKey, SystemEvent, Transaction,
    TransactionBody, TrustBundle, Validator, ValidatorSet, ValidatorTransition,
};
use bulla_verify::{Anchor, TrustedGenesis};
use bytes::Bytes;

pub const GENESIS_MS: u64 = 1_780_000_000_000;
/// The first evidence service: a founder without voting power.
pub const SERVICE: MemberNumber = MemberNumber(5);

/// The key that this label stands for.
pub fn key(label: &str) -> SecretKey {
    SecretKey::from_seed(sha256(&[label.as_bytes()]).as_bytes())
}

pub fn key_id(label: &str) -> KeyId {
    KeyId::of(key(label).public_key())
}

/// A member and the label of the key that it signs with.
pub type Signer<'a> = (MemberNumber, &'a str);

pub struct Ledger {
    pub genesis: Genesis,
    pub id: LedgerId,
    pub validators: ValidatorSet,
    pub blocks: Vec<(Header, CommitCertificate)>,
    pub transitions: Vec<ValidatorTransition>,
    entries: Vec<Bytes>,
    /// The state map after each block.
    states: Vec<BTreeMap<Vec<u8>, Vec<u8>>>,
    store: Store,
    requests: u8,
}

/// Nodes of the state map of every version, and tiles of both logs.
#[derive(Default)]
struct Store {
    nodes: BTreeMap<Vec<u8>, Vec<u8>>,
    tiles: [BTreeMap<(u8, u64), Vec<Hash>>; 2],
}

struct Tiles<'a>(&'a BTreeMap<(u8, u64), Vec<Hash>>);

impl TileReader for Tiles<'_> {
    type Error = std::convert::Infallible;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, Self::Error> {
        Ok(self.0.get(&(level, index)).cloned())
    }
}

impl NodeReader for Store {
    type Error = std::convert::Infallible;

    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(self.nodes.get(key).cloned())
    }
}

impl StateView for Ledger {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.state_at(self.height()).get(&key.encode()).cloned())
    }

    fn request(&self, _: MemberNumber, _: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        Ok(None)
    }
}

impl Ledger {
    /// Four registration bodies that validate, an evidence service and an exchange; block 1 founds it.
    pub fn found() -> Self {
        Self::found_as("测试账本", LedgerClass::Test)
    }

    pub fn found_as(name: &str, class: LedgerClass) -> Self {
        let bodies = ["甲", "乙", "丙", "丁"];
        let body =
            |(i, body): (usize, &&str)| founder(i, &format!("登记机构{body}"), Role::RegistrationBody, 1);
        let mut founders: Vec<Founder> = bodies.iter().enumerate().map(body).collect();
        founders.push(founder(4, "某某存证服务有限公司", Role::EvidenceService, 0));
        founders.push(founder(5, "某某数据交易所", Role::Exchange, 0));
        let time = BlockTime(GENESIS_MS);
        let genesis = Genesis::new(class, name.parse().unwrap(), time, parameters(), founders).unwrap();
        let state = found(&genesis);
        let mut ledger = Self {
            id: genesis.ledger_id(),
            validators: genesis.validators().clone(),
            genesis,
            blocks: Vec::new(),
            transitions: Vec::new(),
            entries: Vec::new(),
            states: Vec::new(),
            store: Store::default(),
            requests: 0,
        };
        let founded = Content::Event(SystemEvent::Founded { ledger_id: ledger.id });
        ledger.forced_block(vec![founded], state, None);
        ledger
    }

    /// A ledger with deposits in blocks 2 and 3, and an empty block 4.
    pub fn with_deposits() -> Self {
        let mut ledger = Self::found();
        let first = ledger.deposit(b"contract, page 1", &[(SERVICE, "member 5 operate")]);
        let second = ledger.deposit("合同，第二页".as_bytes(), &[(SERVICE, "member 5 operate")]);
        ledger.block(vec![first, second]);
        let joint = [(SERVICE, "member 5 operate"), (MemberNumber(6), "member 6 operate")];
        let third = ledger.deposit(b"a trade, filed by both", &joint);
        ledger.block(vec![third]);
        ledger.block(vec![]);
        ledger
    }

    pub fn anchor(&self) -> Anchor {
        Anchor::Genesis(self.trusted_genesis())
    }

    pub fn trusted_genesis(&self) -> TrustedGenesis {
        TrustedGenesis::from_file(&self.genesis.encode()).unwrap()
    }

    pub fn height(&self) -> u64 {
        self.blocks.len() as u64
    }

    pub fn log_size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub fn header(&self, height: u64) -> &Header {
        &self.blocks[usize::try_from(height - 1).unwrap()].0
    }

    /// Executes transactions by the rules.
    pub fn block(&mut self, transactions: Vec<Transaction>) {
        let context = BlockContext {
            ledger_id: self.id,
            height: Height(self.height() + 1),
            time: self.next_time(),
            next_index: self.log_size(),
            parameters: Arc::new(parameters()),
        };
        let (height, time) = (context.height, context.time);
        let mut execution = BlockExecution::new(self, context);
        let entry = |transaction: &Transaction| {
            let outcomes = execution.transaction(transaction).unwrap();
            Bytes::from(Entry::encode_transaction(height, time, transaction, &outcomes))
        };
        let entries = transactions.iter().map(entry).collect();
        let changes = execution.finish().unwrap().state;
        self.commit(entries, changes, None);
    }

    /// Appends what no rule has seen, perhaps with a change of validators.
    pub fn forced_block(
        &mut self,
        contents: Vec<Content>,
        changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
        next_validators: Option<ValidatorSet>,
    ) {
        let (height, time) = (Height(self.height() + 1), self.next_time());
        let entry = |content| {
            let outcomes = match &content {
                Content::Transaction(transaction) => (1..)
                    .zip(&transaction.body().actions)
                    .map(|(n, _)| bulla_types::Outcome::EvidenceNumber(bulla_types::EvidenceNumber(n)))
                    .collect(),
                Content::Event(_) => Vec::new(),
            };
            Bytes::from(Entry { height, time, content, outcomes }.encode())
        };
        self.commit(contents.into_iter().map(entry).collect(), changes, next_validators);
    }

    /// Puts other validators in force from the next height on.
    pub fn change_validators(&mut self, labels: &[(&str, u64)]) {
        self.forced_block(vec![], BTreeMap::new(), Some(validator_set(labels)));
    }

    /// A deposit of this document, signed.
    pub fn deposit(&mut self, document: &[u8], signers: &[Signer<'_>]) -> Transaction {
        let digest = |algorithm, value| DocumentDigest { algorithm, value };
        let digests = vec![
            digest(DigestAlgorithm::Sha256, sha256(&[document])),
            digest(DigestAlgorithm::Sm3, sm3(&[document])),
        ];
        let deposit = DepositEvidence {
            digests: Digests::new(digests).unwrap(),
            media_type: "text/plain".to_owned().try_into().unwrap(),
            size_bytes: document.len() as u64,
            provenance: Provenance {
                mode: CaptureMode::Original,
                captured_at: Some(BlockTime(GENESIS_MS - 5)),
                statement: None,
            },
            links: Vec::new(),
            title: Some(bulla_types::Commitment(sha256(&[b"title", document]))),
            description: None,
        };
        self.transaction(vec![Action::DepositEvidence(deposit)], signers)
    }

    pub fn transaction(&mut self, actions: Vec<Action>, signers: &[Signer<'_>]) -> Transaction {
        let (time, request_id) = (self.next_time(), self.next_request());
        self.requests += 1;
        let body = TransactionBody {
            ledger_id: self.id,
            request_id,
            not_after: BlockTime(time.0 + 60_000),
            signers: signers
                .iter()
                .map(|(member, label)| SignerRef { member: *member, key_id: key_id(label) })
                .collect(),
            actions,
        };
        let message = bulla_types::signing_message(&body.id());
        let signatures: Vec<_> = signers.iter().map(|(_, label)| key(label).sign(&message)).collect();
        Transaction::new(&body, &signatures).unwrap()
    }

    /// The request id of the next transaction.
    pub fn next_request(&self) -> RequestId {
        RequestId::new(self.next_time().0, &[self.requests + 1; 10])
    }

    /// A receipt file for these entries, with records proved against the newest header.
    pub fn file(&self, indexes: &[u64]) -> ReceiptFile {
        let (receipts, bundle) = self.receipts(indexes, self.height());
        ReceiptFile::new(receipts, vec![bundle]).unwrap()
    }

    /// Receipts for these entries, with one bundle as of a height.
    pub fn receipts(&self, indexes: &[u64], state_height: u64) -> (Vec<Receipt>, TrustBundle) {
        let (state_header, state_certificate) =
            self.blocks[usize::try_from(state_height - 1).unwrap()].clone();
        let mut keys: Vec<StateKey> =
            indexes.iter().flat_map(|index| self.records_of(*index, state_height)).collect();
        keys.sort_by_key(StateKey::encode);
        keys.dedup();
        let until = |transition: &&ValidatorTransition| transition.header.height <= state_header.height;
        let bundle = TrustBundle {
            genesis: self.genesis.clone(),
            transitions: self.transitions.iter().take_while(until).cloned().collect(),
            records: keys.into_iter().map(|key| self.prove(key, state_height)).collect(),
            state_header,
            state_certificate,
        };
        let receipts = indexes.iter().map(|index| self.receipt(*index, bundle.digest())).collect();
        (receipts, bundle)
    }

    fn receipt(&self, index: u64, bundle_digest: Hash) -> Receipt {
        let holds = |(header, _): &&(Header, _)| header.log_size_after > index;
        let (header, certificate) = self.blocks.iter().find(holds).unwrap().clone();
        Receipt {
            entry: self.entries[usize::try_from(index).unwrap()].clone(),
            index,
            inclusion_path: self.path(index, header.log_size_after),
            header,
            certificate,
            bundle_digest,
            later_inclusions: Vec::new(),
            attestations: Vec::new(),
        }
    }

    pub fn path(&self, index: u64, size: u64) -> Vec<Hash> {
        log::inclusion_path::<Sha256Log, _>(&Tiles(&self.store.tiles[0]), size, index).unwrap()
    }

    pub fn root(&self, size: u64) -> Hash {
        log::root::<Sha256Log, _>(&Tiles(&self.store.tiles[0]), size).unwrap()
    }

    /// Heads and all steps of the records of an entry's signers.
    fn records_of(&self, index: u64, state_height: u64) -> Vec<StateKey> {
        let entry = Entry::decode(self.entries[usize::try_from(index).unwrap()].clone()).unwrap();
        let Content::Transaction(transaction) = entry.content else { return Vec::new() };
        let mut keys = Vec::new();
        for signer in &transaction.body().signers {
            for record in [RecordKey::Member(signer.member), RecordKey::Key(signer.key_id)] {
                keys.push(StateKey::from(record));
                let steps = (0..).map(|seq| StateKey::History { record, seq });
                keys.extend(
                    steps.take_while(|step| self.state_at(state_height).contains_key(&step.encode())),
                );
            }
        }
        keys
    }

    pub fn prove(&self, key: StateKey, height: u64) -> RecordProof {
        let proof = state::prove(&self.store, height, &key.encode()).unwrap();
        let value = self.state_at(height).get(&key.encode()).cloned().map(Bytes::from);
        RecordProof { key, value, proof }
    }

    fn state_at(&self, height: u64) -> &BTreeMap<Vec<u8>, Vec<u8>> {
        &self.states[usize::try_from(height - 1).unwrap()]
    }

    /// All validators in force sign, and the superfluous signatures go.
    pub fn certify(&self, header: &Header) -> CommitCertificate {
        let signers: Vec<_> = self.validators.validators().iter().map(Validator::address).collect();
        certificate(header, &signers).minimised(&self.validators)
    }

    pub fn next_time(&self) -> BlockTime {
        BlockTime(GENESIS_MS + 1000 * (self.height() + 1))
    }

    fn commit(
        &mut self,
        entries: Vec<Bytes>,
        changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
        next_validators: Option<ValidatorSet>,
    ) {
        let (height, time) = (self.height() + 1, self.next_time());
        let update =
            state::update(&self.store, Some(height - 1).filter(|base| *base > 0), height, &changes).unwrap();
        self.store.nodes.extend(update.nodes);
        let mut state = self.states.last().cloned().unwrap_or_default();
        state.extend(changes.into_iter().map(|(key, value)| (key, value.unwrap())));
        self.states.push(state);
        let before = self.log_size();
        self.entries.extend(entries.iter().cloned());
        let [log_root, second_log_root] =
            [self.append::<Sha256Log>(0, before, &entries), self.append::<Sm3Log>(1, before, &entries)];
        let parent = self.blocks.last();
        let next = next_validators.as_ref().unwrap_or(&self.validators);
        let header = Header {
            protocol_version: 1,
            ledger_id: self.id,
            height: Height(height),
            time,
            builder: self.validators.validators()[0].address(),
            parent: parent.map_or(BlockHash(self.id.0), |(header, _)| header.hash()),
            parent_certificate: parent.map(|(_, certificate)| certificate.hash()),
            log_size_before: before,
            log_size_after: self.log_size(),
            log_root,
            second_log_root: Some(second_log_root),
            state_root: update.root,
            validators_hash: self.validators.hash(),
            next_validators_hash: next.hash(),
            parameters_hash: parameters().hash(),
        };
        let certificate = self.certify(&header);
        if let Some(next_validators) = next_validators {
            self.transitions.push(ValidatorTransition {
                header: header.clone(),
                certificate: certificate.clone(),
                next_validators: next_validators.clone(),
            });
            self.validators = next_validators;
        }
        self.blocks.push((header, certificate));
    }

    fn append<H: LogHash>(&mut self, log: usize, before: u64, entries: &[Bytes]) -> Hash {
        let leaves: Vec<Hash> = entries.iter().map(|entry| H::leaf(entry)).collect();
        let appended = log::append::<H, _>(&Tiles(&self.store.tiles[log]), before, &leaves).unwrap();
        let tiles = appended.tiles.into_iter();
        self.store.tiles[log].extend(tiles.map(|(level, index, hashes)| ((level, index), hashes)));
        appended.root
    }
}

/// The precommits of these validators for a header; their keys are found by label.
pub fn certificate(header: &Header, signers: &[Address]) -> CommitCertificate {
    let mut certificate = CommitCertificate {
        height: header.height,
        round: 0,
        block_hash: header.hash(),
        signatures: Vec::new(),
    };
    for address in signers {
        let vote = certificate.vote(header.ledger_id, *address).preimage();
        certificate.signatures.push((*address, consensus_key(address).sign(&vote)));
    }
    certificate.signatures.sort_by_key(|(address, _)| *address);
    certificate
}

pub fn validator_set(labels: &[(&str, u64)]) -> ValidatorSet {
    let validator =
        |(label, power): &(&str, u64)| Validator::new(key(label).public_key().clone(), *power).unwrap();
    ValidatorSet::new(labels.iter().map(validator).collect()).unwrap()
}

/// Consensus keys are labelled `member N consensus`; tests use up to nine.
pub fn consensus_key(address: &Address) -> SecretKey {
    let keys = (1..10).map(|n| key(&format!("member {n} consensus")));
    keys.into_iter().find(|key| Address::of(key.public_key()) == *address).unwrap()
}

fn founder(position: usize, name: &str, role: Role, power: u64) -> Founder {
    let number = position + 1;
    let declare = |word: &str, purpose| KeyDeclaration {
        key: key(&format!("member {number} {word}")).public_key().clone(),
        purpose,
        possession: None,
    };
    let mut keys =
        vec![declare("operate", KeyPurpose::Operate), declare("administer", KeyPurpose::Administer)];
    if power > 0 {
        keys.push(declare("consensus", KeyPurpose::Consensus));
        keys.push(declare("note", KeyPurpose::Note));
    }
    let identity = MemberIdentity::Organisation {
        form: OrganisationForm::LegalPerson,
        name: name.parse().unwrap(),
        credit_code: credit_code(number),
    };
    let member = EnrolMember { identity, roles: Roles::new([role]).unwrap(), keys };
    Founder { member, power }
}

fn credit_code(number: usize) -> CreditCode {
    let body = format!("9152000000000{number:04}");
    let checks = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    checks.into_iter().find_map(|check| CreditCode::parse(format!("{body}{check}").as_bytes()).ok()).unwrap()
}

pub fn parameters() -> Parameters {
    Parameters {
        protocol_version: 1,
        block_bytes_max: 1 << 20,
        block_entries_max: 1000,
        request_window_ms: 600_000,
        time_bound_ms: 5000,
        heartbeat_ms: 60_000,
        admin_threshold: 2,
        evidence_roles: Roles::new([Role::EvidenceService, Role::Exchange]).unwrap(),
        entry_access: AccessToEntries::Open,
        second_log: SecondLog::Sm3,
        timeouts: ConsensusTimeouts {
            propose_ms: 1000,
            propose_delta_ms: 500,
            prevote_ms: 500,
            prevote_delta_ms: 500,
            precommit_ms: 500,
            precommit_delta_ms: 500,
            rebroadcast_ms: 1000,
        },
        block_interval_ms: 10,
    }
}
