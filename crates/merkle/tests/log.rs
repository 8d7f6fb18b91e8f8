//! The log against the recursions of RFC 9162, for every small size and around the borders of tiles.
#![allow(clippy::unwrap_used)]

mod common;

use std::fmt;

use bulla_crypto::Hash;
use bulla_merkle::{
    log::{
        Frontier, LogError, LogHash, LogProofError, Sha256Log, Sm3Log, TileReader, TreeHead, append,
        append_after, consistency_path, inclusion_path, root, verify_consistency, verify_inclusion,
    },
    tile::width_at,
};
use common::{Rfc9162, Tiles, counting_leaves, flip, mutations};
use proptest::prelude::*;

/// One more than a tile and a few: every kind of edge occurs.
const SIZE_MAX: usize = 260;

fn length(size: usize) -> u64 {
    size.try_into().unwrap()
}

#[test]
fn every_inclusion_path_of_every_small_size_is_that_of_the_rfc_and_verifies() {
    fn check<H: LogHash>() {
        let leaves = counting_leaves::<H>(length(SIZE_MAX));
        let tiles = Tiles::of::<H>(&leaves);
        let tree = Rfc9162::<H>::new(leaves.clone());
        for size in 1..=SIZE_MAX {
            let at_once = Tiles::default().append::<H>(&leaves[..size]);
            assert_eq!(at_once.head(), tree.head(size));
            assert_eq!(root::<H, _>(&tiles, length(size)).unwrap(), at_once.root);
            #[allow(clippy::needless_range_loop, reason = "the index is what is proved")]
            for index in 0..size {
                let path = at_once.inclusion_path(length(index)).unwrap();
                assert_eq!(path, tree.path(index, 0, size), "entry {index} of {size}");
                verify_inclusion::<H>(at_once.head(), length(index), leaves[index], &path).unwrap();
                assert_eq!(inclusion_path::<H, _>(&tiles, length(size), length(index)).unwrap(), path);
            }
        }
    }
    check::<Sha256Log>();
    check::<Sm3Log>();
}

#[test]
fn every_consistency_path_between_small_sizes_is_that_of_the_rfc_and_verifies() {
    let leaves = counting_leaves::<Sha256Log>(length(SIZE_MAX));
    let tiles = Tiles::of::<Sha256Log>(&leaves);
    let tree = Rfc9162::<Sha256Log>::new(leaves);
    for second in 0..=SIZE_MAX {
        for first in 0..=second {
            let path = consistency_path::<Sha256Log, _>(&tiles, length(first), length(second)).unwrap();
            if first > 0 {
                assert_eq!(path, tree.consistency(first, second), "from {first} to {second}");
            }
            verify_consistency::<Sha256Log>(tree.head(first), tree.head(second), &path).unwrap();
        }
    }
}

#[test]
fn paths_hold_at_the_borders_of_tiles() {
    let sizes = [255, 256, 257, 65_535, 65_536, 65_537];
    let leaves = counting_leaves::<Sha256Log>(65_537);
    let tiles = Tiles::of::<Sha256Log>(&leaves);
    let tree = Rfc9162::<Sha256Log>::new(leaves.clone());
    for size in sizes {
        let head = tree.head(size);
        assert_eq!(root::<Sha256Log, _>(&tiles, head.size).unwrap(), head.root);
        for index in [0, 1, 127, 254, 255, 256, 511, 32_767, 65_279, 65_280, 65_534, 65_535, 65_536] {
            if index < size {
                let path = inclusion_path::<Sha256Log, _>(&tiles, head.size, length(index)).unwrap();
                assert_eq!(path, tree.path(index, 0, size));
                verify_inclusion::<Sha256Log>(head, length(index), leaves[index], &path).unwrap();
            }
        }
        for first in sizes.into_iter().filter(|first| *first <= size) {
            let path = consistency_path::<Sha256Log, _>(&tiles, length(first), head.size).unwrap();
            assert_eq!(path, tree.consistency(first, size));
            verify_consistency::<Sha256Log>(tree.head(first), head, &path).unwrap();
        }
    }
}

#[test]
fn a_log_grown_entry_by_entry_across_a_border_has_the_tiles_of_one_made_at_once() {
    let leaves = counting_leaves::<Sha256Log>(65_800);
    let mut grown = Tiles::of::<Sha256Log>(&leaves[..65_000]);
    for leaf in &leaves[65_000..] {
        let appended = grown.append::<Sha256Log>(&[*leaf]);
        let path = appended.inclusion_path(grown.size - 1).unwrap();
        verify_inclusion::<Sha256Log>(appended.head(), grown.size - 1, *leaf, &path).unwrap();
    }
    assert_eq!(grown.tiles, Tiles::of::<Sha256Log>(&leaves).tiles);
    assert_eq!(grown.tiles.keys().filter(|(level, _)| *level == 1).count(), 2);
    assert_eq!(grown.tiles[&(2, 0)].len(), 1);
}

#[test]
fn an_append_after_a_frontier_is_that_after_the_tiles() {
    let leaves = counting_leaves::<Sha256Log>(1_500);
    let mut rest = &leaves[..];
    let mut grown = Tiles::default();
    let mut frontier = Frontier::<Sha256Log>::new();
    for entries in [1, 2, 255, 20, 256, 0, 3, 513, 1, 449] {
        let (block, others) = rest.split_at(entries);
        let after = append_after(&grown, &frontier, block).unwrap();
        let appended = grown.append::<Sha256Log>(block);
        assert_eq!((after.head(), &after.tiles), (appended.head(), &appended.tiles));
        for index in appended.size - length(entries)..appended.size {
            assert_eq!(after.inclusion_path(index), appended.inclusion_path(index));
        }
        frontier = after.frontier();
        rest = others;
    }
    assert!(rest.is_empty());
}

#[test]
fn every_tile_holds_what_its_definition_says() {
    let leaves = counting_leaves::<Sha256Log>(70_000);
    let tiles = Tiles::of::<Sha256Log>(&leaves);
    let tree = Rfc9162::<Sha256Log>::new(leaves);
    // The example of the tlog-tiles specification: 273 full and one partial, one full and one partial, one partial.
    assert_eq!(tiles.tiles.len(), 274 + 2 + 1);
    for ((level, index), hashes) in &tiles.tiles {
        assert_eq!(width_at(*level, *index, 70_000).map(usize::from), Some(hashes.len()));
        let span = 1 << (8 * level);
        let first = usize::try_from(*index).unwrap() * 256;
        for (place, hash) in hashes.iter().enumerate() {
            assert_eq!(*hash, tree.root((first + place) * span, (first + place + 1) * span));
        }
    }
}

#[test]
fn an_append_of_nothing_changes_nothing() {
    let mut tiles = Tiles::default();
    let nothing = tiles.append::<Sha256Log>(&[]);
    assert_eq!((nothing.size, nothing.root, nothing.tiles.len()), (0, Sha256Log::empty(), 0));
    assert_eq!(nothing.inclusion_path(0), None);
    let before = tiles.append::<Sha256Log>(&counting_leaves::<Sha256Log>(300));
    let after = tiles.append::<Sha256Log>(&[]);
    assert_eq!((after.head(), after.tiles.len()), (before.head(), 0));
}

#[test]
fn an_append_has_paths_for_its_own_entries_only() {
    let leaves = counting_leaves::<Sha256Log>(20);
    let mut tiles = Tiles::of::<Sha256Log>(&leaves[..10]);
    let appended = tiles.append::<Sha256Log>(&leaves[10..]);
    assert_eq!((appended.inclusion_path(9), appended.inclusion_path(20)), (None, None));
    assert!((10..20).all(|index| appended.inclusion_path(index).is_some()));
}

#[test]
fn questions_that_a_log_cannot_answer_are_refused() {
    let tiles = Tiles::of::<Sha256Log>(&counting_leaves::<Sha256Log>(300));
    let beyond = inclusion_path::<Sha256Log, _>(&tiles, 300, 300);
    assert!(matches!(beyond, Err(LogError::IndexBeyondSize { index: 300, size: 300 })));
    assert!(matches!(inclusion_path::<Sha256Log, _>(&tiles, 0, 0), Err(LogError::IndexBeyondSize { .. })));
    let shrinks = consistency_path::<Sha256Log, _>(&tiles, 3, 2);
    assert!(matches!(shrinks, Err(LogError::Shrinks { first: 3, second: 2 })));
    let short = root::<Sha256Log, _>(&tiles, 301);
    assert!(matches!(short, Err(LogError::TileShort { level: 0, index: 1, expected: 45, found: 44 })));
    let absent = root::<Sha256Log, _>(&tiles, u64::MAX);
    assert!(matches!(absent, Err(LogError::TileShort { level: 0, expected: 255, found: 0, .. })));
    let full = append::<Sha256Log, _>(&tiles, u64::MAX, &[Sha256Log::empty()]);
    assert!(matches!(full, Err(LogError::Full { size: u64::MAX, added: 1 })));
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
    impl TileReader for Torn {
        type Error = Torn;
        fn tile(&self, _: u8, _: u64) -> Result<Option<Vec<Hash>>, Torn> {
            Err(Torn)
        }
    }
    assert!(matches!(root::<Sha256Log, _>(&Torn, 5), Err(LogError::Reader(Torn))));
    assert!(matches!(append::<Sha256Log, _>(&Torn, 5, &[]), Err(LogError::Reader(Torn))));
    assert!(append::<Sha256Log, _>(&Torn, 0, &[Sha256Log::empty()]).is_ok(), "an empty log reads nothing");
}

#[test]
fn every_mutation_of_an_inclusion_proof_is_refused() {
    let leaves = counting_leaves::<Sha256Log>(70);
    let tree = Rfc9162::<Sha256Log>::new(leaves.clone());
    for (size, index) in [(1, 0), (2, 1), (7, 6), (8, 3), (11, 10), (64, 63), (65, 64), (70, 13), (70, 69)] {
        let (head, path) = (tree.head(size), tree.path(index, 0, size));
        let verify =
            |head, index, leaf, path: &[Hash]| verify_inclusion::<Sha256Log>(head, length(index), leaf, path);
        verify(head, index, leaves[index], &path).unwrap();
        for mutation in mutations(&path) {
            assert!(verify(head, index, leaves[index], &mutation).is_err());
        }
        for byte in 0..32 {
            assert!(verify(head, index, flip(leaves[index], byte), &path).is_err());
            let other = TreeHead { root: flip(head.root, byte), ..head };
            assert!(matches!(
                verify(other, index, leaves[index], &path),
                Err(LogProofError::RootMismatch { .. })
            ));
        }
        for other in (0..size + 2).filter(|other| *other != index) {
            assert!(verify(head, other, leaves[index], &path).is_err(), "{index} of {size} shown as {other}");
        }
    }
}

#[test]
fn every_mutation_of_a_consistency_proof_is_refused() {
    let tree = Rfc9162::<Sha256Log>::new(counting_leaves::<Sha256Log>(70));
    for (first, second) in
        [(0, 5), (1, 2), (3, 3), (4, 8), (6, 8), (7, 8), (32, 64), (33, 70), (64, 70), (69, 70)]
    {
        let (old, new, path) = (tree.head(first), tree.head(second), tree.consistency(first.max(1), second));
        let path = if first == 0 { Vec::new() } else { path };
        verify_consistency::<Sha256Log>(old, new, &path).unwrap();
        for mutation in mutations(&path) {
            assert!(verify_consistency::<Sha256Log>(old, new, &mutation).is_err());
        }
        for byte in 0..32 {
            let other = TreeHead { root: flip(old.root, byte), ..old };
            assert!(verify_consistency::<Sha256Log>(other, new, &path).is_err());
            let other = TreeHead { root: flip(new.root, byte), ..new };
            // Any log begins with the empty one: nothing is said of the later root then.
            assert_eq!(verify_consistency::<Sha256Log>(old, other, &path).is_ok(), first == 0);
        }
        if first < second {
            let shrinks = LogProofError::Shrinks { first: new.size, second: old.size };
            assert_eq!(verify_consistency::<Sha256Log>(new, old, &path), Err(shrinks));
        }
    }
}

#[test]
fn a_path_of_any_other_length_is_refused_before_it_is_hashed() {
    let head = TreeHead { size: u64::MAX, root: Sha256Log::empty() };
    let path = vec![Sha256Log::empty(); 1_000_000];
    let refused = verify_inclusion::<Sha256Log>(head, 0, Sha256Log::empty(), &path);
    assert_eq!(refused, Err(LogProofError::WrongLength { expected: 64, found: 1_000_000 }));
    let first = TreeHead { size: 1 << 63, ..head };
    let refused = verify_consistency::<Sha256Log>(first, head, &path);
    assert_eq!(refused, Err(LogProofError::WrongLength { expected: 1, found: 1_000_000 }));
}

#[test]
fn a_frontier_is_read_back_as_written_and_other_lengths_are_refused() {
    let mut frontier = Frontier::<Sha256Log>::new();
    for leaf in counting_leaves::<Sha256Log>(40) {
        let bytes = frontier.encode();
        assert_eq!(Frontier::<Sha256Log>::decode(&bytes), Ok(frontier.clone()));
        assert!((0..bytes.len()).all(|end| Frontier::<Sha256Log>::decode(&bytes[..end]).is_err()));
        assert!(Frontier::<Sha256Log>::decode(&[&bytes[..], &[0]].concat()).is_err());
        frontier.push(leaf);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn appending_in_any_chunks_makes_the_same_log(chunks in prop::collection::vec(0..700_usize, 1..12)) {
        let leaves = counting_leaves::<Sha256Log>(length(chunks.iter().sum()));
        let (mut tiles, mut frontier) = (Tiles::default(), Frontier::<Sha256Log>::new());
        let mut rest = &leaves[..];
        for chunk in chunks {
            let (block, after) = rest.split_at(chunk);
            let appended = tiles.append::<Sha256Log>(block);
            for leaf in block {
                let index = frontier.size();
                frontier.push(*leaf);
                let path = appended.inclusion_path(index).unwrap();
                verify_inclusion::<Sha256Log>(appended.head(), index, *leaf, &path).unwrap();
            }
            prop_assert_eq!(appended.head(), frontier.head());
            rest = after;
        }
        prop_assert_eq!(tiles.tiles, Tiles::of::<Sha256Log>(&leaves).tiles);
    }

    #[test]
    fn any_two_sizes_of_a_log_are_consistent(a in 0..5_000_u64, b in 0..5_000_u64) {
        let (first, second) = (a.min(b), a.max(b));
        let tiles = Tiles::of::<Sha256Log>(&counting_leaves::<Sha256Log>(second));
        let head = |size| TreeHead { size, root: root::<Sha256Log, _>(&tiles, size).unwrap() };
        let path = consistency_path::<Sha256Log, _>(&tiles, first, second).unwrap();
        prop_assert_eq!(verify_consistency::<Sha256Log>(head(first), head(second), &path), Ok(()));
    }

    #[test]
    fn no_input_makes_verification_panic(
        first: u64, second: u64, index: u64, count in 0..70_usize, byte: u8,
    ) {
        let (root, path) = (Hash([byte; 32]), vec![Hash([byte; 32]); count]);
        let (first, second) = (TreeHead { size: first, root }, TreeHead { size: second, root });
        prop_assert!(verify_inclusion::<Sha256Log>(second, index, root, &path).is_err() || second.size == 1);
        let _ = verify_consistency::<Sha256Log>(first, second, &path);
    }
}
