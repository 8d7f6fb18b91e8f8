//! One file that proves entries offline. `docs/formats/receipt.md`.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::bundle::{BUNDLE_SHAPE, TrustBundle};
use crate::canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list};
use crate::limits::{BUNDLE_BYTES_MAX, BUNDLES_MAX, RECEIPT_BYTES_MAX, RECEIPT_FILE_BYTES_MAX, RECEIPTS_MAX};
use crate::proto;
use crate::receipt::{RECEIPT_SHAPE, Receipt};
use crate::wire::{Field, Shape};

/// Format version of receipt files.
const VERSION: u32 = 1;

const FILE_SHAPE: Shape = Shape(&[
    Field::list(2, "receipts", RECEIPTS_MAX, RECEIPT_BYTES_MAX).of(&RECEIPT_SHAPE),
    Field::list(3, "bundles", BUNDLES_MAX, BUNDLE_BYTES_MAX).of(&BUNDLE_SHAPE),
]);

/// Receipts with the bundles that they name. A bundle may be missing: then it must come from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFile {
    receipts: Vec<Receipt>,
    bundles: Vec<TrustBundle>,
}

impl ReceiptFile {
    /// Joins receipts with bundles in any order.
    ///
    /// # Errors
    /// No receipt at all, a bundle twice, or a bundle that no receipt names.
    pub fn new(receipts: Vec<Receipt>, mut bundles: Vec<TrustBundle>) -> Result<Self, DecodeError> {
        bundles.sort_by_cached_key(TrustBundle::digest);
        Self::of_rising(receipts, bundles)
    }

    /// Reads a canonical encoding; bytes from anywhere. Entries, values and attestations share them.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, RECEIPT_FILE_BYTES_MAX)?;
        FILE_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(bytes, RECEIPT_FILE_BYTES_MAX)?)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.to_message())
    }

    /// The receipts, one or more.
    #[must_use]
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// The bundles, in rising order of digest.
    #[must_use]
    pub fn bundles(&self) -> &[TrustBundle] {
        &self.bundles
    }

    /// Checks a message from anywhere.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: proto::ReceiptFile) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let receipts = list(message.receipts, "receipts", 1..=RECEIPTS_MAX, Receipt::from_message)?;
        let bundles = list(message.bundles, "bundles", 0..=BUNDLES_MAX, TrustBundle::from_message)?;
        Self::of_rising(receipts, bundles)
    }

    /// The message that says this file.
    #[must_use]
    pub fn to_message(&self) -> proto::ReceiptFile {
        proto::ReceiptFile {
            version: VERSION,
            receipts: self.receipts.iter().map(Receipt::to_message).collect(),
            bundles: self.bundles.iter().map(TrustBundle::to_message).collect(),
        }
    }

    fn of_rising(receipts: Vec<Receipt>, bundles: Vec<TrustBundle>) -> Result<Self, DecodeError> {
        if receipts.is_empty() {
            return Err(Fault::Missing).at("receipts");
        }
        let digests: Vec<_> = bundles.iter().map(TrustBundle::digest).collect();
        if !digests.is_sorted_by(|a, b| a < b) {
            return Err(Fault::NotRising).at("bundles");
        }
        let named: BTreeSet<_> = receipts.iter().map(|receipt| receipt.bundle_digest).collect();
        if let Some(index) = digests.iter().position(|digest| !named.contains(digest)) {
            return Err(Fault::Unexpected("no receipt names this bundle")).at_item("bundles", index);
        }
        Ok(Self { receipts, bundles })
    }
}
