//! The log against another implementation of C2SP tlog-tiles, in both directions.
#![allow(clippy::unwrap_used)]

mod common;

use bulla_crypto::Hash;
use bulla_merkle::{
    log::{
        Sha256Log, TreeHead, consistency_path, inclusion_path, root, verify_consistency, verify_inclusion,
    },
    tile::{Resource, TilePath, encode_hashes},
};
use common::{Tiles, counting_leaves};
use tlog_tiles::{
    Error, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record, prove_tree, tree_hash,
};

/// Our tiles, served to the other implementation.
struct Served(Tiles);

impl TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let content = |tile: &Tile| {
            let hashes = &self.0.tiles[&(tile.level(), tile.level_index())];
            encode_hashes(&hashes[..usize::try_from(tile.width()).unwrap()])
        };
        Ok(tiles.iter().map(content).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.to_bytes())
}

fn ours(hashes: Vec<tlog_tiles::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| Hash(hash.0)).collect()
}

#[test]
fn both_implementations_make_and_accept_the_same_proofs_from_the_same_tiles() {
    let leaves = counting_leaves::<Sha256Log>(66_000);
    let served = Served(Tiles::of::<Sha256Log>(&leaves));
    let sizes = [1, 2, 3, 255, 256, 257, 300, 4_097, 65_535, 65_536, 65_537, 66_000];
    for size in sizes {
        let head = TreeHead { size, root: root::<Sha256Log, _>(&served.0, size).unwrap() };
        let reader = TileHashReader::new(size, theirs(head.root), &served);
        assert_eq!(tree_hash(size, &reader).unwrap(), theirs(head.root));
        for index in [0, 1, size / 2, size - 1] {
            if index >= size {
                continue;
            }
            let leaf = leaves[usize::try_from(index).unwrap()];
            let path = prove_record(size, index, &reader).unwrap();
            check_record(&path, size, theirs(head.root), index, theirs(leaf)).unwrap();
            let path = ours(path);
            assert_eq!(path, inclusion_path::<Sha256Log, _>(&served.0, size, index).unwrap());
            verify_inclusion::<Sha256Log>(head, index, leaf, &path).unwrap();
        }
        for first in sizes.into_iter().filter(|first| *first <= size) {
            let old = TreeHead { size: first, root: root::<Sha256Log, _>(&served.0, first).unwrap() };
            let path = prove_tree(size, first, &reader).unwrap();
            check_tree(&path, size, theirs(head.root), first, theirs(old.root)).unwrap();
            let path = ours(path);
            assert_eq!(path, consistency_path::<Sha256Log, _>(&served.0, first, size).unwrap());
            verify_consistency::<Sha256Log>(old, head, &path).unwrap();
        }
    }
}

#[test]
fn an_append_publishes_the_tiles_that_the_other_implementation_expects() {
    let leaves = counting_leaves::<Sha256Log>(70_000);
    for (before, after) in
        [(0, 1), (1, 255), (255, 256), (256, 600), (600, 65_536), (65_536, 65_537), (65_537, 70_000)]
    {
        let mut tiles = Tiles::of::<Sha256Log>(&leaves[..before]);
        let appended = tiles.append::<Sha256Log>(&leaves[before..after]);
        let expected = Tile::new_tiles(8, before.try_into().unwrap(), after.try_into().unwrap());
        let expected: Vec<_> =
            expected.iter().map(|tile| (tile.level(), tile.level_index(), tile.width())).collect();
        let published = appended.tiles.iter();
        let published: Vec<_> = published
            .map(|(level, index, hashes)| (*level, *index, u32::try_from(hashes.len()).unwrap()))
            .collect();
        assert_eq!(published, expected, "from {before} to {after}");
    }
}

#[test]
fn paths_are_theirs_without_the_height() {
    for (level, index, width) in
        [(0, 0, 256), (1, 999, 3), (2, 1_000, 255), (0, 1_234_067, 8), (7, u64::MAX >> 8, 1)]
    {
        let ours = TilePath::new(Resource::Hashes(level), index, width).unwrap().to_string();
        let theirs = Tile::new(8, level, index, width.into(), false).path();
        assert_eq!(ours.strip_prefix("tile/"), theirs.strip_prefix("tile/8/"));
    }
}
