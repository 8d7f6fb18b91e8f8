//! Whatever members try, in whatever order and grouping, the records agree with each other and with the log.

use std::collections::{BTreeMap, BTreeSet};

use bulla_ledger::{BlockChanges, BlockExecution, Cause, ExecutionError, Refusal, admission, validators_at};
use bulla_types::{
    Action, Ballot, BlockTime, BodyCount, ChangeMemberStatus, ChangeRoles, ChangeValidators, Content,
    Counter, CounterRecord, Entry, Height, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber,
    MemberRecord, MemberStatus, Outcome, OwnerRecord, ProposalDigest, ProposalNumber, ProposalRecord,
    ProposalStatus, Propose, RecordKey, Role, Roles, StateKey, StatusRecord, Transaction, Validator,
    ValidatorChange, ValidatorSet, VoteOnProposal, WithdrawProposal,
};
use proptest::prelude::{Strategy, any, prop, proptest};
use proptest::test_runner::Config;

use crate::support::{Ledger, Request, START, secret};

const MEMBERS: u64 = 7;
const KEYS: u8 = 5;
const PROPOSALS: u64 = 6;

/// One thing to try. Members are small numbers, some of which do not exist; keys come from a small pool, so
/// that they meet again.
#[derive(Debug, Clone)]
enum Attempt {
    Deposit { links: Vec<u64> },
    Enrol { name: u8, role: u8 },
    EnrolKey { member: u64, key: u8, purpose: u8 },
    Retire { member: u64, purpose: u8 },
    RetirePooled { key: u8 },
    Report { member: u64, purpose: u8, from_ms: u16 },
    Suspend { member: u64 },
    Readmit { member: u64 },
    Expel { member: u64 },
    ChangeRole { member: u64, role: u8 },
    ChangeValidator { member: u64, power: u64 },
    AddValidator { key: u8, power: u64 },
    Vote { proposal: u64, ballot: Ballot },
    Withdraw { proposal: u64 },
}

#[derive(Debug, Clone)]
struct Try {
    /// The registration bodies that sign.
    signers: BTreeSet<u64>,
    attempts: Vec<Attempt>,
    /// Whether what can be proposed is only proposed.
    proposed: bool,
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let member = 1..=MEMBERS;
    proptest::prop_oneof![
        4 => prop::collection::vec(1..6_u64, 0..2).prop_map(|links| Attempt::Deposit { links }),
        2 => (0..4_u8, any::<u8>()).prop_map(|(name, role)| Attempt::Enrol { name, role }),
        2 => (member.clone(), 0..KEYS, any::<u8>())
            .prop_map(|(member, key, purpose)| Attempt::EnrolKey { member, key, purpose }),
        2 => (member.clone(), any::<u8>()).prop_map(|(member, purpose)| Attempt::Retire { member, purpose }),
        1 => (0..KEYS).prop_map(|key| Attempt::RetirePooled { key }),
        1 => (member.clone(), any::<u8>(), any::<u16>())
            .prop_map(|(member, purpose, from_ms)| Attempt::Report { member, purpose, from_ms }),
        2 => member.clone().prop_map(|member| Attempt::Suspend { member }),
        2 => member.clone().prop_map(|member| Attempt::Readmit { member }),
        1 => member.clone().prop_map(|member| Attempt::Expel { member }),
        1 => (member.clone(), any::<u8>()).prop_map(|(member, role)| Attempt::ChangeRole { member, role }),
        2 => (member, 0..3_u64).prop_map(|(member, power)| Attempt::ChangeValidator { member, power }),
        1 => (0..KEYS, 1..3_u64).prop_map(|(key, power)| Attempt::AddValidator { key, power }),
        6 => (1..=PROPOSALS, prop::sample::select(vec![Ballot::Approve, Ballot::Approve, Ballot::Reject]))
            .prop_map(|(proposal, ballot)| Attempt::Vote { proposal, ballot }),
        1 => (1..=PROPOSALS).prop_map(|proposal| Attempt::Withdraw { proposal }),
    ]
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let bodies = prop::collection::btree_set(1..=4_u64, 1..=4);
    let one = (bodies, prop::collection::vec(attempt(), 1..=3), any::<bool>());
    let one = one.prop_map(|(signers, attempts, proposed)| Try { signers, attempts, proposed });
    prop::collection::vec(one, 1..60)
}

/// Mostly the purposes that decide something.
fn purpose(number: u8) -> KeyPurpose {
    use KeyPurpose::{Administer, Consensus, Operate, Peer};
    [Administer, Administer, Administer, Operate, Operate, Peer, Consensus][usize::from(number) % 7]
}

fn make(ledger: &mut Ledger, attempt: &Try) -> Transaction {
    let signers: Vec<_> = attempt.signers.iter().map(|&number| ledger.body(number)).collect();
    // Long enough for some votes, and short enough that some come too late.
    let not_after = BlockTime(ledger.time.0 + 10_000);
    let digest = |number| ledger.view.record::<ProposalRecord>(StateKey::Proposal(ProposalNumber(number)));
    let digests: Vec<_> = (1..=PROPOSALS).map_while(digest).map(|proposal| proposal.digest).collect();
    let is_deposit = |attempt: &Attempt| matches!(attempt, Attempt::Deposit { .. });
    let mut request = ledger.request();
    for party in &signers {
        if attempt.attempts.iter().any(is_deposit) {
            request = request.operated_by(party);
        }
        if !attempt.attempts.iter().all(is_deposit) {
            request = request.administered_by(party);
        }
    }
    let request = attempt.attempts.iter().fold(request, |request, attempt| ask(request, attempt, &digests));
    if attempt.proposed && attempt.attempts.iter().all(may_be_proposed) {
        request.proposed(not_after).transaction()
    } else {
        request.transaction()
    }
}

fn may_be_proposed(attempt: &Attempt) -> bool {
    !matches!(attempt, Attempt::Deposit { .. } | Attempt::Vote { .. } | Attempt::Withdraw { .. })
}

fn ask<'l>(request: Request<'l>, attempt: &Attempt, digests: &[ProposalDigest]) -> Request<'l> {
    let key_of = |member: u64, number: u8| {
        KeyId::of(secret(&format!("body {member}/{:?}", purpose(number))).public_key())
    };
    match *attempt {
        Attempt::Deposit { ref links } => {
            let links: BTreeSet<u64> = links.iter().copied().collect();
            request.deposit_linked("document", &Vec::from_iter(links))
        }
        Attempt::Enrol { name, role } => {
            let role = Role::ALL[usize::from(role) % Role::ALL.len()];
            request.enrol(&format!("body {}", name + 4), [role])
        }
        Attempt::EnrolKey { member, key, purpose: number } => {
            request.enrol_key(MemberNumber(member), &secret(&format!("pool {key}")), purpose(number))
        }
        Attempt::Retire { member, purpose: number } => request.retire(key_of(member, number)),
        Attempt::RetirePooled { key } => {
            request.retire(KeyId::of(secret(&format!("pool {key}")).public_key()))
        }
        Attempt::Report { member, purpose: number, from_ms } => {
            request.report_compromised(key_of(member, number), BlockTime(START.0 + u64::from(from_ms)))
        }
        Attempt::Suspend { member } => request.suspend(MemberNumber(member)),
        Attempt::Readmit { member } => request.readmit(MemberNumber(member)),
        Attempt::Expel { member } => {
            let status = MemberStatus::Expelled;
            let change = ChangeMemberStatus { member: MemberNumber(member), status, grounds: None };
            request.action(Action::ChangeMemberStatus(change))
        }
        Attempt::ChangeRole { member, role } => {
            let role = Role::ALL[usize::from(role) % 2];
            let roles = Roles::new([role]).unwrap();
            let change = ChangeRoles { member: MemberNumber(member), roles, grounds: None };
            request.action(Action::ChangeRoles(change))
        }
        Attempt::ChangeValidator { member, power } => {
            let key = secret(&format!("body {member}/{:?}", KeyPurpose::Consensus));
            request.action(validator(KeyId::of(key.public_key()), power))
        }
        Attempt::Vote { proposal, ballot } => {
            let digest = usize::try_from(proposal - 1).ok().and_then(|place| digests.get(place));
            let digest = digest.copied().unwrap_or(ProposalDigest::of(b""));
            let vote = VoteOnProposal { proposal: ProposalNumber(proposal), digest, ballot, grounds: None };
            request.action(Action::VoteOnProposal(vote))
        }
        Attempt::Withdraw { proposal } => {
            let withdrawal = WithdrawProposal { proposal: ProposalNumber(proposal) };
            request.action(Action::WithdrawProposal(withdrawal))
        }
        Attempt::AddValidator { key, power } => {
            request.action(validator(KeyId::of(secret(&format!("pool {key}")).public_key()), power))
        }
    }
}

fn validator(key_id: KeyId, power: u64) -> Action {
    Action::ChangeValidators(ChangeValidators::new(vec![ValidatorChange { key_id, power }]))
}

fn execute(ledger: &Ledger, transactions: &[Transaction]) -> (Vec<(Content, Vec<Outcome>)>, BlockChanges) {
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    let mut recorded = Vec::new();
    for transaction in transactions {
        match block.transaction(transaction) {
            Ok(outcomes) => recorded.push((Content::Transaction(transaction.clone()), outcomes)),
            Err(ExecutionError::Refused(_)) => {}
            Err(ExecutionError::View(error)) => panic!("{error}"),
        }
    }
    (recorded, block.finish().unwrap())
}

fn check_counters(ledger: &Ledger) {
    let count = |wanted: fn(&Outcome) -> bool| {
        let outcomes =
            ledger.log.iter().flat_map(|entry| &entry.outcomes).flat_map(|outcome| match outcome {
                Outcome::Proposal(proposal) => proposal.outcomes.iter().collect(),
                outcome => vec![outcome],
            });
        outcomes.filter(|outcome| wanted(outcome)).count() as u64
    };
    let next = |counter| ledger.view.record::<CounterRecord>(StateKey::Counter(counter)).unwrap().next;
    assert_eq!(next(Counter::Evidence), 1 + count(|outcome| matches!(outcome, Outcome::EvidenceNumber(_))));
    let founders = ledger.bodies.len() as u64;
    assert_eq!(
        next(Counter::Members),
        founders + 1 + count(|outcome| matches!(outcome, Outcome::MemberNumber(_)))
    );
}

/// Heads agree with their newest step and count all of them; steps rise in log index.
fn check_histories(ledger: &Ledger) {
    let mut steps: BTreeMap<RecordKey, u32> = BTreeMap::new();
    for key in ledger.view.keys() {
        if let StateKey::History { record, .. } = key {
            *steps.entry(record).or_default() += 1;
        }
    }
    for key in ledger.view.keys() {
        match key {
            StateKey::Member(number) => {
                let head: MemberRecord = ledger.view.record(key).unwrap();
                let past: Vec<StatusRecord<MemberStatus>> =
                    past(ledger, RecordKey::Member(number), head.history_count);
                assert_eq!(steps.remove(&RecordKey::Member(number)), Some(head.history_count));
                assert_eq!(past.last().unwrap().status, head.status);
                assert!(past.is_sorted_by_key(|step| step.log_index));
            }
            StateKey::Key(id) => {
                let head: KeyRecord = ledger.view.record(key).unwrap();
                let past: Vec<StatusRecord<KeyStatus>> = past(ledger, RecordKey::Key(id), head.history_count);
                assert_eq!(steps.remove(&RecordKey::Key(id)), Some(head.history_count));
                assert_eq!(past.last().unwrap().status, head.status);
                assert!(past.is_sorted_by_key(|step| step.log_index));
                assert_eq!(head.key.id(), id);
            }
            StateKey::Proposal(number) => {
                let head: ProposalRecord = ledger.view.record(key).unwrap();
                let past: Vec<StatusRecord<ProposalStatus>> =
                    past(ledger, RecordKey::Proposal(number), head.history_count);
                assert_eq!(steps.remove(&RecordKey::Proposal(number)), Some(head.history_count));
                assert_eq!(past.last().unwrap().status, head.status);
                assert!(past.is_sorted_by_key(|step| step.log_index));
                assert!(past.iter().rev().skip(1).all(|step| step.status == ProposalStatus::Open));
            }
            _ => {}
        }
    }
    assert!(steps.is_empty(), "steps of no record: {steps:?}");
}

fn past<S: bulla_types::RecordStatus>(
    ledger: &Ledger,
    record: RecordKey,
    count: u32,
) -> Vec<StatusRecord<S>> {
    (0..count).map(|seq| ledger.view.record(StateKey::History { record, seq }).unwrap()).collect()
}

/// A credit code has the member that its owner record names, and every member with a code has such a record.
fn check_owners(ledger: &Ledger) {
    let mut codes = BTreeSet::new();
    for key in ledger.view.keys() {
        if let StateKey::Member(number) = key {
            let head: MemberRecord = ledger.view.record(key).unwrap();
            let code = *head.identity.credit_code().unwrap();
            assert!(codes.insert(code), "two members with {code}");
            let owner: OwnerRecord = ledger.view.record(StateKey::CreditCode(code)).unwrap();
            assert_eq!(owner.member, number);
        }
    }
    let owners = ledger.view.keys().filter(|key| matches!(key, StateKey::CreditCode(_))).count();
    assert_eq!(owners, codes.len());
}

/// What is proposed stands in the state while the proposal has not ended, and its acts are those that it names.
fn check_proposals(ledger: &Ledger) {
    let mut open = BTreeSet::new();
    for key in ledger.view.keys() {
        let StateKey::Proposal(number) = key else { continue };
        let head: ProposalRecord = ledger.view.record(key).unwrap();
        let proposed: Option<Propose> = ledger.view.record(StateKey::Proposed(number));
        assert_eq!(proposed.is_some(), head.status == ProposalStatus::Open);
        if let Some(proposed) = proposed {
            assert_eq!((proposed.digest(), proposed.not_after), (head.digest, head.not_after));
            let (proposer, not_after) = (head.proposer, head.not_after);
            open.insert(StateKey::OpenProposal { proposer, not_after, number });
        }
    }
    let rows = ledger.view.keys().filter(|key| matches!(key, StateKey::OpenProposal { .. })).collect();
    assert_eq!(open, rows);
}

/// The count of active registration bodies is what a walk over the members gives.
fn check_body_count(ledger: &Ledger) {
    let members = ledger.view.keys().filter(|key| matches!(key, StateKey::Member(_)));
    let members = members.map(|key| ledger.view.record::<MemberRecord>(key).unwrap());
    let active = members.filter(|member| {
        member.status == MemberStatus::Active && member.roles.contains(Role::RegistrationBody)
    });
    let count: BodyCount = ledger.view.record(StateKey::BodyCount).unwrap();
    assert_eq!(active.count() as u64, u64::from(count.active));
}

/// Enough registration bodies can administer the ledger.
fn check_administration(ledger: &Ledger) {
    let mut able = BTreeSet::new();
    for key in ledger.view.keys() {
        let StateKey::Key(_) = key else { continue };
        let key: KeyRecord = ledger.view.record(key).unwrap();
        let member: MemberRecord = ledger.view.record(StateKey::Member(key.member)).unwrap();
        if key.purpose == KeyPurpose::Administer
            && key.status == KeyStatus::InForce
            && member.status == MemberStatus::Active
            && member.roles.contains(Role::RegistrationBody)
        {
            able.insert(key.member);
        }
    }
    assert!(able.len() as u64 >= u64::from(ledger.parameters.admin_threshold), "{able:?}");
}

/// Every validator is the one of its body, and those who decide a height can decide the next one without the new.
fn check_validators(ledger: &Ledger) {
    let at = |height| validators_at(&ledger.view, Height(height)).unwrap();
    let (present, next) = (at(ledger.height.0), at(ledger.height.0 + 1));
    assert_eq!(Some(&next), ledger.view.record::<ValidatorSet>(StateKey::Validators).as_ref());
    let mut bodies = BTreeSet::new();
    for validator in next.validators() {
        let key: KeyRecord = ledger.view.record(StateKey::Key(KeyId::of(validator.key()))).unwrap();
        let member: MemberRecord = ledger.view.record(StateKey::Member(key.member)).unwrap();
        assert_eq!((key.purpose, key.status), (KeyPurpose::Consensus, KeyStatus::InForce));
        assert_ne!(member.status, MemberStatus::Expelled);
        assert!(member.roles.contains(Role::RegistrationBody));
        assert!(bodies.insert(key.member), "two validators of {}", key.member);
    }
    let stay = next.validators().iter().filter(|validator| present.get(&validator.address()).is_some());
    assert!(next.quorum(stay.map(Validator::power).sum()));
}

/// Of those that are only proposed, what is refused because it could never be carried out.
fn never_possible(ledger: &Ledger, block: &[Try], transactions: &[Transaction]) -> Vec<Vec<Attempt>> {
    let refused = block.iter().zip(transactions).filter(|(_, transaction)| {
        let refused = admission(&ledger.view, ledger.context(), transaction);
        matches!(refused, Err(ExecutionError::Refused(Refusal { cause: Cause::NeverPossible { .. }, .. })))
    });
    refused.map(|(tried, _)| tried.attempts.clone()).collect()
}

/// What could never be carried out is not, however many sign it now.
fn check_never_possible(ledger: &mut Ledger, never: Vec<Vec<Attempt>>) {
    let signs = |number: &u64| {
        let body = ledger.body(*number);
        let key: KeyRecord = ledger.view.record(StateKey::Key(body.key_id(KeyPurpose::Administer))).unwrap();
        let record = ledger.record_of(&body);
        key.status == KeyStatus::InForce && record.status == MemberStatus::Active
    };
    let signers: BTreeSet<u64> = (1..=4).filter(signs).collect();
    if signers.is_empty() {
        return;
    }
    for attempts in never {
        let tried = Try { signers: signers.clone(), attempts, proposed: false };
        let transaction = make(ledger, &tried);
        let refused = admission(&ledger.view, ledger.context(), &transaction);
        assert!(matches!(refused, Err(ExecutionError::Refused(_))), "{tried:?}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 128, ..Config::default() })]

    #[test]
    fn records_agree_with_each_other_and_with_the_log(
        tries in tries(),
        threshold in 1..=3_u32,
        block_entries in 1..6_usize,
    ) {
        let mut ledger = Ledger::of(4, threshold);
        let mut never = Vec::new();
        for block in tries.chunks(block_entries) {
            let transactions: Vec<_> = block.iter().map(|attempt| make(&mut ledger, attempt)).collect();
            never.extend(never_possible(&ledger, block, &transactions));
            let (recorded, changes) = execute(&ledger, &transactions);
            // Replay: only what was recorded, as a node does that catches up.
            let replayed = recorded.iter().map(|(content, _)| match content {
                Content::Transaction(transaction) => transaction.clone(),
                Content::Event(event) => panic!("{event:?}"),
            });
            let replayed: Vec<_> = replayed.collect();
            assert_eq!(execute(&ledger, &replayed), (recorded.clone(), changes.clone()));
            ledger.commit(recorded, changes);
            check_histories(&ledger);
            check_owners(&ledger);
            check_counters(&ledger);
            check_administration(&ledger);
            check_validators(&ledger);
            check_proposals(&ledger);
            check_body_count(&ledger);
        }
        check_never_possible(&mut ledger, never);
        for entry in &ledger.log {
            assert_eq!(&Entry::decode(entry.encode().into()).unwrap(), entry);
        }
    }
}
