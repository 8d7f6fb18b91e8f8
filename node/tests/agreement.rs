//! Nodes agree on deposits, and each deposit is proved.

#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use bulla_client::Client;
use bulla_tests::deposits::deposit;
use bulla_types::proto;
use common::{Network, until};

async fn status_at(client: &Client, height: u64) -> proto::GetStatusResponse {
    until("the node is at the height", || async {
        let status = client.status().await.ok()?;
        (status.height >= height).then_some(status)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_alone_records_a_deposit_and_proves_it() {
    let network = Network::start(1, 0);
    let client = network.client(0).await;
    let receipt = client.deposit(&network.service(), deposit("一份合同")).await.unwrap();
    assert_eq!(receipt.index(), 1, "the founding entry is the first");
    assert_eq!(receipt.evidence_numbers().map(|number| number.0).collect::<Vec<_>>(), [1]);
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_validators_and_an_observer_hold_the_same_roots() {
    let network = Network::start(4, 1);
    let client = network.client(1).await;
    let mut height = 0;
    for number in 0..3 {
        let receipt = client.deposit(&network.service(), deposit(&format!("文件 {number}"))).await.unwrap();
        height = receipt.entry().height.0;
    }
    let first = status_at(&client, height).await;
    for node in [0, 2, 3, 4] {
        let other = status_at(&network.client(node).await, height).await;
        assert_eq!(
            (other.height, &other.log_root, &other.state_root, &other.block_hash),
            (first.height, &first.log_root, &first.state_root, &first.block_hash),
            "node {node}"
        );
    }
    network.stop().await;
}
