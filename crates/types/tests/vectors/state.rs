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
    ];
    check("state", &json!({ "records": records }));
}
