//! Receipts in the hands of strangers.

use std::path::Path;
use std::process::{Command, Output};

use bulla_client::Submitted;
use bulla_tests::deposits::{deposit, submission};
use bulla_tests::{Founding, Network};
use bulla_types::{BlockTime, Ticket};

/// A verifier that shares no code with the ledger, and knows only `docs/formats`.
fn receipt_check(arguments: &[&Path]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("receipt_check.py");
    Command::new("python3").arg(script).args(arguments).output().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_another_hand_accepts_a_receipt_and_refuses_every_mutation_of_it() {
    let network = Network::of(4).start().await;
    let client = network.client(0).await;
    let receipt = client.deposit(&network.service(), deposit("合同正本")).await.unwrap();
    let file = network.folder().join("contract.receipt");
    std::fs::write(&file, receipt.file().encode()).unwrap();
    let genesis = network.folder().join("genesis.bin");

    let checked = receipt_check(&[Path::new("--mutations"), &file, &genesis]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said.contains(&format!("entry {}, height", receipt.index())), "{said}");
    assert!(said.contains("VERIFIED") && !said.contains("ACCEPTED"), "{said}");
    assert!(said.lines().count() > 500, "mutations of every field were tried: {said}");
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_proves_nothing_under_the_genesis_of_another_ledger() {
    let network = Network::of(1).start().await;
    let receipt = network.client(0).await.deposit(&network.service(), deposit("合同正本")).await.unwrap();
    let file = network.folder().join("contract.receipt");
    std::fs::write(&file, receipt.file().encode()).unwrap();
    let other = network.folder().join("other");
    std::fs::create_dir(&other).unwrap();
    let _ = Founding::of(1).found(&other);

    let checked = receipt_check(&[&file, &other.join("genesis.bin")]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stderr).contains("REFUSED"));
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_a_promise_that_its_node_signed_and_keeps() {
    let network = Network::of(4).observers(1).start().await;
    let request = submission(network.ledger_id(), &network.service(), "合同正本");
    let client = network.client(4).await;
    let Submitted::Admitted(ticket) = client.submit(&request).await.unwrap() else { panic!("it is new") };
    client.verify_ticket(&ticket).await.unwrap();
    let later = Ticket { admitted_at: BlockTime(ticket.admitted_at.0 + 1), ..ticket };
    assert!(client.verify_ticket(&later).await.is_err(), "another time is not what was signed");
    let recorded = client.submit_and_wait(&request).await.unwrap();
    assert!(recorded.entry().time <= ticket.expires_at);
    network.close().await;
}
