//! Openings that come after their block.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_chain::{Chain, Origin, Readership, Rest, VerifiedSnapshot, make_snapshot};
use bulla_client::{ActionRequest, AttachedFields, Signer, TransactionBuilder};
use bulla_fixtures::key;
use bulla_storage::{Joining, SnapshotFolder, StoreOptions};
use bulla_types::limits::{BLOCK_OPENINGS_BYTES_MAX, OPENING_VALUE_BYTES_MAX};
use bulla_types::{
    AccessToEntries, Action, Block, BlockHash, ChangeRoles, EntryOpenings, Height, MemberNumber, Opening,
    ReasonCode, Role, Roles, Submission,
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
async fn an_entry_of_which_the_asker_may_read_a_part_is_answered_for_in_full() {
    let ledger = Ledger::found_with(|parameters| parameters.entry_access = AccessToEntries::Members);
    let chain = ledger.open("node");
    let of = |member, grounds: &str| Grounds(MemberNumber(member), grounds.to_owned());
    let administrator = Signer::new(MemberNumber(1), key("administrator"));
    let transaction = TransactionBuilder::new(chain.ledger_id()).signer(&administrator);
    let transaction = transaction.action(of(2, "甲")).action(of(1, "乙"));
    ledger.admit(&chain, &transaction.build().unwrap()).await;
    ledger.clock.advance(1_000);
    let height = ledger.advance(&chain).header.height;
    let position = u32::try_from(chain.tip().log_size - 1).unwrap();
    let own = chain.openings_for(Some(MemberNumber(2)), height, &[position], usize::MAX).unwrap();
    assert_eq!(own.entries[0].openings.len(), 1, "that about itself, and not that about the other");
    assert_eq!(own.rest, Rest::NotKept, "what it may not read it does not lack");
}

/// A change of roles, on grounds.
struct Grounds(MemberNumber, String);

impl ActionRequest for Grounds {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let Self(member, grounds) = self;
        let role = if member == MemberNumber(1) { Role::Exchange } else { Role::Agent };
        let kept = if member == MemberNumber(1) { Role::RegistrationBody } else { Role::EvidenceService };
        let grounds = Some(attached.attach("grounds", grounds));
        Action::ChangeRoles(ChangeRoles { member, roles: Roles::new([kept, role]).unwrap(), grounds })
    }
}

#[tokio::test]
async fn a_node_that_begins_after_a_block_says_that_it_never_holds_it() {
    let ledger = Ledger::found();
    let (builder, _, _) = chains(&ledger).await;
    let place = ledger.path("snapshot");
    make_snapshot(builder.store(), |_| place.clone(), || ()).unwrap();
    let snapshot = VerifiedSnapshot::open(SnapshotFolder::new(&place), builder.ledger_id()).unwrap();
    let joining = Joining::begin(&ledger.path("joined"), builder.ledger_id()).unwrap();
    snapshot.restore(joining, &StoreOptions::small(), &mut |_| ()).unwrap();
    let joined = ledger.open("joined");
    let said = |height| joined.openings_for(None, height, &[1], usize::MAX).unwrap();
    assert_eq!((said(HEIGHT).entries, said(HEIGHT).rest), (vec![], Rest::NotHeld));
    assert_eq!(said(Height(2)).rest, Rest::Unsaid, "that block may come");
}

/// Three attached texts of the greatest length.
fn large(document: usize, ledger: &Ledger) -> Submission {
    let text = || Some("文".repeat(OPENING_VALUE_BYTES_MAX / 3));
    ledger.deposit_with(&format!("文件 {document}"), |request| {
        (request.title, request.description, request.statement) = (text(), text(), text());
    })
}

fn bare(submission: &Submission, keep: impl Fn(&Opening) -> bool) -> Submission {
    let (transaction, openings) = submission.clone().into_parts();
    Submission::new(transaction, openings.into_iter().filter(keep).collect()).unwrap()
}

#[tokio::test]
async fn what_a_builder_leaves_out_is_put_back_and_what_only_it_brings_stays() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    let whole = ledger.deposit_with("文件", |request| {
        (request.title, request.description) = (Some("题名".to_owned()), Some("说明".to_owned()));
    });
    ledger.admit(&builder, &bare(&whole, |opening| opening.path.as_str() == "title")).await;
    ledger.admit(&voter, &bare(&whole, |opening| opening.path.as_str() == "description")).await;
    let built = builder.build(1, 0, ledger.address()).unwrap();
    voter.check(&ledger.proposal(1, built.clone(), Origin::Fresh)).unwrap().unwrap();
    voter.commit(&ledger.certify(&built.1)).unwrap();
    assert_eq!(voter.lacking_openings(None, HEIGHT).unwrap(), [0; 0]);
}

#[tokio::test]
async fn what_is_put_back_is_no_more_than_a_block_has_room_for() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    for number in 0..BLOCK_OPENINGS_BYTES_MAX / OPENING_VALUE_BYTES_MAX / 3 + 2 {
        let whole = large(number, &ledger);
        ledger.admit(&voter, &whole).await;
        ledger.admit(&builder, &bare(&whole, |_| false)).await;
    }
    let built = builder.build(1, 0, ledger.address()).unwrap();
    let certificate = ledger.certify(&built.1);
    voter.check(&ledger.proposal(1, built, Origin::Fresh)).unwrap().unwrap();
    // It stops before it commits: what it has stored is all that it has.
    drop(voter);
    let voter = ledger.open("voter");
    voter.commit(&certificate).unwrap();
    let kept = voter.store().view().unwrap().openings(&certificate.block_hash).unwrap();
    assert!((BLOCK_OPENINGS_BYTES_MAX / 2..=BLOCK_OPENINGS_BYTES_MAX + 100_000).contains(&kept.len()));
}

#[tokio::test]
async fn a_block_that_came_bare_and_then_whole_before_it_was_decided_lacks_nothing() {
    let ledger = Ledger::found();
    let (builder, voter) = (ledger.open("builder"), ledger.open("voter"));
    ledger.admit(&builder, &ledger.deposit("文件")).await;
    let (hash, bytes) = builder.build(1, 0, ledger.address()).unwrap();
    let certificate = ledger.certify(&bytes);
    builder.commit(&certificate).unwrap();
    voter.check(&ledger.proposal(1, (hash, fetch(&builder)), Origin::Synced)).unwrap().unwrap();
    voter.check(&ledger.proposal(1, (hash, bytes), Origin::Fresh)).unwrap().unwrap();
    let mut news = voter.news();
    voter.commit(&certificate).unwrap();
    // What the commit tells of it is what is kept.
    assert_eq!(news.recv().await.unwrap().unopened_entries(), 0);
    assert_eq!(voter.lacking_openings(None, HEIGHT).unwrap(), [0; 0]);
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
