//! `genesis.json`.

use bulla_types::*;
use prost::Message;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

fn refused_geneses() -> Vec<Value> {
    type Change = fn(&mut proto::Genesis);
    fn first(genesis: &mut proto::Genesis) -> &mut proto::EnrolMember {
        genesis.founders[0].member.as_mut().unwrap()
    }
    let changes: [(&str, Change); 15] = [
        ("an unknown version", |genesis| genesis.version = 2),
        ("no class", |genesis| genesis.class = 0),
        ("no name", |genesis| genesis.name.clear()),
        ("no time", |genesis| genesis.time_ms = 0),
        ("no parameters", |genesis| genesis.parameters = None),
        ("an unknown protocol version", |genesis| genesis.parameters.as_mut().unwrap().protocol_version = 9),
        ("no voting power", |genesis| genesis.founders.iter_mut().for_each(|founder| founder.power = 0)),
        ("a threshold that cannot be reached", |genesis| {
            genesis.parameters.as_mut().unwrap().admin_threshold = 5;
        }),
        ("a founder twice", |genesis| genesis.founders[1] = genesis.founders[0].clone()),
        ("a validator without a consensus key", |genesis| first(genesis).keys.retain(|key| key.purpose != 4)),
        ("a validator that is no registration body", |genesis| first(genesis).roles = vec![2]),
        ("a founder with a mistyped credit code", |genesis| {
            first(genesis).credit_code = "91350100M000100Y44".into();
        }),
        ("a window that is too long without a clock for tests", |genesis| {
            genesis.parameters.as_mut().unwrap().time_bound_ms = 600_001;
        }),
        ("a clock for tests that is faster than a day a second", |genesis| {
            genesis.test_clock = Some(proto::TestClock { speed_max: 86_401 });
        }),
        ("a ledger for use with a clock for tests", |genesis| {
            genesis.class = 2;
            genesis.test_clock = Some(proto::TestClock { speed_max: 86_400 });
        }),
    ];
    let case = |(what, change): (&str, Change)| {
        let mut message = genesis().to_message();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, Genesis::decode(&bytes))
    };
    changes.into_iter().map(case).collect()
}

#[test]
fn genesis_vectors() {
    let (genesis, with_clock) = (genesis(), genesis_with_clock(86_400));
    check(
        "genesis",
        &json!({
            "accepted": {
                "genesis": hex::encode(genesis.encode()),
                "ledger_id": genesis.ledger_id().to_string(),
                "class": genesis.class().number(),
                "name": genesis.name().as_str(),
                "time_ms": genesis.time().0,
                "parameters": hex::encode(genesis.parameters().encode()),
                "parameters_hash": genesis.parameters().hash().to_string(),
                "validator_set": hex::encode(genesis.validators().encode()),
                "validators_hash": genesis.validators().hash().to_string(),
            },
            "accepted_with_test_clock": {
                "genesis": hex::encode(with_clock.encode()),
                "ledger_id": with_clock.ledger_id().to_string(),
                "speed_max": with_clock.test_clock().unwrap().speed_max,
            },
            "refused": refused_geneses(),
        }),
    );
}
