//! The same entry in larger trees of the log: what renews a receipt.

use std::collections::BTreeMap;

use bulla_crypto::Hash;
use bulla_merkle::log::{self, LogProofError, Sha256Log, TreeHead};
use bulla_types::{LaterInclusion, ReasonCode, Receipt};

use crate::entry::leaf_hash;
use crate::refused::Within;
use crate::report::LaterReport;
use crate::{Refused, TrustedCheckpoint};

/// Roots of the log that the verifier has reason to believe, by size.
pub(crate) type KnownRoots = BTreeMap<u64, Hash>;

/// Checks that the checkpoint's log holds the entry: the receipt must prove it for exactly this size.
pub(crate) fn anchored(receipt: &Receipt, checkpoint: &TrustedCheckpoint) -> Result<(), Refused> {
    let head = checkpoint.head();
    if head.size <= receipt.index {
        let detail = format!("has {} entries, the receipt is for index {}", head.size, receipt.index);
        return Err(Refused::new(ReasonCode::AnchorTooOld, "index", detail));
    }
    let path = if receipt.header.log_size_after == head.size {
        &receipt.inclusion_path
    } else {
        let found = receipt.later_inclusions.iter().find(|later| later.log_size == head.size);
        &found.ok_or_else(|| missing(receipt, head.size))?.inclusion_path
    };
    log::verify_inclusion::<Sha256Log>(head, receipt.index, leaf_hash(&receipt.entry), path).map_err(
        |error| {
            let detail = format!("the entry is not in the log of the checkpoint: {error}");
            Refused::new(ReasonCode::AnchorMismatch, "later_inclusions", detail)
        },
    )
}

fn missing(receipt: &Receipt, size: u64) -> Refused {
    let early = size < receipt.header.log_size_after;
    let reason = if early { ReasonCode::AnchorTooOld } else { ReasonCode::AnchorMismatch };
    let detail =
        format!("there is no inclusion path to the checkpoint's log size {size}; fetch the receipt with it");
    Refused::new(reason, "later_inclusions", detail)
}

/// Checks every later inclusion against the root of its size where that is known. Where it is not, the path
/// must still have the form that index and size call for, and the report says which root it claims.
pub(crate) fn later_inclusions(receipt: &Receipt, known: &KnownRoots) -> Result<Vec<LaterReport>, Refused> {
    let items = receipt.later_inclusions.iter().enumerate();
    items
        .map(|(i, later)| later_inclusion(receipt, later, known).within_item("later_inclusions", i))
        .collect()
}

fn later_inclusion(
    receipt: &Receipt,
    later: &LaterInclusion,
    known: &KnownRoots,
) -> Result<LaterReport, Refused> {
    let LaterInclusion { log_size, inclusion_path } = later;
    let leaf = leaf_hash(&receipt.entry);
    let trusted = known.get(log_size).copied();
    // A path leads somewhere; for an unknown root the error says where.
    let head = TreeHead { size: *log_size, root: trusted.unwrap_or(Hash::ZERO) };
    match (log::verify_inclusion::<Sha256Log>(head, receipt.index, leaf, inclusion_path), trusted) {
        (Ok(()), _) => Ok(LaterReport { log_size: *log_size, root: head.root, proved: trusted.is_some() }),
        (Err(LogProofError::RootMismatch { computed, .. }), None) => {
            Ok(LaterReport { log_size: *log_size, root: computed, proved: false })
        }
        (Err(error), _) => {
            Err(Refused::new(ReasonCode::LaterInclusionInvalid, "inclusion_path", error.to_string()))
        }
    }
}
