//! Validators that break the protocol: the others vote them down, say why, and go on.

use std::collections::BTreeMap;

use bulla_client::EntryRef;
use bulla_storage::{Store, StoreOptions};
use bulla_tests::fault::{Fault, PARTS_WITHHELD_UP_TO, Wrong};
use bulla_tests::{Acknowledged, Load, Network, ends, until};
use bulla_types::proto::NodeHealth;
use bulla_types::{Address, Content, Equivocation, ReasonCode, SystemEvent};

/// Number of the faulty validator's turn.
const FAULTY: usize = 3;

const WRONG: [(Wrong, ReasonCode); 12] = [
    (Wrong::StateRoot, ReasonCode::BlockStateRootMismatch),
    (Wrong::LogRoot, ReasonCode::BlockLogRootMismatch),
    (Wrong::SecondLogRoot, ReasonCode::HeaderMismatch),
    (Wrong::Signature, ReasonCode::SignatureInvalid),
    (Wrong::RepeatedTransaction, ReasonCode::RequestRepeated),
    (Wrong::Outcome, ReasonCode::BlockEntryInvalid),
    (Wrong::Opening, ReasonCode::OpeningMismatch),
    (Wrong::TimeAhead, ReasonCode::BlockTimeInvalid),
    (Wrong::TimeOfParent, ReasonCode::BlockTimeInvalid),
    (Wrong::TooManyEntries, ReasonCode::TooLarge),
    (Wrong::Builder, ReasonCode::BlockInvalid),
    (Wrong::Garbage, ReasonCode::Malformed),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_blocks_are_voted_down_each_for_its_reason_and_the_ledger_goes_on() {
    let wrongs = WRONG.iter().map(|(wrong, _)| *wrong).collect();
    let network = Network::of(4)
        .parameters(|parameters| parameters.block_entries_max = 64)
        .faulty(FAULTY, Fault::ProposesWrongBlocks(wrongs))
        .start()
        .await;
    let honest = honest(&network);
    let load = Load::on(&network, honest[0]).await;
    for node in &honest {
        let node = &network.nodes()[*node];
        until(&format!("{} has refused every wrong block", node.config().label), || {
            std::future::ready((node.refusals().len() >= WRONG.len()).then_some(()))
        })
        .await;
        let expected: Vec<&str> = WRONG.iter().map(|(_, reason)| reason.as_str()).collect();
        assert_eq!(node.refusals(), expected, "the reasons, in the order of the blocks");
    }
    load.goes_on(20).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, honest[1], tip.log_size).await;
    network.close().await;
}

/// Openings stand outside the leaf and the hash of the block, so such a block is valid; but the others have
/// what they admitted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_builder_that_leaves_openings_out_cannot_make_them_disappear() {
    let fault = Fault::ProposesWrongBlocks(vec![Wrong::MissingOpening; 5]);
    let network = Network::of(4).faulty(FAULTY, fault).start().await;
    let honest = honest(&network);
    let load = Load::on(&network, honest[0]).await;
    network.nodes()[honest[0]].reaches(24).await;
    let acknowledged = load.stop().await;
    network.agreed().await;
    let faulty = address(&network, FAULTY);
    assert!(builders(&acknowledged).values().any(|builder| *builder == faulty), "such blocks are decided");
    for node in honest {
        let client = network.client(node).await;
        for index in acknowledged.entries.keys() {
            let entry = client.entry(EntryRef::Index(*index)).await.unwrap();
            assert_eq!(entry.openings.len(), 1, "the title of entry {index} at node {node}");
        }
    }
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposer_from_whom_nothing_comes_costs_a_round_and_no_more() {
    let network = Network::of(4).faulty(FAULTY, Fault::WithholdsItsBlocks).start().await;
    let honest = honest(&network);
    let load = Load::on(&network, honest[0]).await;
    // Two turns with parts withheld, one that fails to build and one that never does.
    network.nodes()[honest[0]].reaches(PARTS_WITHHELD_UP_TO + 9).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, honest[1], tip.log_size).await;
    let builders = builders(&acknowledged);
    assert!(builders.len() > 10, "{builders:?}");
    let faulty = address(&network, FAULTY);
    assert!(builders.values().all(|builder| *builder != faulty), "{faulty} built none of {builders:?}");
    network.close().await;
}

fn builders(acknowledged: &Acknowledged) -> BTreeMap<u64, Address> {
    acknowledged.headers.iter().map(|(height, header)| (*height, header.builder)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_votes_twice_is_proved_to_on_the_ledger() {
    let network = Network::of(4).faulty(FAULTY, Fault::VotesTwice).start().await;
    let honest = honest(&network);
    let load = Load::on(&network, honest[0]).await;
    let mut log = network.client(honest[1]).await.subscribe(0).await.unwrap();
    let proof = ends("the proof stands in the log", async {
        loop {
            let entry = log.next().await.unwrap().unwrap().entry;
            if let Content::Event(SystemEvent::Equivocation(proof)) = entry.content {
                return proof;
            }
        }
    })
    .await;
    assert_eq!(proof.address(), address(&network, FAULTY));
    load.goes_on(20).await;
    load.stop().await;
    network.agreed().await;
    network.close().await;
}

/// With two of three honest ones gone, nothing is decided that could record what the last one saw.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proof_of_two_votes_survives_its_witnesses_being_killed_before_the_next_block() {
    let mut network = Network::of(4).faulty(FAULTY, Fault::VotesTwice).start().await;
    let (faulty, honest) = (network.ledger().turns()[FAULTY], honest(&network));
    let [witness, second, third] = honest[..] else { panic!("three are honest") };
    let mut kept = ends(
        "the witness has seen two votes in the last height decided",
        Box::pin(async {
            loop {
                let load = Load::on(&network, witness).await;
                load.reaches(20).await;
                network.node(second).kill();
                network.node(third).kill();
                let last = network.nodes()[witness].is(NodeHealth::NoQuorum).await.height;
                network.node(witness).kill();
                network.node(faulty).kill();
                load.stop().await;
                let mut kept = unrecorded(&network, witness);
                (0..4).for_each(|node| network.node(node).start());
                // The engine's own log gives the votes of the running height again, and none before.
                kept.retain(|proof| proof.height().0 <= last);
                if !kept.is_empty() {
                    return kept;
                }
            }
        }),
    )
    .await;
    let place = |proof: &Equivocation| (proof.height(), proof.round(), proof.vote_type());
    let mut log = network.client(witness).await.subscribe(0).await.unwrap();
    ends("every proof that was kept stands in the log", async {
        while !kept.is_empty() {
            let entry = log.next().await.unwrap().unwrap().entry;
            if let Content::Event(SystemEvent::Equivocation(recorded)) = entry.content {
                kept.retain(|proof| place(proof) != place(&recorded));
            }
        }
    })
    .await;
    network.agreed().await;
    network.close().await;
}

/// What a node that is down will record when it is up again.
fn unrecorded(network: &Network, node: usize) -> Vec<Equivocation> {
    let opened = Store::open(network.nodes()[node].data(), &StoreOptions::small(), network.ledger_id());
    opened.unwrap().store.view().unwrap().unrecorded_equivocations().unwrap()
}

fn honest(network: &Network) -> Vec<usize> {
    let turns = network.ledger().turns();
    (0..4).filter(|turn| *turn != FAULTY).map(|turn| turns[turn]).collect()
}

fn address(network: &Network, turn: usize) -> Address {
    network.ledger().genesis.validators().validators()[turn].address()
}
