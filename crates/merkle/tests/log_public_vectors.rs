//! The log against the published vectors of the Certificate Transparency reference implementation
//! (<https://github.com/google/certificate-transparency>, `merkle_tree_test.cc`).
#![allow(clippy::unwrap_used)]

mod common;

use bulla_crypto::Hash;
use bulla_merkle::log::{
    Frontier, LogHash, Sha256Log, Sm3Log, TreeHead, consistency_path, inclusion_path, root,
    verify_consistency, verify_inclusion,
};
use common::Tiles;

const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// (size, index, path)
const INCLUSION: [(u64, u64, &[&str]); 5] = [
    (1, 0, &[]),
    (
        8,
        0,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        8,
        5,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (3, 2, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        5,
        1,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// (first size, second size, path)
const CONSISTENCY: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn entries() -> Vec<Vec<u8>> {
    ENTRIES.iter().map(|entry| hex::decode(entry).unwrap()).collect()
}

fn leaves() -> Vec<Hash> {
    entries().iter().map(|entry| Sha256Log::leaf(entry)).collect()
}

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn head(size: u64) -> TreeHead {
    TreeHead { size, root: ROOTS[usize::try_from(size).unwrap()].parse().unwrap() }
}

#[test]
fn the_roots_of_all_sizes_are_the_published_ones() {
    let tiles = Tiles::of::<Sha256Log>(&leaves());
    let mut frontier = Frontier::<Sha256Log>::new();
    for size in 0..=8 {
        assert_eq!(root::<Sha256Log, _>(&tiles, size).unwrap(), head(size).root);
        assert_eq!(frontier.head(), head(size));
        if let Some(leaf) = leaves().get(usize::try_from(size).unwrap()) {
            frontier.push(*leaf);
        }
    }
}

#[test]
fn the_inclusion_paths_are_the_published_ones_and_verify() {
    let tiles = Tiles::of::<Sha256Log>(&leaves());
    for (size, index, path) in INCLUSION {
        let path = hashes(path);
        assert_eq!(inclusion_path::<Sha256Log, _>(&tiles, size, index).unwrap(), path);
        let leaf = leaves()[usize::try_from(index).unwrap()];
        verify_inclusion::<Sha256Log>(head(size), index, leaf, &path).unwrap();
    }
}

#[test]
fn the_consistency_paths_are_the_published_ones_and_verify() {
    let tiles = Tiles::of::<Sha256Log>(&leaves());
    for (first, second, path) in CONSISTENCY {
        let path = hashes(path);
        assert_eq!(consistency_path::<Sha256Log, _>(&tiles, first, second).unwrap(), path);
        verify_consistency::<Sha256Log>(head(first), head(second), &path).unwrap();
    }
}

#[test]
fn the_second_log_is_the_same_tree_over_sm3() {
    // SM3 of nothing, and of "abc" as GB/T 32905-2016 gives it.
    let empty = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";
    assert_eq!(Sm3Log::empty().to_string(), empty);
    let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    assert_eq!(Sm3Log::digest(&[b"a", b"bc"]).to_string(), abc);
    let leaves: Vec<_> = entries().iter().map(|entry| Sm3Log::leaf(entry)).collect();
    let tree = common::Rfc9162::<Sm3Log>::new(leaves.clone());
    assert_eq!(root::<Sm3Log, _>(&Tiles::of::<Sm3Log>(&leaves), 7).unwrap(), tree.root(0, 7));
}
