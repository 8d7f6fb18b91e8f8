//! What is built, committed and read.

use bulla_chain::{EntryRef, Origin};
use bulla_types::{Block, EvidenceNumber};

use crate::ledger::Ledger;

#[tokio::test]
async fn what_one_builds_the_other_accepts_and_both_commit_to_equal_roots() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    for height in 1..=3 {
        ledger.admit(&builder, &ledger.deposit(&format!("文件 {height}"))).await;
        let built = builder.build(height, 0, ledger.address()).unwrap();
        voter.check(&ledger.proposal(height, built.clone(), Origin::Fresh)).unwrap().unwrap();
        let certificate = ledger.certify(&built.1);
        builder.commit(&certificate).unwrap();
        voter.commit(&certificate).unwrap();
    }
    let (one, other) = (builder.tip(), voter.tip());
    assert_eq!(one.log_size, 4, "the founding entry and three deposits");
    assert_eq!(one.block_hash, other.block_hash);
    assert_eq!(builder.mempool().usage().entries, 0, "what is committed no longer waits");
}

#[tokio::test]
async fn the_same_height_and_round_give_the_same_block_after_a_restart() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    ledger.admit(&chain, &ledger.deposit("一")).await;
    let first = chain.build(1, 0, ledger.address()).unwrap();
    drop(chain);
    let chain = ledger.open("node");
    assert_eq!(chain.build(1, 0, ledger.address()).unwrap(), first);
    chain.commit(&ledger.certify(&first.1)).unwrap();
    assert_eq!(chain.tip().log_size, 2, "the stored block was executed again");
}

#[tokio::test]
async fn a_transaction_that_became_invalid_is_left_out_and_leaves_the_mempool() {
    let ledger = Ledger::found();
    let (one, two) = (ledger.open("one"), ledger.open("two"));
    let submission = ledger.deposit("一");
    ledger.admit(&one, &submission).await;
    ledger.admit(&two, &submission).await;
    // The other chain commits it; this one learns of the commit from a block, not from its mempool.
    let built = two.build(1, 0, ledger.address()).unwrap();
    one.check(&ledger.proposal(1, built.clone(), Origin::Fresh)).unwrap().unwrap();
    one.commit(&ledger.certify(&built.1)).unwrap();
    assert_eq!(one.mempool().usage().entries, 0);
    let block = ledger.advance(&one);
    assert!(block.entries.is_empty(), "the request took effect once");
}

#[tokio::test]
async fn a_block_takes_no_more_openings_than_any_node_accepts() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let long = "长".repeat(21_000);
    for number in 0..90 {
        let submission = ledger.deposit_with(&format!("文件 {number}"), |request| {
            request.title = Some(long.clone());
            request.description = Some(long.clone());
            request.statement = Some(long.clone());
        });
        ledger.admit(&builder, &submission).await;
    }
    let built = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, built.clone(), Origin::Fresh)).unwrap().unwrap();
    builder.commit(&ledger.certify(&built.1)).unwrap();
    let left = builder.mempool().usage().entries;
    assert!(left > 0 && left < 90, "{left} wait for the next block");
}

#[tokio::test]
async fn an_entry_is_found_by_each_of_its_names() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    let submission = ledger.deposit("一");
    ledger.admit(&chain, &submission).await;
    let block = ledger.advance(&chain);
    let id = submission.transaction().id();
    assert_eq!(chain.find(EntryRef::Transaction(id)).unwrap(), Some(1));
    assert_eq!(chain.find(EntryRef::Evidence(EvidenceNumber(1))).unwrap(), Some(1));
    assert_eq!(chain.find(EntryRef::Index(2)).unwrap(), None);
    let (entry, openings) = chain.entry_reader(None).unwrap().entry(1).unwrap().unwrap();
    assert_eq!(entry, block.entries[1]);
    assert_eq!(openings.len(), 1, "the title's opening is kept beside");
    assert!(entry.is_unique(), "an entry that is read keeps no block in memory");
    assert!(openings[0].value.is_unique(), "nor does an opening");
}

#[tokio::test]
async fn openings_that_a_builder_leaves_out_are_put_back_by_who_admitted_them() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let submission = ledger.deposit("一");
    ledger.admit(&builder, &submission).await;
    ledger.admit(&voter, &submission).await;
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let mut block = Block::decode(&bytes).unwrap();
    block.openings.clear();
    voter.check(&ledger.proposal(1, (hash, block.encode().into()), Origin::Fresh)).unwrap().unwrap();
    voter.commit(&ledger.certify(&bytes)).unwrap();
    assert_eq!(voter.entry_reader(None).unwrap().entry(1).unwrap().unwrap().1, submission.openings());
}

#[tokio::test]
async fn a_followed_block_is_stored_with_its_commit_and_settled_now_and_then() {
    let ledger = Ledger::found();
    let (builder, follower) = (ledger.open("builder"), ledger.open("follower"));
    for height in 1..=70 {
        ledger.admit(&builder, &ledger.deposit(&format!("文件 {height}"))).await;
        let built = builder.build(height, 0, ledger.address()).unwrap();
        let certificate = ledger.certify(&built.1);
        builder.commit(&certificate).unwrap();
        follower.check(&ledger.proposal(height, built.clone(), Origin::Followed)).unwrap().unwrap();
        assert!(follower.block(&built.0).unwrap().is_none(), "nothing of it is stored before");
        follower.commit(&certificate).unwrap();
        assert_eq!(follower.block(&built.0).unwrap(), Some(built.1));
        assert!(follower.store().unsettled() < 64);
    }
    assert_eq!(follower.store().unsettled(), 6, "every 64th commit is synced");
    follower.settle().unwrap();
    assert_eq!(follower.store().unsettled(), 0);
    assert_eq!(follower.tip().block_hash, builder.tip().block_hash);
}

#[tokio::test]
async fn a_block_that_was_followed_and_is_proposed_after_all_is_durable_before_it_is_answered_for() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let built = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, built.clone(), Origin::Followed)).unwrap().unwrap();
    voter.check(&ledger.proposal(1, built.clone(), Origin::Synced)).unwrap().unwrap();
    assert_eq!(voter.proposals(1, 0).unwrap().len(), 1);
    voter.commit(&ledger.certify(&built.1)).unwrap();
    assert_eq!(voter.store().unsettled(), 0);
}
