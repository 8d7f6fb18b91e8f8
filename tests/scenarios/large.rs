//! Blocks of many megabytes.

use bulla_client::{DepositRequest, EntryRef, TransactionBuilder};
use bulla_tests::Network;
use bulla_tests::deposits::deposit;
use bulla_types::Submission;
use futures::future::join_all;

const DEPOSITS: usize = 64;

/// A deposit with the longest texts that may be attached.
fn long_deposit(network: &Network, number: usize) -> Submission {
    let request = DepositRequest {
        description: Some("长".repeat(65_536 / 3)),
        statement: Some("述".repeat(65_536 / 3)),
        ..deposit(&format!("大文件 {number}"))
    };
    TransactionBuilder::new(network.ledger_id()).signer(&network.service()).action(request).build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocks_too_large_for_one_part_reach_every_node_with_all_their_openings() {
    let network = Network::of(4).observers(1).start().await;
    let client = network.client(0).await;
    let deposits: Vec<Submission> = (0..DEPOSITS).map(|number| long_deposit(&network, number)).collect();
    let receipts = join_all(deposits.iter().map(|deposit| client.submit_and_wait(deposit))).await;
    let indexes: Vec<u64> = receipts.into_iter().map(|receipt| receipt.unwrap().index()).collect();
    network.agreed().await;
    for node in 0..5 {
        let client = network.client(node).await;
        for index in &indexes {
            let entry = client.entry(EntryRef::Index(*index)).await.unwrap();
            let bytes: usize = entry.openings.iter().map(|opening| opening.value.len()).sum();
            assert!(bytes > 131_000, "entry {index} at node {node} has openings of {bytes} bytes");
        }
    }
    network.close().await;
}
