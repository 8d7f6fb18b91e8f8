//! Receipts in the hands of strangers.

use std::path::Path;
use std::process::{Command, Output};

use bulla_tests::deposits::deposit;
use bulla_tests::{Founding, Network};

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
