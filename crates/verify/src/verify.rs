//! The whole of the verification of a receipt file.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_crypto::Hash;
use bulla_types::{
    BlockHash, Content as Recorded, Entry, Genesis, LedgerClass, ReasonCode, Receipt, ReceiptFile, SystemEvent,
    TrustBundle,
};
use bytes::Bytes;

use crate::bundle::ProvedBundle;
use crate::certified::{check_ledger, check_names};
use crate::chronicle::Chronicle;
use crate::later::{KnownRoots, anchored, later_inclusions};
use crate::record::Records;
use crate::refused::Within;
use crate::report::{
    AnchorReport, Anchored, AsOf, AttestationReport, Claim, Claims, Class, Content, EquivocationReport,
    LaterReport, LedgerReport, ReceiptReport, TimeReport, TransactionReport, VotesReport,
};
use crate::signers::{Known, SignedIn, signers};
use crate::{Anchor, CertifiedHeader, Original, Refused, Report, entry, originals};

/// Verifies a receipt file against an anchor, and originals against the deposits in it.
///
/// `file` comes from anywhere: at most [`RECEIPT_FILE_BYTES_MAX`] bytes are read, whatever they are. With a
/// genesis as anchor, no byte of a receipt can be changed unnoticed but in its attestations and in later
/// inclusions whose root is unknown, which the report names as not examined. With a checkpoint alone, header,
/// certificate and bundle are not examined either, and nothing is reported from them.
///
/// # Errors
/// The first thing that does not hold. Nothing of the file is to be believed then.
///
/// [`RECEIPT_FILE_BYTES_MAX`]: bulla_types::limits::RECEIPT_FILE_BYTES_MAX
pub fn verify(file: &[u8], anchor: &Anchor, originals: &[Original]) -> Result<Report, Refused> {
    anchor.check()?;
    let file = read(file)?;
    let receipts = match anchor.genesis() {
        Some(genesis) => by_certificates(&file, anchor, genesis)?,
        None => by_checkpoint(&file, anchor)?,
    };
    Ok(Report {
        ledger: ledger_report(anchor),
        anchor: anchor_report(anchor),
        originals: originals::compare(originals, &receipts)?,
        receipts,
    })
}
