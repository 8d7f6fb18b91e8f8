//! A node that may open no further file: it is not ready, loses nothing, and goes on when it may.

use std::fs;

use bulla_client::{DepositRequest, TransactionBuilder};
use bulla_tests::deposits::deposit;
use bulla_tests::{Load, Network};
use bulla_types::Submission;
use bulla_types::proto::NodeHealth;
use futures::future::join_all;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

/// Submitted at a time. Their openings fill what the database keeps in memory.
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
async fn a_node_that_ran_out_of_files_is_not_ready_and_goes_on_by_itself_when_there_are_some() {
    let network = Network::of(1).start().await;
    let node = &network.nodes()[0];
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let acknowledged = load.stop().await;

    // Who is connected stays so: nobody else gets in for a while.
    let client = network.client(0).await;
    client.status().await.unwrap();
    let pid = fs::read_to_string(node.data().join("LOCK")).unwrap().trim().parse().unwrap();
    let before = limit_files(pid, Some(fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as u64));
    let flood = async {
        loop {
            let deposits = (0..DEPOSITS).map(|number| long_deposit(&network, number));
            let deposits: Vec<Submission> = deposits.collect();
            // They are refused in the end.
            join_all(deposits.iter().map(|deposit| client.submit(deposit))).await;
        }
    };
    let status = tokio::select! {
        status = node.is(NodeHealth::Failed) => status,
        () = flood => unreachable!("it has no end"),
    };
    assert_eq!(status.health_reason, "STORAGE_FAILED");
    limit_files(pid, before);

    node.logs(&["has to be opened anew"]).await;
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 0, tip.log_size).await;
    network.close().await;
}

/// Lets a process have so many files open, and gives how many it could.
fn limit_files(pid: i32, current: Option<u64>) -> Option<u64> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    prlimit(Pid::from_raw(pid), Resource::Nofile, Rlimit { current, maximum }).unwrap().current
}
