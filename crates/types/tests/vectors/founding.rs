//! `founding.json`.

use bulla_types::*;
use prost::Message;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

fn refused_plans() -> Vec<Value> {
    type Change = fn(&mut proto::FoundingPlan);
    let changes: [(&str, Change); 8] = [
        ("an unknown version", |plan| plan.version = 2),
        ("a label twice", |plan| plan.founders[1].label = plan.founders[0].label.clone()),
        ("a credit code twice", |plan| plan.founders[1].credit_code = plan.founders[0].credit_code.clone()),
        ("a validator that is no registration body", |plan| plan.founders[0].roles = vec![2]),
        ("an observer with voting power", |plan| plan.founders[0].node = 2),
        ("no voting power", |plan| {
            plan.founders.iter_mut().for_each(|founder| (founder.node, founder.power) = (2, 0));
        }),
        ("a threshold that cannot be reached", |plan| {
            plan.parameters.as_mut().unwrap().admin_threshold = 5;
        }),
        ("a ledger for use with a clock for tests", |plan| {
            plan.class = 2;
            plan.test_clock = Some(proto::TestClock { speed_max: 1 });
        }),
    ];
    let case = |(what, change): (&str, Change)| {
        let mut message = plan().to_message();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, FoundingPlan::decode(&bytes))
    };
    changes.into_iter().map(case).collect()
}

fn refused_declarations() -> Vec<Value> {
    type Change = fn(&mut proto::FounderDeclaration);
    let changes: [(&str, Change); 9] = [
        ("a file of another kind", |message| message.kind = "bulla/1/receipt".into()),
        ("an unknown version", |message| message.version = 2),
        ("a mistyped credit code", |message| message.credit_code = "91350100M000100Y44".into()),
        ("no key", |message| message.keys.clear()),
        ("keys that do not rise by purpose", |message| message.keys.swap(0, 1)),
        ("a key twice", |message| message.keys[1].key = message.keys[0].key.clone()),
        ("a weak key", |message| {
            let key = message.keys[0].key.as_mut().unwrap();
            key.value = [vec![1], vec![0; 31]].concat().into();
        }),
        ("a key that has not signed", |message| message.keys[0].possession = None),
        ("a node without an address", |message| message.address.clear()),
    ];
    let case = |(what, change): (&str, Change)| {
        let mut message = declared(&plan(), 0).to_message();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, FounderDeclaration::decode(&bytes))
    };
    changes.into_iter().map(case).collect()
}

#[test]
fn vectors_of_founding() {
    let plan = plan();
    let declarations: Vec<_> = (0..4).map(|n| declared(&plan, n)).collect();
    let genesis = plan.genesis(&declarations).unwrap();
    let declaration = |declaration: &FounderDeclaration| {
        json!({
            "declaration": hex::encode(declaration.encode()),
            "credit_code": declaration.credit_code().to_string(),
            "address": declaration.address(),
            "signing_message": hex::encode(declaration.signing_message()),
        })
    };
    check(
        "founding",
        &json!({
            "accepted": {
                "plan": hex::encode(plan.encode()),
                "plan_digest": plan.digest().to_string(),
                "declarations": declarations.iter().map(declaration).collect::<Vec<_>>(),
                "genesis": hex::encode(genesis.encode()),
                "ledger_id": genesis.ledger_id().to_string(),
            },
            "refused_plans": refused_plans(),
            "refused_declarations": refused_declarations(),
        }),
    );
}
