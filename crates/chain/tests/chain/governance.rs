//! What a block changes of parameters and validators holds for the next one.

use std::sync::Arc;

use bulla_chain::{Chain, Origin};
use bulla_types::{Action, Block, ChangeParameters, ChangeValidators, KeyId, Parameters, ValidatorChange};

use crate::ledger::Ledger;

/// Decides the next block: what one builds, the other accepts.
fn decide(ledger: &Ledger, builder: &Chain, voter: &Chain) -> Block {
    let height = builder.tip().next_height();
    let built = builder.build(height, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(height, built.clone(), Origin::Fresh)).unwrap().unwrap();
    let certificate = ledger.certify(&built.1);
    builder.commit(&certificate).unwrap();
    voter.commit(&certificate).unwrap();
    Block::decode(&built.1).unwrap()
}

async fn admit_deposits(ledger: &Ledger, chain: &Arc<Chain>, count: usize) {
    for number in 0..count {
        ledger.admit(chain, &ledger.deposit(&format!("文件 {number}"))).await;
    }
}

#[tokio::test]
async fn a_limit_of_blocks_holds_from_the_next_height_on_and_after_a_restart() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let former = Arc::clone(&builder.tip().parameters);
    let parameters = Parameters { block_entries_max: 16, ..(*former).clone() };
    let change = ChangeParameters { former: former.hash(), parameters: parameters.clone() };
    ledger.admit(&builder, &ledger.act(Action::ChangeParameters(change))).await;
    admit_deposits(&ledger, &builder, 40).await;
    let first = decide(&ledger, &builder, &voter);
    assert_eq!((first.entries.len(), first.header.parameters_hash), (42, former.hash()));

    admit_deposits(&ledger, &builder, 40).await;
    let second = decide(&ledger, &builder, &voter);
    assert_eq!((second.entries.len(), second.header.parameters_hash), (16, parameters.hash()));
    drop(voter);
    assert_eq!(*ledger.open("voter").tip().parameters, parameters);
}

#[tokio::test]
async fn other_validators_decide_the_next_height_and_a_receipt_of_before_leads_to_them() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let founded = Arc::clone(&builder.tip().validators);
    let key_id = KeyId::of(founded.validators()[0].key());
    let change = ChangeValidators::new(vec![ValidatorChange { key_id, power: 3 }]);
    ledger.admit(&builder, &ledger.deposit("此前")).await;
    ledger.admit(&builder, &ledger.act(Action::ChangeValidators(change))).await;
    let first = decide(&ledger, &builder, &voter);
    let next = Arc::clone(&builder.tip().validators);
    assert_eq!(next.total_power(), 3);
    assert_eq!(
        (first.header.validators_hash, first.header.next_validators_hash),
        (founded.hash(), next.hash())
    );
    drop(voter);
    let voter = ledger.open("voter");
    assert_eq!((&*voter.tip().certified_by, &*voter.tip().validators), (&*founded, &*next));

    ledger.admit(&builder, &ledger.deposit("此后")).await;
    let second = decide(&ledger, &builder, &voter);
    assert_eq!(
        (second.header.validators_hash, second.header.next_validators_hash),
        (next.hash(), next.hash())
    );
    drop(voter);
    assert_eq!(*ledger.open("voter").tip().certified_by, *next);

    let receipt = builder.receipt(1, None).unwrap().unwrap();
    let transitions = &receipt.bundles()[0].transitions;
    assert_eq!(transitions.len(), 1);
    assert_eq!((transitions[0].header.height.0, &transitions[0].next_validators), (1, &*next));
}
