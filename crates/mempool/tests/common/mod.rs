//! A small ledger to admit transactions to: real rules on a state in memory.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bulla_crypto::SecretKey;
pub use bulla_fixtures::{declaration, sign};
use bulla_fixtures::{genesis, key, organisation, parameters};
use bulla_ledger::{BlockContext, BlockExecution, ExecutionError, SeenRequest, StateView, ViewError, found};
use bulla_mempool::{AdmissionView, Announcements, Limits, Mempool};
use bulla_types::{
    Action, BlockTime, DepositEvidence, Founder, Genesis, Height, KeyId, KeyPurpose, KeyRange, MemberNumber,
    Opening, RequestId, Role, SignerRef, StateKey, Submission, Transaction, TransactionBody,
};
use bytes::Bytes;

pub const NOW: u64 = 1_800_000_000_000;
pub const MEMBERS: u8 = 4;

/// The committed state, which tests change as commits do.
pub struct Ledger {
    pub genesis: Genesis,
    pub now: AtomicU64,
    state: Mutex<BTreeMap<Vec<u8>, Vec<u8>>>,
    requests: Mutex<HashMap<(MemberNumber, RequestId), SeenRequest>>,
}

impl Ledger {
    pub fn new() -> Arc<Self> {
        let founders = (1..=MEMBERS).map(founder).collect();
        let genesis = genesis(BlockTime(NOW - 1_000), parameters(), founders);
        let state = found(&genesis).into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        Arc::new(Self {
            genesis,
            now: AtomicU64::new(NOW),
            state: Mutex::new(state),
            requests: Mutex::default(),
        })
    }

    pub fn mempool(self: &Arc<Self>, limits: Limits) -> (Mempool, Announcements) {
        let clock = Arc::clone(self);
        Mempool::new(
            limits,
            self.genesis.ledger_id(),
            Arc::clone(self) as Arc<dyn AdmissionView>,
            Arc::new(move || BlockTime(clock.now.load(Ordering::Relaxed))),
        )
    }

    /// Puts a transaction on the ledger, as the entry at `log_index`.
    pub fn commit(&self, transaction: &Transaction, log_index: u64) {
        let mut execution = self.next_block();
        execution.transaction(transaction).unwrap();
        let changes = execution.finish().unwrap();
        for (key, value) in changes.state {
            self.state.lock().unwrap().insert(key, value.unwrap());
        }
        let body = transaction.body();
        let seen = SeenRequest { transaction_id: transaction.id(), log_index };
        self.requests.lock().unwrap().insert((body.signers[0].member, body.request_id), seen);
    }

    fn next_block(&self) -> BlockExecution<'_, Self> {
        let context = BlockContext {
            ledger_id: self.genesis.ledger_id(),
            height: Height(2),
            time: BlockTime(self.now.load(Ordering::Relaxed)),
            parent_time: self.genesis.time(),
            next_index: 1,
            parameters: Arc::new(self.genesis.parameters().clone()),
        };
        BlockExecution::new(self, context)
    }

    /// A deposit by a member, signed; `request` tells one from the other.
    pub fn deposit(&self, member: u8, request: u16) -> Transaction {
        sign(&self.deposit_body(member, request), &[operate_key(member)])
    }

    pub fn deposit_body(&self, member: u8, request: u16) -> TransactionBody {
        self.body(
            request,
            vec![signer(member, &operate_key(member))],
            vec![Action::DepositEvidence(deposit())],
        )
    }

    pub fn body(&self, request: u16, signers: Vec<SignerRef>, actions: Vec<Action>) -> TransactionBody {
        let [high, low] = request.to_be_bytes();
        TransactionBody {
            ledger_id: self.genesis.ledger_id(),
            request_id: RequestId::new(NOW, &[0, 0, 0, 0, 0, 0, 0, 0, high, low]),
            not_after: BlockTime(NOW + 60_000),
            signers,
            actions,
        }
    }
}

impl StateView for Ledger {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.state.lock().unwrap().get(&key.encode()).cloned())
    }

    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        let state = self.state.lock().unwrap();
        let found = state.range(range.start.clone()..range.end.clone()).take(limit);
        Ok(found.map(|(key, _)| StateKey::decode(key).unwrap()).collect())
    }

    fn request(&self, member: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        Ok(self.requests.lock().unwrap().get(&(member, *id)).copied())
    }
}

impl AdmissionView for Ledger {
    fn check(&self, transactions: &[&Transaction]) -> Vec<Result<(), ExecutionError>> {
        let mut execution = self.next_block();
        transactions.iter().map(|one| execution.dry_run(one).map(drop)).collect()
    }
}

pub fn operate_key(member: u8) -> SecretKey {
    key(&format!("member {member} operate"))
}

pub fn administer_key(member: u8) -> SecretKey {
    key(&format!("member {member} administer"))
}

pub fn signer(member: u8, key: &SecretKey) -> SignerRef {
    SignerRef { member: MemberNumber(member.into()), key_id: KeyId::of(key.public_key()) }
}

/// The same body with the first signature spoiled.
pub fn spoiled(transaction: &Transaction) -> Transaction {
    let mut signatures = transaction.signatures().to_vec();
    signatures[0].0[40] ^= 1;
    Transaction::new(transaction.body(), &signatures).unwrap()
}

pub fn submission(transaction: &Transaction) -> Bytes {
    submission_with(transaction, Vec::new())
}

pub fn submission_with(transaction: &Transaction, openings: Vec<Opening>) -> Bytes {
    Submission::new(transaction.clone(), openings).unwrap().encode().into()
}

pub fn deposit() -> DepositEvidence {
    bulla_fixtures::deposit(b"a document")
}

fn founder(member: u8) -> Founder {
    let keys = vec![
        declaration(&operate_key(member), KeyPurpose::Operate),
        declaration(&administer_key(member), KeyPurpose::Administer),
        declaration(&key(&format!("member {member} consensus")), KeyPurpose::Consensus),
    ];
    let roles = [Role::RegistrationBody, Role::EvidenceService];
    let member = organisation(member.into(), &format!("登记机构{member}"), &roles, keys);
    Founder { member, power: 1 }
}
