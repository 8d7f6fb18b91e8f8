//! One byte changed, or the end cut off, gives an error or another value, never the same value in other bytes.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use std::fmt::Debug;

use bulla_types::*;
use samples::*;

/// Changes each byte in several ways; `decode` gives the value and its encoding.
fn check<T: PartialEq + Debug>(original: &[u8], decode: impl Fn(Vec<u8>) -> Option<(T, Vec<u8>)>) {
    let (value, encoded) = decode(original.to_vec()).expect("the original reads");
    assert_eq!(encoded, original);
    let is_other = |changed: Vec<u8>, how: &str| {
        if let Some((other, encoded)) = decode(changed.clone()) {
            assert_ne!(other, value, "{how} gives the same value");
            assert_eq!(encoded, changed, "{how} is not canonical");
        }
    };
    for position in 0..original.len() {
        for change in [0x01, 0x08, 0x80, 0xff] {
            let mut changed = original.to_vec();
            changed[position] ^= change;
            is_other(changed, &format!("byte {position} changed by {change:#x}"));
        }
        is_other(original[..position].to_vec(), &format!("the cut at byte {position}"));
    }
    assert!(decode([original, &[0]].concat()).is_none(), "one byte more reads");
    assert!(decode([original, &[0xf8, 0x01, 0x01]].concat()).is_none(), "an unknown field reads");
}

fn check_canonical<T: Canonical + PartialEq + Debug>(value: &T) {
    check(&value.encode(), |bytes| {
        let read = T::decode(&bytes).ok()?;
        let encoded = read.encode();
        Some((read, encoded))
    });
}

macro_rules! mutations {
    ($($name:ident: $value:expr => |$bytes:ident| $decode:expr;)+) => {$(
        #[test]
        fn $name() {
            check(&$value.encode(), |$bytes| {
                let read = $decode.ok()?;
                let encoded = read.encode().to_vec();
                Some((read, encoded))
            });
        }
    )+};
}

mutations! {
    a_deposit: deposit_transaction() => |bytes| Transaction::decode(bytes.into());
    a_submission: submission() => |bytes| Submission::decode(bytes.into());
    an_administration: administration_transaction() => |bytes| Transaction::decode(bytes.into());
    a_step_of_a_case: case_transaction() => |bytes| Transaction::decode(bytes.into());
    an_entry_of_a_case: case_entry() => |bytes| Entry::decode(bytes.into());
    an_entry_of_a_deadline: deadline_entry() => |bytes| Entry::decode(bytes.into());
    a_suspension_of_clocks: suspension_transaction() => |bytes| Transaction::decode(bytes.into());
    a_draft: governance_draft(&[2, 12]) => |bytes| TransactionDraft::decode(&bytes);
    a_draft_of_votes: opened_votes_draft() => |bytes| TransactionDraft::decode(&bytes);
    an_act_of_governance: governance_transaction() => |bytes| Transaction::decode(bytes.into());
    a_proposal: proposal_transaction() => |bytes| Transaction::decode(bytes.into());
    a_vote_with_grounds: grounded_vote_transaction() => |bytes| Transaction::decode(bytes.into());
    votes_on_proposals: votes_transaction() => |bytes| Transaction::decode(bytes.into());
    an_entry_of_votes: votes_entry() => |bytes| Entry::decode(bytes.into());
    an_entry_of_an_outage: outage_entry() => |bytes| Entry::decode(bytes.into());
    an_entry_of_a_cycle: cycle_entry() => |bytes| Entry::decode(bytes.into());
    an_entry_of_a_deadline_settled: settled_entry() => |bytes| Entry::decode(bytes.into());
    an_entry: deposit_entry() => |bytes| Entry::decode(bytes.into());
    an_entry_of_an_event: equivocation_entry() => |bytes| Entry::decode(bytes.into());
    a_block: block() => |bytes| Block::decode(&bytes.into());
    a_receipt: receipt() => |bytes| Receipt::decode(&bytes.into());
    a_bundle: bundle() => |bytes| TrustBundle::decode(&bytes.into());
    a_status_proof: status_proof() => |bytes| StatusProofFile::decode(&bytes.into());
    a_fork_proof: fork_proof() => |bytes| ForkProof::decode(&bytes.into());
    a_receipt_file: receipt_file() => |bytes| ReceiptFile::decode(&bytes.into());
}

fn submission() -> Submission {
    Submission::new(deposit_transaction(), deposit_openings()).unwrap()
}

#[test]
fn a_header() {
    let original = header().encode();
    for position in 0..original.len() {
        let mut mutated = original;
        mutated[position] ^= 0x01;
        if let Ok(other) = Header::decode(&mutated) {
            assert_ne!(other.hash(), header().hash());
            assert_eq!(other.encode(), mutated);
        }
    }
    assert!(Header::decode(&original[1..]).is_err());
}

#[test]
fn a_state_key() {
    let equivocation = StateKey::Equivocation {
        address: Address::from_bytes([1; 32]),
        height: Height(7),
        round: 1,
        vote_type: VoteType::Precommit,
    };
    let record = RecordKey::Key(KeyId::from_bytes([2; 32]));
    let code = CREDIT_CODES[0].parse().unwrap();
    for key in [
        StateKey::Parameters,
        StateKey::Counter(Counter::Evidence),
        StateKey::CreditCode(code),
        StateKey::History { record, seq: 3 },
        equivocation,
        StateKey::Due(Due { due: BlockTime(8), subject: Subject::Case(CaseNumber(3)), deadline: 1 }),
        StateKey::Calendar(2025),
        StateKey::ProtocolSchedule,
    ] {
        let original = key.encode();
        for (position, change) in (0..original.len()).flat_map(|p| (1..=255).map(move |c| (p, c))) {
            let mut mutated = original.clone();
            mutated[position] ^= change;
            if let Ok(other) = StateKey::decode(&mutated) {
                assert_ne!(other, key);
                assert_eq!(other.encode(), mutated);
            }
        }
    }
}

#[test]
fn records_certificates_and_parameters() {
    check_canonical(&member_record());
    check_canonical(&key_record());
    check_canonical(&status_record());
    check_canonical(&CounterRecord { next: 300 });
    check_canonical(&propose());
    check_canonical(&proposal_record());
    check_canonical(&proposal_step());
    check_canonical(&BodyCount { active: 300 });
    check_canonical(&OwnerRecord { member: MemberNumber(300) });
    check_canonical(&EquivocationRecord { log_index: 300 });
    check_canonical(&certificate());
    check_canonical(&parameters());
    check_canonical(&ticket());
}

#[test]
fn records_of_cases_and_of_what_they_bring_about() {
    check_canonical(&profile_record());
    check_canonical(&calendar_record());
    check_canonical(&calendar_head());
    check_canonical(&account_record());
    check_canonical(&object_record());
    check_canonical(&registration_record());
    check_canonical(&certificate_record());
    check_canonical(&certificate_step());
    check_canonical(&case_record());
    check_canonical(&case_step());
    check_canonical(&IndexRecord { log_index: 300 });
    check_canonical(&suspension_record());
    check_canonical(&validator_set_record());
    check_canonical(&parameter_set_record());
    protocol_schedule_records().iter().for_each(check_canonical);
    check_canonical(&outage_record());
}

#[test]
fn a_validator_set_a_genesis_and_what_founds_it() {
    check_canonical(genesis().validators());
    check_canonical(&plan());
    check_canonical(&declared(&plan(), 1));
    check_canonical(
        &genesis_of(Parameters { admin_threshold: 1, ..parameters() }, vec![founder(0, 1)]).unwrap(),
    );
}
