//! Acceptance: the ledger's members change under constant load, and nothing that was acknowledged is lost.

use bulla_tests::succession::{Plan, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_constant_load_validators_come_and_go_all_keys_rotate_and_an_observer_is_replaced() {
    const BETWEEN: usize = 50;
    let plan = Plan { rate_per_second: 40, between: BETWEEN, block_entries_max: 16, propose_ms: None };
    let outcome = run(plan).await;
    // Ten times the story waits for so many more.
    assert!(outcome.told.deposits.len() >= 10 * BETWEEN, "{}", outcome.told.deposits.len());
}
