//! Reading back what was committed, by every key that leads to it.

use bulla_crypto::{sha256, sm3};
use bulla_merkle::{
    log::{self, Sha256Log, Sm3Log, TreeHead},
    state,
};
use bulla_storage::LogSuite;
use bulla_types::{
    Canonical, Counter, CounterRecord, Entry, EvidenceNumber, Height, MemberNumber, RequestId, StateKey,
};

use crate::ledger::{GENESIS_TIME_MS, TestLedger, WINDOW_MS, document};

#[test]
fn an_entry_is_found_by_its_index_across_empty_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let blocks = [2, 0, 0, 3, 0, 1, 0].map(|deposits| ledger.grow(&store, deposits));
    let expected: Vec<_> = blocks
        .iter()
        .flat_map(|block| {
            let entries = (0..).zip(block.stored.entries());
            entries.map(|(position, bytes)| (block.header.height, position, bytes.clone()))
        })
        .collect();

    let view = store.view().unwrap();
    assert_eq!(view.tip().log_size, 7);
    for (index, (height, position, bytes)) in (0..).zip(&expected) {
        let found = view.entry(index).unwrap().unwrap();
        assert_eq!(
            (found.index, found.height, found.position, &found.bytes),
            (index, *height, *position, bytes)
        );
        assert_eq!(view.height_of_entry(index).unwrap(), Some(*height));
    }
    assert!(view.entry(7).unwrap().is_none());
    assert!(view.height_of_entry(u64::MAX).unwrap().is_none());
    let from_two: Vec<_> = view.entries(2..100).map(|entry| entry.unwrap().bytes).collect();
    assert_eq!(from_two, expected[2..].iter().map(|(_, _, bytes)| bytes.clone()).collect::<Vec<_>>());
}

#[test]
fn deposits_are_found_by_transaction_number_and_digest() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let blocks = [2, 0, 2].map(|deposits| ledger.grow(&store, deposits));
    let view = store.view().unwrap();
    let transactions = blocks.iter().flat_map(|block| &block.transactions);
    for (number, transaction) in (1..).zip(transactions) {
        let place = view.evidence(EvidenceNumber(number)).unwrap().unwrap();
        assert_eq!(view.index_of_transaction(&transaction.id()).unwrap(), Some(place.log_index));
        assert_eq!((place.log_index, place.action), (number, 0));
        let entry = Entry::decode(view.entry(place.log_index).unwrap().unwrap().bytes).unwrap();
        assert!(
            matches!(entry.content, bulla_types::Content::Transaction(found) if found.id() == transaction.id())
        );
        for digest in [sha256(&[&document(number)]), sm3(&[&document(number)])] {
            let found = view.evidence_by_digest(&digest, EvidenceNumber(1));
            assert_eq!(found.map(Result::unwrap).collect::<Vec<_>>(), [EvidenceNumber(number)]);
        }
    }
    assert!(view.evidence(EvidenceNumber(5)).unwrap().is_none());
    assert_eq!(view.evidence_by_digest(&sha256(&[&document(9)]), EvidenceNumber(1)).count(), 0);
    assert_eq!(view.evidence_by_digest(&sha256(&[&document(2)]), EvidenceNumber(3)).count(), 0);
}

#[test]
fn both_logs_and_the_state_prove_what_the_headers_say() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let blocks = [300, 0, 40].map(|deposits| ledger.grow(&store, deposits));
    let view = store.view().unwrap();
    for block in &blocks {
        let header = &block.header;
        let size = header.log_size_after;
        assert_eq!(log::root::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), size).unwrap(), header.log_root);
        assert_eq!(
            log::root::<Sm3Log, _>(&view.tiles(LogSuite::Sm3), size).unwrap(),
            header.second_log_root.unwrap()
        );
    }
    let head = TreeHead { size: 341, root: blocks[2].header.log_root };
    let path = log::inclusion_path::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), 341, 7).unwrap();
    let leaf = <Sha256Log as log::LogHash>::leaf(&view.entry(7).unwrap().unwrap().bytes);
    log::verify_inclusion::<Sha256Log>(head, 7, leaf, &path).unwrap();

    let tip = view.tip();
    assert_eq!(tip.state_root, blocks[2].header.state_root);
    let key = StateKey::Counter(Counter::Evidence).encode();
    let value = view.state(&key).unwrap().unwrap();
    assert_eq!(CounterRecord::decode(&value).unwrap().next, 341);
    let proof = state::prove(&view, tip.state_version, &key).unwrap();
    state::verify(tip.state_root, &key, Some(&value), &proof).unwrap();
    let counters = view.state_records(&[0x04], &[]).map(|record| record.unwrap().0);
    assert_eq!(counters.collect::<Vec<_>>(), [key]);
}

#[test]
fn a_request_is_remembered_for_its_window_and_then_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let first = ledger.grow(&store, 1);
    let request_id = first.transactions[0].body().request_id;
    let asked = |request_id: &RequestId| {
        let view = store.view().unwrap();
        view.request(MemberNumber(1), request_id)
            .unwrap()
            .map(|found| (found.transaction_id, found.log_index))
    };
    let remembered = Some((first.transactions[0].id(), 1));
    assert_eq!(asked(&request_id), remembered);
    assert_eq!(asked(&RequestId::new(GENESIS_TIME_MS, &[7; 10])), None);
    // A block every half minute: the request, made a second before block 1, leaves the window with block 21.
    assert_eq!(WINDOW_MS, 600_000);
    while store.tip().height < Height(20) {
        assert_eq!(asked(&request_id), remembered);
        ledger.grow(&store, 0);
    }
    assert_eq!(asked(&request_id), remembered);
    ledger.grow(&store, 0);
    assert_eq!(asked(&request_id), None);
}

#[test]
fn genesis_is_kept_as_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let view = store.view().unwrap();
    let genesis = bulla_types::Genesis::decode(&view.genesis().unwrap()).unwrap();
    assert_eq!(genesis.ledger_id(), ledger.id());
    assert_eq!(view.ledger_id().unwrap(), store.ledger_id());
    assert_eq!(view.decided_range().unwrap(), None);
}
