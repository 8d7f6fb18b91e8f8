//! What a block, a receipt file and their parts must be in themselves.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod samples;

use bulla_types::*;
use bytes::Bytes;
use samples::*;

fn refusal(change: impl FnOnce(&mut Block)) -> String {
    let mut block = block();
    change(&mut block);
    Block::decode(&block.encode().into()).unwrap_err().to_string()
}

#[test]
fn a_block_shares_the_bytes_it_came_in() {
    let bytes = Bytes::from(block().encode());
    let entry = Block::decode(&bytes).unwrap().entries[0].clone();
    assert!(bytes.as_ptr_range().contains(&entry.as_ptr()));
}

#[test]
fn a_block_carries_the_certificate_that_its_header_names() {
    let certificate = "parent_certificate: not the certificate that the header names";
    assert_eq!(refusal(|block| block.parent_certificate = None), certificate);
    let other = certificate_of(&first_header(), &[1, 2, 3]);
    assert_eq!(refusal(|block| block.parent_certificate = Some(other)), certificate);
    let of_another_block = own_certificate();
    let error = refusal(|block| {
        block.header.parent_certificate = Some(of_another_block.hash());
        block.parent_certificate = Some(of_another_block);
    });
    assert_eq!(error, "parent_certificate: not a certificate of the parent");
}

/// A certificate of the block itself, not of its parent.
fn own_certificate() -> CommitCertificate {
    certificate_of(&header(), &[0, 1, 2])
}

#[test]
fn a_block_holds_as_many_entries_as_its_header_counts() {
    let entries = "entries: the header counts another number of entries";
    assert_eq!(refusal(|block| block.entries.clear()), entries);
    assert_eq!(refusal(|block| block.entries.push(Bytes::from_static(b"x"))), entries);
    assert_eq!(refusal(|block| block.entries[0] = Bytes::new()), "entries[0]: missing");
    let too_long = Bytes::from(vec![1; 65_536]);
    assert_eq!(
        refusal(|block| block.entries[0] = too_long),
        "entries[0]: 65536 bytes, at most 65535 are allowed"
    );
}

#[test]
fn openings_of_a_block_point_at_its_entries() {
    let openings = deposit_openings;
    assert!(
        refusal(|block| block.openings[0].0 = 1).starts_with("openings: openings of an entry that is not")
    );
    assert!(
        refusal(|block| block.openings.push((0, openings())))
            .starts_with("openings: items are not in rising")
    );
    assert_eq!(refusal(|block| block.openings[0].1.clear()), "openings[0].openings: missing");
    assert!(
        refusal(|block| block.openings[0].1.reverse()).starts_with("openings[0].openings: items are not")
    );
}

#[test]
fn a_header_does_not_contradict_itself() {
    let refusal = |header: Header| Header::decode(&header.encode()).unwrap_err().path().to_owned();
    assert_eq!(refusal(Header { height: Height(0), ..header() }), "height");
    assert_eq!(refusal(Header { protocol_version: 0, ..header() }), "protocol_version");
    assert_eq!(refusal(Header { time: BlockTime(0), ..header() }), "time_ms");
    assert_eq!(refusal(Header { parent_certificate: None, ..header() }), "parent_certificate");
    assert_eq!(refusal(Header { log_size_before: 3, ..header() }), "log_size_after");
    assert_eq!(refusal(Header { log_size_before: 0, ..header() }), "log_size_before");
    assert_eq!(refusal(Header { parent: header().hash(), ..first_header() }), "parent");
    assert_eq!(refusal(Header { log_size_after: 0, ..first_header() }), "log_size_after");
    assert_eq!(refusal(Header { parent_certificate: Some(hash(1)), ..first_header() }), "parent_certificate");
}

#[test]
fn an_unknown_header_version_or_suite_is_named() {
    let mut bytes = header().encode();
    bytes[1] = 2;
    assert_eq!(Header::decode(&bytes).unwrap_err().reason(), ReasonCode::UnknownVersion);
    let mut bytes = header().encode();
    bytes[3] = 2;
    assert_eq!(Header::decode(&bytes).unwrap_err().reason(), ReasonCode::UnknownAlgorithm);
}

#[test]
fn the_digest_of_a_receipt_leaves_out_what_was_added_later() {
    let bare = Receipt { later_inclusions: vec![], attestations: vec![], ..receipt() };
    assert_eq!(bare.digest(), receipt().digest());
    assert_ne!(Receipt { index: 2, ..receipt() }.digest(), receipt().digest());
}

#[test]
fn a_receipt_file_carries_each_bundle_once_and_only_those_named() {
    let error = |receipts, bundles| ReceiptFile::new(receipts, bundles).unwrap_err().to_string();
    assert_eq!(error(vec![], vec![]), "receipts: missing");
    assert_eq!(error(vec![receipt()], vec![bundle(), bundle()]), "bundles: items are not in rising order");
    let other = Receipt { bundle_digest: hash(1), ..receipt() };
    assert_eq!(
        error(vec![other.clone()], vec![bundle()]),
        "bundles[0]: must be absent: no receipt names this bundle"
    );
    assert!(ReceiptFile::new(vec![other], vec![]).is_ok());
}

#[test]
fn a_file_that_claims_many_items_is_refused_before_memory_is_set_aside() {
    let claim = [0x12, 0x00].repeat(limits::RECEIPTS_MAX + 1);
    let error = ReceiptFile::decode(&claim.into()).unwrap_err();
    assert_eq!(error.reason(), ReasonCode::TooLarge);
    let paths = [0x22, 0x00].repeat(30);
    let mut file = vec![0x12, u8::try_from(paths.len()).unwrap()];
    file.extend(paths);
    let error = ReceiptFile::decode(&file.into()).unwrap_err();
    assert_eq!(error.to_string(), "receipts[0].inclusion_path[0]: expected 32 bytes, found 0");
}

#[test]
fn a_state_key_has_one_length_for_each_kind() {
    for key in [StateKey::Parameters, StateKey::Member(MemberNumber(1)), StateKey::Key(KeyId(hash(1)))] {
        let bytes = key.encode();
        assert!(StateKey::decode(&bytes[..bytes.len() - 1]).is_err());
        assert!(StateKey::decode(&[&bytes[..], &[0]].concat()).is_err());
    }
    assert!(StateKey::decode(&[9]).is_err());
    assert!(StateKey::decode(&[4, 12]).is_err());
    assert!(StateKey::decode(&[0x1e]).is_err());
    assert!(StateKey::decode(&[2, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
}
