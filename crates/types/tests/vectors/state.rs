//! `state.json`.

use bulla_types::*;
use serde_json::{Value, json};

use crate::check;
use crate::samples::*;

fn record(what: &str, key: StateKey, message: &str, value: &[u8]) -> Value {
    json!({
        "what": what,
        "key": hex::encode(key.encode()),
        "map_key": key.map_key().to_string(),
        "message": message,
        "value": hex::encode(value),
        "map_value": hex::encode(map_value(value)),
    })
}

#[test]
fn state_vectors() {
    let genesis = genesis();
    let number = MemberNumber(1);
    let key_id = KeyId::of(&public(1));
    let founding = StatusRecord {
        status: MemberStatus::Active,
        log_index: 0,
        time: genesis.time(),
        transaction_id: None,
        effective_from: None,
        valid_until: None,
    };
    let equivocation = StateKey::Equivocation {
        address: equivocation().address(),
        height: equivocation().height(),
        round: equivocation().round(),
        vote_type: equivocation().vote_type(),
    };
    let history = |record, seq| StateKey::History { record, seq };
    let code = StateKey::CreditCode(CREDIT_CODES[0].parse().unwrap());
    let records = [
        record("parameters", StateKey::Parameters, "Parameters", &genesis.parameters().encode()),
        record("a member", StateKey::Member(number), "MemberRecord", &member_record().encode()),
        record("a key", StateKey::Key(key_id), "KeyRecord", &key_record().encode()),
        record(
            "next member number",
            StateKey::Counter(Counter::Members),
            "CounterRecord",
            &CounterRecord { next: 5 }.encode(),
        ),
        record(
            "next evidence number",
            StateKey::Counter(Counter::Evidence),
            "CounterRecord",
            &CounterRecord { next: 1 }.encode(),
        ),
        record("validators", StateKey::Validators, "ValidatorSet", &genesis.validators().encode()),
        record(
            "first status of a member",
            history(RecordKey::Member(number), 0),
            "StatusRecord",
            &founding.encode(),
        ),
        record(
            "second status of a key",
            history(RecordKey::Key(key_id), 1),
            "StatusRecord",
            &status_record().encode(),
        ),
        record("owner of a credit code", code, "OwnerRecord", &OwnerRecord { member: number }.encode()),
        record(
            "a recorded equivocation",
            equivocation,
            "EquivocationRecord",
            &EquivocationRecord { log_index: 77 }.encode(),
        ),
        record(
            "a set in the history of the validators",
            StateKey::ValidatorSet(ValidatorSetNumber(2)),
            "ValidatorSetRecord",
            &validator_set_record().encode(),
        ),
        record(
            "a set in the history of the parameters",
            StateKey::ParameterSet(ParameterSetNumber(2)),
            "ParameterSetRecord",
            &parameter_set_record().encode(),
        ),
        record(
            "a proposal",
            StateKey::Proposal(proposal_record().number),
            "ProposalRecord",
            &proposal_record().encode(),
        ),
        record(
            "a step in the past of a proposal",
            history(RecordKey::Proposal(proposal_record().number), 1),
            "StatusRecord",
            &proposal_step().encode(),
        ),
        record(
            "what a proposal proposes",
            StateKey::Proposed(proposal_record().number),
            "Propose",
            &propose().encode(),
        ),
        record(
            "an open proposal of a member",
            StateKey::OpenProposal {
                proposer: proposal_record().proposer,
                not_after: proposal_record().not_after,
                number: proposal_record().number,
            },
            "IndexRecord",
            &IndexRecord { log_index: 310 }.encode(),
        ),
        record(
            "how many registration bodies are active",
            StateKey::BodyCount,
            "BodyCount",
            &BodyCount { active: 4 }.encode(),
        ),
        record(
            "a version of the protocol that is scheduled",
            StateKey::ProtocolSchedule,
            "ProtocolScheduleRecord",
            &protocol_schedule_records()[0].encode(),
        ),
        record(
            "a schedule of the protocol that was taken back",
            StateKey::ProtocolSchedule,
            "ProtocolScheduleRecord",
            &protocol_schedule_records()[1].encode(),
        ),
    ];
    let records: Vec<Value> = records.into_iter().chain(register()).collect();
    check("state", &json!({ "records": records }));
}

/// Records of cases and of what they bring about.
fn register() -> Vec<Value> {
    let profile = ProfileDigest::of(&profile_record().profile);
    let tag = RuleTag::of("cn-example-1", "");
    let procedure = RuleTag::of("cn-example-1", "procedure.objection");
    let kind = RuleTag::of("cn-example-1", "certificate.confirmation");
    let row = IndexRecord { log_index: 40 }.encode();
    let about = CaseAbout { about: Subject::Case(CaseNumber(7)), procedure, case: CaseNumber(8) };
    let (account, object) = (account_record(), object_record());
    let (registration, certificate) = (registration_record(), certificate_record());
    let due = Due { due: BlockTime(BLOCK_TIME), subject: Subject::Case(CaseNumber(7)), deadline: 2 };
    let reckoned = StateKey::Reckoned { year: 2026, revision: 0, case: CaseNumber(7), deadline: 2 };
    let holding = StateKey::Holding { holder: MemberNumber(5), kind, number: 5 };
    let version = ProfileVersionRecord { digest: profile, version: 2 };
    let past = StateKey::History { record: RecordKey::Case(CaseNumber(7)), seq: 1 };
    let key = StateKey::ObjectKey(object.key);
    let number = SuspensionNumber(1);
    let suspended = |clocks| StateKey::Suspended(clocks, number);
    let cycle = Cycle { due: BlockTime(BLOCK_TIME), profile, procedure: 3 };
    vec![
        record("a profile", StateKey::Profile(profile), "ProfileRecord", &profile_record().encode()),
        record(
            "the version in force",
            StateKey::ProfileVersion(tag),
            "ProfileVersionRecord",
            &version.encode(),
        ),
        record("a year", StateKey::Calendar(2025), "CalendarRecord", &calendar_record().encode()),
        record("the calendar", StateKey::CalendarHead, "CalendarHead", &calendar_head().encode()),
        record("an account", StateKey::Account(account.number), "AccountRecord", &account.encode()),
        record("a case", StateKey::Case(CaseNumber(7)), "CaseRecord", &case_record().encode()),
        record("a step of a case", past, "CaseStepRecord", &case_step().encode()),
        record("an object", StateKey::Object(object.number), "ObjectRecord", &object.encode()),
        record(
            "the key of an object",
            key,
            "ObjectKeyRecord",
            &ObjectKeyRecord { object: object.number }.encode(),
        ),
        record(
            "a registration",
            StateKey::Registration(registration.number),
            "RegistrationRecord",
            &registration.encode(),
        ),
        record(
            "a certificate",
            StateKey::Certificate(certificate.number),
            "CertificateRecord",
            &certificate.encode(),
        ),
        record("what falls due", StateKey::Due(due), "IndexRecord", &row),
        record("a deadline by a year that it counts", reckoned, "IndexRecord", &row),
        record("a certificate by its holder", holding, "IndexRecord", &row),
        record("an open case by what it is about", StateKey::OpenCase(about), "IndexRecord", &row),
        record("an ended case by what it is about", StateKey::EndedCase(about), "IndexRecord", &row),
        record(
            "a suspension",
            StateKey::Suspension(number),
            "SuspensionRecord",
            &suspension_record().encode(),
        ),
        record("a suspension of every clock", suspended(Suspended::Ledger), "IndexRecord", &row),
        record("a suspension under a profile", suspended(Suspended::Profile(tag)), "IndexRecord", &row),
        record("a suspension of a case", suspended(Suspended::Case(CaseNumber(7))), "IndexRecord", &row),
        record("the last outage", StateKey::Outage, "OutageRecord", &outage_record().encode()),
        record("a cycle of reports that runs", StateKey::Cycle(cycle), "IndexRecord", &row),
    ]
}
