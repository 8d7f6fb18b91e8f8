//! The history rule (docs/formats/state-map.md): one proof against any later root shows what was in force at any past
//! index of the log, and that no change lies between.
#![allow(clippy::unwrap_used)]

mod common;

use bulla_crypto::Hash;
use bulla_merkle::state::{StateProofError, prove, verify};
use bulla_types::MapProof;
use common::{Changes, Nodes};

/// The key of a member's record, 0x02 ‖ number.
const MEMBER: &[u8] = b"\x02\0\0\0\0\0\0\0\x07";

/// 0x06 ‖ seq ‖ the key of the record.
fn status_key(seq: u32) -> Vec<u8> {
    [&[0x06][..], &seq.to_be_bytes(), MEMBER].concat()
}

/// Head of a record: here nothing but how many statuses it has had.
fn head(count: u32) -> Vec<u8> {
    count.to_be_bytes().to_vec()
}

/// A status: here the log index that brought it, and its name.
fn status(log_index: u64, name: &str) -> Vec<u8> {
    [&log_index.to_be_bytes()[..], name.as_bytes()].concat()
}

/// What a dossier carries.
struct StatusProof {
    head: (u32, MapProof),
    status: (u32, Vec<u8>, MapProof),
    next: Option<(Vec<u8>, MapProof)>,
}

/// What a court does with it: the name of the status in force for an entry at `log_index`, or why there is none.
fn status_at(root: Hash, log_index: u64, proof: &StatusProof) -> Result<String, String> {
    let refused = |error: StateProofError| error.to_string();
    let index_of = |status: &[u8]| u64::from_be_bytes(status[..8].try_into().unwrap());
    let (count, head_proof) = &proof.head;
    verify(root, MEMBER, Some(&head(*count)), head_proof).map_err(refused)?;
    let (seq, found, found_proof) = &proof.status;
    verify(root, &status_key(*seq), Some(found), found_proof).map_err(refused)?;
    // The first status of a genesis record has index 0 and is in force for the first entry too.
    if index_of(found) >= log_index && index_of(found) != 0 {
        return Err("the status came later".into());
    }
    match &proof.next {
        Some((next, next_proof)) => {
            verify(root, &status_key(seq + 1), Some(next), next_proof).map_err(refused)?;
            if index_of(next) < log_index {
                return Err("a later status was already in force".into());
            }
        }
        None if seq + 1 < *count => return Err("the status that followed is not shown".into()),
        None => {}
    }
    Ok(String::from_utf8(found[8..].to_vec()).unwrap())
}

/// A member of the genesis who is suspended by entry 40 and back by entry 90; other records come and go.
fn ledger() -> (Nodes, Hash, [Vec<u8>; 3]) {
    let statuses = [status(0, "active"), status(40, "suspended"), status(90, "active again")];
    let mut nodes = Nodes::default();
    let mut root = Hash([0; 32]);
    for (version, status) in (0..).zip(&statuses) {
        let mut changes: Changes =
            [(MEMBER.to_vec(), Some(head(version + 1))), (status_key(version), Some(status.clone()))].into();
        changes.extend((0..50_u8).map(|other| (vec![9, other], Some(vec![other; 3]))));
        root = nodes.update(version.into(), &changes);
    }
    (nodes, root, statuses)
}

fn proof(nodes: &Nodes, statuses: &[Vec<u8>], seq: u32) -> StatusProof {
    let prove = |key: &[u8]| prove(nodes, 2, key).unwrap();
    let status = |seq: u32| statuses[usize::try_from(seq).unwrap()].clone();
    StatusProof {
        head: (3, prove(MEMBER)),
        status: (seq, status(seq), prove(&status_key(seq))),
        next: (seq < 2).then(|| (status(seq + 1), prove(&status_key(seq + 1)))),
    }
}

#[test]
fn the_status_at_any_past_index_follows_from_the_newest_root() {
    let (nodes, root, statuses) = ledger();
    for (log_index, seq, name) in [
        (0, 0, "active"),
        (40, 0, "active"),
        (41, 1, "suspended"),
        (90, 1, "suspended"),
        (91, 2, "active again"),
        (1_000_000, 2, "active again"),
    ] {
        assert_eq!(status_at(root, log_index, &proof(&nodes, &statuses, seq)).unwrap(), name);
    }
}

#[test]
fn an_earlier_or_later_status_is_refused() {
    let (nodes, root, statuses) = ledger();
    let earlier = status_at(root, 50, &proof(&nodes, &statuses, 0));
    assert_eq!(earlier.unwrap_err(), "a later status was already in force");
    let later = status_at(root, 50, &proof(&nodes, &statuses, 2));
    assert_eq!(later.unwrap_err(), "the status came later");
}

#[test]
fn the_status_that_followed_cannot_be_withheld() {
    let (nodes, root, statuses) = ledger();
    let mut withheld = proof(&nodes, &statuses, 1);
    withheld.next = None;
    assert_eq!(status_at(root, 100, &withheld).unwrap_err(), "the status that followed is not shown");
    // Nor can the head be made to say that nothing followed.
    withheld.head.0 = 2;
    assert!(status_at(root, 100, &withheld).unwrap_err().starts_with("the proof leads to root"));
}

#[test]
fn that_nothing_followed_can_be_shown_by_absence_too() {
    let (nodes, root, _) = ledger();
    verify(root, &status_key(3), None, &prove(&nodes, 2, &status_key(3)).unwrap()).unwrap();
}
