//! The vectors of docs/formats/vectors/{log,state_map}.json are what the code makes, and the other way round.
//! With `BULLA_WRITE_VECTORS=1` in the environment the files are written anew.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeMap, fs, path::Path};

use bulla_crypto::{Hash, SecretKey, sha256};
use bulla_merkle::{
    checkpoint::{Checkpoint, origin, sign, verifier_key},
    log::{
        Frontier, LogHash, Sha256Log, Sm3Log, TreeHead, consistency_path, inclusion_path, root,
        verify_consistency, verify_inclusion,
    },
    state::{prove, verify},
    tile::{Resource, TilePath, encode_bundle, encode_hashes},
};
use bulla_types::MapProof;
use common::{Changes, Nodes, Tiles, bare_proof, counting_leaves, flip, key_hash, leaf_of, value_hash};
use serde::Serialize;

fn compare(name: &str, vectors: &impl Serialize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/vectors").join(name);
    let made = serde_json::to_string_pretty(vectors).unwrap() + "\n";
    if std::env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &made).unwrap();
    }
    let pinned = fs::read_to_string(&path).unwrap();
    assert!(made == pinned, "{} differs from what the code makes", path.display());
}

fn text(hash: Hash) -> String {
    hash.to_string()
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().copied().map(text).collect()
}

mod log {
    use super::*;

    #[derive(Serialize)]
    struct Vectors {
        about: &'static str,
        entries: Vec<String>,
        sha256: Log,
        sm3: Log,
        counting_entries: &'static str,
        counting_sha256: Vec<Root>,
        counting_sha256_inclusion: Vec<Inclusion>,
        counting_sha256_consistency: Vec<Consistency>,
        counting_sha256_tiles: Vec<Tile>,
        refused_inclusion: Vec<Inclusion>,
        refused_consistency: Vec<Consistency>,
        tile_paths: Vec<Name>,
        refused_tile_paths: Vec<&'static str>,
        bundle: String,
        checkpoint: Note,
    }

    #[derive(Serialize)]
    struct Log {
        leaf_hashes: Vec<String>,
        roots: Vec<Root>,
        frontiers: Vec<String>,
        inclusion: Vec<Inclusion>,
        consistency: Vec<Consistency>,
    }

    #[derive(Serialize)]
    struct Root {
        size: u64,
        root: String,
    }

    #[derive(Serialize)]
    struct Inclusion {
        size: u64,
        root: String,
        index: u64,
        leaf_hash: String,
        path: Vec<String>,
    }

    #[derive(Serialize)]
    struct Consistency {
        first_size: u64,
        first_root: String,
        second_size: u64,
        second_root: String,
        path: Vec<String>,
    }

    #[derive(Serialize)]
    struct Tile {
        size: u64,
        path: String,
        sha256_of_content: String,
    }

    #[derive(Serialize)]
    struct Name {
        resource: String,
        index: u64,
        width: u16,
        path: String,
    }

    #[derive(Serialize)]
    struct Note {
        ledger_id: String,
        size: u64,
        root: String,
        ed25519_seed: String,
        verifier_key: String,
        note: String,
    }

    const ABOUT: &str = "Vectors of docs/formats/log.md. Bytes are in hexadecimal. Lists of frontiers and roots go by \
        the size of the log, from 0. Each of refused_inclusion and refused_consistency differs from a valid proof in \
        one place.";

    #[test]
    fn log_vectors() {
        let entries = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let entries = entries.map(|entry| hex::decode(entry).unwrap());
        let leaves = counting_leaves::<Sha256Log>(70_000);
        let tiles = Tiles::of::<Sha256Log>(&leaves);
        let sizes = [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000];
        let pairs =
            [(255, 256), (256, 257), (200, 65_536), (65_535, 65_537), (65_536, 70_000), (65_537, 70_000)];
        let steps =
            [(257, 256), (65_536, 65_535), (65_537, 65_536), (70_000, 0), (70_000, 4_242), (70_000, 69_999)];
        compare(
            "log.json",
            &Vectors {
                about: ABOUT,
                sha256: log::<Sha256Log>(&entries),
                sm3: log::<Sm3Log>(&entries),
                counting_entries: "entry i is i as eight bytes, big-endian",
                counting_sha256: sizes.map(|size| root_at(&tiles, size)).into(),
                counting_sha256_inclusion: steps
                    .map(|(size, index)| inclusion::<Sha256Log>(&tiles, &leaves, size, index))
                    .into(),
                counting_sha256_consistency: pairs
                    .map(|(first, second)| consistency::<Sha256Log>(&tiles, first, second))
                    .into(),
                counting_sha256_tiles: contents(&leaves),
                refused_inclusion: refused_inclusion(),
                refused_consistency: refused_consistency(),
                tile_paths: names(),
                refused_tile_paths: vec![
                    "tile/0/0",
                    "tile/00/000",
                    "tile/64/000",
                    "tile/0/x000/001",
                    "tile/0/001/000",
                    "tile/0/000.p/0",
                    "tile/0/000.p/256",
                    "tile/0/000.p/01",
                    "tile/8/0/000",
                    "tile/data/000",
                    "/tile/0/000",
                    "tile/0/x018/x446/x744/x073/x709/x551/616",
                ],
                bundle: hex::encode(encode_bundle(entries.iter().map(Vec::as_slice)).unwrap()),
                checkpoint: note(),
                entries: entries.iter().map(hex::encode).collect(),
            },
        );
    }

    fn log<H: LogHash>(entries: &[Vec<u8>]) -> Log {
        let leaves: Vec<_> = entries.iter().map(|entry| H::leaf(entry)).collect();
        let tiles = Tiles::of::<H>(&leaves);
        let mut frontier = Frontier::<H>::new();
        let mut frontiers = vec![frontier.clone()];
        for leaf in &leaves {
            frontier.push(*leaf);
            frontiers.push(frontier.clone());
        }
        let pairs = || (1..=8).flat_map(|size| (0..size).map(move |smaller| (size, smaller)));
        Log {
            leaf_hashes: texts(&leaves),
            roots: frontiers.iter().map(|f| Root { size: f.size(), root: text(f.root()) }).collect(),
            frontiers: frontiers.iter().map(|frontier| hex::encode(frontier.encode())).collect(),
            inclusion: pairs().map(|(size, index)| inclusion::<H>(&tiles, &leaves, size, index)).collect(),
            consistency: pairs().map(|(second, first)| consistency::<H>(&tiles, first + 1, second)).collect(),
        }
    }

    fn head<H: LogHash>(tiles: &Tiles, size: u64) -> TreeHead {
        TreeHead { size, root: root::<H, _>(tiles, size).unwrap() }
    }

    fn root_at(tiles: &Tiles, size: u64) -> Root {
        Root { size, root: text(head::<Sha256Log>(tiles, size).root) }
    }

    fn inclusion<H: LogHash>(tiles: &Tiles, leaves: &[Hash], size: u64, index: u64) -> Inclusion {
        let (head, leaf) = (head::<H>(tiles, size), leaves[usize::try_from(index).unwrap()]);
        let path = inclusion_path::<H, _>(tiles, size, index).unwrap();
        verify_inclusion::<H>(head, index, leaf, &path).unwrap();
        Inclusion { size, root: text(head.root), index, leaf_hash: text(leaf), path: texts(&path) }
    }

    fn consistency<H: LogHash>(tiles: &Tiles, first: u64, second: u64) -> Consistency {
        let (old, new) = (head::<H>(tiles, first), head::<H>(tiles, second));
        let path = consistency_path::<H, _>(tiles, first, second).unwrap();
        verify_consistency::<H>(old, new, &path).unwrap();
        Consistency {
            first_size: first,
            first_root: text(old.root),
            second_size: second,
            second_root: text(new.root),
            path: texts(&path),
        }
    }

    fn refused_inclusion() -> Vec<Inclusion> {
        let leaves = counting_leaves::<Sha256Log>(11);
        let tiles = Tiles::of::<Sha256Log>(&leaves);
        let (head, leaf) = (head::<Sha256Log>(&tiles, 11), leaves[4]);
        let path = inclusion_path::<Sha256Log, _>(&tiles, 11, 4).unwrap();
        let exchanged = [&[path[1], path[0]], &path[2..]].concat();
        let flipped = [&[flip(path[0], 31)], &path[1..]].concat();
        [
            (head, 5, leaf, path.clone()),
            (head, 11, leaf, path.clone()),
            (head, 4, leaves[5], path.clone()),
            (TreeHead { root: flip(head.root, 0), ..head }, 4, leaf, path.clone()),
            (head, 4, leaf, path[..path.len() - 1].to_vec()),
            (head, 4, leaf, [&path[..], &path[..1]].concat()),
            (head, 4, leaf, exchanged),
            (head, 4, leaf, flipped),
        ]
        .into_iter()
        .map(|(head, index, leaf, path)| {
            verify_inclusion::<Sha256Log>(head, index, leaf, &path).unwrap_err();
            Inclusion {
                size: head.size,
                root: text(head.root),
                index,
                leaf_hash: text(leaf),
                path: texts(&path),
            }
        })
        .collect()
    }

    fn refused_consistency() -> Vec<Consistency> {
        let tiles = Tiles::of::<Sha256Log>(&counting_leaves::<Sha256Log>(11));
        let (old, new) = (head::<Sha256Log>(&tiles, 6), head::<Sha256Log>(&tiles, 11));
        let path = consistency_path::<Sha256Log, _>(&tiles, 6, 11).unwrap();
        let nothing = TreeHead { size: 0, root: Hash([0; 32]) };
        [
            (new, old, path.clone()),
            (TreeHead { root: flip(old.root, 0), ..old }, new, path.clone()),
            (old, TreeHead { root: flip(new.root, 0), ..new }, path.clone()),
            (old, new, path[1..].to_vec()),
            (old, new, [&path[..], &path[..1]].concat()),
            (old, new, [&path[..1], &[flip(path[1], 9)], &path[2..]].concat()),
            (nothing, new, Vec::new()),
        ]
        .into_iter()
        .map(|(old, new, path)| {
            verify_consistency::<Sha256Log>(old, new, &path).unwrap_err();
            Consistency {
                first_size: old.size,
                first_root: text(old.root),
                second_size: new.size,
                second_root: text(new.root),
                path: texts(&path),
            }
        })
        .collect()
    }

    /// Every tile of the counting log of 600 entries, and the last ones of that of 70,000.
    fn contents(leaves: &[Hash]) -> Vec<Tile> {
        let mut contents = Vec::new();
        for (size, from) in [(600, 0), (70_000, 272)] {
            for ((level, index), hashes) in Tiles::of::<Sha256Log>(&leaves[..size]).tiles {
                if level > 0 || index >= from {
                    let width = u16::try_from(hashes.len()).unwrap();
                    contents.push(Tile {
                        size: size.try_into().unwrap(),
                        path: TilePath::new(Resource::Hashes(level), index, width).unwrap().to_string(),
                        sha256_of_content: text(sha256(&[&encode_hashes(&hashes)])),
                    });
                }
            }
        }
        contents
    }

    fn names() -> Vec<Name> {
        [
            (Resource::Hashes(0), 0, 256),
            (Resource::Hashes(0), 1_234_067, 8),
            (Resource::Hashes(3), 999, 1),
            (Resource::Hashes(63), 1_000, 255),
            (Resource::Entries, 273, 112),
            (Resource::Entries, 1_000_000, 256),
            (Resource::Entries, u64::MAX, 255),
        ]
        .into_iter()
        .map(|(resource, index, width)| Name {
            resource: match resource {
                Resource::Hashes(level) => format!("hashes of level {level}"),
                Resource::Entries => "entries".into(),
            },
            index,
            width,
            path: TilePath::new(resource, index, width).unwrap().to_string(),
        })
        .collect()
    }

    fn note() -> Note {
        let (ledger_id, root, seed) = (Hash([0xab; 32]), Hash([7; 32]), [1; 32]);
        let checkpoint = Checkpoint { origin: origin(&ledger_id), head: TreeHead { size: 70_000, root } };
        let key = SecretKey::from_seed(&seed);
        Note {
            ledger_id: text(ledger_id),
            size: 70_000,
            root: text(root),
            ed25519_seed: hex::encode(seed),
            verifier_key: verifier_key(&checkpoint.origin, key.public_key()),
            note: sign(&checkpoint, &key).unwrap(),
        }
    }
}

mod state_map {
    use super::*;

    #[derive(Serialize)]
    struct Vectors {
        about: &'static str,
        empty_root: String,
        hashes: Vec<Hashes>,
        steps: Vec<Step>,
        proofs: Vec<Proof>,
        refused: Vec<Refused>,
    }

    #[derive(Serialize)]
    struct Hashes {
        key: String,
        value: String,
        key_hash: String,
        value_hash: String,
        leaf: String,
    }

    #[derive(Serialize)]
    struct Step {
        changes: BTreeMap<String, Option<String>>,
        root: String,
    }

    #[derive(Serialize)]
    struct Proof {
        root: String,
        key: String,
        value: Option<String>,
        other_key_hash: Option<String>,
        other_value_hash: Option<String>,
        siblings: Vec<String>,
    }

    #[derive(Serialize)]
    struct Refused {
        reason: &'static str,
        proof: Proof,
    }

    const ABOUT: &str = "Vectors of docs/formats/state-map.md. Bytes are in hexadecimal; a value of null stands for \
        deletion in changes and for absence in proofs. Each step changes the map that the one before it left.";

    #[test]
    fn state_map_vectors() {
        let mut nodes = Nodes::default();
        let mut made = Vec::new();
        for (version, changes) in (0..).zip(steps()) {
            let root = nodes.update(version, &changes);
            let changes = changes.into_iter().map(|(key, value)| (hex::encode(key), value.map(hex::encode)));
            made.push((root, Step { changes: changes.collect(), root: text(root) }));
        }
        let root = made.last().unwrap().0;
        let proof = |key: &[u8]| prove(&nodes, made.len() as u64 - 1, key).unwrap();
        let present: Vec<_> = [0_u8, 7, 8, 19].map(|number| (key(number), Some(value(number, 1)))).into();
        let absent: Vec<_> = [1_u8, 2, 30, 31, 32, 33].map(|number| (key(number), None)).into();
        let proofs = present.into_iter().chain(absent).map(|(key, value)| {
            let proof = proof(&key);
            verify(root, &key, value.as_deref(), &proof).unwrap();
            written(root, &key, value.as_deref(), &proof)
        });
        compare(
            "state_map.json",
            &Vectors {
                about: ABOUT,
                empty_root: text(common::Map::default().root()),
                hashes: [0_u8, 7].map(hashes).into(),
                proofs: proofs.collect(),
                refused: refused(root, &proof(&key(7)), &proof(&key(30))),
                steps: made.into_iter().map(|(_, step)| step).collect(),
            },
        );
    }

    /// The key of member `number`.
    fn key(number: u8) -> Vec<u8> {
        [&[0x02, 0, 0, 0, 0, 0, 0, 0], &[number][..]].concat()
    }

    fn value(number: u8, revision: u8) -> Vec<u8> {
        vec![revision; usize::from(number) + 1]
    }

    fn steps() -> [Changes; 6] {
        let all = |numbers: std::ops::Range<u8>, revision| -> Changes {
            numbers.map(|number| (key(number), Some(value(number, revision)))).collect()
        };
        [
            Changes::new(),
            all(0..1, 1),
            all(1..20, 1),
            [(key(1), None), (key(2), None), (key(3), Some(value(3, 2)))].into(),
            (0..20).map(|number| (key(number), None)).collect(),
            [all(0..1, 1), all(3..20, 1)].into_iter().flatten().collect(),
        ]
    }

    fn hashes(number: u8) -> Hashes {
        let (key, value) = (key(number), value(number, 1));
        let (key_hash, value_hash) = (key_hash(&key), value_hash(&value));
        let leaf = sha256(&[b"JMT::LeafNode", key_hash.as_ref(), value_hash.as_ref()]);
        Hashes {
            key: hex::encode(key),
            value: hex::encode(value),
            key_hash: text(key_hash),
            value_hash: text(value_hash),
            leaf: text(leaf),
        }
    }

    fn refused(root: Hash, present: &MapProof, absent: &MapProof) -> Vec<Refused> {
        let longer = MapProof { siblings: [&present.siblings[..], &[root]].concat(), ..present.clone() };
        let shorter = MapProof { siblings: present.siblings[1..].to_vec(), ..present.clone() };
        let own_leaf = MapProof { other: Some(leaf_of(&key(7), &value(7, 1))), ..present.clone() };
        let deep = MapProof { siblings: vec![root; 257], ..bare_proof(None) };
        [
            ("another value", key(7), Some(value(7, 2)), present.clone()),
            ("a value where none is stored", key(30), Some(Vec::new()), absent.clone()),
            ("absence of a record that is present", key(7), None, present.clone()),
            ("absence, ending at the record's own leaf", key(7), None, own_leaf.clone()),
            ("absence, ending at a leaf that stands elsewhere", key(31), None, own_leaf.clone()),
            ("presence, naming another leaf", key(7), Some(value(7, 1)), own_leaf),
            ("a sibling too many", key(7), Some(value(7, 1)), longer),
            ("a sibling too few", key(7), Some(value(7, 1)), shorter),
            ("more siblings than the tree is deep", key(7), Some(value(7, 1)), deep),
        ]
        .into_iter()
        .map(|(reason, key, value, proof)| {
            verify(root, &key, value.as_deref(), &proof).unwrap_err();
            Refused { reason, proof: written(root, &key, value.as_deref(), &proof) }
        })
        .collect()
    }

    fn written(root: Hash, key: &[u8], value: Option<&[u8]>, proof: &MapProof) -> Proof {
        Proof {
            root: text(root),
            key: hex::encode(key),
            value: value.map(hex::encode),
            other_key_hash: proof.other.map(|leaf| text(leaf.key_hash)),
            other_value_hash: proof.other.map(|leaf| text(leaf.value_hash)),
            siblings: texts(&proof.siblings),
        }
    }
}
