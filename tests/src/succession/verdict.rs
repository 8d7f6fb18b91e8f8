//! That the story ended well: nothing acknowledged is lost, every change is in force, and what was handed out before
//! all of it still verifies from the genesis alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bulla_client::EntryRef;
use bulla_types::{KeyId, KeyRecord, KeyStatus, StateKey, ValidatorSet};
use serde_json::json;

use super::rotation::PeopleKeys;
use super::{FIRST, OBSERVER, Outcome, SECOND, STAYS, STAYS_TOO, Story, VALIDATORS};
use crate::acts::{consensus_key_of, goes_on_without};
use crate::bulla::bulla;
use crate::heights::SeenHeight;
use crate::network::Network;

/// The validators came, went and were exchanged: so often their set has changed.
const CHANGES_OF_VALIDATORS: usize = 3;

impl Story {
    /// `newcomers` came within the story, blocks are limited after the height `limited`.
    pub(super) async fn ends_well(
        self,
        people: &PeopleKeys,
        newcomers: [usize; 2],
        heights: Vec<SeenHeight>,
        limited: u64,
    ) -> Outcome {
        let Self { plan, mut network, client, load, phases, receipts, ended, in_force } = self;
        let [fifth, successor] = newcomers;
        let mut told = load.stop().await;
        receipts.iter().for_each(|receipt| told.acknowledged.receipt(receipt));

        // Those that were cut off heard nothing more. What they hold is what was acknowledged.
        let tip = network.nodes()[STAYS].status().await.unwrap();
        for node in [FIRST, OBSERVER] {
            let behind = network.nodes()[node].status().await.unwrap();
            assert!(
                behind.height < tip.height,
                "node {node} is at {}, the ledger at {}",
                behind.height,
                tip.height
            );
            let held = told.acknowledged.within(behind.log_size);
            held.stands_at(&network, node, behind.log_size).await;
            network.node(node).terminate().await;
        }
        let tip = network.agreed().await;
        for node in [SECOND, STAYS, STAYS_TOO, fifth, successor] {
            told.acknowledged.stands_at(&network, node, tip.log_size).await;
        }
        told.acknowledged.receipts_verify(&network);

        assert_eq!(tip.validators, VALIDATORS as u64);
        let validators = client.record(&StateKey::Validators).await.unwrap().read::<ValidatorSet>().unwrap();
        let voting = [SECOND, STAYS, STAYS_TOO, fifth]
            .map(|node| KeyId::of(consensus_key_of(&network, node).public_key()));
        let recorded = validators.unwrap().validators().iter().map(|one| KeyId::of(one.key())).collect();
        assert_eq!(BTreeSet::from(voting), recorded);
        for (keys, status) in [(&in_force, KeyStatus::InForce), (&ended, KeyStatus::Retired)] {
            for key in keys {
                let record = client.record(&StateKey::Key(*key)).await.unwrap();
                assert_eq!(record.read::<KeyRecord>().unwrap().unwrap().status, status, "{key}");
            }
        }
        let most = entries_per_height(&heights, limited);
        assert!(most <= plan.block_entries_max as usize, "{most} entries in a block");

        // One of four away, the others are all needed: the second by its new key, and the fifth.
        goes_on_without(&mut network, STAYS_TOO, fifth).await;
        assert_eq!(people.answers(&network).await[0], None, "the second deposits");
        let before = &receipts[0];
        verifies_from_genesis(&network, "before", &before.file().encode());
        let again = client.receipt(EntryRef::Index(before.index()), None).await.unwrap();
        assert_eq!(again.entry(), before.entry());
        verifies_from_genesis(&network, "again", &again.file().encode());
        assert_eq!(again.file().bundles()[0].transitions.len(), CHANGES_OF_VALIDATORS);
        network.close().await;
        Outcome { phases, told, heights }
    }
}

/// The most entries of a block after this height.
fn entries_per_height(heights: &[SeenHeight], after: u64) -> usize {
    let of_height: BTreeMap<u64, usize> = heights.iter().map(|seen| (seen.height, seen.entries)).collect();
    let later = of_height.range(after + 1..).map(|(_, entries)| *entries);
    later.max().expect("blocks were made after the limit changed")
}

/// By `bulla verify`, with nothing but the file and the genesis.
fn verifies_from_genesis(network: &Network, name: &str, receipt: &[u8]) {
    let file = network.folder().join(format!("{name}.receipt"));
    std::fs::write(&file, receipt).unwrap();
    let genesis = network.folder().join("genesis.bin");
    let answer = bulla([Path::new("verify"), &file, Path::new("--anchor"), &genesis]);
    assert_eq!((answer.code, &answer.json["verified"]), (0, &json!(true)), "{:#}", answer.json);
}
