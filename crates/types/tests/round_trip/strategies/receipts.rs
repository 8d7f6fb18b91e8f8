//! Receipt files.

use bulla_crypto::Hash;
use bulla_types::*;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::blocks::{certificates, headers, validator_sets};
use super::genesis::geneses;
use super::state::{record_keys, record_proofs};
use super::values::{hashes, numbers};

fn bundles() -> impl Strategy<Value = TrustBundle> {
    let transition = (headers(), certificates(), validator_sets());
    let records = vec(record_proofs(), 0..4);
    (geneses(), vec(transition, 0..3), headers(), certificates(), records).prop_map(
        |(genesis, mut transitions, state_header, state_certificate, mut records)| {
            transitions.sort_by_key(|(header, ..)| header.height);
            transitions.dedup_by_key(|(header, ..)| header.height);
            records.sort_by_key(|record| record.key.encode());
            records.dedup_by_key(|record| record.key);
            let transitions = transitions.into_iter().map(|(header, certificate, next_validators)| {
                ValidatorTransition { header, certificate, next_validators }
            });
            let transitions = transitions.collect();
            TrustBundle { genesis, transitions, state_header, state_certificate, records }
        },
    )
}

fn receipts(bundle_digest: Hash) -> impl Strategy<Value = Receipt> {
    let later = btree_set(numbers(), 0..3);
    let attestation = (select(AttestationKind::ALL), vec(any::<u8>(), 1..50));
    let path = || vec(hashes(), 0..6);
    (
        vec(any::<u8>(), 1..200),
        any::<u64>(),
        path(),
        headers(),
        certificates(),
        later,
        path(),
        vec(attestation, 0..3),
    )
        .prop_map(
            move |(entry, index, inclusion_path, header, certificate, sizes, later_path, attestations)| {
                let later = |log_size| LaterInclusion { log_size, inclusion_path: later_path.clone() };
                let attestation = |(kind, value): (_, Vec<u8>)| Attestation { kind, value: value.into() };
                Receipt {
                    entry: entry.into(),
                    index,
                    inclusion_path,
                    header,
                    certificate,
                    bundle_digest,
                    later_inclusions: sizes.into_iter().map(later).collect::<Vec<_>>(),
                    attestations: attestations.into_iter().map(attestation).collect(),
                }
            },
        )
}

pub(crate) fn receipt_files() -> impl Strategy<Value = ReceiptFile> {
    bundles().prop_flat_map(|bundle| {
        vec(receipts(bundle.digest()), 1..3)
            .prop_map(move |receipts| ReceiptFile::new(receipts, vec![bundle.clone()]).unwrap())
    })
}

pub(crate) fn status_proofs() -> impl Strategy<Value = StatusProofFile> {
    let values = vec(vec(any::<u8>(), 1..60), 2..6);
    (bundles(), record_keys(), values, vec(hashes(), 0..4)).prop_map(|(bundle, record, values, siblings)| {
        let steps = u32::try_from(values.len() - 1).unwrap();
        let prove = |(key, value): (StateKey, Vec<u8>)| {
            let proof = MapProof { other: None, siblings: siblings.clone() };
            RecordProof { key, value: Some(value.into()), proof }
        };
        let records = record.keys_with_steps(steps).zip(values).map(prove).collect();
        StatusProofFile::new(record, TrustBundle { records, ..bundle }).unwrap()
    })
}
