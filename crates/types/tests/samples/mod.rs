//! Sample values for the tests of formats: fixed, so that vectors can be made of them.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used,
    clippy::wildcard_imports
)]

mod proposals;

use std::collections::{BTreeMap, BTreeSet};

use bulla_crypto::{Hash, PublicKey, SecretKey, Signature};
use bulla_types::*;
use bytes::Bytes;

pub use proposals::*;

pub const GENESIS_TIME: u64 = 1_760_000_000_000;
pub const BLOCK_TIME: u64 = GENESIS_TIME + 5_000;
/// Codes with a right check character.
pub const CREDIT_CODES: [&str; 4] =
    ["91350100M000100Y43", "914403001922038216", "91110000802100433B", "91110108551385082Q"];

pub fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub fn public(seed: u8) -> PublicKey {
    secret(seed).public_key().clone()
}

pub fn hash(fill: u8) -> Hash {
    Hash::from_bytes([fill; 32])
}

pub fn roles(roles: &[Role]) -> Roles {
    Roles::new(roles.iter().copied()).unwrap()
}

pub fn declaration(seed: u8, purpose: KeyPurpose) -> KeyDeclaration {
    KeyDeclaration { key: public(seed), purpose, possession: None }
}

pub fn organisation(name: &str, credit_code: &str) -> MemberIdentity {
    MemberIdentity::Organisation {
        form: OrganisationForm::LegalPerson,
        name: name.parse().unwrap(),
        credit_code: credit_code.parse().unwrap(),
    }
}

pub fn parameters() -> Parameters {
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 * 1024 * 1024,
        block_entries_max: 8_000,
        request_window_ms: 600_000,
        time_bound_ms: 5_000,
        heartbeat_ms: 60_000,
        admin_threshold: 2,
        evidence_roles: roles(&[Role::RegistrationBody, Role::EvidenceService]),
        entry_access: AccessToEntries::Open,
        second_log: SecondLog::Sm3,
        timeouts: ConsensusTimeouts {
            propose_ms: 300,
            propose_delta_ms: 200,
            prevote_ms: 150,
            prevote_delta_ms: 100,
            precommit_ms: 150,
            precommit_delta_ms: 100,
            rebroadcast_ms: 600,
        },
        block_interval_ms: 50,
        outage: None,
    }
}

/// Founder `n` from 0; its keys have the seeds `10 n + 1` (operate) to `10 n + 5` (peer).
pub fn founder(n: u8, power: u64) -> Founder {
    let seed = 10 * n;
    let member = EnrolMember {
        identity: organisation(&format!("登记机构{}", n + 1), CREDIT_CODES[usize::from(n)]),
        roles: roles(&[Role::RegistrationBody, Role::EvidenceService]),
        keys: vec![
            declaration(seed + 1, KeyPurpose::Operate),
            declaration(seed + 2, KeyPurpose::Administer),
            declaration(seed + 3, KeyPurpose::Consensus),
            declaration(seed + 4, KeyPurpose::Note),
            declaration(seed + 5, KeyPurpose::Peer),
        ],
    };
    Founder { member, power }
}

pub fn consensus_secret(n: u8) -> SecretKey {
    secret(10 * n + 3)
}

pub fn genesis_of(parameters: Parameters, founders: Vec<Founder>) -> Result<Genesis, DecodeError> {
    let name = "测试账本".parse().unwrap();
    Genesis::new(LedgerClass::Test, name, BlockTime(GENESIS_TIME), parameters, founders)
}

pub fn genesis() -> Genesis {
    genesis_of(parameters(), (0..4).map(|n| founder(n, 1)).collect()).unwrap()
}

/// As [`genesis`], with a clock for tests of this speed at most.
pub fn genesis_with_clock(speed_max: u32) -> Genesis {
    let founders = (0..4).map(|n| founder(n, 1)).collect();
    let (name, time) = ("测试账本".parse().unwrap(), BlockTime(GENESIS_TIME));
    Genesis::with_test_clock(TestClock { speed_max }, name, time, parameters(), founders).unwrap()
}

pub fn request_id(fill: u8) -> RequestId {
    RequestId::new(GENESIS_TIME + 4_000, &[fill; 10])
}

pub fn opening(action: u32, path: &str, value: &str) -> Opening {
    let fill = u8::try_from(path.len()).unwrap();
    let value = Bytes::copy_from_slice(value.as_bytes());
    Opening { action, path: path.parse().unwrap(), salt: [fill; 32], value }
}

pub fn deposit_openings() -> Vec<Opening> {
    vec![
        opening(0, "description", "2025年度数据采购合同扫描件"),
        opening(0, "provenance.statement", "由采购部门原始取得"),
        opening(0, "title", "数据采购合同.pdf"),
    ]
}

pub fn deposit(request_id: &RequestId) -> DepositEvidence {
    let commitments: Vec<_> =
        deposit_openings().iter().map(|opening| opening.commitment(request_id)).collect();
    DepositEvidence {
        digests: Digests::new(vec![
            DocumentDigest { algorithm: DigestAlgorithm::Sha256, value: hash(0x11) },
            DocumentDigest { algorithm: DigestAlgorithm::Sm3, value: hash(0x22) },
        ])
        .unwrap(),
        media_type: "application/pdf".parse().unwrap(),
        size_bytes: 182_344,
        provenance: Provenance {
            mode: CaptureMode::Original,
            captured_at: Some(BlockTime(GENESIS_TIME - 86_400_000)),
            statement: Some(commitments[1]),
        },
        links: vec![EvidenceLink { relation: LinkRelation::Supersedes, evidence_number: EvidenceNumber(3) }],
        title: Some(commitments[2]),
        description: Some(commitments[0]),
    }
}

pub fn signer(member: u64, seed: u8) -> SignerRef {
    SignerRef { member: MemberNumber(member), key_id: KeyId::of(&public(seed)) }
}

pub fn body_of(request_id: RequestId, signers: Vec<SignerRef>, actions: Vec<Action>) -> TransactionBody {
    let not_after = BlockTime(GENESIS_TIME + 300_000);
    TransactionBody { ledger_id: genesis().ledger_id(), request_id, not_after, signers, actions }
}

pub fn deposit_body() -> TransactionBody {
    let id = request_id(0x5a);
    body_of(id, vec![signer(1, 1)], vec![Action::DepositEvidence(deposit(&id))])
}

/// Signs with the secret keys of these seeds.
pub fn sign(body: &TransactionBody, seeds: &[u8]) -> Result<Transaction, DecodeError> {
    let message = signing_message(&body.id());
    let signatures: Vec<_> = seeds.iter().map(|&seed| secret(seed).sign(&message)).collect();
    Transaction::new(body, &signatures)
}

pub fn deposit_transaction() -> Transaction {
    sign(&deposit_body(), &[1]).unwrap()
}

/// A transaction with every kind of action but a deposit, signed by two registration bodies.
pub fn administration_body() -> TransactionBody {
    let id = request_id(0xa5);
    let person = opening(1, "person", "张三");
    let possession = |seed: u8, purpose| {
        let ledger_id = genesis().ledger_id();
        let message = possession_message(&ledger_id, &id, purpose, &public(seed));
        let possession = Some(secret(seed).sign(&message));
        KeyDeclaration { possession, ..declaration(seed, purpose) }
    };
    let organisation = EnrolMember {
        identity: organisation("北京国际大数据交易所", "91110000802100433B"),
        roles: roles(&[Role::Exchange, Role::Subject]),
        keys: vec![possession(101, KeyPurpose::Operate), declaration(102, KeyPurpose::Peer)],
    };
    let person = EnrolMember {
        identity: MemberIdentity::NaturalPerson { person: person.commitment(&id) },
        roles: roles(&[Role::Subject]),
        keys: vec![possession(103, KeyPurpose::Administer)],
    };
    let key = |fill| KeyId::from_bytes([fill; 32]);
    let actions = vec![
        Action::EnrolMember(organisation),
        Action::EnrolMember(person),
        Action::EnrolKey(EnrolKey { member: MemberNumber(2), key: possession(104, KeyPurpose::Audit) }),
        Action::ChangeKeyStatus(ChangeKeyStatus { key_id: key(7), change: KeyChange::Retire }),
        Action::ChangeKeyStatus(ChangeKeyStatus {
            key_id: key(8),
            change: KeyChange::ReportCompromised { from: BlockTime(GENESIS_TIME + 1) },
        }),
        Action::ChangeMemberStatus(ChangeMemberStatus {
            member: MemberNumber(4),
            status: MemberStatus::Suspended,
            grounds: Some(opening(5, "grounds", "停业整顿").commitment(&id)),
        }),
    ];
    body_of(id, vec![signer(1, 2), signer(2, 12)], actions)
}

pub fn administration_openings() -> Vec<Opening> {
    vec![opening(1, "person", "张三"), opening(5, "grounds", "停业整顿")]
}

pub fn administration_transaction() -> Transaction {
    sign(&administration_body(), &[2, 12]).unwrap()
}

pub fn name(name: &str) -> RuleName {
    name.parse().unwrap()
}

pub fn clear(name_: &str, value: FieldValue) -> StepField {
    StepField { name: name(name_), content: FieldContent::Clear(value.into()) }
}

/// Opens the attached field of [`case_body`].
pub fn case_openings() -> Vec<Opening> {
    let values = FieldValues::from(FieldValue::Text("城市客流数据集".to_owned()));
    let opening = |path: &str, value: Vec<u8>| Opening {
        action: 2,
        path: path.parse().unwrap(),
        salt: [7; 32],
        value: value.into(),
    };
    vec![opening("fields.asset_name", values.encode()), opening("reasons", "首次登记".into())]
}

/// A transaction that adopts a profile and a calendar and takes a step with everything that a step can say.
pub fn case_body() -> TransactionBody {
    let id = request_id(0x3c);
    let commitments: Vec<_> = case_openings().iter().map(|opening| opening.commitment(&id)).collect();
    let digests =
        Digests::new(vec![DocumentDigest { algorithm: DigestAlgorithm::Sha256, value: hash(0x11) }]).unwrap();
    let actor = |party: &str, member, agent: Option<u64>| StepActor {
        party: name(party),
        member: MemberNumber(member),
        agent: agent.map(MemberNumber),
    };
    let shares = Shares::new(vec![
        Share { member: MemberNumber(5), ppm: 600_000 },
        Share { member: MemberNumber(6), ppm: 400_000 },
    ]);
    let terms =
        FieldValues::new(vec![FieldValue::Term(name("enterprise")), FieldValue::Term(name("government"))]);
    let step = TakeStep {
        case: CaseRef::Open(OpenCase {
            profile: ProfileDigest::of(b"a profile"),
            procedure: name("initial_registration"),
            about: Some(Subject::Certificate(CertificateNumber(9))),
            parties: vec![NamedParty { party: name("reviewer"), member: MemberNumber(3) }],
        }),
        step: name("apply"),
        party: name("applicant"),
        actors: vec![actor("applicant", 5, Some(8)), actor("co_applicant", 6, None)],
        fields: vec![
            clear("amount", FieldValue::Amount(1_250_000)),
            StepField { name: name("asset_name"), content: FieldContent::Committed(commitments[0]) },
            clear("credit_code", FieldValue::CreditCode(CREDIT_CODES[2].parse().unwrap())),
            clear("digest", FieldValue::Digests(digests.clone())),
            clear("first_day", FieldValue::Date(20_251_001)),
            clear("quantity", FieldValue::Integer(0)),
            clear("shares", FieldValue::Shares(shares.unwrap())),
            clear("stored", FieldValue::Answer(false)),
            StepField { name: name("users"), content: FieldContent::Clear(terms.unwrap()) },
        ],
        documents: vec![
            StepDocument {
                category: name("evidence_report"),
                items: vec![
                    DocumentItem::Evidence(EvidenceNumber(4)),
                    DocumentItem::Certificate(CertificateNumber(2)),
                ],
            },
            StepDocument { category: name("licence"), items: vec![DocumentItem::Digests(digests)] },
        ],
        reasons: Some(commitments[1]),
    };
    let actions = vec![
        Action::AdoptProfile(AdoptProfile { profile: Bytes::from_static(b"a profile") }),
        Action::AdoptCalendar(AdoptCalendar { year: Bytes::from_static(b"a year") }),
        Action::TakeStep(step),
    ];
    body_of(id, vec![signer(1, 2), signer(8, 81)], actions)
}

pub fn case_transaction() -> Transaction {
    sign(&case_body(), &[2, 81]).unwrap()
}

pub fn case_entry() -> Entry {
    let outcome = CaseOutcome {
        accounts: vec![AccountNumber(1), AccountNumber(2)],
        objects: vec![ObjectNumber(3)],
        registrations: vec![RegistrationNumber(300)],
        certificates: vec![CertificateNumber(5)],
        cases: vec![CaseNumber(8)],
        ..CaseOutcome::of(CaseNumber(7))
    };
    let outcomes =
        vec![Outcome::Profile(ProfileDigest::of(b"a profile")), Outcome::Done, Outcome::Case(outcome)];
    Entry { content: Content::Transaction(case_transaction()), outcomes, ..deposit_entry() }
}

pub fn deadline_entry() -> Entry {
    let subject = Subject::Case(CaseNumber(7));
    let reached = DeadlineReached { due: BlockTime(GENESIS_TIME), subject, deadline: 2 };
    let content = Content::Event(SystemEvent::DeadlineReached(reached));
    Entry { content, outcomes: vec![], ..deposit_entry() }
}

pub fn settled_entry() -> Entry {
    let settled = DeadlineSettled {
        case: CaseNumber(7),
        deadline: 0,
        due: BlockTime(GENESIS_TIME),
        standing: DeadlineStanding::Settled,
    };
    let content = Content::Event(SystemEvent::DeadlineSettled(settled));
    Entry { content, outcomes: vec![], ..deposit_entry() }
}

/// Opens the decision of [`suspension_body`].
pub fn suspension_openings() -> Vec<Opening> {
    let opening = |action, decision: &str| Opening {
        action,
        path: "authority".parse().unwrap(),
        salt: [8; 32],
        value: decision.to_owned().into(),
    };
    vec![opening(0, "停机期间中止计算的决定"), opening(1, "同上")]
}

/// A transaction that suspends the clocks of two profiles and of a case.
pub fn suspension_body() -> TransactionBody {
    let id = request_id(0x5c);
    let authority: Vec<_> = suspension_openings().iter().map(|opening| opening.commitment(&id)).collect();
    let ids = ["cn-gz-trade-2022", "cn-tj-tjifa-003-2022"].map(|id| id.parse().unwrap());
    let suspend = |scope, authority| {
        Action::SuspendClocks(SuspendClocks { first_day: 20_251_014, last_day: 20_251_015, scope, authority })
    };
    let actions = vec![
        suspend(ClockScope::Profiles(ids.into()), authority[0]),
        suspend(ClockScope::Case(CaseNumber(7)), authority[1]),
    ];
    body_of(id, vec![signer(1, 2)], actions)
}

pub fn suspension_transaction() -> Transaction {
    sign(&suspension_body(), &[2]).unwrap()
}

pub fn suspension_entry() -> Entry {
    let content = Content::Transaction(suspension_transaction());
    let outcomes = [1, 2].map(|number| Outcome::Suspension(SuspensionNumber(number)));
    Entry { content, outcomes: outcomes.to_vec(), ..deposit_entry() }
}

/// Opens the grounds of [`governance_body`].
pub fn governance_openings() -> Vec<Opening> {
    let opening = |action, grounds: &str| Opening {
        action,
        path: "grounds".parse().unwrap(),
        salt: [9; 32],
        value: grounds.to_owned().into(),
    };
    vec![opening(2, "取得数据交易场所牌照"), opening(3, "严重违反账本管理规定")]
}

/// A transaction that changes validators, parameters and roles, and expels a member.
pub fn governance_body() -> TransactionBody {
    let id = request_id(0x6d);
    let grounds: Vec<_> = governance_openings().iter().map(|opening| opening.commitment(&id)).collect();
    let change = |seed, power| ValidatorChange { key_id: KeyId::of(&public(seed)), power };
    let actions = vec![
        Action::ChangeValidators(ChangeValidators::new(vec![change(3, 0), change(43, 1)])),
        Action::ChangeParameters(ChangeParameters {
            former: parameters().hash(),
            parameters: Parameters { block_entries_max: 4_000, ..parameters() },
        }),
        Action::ChangeRoles(ChangeRoles {
            member: MemberNumber(5),
            roles: roles(&[Role::EvidenceService, Role::Exchange]),
            grounds: Some(grounds[0]),
        }),
        Action::ChangeMemberStatus(ChangeMemberStatus {
            member: MemberNumber(6),
            status: MemberStatus::Expelled,
            grounds: Some(grounds[1]),
        }),
    ];
    body_of(id, vec![signer(1, 2), signer(2, 12)], actions)
}

pub fn governance_transaction() -> Transaction {
    sign(&governance_body(), &[2, 12]).unwrap()
}

/// The same on its way, signed with the secret keys of these seeds.
pub fn governance_draft(seeds: &[u8]) -> TransactionDraft {
    let mut draft = TransactionDraft::new(&governance_body(), governance_openings()).unwrap();
    seeds.iter().for_each(|&seed| draft.sign(&secret(seed)).unwrap());
    draft
}

pub fn governance_entry() -> Entry {
    let content = Content::Transaction(governance_transaction());
    Entry { content, outcomes: vec![Outcome::Done; 4], ..deposit_entry() }
}

/// A transaction that schedules a version of the protocol, and one that takes it back.
pub fn schedule_transactions() -> [Transaction; 2] {
    let scheduled = ProtocolAtHeight { version: 2, height: Height(1_000) };
    [(0x5d, Some(scheduled)), (0x5e, None)].map(|(id, scheduled)| {
        let actions = vec![Action::ScheduleProtocol(ScheduleProtocol { scheduled })];
        sign(&body_of(request_id(id), vec![signer(1, 2), signer(2, 12)], actions), &[2, 12]).unwrap()
    })
}

/// As it is after each of them.
pub fn protocol_schedule_records() -> [ProtocolScheduleRecord; 2] {
    let scheduled = ProtocolAtHeight { version: 2, height: Height(1_000) };
    [
        ProtocolScheduleRecord { scheduled: Some(scheduled), log_index: 300 },
        ProtocolScheduleRecord { scheduled: None, log_index: 301 },
    ]
}

pub fn parameter_set_record() -> ParameterSetRecord {
    ParameterSetRecord {
        first_height: Height(42),
        parameters: parameters(),
        requests_from: Some(BlockTime(BLOCK_TIME - 600_000)),
    }
}

pub fn validator_set_record() -> ValidatorSetRecord {
    ValidatorSetRecord { first_height: Height(42), validators: genesis().validators().clone() }
}

pub fn outage_entry() -> Entry {
    let ended =
        OutageEnded { from: BlockTime(GENESIS_TIME), held_until: BlockTime(BLOCK_TIME + 259_200_000) };
    let content = Content::Event(SystemEvent::OutageEnded(ended));
    Entry { content, outcomes: vec![], ..deposit_entry() }
}

pub fn cycle_entry() -> Entry {
    let profile = ProfileDigest::of(b"a profile");
    let ended = CycleEnded { due: BlockTime(GENESIS_TIME), profile, procedure: 3 };
    let content = Content::Event(SystemEvent::CycleEnded(ended));
    Entry { content, outcomes: vec![], ..deposit_entry() }
}

pub fn suspension_record() -> SuspensionRecord {
    let Action::SuspendClocks(suspension) = suspension_body().actions.remove(0) else {
        panic!("the first action suspends clocks")
    };
    SuspensionRecord {
        number: SuspensionNumber(1),
        first_day: suspension.first_day,
        last_day: suspension.last_day,
        scope: suspension.scope,
        authority: suspension.authority,
        log_index: 41,
        time: BlockTime(BLOCK_TIME),
    }
}

pub fn outage_record() -> OutageRecord {
    OutageRecord {
        from: BlockTime(GENESIS_TIME),
        until: BlockTime(BLOCK_TIME),
        held_until: BlockTime(BLOCK_TIME + 259_200_000),
    }
}

pub fn deposit_entry() -> Entry {
    Entry {
        height: Height(2),
        time: BlockTime(BLOCK_TIME),
        content: Content::Transaction(deposit_transaction()),
        outcomes: vec![Outcome::EvidenceNumber(EvidenceNumber(4))],
    }
}

pub fn administration_entry() -> Entry {
    let key_id = KeyId::of(&public(104));
    let member = |number| Outcome::MemberNumber(MemberNumber(number));
    let outcomes =
        vec![member(5), member(6), Outcome::KeyId(key_id), Outcome::Done, Outcome::Done, Outcome::Done];
    Entry { content: Content::Transaction(administration_transaction()), outcomes, ..deposit_entry() }
}

pub fn founded_entry() -> Entry {
    Entry {
        height: Height(1),
        time: BlockTime(GENESIS_TIME + 1),
        content: Content::Event(SystemEvent::Founded { ledger_id: genesis().ledger_id() }),
        outcomes: vec![],
    }
}

pub fn equivocation() -> Equivocation {
    let key = consensus_secret(1);
    let (ledger_id, address) = (genesis().ledger_id(), Address::of(key.public_key()));
    let (height, round, vote_type) = (Height(9), 2, VoteType::Prevote);
    let vote = |value| {
        let vote = Vote { ledger_id, vote_type, height, round, value, address };
        SignedValue { value, signature: key.sign(&vote.preimage()) }
    };
    let votes = [vote(Some(BlockHash::from_bytes([0x77; 32]))), vote(None)];
    Equivocation::new(address, height, round, vote_type, votes).unwrap()
}

pub fn equivocation_entry() -> Entry {
    let content = Content::Event(SystemEvent::Equivocation(equivocation()));
    Entry { height: Height(12), content, outcomes: vec![], ..deposit_entry() }
}

/// The header of the block that holds only `deposit_entry`.
pub fn header() -> Header {
    let genesis = genesis();
    let validators_hash = genesis.validators().hash();
    Header {
        protocol_version: 1,
        ledger_id: genesis.ledger_id(),
        height: Height(2),
        time: BlockTime(BLOCK_TIME),
        builder: genesis.validators().validators()[1].address(),
        parent: first_header().hash(),
        parent_certificate: Some(certificate_of(&first_header(), &[0, 1, 2]).hash()),
        log_size_before: 1,
        log_size_after: 2,
        log_root: hash(0xc1),
        second_log_root: Some(hash(0xc2)),
        state_root: hash(0xc3),
        validators_hash,
        next_validators_hash: validators_hash,
        parameters_hash: genesis.parameters().hash(),
    }
}

pub fn first_header() -> Header {
    let genesis = genesis();
    let validators_hash = genesis.validators().hash();
    Header {
        protocol_version: 1,
        ledger_id: genesis.ledger_id(),
        height: Height(1),
        time: BlockTime(GENESIS_TIME + 1),
        builder: genesis.validators().validators()[0].address(),
        parent: BlockHash(genesis.ledger_id().0),
        parent_certificate: None,
        log_size_before: 0,
        log_size_after: 1,
        log_root: hash(0xb1),
        second_log_root: None,
        state_root: hash(0xb3),
        validators_hash,
        next_validators_hash: validators_hash,
        parameters_hash: genesis.parameters().hash(),
    }
}

/// Signed by the consensus keys of these founders.
pub fn certificate_of(header: &Header, founders: &[u8]) -> CommitCertificate {
    let mut certificate =
        CommitCertificate { height: header.height, round: 0, block_hash: header.hash(), signatures: vec![] };
    let sign = |founder: u8| -> (Address, Signature) {
        let key = consensus_secret(founder);
        let address = Address::of(key.public_key());
        (address, key.sign(&certificate.vote(header.ledger_id, address).preimage()))
    };
    let mut signatures: Vec<_> = founders.iter().map(|&founder| sign(founder)).collect();
    signatures.sort();
    certificate.signatures = signatures;
    certificate
}

pub fn certificate() -> CommitCertificate {
    certificate_of(&header(), &[0, 1, 2])
}

pub fn block() -> Block {
    Block {
        header: header(),
        parent_certificate: Some(certificate_of(&first_header(), &[0, 1, 2])),
        entries: vec![deposit_entry().encode().into()],
        openings: vec![(0, deposit_openings())],
    }
}

pub fn member_record() -> MemberRecord {
    MemberRecord {
        number: MemberNumber(1),
        identity: organisation("登记机构1", CREDIT_CODES[0]),
        roles: roles(&[Role::RegistrationBody, Role::EvidenceService]),
        status: MemberStatus::Active,
        history_count: 1,
    }
}

pub fn key_record() -> KeyRecord {
    KeyRecord {
        member: MemberNumber(1),
        purpose: KeyPurpose::Operate,
        key: EncodedKey::from(&public(1)),
        status: KeyStatus::Compromised,
        history_count: 2,
    }
}

pub fn status_record() -> StatusRecord<KeyStatus> {
    StatusRecord {
        status: KeyStatus::Compromised,
        log_index: 40,
        time: BlockTime(BLOCK_TIME),
        transaction_id: Some(TransactionId::from_bytes([9; 32])),
        effective_from: Some(BlockTime(GENESIS_TIME + 7)),
        valid_until: None,
    }
}

pub fn certificate_step() -> StatusRecord<CertificateStatus> {
    StatusRecord {
        status: CertificateStatus::InForce,
        log_index: 41,
        time: BlockTime(BLOCK_TIME),
        transaction_id: Some(TransactionId::from_bytes([9; 32])),
        effective_from: None,
        valid_until: Some(BlockTime(BLOCK_TIME + 1)),
    }
}

fn contents() -> BTreeMap<RuleName, FieldContent> {
    let amount = FieldContent::Clear(FieldValue::Amount(1_250_000).into());
    BTreeMap::from([(name("amount"), amount), (name("name"), FieldContent::Committed(Commitment(hash(5))))])
}

fn flags() -> BTreeMap<RuleName, RecordFlag> {
    let since = BlockTime(BLOCK_TIME);
    let flag = RecordFlag { class: RecordFlagClass::Objection, case: CaseNumber(8), since };
    BTreeMap::from([(name("objection"), flag)])
}

fn certificates_by_kind() -> BTreeMap<RuleName, CertificateNumber> {
    BTreeMap::from([(name("confirmation"), CertificateNumber(5))])
}

pub fn profile_record() -> ProfileRecord {
    let profile = Bytes::from_static(b"a profile");
    ProfileRecord { profile, status: ProfileStatus::InForce, history_count: 1 }
}

pub fn calendar_record() -> CalendarRecord {
    let year = Bytes::from_static(b"a year");
    CalendarRecord { year, revision: CalendarRevision(2), history_count: 2 }
}

pub fn calendar_head() -> CalendarHead {
    CalendarHead {
        calendar: "cn-mainland".to_owned(),
        first_year: 2024,
        last_year: 2026,
        unsettled_years: BTreeSet::from([2026]),
    }
}

pub fn account_record() -> AccountRecord {
    AccountRecord {
        number: AccountNumber(2),
        profile: ProfileDigest::of(b"a profile"),
        kind: name("classified"),
        holder: MemberNumber(5),
        within: Some(AccountNumber(1)),
        case: CaseNumber(7),
        contents: contents(),
        flags: flags(),
        certificates: certificates_by_kind(),
        status: RegisterStatus::InForce,
        history_count: 1,
    }
}

pub fn object_record() -> ObjectRecord {
    ObjectRecord {
        number: ObjectNumber(3),
        profile: ProfileDigest::of(b"a profile"),
        kind: name("data_asset"),
        key: ObjectKey::of(&RuleTag::of("cn-example-1", "object.data_asset"), b"values"),
        registration: Some(RegistrationNumber(300)),
        history_count: 1,
    }
}

pub fn registration_record() -> RegistrationRecord {
    RegistrationRecord {
        number: RegistrationNumber(300),
        profile: ProfileDigest::of(b"a profile"),
        object: ObjectNumber(3),
        account: Some(AccountNumber(2)),
        case: CaseNumber(7),
        changed_by: CaseNumber(7),
        rights: BTreeSet::from([name("benefit"), name("use")]),
        holders: Shares::whole(MemberNumber(5)),
        apart: BTreeMap::from([(name("use"), Shares::whole(MemberNumber(8)))]),
        contents: contents(),
        flags: flags(),
        certificates: certificates_by_kind(),
        status: RegisterStatus::InForce,
        history_count: 3,
        encumbrances: vec![Encumbrance {
            right: name("pledge"),
            holder: MemberNumber(6),
            until: Some(BlockTime(BLOCK_TIME + 864_000_000)),
            case: CaseNumber(9),
            since: BlockTime(BLOCK_TIME),
        }],
    }
}

pub fn certificate_record() -> CertificateRecord {
    CertificateRecord {
        number: CertificateNumber(5),
        profile: ProfileDigest::of(b"a profile"),
        kind: name("confirmation"),
        case: CaseNumber(7),
        subject: Subject::Registration(RegistrationNumber(300)),
        holders: BTreeSet::from([MemberNumber(5)]),
        contents: contents(),
        issued: BlockTime(BLOCK_TIME),
        valid_until: Some(BlockTime(BLOCK_TIME + 94_608_000_000)),
        status: CertificateStatus::InForce,
        history_count: 1,
    }
}

pub fn case_record() -> CaseRecord {
    let (time, later) = (BlockTime(BLOCK_TIME), BlockTime(BLOCK_TIME + 1_000));
    let deadline = CaseDeadline {
        status: CaseDeadlineStatus::Running,
        due: Some(BlockTime(BLOCK_TIME + 864_000_000)),
        standing: DeadlineStanding::Provisional,
        anchors: vec![Some(time), None],
        away: vec![DaysAway { first: 20_251_001, last: 20_251_008 }],
        left: None,
        counted: BTreeMap::from([(2025, 1), (2026, 0)]),
    };
    let certificates = BTreeSet::from([CertificateNumber(2)]);
    let document = CaseDocument { items: 2, log_index: 40, certificates };
    let mandate = BTreeSet::from([CertificateNumber(9)]);
    let by = |seed| Some((MemberNumber(5), KeyId::of(&public(seed))));
    let publication =
        Publication { fields: vec![name("name")], until: Some(name("publicity_end")), since: later };
    CaseRecord {
        number: CaseNumber(7),
        profile: ProfileDigest::of(b"a profile"),
        procedure: name("initial_registration"),
        status: CaseStatus::Open,
        state: name("publicity"),
        opened: time,
        about: Some(Subject::Evidence(EvidenceNumber(4))),
        parties: BTreeMap::from([(name("applicant"), BTreeSet::from([MemberNumber(5)]))]),
        fields: contents(),
        documents: BTreeMap::from([(name("evidence_report"), document)]),
        mandates: BTreeMap::from([
            ((MemberNumber(5), MemberNumber(8), name("mandate")), CaseMandate::default()),
            ((MemberNumber(6), MemberNumber(8), name("mandate")), CaseMandate { certificates: mandate }),
        ]),
        steps: BTreeMap::from([
            (name("apply"), StepTaken { times: 1, last: time, by: by(1) }),
            (name("publicise"), StepTaken { times: 1, last: later, by: None }),
        ]),
        states: BTreeMap::from([(name("publicity"), later), (name("under_review"), time)]),
        deadlines: BTreeMap::from([(name("publicity_end"), deadline)]),
        flags: flags(),
        account: Some(AccountNumber(2)),
        registration: Some(RegistrationNumber(300)),
        certificates: certificates_by_kind(),
        publications: vec![publication],
        erasable: BTreeSet::from([name("name")]),
        retain_until: Some(BlockTime(BLOCK_TIME + 630_720_000_000)),
        history_count: 2,
    }
}

pub fn case_step() -> CaseStepRecord {
    CaseStepRecord {
        status: CaseStatus::Open,
        state: name("publicity"),
        step: Some(name("publicise")),
        deadline: Some(name("review_end")),
        log_index: 41,
        time: BlockTime(BLOCK_TIME),
        transaction_id: Some(TransactionId::from_bytes([9; 32])),
    }
}

/// With made-up siblings: the format does not follow proofs.
pub fn bundle() -> TrustBundle {
    let proof = MapProof { other: None, siblings: vec![hash(1), hash(2)] };
    let key_id = KeyId::of(&public(1));
    let other = Some(OtherLeaf { key_hash: hash(3), value_hash: hash(4) });
    TrustBundle {
        genesis: genesis(),
        transitions: vec![ValidatorTransition {
            header: first_header(),
            certificate: certificate_of(&first_header(), &[0, 1, 2]),
            next_validators: genesis().validators().clone(),
        }],
        state_header: header(),
        state_certificate: certificate(),
        records: vec![
            RecordProof {
                key: StateKey::Member(MemberNumber(1)),
                value: Some(member_record().encode().into()),
                proof: proof.clone(),
            },
            RecordProof {
                key: StateKey::Key(key_id),
                value: Some(key_record().encode().into()),
                proof: proof.clone(),
            },
            RecordProof {
                key: StateKey::History { record: RecordKey::Key(key_id), seq: 0 },
                value: None,
                proof: MapProof { other, ..proof },
            },
        ],
    }
}

pub fn receipt() -> Receipt {
    Receipt {
        entry: deposit_entry().encode().into(),
        index: 1,
        inclusion_path: vec![hash(0xd1)],
        header: header(),
        certificate: certificate(),
        bundle_digest: bundle().digest(),
        later_inclusions: vec![LaterInclusion { log_size: 70, inclusion_path: vec![hash(0xd1), hash(0xd2)] }],
        attestations: vec![Attestation {
            kind: AttestationKind::Witness,
            value: Bytes::from_static(b"note"),
        }],
    }
}

pub fn receipt_file() -> ReceiptFile {
    ReceiptFile::new(vec![receipt()], vec![bundle()]).unwrap()
}

/// A certificate that was extended. Its paths are made up.
pub fn status_proof() -> StatusProofFile {
    let record = RecordKey::Certificate(certificate_record().number);
    let step = |seq, valid_until| {
        let step = StatusRecord { log_index: 41 + u64::from(seq), valid_until, ..certificate_step() };
        (StateKey::History { record, seq }, step.encode())
    };
    let head = CertificateRecord { history_count: 2, ..certificate_record() };
    let steps = [step(0, Some(BlockTime(BLOCK_TIME + 1))), step(1, head.valid_until)];
    let path = MapProof { other: None, siblings: vec![hash(0xb1), hash(0xb2)] };
    let prove =
        |(key, value): (_, Vec<u8>)| RecordProof { key, value: Some(value.into()), proof: path.clone() };
    let records = steps.into_iter().chain([(record.into(), head.encode())]).map(prove).collect();
    StatusProofFile::new(record, TrustBundle { records, ..bundle() }).unwrap()
}

/// Two blocks of one height, a millisecond apart.
pub fn fork_proof() -> ForkProof {
    let other = Header { time: BlockTime(header().time.0 + 1), ..header() };
    let decided = |header: Header| (header.clone(), certificate_of(&header, &[0, 1, 2]));
    let blocks = [decided(header()), decided(other)];
    ForkProof::new(genesis(), bundle().transitions, blocks).unwrap()
}

pub fn ticket() -> Ticket {
    let key = secret(4);
    let (ledger_id, transaction_id) = (genesis().ledger_id(), deposit_transaction().id());
    let (admitted_at, expires_at) = (BlockTime(GENESIS_TIME + 4_200), deposit_body().not_after);
    let message = Ticket::signing_message(&ledger_id, &transaction_id, admitted_at, expires_at);
    let (note_key_id, signature) = (KeyId::of(key.public_key()), key.sign(&message));
    Ticket { ledger_id, transaction_id, admitted_at, expires_at, note_key_id, signature }
}

/// Founder `n` from 0 of [`plan`]: whose keys [`declared`] declares.
pub fn planned(n: u8, node: PlannedNode) -> PlannedFounder {
    PlannedFounder {
        label: format!("registry-{}", n + 1).parse().unwrap(),
        form: OrganisationForm::LegalPerson,
        name: format!("登记机构{}", n + 1).parse().unwrap(),
        name_en: (n < 2).then(|| format!("Registry {}", n + 1).parse().unwrap()),
        credit_code: CREDIT_CODES[usize::from(n)].parse().unwrap(),
        roles: roles(&[Role::RegistrationBody, Role::EvidenceService]),
        node,
    }
}

pub fn plan_of(
    parameters: Parameters,
    test_clock: Option<TestClock>,
    founders: Vec<PlannedFounder>,
) -> Result<FoundingPlan, DecodeError> {
    let (name, time) = ("测试账本".parse().unwrap(), BlockTime(GENESIS_TIME));
    FoundingPlan::new(LedgerClass::Test, name, time, parameters, test_clock, founders)
}

/// The plan of [`genesis`].
pub fn plan() -> FoundingPlan {
    let founders = (0..4).map(|n| planned(n, PlannedNode::Validator { power: 1 }));
    plan_of(parameters(), None, founders.collect()).unwrap()
}

/// What founder `n` declares for a plan: the keys of [`founder`], as far as the plan asks for them.
pub fn declared(plan: &FoundingPlan, n: u8) -> FounderDeclaration {
    let founder = &plan.founders()[usize::from(n)];
    let of_purpose = |&purpose: &KeyPurpose| {
        let seed = match purpose {
            KeyPurpose::Operate => 1,
            KeyPurpose::Administer => 2,
            KeyPurpose::Consensus => 3,
            KeyPurpose::Note => 4,
            _ => 5,
        };
        (purpose, secret(10 * n + seed))
    };
    let keys: Vec<_> = founder.node.purposes().iter().map(of_purpose).collect();
    let keys: Vec<_> = keys.iter().map(|(purpose, key)| (*purpose, key)).collect();
    let address = format!("/ip4/10.0.0.{}/tcp/7001", n + 1);
    let address = (founder.node != PlannedNode::None).then_some(address);
    FounderDeclaration::sign(plan.digest(), founder.credit_code, &keys, address).unwrap()
}
