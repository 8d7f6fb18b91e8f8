//! What is due comes first in a block: who builds puts it there, and who checks insists on it.

use bulla_chain::{Chain, Origin};
use bulla_fixtures::stage::{self, go_on};
use bulla_mempool::Source;
use bulla_types::{Block, BlockTime, Content, Entry, ReasonCode, Submission, SystemEvent};
use std::sync::Arc;

use crate::deadlines::{applications, replayed};
use crate::ledger::Ledger;

const ENTRIES_MAX: u32 = 100;

/// A node with three deadlines due and a transaction waiting, and the block that it builds.
async fn due() -> (stage::Ledger, Ledger, Arc<Chain>, Block) {
    let (mut told, cases) = applications(ENTRIES_MAX);
    let (ledger, chain) = replayed(&told).await;
    let due = told.case(cases[0]).deadlines["review_end"].due.unwrap();
    told.time = BlockTime(due.0 + 1000);
    ledger.clock.set(told.time);
    let registry = told.body(1);
    let register = go_on(cases[0], "register").by("registry", &registry).request(&mut told).transaction();
    let register = Submission::new(register, Vec::new()).unwrap();
    chain.mempool().admit(register.encode().into(), Source::Client).await.unwrap();
    let (_, bytes) = chain.build(chain.tip().next_height(), 0, ledger.address()).unwrap();
    (told, ledger, chain, Block::decode(&bytes).unwrap())
}

fn check(ledger: &Ledger, chain: &Chain, block: &Block) -> Result<(), ReasonCode> {
    let bytes = block.encode().into();
    let proposal = ledger.proposal(block.header.height.0, (block.header.hash(), bytes), Origin::Fresh);
    chain.check(&proposal).unwrap().map_err(|rejection| rejection.reason).map(|_| ())
}

#[tokio::test]
async fn what_is_due_comes_before_what_waits_in_the_order_of_due_times_and_records() {
    let (told, ledger, chain, block) = due().await;
    let contents = block.entries.iter().map(|entry| Entry::decode(entry.clone()).unwrap().content);
    let contents: Vec<Content> = contents.collect();
    let (transaction, events) = contents.split_last().unwrap();
    assert!(matches!(transaction, Content::Transaction(_)));
    let subjects: Vec<_> = events
        .iter()
        .map(|event| match event {
            Content::Event(SystemEvent::DeadlineReached(reached)) => (reached.due, reached.subject),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(subjects.len(), 5);
    assert!(subjects.is_sorted());
    check(&ledger, &chain, &block).unwrap();
    assert!(told.time > subjects[4].0);
}

#[tokio::test]
async fn a_block_that_leaves_out_what_is_due_is_refused() {
    let (_, ledger, chain, honest) = due().await;
    for left_out in 0..5 {
        let mut block = honest.clone();
        block.entries.remove(left_out);
        block.header.log_size_after -= 1;
        assert_eq!(check(&ledger, &chain, &block), Err(ReasonCode::EventInvalid));
    }
    let mut nothing_due = honest.clone();
    nothing_due.entries.drain(..5);
    nothing_due.header.log_size_after -= 5;
    assert_eq!(check(&ledger, &chain, &nothing_due), Err(ReasonCode::EventInvalid));
}

#[tokio::test]
async fn a_block_that_exchanges_what_is_due_or_puts_it_behind_is_refused() {
    let (_, ledger, chain, honest) = due().await;
    for (one, other) in [(0, 1), (3, 4), (4, 5)] {
        let mut block = honest.clone();
        block.entries.swap(one, other);
        assert_eq!(check(&ledger, &chain, &block), Err(ReasonCode::EventInvalid));
    }
    let mut twice = honest.clone();
    twice.entries.insert(1, twice.entries[0].clone());
    twice.header.log_size_after += 1;
    assert_eq!(check(&ledger, &chain, &twice), Err(ReasonCode::EventInvalid));
}
