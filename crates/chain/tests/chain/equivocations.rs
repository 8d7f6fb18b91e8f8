//! Proofs that a validator voted twice, from their report to their entry.

use bulla_chain::{Chain, Origin};
use bulla_types::{Block, Content, Entry, Equivocation, SystemEvent};
use bytes::Bytes;

use crate::ledger::Ledger;

/// The proofs that a block records.
fn recorded(block: &Block) -> Vec<Equivocation> {
    let entries = block.entries.iter().map(|entry| Entry::decode(entry.clone()).unwrap());
    let events = entries.filter_map(|entry| match entry.content {
        Content::Event(SystemEvent::Equivocation(proof)) => Some(proof),
        _ => None,
    });
    events.collect()
}

/// Commits a block here that was built elsewhere.
fn follow(ledger: &Ledger, chain: &Chain, block: &Block) {
    let bytes = Bytes::from(block.encode());
    let proposal =
        ledger.proposal(block.header.height.0, (block.header.hash(), bytes.clone()), Origin::Synced);
    chain.check(&proposal).unwrap().unwrap();
    chain.commit(&ledger.certify(&bytes)).unwrap();
}

#[tokio::test]
async fn a_proof_that_was_reported_is_recorded_although_the_node_crashes_before_the_next_block() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    ledger.advance(&chain);
    let proof = ledger.equivocation(1);
    chain.report([proof]).unwrap();
    chain.report([proof]).unwrap();
    assert_eq!(chain.waiting(), 1, "an idle ledger starts a height for it");
    drop(chain);

    let chain = ledger.open("node");
    assert_eq!(chain.waiting(), 1);
    assert_eq!(recorded(&ledger.advance(&chain)), [proof]);
    assert_eq!(chain.waiting(), 0);
    chain.report([proof]).unwrap();
    assert_eq!(chain.waiting(), 0, "what is recorded does not wait");
    drop(chain);
    assert_eq!(recorded(&ledger.advance(&ledger.open("node"))), []);
}

#[tokio::test]
async fn a_proof_goes_when_another_node_has_it_recorded() {
    let ledger = Ledger::found();
    let (builder, other) = (ledger.open("builder"), ledger.open("other"));
    let proof = ledger.equivocation(1);
    builder.report([proof]).unwrap();
    other.report([proof]).unwrap();
    let block = ledger.advance(&builder);
    assert_eq!(recorded(&block), [proof], "the first block can record one too");
    follow(&ledger, &other, &block);
    assert_eq!(other.waiting(), 0);
    assert_eq!(recorded(&ledger.advance(&other)), []);
}

#[tokio::test]
async fn what_the_rules_would_not_record_is_not_kept() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    ledger.advance(&chain);
    let of_a_height_to_come = ledger.equivocation(9);
    let of_another_ledger = Ledger::found().equivocation(1);
    chain.report([of_a_height_to_come, of_another_ledger]).unwrap();
    assert_eq!(chain.waiting(), 0);
}
