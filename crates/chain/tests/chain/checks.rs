//! What a validator accepts and what it refuses.

use bulla_chain::{Chain, ChainError, Origin};
use bulla_crypto::Hash;
use bulla_fixtures::key;
use bulla_types::{Address, Block, BlockHash, BlockTime, ReasonCode, Submission};
use bytes::Bytes;

use crate::ledger::Ledger;

/// The reason for which a chain refuses a fresh proposal.
fn refusal(ledger: &Ledger, chain: &Chain, block: &Block) -> ReasonCode {
    let proposal =
        ledger.proposal(block.header.height.0, (block.header.hash(), block.encode().into()), Origin::Fresh);
    chain.check(&proposal).unwrap().unwrap_err().reason
}

#[tokio::test]
async fn a_wrong_header_is_refused_with_what_is_wrong_in_it() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let first = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, first.clone(), Origin::Fresh)).unwrap().unwrap();
    builder.commit(&ledger.certify(&first.1)).unwrap();
    voter.commit(&ledger.certify(&first.1)).unwrap();
    ledger.admit(&builder, &ledger.deposit("一")).await;
    let (_, bytes) = builder.build(2, 0, ledger.address()).unwrap();
    let honest = Block::decode(&bytes).unwrap();
    let stranger = Address::of(key("stranger").public_key());
    let wrong = Hash::from_bytes([7; 32]);
    type Corrupt = Box<dyn Fn(&mut Block)>;
    let cases: Vec<(&str, ReasonCode, Corrupt)> = vec![
        ("state root", ReasonCode::BlockStateRootMismatch, Box::new(move |b| b.header.state_root = wrong)),
        ("log root", ReasonCode::BlockLogRootMismatch, Box::new(move |b| b.header.log_root = wrong)),
        (
            "second root",
            ReasonCode::HeaderMismatch,
            Box::new(move |b| b.header.second_log_root = Some(wrong)),
        ),
        ("parent", ReasonCode::Malformed, Box::new(move |b| b.header.parent = BlockHash(wrong))),
        ("parameters", ReasonCode::HeaderMismatch, Box::new(move |b| b.header.parameters_hash = wrong)),
        (
            "next validators",
            ReasonCode::HeaderMismatch,
            Box::new(move |b| b.header.next_validators_hash = wrong),
        ),
        ("early time", ReasonCode::BlockTimeInvalid, Box::new(|b| b.header.time = BlockTime(1))),
        ("late time", ReasonCode::BlockTimeInvalid, Box::new(|b| b.header.time.0 += 60_000)),
        ("builder", ReasonCode::BlockInvalid, Box::new(move |b| b.header.builder = stranger)),
    ];
    for (what, reason, corrupt) in cases {
        let mut block = honest.clone();
        corrupt(&mut block);
        assert_eq!(refusal(&ledger, &voter, &block), reason, "{what}");
    }
    assert!(voter.check(&ledger.proposal(2, (honest.header.hash(), bytes), Origin::Fresh)).unwrap().is_ok());
}

#[tokio::test]
async fn a_locked_value_is_not_held_to_the_bound_on_time() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let built = builder.build(1, 0, ledger.address()).unwrap();
    ledger.clock.advance(3_600_000);
    let fresh = voter.check(&ledger.proposal(1, built.clone(), Origin::Fresh)).unwrap();
    assert_eq!(fresh.unwrap_err().reason, ReasonCode::BlockTimeInvalid);
    voter.check(&ledger.proposal(1, built, Origin::Relocked)).unwrap().unwrap();
}

#[tokio::test]
async fn a_synced_block_may_come_without_openings() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    ledger.admit(&builder, &ledger.deposit("一")).await;
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let mut block = Block::decode(&bytes).unwrap();
    block.openings.clear();
    voter.check(&ledger.proposal(1, (hash, block.encode().into()), Origin::Synced)).unwrap().unwrap();
}

#[tokio::test]
async fn a_commitment_without_an_opening_is_its_owners_to_keep() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let (transaction, _) = ledger.deposit("一").into_parts();
    ledger.admit(&builder, &Submission::new(transaction, Vec::new()).unwrap()).await;
    let built = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, built, Origin::Fresh)).unwrap().unwrap();
}

#[tokio::test]
async fn a_certified_block_that_executes_otherwise_is_fatal() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let (_, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let mut block = Block::decode(&bytes).unwrap();
    block.header.state_root = Hash::from_bytes([7; 32]);
    let proposal = ledger.proposal(1, (block.header.hash(), block.encode().into()), Origin::Synced);
    assert!(matches!(voter.check(&proposal), Err(ChainError::Diverged { height: 1, .. })));
}

#[tokio::test]
async fn bytes_that_are_not_the_certified_block_are_their_senders_fault() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let (_, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let proposal = ledger.proposal(1, (BlockHash::from_bytes([7; 32]), bytes), Origin::Synced);
    assert_eq!(voter.check(&proposal).unwrap().unwrap_err().reason, ReasonCode::BlockPartsInvalid);
}

#[tokio::test]
async fn other_entries_or_openings_behind_a_certified_header_are_their_senders_fault() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    ledger.admit(&builder, &ledger.deposit("一")).await;
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let honest = Block::decode(&bytes).unwrap();
    let mut other_entry = honest.clone();
    other_entry.entries[1] = other_entry.entries[0].clone();
    let mut junk = honest.clone();
    junk.entries[1] = Bytes::from_static(b"junk");
    let mut other_opening = honest.clone();
    other_opening.openings[0].1[0].value = Bytes::from_static(b"another title");
    let cut_off = bytes.slice(..bytes.len() - 1);
    let sent = [other_entry, junk, other_opening].map(|block| Bytes::from(block.encode()));
    for origin in [Origin::Synced, Origin::Followed] {
        for bytes in sent.iter().chain([&cut_off]) {
            let proposal = ledger.proposal(1, (hash, bytes.clone()), origin);
            assert!(voter.check(&proposal).unwrap().is_err());
            voter.look_ahead(std::slice::from_ref(bytes));
            assert!(
                voter.check(&proposal).unwrap().is_err(),
                "nor does it pass when it was looked at before"
            );
        }
    }
    voter.look_ahead(std::slice::from_ref(&bytes));
    voter.check(&ledger.proposal(1, (hash, bytes), Origin::Followed)).unwrap().unwrap();
}

#[tokio::test]
async fn a_block_that_was_looked_at_ahead_is_not_verified_again() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let mut blocks = Vec::new();
    for height in 1..=3 {
        ledger.admit(&builder, &ledger.deposit(&format!("文件 {height}"))).await;
        let built = builder.build(height, 0, ledger.address()).unwrap();
        builder.commit(&ledger.certify(&built.1)).unwrap();
        blocks.push(built);
    }
    let bytes: Vec<_> = blocks.iter().map(|(_, bytes)| bytes.clone()).collect();
    voter.look_ahead(&bytes[..2]);
    let verified = || voter.mempool().counters().values().signatures_for_blocks;
    assert_eq!(verified(), 2);
    for (height, built) in (1..).zip(blocks) {
        voter.check(&ledger.proposal(height, built.clone(), Origin::Followed)).unwrap().unwrap();
        voter.commit(&ledger.certify(&built.1)).unwrap();
    }
    assert_eq!(verified(), 3, "the last one was verified with its block");
    assert_eq!(voter.tip().block_hash, builder.tip().block_hash);
}
