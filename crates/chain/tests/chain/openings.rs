//! Openings that come after their block.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_chain::{Chain, Origin, Readership, Rest};
use bulla_types::{
    AccessToEntries, Block, BlockHash, EntryOpenings, Height, MemberNumber, Opening, ReasonCode,
};
use bytes::Bytes;

use crate::ledger::Ledger;

const HEIGHT: Height = Height(1);

/// A chain with a block of three deposits, and one that has fetched it.
async fn chains(ledger: &Ledger) -> (Arc<Chain>, Arc<Chain>, BlockHash) {
    let (builder, follower) = (ledger.open("builder"), ledger.open("follower"));
    for number in 1..=3 {
        ledger.admit(&builder, &ledger.deposit(&format!("文件 {number}"))).await;
    }
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let certificate = ledger.certify(&bytes);
    builder.commit(&certificate).unwrap();
    let fetched = fetch(&builder);
    follower.check(&ledger.proposal(1, (hash, fetched), Origin::Synced)).unwrap().unwrap();
    follower.commit(&certificate).unwrap();
    (builder, follower, hash)
}

fn fetch(chain: &Chain) -> Bytes {
    chain.decided(1, 1, u64::MAX).unwrap().remove(0).1
}

fn entries(openings: &[EntryOpenings]) -> Vec<u32> {
    openings.iter().map(|entry| entry.position).collect()
}

#[tokio::test]
async fn a_block_that_is_fetched_brings_none_and_they_are_fed_apart() {
    let ledger = Ledger::found();
    let (builder, follower, _) = chains(&ledger).await;
    assert!(Block::decode(&fetch(&builder)).unwrap().openings.is_empty());
    assert_eq!(builder.look_for_openings(None, HEIGHT).unwrap(), BTreeMap::new());
    assert_eq!(follower.look_for_openings(None, HEIGHT).unwrap(), BTreeMap::from([(HEIGHT, 3)]));
    assert_eq!(follower.lacking_openings(None, HEIGHT).unwrap(), [1, 2, 3]);

    let given = builder.openings_for(None, HEIGHT, &[0, 2, 3], usize::MAX).unwrap();
    assert_eq!((entries(&given.entries), given.rest), (vec![2, 3], Rest::NotKept));
    assert!(follower.keep_openings(HEIGHT, given.entries.clone()).unwrap().unwrap());
    assert!(!follower.keep_openings(HEIGHT, given.entries).unwrap().unwrap(), "nothing is new");
    assert_eq!(follower.lacking_openings(None, HEIGHT).unwrap(), [1]);
    let read = |chain: &Chain, index| chain.entry_reader(None).unwrap().entry(index).unwrap().unwrap().1;
    assert_eq!(read(&follower, 3), read(&builder, 3));
    assert!(read(&follower, 1).is_empty());
}

#[tokio::test]
async fn an_answer_that_is_full_says_that_there_is_more() {
    let ledger = Ledger::found();
    let (builder, _, _) = chains(&ledger).await;
    for (bytes_max, given, rest) in [(0, vec![1], Rest::More), (usize::MAX, vec![1, 2, 3], Rest::NotKept)] {
        let found = builder.openings_for(None, HEIGHT, &[1, 2, 3], bytes_max).unwrap();
        assert_eq!((entries(&found.entries), found.rest), (given, rest));
    }
    let unsaid = builder.openings_for(None, Height(2), &[1], usize::MAX).unwrap();
    assert_eq!((unsaid.entries, unsaid.rest), (vec![], Rest::Unsaid), "a block that is not here");
    let unsaid = builder.openings_for(None, HEIGHT, &[1, 99], usize::MAX).unwrap();
    assert_eq!(
        (entries(&unsaid.entries), unsaid.rest),
        (vec![1], Rest::Unsaid),
        "an entry that is not there"
    );
}

#[tokio::test]
async fn what_does_not_match_is_not_kept_and_nothing_that_came_with_it() {
    let ledger = Ledger::found();
    let (builder, follower, _) = chains(&ledger).await;
    let given = builder.openings_for(None, HEIGHT, &[1, 2], usize::MAX).unwrap().entries;
    let altered = |change: fn(&mut EntryOpenings)| {
        let mut altered = given.clone();
        change(&mut altered[1]);
        altered
    };
    let value =
        |openings: &mut EntryOpenings| openings.openings[0].value = Bytes::from_static("别的".as_bytes());
    let salt = |openings: &mut EntryOpenings| openings.openings[0].salt[0] ^= 1;
    let another = |openings: &mut EntryOpenings| openings.position = 3;
    let event = |openings: &mut EntryOpenings| openings.position = 0;
    let beyond = |openings: &mut EntryOpenings| openings.position = 9;
    let field = |openings: &mut EntryOpenings| {
        let of_title = openings.openings[0].clone();
        openings.openings.insert(0, Opening { path: "description".parse().unwrap(), ..of_title });
    };
    for (change, reason) in [
        (value as fn(&mut EntryOpenings), ReasonCode::OpeningMismatch),
        (salt, ReasonCode::OpeningMismatch),
        (another, ReasonCode::OpeningMismatch),
        (event, ReasonCode::OpeningUnknown),
        (beyond, ReasonCode::OpeningUnknown),
        (field, ReasonCode::OpeningUnknown),
    ] {
        let rejection = follower.keep_openings(HEIGHT, altered(change)).unwrap().unwrap_err();
        assert_eq!(rejection.reason, reason, "{rejection}");
    }
    assert_eq!(follower.lacking_openings(None, HEIGHT).unwrap(), [1, 2, 3]);
}

#[tokio::test]
async fn what_was_erased_is_neither_sought_nor_taken_nor_given() {
    let ledger = Ledger::found();
    let (builder, follower, hash) = chains(&ledger).await;
    builder.store().erase_openings(&hash, 2).unwrap();
    follower.store().erase_openings(&hash, 1).unwrap();
    let given = builder.openings_for(None, HEIGHT, &[1, 2, 3], usize::MAX).unwrap();
    assert_eq!(entries(&given.entries), [1, 3]);
    assert_eq!(builder.lacking_openings(None, HEIGHT).unwrap(), [0; 0]);
    assert!(follower.keep_openings(HEIGHT, given.entries).unwrap().unwrap());
    assert_eq!(follower.lacking_openings(None, HEIGHT).unwrap(), [2]);
    let kept = follower.openings_for(None, HEIGHT, &[1, 2, 3], usize::MAX).unwrap();
    assert_eq!(entries(&kept.entries), [3]);
}

#[tokio::test]
async fn on_a_closed_ledger_everyone_gets_what_its_class_may_read() {
    let ledger = Ledger::found_with(|parameters| parameters.entry_access = AccessToEntries::Members);
    let (builder, follower, _) = chains(&ledger).await;
    let [body, service, nobody] = [Some(MemberNumber(1)), Some(MemberNumber(2)), None];
    let readers = [body, service, nobody].map(|reader| builder.readership(reader).unwrap());
    assert_eq!(readers, [Readership::All, Readership::Own(MemberNumber(2)), Readership::Nobody]);
    for (reader, given, rest) in [
        (body, vec![1, 2, 3], Rest::NotKept),
        (service, vec![1, 2, 3], Rest::NotKept),
        (nobody, vec![], Rest::Unsaid),
        (Some(MemberNumber(9)), vec![], Rest::Unsaid),
    ] {
        let found = builder.openings_for(reader, HEIGHT, &[1, 2, 3], usize::MAX).unwrap();
        assert_eq!((entries(&found.entries), found.rest), (given.clone(), rest));
        assert_eq!(follower.lacking_openings(reader, HEIGHT).unwrap(), given);
        let (_, shown) = builder.entry_reader(reader).unwrap().entry(1).unwrap().unwrap();
        assert_eq!(shown.is_empty(), given.is_empty());
    }
}
