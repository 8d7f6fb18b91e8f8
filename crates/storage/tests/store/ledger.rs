//! A small ledger that writes real blocks: what the chain does, without its rules.

use std::{collections::BTreeMap, path::Path};

use bulla_crypto::SecretKey;
use bulla_fixtures::{certificate, declaration, deposit, key, organisation, parameters, sign};
use bulla_merkle::{
    log::{self, Appended, LogHash, Sha256Log, Sm3Log},
    state,
};
use bulla_storage::{
    Foundation, IndexRows, LogSuite, NewRequest, Opened, Store, StoreOptions, StoredBlock, View,
};
use bulla_types::{
    Action, Address, Block, BlockTime, CalledUpon, Canonical, CaseNumber, Counter, CounterRecord,
    DepositEvidence, Entry, Equivocation, EquivocationRecord, EvidenceNumber, Founder, Genesis, Header,
    Height, KeyId, KeyPurpose, LedgerClass, LedgerId, MemberNumber, Opening, Outcome, RequestId, Role,
    SignerRef, StateKey, SystemEvent, Transaction, TransactionBody, ValidatorSet,
};
use bytes::Bytes;

use crate::built::Built;

pub(crate) const GENESIS_TIME_MS: u64 = 1_700_000_000_000;
/// The request window of [`parameters`].
pub(crate) const WINDOW_MS: u64 = 600_000;

pub(crate) struct TestLedger {
    keys: Vec<SecretKey>,
    genesis: Genesis,
}

/// What a block is made of.
#[derive(Default)]
struct Content {
    entries: Vec<Bytes>,
    openings: Vec<(u32, Vec<Opening>)>,
    state: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// Those that the last entries hold.
    transactions: Vec<Transaction>,
}

impl TestLedger {
    /// Three validators; the name makes the ledger another one.
    pub(crate) fn new(name: &str) -> Self {
        let genesis = Genesis::new(
            LedgerClass::Test,
            name.parse().unwrap(),
            BlockTime(GENESIS_TIME_MS),
            parameters(),
            (1..=3).map(founder).collect(),
        );
        Self { keys: (1..=3).map(validator_key).collect(), genesis: genesis.unwrap() }
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
        let (height, time) = next(&view);
        let mut content = Content::default();
        if height == Height(1) {
            let founded = SystemEvent::Founded { ledger_id: self.id() };
            content.entries.push(Bytes::from(Entry::encode_event(height, time, &founded)));
        }
        let first_number = evidence_counter(&view);
        for number in first_number..first_number + deposits {
            let position = u32::try_from(content.entries.len()).unwrap();
            let (transaction, opening) = self.deposit(number, time);
            let outcome = Outcome::EvidenceNumber(EvidenceNumber(number));
            content.entries.push(Entry::encode_transaction(height, time, &transaction, &[outcome]).into());
            content.transactions.push(transaction);
            content.openings.push((position, vec![opening]));
        }
        let counter = CounterRecord { next: first_number + deposits }.encode();
        content.state = [(StateKey::Counter(Counter::Evidence).encode(), Some(counter))].into();
        self.finish(&view, content)
    }

    /// Two votes of a validator in one step of this height.
    pub(crate) fn equivocation(&self, validator: usize, height: u64) -> Equivocation {
        bulla_fixtures::equivocation(self.id(), &self.keys[validator], height)
    }

    /// The block after the tip, which records an equivocation and nothing else.
    pub(crate) fn build_recording(&self, store: &Store, proof: &Equivocation) -> Built {
        let view = store.view().unwrap();
        let (height, time) = next(&view);
        let key = StateKey::Equivocation {
            address: proof.address(),
            height: proof.height(),
            round: proof.round(),
            vote_type: proof.vote_type(),
        };
        let record = EquivocationRecord { log_index: view.tip().log_size }.encode();
        let entry = Entry::encode_event(height, time, &SystemEvent::Equivocation(*proof));
        let state = [(key.encode(), Some(record))].into();
        self.finish(&view, Content { entries: vec![entry.into()], state, ..Content::default() })
    }

    /// A block of these entries, which need not be any.
    pub(crate) fn build_raw(&self, store: &Store, entries: Vec<Bytes>) -> Built {
        self.finish(&store.view().unwrap(), Content { entries, ..Content::default() })
    }

    /// A block that changes these records, whatever made it.
    pub(crate) fn grow_records(
        &self,
        store: &Store,
        records: Vec<(StateKey, Vec<u8>)>,
        work: Vec<(CaseNumber, CalledUpon)>,
    ) {
        let state = records.into_iter().map(|(key, record)| (key.encode(), Some(record))).collect();
        let view = store.view().unwrap();
        let built = Built { work, ..self.finish(&view, Content { state, ..Content::default() }) };
        store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
        built.commit(store).unwrap();
    }

    fn finish(&self, view: &View<'_>, content: Content) -> Built {
        let Content { entries, openings, state, transactions } = content;
        let (height, time) = next(view);
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
        let certificate = certificate(&header, &self.keys).minimised(self.validators());
        let work = Vec::new();
        Built {
            header,
            stored,
            certificate,
            transactions,
            log,
            second_log,
            state,
            tree,
            requests,
            index,
            work,
        }
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
        let title = Some(opening.commitment(&request_id));
        let deposit = DepositEvidence { title, ..deposit(&document(number)) };
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
        (sign(&body, &self.keys[..1]), opening)
    }
}

/// Title of the document with this number; the title that no compression finds in another.
pub(crate) fn title(number: u64) -> String {
    bulla_crypto::sha256(&[&number.to_be_bytes()]).to_string()
}

/// The document with this number.
pub(crate) fn document(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// Height and time of the block after the tip.
fn next(view: &View<'_>) -> (Height, BlockTime) {
    let height = view.tip().height.0 + 1;
    (Height(height), BlockTime(GENESIS_TIME_MS + height * 30_000))
}

fn append<H: LogHash>(view: &View<'_>, suite: LogSuite, size: u64, entries: &[Bytes]) -> Appended {
    let leaves: Vec<_> = entries.iter().map(|entry| H::leaf(entry)).collect();
    log::append::<H, _>(&view.tiles(suite), size, &leaves).unwrap()
}

fn evidence_counter(view: &View<'_>) -> u64 {
    let bytes = view.state(&StateKey::Counter(Counter::Evidence).encode()).unwrap().unwrap();
    CounterRecord::decode(&bytes).unwrap().next
}

fn founder(number: u64) -> Founder {
    let administers = declaration(&key(&format!("administrator {number}")), KeyPurpose::Administer);
    let keys = vec![declaration(&validator_key(number), KeyPurpose::Consensus), administers];
    let roles = [Role::RegistrationBody, Role::EvidenceService];
    Founder { member: organisation(number, &format!("登记机构{number}"), &roles, keys), power: 1 }
}

fn validator_key(number: u64) -> SecretKey {
    key(&format!("validator {number}"))
}

struct Empty;

impl state::NodeReader for Empty {
    type Error = std::convert::Infallible;

    fn node(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(None)
    }
}
