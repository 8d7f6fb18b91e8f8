//! Whether documents are the ones that were deposited (原件核验).

use bulla_types::{DigestAlgorithm, DocumentDigest, ReasonCode};

use crate::Refused;
use crate::report::{Content, DepositReport, MatchReport, OriginalReport, ReceiptReport};

/// A document, by the digests that the caller computed from it.
#[derive(Debug, Clone)]
pub struct Original {
    /// What the reader calls it: a file name.
    pub name: String,
    /// Its digests, best under every algorithm that the caller knows.
    pub digests: Vec<DocumentDigest>,
}

/// Finds the deposits of each original. An original without one is refused: it is not what was deposited.
pub(crate) fn compare(
    originals: &[Original],
    receipts: &[ReceiptReport],
) -> Result<Vec<OriginalReport>, Refused> {
    originals.iter().map(|original| compare_one(original, receipts)).collect()
}

fn compare_one(original: &Original, receipts: &[ReceiptReport]) -> Result<OriginalReport, Refused> {
    let mut matches = Vec::new();
    for receipt in receipts {
        let Content::Transaction(transaction) = &receipt.content else { continue };
        for deposit in &transaction.deposits {
            let algorithms = common(original, deposit)?;
            if !algorithms.is_empty() {
                matches.push(MatchReport {
                    entry_index: receipt.entry_index,
                    evidence: deposit.evidence,
                    algorithms,
                });
            }
        }
    }
    if matches.is_empty() {
        return Err(mismatch(original, "no deposit of this file has its digest".to_owned()));
    }
    Ok(OriginalReport { name: original.name.clone(), matches })
}

/// The algorithms under which both have the same digest; none if they are different documents.
fn common(original: &Original, deposit: &DepositReport) -> Result<Vec<DigestAlgorithm>, Refused> {
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for digest in &original.digests {
        for deposited in deposit.digests.iter().filter(|deposited| deposited.algorithm == digest.algorithm) {
            let list = if deposited.value == digest.value { &mut same } else { &mut other };
            list.push(digest.algorithm);
        }
    }
    if !same.is_empty() && !other.is_empty() {
        let detail = format!("has the {} of deposit {}, but another {}", same[0], deposit.evidence, other[0]);
        return Err(mismatch(original, detail));
    }
    Ok(same)
}

fn mismatch(original: &Original, detail: String) -> Refused {
    Refused::new(ReasonCode::OriginalMismatch, &format!("originals[{}]", original.name), detail)
}
