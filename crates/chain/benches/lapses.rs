//! A thousand lapses in one block: execution, both trees, the synced commit.
//!
//! Prints milliseconds of each part, and fails when together they take two seconds.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, reason = "a part of the tests' tools")]
#[path = "../tests/chain/ledger.rs"]
mod ledger;

use std::time::{Duration, Instant};

use bulla_fixtures::stage::{self, calendar_year, digests, go_on, made_up, open, term};
use bulla_mempool::Source;
use bulla_types::{BlockTime, CaseNumber, Content, FieldValue, KeyPurpose, Role, Submission};

const LAPSES: u64 = 1_000;
const LIMIT: Duration = Duration::from_secs(2);

/// A register with a thousand returned applications, which lapse together.
fn returned() -> stage::Ledger {
    let mut told = stage::Ledger::of(1, 1);
    (2025..=2026).for_each(|year| told.adopt_year(&calendar_year(year)));
    let profile = told.adopt(&made_up(include_str!("../../ledger/tests/profiles/register.toml")));
    let registry = told.body(1);
    let applicant = told.enrol("applicant", Role::Subject);
    told.until("2025-10-10");
    let apply = |number: u64| {
        let asset = format!("asset {number}");
        open(profile, "registration", "apply")
            .by("applicant", &applicant)
            .field("code", FieldValue::Digests(digests(&asset)))
            .field("form", term("dataset"))
            .attached("name", &asset)
            .paper("application")
    };
    told.take_together(&(1..=LAPSES).map(apply).collect::<Vec<_>>());
    let give_back =
        |number| go_on(CaseNumber(number), "give_back").by("registry", &registry).reasons("incomplete");
    told.take_together(&(1..=LAPSES).map(give_back).collect::<Vec<_>>());
    told
}

#[tokio::main]
async fn main() {
    let told = returned();
    let due = told.case(CaseNumber(1)).deadlines["supplement_end"].due.expect("it runs");
    let key = told.body(1).key(KeyPurpose::Consensus);
    let ledger = ledger::Ledger::of(told.genesis.clone(), key, told.genesis.time());
    let chain = ledger.open("node");
    for height in 1..=told.height.0 {
        let entries: Vec<_> = told.log.iter().filter(|entry| entry.height.0 == height).collect();
        ledger.clock.set(entries[0].time);
        for entry in entries {
            if let Content::Transaction(transaction) = &entry.content {
                let submission = Submission::new(transaction.clone(), Vec::new()).expect("no opening");
                let admitted = chain.mempool().admit(submission.encode().into(), Source::Client);
                admitted.await.expect("it was recorded on the stage");
            }
        }
        ledger.advance(&chain);
    }

    ledger.clock.set(BlockTime(due.0 + 1000));
    let started = Instant::now();
    let (_, bytes) = chain.build(chain.tip().next_height(), 0, ledger.address()).expect("a block");
    let built = started.elapsed();
    let certificate = ledger.certify(&bytes);
    let started = Instant::now();
    chain.commit(&certificate).expect("a commit");
    let committed = started.elapsed();
    let block = bulla_types::Block::decode(&bytes).expect("a block");
    assert_eq!(block.entries.len() as u64, LAPSES);
    let (built_ms, committed_ms) = (built.as_millis(), committed.as_millis());
    #[allow(clippy::print_stdout, reason = "what a bench is for")]
    {
        println!(
            "{LAPSES} lapses in a block: {built_ms} ms to execute and build, {committed_ms} ms to commit"
        );
    }
    assert!(built + committed < LIMIT, "{LAPSES} lapses took {:?}", built + committed);
}
