//! A small ledger to admit transactions to: real rules on a state in memory.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bulla_crypto::{Hash, SecretKey, Signature};
use bulla_ledger::{BlockContext, BlockExecution, ExecutionError, SeenRequest, StateView, ViewError, found};
use bulla_mempool::{AdmissionView, Announcements, Limits, Mempool};
use bulla_types::*;
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
        let genesis = genesis();
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
    SecretKey::from_seed(&[10 * member + 1; 32])
}

pub fn administer_key(member: u8) -> SecretKey {
    SecretKey::from_seed(&[10 * member + 2; 32])
}

pub fn signer(member: u8, key: &SecretKey) -> SignerRef {
    SignerRef { member: MemberNumber(member.into()), key_id: KeyId::of(key.public_key()) }
}

pub fn sign(body: &TransactionBody, keys: &[SecretKey]) -> Transaction {
    let message = signing_message(&body.id());
    let signatures: Vec<Signature> = keys.iter().map(|key| key.sign(&message)).collect();
    Transaction::new(body, &signatures).unwrap()
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
    DepositEvidence {
        digests: Digests::new(vec![DocumentDigest {
            algorithm: DigestAlgorithm::Sha256,
            value: Hash::from_bytes([7; 32]),
        }])
        .unwrap(),
        media_type: "application/pdf".parse().unwrap(),
        size_bytes: 1_000,
        provenance: Provenance { mode: CaptureMode::Original, captured_at: None, statement: None },
        links: Vec::new(),
        title: None,
        description: None,
    }
}

pub fn declaration(key: &SecretKey, purpose: KeyPurpose) -> KeyDeclaration {
    KeyDeclaration { key: key.public_key().clone(), purpose, possession: None }
}

fn genesis() -> Genesis {
    let roles = |roles: &[Role]| Roles::new(roles.iter().copied()).unwrap();
    let founder = |member: u8| Founder {
        member: EnrolMember {
            identity: MemberIdentity::Organisation {
                form: OrganisationForm::LegalPerson,
                name: format!("登记机构{member}").parse().unwrap(),
                credit_code: credit_code(member),
            },
            roles: roles(&[Role::RegistrationBody, Role::EvidenceService]),
            keys: vec![
                declaration(&operate_key(member), KeyPurpose::Operate),
                declaration(&administer_key(member), KeyPurpose::Administer),
                declaration(&SecretKey::from_seed(&[10 * member + 3; 32]), KeyPurpose::Consensus),
            ],
        },
        power: 1,
    };
    let timeouts = ConsensusTimeouts {
        propose_ms: 300,
        propose_delta_ms: 200,
        prevote_ms: 150,
        prevote_delta_ms: 100,
        precommit_ms: 150,
        precommit_delta_ms: 100,
        rebroadcast_ms: 600,
    };
    let parameters = Parameters {
        protocol_version: 1,
        block_bytes_max: 4 << 20,
        block_entries_max: 8_000,
        request_window_ms: 600_000,
        time_bound_ms: 5_000,
        block_interval_ms: 50,
        heartbeat_ms: 60_000,
        admin_threshold: 2,
        evidence_roles: roles(&[Role::EvidenceService]),
        entry_access: AccessToEntries::Open,
        second_log: SecondLog::None,
        timeouts,
    };
    let founders = (1..=MEMBERS).map(founder).collect();
    let name = "测试账本".parse().unwrap();
    Genesis::new(LedgerClass::Test, name, BlockTime(NOW - 1_000), parameters, founders).unwrap()
}

/// The check character is found by trial.
fn credit_code(member: u8) -> CreditCode {
    let codes = ('0'..='9').chain('A'..='Y').map(|check| format!("91110000{member:09}{check}"));
    codes.filter_map(|code| code.parse().ok()).next().unwrap()
}
