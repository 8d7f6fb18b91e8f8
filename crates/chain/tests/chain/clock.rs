//! Clocks that are set back.

use bulla_chain::{Chain, Origin};
use bulla_types::{Block, BlockTime, ReasonCode};

use crate::ledger::Ledger;

const DAY_MS: u64 = 86_400_000;

/// Whether a voter finds the next block good when it is of this time.
fn vote(ledger: &Ledger, chain: &Chain, voter: &Chain, time: BlockTime) -> Result<(), ReasonCode> {
    let now = ledger.clock.clone();
    let shown = bulla_mempool::Clock::now(&now);
    now.set(time);
    let height = chain.tip().next_height();
    let (hash, bytes) = chain.build(height, 0, ledger.address()).unwrap();
    now.set(shown);
    let built = Block::decode(&bytes).unwrap();
    assert_eq!(built.header.time, time);
    let verdict = voter.check(&ledger.proposal(height, (hash, bytes), Origin::Fresh)).unwrap();
    verdict.map_err(|rejection| rejection.reason)
}

/// A builder and a voter whose newest block is a day ahead of their clocks, and its time.
async fn set_back(ledger: &Ledger) -> (std::sync::Arc<Chain>, std::sync::Arc<Chain>, BlockTime) {
    let chains = (ledger.open("builder"), ledger.open("voter"));
    ledger.admit(&chains.0, &ledger.deposit("one")).await;
    let block = ledger.advance(&chains.0);
    let height = block.header.height.0;
    let given = (block.header.hash(), block.encode().into());
    chains.1.check(&ledger.proposal(height, given, Origin::Fresh)).unwrap().unwrap();
    chains.1.commit(&ledger.certify(&block.encode().into())).unwrap();
    ledger.clock.set(BlockTime(block.header.time.0 - DAY_MS));
    (chains.0, chains.1, block.header.time)
}

#[tokio::test]
async fn a_ledger_for_tests_goes_on_by_a_millisecond_until_its_clock_has_caught_up() {
    let ledger = Ledger::found().with_test_clock();
    let (builder, voter, parent) = set_back(&ledger).await;
    assert_eq!(builder.now(), BlockTime(parent.0 + 1));
    // Request ids are of the ledger's time, not of the clock that is behind.
    ledger.admit(&builder, &ledger.deposit("two")).await;
    assert_eq!(vote(&ledger, &builder, &voter, BlockTime(parent.0 + 1)), Ok(()));
    let block = ledger.advance(&builder);
    assert_eq!((block.header.time, block.entries.len()), (BlockTime(parent.0 + 1), 1));
}

#[tokio::test]
async fn nothing_but_the_earliest_time_is_good_ahead_of_a_clock_that_was_set_back() {
    let ledger = Ledger::found().with_test_clock();
    let (builder, voter, parent) = set_back(&ledger).await;
    let refused = vote(&ledger, &builder, &voter, BlockTime(parent.0 + 2));
    assert_eq!(refused, Err(ReasonCode::BlockTimeInvalid));
}

#[tokio::test]
async fn a_ledger_without_a_clock_of_its_own_keeps_the_bound() {
    let ledger = Ledger::found();
    let (builder, voter, parent) = set_back(&ledger).await;
    let refused = vote(&ledger, &builder, &voter, BlockTime(parent.0 + 1));
    assert_eq!(refused, Err(ReasonCode::BlockTimeInvalid));
}
