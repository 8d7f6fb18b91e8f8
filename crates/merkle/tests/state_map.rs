//! The state map against its definition.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeMap, fmt};

use bulla_crypto::Hash;
use bulla_merkle::state::{EMPTY_ROOT, NodeReader, StateError, StateProofError, prove, root, update, verify};
use bulla_types::{MapProof, OtherLeaf};
use common::{Changes, Map, Nodes, bare_proof, flip, key_hash, leaf_of, mutations};
use proptest::prelude::*;

fn set(key: &str, value: &str) -> (Vec<u8>, Option<Vec<u8>>) {
    (key.into(), Some(value.into()))
}

fn deleted(key: &str) -> (Vec<u8>, Option<Vec<u8>>) {
    (key.into(), None)
}

fn numbered(count: u32) -> Changes {
    (0..count)
        .map(|number| (number.to_be_bytes().to_vec(), Some(format!("value {number}").into_bytes())))
        .collect()
}

/// Checks that every key of the map, and every key of `absent`, has a proof that verifies, and for what it says only.
fn check_proofs(nodes: &Nodes, map: &Map, absent: &[Vec<u8>]) {
    let (version, expected) = (nodes.version.unwrap(), map.root());
    assert_eq!(root(nodes, version).unwrap(), expected);
    for (key, value) in &map.0 {
        let proof = prove(nodes, version, key).unwrap();
        verify(expected, key, Some(value), &proof).unwrap();
        assert!(verify(expected, key, None, &proof).is_err());
        assert!(verify(expected, key, Some(b"another value"), &proof).is_err());
        assert!(verify(expected, b"another key", Some(value), &proof).is_err());
    }
    for key in absent {
        let proof = prove(nodes, version, key).unwrap();
        verify(expected, key, None, &proof).unwrap();
        assert!(verify(expected, key, Some(b""), &proof).is_err());
    }
}

#[test]
fn an_empty_map_has_the_placeholder_as_root_and_proves_every_absence() {
    for version in [0, 1, 77] {
        let mut nodes = Nodes::default();
        assert_eq!(nodes.update(version, &Changes::new()), EMPTY_ROOT);
        check_proofs(&nodes, &Map::default(), &[b"any".to_vec()]);
        assert_eq!(prove(&nodes, version, b"any").unwrap(), bare_proof(None));
    }
    assert_eq!(EMPTY_ROOT, Map::default().root());
}

#[test]
fn a_map_of_one_record_is_its_leaf() {
    let mut nodes = Nodes::default();
    let root = nodes.update(0, &[set("key", "value")].into());
    assert_eq!(prove(&nodes, 0, b"key").unwrap(), bare_proof(None));
    assert_eq!(prove(&nodes, 0, b"no key").unwrap(), bare_proof(Some(leaf_of(b"key", b"value"))));
    let map = Map([(b"key".to_vec(), b"value".to_vec())].into());
    assert_eq!(root, map.root());
    check_proofs(&nodes, &map, &[b"no key".to_vec()]);
}

#[test]
fn many_records_in_one_version_have_the_root_of_the_definition() {
    let (mut nodes, mut map) = (Nodes::default(), Map::default());
    nodes.update(0, &numbered(3_000));
    map.apply(&numbered(3_000));
    let absent: Vec<_> = (3_000_u32..3_500).map(|number| number.to_be_bytes().to_vec()).collect();
    check_proofs(&nodes, &map, &absent);
}

#[test]
fn records_whose_paths_part_late_are_told_apart() {
    // Among 30,000 keys the closest pairs share close to 30 bits.
    let keys: BTreeMap<Hash, Vec<u8>> = (0..30_000_u32)
        .map(|number| number.to_be_bytes().to_vec())
        .map(|key| (key_hash(&key), key))
        .collect();
    let keys: Vec<_> = keys.into_iter().collect();
    let mut pairs: Vec<_> = keys.windows(2).map(|pair| (shared_bits(pair[0].0, pair[1].0), pair)).collect();
    pairs.sort_by_key(|(bits, _)| std::cmp::Reverse(*bits));
    assert!(pairs[0].0 >= 24);
    for (bits, pair) in &pairs[..8] {
        let (near, far) = (&pair[0].1, &pair[1].1);
        let (mut nodes, mut map) = (Nodes::default(), Map::default());
        let steps: [Changes; 5] = [
            [(near.clone(), Some(b"near".to_vec()))].into(),
            [(far.clone(), Some(b"far".to_vec()))].into(),
            [(near.clone(), None)].into(),
            [(near.clone(), Some(b"again".to_vec())), (far.clone(), None)].into(),
            [(far.clone(), Some(b"both".to_vec()))].into(),
        ];
        for (version, changes) in steps.iter().enumerate() {
            nodes.update(version.try_into().unwrap(), changes);
            map.apply(changes);
            let absent: Vec<_> =
                [near, far].into_iter().filter(|key| !map.0.contains_key(*key)).cloned().collect();
            check_proofs(&nodes, &map, &absent);
        }
        assert_eq!(prove(&nodes, 4, far).unwrap().siblings.len(), bits + 1);
    }
}

fn shared_bits(a: Hash, b: Hash) -> usize {
    let differing = a.to_bytes().iter().zip(b.to_bytes()).map(|(a, b)| a ^ b).collect::<Vec<_>>();
    let whole = differing.iter().take_while(|byte| **byte == 0).count();
    8 * whole + usize::try_from(differing[whole].leading_zeros()).unwrap()
}

#[test]
fn a_map_stays_empty_when_a_record_that_it_does_not_hold_is_deleted_after_its_last_one() {
    // The order of deletion is that of the keys; one of these two pairs has the absent record last.
    for (held, absent) in [("a", "b"), ("b", "a")] {
        let mut nodes = Nodes::default();
        nodes.update(1, &[set(held, "1")].into());
        assert_eq!(nodes.update(2, &[deleted(held), deleted(absent)].into()), EMPTY_ROOT);
        check_proofs(&nodes, &Map::default(), &[held.into(), absent.into()]);
        nodes.update(3, &[set(absent, "2")].into());
        check_proofs(&nodes, &Map([(absent.into(), b"2".to_vec())].into()), &[held.into()]);
    }
}

#[test]
fn a_map_that_was_emptied_is_empty_and_can_be_filled_again() {
    let (mut nodes, mut map) = (Nodes::default(), Map::default());
    let steps: [Changes; 6] = [
        [set("a", "1"), set("b", "2"), set("c", "3")].into(),
        [deleted("a"), deleted("b"), deleted("c")].into(),
        [deleted("a")].into(),
        Changes::new(),
        [set("a", "1")].into(),
        [deleted("a"), set("b", "4")].into(),
    ];
    for (version, changes) in (3..).zip(&steps) {
        nodes.update(version, changes);
        map.apply(changes);
        check_proofs(&nodes, &map, &[b"a absent".to_vec(), b"d".to_vec()]);
    }
    assert_eq!(nodes.nodes.len(), 1, "nothing but the one leaf is left in storage");
}

#[test]
fn a_version_without_changes_is_there_and_the_one_before_is_not() {
    let mut nodes = Nodes::default();
    let first = nodes.update(5, &numbered(20));
    for (version, changes) in [(6, Changes::new()), (9, [deleted("never there")].into())] {
        assert_eq!(nodes.update(version, &changes), first);
        assert_eq!(root(&nodes, version).unwrap(), first);
        assert!(matches!(root(&nodes, version - 1), Err(StateError::NoSuchVersion(_))));
    }
    assert!(matches!(root(&nodes, 5), Err(StateError::NoSuchVersion(5))));
}

#[test]
fn an_update_that_is_not_stored_leaves_its_base_as_it_was() {
    let (mut nodes, mut map) = (Nodes::default(), Map::default());
    nodes.update(1, &numbered(50));
    map.apply(&numbered(50));
    let proposals = ["one proposal", "another proposal"].map(|value| {
        update(&nodes, Some(1), 2, &[(7_u32.to_be_bytes().to_vec(), Some(value.into()))].into()).unwrap()
    });
    assert_ne!(proposals[0].root, proposals[1].root);
    check_proofs(&nodes, &map, &[]);
}

#[test]
fn versions_rise() {
    let mut nodes = Nodes::default();
    nodes.update(4, &numbered(2));
    for version in [0, 3, 4] {
        let refused = update(&nodes, Some(4), version, &Changes::new());
        assert!(matches!(refused, Err(StateError::VersionOrder { base: 4, version: v }) if v == version));
    }
}

#[test]
fn a_base_that_is_not_in_storage_is_an_error_and_never_an_empty_map() {
    let mut nodes = Nodes::default();
    nodes.update(4, &numbered(100));
    let absent = update(&nodes, Some(3), 5, &numbered(1));
    assert!(matches!(absent, Err(StateError::NoSuchVersion(3))));
    assert!(matches!(prove(&nodes, 3, b"key"), Err(StateError::NoSuchVersion(3))));
}

#[test]
fn missing_and_damaged_nodes_are_named() {
    let mut whole = Nodes::default();
    whole.update(4, &numbered(100));
    for key in whole.nodes.keys() {
        let mut lacking = whole.clone();
        lacking.nodes.remove(key);
        let mut damaged = whole.clone();
        damaged.nodes.insert(key.clone(), vec![0xff; 5]);
        let keys = || numbered(100).into_keys();
        let errors = |nodes: &Nodes| keys().filter_map(|key| prove(nodes, 4, &key).err()).collect::<Vec<_>>();
        let (missing, broken) = (errors(&lacking), errors(&damaged));
        assert!(!missing.is_empty() && !broken.is_empty(), "each node is on the path of some record");
        assert!(missing.iter().all(|error| {
            matches!(error, StateError::MissingNode { version: 4, .. } | StateError::NoSuchVersion(4))
        }));
        assert!(broken.iter().all(|error| matches!(error, StateError::DamagedNode { version: 4, .. })));
        let changes: Changes = keys().map(|key| (key, Some(b"new".to_vec()))).collect();
        assert!(matches!(
            update(&lacking, Some(4), 5, &changes),
            Err(StateError::MissingNode { version: 4, .. } | StateError::NoSuchVersion(4))
        ));
        assert!(matches!(
            update(&damaged, Some(4), 5, &changes),
            Err(StateError::DamagedNode { version: 4, .. })
        ));
    }
}

#[test]
fn an_error_of_storage_is_handed_on() {
    #[derive(Debug)]
    struct Torn;
    impl fmt::Display for Torn {
        fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
            text.write_str("torn")
        }
    }
    impl std::error::Error for Torn {}
    impl NodeReader for Torn {
        type Error = Torn;
        fn node(&self, _: &[u8]) -> Result<Option<Vec<u8>>, Torn> {
            Err(Torn)
        }
    }
    assert!(matches!(update(&Torn, Some(1), 2, &numbered(1)), Err(StateError::Reader(Torn))));
    assert!(matches!(prove(&Torn, 1, b"key"), Err(StateError::Reader(Torn))));
}

#[test]
fn every_mutation_of_a_proof_is_refused() {
    let (mut nodes, mut map) = (Nodes::default(), Map::default());
    nodes.update(0, &numbered(60));
    map.apply(&numbered(60));
    let root = map.root();
    let check = |key: &[u8], value: Option<&[u8]>| {
        let proof = prove(&nodes, 0, key).unwrap();
        verify(root, key, value, &proof).unwrap();
        for siblings in mutations(&proof.siblings) {
            assert!(verify(root, key, value, &MapProof { siblings, ..proof.clone() }).is_err());
        }
        for byte in 0..32 {
            assert!(verify(flip(root, byte), key, value, &proof).is_err());
            let other = match proof.other {
                Some(leaf) if byte < 16 => OtherLeaf { key_hash: flip(leaf.key_hash, byte), ..leaf },
                Some(leaf) => OtherLeaf { value_hash: flip(leaf.value_hash, byte), ..leaf },
                None => OtherLeaf { key_hash: Hash::ZERO, value_hash: Hash::ZERO },
            };
            let other = Some(other);
            assert!(verify(root, key, value, &MapProof { other, ..proof.clone() }).is_err());
        }
        if proof.other.is_some() {
            assert!(verify(root, key, value, &MapProof { other: None, ..proof.clone() }).is_err());
        }
    };
    for number in [0_u32, 1, 30, 59] {
        check(&number.to_be_bytes(), Some(format!("value {number}").as_bytes()));
    }
    for number in 60_u32..80 {
        check(&number.to_be_bytes(), None);
    }
}

#[test]
fn the_reason_of_a_refusal_is_told() {
    let mut nodes = Nodes::default();
    let root = nodes.update(0, &numbered(60));
    let key = 0_u32.to_be_bytes();
    let proof = prove(&nodes, 0, &key).unwrap();
    let own_leaf = MapProof { other: Some(leaf_of(&key, b"value 0")), ..proof.clone() };
    assert_eq!(verify(root, &key, None, &own_leaf), Err(StateProofError::LeafIsTheRecord));
    assert_eq!(verify(root, &key, Some(b"value 0"), &own_leaf), Err(StateProofError::OtherLeafForPresence));
    // The leaf of another record, with its own valid path, says nothing about a record elsewhere.
    let elsewhere = verify(root, b"elsewhere", None, &own_leaf);
    assert!(matches!(elsewhere, Err(StateProofError::OtherLeafElsewhere { .. })));
    let deep = MapProof { other: None, siblings: vec![root; 257] };
    assert_eq!(verify(root, &key, None, &deep), Err(StateProofError::TooDeep(257)));
    assert!(matches!(verify(root, &key, None, &proof), Err(StateProofError::RootMismatch { .. })));
}

/// Changes of records whose keys are below `keys`, so that with few keys a map is often emptied.
fn any_changes(keys: u8) -> impl Strategy<Value = Changes> {
    let key = (0..keys).prop_map(|key| vec![key]);
    prop::collection::btree_map(key, prop::option::of(prop::collection::vec(any::<u8>(), 0..3)), 0..25)
}

fn any_history() -> impl Strategy<Value = Vec<(u64, Changes)>> {
    prop_oneof![3_u8..6, Just(40)]
        .prop_flat_map(|keys| prop::collection::vec((1..4_u64, any_changes(keys)), 1..10))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_history_of_changes_ends_in_the_map_of_its_records(
        blocks in any_history(),
    ) {
        let (mut nodes, mut map) = (Nodes::default(), Map::default());
        let mut version = 0;
        for (gap, changes) in &blocks {
            version += gap;
            let root = nodes.update(version, changes);
            map.apply(changes);
            prop_assert_eq!(root, map.root());
        }
        let absent: Vec<_> = (0..60_u8).map(|key| vec![key]).filter(|key| !map.0.contains_key(key)).collect();
        check_proofs(&nodes, &map, &absent);
        let at_once = map.0.into_iter().map(|(key, value)| (key, Some(value))).collect();
        let mut fresh = Nodes::default();
        fresh.update(0, &at_once);
        prop_assert_eq!(nodes.nodes.len(), fresh.nodes.len(), "no stale node is left, none in use is gone");
    }

    #[test]
    fn no_proof_makes_verification_panic(
        key: Vec<u8>, value: Option<Vec<u8>>, other: Option<([u8; 32], [u8; 32])>, sibling: [u8; 32], depth in 0..300_usize,
    ) {
        let other = other.map(|(key, value)| OtherLeaf { key_hash: Hash(key), value_hash: Hash(value) });
        let proof = MapProof { other, siblings: vec![Hash(sibling); depth] };
        prop_assert!(verify(Hash(sibling), &key, value.as_deref(), &proof).is_err());
    }
}
