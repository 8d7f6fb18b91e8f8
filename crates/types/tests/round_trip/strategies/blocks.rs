//! Blocks and who decides them.

use std::collections::BTreeSet;

use bulla_types::*;
use bytes::Bytes;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::transactions::openings;
use super::values::{hashes, nonzero_hashes, numbers, signatures, times};
use crate::samples::public;

pub(crate) fn headers() -> impl Strategy<Value = Header> {
    let sizes = (1..=u64::MAX / 2, 0..=u64::MAX / 2);
    let optional = (nonzero_hashes(), proptest::option::of(nonzero_hashes()));
    (1..=u32::MAX, prop_oneof![Just(1), numbers()], times(), sizes, optional, vec(hashes(), 9)).prop_map(
        |(protocol_version, height, time, (before, added), (certificate, second_log_root), h)| {
            let first = height == 1;
            let before = if first { 0 } else { before };
            Header {
                protocol_version,
                ledger_id: LedgerId(h[0]),
                height: Height(height),
                time,
                builder: Address(h[1]),
                parent: BlockHash(if first { h[0] } else { h[2] }),
                parent_certificate: (!first).then_some(certificate),
                log_size_before: before,
                log_size_after: (before + added).max(1),
                log_root: h[3],
                second_log_root,
                state_root: h[4],
                validators_hash: h[5],
                next_validators_hash: h[6],
                parameters_hash: h[7],
            }
        },
    )
}

pub(crate) fn certificates() -> impl Strategy<Value = CommitCertificate> {
    let signatures = proptest::collection::btree_map(hashes(), signatures(), 1..6);
    (numbers(), any::<u32>(), hashes(), signatures).prop_map(|(height, round, block_hash, signatures)| {
        CommitCertificate {
            height: Height(height),
            round,
            block_hash: BlockHash(block_hash),
            signatures: signatures.into_iter().map(|(address, found)| (Address(address), found)).collect(),
        }
    })
}

/// One to five validators of any power.
pub(crate) fn validator_sets() -> impl Strategy<Value = ValidatorSet> {
    vec(1_u64..1 << 57, 1..=5).prop_map(|powers| {
        let validators = (200_u8..).zip(powers);
        let validator = |(seed, power)| Validator::new(public(seed), power).unwrap();
        ValidatorSet::new(validators.map(validator).collect()).unwrap()
    })
}

/// A block around any entries: the header is made to fit them.
pub(crate) fn blocks() -> impl Strategy<Value = Block> {
    let opened = |count: usize| btree_set(0..u32::try_from(count).unwrap(), 0..=count);
    let parts = (headers(), certificates(), vec(vec(any::<u8>(), 1..100), 1..4));
    parts.prop_flat_map(move |(header, certificate, entries)| {
        (Just((header, certificate)), opened(entries.len()), Just(entries), openings(0)).prop_map(
            |((header, certificate), positions, entries, opening)| {
                block_of(header, certificate, entries, positions, &opening)
            },
        )
    })
}

fn block_of(
    mut header: Header,
    mut certificate: CommitCertificate,
    entries: Vec<Vec<u8>>,
    positions: BTreeSet<u32>,
    opening: &Opening,
) -> Block {
    header.log_size_after = header.log_size_before + entries.len() as u64;
    certificate.block_hash = header.parent;
    certificate.height = Height((header.height.0 - 1).max(1));
    header.parent_certificate = header.parent_certificate.map(|_| certificate.hash());
    Block {
        parent_certificate: header.parent_certificate.map(|_| certificate),
        header,
        entries: entries.into_iter().map(Bytes::from).collect(),
        openings: positions.into_iter().map(|position| (position, vec![opening.clone()])).collect(),
    }
}
