//! The whole of the verification of a receipt file.

use std::collections::BTreeMap;

use bulla_crypto::Hash;
use bulla_types::{Genesis, LedgerId, ReasonCode, Receipt, ReceiptFile};
use bytes::Bytes;

use crate::bundle::ProvedBundle;
use crate::chronicle::Chronicle;
use crate::later::KnownRoots;
use crate::receipt::{self, Grounds};
use crate::refused::Within;
use crate::report::{AnchorReport, LedgerReport, ReceiptReport};
use crate::{Anchor, OpeningsFile, Original, Refused, Report, TrustedCheckpoint, openings, originals};

/// Verifies a receipt file against an anchor, and originals against the deposits in it.
///
/// `file` comes from anywhere; more than [`RECEIPT_FILE_BYTES_MAX`] bytes are refused. No byte of a file can
/// be changed unnoticed but in attestations and in later inclusions whose root is unknown, which the report
/// names as not examined.
///
/// # Errors
/// The first thing that does not hold. Nothing of the file is to be believed then.
///
/// [`RECEIPT_FILE_BYTES_MAX`]: bulla_types::limits::RECEIPT_FILE_BYTES_MAX
pub fn verify(file: &[u8], anchor: &Anchor, originals: &[Original]) -> Result<Report, Refused> {
    verify_opened(file, anchor, originals, &[])
}

/// As [`verify`], and what openings that their owner kept say of the entries in it: each opens a commitment that
/// stands in one of them.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify_opened(
    file: &[u8],
    anchor: &Anchor,
    originals: &[Original],
    openings: &[OpeningsFile],
) -> Result<Report, Refused> {
    anchor.check()?;
    let file =
        ReceiptFile::decode(&Bytes::copy_from_slice(file)).map_err(|error| Refused::malformed("", &error))?;
    let genesis = genesis_of(&file, anchor.ledger_id())?;
    let receipts = examine(&file, genesis, anchor)?;
    Ok(Report {
        ledger: LedgerReport::new(genesis),
        anchor: AnchorReport::new(anchor, genesis),
        originals: originals::compare(originals, &receipts)?,
        openings: openings::open(openings, file.receipts())?,
        receipts,
    })
}

/// The genesis with this digest: every bundle must hold it.
fn genesis_of(file: &ReceiptFile, ledger_id: LedgerId) -> Result<&Genesis, Refused> {
    for (index, bundle) in file.bundles().iter().enumerate() {
        let found = bundle.genesis.ledger_id();
        if found != ledger_id {
            let detail = format!("has the digest {found}, the anchor is of ledger {ledger_id}");
            return Err(Refused::new(ReasonCode::AnchorMismatch, "genesis", detail))
                .within_item("bundles", index);
        }
    }
    // A file has a receipt, and each receipt names a bundle.
    let bundle = file.bundles().first().ok_or_else(|| bundle_missing(&file.receipts()[0]));
    bundle.map(|bundle| &bundle.genesis).within_item("receipts", 0)
}

/// Everything from the genesis on; with a checkpoint, every entry also by inclusion in it.
fn examine(file: &ReceiptFile, genesis: &Genesis, anchor: &Anchor) -> Result<Vec<ReceiptReport>, Refused> {
    let mut chronicle = Chronicle::new(genesis);
    let mut bundles: BTreeMap<Hash, ProvedBundle> = BTreeMap::new();
    for (index, bundle) in file.bundles().iter().enumerate() {
        let proved = ProvedBundle::new(bundle, &mut chronicle).within_item("bundles", index)?;
        bundles.insert(bundle.digest(), proved);
    }
    // All headers first: they must agree, and each may tell something of the others.
    let mut headers = Vec::new();
    for (index, receipt) in file.receipts().iter().enumerate() {
        let header = bundles
            .get_mut(&receipt.bundle_digest)
            .ok_or_else(|| bundle_missing(receipt))
            .and_then(|bundle| bundle.certify(receipt))
            .within_item("receipts", index)?;
        chronicle.add(header.clone()).within_item("receipts", index)?;
        headers.push(header);
    }
    let known = known_roots(&chronicle, anchor.checkpoint())?;
    let grounds = Grounds { anchor, genesis, chronicle: &chronicle, known: &known };
    let items = file.receipts().iter().zip(&headers).enumerate();
    items
        .map(|(index, (receipt, header))| {
            let bundle = bundles.get(&receipt.bundle_digest).ok_or_else(|| bundle_missing(receipt))?;
            receipt::examine(receipt, header, bundle, grounds).within_item("receipts", index)
        })
        .collect()
}

/// The roots that certified headers state, and that of the checkpoint, which they must not contradict.
fn known_roots(chronicle: &Chronicle, checkpoint: Option<&TrustedCheckpoint>) -> Result<KnownRoots, Refused> {
    let mut known: KnownRoots = chronicle.log_roots().collect();
    if let Some(head) = checkpoint.map(TrustedCheckpoint::head)
        && let Some(certified) = known.insert(head.size, head.root)
        && certified != head.root
    {
        let detail =
            format!("at size {} its root is {}, a certified header has {certified}", head.size, head.root);
        return Err(Refused::new(ReasonCode::AnchorMismatch, "anchor", detail));
    }
    Ok(known)
}

fn bundle_missing(receipt: &Receipt) -> Refused {
    let detail = format!("the file has no bundle with the digest {}", receipt.bundle_digest);
    Refused::new(ReasonCode::BundleMissing, "bundle_digest", detail)
}
