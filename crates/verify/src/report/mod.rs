//! What a file proves, as facts for a program: stable field names when serialised.
//!
//! Nothing stands in a report that was not verified, but for what it names as declared or not examined
//! ([`Claims`]). Digests, keys and ids are lower-case hexadecimal; times are milliseconds since 1970 UTC.

mod claims;
mod deposit;
mod receipt;
mod signer;
mod words;

use bulla_crypto::{Hash, PublicKey};
use bulla_types::{DigestAlgorithm, Identifier, LedgerId, LedgerShortId, Name};
use serde::{Serialize, Serializer};

pub use claims::{Claim, Claims};
pub use deposit::{DepositReport, DigestReport, LinkReport, ProvenanceReport};
pub use receipt::{
    ActionReport, Anchored, AsOf, AttestationReport, Content, EquivocationReport, LaterReport, ReceiptReport,
    TimeReport, TransactionReport, VotesReport,
};
pub use signer::{Enrolment, LaterStep, SignerReport, StandingReport};

/// What was verified against which anchor.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The ledger.
    pub ledger: LedgerReport,
    /// What was trusted.
    pub anchor: AnchorReport,
    /// Each receipt of the file, in its order.
    pub receipts: Vec<ReceiptReport>,
    /// Each original given, in the order given.
    pub originals: Vec<OriginalReport>,
}

/// The ledger of all receipts.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerReport {
    /// Digest of its genesis.
    #[serde(serialize_with = "text")]
    pub id: LedgerId,
    /// The six characters that stand in its identifiers.
    #[serde(serialize_with = "text")]
    pub short_id: LedgerShortId,
    /// Its name, when the genesis was given.
    #[serde(serialize_with = "text_if_any")]
    pub name: Option<Name>,
    /// Whether its word counts.
    pub class: Class,
}

/// Whether a ledger is for trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A test ledger: whoever shows this report must say TEST.
    Test,
    /// A ledger in use.
    Production,
    /// Not known without the genesis.
    Unknown,
}

/// The anchor that was used.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnchorReport {
    /// The genesis.
    Genesis {
        /// Time of the genesis.
        time_ms: u64,
    },
    /// A head of the log.
    Checkpoint {
        /// Its size.
        log_size: u64,
        /// Its root.
        #[serde(serialize_with = "text")]
        root: Hash,
        /// The trusted keys that signed it; none when it was trusted as given.
        #[serde(serialize_with = "texts")]
        signed_by: Vec<PublicKey>,
        /// Whether the genesis was given too, so that signers and certificates are examined.
        with_genesis: bool,
    },
}

/// An original document and the deposits that have its digests.
#[derive(Debug, Clone, Serialize)]
pub struct OriginalReport {
    /// Its name, as given.
    pub name: String,
    /// At least one.
    pub matches: Vec<MatchReport>,
}

/// A deposit whose digests are those of an original.
#[derive(Debug, Clone, Serialize)]
pub struct MatchReport {
    /// Index of the entry.
    pub entry_index: u64,
    /// Number of the deposit.
    #[serde(serialize_with = "text")]
    pub evidence: Identifier,
    /// Every algorithm that both have; the digests agree under all of them.
    #[serde(serialize_with = "texts")]
    pub algorithms: Vec<DigestAlgorithm>,
}

/// Serialises as the text that it displays.
pub(crate) fn text<T: ToString, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

pub(crate) fn text_if_any<T: ToString, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().map(ToString::to_string).serialize(serializer)
}

pub(crate) fn texts<T: ToString, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(ToString::to_string))
}
