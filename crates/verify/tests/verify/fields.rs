//! Each field of a receipt, altered alone, is refused with the reason that names it. Where a digest covers
//! the field, the digest is put right again, as a forger would.

use bulla_crypto::{Hash, sha256};
use bulla_fixtures::{GENESIS_MS, Ledger, SERVICE, certificate, key, validator_keys, validator_set};
use bulla_types::{
    Address, BlockHash, BlockTime, Canonical, CommitCertificate, Entry, Header, Height, LedgerClass,
    LedgerId, ReasonCode, Receipt, ReceiptFile, TrustBundle,
};
use bulla_verify::{Anchor, Refused, verify};
use bytes::Bytes;

use crate::anchor;

type Forgery = fn(&mut Receipt, &mut TrustBundle);

/// One receipt (the entry of index 2, in block 2) with its bundle, after a change of validators.
fn ledger() -> Ledger {
    let mut ledger = Ledger::with_deposits();
    ledger.change_validators(&[
        ("member 1 consensus", 2),
        ("member 2 consensus", 3),
        ("member 8 consensus", 1),
    ]);
    ledger.block(vec![]);
    ledger
}

fn forged(ledger: &Ledger, forge: Forgery) -> Refused {
    let (mut receipts, mut bundle) = ledger.receipts(&[2], ledger.height());
    let mut receipt = receipts.remove(0);
    forge(&mut receipt, &mut bundle);
    if receipt.bundle_digest != wrong() {
        receipt.bundle_digest = bundle.digest();
    }
    let bundles = if receipt.bundle_digest == wrong() { vec![] } else { vec![bundle] };
    let file = ReceiptFile::new(vec![receipt], bundles).unwrap().encode();
    verify(&file, &anchor(ledger), &[]).expect_err("a forged receipt")
}

fn wrong() -> Hash {
    Hash::from_bytes([0xee; 32])
}

fn replaced(bytes: &Bytes, from: &[u8], to: &[u8]) -> Bytes {
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat().into()
}

#[test]
fn every_forged_field_is_refused_with_its_reason() {
    use ReasonCode as R;
    let cases: &[(&str, Forgery, R, &str)] = &[
        // The receipt's own fields.
        ("index within the block", |r, _| r.index = 1, R::InclusionInvalid, "receipts[0].inclusion_path"),
        ("index outside the block", |r, _| r.index = 3, R::LeafMismatch, "receipts[0].index"),
        ("path", |r, _| r.inclusion_path[0] = wrong(), R::InclusionInvalid, "receipts[0].inclusion_path"),
        (
            "path too short",
            |r, _| _ = r.inclusion_path.pop(),
            R::InclusionInvalid,
            "receipts[0].inclusion_path",
        ),
        (
            "path too long",
            |r, _| r.inclusion_path.push(wrong()),
            R::InclusionInvalid,
            "receipts[0].inclusion_path",
        ),
        ("bundle digest", |r, _| r.bundle_digest = wrong(), R::BundleMissing, "receipts[0].bundle_digest"),
        // The entry.
        (
            "a digest in the entry",
            |r, _| {
                let digest = sha256(&["合同，第二页".as_bytes()]);
                r.entry = replaced(&r.entry, digest.as_bytes(), wrong().as_bytes());
            },
            R::InclusionInvalid,
            "receipts[0].inclusion_path",
        ),
        (
            "the entry's time",
            |r, _| {
                let mut entry = Entry::decode(r.entry.clone()).unwrap();
                entry.time = BlockTime(entry.time.0 - 1);
                r.entry = entry.encode().into();
            },
            R::LeafMismatch,
            "receipts[0].entry.time_ms",
        ),
        (
            "the entry's height",
            |r, _| {
                let mut entry = Entry::decode(r.entry.clone()).unwrap();
                entry.height = Height(3);
                r.entry = entry.encode().into();
            },
            R::LeafMismatch,
            "receipts[0].entry.height",
        ),
        (
            "the ledger that the transaction names",
            |r, _| {
                r.entry = replaced(&r.entry, r.header.ledger_id.as_bytes(), wrong().as_bytes());
            },
            R::WrongLedger,
            "receipts[0].entry.transaction.body.ledger_id",
        ),
        (
            "an entry that is none",
            |r, _| r.entry = Bytes::from_static(b"\x08\x01"),
            R::Malformed,
            "receipts[0].entry.content",
        ),
        // The header: its hash is what the certificate signs.
        (
            "ledger",
            |r, _| r.header.ledger_id = LedgerId(wrong()),
            R::AnchorMismatch,
            "receipts[0].header.ledger_id",
        ),
        (
            "height",
            |r, _| r.header.height = Height(3),
            R::CertificateMismatch,
            "receipts[0].certificate.height",
        ),
        (
            "protocol",
            |r, _| r.header.protocol_version = 2,
            R::ProtocolVersionUnknown,
            "receipts[0].header.protocol_version",
        ),
        ("time", |r, _| r.header.time = BlockTime(1), R::CertificateMismatch, BLOCK),
        ("builder", |r, _| r.header.builder = Address(wrong()), R::CertificateMismatch, BLOCK),
        ("parent", |r, _| r.header.parent = BlockHash(wrong()), R::CertificateMismatch, BLOCK),
        (
            "parent certificate",
            |r, _| r.header.parent_certificate = Some(wrong()),
            R::CertificateMismatch,
            BLOCK,
        ),
        ("size before", |r, _| r.header.log_size_before = 2, R::CertificateMismatch, BLOCK),
        ("size after", |r, _| r.header.log_size_after = 4, R::CertificateMismatch, BLOCK),
        ("log root", |r, _| r.header.log_root = wrong(), R::CertificateMismatch, BLOCK),
        ("second log root", |r, _| r.header.second_log_root = None, R::CertificateMismatch, BLOCK),
        ("state root", |r, _| r.header.state_root = wrong(), R::CertificateMismatch, BLOCK),
        ("validators", |r, _| r.header.validators_hash = wrong(), R::CertificateMismatch, BLOCK),
        ("next validators", |r, _| r.header.next_validators_hash = wrong(), R::CertificateMismatch, BLOCK),
        ("parameters", |r, _| r.header.parameters_hash = wrong(), R::CertificateMismatch, BLOCK),
        // The certificate.
        (
            "certificate height",
            |r, _| r.certificate.height = Height(3),
            R::CertificateMismatch,
            "receipts[0].certificate.height",
        ),
        (
            "certified block",
            |r, _| r.certificate.block_hash = BlockHash(wrong()),
            R::CertificateMismatch,
            BLOCK,
        ),
        ("round", |r, _| r.certificate.round = 1, R::CertificateSignatureInvalid, VOTES),
        (
            "a signature",
            |r, _| r.certificate.signatures[1].1.0[9] ^= 1,
            R::CertificateSignatureInvalid,
            VOTES,
        ),
        ("too few signatures", |r, _| _ = r.certificate.signatures.pop(), R::CertificateNoQuorum, VOTES),
        // The bundle.
        (
            "another genesis",
            |_, b| b.genesis = Ledger::found_as("另一账本", LedgerClass::Test).genesis,
            R::AnchorMismatch,
            "bundles[0].genesis",
        ),
        (
            "records left out",
            |_, b| b.records.clear(),
            R::RecordMissing,
            "receipts[0].entry.transaction.body.signers[0].records",
        ),
        (
            "a record's value",
            |_, b| b.records[0].value = Some(Bytes::from_static(b"\x08\x01")),
            R::StateProofInvalid,
            "bundles[0].records[0].proof",
        ),
        (
            "a record said to be absent",
            |_, b| b.records[0].value = None,
            R::StateProofInvalid,
            "bundles[0].records[0].proof",
        ),
        (
            "a proof",
            |_, b| b.records[0].proof.siblings[0] = wrong(),
            R::StateProofInvalid,
            "bundles[0].records[0].proof",
        ),
        (
            "a proof cut short",
            |_, b| _ = b.records[1].proof.siblings.pop(),
            R::StateProofInvalid,
            "bundles[0].records[1].proof",
        ),
        ("state root", |_, b| b.state_header.state_root = wrong(), R::CertificateMismatch, STATE_BLOCK),
        (
            "state height",
            |_, b| b.state_header.height = Height(7),
            R::CertificateMismatch,
            "bundles[0].state_certificate.height",
        ),
        (
            "state ledger",
            |_, b| b.state_header.ledger_id = LedgerId(wrong()),
            R::AnchorMismatch,
            "bundles[0].state_header.ledger_id",
        ),
        (
            "state certificate",
            |_, b| b.state_certificate.round = 1,
            R::CertificateSignatureInvalid,
            "bundles[0].state_certificate.signatures",
        ),
        (
            "history left out",
            |_, b| b.transitions.clear(),
            R::ValidatorsMismatch,
            "bundles[0].state_header.validators_hash",
        ),
        (
            "history certificate",
            |_, b| b.transitions[0].certificate.round = 1,
            R::CertificateSignatureInvalid,
            "bundles[0].transitions[0].certificate.signatures",
        ),
        (
            "history header",
            |_, b| b.transitions[0].header.time = BlockTime(1),
            R::CertificateMismatch,
            "bundles[0].transitions[0].certificate.block_hash",
        ),
        (
            "next validators",
            |_, b| b.transitions[0].next_validators = validator_set(&[("member 9 consensus", 1)]),
            R::ValidatorsMismatch,
            "bundles[0].transitions[0].next_validators",
        ),
    ];
    let ledger = ledger();
    for (what, forge, reason, place) in cases {
        let refused = forged(&ledger, *forge);
        assert_eq!((refused.reason, refused.place.as_str()), (*reason, *place), "{what}: {refused}");
    }
}

const BLOCK: &str = "receipts[0].certificate.block_hash";
const VOTES: &str = "receipts[0].certificate.signatures";
const STATE_BLOCK: &str = "bundles[0].state_certificate.block_hash";

#[test]
fn certificates_have_one_form() {
    let ledger = Ledger::with_deposits();
    let full = certificate(ledger.header(2), &validator_keys(&ledger.validators));
    let refused = |forged| {
        let (mut receipts, bundle) = ledger.receipts(&[2], 4);
        receipts[0].certificate = forged;
        let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
        verify(&file, &anchor(&ledger), &[]).unwrap_err().reason
    };
    assert_eq!(refused(full.clone()), ReasonCode::CertificateSuperfluousSignature);
    let mut out_of_order = full.minimised(&ledger.validators);
    out_of_order.signatures.swap(0, 1);
    assert!(CommitCertificate::decode(&out_of_order.encode()).is_err());
    assert_eq!(refused(out_of_order), ReasonCode::Malformed);
    let mut twice = full.minimised(&ledger.validators);
    twice.signatures[1] = twice.signatures[0];
    assert_eq!(refused(twice), ReasonCode::Malformed);
    let mut stranger = full.minimised(&ledger.validators);
    stranger.signatures[2] = certificate(ledger.header(2), &[key("member 9 consensus")]).signatures[0];
    stranger.signatures.sort_by_key(|(address, _)| *address);
    assert_eq!(refused(stranger), ReasonCode::CertificateUnknownValidator);
}

#[test]
fn a_bundle_older_than_the_receipt_is_refused() {
    let mut ledger = Ledger::with_deposits();
    let late = ledger.deposit(b"late", &[(SERVICE, "member 5 operate")]);
    ledger.block(vec![late]);
    let (mut receipts, _) = ledger.receipts(&[4], ledger.height());
    let (_, older) = ledger.receipts(&[4], 4);
    receipts[0].bundle_digest = older.digest();
    let file = ReceiptFile::new(receipts, vec![older]).unwrap().encode();
    let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::BundleMismatch);
    assert_eq!(refused.place, "receipts[0].bundle_digest");
}

#[test]
fn a_receipt_of_another_ledger_is_refused() {
    let ledger = Ledger::with_deposits();
    let other = Ledger::found_as("另一账本", LedgerClass::Test);
    let refused = verify(&ledger.file(&[2]).encode(), &anchor(&other), &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::AnchorMismatch);
    let mixed = {
        let (mut receipts, bundle) = ledger.receipts(&[2], 4);
        receipts.extend(other.receipts(&[0], 1).0);
        ReceiptFile::new(receipts, vec![bundle, other.receipts(&[0], 1).1]).unwrap().encode()
    };
    assert_eq!(verify(&mixed, &anchor(&ledger), &[]).unwrap_err().reason, ReasonCode::AnchorMismatch);
    let by_digest = verify(&ledger.file(&[2]).encode(), &Anchor::Ledger(other.id), &[]).unwrap_err();
    assert_eq!(
        (by_digest.reason, by_digest.place.as_str()),
        (ReasonCode::AnchorMismatch, "bundles[0].genesis")
    );
}

#[test]
fn the_genesis_of_one_ledger_does_not_carry_the_headers_of_another() {
    let (ledger, other) = (Ledger::with_deposits(), Ledger::found_as("另一账本", LedgerClass::Test));
    let (mut receipts, mut bundle) = ledger.receipts(&[2], 4);
    bundle.genesis = other.genesis.clone();
    receipts[0].bundle_digest = bundle.digest();
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    for (anchor, place) in
        [(anchor(&ledger), "bundles[0].genesis"), (anchor(&other), "bundles[0].state_header.ledger_id")]
    {
        let refused = verify(&file, &anchor, &[]).unwrap_err();
        assert_eq!((refused.reason, refused.place.as_str()), (ReasonCode::AnchorMismatch, place));
    }
}

#[test]
fn certified_headers_that_contradict_each_other_are_refused() {
    type Edit = fn(&mut Header);
    let keep: Edit = |_| {};
    let later: Edit = |header| header.time = BlockTime(header.time.0 + 1);
    // The receipt's header is that of block 2; the other one stands in the bundle.
    let cases: &[(&str, u64, Edit, Edit)] = &[
        ("height", 2, keep, later),
        ("time_ms", 4, keep, |state| state.time = BlockTime(GENESIS_MS + 2001)),
        ("log_size_before", 4, keep, |state| state.log_size_before = 2),
        ("log_size_before", 3, keep, |state| state.log_size_before = 4),
        ("parent", 3, keep, |state| state.parent = BlockHash(wrong())),
        (
            "validators_hash",
            3,
            |ours| ours.next_validators_hash = wrong(),
            |state| state.parent = BlockHash(wrong()),
        ),
    ];
    let ledger = Ledger::with_deposits();
    for (field, height, edit_ours, edit_state) in cases {
        let (mut receipts, mut bundle) = ledger.receipts(&[2], *height);
        bundle.records.clear();
        edit_ours(&mut receipts[0].header);
        edit_state(&mut bundle.state_header);
        if *field == "validators_hash" {
            bundle.state_header.parent = receipts[0].header.hash();
        }
        receipts[0].certificate = ledger.certify(&receipts[0].header);
        bundle.state_certificate = ledger.certify(&bundle.state_header);
        receipts[0].bundle_digest = bundle.digest();
        let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
        let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
        let place = format!("receipts[0].header.{field}");
        assert_eq!((refused.reason, refused.place), (ReasonCode::HeaderMismatch, place), "{field}");
    }
}

#[test]
fn a_header_from_before_the_genesis_is_refused() {
    let ledger = Ledger::found();
    let (mut receipts, mut bundle) = ledger.receipts(&[0], 1);
    bundle.state_header.time = BlockTime(GENESIS_MS);
    bundle.state_certificate = ledger.certify(&bundle.state_header);
    receipts[0].bundle_digest = bundle.digest();
    let file = ReceiptFile::new(receipts, vec![bundle]).unwrap().encode();
    let refused = verify(&file, &anchor(&ledger), &[]).unwrap_err();
    let expected = (ReasonCode::HeaderMismatch, "bundles[0].state_header.time_ms");
    assert_eq!((refused.reason, refused.place.as_str()), expected);
}
