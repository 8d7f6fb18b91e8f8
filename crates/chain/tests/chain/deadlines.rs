//! Deadlines wake a ledger that has nothing else to do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bulla_chain::{Chain, Start};
use bulla_fixtures::stage::{self, MemoryView, calendar_year, digests, made_up, open, term};
use bulla_ledger::found;
use bulla_mempool::Source;
use bulla_types::{
    Block, BlockTime, CaseNumber, Content, Entry, FieldValue, Genesis, KeyPurpose, Parameters, Role,
    Submission, SystemEvent, TestClock,
};

use crate::ledger::Ledger;

/// Cases whose review is due on the same day.
const CASES: usize = 5;

/// Entries in a block, and so events of deadlines.
const ENTRIES_MAX: u32 = 2;

const YEAR_MS: u64 = 365 * 86_400_000;

/// A ledger on the stage with a clock for tests and blocks of so many entries.
pub(crate) fn of_blocks(entries_max: u32) -> stage::Ledger {
    let mut told = stage::Ledger::unfounded(1, 1);
    let parameters = Parameters { block_entries_max: entries_max, ..told.genesis.parameters().clone() };
    let founders = told.genesis.founders().to_vec();
    let (name, time) = (told.genesis.name().clone(), told.genesis.time());
    let test_clock = TestClock { speed_max: 1 };
    told.genesis = Genesis::with_test_clock(test_clock, name, time, parameters.clone(), founders).unwrap();
    told.id = told.genesis.ledger_id();
    told.parameters = Arc::new(parameters);
    told.view = MemoryView::default();
    told.view.apply(found(&told.genesis));
    told.record_event(SystemEvent::Founded { ledger_id: told.id }).unwrap();
    told
}

/// Applications to the register of the ledger's own tests.
pub(crate) fn applications(entries_max: u32) -> (stage::Ledger, Vec<CaseNumber>) {
    let mut told = of_blocks(entries_max);
    (2025..=2026).for_each(|year| told.adopt_year(&calendar_year(year)));
    let profile = told.adopt(&made_up(include_str!("../../../ledger/tests/profiles/register.toml")));
    let applicant = told.enrol("applicant", Role::Subject);
    told.until("2025-10-10");
    let apply = |number: usize| {
        let asset = format!("asset {number}");
        let application = open(profile, "registration", "apply")
            .by("applicant", &applicant)
            .field("code", FieldValue::Digests(digests(&asset)))
            .field("form", term("dataset"))
            .attached("name", &asset)
            .paper("application");
        told.take(&application).case
    };
    let cases = (0..CASES).map(apply).collect();
    (told, cases)
}

/// A chain that has recorded, block by block, what the stage was told.
pub(crate) async fn replayed(told: &stage::Ledger) -> (Ledger, Arc<Chain>) {
    let key = told.body(1).key(KeyPurpose::Consensus);
    let ledger = Ledger::of(told.genesis.clone(), key, told.genesis.time());
    let chain = ledger.open("node");
    let mut blocks: BTreeMap<u64, Vec<&Entry>> = BTreeMap::new();
    told.log.iter().for_each(|entry| blocks.entry(entry.height.0).or_default().push(entry));
    for entries in blocks.values() {
        ledger.clock.set(entries[0].time);
        for entry in entries {
            if let Content::Transaction(transaction) = &entry.content {
                let submission = Submission::new(transaction.clone(), Vec::new()).unwrap();
                chain.mempool().admit(submission.encode().into(), Source::Client).await.unwrap();
            }
        }
        let built: Vec<Vec<u8>> = ledger.advance(&chain).entries.iter().map(|entry| entry.to_vec()).collect();
        assert_eq!(built, entries.iter().map(|entry| entry.encode()).collect::<Vec<_>>());
    }
    (ledger, chain)
}

fn reached(block: &Block) -> Vec<BlockTime> {
    let due = |bytes: &bytes::Bytes| match Entry::decode(bytes.clone()).unwrap().content {
        Content::Event(SystemEvent::DeadlineReached(reached)) => reached.due,
        other => panic!("{other:?}"),
    };
    block.entries.iter().map(due).collect()
}

#[tokio::test]
async fn a_jump_over_deadlines_is_followed_by_blocks_that_record_them_until_none_is_left() {
    let (told, cases) = applications(ENTRIES_MAX);
    let due = told.case(cases[0]).deadlines["review_end"].due.unwrap();
    let (ledger, chain) = replayed(&told).await;
    assert_eq!(chain.next_deadline().unwrap(), Some(due));

    let waking = tokio::spawn({
        let chain = Arc::clone(&chain);
        async move { chain.next_due().await }
    });
    ledger.clock.set(BlockTime(told.time.0 + 3 * YEAR_MS));
    let woken = tokio::time::timeout(Duration::from_secs(5), waking).await.unwrap().unwrap();
    assert_eq!(woken, Start::DeadlineDue);

    let mut blocks = Vec::new();
    while chain.next_deadline().unwrap().is_some_and(|due| due <= chain.now()) {
        assert_eq!(chain.next_due().await, Start::DeadlineDue, "no heartbeat is waited for");
        blocks.push(reached(&ledger.advance(&chain)));
    }
    assert_eq!(blocks.concat(), [due; CASES]);
    assert!(blocks.len() > 1 && blocks.iter().all(|block| block.len() <= ENTRIES_MAX as usize), "{blocks:?}");
    assert_eq!(chain.next_deadline().unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_whose_deadlines_lie_ahead_stays_idle_until_its_heartbeat() {
    let (told, _) = applications(ENTRIES_MAX);
    let (_ledger, chain) = replayed(&told).await;
    assert_eq!(chain.next_due().await, Start::Heartbeat);
}
